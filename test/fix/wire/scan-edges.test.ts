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
  ["that is too long for its field", "95=5|96=abc|"],
  ["that is no number", "95=x|96=abc|"],
  ["that is negative", "95=-1|96=abc|"],
  ["beyond 32 bits", "95=99999999999999999999|96=abc|"],
  ["without data", "95=3|"],
  ["before another field", "95=3|58=abc|"],
  ["with a tag of six digits", "1401=2|1402=abc|"],
])("a data length %s is a fault, and the fields are read as they stand", (_, body) => {
  const scanner = new Scanner(4096);
  expect(scan(scanner, frame(`35=B|34=2|${body}148=end|`))).toBeGreaterThan(0);
  expect([scanner.dataFault, scanner.missingLength]).toEqual([4, 0]);
  expect(scanner.find(148)).toBe(scanner.count - 1);
  scan(scanner, BEAT);
  expect(scanner.dataFault).toBe(-1);
});

test.each([
  ["RawData", "96=abc|", 95],
  ["Signature", "89=abc|", 93],
  ["EncryptedPassword", "1402=abc|", 1401],
  ["RawData twice", "95=3|96=abc|96=d|", 95],
])("%s without a length before it is a fault", (_, body, length) => {
  const scanner = new Scanner(4096);
  scan(scanner, frame(`35=B|34=2|${body}148=end|`));
  expect(scanner.missingLength).toBe(length);
});

test.each(["95=0|148=x|", "95=0|96=|", "95=|96=", "95=|"])("%s has no data and no fault of its length", (body) => {
  const scanner = new Scanner(4096);
  scan(scanner, frame(`35=B|34=2|${body}|`));
  expect(scanner.dataFault).toBe(body.startsWith("95=|96") ? 5 : -1);
});

test("data of every length field may hold SOH", () => {
  const scanner = new Scanner(4096);
  const lengths = [90, 93, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621];
  for (const length of [...lengths, 1184, 1277, 1280, 1282, 1397, 1401, 1403, 1468]) {
    const dataTag = length === 93 ? 89 : length + 1;
    expect(scan(scanner, frame(`35=B|34=2|${length}=5|${dataTag}=a${SOH}1=b|148=x|`))).toBeGreaterThan(0);
    const data = scanner.find(dataTag);
    expect([length, scanner.ends[data]! - scanner.starts[data]!, scanner.find(tag.Account)]).toEqual([length, 5, -1]);
    expect([scanner.dataFault, scanner.strayField]).toEqual([-1, -1]);
  }
});

test.each(["0", "-58", "058", "99999999999", "1000000000", "abc", "5 8", "58a", ""])("%p is no tag", (text) => {
  const scanner = new Scanner(4096);
  expect(scan(scanner, frame(`35=0|34=8|${text}=x|1=b|`))).toBeGreaterThan(0);
  expect([scanner.badTagField, scanner.find(tag.Text), scanner.find(tag.Account)]).toEqual([4, -1, 5]);
});

test("the largest tag, and = in a value", () => {
  const scanner = new Scanner(4096);
  scan(scanner, frame("35=0|34=8|999999999=x|58=a=b=c|"));
  expect([scanner.badTagField, scanner.find(999_999_999)]).toEqual([-1, 4]);
  expect(scanner.ends[5]! - scanner.starts[5]!).toBe(5);
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

test.each([4, 511, 512, 513, 1000, 1600])("a message of %d fields is taken, and forgotten by the next", (count) => {
  const scanner = new Scanner(8192);
  // 8, 9, 35 and 34 are fields too.
  expect(scan(scanner, frame(`35=0|34=1|${"9=x|".repeat(count - 4)}`))).toBeGreaterThan(0);
  expect([scanner.count, scanner.find(34), scanner.find(1)]).toEqual([count, 3, -1]);
  expect(scan(scanner, frame(`35=0|34=1|${"90=x|".repeat(count - 4)}95=2|96=a${SOH}|1=b|`))).toBeGreaterThan(0);
  expect([scanner.count, scanner.find(96), scanner.find(1)]).toEqual([count + 3, count + 1, count + 2]);
  expect(scan(scanner, BEAT)).toBe(BEAT.length);
  expect([scanner.count, scanner.find(96), scanner.find(1), scanner.find(34)]).toEqual([6, -1, -1, 3]);
});

test.each(["1=|", "=|", "|", "a|"])("as many %p as fit into a message are taken, with their fault", (field) => {
  const scanner = new Scanner(8192);
  const body = field.repeat(Math.floor(8100 / field.length));
  expect(scan(scanner, frame(`35=0|34=1|${body}`))).toBeGreaterThan(0);
  expect(scanner.emptyField).toBeGreaterThan(0);
  expect(scanner.find(34)).toBe(3);
  expect(scan(scanner, BEAT)).toBe(BEAT.length);
  expect(scanner.emptyField).toBe(-1);
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
