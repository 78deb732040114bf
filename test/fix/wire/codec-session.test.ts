import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { sharedMemory } from "../../../src/assembly/module.ts";
import { frame, utcTimestamp } from "../../../src/counterparty/message.ts";
import { Codec, codecBytes } from "../../../src/fix/wire/codec.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { VERSION_NAMES, versionOf } from "../../../src/fix/wire/version.ts";
import { GARBLED, INCOMPLETE } from "../../../src/session/protocol.ts";
import { drawn } from "../../property.ts";
import { CapturedSession, codec } from "./captured-session.ts";
import { readable } from "./messages.ts";
import { Twins, WALL_US } from "./twins.ts";

const TIME = utcTimestamp(WALL_US);
const RUNS = drawn(4000);
const twins = new Twins();

/** A message with that SendingTime. */
const sent = (time: string): string => frame(`35=0|34=1|49=CLIENT|52=${time}|56=GATEWAY|`);

/** Times of all lengths, most of them some second near now. */
const times = fc
  .record({
    date: fc.constantFrom(
      "20261124",
      "20261124",
      "20261123",
      "20280229",
      "20261301",
      "20260001",
      "20261100",
      "20261132",
      "20260229",
      "21000229",
      "20000229",
      "20260431",
      "00000101",
      "99991231",
      "2026112a",
    ),
    hour: fc.constantFrom("01", "01", "00", "23", "24", "0x"),
    minute: fc.constantFrom("02", "02", "00", "59", "60"),
    second: fc.constantFrom("03", "03", "00", "59", "60", "61", "3:"),
    between: fc.constantFrom("-::", "-::", "-::", "T::", "--:", "-:-"),
    fraction: fc.oneof(
      fc.constantFrom(
        "",
        ".",
        ".0",
        ".123",
        ".12345",
        ".123456",
        ".123456789",
        ".1234567890",
        ".123456789012",
        ".1234567890123",
        ",123",
        ".12a",
        ".999",
        "123",
        "Z",
      ),
      fc.string({ maxLength: 14, unit: fc.constantFrom(..."0123456789.") }),
    ),
  })
  .map(({ date, hour, minute, second, between, fraction }) =>
    [date, between[0], hour, between[1], minute, between[2], second, fraction].join(""),
  );

describe("SendingTime", () => {
  test("is the same in every form", () => {
    fc.assert(
      fc.property(times, (time) => twins.expectSameOf(sent(time))),
      RUNS,
    );
    for (const time of [
      TIME,
      `${TIME}456`,
      `${TIME}456789`,
      "20261124-01:02:03",
      "20261124-01:02:60",
      "x",
      "\0".repeat(17),
    ])
      twins.expectSameOf(sent(time));
    expect(twins.plain).toBeGreaterThan(RUNS.numRuns / 2);
  });

  test("is the same with any byte changed, after the same second and after another", () => {
    for (const base of ["20261124-01:02:03", TIME, `${TIME}456789`]) {
      for (let at = 0; at < base.length; at++) {
        for (const byte of "\u0000/0129:-.;\u00b0\u00ff") {
          twins.expectSameOf(sent("20261124-01:02:03.000"));
          twins.expectSameOf(sent(base.slice(0, at) + byte + base.slice(at + 1)));
          twins.expectSameOf(sent(base.slice(0, at) + byte + base.slice(at + 1)));
        }
        twins.expectSameOf(sent(base.slice(0, at + 1)));
      }
    }
  });

  test("is read in every month and year", () => {
    for (let year = 0; year < 10_000; year += 7)
      for (const rest of ["0101", "0228", "0229", "0301", "1231", "0231"])
        twins.expectSameOf(sent(`${String(year).padStart(4, "0")}${rest}-12:00:00`));
  });

  const twoAreas = (): Codec[] => {
    const bytes = codecBytes(4096);
    const memory = sharedMemory(2 * bytes);
    return [new Codec(memory, 0, 4096), new Codec(memory, bytes, 4096)];
  };
  const read = (by: Codec, time: string): number => {
    const text = sent(time);
    by.input.set(Buffer.from(text, "latin1"));
    expect(by.scan(0, text.length, 0x1000 + 512 * reads++, 4096)).toBe(text.length);
    return by.sendingTimeUs;
  };
  let reads = 0;

  test("is each lane's own where two share a memory", () => {
    const [first, second] = twoAreas();
    const before = read(first!, "20261124-01:02:03");
    expect(read(second!, "20261124-05:06:07")).toBe(before + 4 * 3600e6 + 4 * 60e6 + 4e6);
    expect(read(first!, "20261124-01:02:03")).toBe(before);
  });

  test("of nothing but zeros is none, whatever another lane has read", () => {
    const [first, second] = twoAreas();
    expect(read(second!, "\0".repeat(17))).toBe(-1);
    expect(read(second!, `${"\0".repeat(17)}.123`)).toBe(-1);
    read(first!, "20261124-01:02:03");
    expect(read(second!, "\0".repeat(17))).toBe(-1);
  });
});

