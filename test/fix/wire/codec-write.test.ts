import { describe, expect, setDefaultTimeout, test } from "bun:test";
import fc from "fast-check";
import { decimalText } from "../../../src/base/decimal.ts";
import { NO_PRICE } from "../../../src/base/units.ts";
import type { MessageFields } from "../../../src/fix/orders/message-fields.ts";
import { ReportWriter, reportType } from "../../../src/fix/orders/report-out.ts";
import { RequestWriter, requestType } from "../../../src/fix/orders/request-out.ts";
import { VenueId } from "../../../src/fix/orders/venue-id.ts";
import type { SessionOptions } from "../../../src/fix/session/options.ts";
import type { FixSession } from "../../../src/fix/session/session.ts";
import { FIX44, VERSION_NAMES, versionOf } from "../../../src/fix/wire/version.ts";
import type { Writer } from "../../../src/fix/wire/write.ts";
import * as code from "../../../src/record/codes.ts";
import { ExecutionReport } from "../../../src/record/execution-report.ts";
import { OrderRequest } from "../../../src/record/order-request.ts";
import { units } from "../../numbers.ts";
import { drawn } from "../../property.ts";
import { fieldsOf } from "../orders/fields-of.ts";
import { fillReport, fillRequest, ints, quantities, reportParts, requestParts } from "../orders/record-arbitraries.ts";
import { writeReport, writeRequest } from "../orders/reference-writers.ts";
import { CapturedSession, codec, records } from "./captured-session.ts";
import { fields } from "./messages.ts";

setDefaultTimeout(60_000);

const RUNS = drawn(10_000);
const DAY_US = 86_400e6;
/** CompIDs of one byte, of usual length, and the longest that fit. */
const COMP_IDS = [
  ["A", "B"],
  ["GATEWAY", "CLIENT-WITH-A-NAME-OF-32-LETTERS"],
  ["x".repeat(108), "y".repeat(108)],
] as const;

/** Two sessions of the same kind: what one writes with the codec, the other writes field by field. */
interface Pair {
  readonly byCodec: CapturedSession;
  readonly byBytes: CapturedSession;
}

const pairs: Pair[] = [];
for (const name of VERSION_NAMES) {
  for (const timestampDecimals of [0, 3, 6, 9]) {
    for (const lastMsgSeqNumProcessed of [false, true]) {
      for (const [ours, theirs] of COMP_IDS) {
        const profile = { version: versionOf(name), options: { timestampDecimals, lastMsgSeqNumProcessed } };
        const made = () => new CapturedSession(ours, theirs, profile);
        pairs.push({ byCodec: made(), byBytes: made() });
      }
    }
  }
}

/** What is told of a session when it writes; `more` are the groups' fields, empty when there are none. */
const tellings = fc.record({
  pair: fc.constantFrom(...pairs),
  nextOut: ints.filter((sequence) => sequence > 0),
  nextIn: ints.filter((sequence) => sequence > 0),
  wallUs: fc
    .tuple(
      fc.constantFrom(0, 1, 999, 1e6, DAY_US - 1, 20_781 * DAY_US, 59 * DAY_US),
      fc.nat(2e9),
      fc.constantFrom(0, 0, 0.25, 0.999),
    )
    .map(([base, more, part]) => base + more + part),
  more: fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 1200 }).map((bytes) => `453=${"9".repeat(bytes)}\u0001`) },
  ),
});
type Telling = typeof tellings extends fc.Arbitrary<infer Value> ? Value : never;

/** Readable texts of the same message, written both ways. */
function both(
  told: Telling,
  byCodec: (on: CapturedSession) => Writer,
  byBytes: (on: CapturedSession) => Writer,
): string[] {
  return [told.pair.byCodec, told.pair.byBytes].map((on, i) => {
    on.bytes.fill(0xaa, 0, 4096);
    Object.assign(on.session.numbers, { nextOut: told.nextOut, nextIn: told.nextIn });
    on.time.wallUs = told.wallUs;
    const writer = i === 0 ? byCodec(on) : byBytes(on);
    const more = Buffer.from(told.more, "latin1");
    writer.fields(more, 0, more.length);
    return on.ended();
  });
}

const hasOf = (session: FixSession, type: number): MessageFields => fieldsOf(session.profile.version.name, type);
const report = new ExecutionReport(records).aim(1024);
const reports = new ReportWriter(codec);
const request = new OrderRequest(records).aim(2048);
const ids = new VenueId(1_700_000_000);
const requests = new RequestWriter(codec, ids);

function expectSameReport(told: Telling): string {
  const [byCodec, byBytes] = both(
    told,
    ({ session }) =>
      reports.write(session, report, told.wallUs, hasOf(session, reportType(report)), 0, told.more === ""),
    ({ session }) => {
      const writer = session.out.begin(reportType(report));
      writeReport(writer, report, told.wallUs, session.profile.version, told.more === "");
      return writer;
    },
  );
  expect(byCodec).toBe(byBytes!);
  return byCodec!;
}

function expectSameRequest(told: Telling): string {
  const [byCodec, byBytes] = both(
    told,
    ({ session }) =>
      requests.write(session, request, told.wallUs, hasOf(session, requestType(request)), 0, told.more === ""),
    ({ session }) => {
      const writer = session.out.begin(requestType(request));
      writeRequest(writer, request, ids, told.wallUs, session.profile.version);
      return writer;
    },
  );
  expect(byCodec).toBe(byBytes!);
  return byCodec!;
}

