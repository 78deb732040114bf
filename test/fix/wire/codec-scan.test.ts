import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { frame, SOH, sealed } from "../../../src/counterparty/message.ts";
import { VERSION_NAMES, versionOf } from "../../../src/fix/wire/version.ts";
import { drawn } from "../../property.ts";
import { codec } from "./captured-session.ts";
import { Twins } from "./twins.ts";

const RUNS = drawn(4000);
const HEADER = "35=D|34=7|49=CLIENT|52=20261124-01:02:03.123|56=GATEWAY|";
const twins = new Twins();
const tag = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 1, max: 999 }).map(String) },
  { weight: 2, arbitrary: fc.integer({ min: 1000, max: 9999 }).map(String) },
  { weight: 1, arbitrary: fc.integer({ min: 10_000, max: 99_999 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ..."95 96 354 355 93 89 453 78 1012 035 0 00 0000 1a 3: /5 -1 1023 1024 99999 123456789 8 9 10 35 34".split(" "),
      "",
    ),
  },
);
const value = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(..."abc019=.: -\u00ff\u0000\u0002") }),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "\u0001", "=", "\u0001=\u0001") },
);
const body = fc
  .array(fc.tuple(tag, value), { maxLength: 40 })
  .map((fields) => HEADER + fields.map(([t, v]) => `${t}=${v}|`).join(""));
const place = fc.integer({ min: 0, max: 70 });

/** Bytes that are changed, cut out or put in. */
const change = fc.record({
  at: fc.nat(400),
  cut: fc.nat(3),
  put: fc.string({ maxLength: 3, unit: fc.constantFrom(..."=\u00010189A\u0000\u00ff") }),
});

function changed(text: string, changes: readonly { at: number; cut: number; put: string }[]): string {
  let result = text;
  for (const { at, cut, put } of changes) {
    const from = at % (result.length + 1);
    result = result.slice(0, from) + put + result.slice(from + cut);
  }
  return result;
}

describe("the codec finds what the loop over bytes finds", () => {
  test("in any fields", () => {
    fc.assert(
      fc.property(body, place, (text, from) => twins.expectSameOf(frame(text), from)),
      RUNS,
    );
    expect(twins.plain).toBeGreaterThan(RUNS.numRuns / 4);
  });

  test("whatever happens to a message, with sums that are wrong or right", () => {
    fc.assert(
      fc.property(body, fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), (text, changes, isSealed) => {
        const spoiled = changed(frame(text).slice(0, -7), changes);
        twins.expectSameOf(isSealed ? sealed(spoiled) : `${spoiled}10=123${SOH}`);
      }),
      RUNS,
    );
  });

  test("wherever CheckSum and BodyLength are changed", () => {
    const text = frame(HEADER);
    for (let at = 0; at < text.length; at++) {
      for (const byte of "\u0000\u0001 /09:=8\u00ff") {
        const one = text.slice(0, at) + byte + text.slice(at + 1);
        twins.expectSameOf(one);
        twins.expectSameOf(sealed(one.slice(0, -7)));
      }
    }
    for (const sum of ["000", "256", "999", "00", "0000", ":00", "-01", "1 0"])
      twins.expectSameOf(`${text.slice(0, -4)}${sum}${SOH}`);
    for (const length of ["", "0", "00065", "65", "+65", "6.5", "99999999", "999999999", "4294967361", "-1"])
      twins.expectSameOf(sealed(`8=FIX.4.4${SOH}9=${length}${SOH}${HEADER.replaceAll("|", SOH)}`));
  });

  test("in what comes before and after others, cut anywhere", () => {
    const first = frame(`${HEADER}11=A|`);
    const both = first + frame(`${HEADER}11=B|58=x|`);
    for (let to = 0; to <= both.length; to++) {
      codec.input.set(Buffer.from(both, "latin1"));
      twins.expectSame(0, to);
      if (to >= first.length) twins.expectSame(first.length, to);
    }
    for (const garbage of ["8", "8=", "=8=F", `8=FIX.4.4${SOH}`, "x".repeat(100), `9=5${SOH}`, first.slice(0, 60), SOH])
      twins.expectSameOf(garbage + both);
  });

  test("with any BeginString", () => {
    for (let length = 0; length < 20; length++)
      twins.expectSameOf(frame(`${HEADER}11=A|`, "FIXT.1.1".repeat(3).slice(0, length)));
    for (const begin of ["FIX.4.3", "FIX.4.45", "fix.4.4", "FIX.4.4\u0000", "=", "9=5"])
      twins.expectSameOf(frame(`${HEADER}11=A|`, begin));
    for (const name of VERSION_NAMES)
      for (const begin of ["FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4", "FIXT.1.1"])
        twins.expectSameOf(frame(HEADER, begin), 0, versionOf(name));
  });

  test("of every length, up to all that the input holds", () => {
    const { plain } = twins;
    for (let length = 1; length < 80; length++)
      twins.expectSameOf(frame(`${HEADER}58=${"x".repeat(length)}|`), length % 17);
    const most = codec.input.length;
    for (const length of [999, 1000, 9_999, 40_000, 65_535, 65_536, 200_000])
      twins.expectSameOf(frame(`${HEADER}58=${"\u00ff".repeat(length)}|`), 3);
    for (const space of [0, 1, 15, 16, 17]) {
      const rest = most - space - frame(`${HEADER}58=|`).length - 4;
      const text = frame(`${HEADER}58=${"\u00ff".repeat(rest)}|`);
      expect(text.length).toBe(most - space);
      twins.expectSameOf(text);
      twins.expectSameOf(text, space);
    }
    expect(twins.plain - plain).toBe(79 + 7 + 10);
  });

  test("with many fields, up to those it leaves to the loop", () => {
    for (const count of [503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513])
      twins.expectSameOf(frame(`${HEADER}${"58=x|".repeat(count - 7)}`));
  });

  test("of every tag, and of tags that only look like it", () => {
    for (let number = 0; number < 10_000; number++) {
      const message = frame(`${HEADER}${number}=x|`);
      codec.input.set(Buffer.from(message, "latin1"));
      twins.byCodec.scanner.scan(codec.input, 0, message.length);
      twins.byBytes.scanner.scan(codec.input, 0, message.length);
      const { tags, repeatedTag } = twins.byCodec.scanner;
      if (tags[7] !== twins.byBytes.scanner.tags[7] || repeatedTag !== twins.byBytes.scanner.repeatedTag)
        throw new Error(`tag ${number} is ${tags[7]}`);
    }
    for (let high = 0; high < 256; high++)
      for (const text of ["x1=", "1x=", "12x=", "x123=", "1x34=", "x=", "12345x="])
        twins.expectSameOf(frame(`${HEADER}${text.replace("x", String.fromCharCode(high))}v|`));
  });
});
