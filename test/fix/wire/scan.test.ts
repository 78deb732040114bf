import { expect, test } from "bun:test";
import { frame, SOH, sealed } from "../../../src/counterparty/message.ts";
import { GARBLED, INCOMPLETE, Scanner, TOO_LONG } from "../../../src/fix/wire/scan.ts";
import * as tag from "../../../src/fix/wire/tags.ts";
import { bytesOf } from "./messages.ts";

const ORDER = frame(
  "35=D|34=7|49=CLIENT|52=20261124-01:02:03.123|56=GATEWAY|11=A1|55=AAPL|54=1|38=100|40=2|44=150.25|",
);
const NEXT = frame("35=0|34=8|49=CLIENT|52=20261124-01:02:03.123|56=GATEWAY|");

function scan(text: string): { result: number; scanner: Scanner } {
  const scanner = new Scanner(4096);
  return { result: scanner.scan(bytesOf(text), 0, text.length), scanner };
}

/** Every message of a stretch, as the loop of a connection takes them: MsgTypes, or "garbled". */
function all(text: string): string[] {
  const scanner = new Scanner(4096);
  const bytes = bytesOf(text);
  const seen: string[] = [];
  for (let at = 0; ; at = scanner.next) {
    const result = scanner.scan(bytes, at, text.length);
    if (result === INCOMPLETE || result === TOO_LONG) return seen;
    expect(scanner.next).toBeGreaterThan(at);
    seen.push(result === GARBLED ? "garbled" : String.fromCharCode(scanner.msgType));
  }
}

test("a whole message is indexed", () => {
  const { result, scanner } = scan(ORDER);
  expect(result).toBe(ORDER.length);
  expect(scanner.msgType).toBe(tag.NEW_ORDER_SINGLE);
  expect(scanner.count).toBe(13);
  expect(scanner.int(tag.MsgSeqNum)).toBe(7);
  expect(scanner.char(tag.Side)).toBe("1".charCodeAt(0));
  expect(scanner.find(tag.Account)).toBe(-1);
  expect(scanner.char(tag.Account)).toBe(0);
  expect(scanner.char(tag.Symbol)).toBe(-1);
  expect(scanner.int(tag.Symbol)).toBe(-1);
});

test("cut anywhere, it is incomplete until it is whole", () => {
  for (let length = 0; length < ORDER.length; length++) expect(scan(ORDER.slice(0, length)).result).toBe(INCOMPLETE);
});

test("an index does not outlive its message", () => {
  const scanner = new Scanner(4096);
  const text = ORDER + NEXT;
  const bytes = bytesOf(text);
  expect(scanner.scan(bytes, 0, text.length)).toBeGreaterThan(0);
  expect(scanner.scan(bytes, scanner.next, text.length)).toBe(NEXT.length);
  expect(scanner.find(tag.ClOrdID)).toBe(-1);
});

test.each([
  ["a wrong CheckSum", ORDER.replace(/10=\d{3}/, (sum) => (sum === "10=000" ? "10=001" : "10=000"))],
  ["a BodyLength that is too short", sealed(ORDER.slice(0, -7).replace(/9=\d+/, "9=20"))],
  ["35 not third", frame("34=7|35=D|49=CLIENT|56=GATEWAY|11=A1|")],
  ["9 not second", sealed(`8=FIX.4.4${SOH}35=0${SOH}9=5${SOH}`)],
  ["a field without = before MsgType", frame("nonsense|35=D|34=7|56=GATEWAY|")],
])("%s makes it garbled, and the next one counts", (_, text) => {
  expect(all(text + NEXT).at(-1)).toBe("0");
  expect(all(text + NEXT)[0]).toBe("garbled");
});

test("a stretch without = is noted, as an empty field that has no tag", () => {
  const { scanner, result } = scan(frame("35=D|34=7|58=two|lines|56=GATEWAY|"));
  expect(result).toBeGreaterThan(0);
  expect([scanner.strayField, scanner.emptyField, scanner.tags[5], scanner.count]).toEqual([5, 5, 0, 7]);
  expect(scanner.find(tag.TargetCompID)).toBe(6);
  scanner.scan(bytesOf(ORDER), 0, ORDER.length);
  expect(scanner.strayField).toBe(-1);
});

test("a BodyLength that is too long takes the following message with it", () => {
  const long = sealed(ORDER.slice(0, -7).replace(/9=\d+/, "9=150"));
  expect(all(long + NEXT + ORDER)).toEqual(["garbled", "D"]);
});

test("garbage before a message is skipped", () => {
  expect(all(`rubbish\x00\xff${ORDER}`)).toEqual(["D"]);
  expect(all("no message at all, and rather long for one")).toEqual(["garbled"]);
});

test("a data field may hold SOH and =", () => {
  const { scanner, result } = scan(frame(`35=B|34=2|95=7|96=a${SOH}10=b${SOH}|148=x|`));
  expect(result).toBeGreaterThan(0);
  const data = scanner.find(tag.RawData);
  expect(scanner.ends[data]! - scanner.starts[data]!).toBe(7);
  expect(scanner.find(148)).toBeGreaterThan(data);
});

test("a message beyond the limit is refused at once", () => {
  expect(scan(`8=FIX.4.4${SOH}9=9000${SOH}35=D`.padEnd(40, " ")).result).toBe(TOO_LONG);
});

test("repeated, empty and malformed fields are noted", () => {
  expect(scan(frame("35=D|40=2|40=3|")).scanner.repeatedTag).toBe(40);
  const empty = scan(frame("35=0|56=|34=1|")).scanner;
  expect(empty.tags[empty.emptyField]).toBe(56);
  expect(scan(frame("35=0|-1=x|34=1|")).scanner.badTagField).toBe(3);
});

test("two characters of MsgType, and more", () => {
  expect(scan(frame("35=AE|34=1|49=A|56=B|")).scanner.msgType).toBe(65 | (69 << 8));
  expect(scan(frame("35=XYZ|34=1|49=A|56=B|")).scanner.msgType).toBe(0);
});

test("nothing of 200,000 mutated messages throws, hangs or goes back", () => {
  const scanner = new Scanner(512);
  let random = 12345;
  const next = (below: number): number => {
    random = (Math.imul(random, 1103515245) + 12345) | 0;
    return ((random >>> 8) % below) | 0;
  };
  const clean = Buffer.from(ORDER + NEXT, "latin1");
  const bytes = bytesOf("", 1024);
  let good = 0;
  for (let round = 0; round < 200_000; round++) {
    bytes.set(clean);
    let length = clean.length;
    for (let k = next(4); k >= 0; k--) bytes[next(length)] = next(3) === 0 ? 1 : next(256);
    if (next(8) === 0) length = next(length);
    let at = 0;
    for (let messages = 0; messages < 20; messages++) {
      const result = scanner.scan(bytes, at, length);
      if (result === INCOMPLETE || result === TOO_LONG) break;
      if (scanner.next <= at || scanner.next > length) throw new Error(`round ${round}: from ${at} to ${scanner.next}`);
      if (result > 0) good++;
      at = scanner.next;
    }
  }
  expect(good).toBeGreaterThan(10_000);
});