describe("who a message is from, and for", () => {
  const message = (sender: string, target: string, begin = "FIX.4.4"): string =>
    frame(`35=0|34=1|49=${sender}|52=${TIME}|56=${target}|`, begin);

  test("is decided the same way when CompIDs differ in a byte or in length", () => {
    const texts = [
      "CLIENT",
      "CLIEN",
      "CLIENTS",
      "client",
      "DLIENT",
      "CLIENU",
      "CLIENT ",
      "C",
      "CLIENT\0",
      "x".repeat(200),
    ];
    const targets = ["GATEWAY", "GATEWA", "GATEWAYS", "gATEWAY", "GATEWAZ", "G", "GATEWAY\0GATEWAY", "CLIENT"];
    for (const sender of texts) for (const target of targets) twins.expectSameOf(message(sender, target));
    for (let at = 0; at < 6; at++)
      for (let byte = 2; byte < 256; byte++)
        twins.expectSameOf(
          message("CLIENT".slice(0, at) + String.fromCharCode(byte) + "CLIENT".slice(at + 1), "GATEWAY"),
        );
  });

  test("is decided the same way with CompIDs that are absent or stand twice", () => {
    for (const fields of [
      "49=CLIENT|",
      "56=GATEWAY|",
      "",
      "49=X|49=CLIENT|56=GATEWAY|",
      "49=CLIENT|49=X|56=GATEWAY|56=Y|",
    ])
      twins.expectSameOf(frame(`35=0|34=1|52=${TIME}|${fields}`));
    for (const number of [
      "",
      "34=|",
      "34=0|",
      "34=00007|",
      "34=2147483647|",
      "34=2147483648|",
      "34=00000000001|",
      "34=+1|",
      "34=1|34=2|",
    ])
      twins.expectSameOf(frame(`35=0|${number}49=CLIENT|52=${TIME}|56=GATEWAY|`));
  });

  test("is decided the same way in every version", () => {
    for (const name of VERSION_NAMES)
      for (const begin of ["FIX.4.0", "FIX.4.4", "FIXT.1.1", "FIXT.1.10", "FIXT.1", "FIX.4.4\0"])
        twins.expectSameOf(message("CLIENT", "GATEWAY", begin), 0, versionOf(name));
  });
});

/** A session that keeps what it says. */
class Kept extends CapturedSession {
  readonly said: string[] = [];

  constructor(byCodec: boolean) {
    super("GATEWAY", "CLIENT", {}, new Scanner(8192, byCodec ? codec : null));
    this.time.nowNs = 1e9;
    this.time.wallUs = WALL_US;
    this.session.connected();
  }

  override message(address: number, bytes: number): void {
    super.message(address, bytes);
    this.said.push(readable(this.bytes, 0, this.length));
  }

  /** What the session makes of a message, and says then. */
  hears(text: string): unknown[] {
    codec.input.set(Buffer.from(text, "latin1"));
    const { kind, next, msgSeqNum, epoch, reason } = this.session.receive(codec.input, 0, text.length);
    if (kind === GARBLED || kind === INCOMPLETE) return ["garbled"];
    const { state, numbers } = this.session;
    return [kind, next, msgSeqNum, epoch, reason, state, numbers.nextIn, numbers.nextOut, ...this.said.splice(0)];
  }
}

test("a session decides the same with a codec and without", () => {
  const header = fc.record({
    type: fc.constantFrom("0", "1", "2", "4", "5", "D", "8", "ZZ", "A"),
    begin: fc.constantFrom("FIX.4.4", "FIX.4.4", "FIX.4.4", "FIX.4.4", "FIX.4.4", "FIX.4.2"),
    sequence: fc.constantFrom(0, 0, 0, 0, 0, 1, -1, 3),
    sender: fc.constantFrom("CLIENT", "CLIENT", "CLIENT", "CLIENT", "CLIENTS"),
    target: fc.constantFrom("GATEWAY", "GATEWAY", "GATEWAY", "GATEWAY", "GATEWAX"),
    time: fc.oneof({ weight: 6, arbitrary: fc.constant(TIME) }, { weight: 1, arbitrary: times }),
    more: fc.constantFrom("", "112=T|", "7=1|16=0|", "36=9|123=Y|43=Y|", "11=A|55=S|", "11=|", "0=x|", "97=Y|97=N|"),
  });
  fc.assert(
    fc.property(fc.array(header, { maxLength: 12 }), (messages) => {
      const [byCodec, byBytes] = [new Kept(true), new Kept(false)];
      const logon = frame(`35=A|34=1|49=CLIENT|52=${TIME}|56=GATEWAY|98=0|108=30|`);
      expect(byCodec.hears(logon)).toEqual(byBytes.hears(logon));
      for (const { type, begin, sequence, sender, target, time, more } of messages) {
        const number = byBytes.session.numbers.nextIn + sequence;
        const text = frame(`35=${type}|34=${number}|49=${sender}|52=${time}|56=${target}|${more}`, begin);
        expect(byCodec.hears(text)).toEqual(byBytes.hears(text));
      }
    }),
    drawn(400),
  );
});
