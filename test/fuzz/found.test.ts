import { expect, test } from "bun:test";
import { frame, SOH } from "../../src/counterparty/message.ts";
import { GARBLED, INCOMPLETE, Scanner, TOO_LONG } from "../../src/fix/wire/scan.ts";
import { bytesOf } from "../fix/wire/messages.ts";

// What fuzzing has found, each as small as it could be made.

const HEARTBEAT = frame("35=0|34=1|49=PEER|52=20261124-01:02:03|56=GATEWAY|");

test("a frame whose first byte ends a piece of garbage is not lost with the garbage", () => {
  const scanner = new Scanner(4096);
  const garbage = `38=${"1".repeat(40)}${SOH}`;
  const bytes = bytesOf(garbage + HEARTBEAT);
  expect(scanner.scan(bytes, 0, garbage.length + 1)).toBe(GARBLED);
  expect(scanner.next).toBe(garbage.length);
  expect(scanner.scan(bytes, scanner.next, garbage.length + HEARTBEAT.length)).toBe(HEARTBEAT.length);
});

test("a wrong BodyLength is searched for its end no further than a message may reach, however much has arrived", () => {
  const scanner = new Scanner(200);
  const wrong = `8=FIX.4.4${SOH}9=20${SOH}35=0${SOH}58=${"x".repeat(300)}${SOH}10=000${SOH}`;
  const bytes = bytesOf(wrong + HEARTBEAT);
  expect(scanner.scan(bytes, 0, 150)).toBe(INCOMPLETE);
  expect(scanner.scan(bytes, 0, 250)).toBe(TOO_LONG);
  expect(scanner.scan(bytes, 0, wrong.length + HEARTBEAT.length)).toBe(TOO_LONG);
});
