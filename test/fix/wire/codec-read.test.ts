import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { frame, utcTimestamp } from "../../../src/counterparty/message.ts";
import { CodecRules } from "../../../src/fix/orders/codec-rules.ts";
import { heldBit } from "../../../src/fix/wire/held.ts";
import { FIX44, VERSION_NAMES, versionOf } from "../../../src/fix/wire/version.ts";
import { drawn } from "../../property.ts";
import { dictionaryOf } from "../dictionary/check.ts";
import { codec } from "./captured-session.ts";
import { OURS, Twins, WALL_US } from "./twins.ts";

setDefaultTimeout(60_000);

const RUNS = drawn(10_000);
const TIME = utcTimestamp(WALL_US);
const HEADER = `34=7|49=CLIENT|52=${TIME}|56=GATEWAY|`;
const LONG = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(2);
const twins = new Twins();

type Fields = [tag: string, value: string][];

/** What numbers may look like, and what only nearly looks like one. */
const oddNumbers = [
  ..."0 -0 00 0.0 -0.0 . -. .5 5. -5. - -- 1-1 --1 +1 1e5 1E5 0x10 1,5 1. 1.. 1.5.5 1.0 100.00 100.000000000 NaN Infinity".split(
    " ",
  ),
  ..."0.00000001 0.000000001 0.0000000010 0.10000000 0.100000000 0.1000000000 1.123456789 -0.00000001".split(" "),
  ..."90071992.54740991 90071992.54740992 90071992.5474099 90071993 -90071992.54740991 90071992.547409910 00090071992".split(
    " ",
  ),
  ..."9007199254740991 9007199254740992 9007199254740993 90071992547409910 999999999999999 1000000000000000".split(" "),
  ..."99999999999999999 123456789012345678 99999999999999999999 18446744073709551616 184467440737095516.16".split(" "),
  ..."000000000000000000001 0000000000000001 000000000000001 1.00000000000000000000 0.00000000000000000001".split(" "),
  ..."2147483647 2147483648 4294967296 18446744073709551617".split(" "),
  "1\0",
  "\u00b1",
  " 1",
  "1 ",
  "1/",
  "1:",
];
const number = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...oddNumbers) },
  { weight: 2, arbitrary: fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(..."0123456789.-") }) },
  { weight: 2, arbitrary: fc.nat(1e6).map(String) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.nat(9e7), fc.nat(99_999_999), fc.integer({ min: 0, max: 9 }))
      .map(([whole, part, decimals]) => `${whole}.${String(part).padStart(8, "0").slice(0, decimals)}`),
  },
);
const id = fc.oneof(
  fc.integer({ min: 1, max: 68 }).map((length) => LONG.slice(0, length)),
  fc.string({ minLength: 1, maxLength: 70, unit: fc.constantFrom(..."aZ09 =.-\u00ff\u0000") }),
);
const char = (good: string) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...good) },
    { weight: 1, arbitrary: fc.constantFrom(..."0123456789:;@AGHIMNZYy~ \u0000\u00ff", "11", "F ", "ABC") },
  );