const PLAIN: Telling = { pair: pairs[0]!, nextOut: 1, nextIn: 1, wallUs: 0, more: "" };

describe("a report that the codec writes is what is written field by field", () => {
  test("whatever the record says, in every version", () => {
    const bodies = new Set<number>();
    fc.assert(
      fc.property(reportParts, tellings, (parts, told) => {
        fillReport(report, parts);
        bodies.add(String(/9=(\d+)\|/.exec(expectSameReport(told))![1]).length);
      }),
      RUNS,
    );
    expect([...bodies].sort()).toEqual([2, 3, 4]);
  });

  test("in every ExecType, OrdStatus and version", () => {
    for (const pair of pairs.filter((_, i) => i % 3 === 0)) {
      for (const execType of "0345678ACDEFGHI") {
        for (const ordStatus of "01234568ACE") {
          for (const cumQty of [0, 40, 100].map(units)) {
            const of = {
              side: code.SIDE_BUY,
              kind: code.REPORT_EXECUTION,
              quantity: units(100),
              cumQty,
              lastPxE8: 150_000_000n,
            };
            report.bytes.fill(0, report.at, report.at + 384);
            Object.assign(report, { ...of, execType: execType.charCodeAt(0), ordStatus: ordStatus.charCodeAt(0) });
            fields(expectSameReport({ ...PLAIN, pair }));
          }
        }
      }
    }
  });

  test("with any BodyLength from the shortest to beyond 999", () => {
    const lengths: number[] = [];
    const isShort = ({ timestampDecimals, lastMsgSeqNumProcessed }: SessionOptions) =>
      timestampDecimals === 0 && !lastMsgSeqNumProcessed;
    const shortest = pairs.find(
      ({ byCodec: { session } }) => session.profile.version === FIX44 && isShort(session.options),
    )!;
    for (let bytes = 0; bytes < 1000; bytes++) {
      report.bytes.fill(0x41, report.at, report.at + 384);
      report.bytes.fill(0, report.at, report.at + 136);
      report.kind = code.REPORT_EXECUTION;
      Object.assign(report, {
        priceE8: NO_PRICE,
        execType: code.EXEC_NEW,
        ordStatus: code.STATUS_NEW,
        side: code.SIDE_BUY,
      });
      const all = [
        "accountLength",
        "clOrdIdLength",
        "execIdLength",
        "orderIdLength",
        "symbolLength",
        "textLength",
      ] as const;
      let left = bytes;
      for (const length of all) {
        report[length] = Math.min(left, length === "textLength" ? 56 : 32);
        left -= report[length];
      }
      const more = left > 0 ? `453=${"9".repeat(left)}\u0001` : "";
      lengths.push(Number(/9=(\d+)\|/.exec(expectSameReport({ ...PLAIN, pair: shortest, more }))![1]));
    }
    expect(lengths[0]).toBeLessThan(100);
    expect(lengths.at(-1)).toBeGreaterThan(999);
  });
});

describe("a request that the codec writes is what is written field by field", () => {
  test("whatever the record says, in every version", () => {
    fc.assert(
      fc.property(requestParts, tellings, (parts, told) => {
        fillRequest(request, parts);
        expectSameRequest(told);
      }),
      RUNS,
    );
  });

  test("with any birth in its ClOrdIDs", () => {
    for (const birth of [0, 1, 36, 1_700_000_000, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
      const some = new VenueId(birth);
      const writer = new RequestWriter(codec, some);
      const on = new CapturedSession("A", "B");
      const twin = new CapturedSession("A", "B");
      const told = { ...PLAIN, pair: { byCodec: on, byBytes: twin } };
      const [byCodec, byBytes] = both(
        told,
        ({ session }) => writer.write(session, request, 0, hasOf(session, requestType(request)), 0, true),
        ({ session }) => {
          const begun = session.out.begin(requestType(request));
          writeRequest(begun, request, some, 0, session.profile.version);
          return begun;
        },
      );
      expect(byCodec).toBe(byBytes!);
    }
    new RequestWriter(codec, ids);
  });
});

test("every number of a message is written with all of its digits", () => {
  fc.assert(
    fc.property(quantities, ints, (value, sequence) => {
      fillReport(report, { ...fc.sample(reportParts, { seed: 1, numRuns: 1 })[0]!, kind: code.REPORT_EXECUTION });
      report.quantity = value;
      const message = fields(expectSameReport({ ...PLAIN, nextOut: Math.max(1, sequence) }));
      expect([message.get(38), message.get(34)]).toEqual([decimalText(value), String(Math.max(1, sequence))]);
    }),
    drawn(1000),
  );
});

test("a session whose CompID is told late writes with it from then on", () => {
  const told = { ...PLAIN, pair: { byCodec: new CapturedSession("A", ""), byBytes: new CapturedSession("A", "") } };
  expectSameReport(told);
  for (const { session } of Object.values(told.pair) as CapturedSession[]) session.adopt("LATE");
  expect(fields(expectSameReport(told)).get(56)).toBe("LATE");
});
