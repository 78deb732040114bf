import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { NONE } from "../../../src/base/units.ts";
import { frame } from "../../../src/counterparty/message.ts";
import { BUILT_IN_VERSIONS } from "../../../src/fix/dictionary/built-in.ts";
import { STRICT, type Strictness, VALID, Validator } from "../../../src/fix/dictionary/validator.ts";
import { CodecRules } from "../../../src/fix/orders/codec-rules.ts";
import { GROUPS_FAULTY, GroupReader } from "../../../src/fix/orders/groups-in.ts";
import { GroupWriter } from "../../../src/fix/orders/groups-out.ts";
import { type FieldChanges, MessageFields } from "../../../src/fix/orders/message-fields.ts";
import { REPORT_READ, ReportReader } from "../../../src/fix/orders/report-in.ts";
import { OrderReader, READ } from "../../../src/fix/orders/request-in.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import { Identity } from "../../../src/fix/session/identity.ts";
import { Scanner } from "../../../src/fix/wire/scan.ts";
import { type FixVersion, versionOf } from "../../../src/fix/wire/version.ts";
import { ExecutionReport } from "../../../src/record/execution-report.ts";
import { GROUPS_TEXT_AT } from "../../../src/record/groups.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { drawn, isUsual as isUsualSeed } from "../../property.ts";
import { dictionaryOf } from "../dictionary/check.ts";
import { type Made, madeMessage, textOf } from "../dictionary/made.ts";
import { codec, records } from "../wire/captured-session.ts";
import { OURS } from "../wire/twins.ts";

// What the codec does by rules is what the readers and writers in TypeScript do; what it does not do, they do.

const REQUEST_AT = 0;
const REPORT_AT = 1024;
const ONE_AT = 4096;
const OTHER_AT = 20_480;
const LONGEST = 65_536;
const TYPES = ["D", "F", "G", "8"] as const;
const TIME = "20261124-01:02:03.123";
const IDS = new VenueId(1_700_000_000);
const EVERY = { user: true, unknown: true };
const NEITHER = { user: false, unknown: false };

const rules = new Map(
  BUILT_IN_VERSIONS.map((version) => [version, new CodecRules(codec.rules, dictionaryOf(version))] as const),
);
const scanner = new Scanner(LONGEST, codec);
const byBytes = new Scanner(LONGEST);
const orders = new OrderReader(codec);
const reports = new ReportReader(IDS, codec);
const request = new OrderRequest(records).aim(REQUEST_AT);
const report = new ExecutionReport(records).aim(REPORT_AT);
const identities = new Map<string, Identity>();

/** Scans a message with the codec and without it. Returns false when the codec does not scan it. */
function scanned(version: string, fields: string): boolean {
  const identity = identities.get(version) ?? new Identity(versionOf(version), "CLIENT", "GATEWAY", 1);
  identities.set(version, identity);
  scanner.expect(identity.peerTexts);
  const text = frame(fields, versionOf(version).beginString);
  const { input } = codec;
  input.set(Buffer.from(text, "latin1"));
  input.fill(1, text.length, text.length + 40);
  expect(scanner.scan(input, 0, text.length)).toBe(text.length);
  expect(byBytes.scan(input.slice(0, text.length), 0, text.length)).toBe(text.length);
  return scanner.peer !== null;
}

/** The validator says the same with the codec and without. Returns true when the codec has said it. */
function judgedAlike(version: string, fields: string, strict: Strictness): boolean {
  if (!scanned(version, fields)) return false;
  const said = (validator: Validator, scan: Scanner): unknown => {
    const result = validator.check(scan);
    return result === VALID ? "ok" : [result, validator.reason, validator.refTag];
  };
  const dictionary = dictionaryOf(version);
  const withCodec = new Validator(dictionary, strict, rules.get(version)!);
  expect(said(withCodec, scanner)).toEqual(said(new Validator(dictionary, strict), byBytes));
  return codec.isWalked(0, 0);
}

interface Read {
  readonly record: string;
  readonly beside: string;
}

function recordOf(at: number): string {
  return Buffer.from(records.bytes.slice(at, at + 832)).toString("latin1");
}

function clear(): void {
  records.bytes.fill(0, 0, ONE_AT);
}

