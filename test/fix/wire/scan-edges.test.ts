import { expect, test } from "bun:test";
import { frame, SOH, sealed } from "../../../src/counterparty/message.ts";
import { GARBLED, INCOMPLETE, Scanner } from "../../../src/fix/wire/scan.ts";
import * as tag from "../../../src/fix/wire/tags.ts";
import { bytesOf } from "./messages.ts";

const BEAT = frame("35=0|34=8|49=CLIENT|56=GATEWAY|");

function scan(scanner: Scanner, text: string): number {
  return scanner.scan(bytesOf(text), 0, text.length);
}

test("the frame's place leaves out garbage before it", () => {
  const scanner = new Scanner(4096);
  expect(scan(scanner, `junk${BEAT}`)).toBe(4 + BEAT.length);
  expect([scanner.from, scanner.to, scanner.next]).toEqual([4, 4 + BEAT.length, 4 + BEAT.length]);
});

test("a message is judged by its own faults, not by those of the one before", () => {
  const scanner = new Scanner(4096);
  scan(scanner, frame("35=0|34=|34=2|x=1|56=|"));
  expect([scanner.emptyField, scanner.badTagField, scanner.repeatedTag]).toEqual([3, 5, 34]);
  scan(scanner, BEAT);
  expect([scanner.emptyField, scanner.badTagField, scanner.repeatedTag]).toEqual([-1, -1, 0]);
});

test.each([
  ["longer than the message", "95=900|96=abc|"],
  ["that ends within a field", "95=2|96=abc|"],
  ["that is no number", "95=x|96=abc|"],
])("a data length %s is no length: the fields are read as they stand", (_, body) => {
  const scanner = new Scanner(4096);
  expect(scan(scanner, frame(`35=B|34=2|${body}148=end|`))).toBeGreaterThan(0);
  const data = scanner.find(tag.RawData);
  expect(scanner.ends[data]! - scanner.starts[data]!).toBe(3);
  expect(scanner.find(148)).toBeGreaterThan(data);
});

test("data of every length field may hold SOH", () => {
  const scanner = new Scanner(4096);
  for (const length of [90, 93, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621]) {
    expect(scan(scanner, frame(`35=B|34=2|${length}=5|5000=a${SOH}1=b|148=x|`))).toBeGreaterThan(0);
    const data = scanner.find(5000);
    expect([length, scanner.ends[data]! - scanner.starts[data]!, scanner.find(tag.Account)]).toEqual([length, 5, -1]);
  }
});

test.each([
  ["a BeginString without end", `8=${"F".repeat(40)}`],
  ["a BodyLength of letters", `8=FIX.4.4${SOH}9=abc${SOH}35=0${SOH}`],
  ["a BodyLength of nine digits", `8=FIX.4.4${SOH}9=123456789${SOH}35=0${SOH}`],
  ["no BodyLength", `8=FIX.4.4${SOH}9=${SOH}35=0${SOH}34=1${SOH}`],
  ["a CheckSum of letters", `${BEAT.slice(0, -4)}abc${SOH}`],
  ["a CheckSum of two digits", `${BEAT.slice(0, -4)}12${SOH}`],
  ["a CheckSum without its SOH", `${BEAT.slice(0, -1)}x`],
])("%s is garbled, and the message behind it is found", (_, text) => {
  const scanner = new Scanner(4096);
  const all = bytesOf(text + BEAT + BEAT);
  let at = 0;
  let result = 0;
  for (let i = 0; i < 10; i++) {
    result = scanner.scan(all, at, text.length + 2 * BEAT.length);
    if (result !== GARBLED) break;
    expect(scanner.next).toBeGreaterThan(at);
    at = scanner.next;
  }
  expect(at).toBeGreaterThan(0);
  expect(result).toBeGreaterThan(0);
  expect(scanner.msgType).toBe(tag.HEARTBEAT);
});

test("a message with the most fields there may be, and with one more", () => {
  const scanner = new Scanner(65_536);
  const filler = (count: number): string => "9000=x|".repeat(count);
  // 8, 9, 35 and 34 are fields too.
  expect(scan(scanner, frame(`35=0|34=1|${filler(508)}`))).toBeGreaterThan(0);
  expect(scanner.count).toBe(512);
  expect(scan(scanner, frame(`35=0|34=1|${filler(509)}`))).toBe(GARBLED);
  expect(scan(scanner, frame(`35=0|34=1|${filler(507)}95=1|96=x|`))).toBe(GARBLED);
});

test("the last byte of garbage may begin a message", () => {
  const scanner = new Scanner(4096);
  expect(scan(scanner, `${"x".repeat(30)}8`)).toBe(GARBLED);
  expect(scanner.next).toBe(30);
  expect(scan(scanner, "8")).toBe(INCOMPLETE);
});

test("two messages of one scanner's long life do not see each other's fields", () => {
  const scanner = new Scanner(4096);
  const first = bytesOf(frame("35=D|34=1|11=A|55=B|"));
  const firstLength = frame("35=D|34=1|11=A|55=B|").length;
  const second = bytesOf(BEAT);
  for (let i = 0; i < 100_000; i++) {
    scanner.scan(first, 0, firstLength);
    scanner.scan(second, 0, BEAT.length);
    if (scanner.find(tag.ClOrdID) >= 0) throw new Error(`round ${i}`);
  }
  expect(scanner.int(tag.MsgSeqNum)).toBe(8);
  expect(sealed(BEAT.slice(0, -7))).toBe(BEAT);
});