/** ClOrdIDs that we gave, and others that only look like it. */
const ownId = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(1e6), fc.nat(1000)).map(([order, slot]) => `${OURS}-${order}-${slot}`) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...oddNumbers), fc.constantFrom(...oddNumbers))
      .map(([a, b]) => `${OURS}-${a}-${b}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        "S44WE9-1-2",
        "S44WE81-2",
        "S44WE8",
        "S44WE8-",
        "S44WE8--",
        "S44WE8--1",
        "S44WE8-1",
        "S44WE8-1-",
        "s44we8-1-2",
      ],
      ...["somebody", "S44WE8-1-2-3", "S44WE8-01-02", "S44WE8-9999999999999999-1", "S44WE8-12345678901234567-1"],
      ...["S44WE8-1-2147483647", "S44WE8-1-2147483648", "S44WE8-1-00000000001", "S44WE8-1-0000000001"],
    ),
  },
);

/** Any of these fields, each absent now and then. */
function message(type: string, parts: Record<string, fc.Arbitrary<string>>): fc.Arbitrary<Fields> {
  const fields = Object.entries(parts).map(([tag, value]) =>
    fc.oneof(
      { weight: 12, arbitrary: value.map((text) => [tag, text] as [string, string]) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
  );
  return fc.tuple(...fields).map((all) => [["35", type], ...all.filter((field) => field !== null)]);
}

const terms = { "54": char("12"), "38": number, "40": char("1222"), "44": number, "59": char("01346") };
const ids = { "11": id, "1": id, "55": id };
const time = { "60": fc.constant(TIME) };
const more = { ...time, "21": char("1") };
const orders = fc.oneof(
  { weight: 6, arbitrary: message("D", { ...ids, ...terms, ...more, "97": char("YN") }) },
  { weight: 2, arbitrary: message("F", { ...ids, ...time, "41": id, "37": id, "54": char("12"), "38": number }) },
  {
    weight: 1,
    arbitrary: message("F", { ...ids, ...more, "41": id, "37": id, "54": char("12"), "38": number, "125": char("F") }),
  },
  { weight: 3, arbitrary: message("G", { ...ids, ...terms, ...more, "41": id, "37": id }) },
  { weight: 1, arbitrary: message("H", { ...ids, "54": char("12") }) },
);
const quantities = { "38": number, "32": number, "14": number, "151": number };
const text = fc.oneof(
  id,
  fc.integer({ min: 50, max: 120 }).map((length) => "t".repeat(length)),
);
const said = { "37": id, "17": id, "39": char("0124568ACE"), "11": ownId, "58": text };
const reports = fc.oneof(
  {
    weight: 6,
    arbitrary: message("8", {
      ...said,
      ...quantities,
      "150": char("0458FGHI"),
      "31": number,
      "44": number,
      "103": number,
    }),
  },
  {
    weight: 2,
    arbitrary: message("8", {
      ...said,
      ...quantities,
      "150": char("0458F"),
      "20": char("0123"),
      "41": ownId,
      "19": id,
    }),
  },
  { weight: 1, arbitrary: message("9", { ...said, "41": ownId, "434": char("12"), "102": number }) },
  { weight: 1, arbitrary: message("j", { "45": number, "372": char("D"), "379": ownId, "380": number }) },
);

/** What happens to a message: nothing most often. */
const spoiling = fc.array(
  fc.record({
    kind: fc.constantFrom("twice", "drop", "swap", "empty", "other", "high", "value", "late"),
    at: fc.nat(20),
    to: fc.nat(20),
    tag: fc.constantFrom(..."1 11 38 44 54 55 59 60 97 17 37 39 41 150 1128 1129 5001 99999 453 95 0 011".split(" ")),
    value: fc.oneof(number, id, fc.constantFrom("2", "4", "6", "7", "9", "10", "")),
  }),
  { maxLength: 3 },
);
type Spoiling = typeof spoiling extends fc.Arbitrary<(infer One)[]> ? One : never;

function spoil(fields: Fields, { kind, at, to, tag, value }: Spoiling): void {
  const from = 1 + (at % Math.max(1, fields.length - 1));
  const field = fields[from] ?? fields[0]!;
  const place = 1 + (to % fields.length);
  if (kind === "twice") fields.splice(place, 0, [...field]);
  else if (kind === "drop") fields.splice(from, 1);
  else if (kind === "swap") fields.splice(place, 0, ...fields.splice(from, 1));
  else if (kind === "empty") fields[from] = [field[0], ""];
  else if (kind === "other") fields.splice(place, 0, [tag, value]);
  else if (kind === "high") fields.push(["1128", value]);
  else if (kind === "value") fields[from] = [field[0], value];
  else fields.push([tag, value]);
}

/** The message with its header and sums. */
function wire([type, ...fields]: Fields, begin: string): string {
  return frame(`35=${type![1]}|${HEADER}${fields.map(([tag, value]) => `${tag}=${value}|`).join("")}`, begin);
}

const versions = fc.constantFrom(...VERSION_NAMES, "FIX.4.4", "FIX.4.4", "FIX.4.2").map(versionOf);

describe.each([
  ["orders", orders],
  ["reports", reports],
] as const)("%s", (_, messages) => {
  test("leave the same record, or the same fault, with the codec and without", () => {
    const { plain } = twins;
    fc.assert(
      fc.property(messages, versions, (fields, version) =>
        twins.expectSameOf(wire(fields, version.beginString), 0, version),
      ),
      RUNS,
    );
    expect(twins.plain - plain).toBe(RUNS.numRuns);
  });

  test("do so however they are spoiled", () => {
    fc.assert(
      fc.property(messages, versions, spoiling, fc.nat(30), (fields, version, changes, from) => {
        for (const change of changes) spoil(fields, change);
        twins.expectSameOf(wire(fields, version.beginString), from, version);
      }),
      RUNS,
    );
  });

  test("do so with any byte of them changed", () => {
    fc.assert(
      fc.property(messages, versions, fc.nat(500), fc.nat(255), (fields, version, at, byte) => {
        const body = fields.map(([tag, value]) => `${tag}=${value}|`).join("");
        const place = at % body.length;
        const changed = body.slice(0, place) + String.fromCharCode(byte) + body.slice(place + 1);
        twins.expectSameOf(frame(changed + HEADER, version.beginString), 0, version);
      }),
      RUNS,
    );
  });
});

const ORDER: Fields = [
  ["35", "D"],
  ["11", "A"],
  ["1", "ACC"],
  ["55", "AAPL"],
  ["54", "1"],
  ["38", "100"],
  ["40", "2"],
  ["44", "9.5"],
  ["59", "0"],
  ["60", TIME],
  ["21", "1"],
  ["97", "Y"],
];
const REPORT: Fields = [
  ["35", "8"],
  ["37", "V"],
  ["17", "E"],
  ["150", "F"],
  ["39", "1"],
  ["11", `${OURS}-12-3`],
  ["38", "100"],
  ["32", "40"],
  ["31", "9.5"],
  ["14", "40"],
  ["151", "60"],
  ["44", "9.5"],
  ["58", "ok"],
  ["41", `${OURS}-7-3`],
];

const CHANGED: Fields = [
  ["41", "B"],
  ["37", "V"],
];
const REPLACE: Fields = [["35", "G"], ...ORDER.slice(1), ...CHANGED];
const CANCEL: Fields = [["35", "F"], ...REPLACE.slice(1).filter(([tag]) => !["21", "40", "44", "59"].includes(tag))];
const OLD_CANCEL: Fields = [...CANCEL, ["125", "F"]];

/** As codes of the record have them. */
const RULES = new CodecRules(codec.rules, dictionaryOf("FIX.4.4"));
const KINDS = { D: 1, F: 2, G: 3 };

describe.each([
  ["an order", ORDER],
  ["a cancel", CANCEL],
  ["a cancel of 4.0", OLD_CANCEL],
  ["a replace", REPLACE],
  ["a report", REPORT],
])("%s, one field after the other", (_, fields) => {
  const version = versionOf("FIX.4.4");
  const withField = (at: number, value: string): Fields =>
    fields.map((field, i): [string, string] => (i === at ? [field[0], value] : field));

  test("with every character, and with every odd number", () => {
    for (let at = 1; at < fields.length; at++) {
      for (let byte = 2; byte < 256; byte++)
        twins.expectSameOf(wire(withField(at, String.fromCharCode(byte)), version.beginString));
      for (const odd of oddNumbers) twins.expectSameOf(wire(withField(at, odd), version.beginString));
    }
  });

  test("of every length", () => {
    for (let at = 1; at < fields.length; at++)
      for (let length = 0; length < 70; length++)
        twins.expectSameOf(wire(withField(at, LONG.repeat(2).slice(0, length)), version.beginString));
  });

  test("absent, and twice, in every version", () => {
    for (const name of VERSION_NAMES) {
      const one = versionOf(name);
      for (let at = 1; at < fields.length; at++) {
        twins.expectSameOf(wire(fields.toSpliced(at, 1), one.beginString), 0, one);
        twins.expectSameOf(wire([...fields, fields[at]!], one.beginString), 0, one);
        twins.expectSameOf(wire([...fields, ["1128", String(at)]], one.beginString), 0, one);
      }
    }
  });
});

test("good orders and reports are the codec's own to read", () => {
  const { byCodec } = twins;
  for (const [fields, type] of [
    [ORDER, "D"],
    [CANCEL, "F"],
    [REPLACE, "G"],
    [REPORT, "8"],
  ] as const) {
    twins.expectSameOf(wire(fields, "FIX.4.4"));
    expect([byCodec.scanner.peer !== null, String.fromCharCode(byCodec.scanner.msgType)]).toEqual([true, type]);
    expect(type === "8" ? codec.readExecution(512, FIX44) : codec.readOrder(0, KINDS[type], FIX44)).toBe(true);
  }
});

test.each([
  ["D", ORDER, "18 37 48 58 99 100 111 125 1023 1024 5001"],
  ["F", CANCEL, "15 21 40 44 58 59 125 5001"],
  ["G", REPLACE, "18 58 99 111 125 5001"],
  ["8", REPORT, "12 30 48 64 75 198 434 851 1023 1024 5001"],
] as const)("so is one with fields that its record does not hold, which it tells of: %s", (type, fields, tags) => {
  const read = (more: Fields): boolean => {
    twins.expectSameOf(wire([...fields, ...more], "FIX.4.4"));
    expect([more, codec.isWalked(RULES.of(type.charCodeAt(0)), heldBit(type.charCodeAt(0)))]).toEqual([more, true]);
    expect(type === "8" ? codec.readExecution(512, FIX44) : codec.readOrder(0, KINDS[type], FIX44)).toBe(true);
    return codec.hasBeside;
  };
  for (const tag of tags.split(" ")) expect([tag, read([[tag, "1"]])]).toEqual([tag, true]);
  for (const tag of ["50", "57", "115", "116", "128", "129", "142", "369"])
    expect([tag, read([[tag, "1"]])]).toEqual([tag, false]);
});

/** True when the codec reads the message with other values for some of its tags, or without those that are null. */
function reads(type: "D" | "8", fields: Fields, changes: Record<string, string | null>): boolean {
  const kept = fields.filter(([tag]) => !(tag in changes));
  const more = Object.entries(changes).filter((one): one is [string, string] => one[1] !== null);
  twins.expectSameOf(wire([...kept, ...more], "FIX.4.4"));
  return type === "8" ? codec.readExecution(512, FIX44) : codec.readOrder(0, 1, FIX44);
}

test("orders and reports with ids of up to 64 characters are, with longer ones they are not", () => {
  for (const length of [31, 32, 33, 48, 49, 63, 64, 65]) {
    const id = Array.from({ length }, (_, i) => String.fromCharCode(65 + (i % 26))).join("");
    for (const tag of [11, 1, 55])
      expect([tag, length, reads("D", ORDER, { [tag]: id })]).toEqual([tag, length, length < 65]);
    for (const tag of [37, 17, 1, 55]) {
      const changes = { 150: "F", 103: null, [tag]: id };
      expect([tag, length, reads("8", REPORT, changes)]).toEqual([tag, length, length < 65]);
    }
  }
});

test("an order with a value that its record can't hold is not", () => {
  const read = (changes: Record<string, string>): boolean => reads("D", ORDER, changes);
  expect([read({}), read({ 21: "2" }), read({ 60: "20261124-01:02:03.004005" })]).toEqual([true, true, true]);
  for (const time of ["20261124-01:02:03.1", "20261124-01:02:03.123456789", "20161231-23:59:60", "20260230-00:00:00"])
    expect([time, read({ 60: time })]).toEqual([time, false]);
  expect([read({ 21: "11" }), read({ 38: "0.123456789" }), read({ 44: "1.123456789" })]).toEqual([false, false, false]);
  // Its price stands beside the record.
  expect(read({ 40: "1" })).toBe(true);
});

test("nor is a report with one; fields that the client gets from the record in some ExecTypes only stand beside it", () => {
  const read = (changes: Record<string, string | null>): boolean => reads("8", REPORT, changes);
  const no = { 31: null, 32: null, 103: null };
  expect([read({ 150: "F", 103: null }), read({ 150: "4", ...no })]).toEqual([true, true]);
  expect([read({ 150: "8", 31: null, 32: null, 103: "3" })]).toEqual([true]);
  const aside = [{ 150: "4", 32: "0" }, { 150: "4", 31: "0" }, { 150: "4", 103: "0" }, { 150: "1" }, { 150: "2" }];
  for (const changes of aside) expect([changes, read({ ...no, ...changes })]).toEqual([changes, true]);
  expect(read({ 150: "F", 103: null, 58: "x".repeat(57) })).toBe(true);
  const others: Record<string, string | null>[] = [
    ...[
      { 150: "G" },
      { 150: "H" },
      { 150: "44" },
      { 6: "1.123456789" },
      { 55: "x".repeat(65) },
      { 1: "x".repeat(65) },
      { 54: "11" },
    ],
    ...[{ 60: "20161231-23:59:60" }, { 14: "0.123456789" }, { 14: "-1" }, { 11: "other" }, { 17: null }, { 39: null }],
  ];
  for (const changes of others) {
    const base: Record<string, string | null> = "150" in changes ? no : { 150: "F", 103: null };
    expect([changes, read({ ...base, ...changes })]).toEqual([changes, false]);
  }
});