/** What is read without the codec; null: nothing. */
function readSlowly(version: FixVersion, type: string): Read | null {
  clear();
  const groups = new GroupReader(dictionaryOf(version.name), byBytes.mostFields);
  const isReport = type === "8";
  if (groups.find(byBytes, isReport) === GROUPS_FAULTY && !isReport) return null;
  const reader = isReport ? reports : orders;
  const result = isReport
    ? reports.readAny(byBytes, report, version) === REPORT_READ
    : orders.readAny(byBytes, request, version) === READ;
  if (!result) return null;
  const bytes = groups.take(records, ONE_AT, reader.aside);
  return bytes < 0 ? null : { record: recordOf(isReport ? REPORT_AT : REQUEST_AT), beside: besideAt(ONE_AT, bytes) };
}

function besideAt(at: number, bytes: number): string {
  return Buffer.from(records.bytes.slice(at, at + bytes)).toString("latin1");
}

/** What the codec reads; null: nothing. */
function readByCodec(version: FixVersion, type: string): Read | null {
  clear();
  const tables = rules.get(version.name)!;
  const isReport = type === "8";
  const isPlain = isReport
    ? reports.readPlain(scanner, report, version, tables)
    : orders.readPlain(scanner, request, version, tables);
  if (!isPlain) return null;
  const bytes = codec.hasBeside ? codec.takeBeside(OTHER_AT) : 0;
  return { record: recordOf(isReport ? REPORT_AT : REQUEST_AT), beside: besideAt(OTHER_AT, bytes) };
}

/** The record, and what stands beside it, are the same from both. Returns true when the codec has read the message. */
function readAlike(version: string, type: string, fields: string): boolean {
  if (!scanned(version, fields)) return false;
  const read = readByCodec(versionOf(version), type);
  if (read === null) return false;
  const slow = readSlowly(versionOf(version), type);
  expect(read.beside).toBe(slow?.beside ?? "nothing");
  expect(read.record).toBe(slow!.record);
  return true;
}

/** What the codec passes on as it is, the writer writes so. Returns true when it passes. */
function passedAlike(to: string, type: string, changes: FieldChanges[], passes: typeof EVERY): boolean {
  const bytes = records.ints[ONE_AT >> 2]!;
  const dictionary = dictionaryOf(to);
  const tags = changes.flatMap(({ drop, rename, set }) => [...drop, ...Object.keys(rename), ...Object.keys(set)]);
  const tables = tags.length === 0 ? rules.get(to)! : changedRules(to, tags.map(Number));
  const fields = new MessageFields(dictionary, type.charCodeAt(0), versionOf(to), passes, changes, tables);
  const writer = new GroupWriter(dictionary, new Scanner(LONGEST));
  const text = Buffer.from(records.bytes.slice(ONE_AT + GROUPS_TEXT_AT, ONE_AT + GROUPS_TEXT_AT + bytes));
  if (!scanner.passes(ONE_AT, fields.rules, fields.accepts)) return false;
  writer.write(records, ONE_AT, fields);
  expect(Buffer.from(writer.bytes.slice(0, writer.length)).toString("latin1")).toBe(text.toString("latin1"));
  expect([writer.written, writer.tooLong, writer.unknownTag, writer.uncarriedTag]).toEqual([
    codec.passed,
    false,
    0,
    NONE,
  ]);
  return true;
}

const changed = new Map<string, CodecRules>();
function changedRules(version: string, tags: readonly number[]): CodecRules {
  const key = JSON.stringify([version, tags]);
  const made = changed.get(key) ?? new CodecRules(codec.rules, dictionaryOf(version), undefined, tags);
  changed.set(key, made);
  return made;
}

/** Values with which most records can be read. */
const USUAL: Record<number, string> = {
  ...{ 11: `${OURS}-12-3`, 41: `${OURS}-7-3`, 17: "E", 37: "V", 14: "40", 151: "60", 38: "100", 32: "40", 6: "9.5" },
  ...{ 44: "9.5", 31: "9.5", 54: "1", 40: "2", 60: TIME, 55: "AAPL", 20: "0", 125: "F", 56: "GATEWAY", 49: "CLIENT" },
};
/** Fields without which no record can be read. */
const NEEDED: Record<string, readonly number[]> = {
  D: [11, 38, 40, 44, 54, 55],
  F: [11, 38, 41, 54, 55],
  G: [11, 38, 40, 41, 44, 54, 55],
  "8": [11, 17, 37],
};
const CHANGES: FieldChanges[] = [
  { drop: [15, 453], rename: {}, set: {} },
  { drop: [], rename: { 58: 9058, 18: 9018 }, set: { 100: "XNAS" } },
];

type Mutation = (body: readonly Made[], at: number) => readonly Made[];
const made = (tag: number, value: string): Made => ({
  tag,
  value,
  depth: 0,
  place: 0,
  required: false,
  isCount: false,
});
const put =
  (tag: number, value: string): Mutation =>
  (body, at) =>
    body.toSpliced(at, 0, made(tag, value));
const MUTATIONS: Record<string, Mutation> = {
  none: (body) => body,
  without: (body, at) => body.toSpliced(at, 1),
  twice: (body, at) => (at < body.length ? body.toSpliced(at, 0, body[at]!) : body),
  moved: (body, at) => [...body.slice(at), ...body.slice(0, at)],
  exchanged: (body, at) => (at + 1 < body.length ? body.toSpliced(at, 2, body[at + 1]!, body[at]!) : body),
  counted: (body, at) => body.map((one, i) => (i >= at && one.isCount ? { ...one, value: `0${one.value}` } : one)),
  miscounted: (body, at) =>
    body.map((one, i) => (i >= at && one.isCount ? { ...one, value: String(Number(one.value) + 1) } : one)),
  other: (body, at) => (at < body.length ? body.toSpliced(at, 1, { ...body[at]!, value: "~~" }) : body),
  long: (body, at) => (at < body.length ? body.toSpliced(at, 1, { ...body[at]!, value: "x".repeat(70) }) : body),
  custom: put(20_001, "on"),
  unknown: put(2999, "x"),
  member: put(448, "P"),
  first: put(9001, "x"),
  data: (body, at) => body.toSpliced(at, 0, made(354, "3"), made(355, "a\x01b")),
  shortData: (body, at) => body.toSpliced(at, 0, made(354, "2"), made(355, "a\x01b")),
  version: put(1128, "9"),
  otherVersion: put(1128, "7"),
  hop: (body, at) => body.toSpliced(at, 0, made(627, "1"), made(628, "H")),
};

const strictness = fc.record({
  fieldsOutOfOrder: fc.boolean(),
  fieldsHaveValues: fc.constant(true),
  userDefinedFields: fc.boolean(),
  requiredTags: fc.boolean(),
  allowUnknownMsgFields: fc.boolean(),
  rejectInvalidMessage: fc.constant(true),
});

describe.each(BUILT_IN_VERSIONS.flatMap((version) => TYPES.map((type) => [version, type] as const)))(
  "%s %s",
  (version, type) => {
    const counts = { judged: 0, read: 0, passed: 0 };

    test("are judged, read and passed on alike", () => {
      fc.assert(
        fc.property(
          madeMessage(version, type),
          fc.array(fc.tuple(fc.constantFrom(...Object.keys(MUTATIONS)), fc.nat(40)), { maxLength: 3 }),
          fc.boolean(),
          strictness,
          fc.constantFrom(...BUILT_IN_VERSIONS),
          fc.constantFrom<FieldChanges[]>([], [CHANGES[0]!], [CHANGES[1]!]),
          fc.constantFrom(EVERY, NEITHER),
          (message, mutations, isUsual, strict, to, changes, passes) => {
            const usual = (fields: readonly Made[]): readonly Made[] =>
              fields.map((one) => (one.tag in USUAL && one.depth === 0 ? { ...one, value: USUAL[one.tag]! } : one));
            let body = message.body;
            if (isUsual) {
              const missing = NEEDED[type]!.filter((tag) => !body.some((one) => one.tag === tag && one.depth === 0));
              body = [...usual(body), ...missing.map((tag) => made(tag, USUAL[tag]!))];
            }
            for (const [name, at] of mutations) body = MUTATIONS[name]!(body, Math.min(at, body.length));
            const text = textOf(message, usual(message.header), body);
            if (judgedAlike(version, text, strict)) counts.judged++;
            judgedAlike(version, text, STRICT);
            if (!readAlike(version, type, text)) return;
            counts.read++;
            if (records.ints[ONE_AT >> 2] !== 0 && passedAlike(to, type, changes, passes)) counts.passed++;
            passedAlike(version, type, [], EVERY);
          },
        ),
        drawn(400),
      );
      if (isUsualSeed) expect([counts.judged > 50, counts.read > 50, counts.passed > 0]).toEqual([true, true, true]);
    });
  },
);
