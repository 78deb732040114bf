import fc from "fast-check";
import { ascii } from "../../../src/base/ascii.ts";
import { NO_PRICE } from "../../../src/base/units.ts";
import type { ExecutionReport } from "../../../src/record/execution-report.ts";
import * as reports from "../../../src/record/execution-report.ts";
import type { OrderRequest } from "../../../src/record/order-request.ts";
import * as requests from "../../../src/record/order-request.ts";

// Records as the product can make them, and numbers where their length changes.

const POWERS = Array.from({ length: 16 }, (_, i) => 10 ** i);
const EDGES = [
  ...[0, 1, 2, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
  ...POWERS.flatMap((power) => [power - 1, power, power + 1, 2 * power]),
];

/** Whole numbers from 0 to 2^53 − 1. */
export const wholes = fc.oneof(fc.constantFrom(...EDGES), fc.nat(), fc.maxSafeNat());
/** From 0 to 2^31 − 1. */
export const ints = fc.oneof(fc.constantFrom(...EDGES.filter((edge) => edge < 2 ** 31)), fc.nat(2 ** 31 - 1));
/** Prices in 1e-8, of every number of decimals, either sign; now and then one of 1e-8s without end. */
export const prices = fc
  .tuple(wholes, fc.integer({ min: 0, max: 8 }), fc.boolean())
  .map(([value, zeros, isNegative]) => {
    const price = value * 10 ** zeros;
    return (isNegative ? -1 : 1) * (price > Number.MAX_SAFE_INTEGER ? value : price);
  })
  .filter((price) => price !== NO_PRICE);
export const pricesOrNone = fc.oneof({ weight: 4, arbitrary: prices }, { weight: 1, arbitrary: fc.constant(NO_PRICE) });

const letter = fc.constantFrom(..."ABCXYZabz019 .-=\u00e9\u00ff\u0002");
/** Texts of up to so many bytes, of every length. */
export function texts(most: number): fc.Arbitrary<string> {
  return fc
    .integer({ min: 0, max: most })
    .chain((length) => fc.string({ minLength: length, maxLength: length, unit: letter }));
}
const ids = texts(32);
const byte = fc.nat(255);
const char = (all: string) => fc.constantFrom(...ascii(all));

export const requestParts = fc.record({
  kind: fc.constantFrom(1, 2, 3),
  side: char("123456789ABCDEFG"),
  ordType: char("123456789ABCDEFGHIJKLM"),
  timeInForce: char("01234567"),
  slot: ints,
  quantity: wholes,
  priceE8: pricesOrNone,
  number: wholes,
  origNumber: wholes,
  groupsLength: fc.nat(4000),
  ids: fc.tuple(ids, ids, ids, ids, ids),
});

export const reportParts = fc.record({
  kind: fc.constantFrom(1, 1, 1, 2),
  execType: char("0345678ACDEFFFGHI"),
  ordStatus: char("01234568ACE"),
  side: char("123456789ABCDEFG"),
  ordType: fc.oneof(fc.constant(0), char("12K")),
  timeInForce: fc.oneof(fc.constant(0), char("01346")),
  cxlRejResponseTo: char("12"),
  cxlRejReason: byte,
  ordRejReason: byte,
  lastQty: wholes,
  lastPxE8: pricesOrNone,
  cumQty: wholes,
  leavesQty: wholes,
  quantity: wholes,
  priceE8: pricesOrNone,
  avgPxE8: prices,
  ids: fc.tuple(ids, ids, ids, ids, ids, ids),
  text: texts(reports.REPORT_TEXT_BYTES),
  execRefId: fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight: 1, arbitrary: ids }),
});

type Parts<T> = T extends fc.Arbitrary<infer Value> ? Value : never;

/** Lays the record out, over bytes that say nothing. */
export function fillRequest(request: OrderRequest, { ids, ...rest }: Parts<typeof requestParts>): void {
  request.bytes.fill(0xaa, request.at, request.at + requests.ORDER_REQUEST_BYTES);
  Object.assign(request, rest);
  for (const [i, id] of ids.entries())
    put(request, requests.REQUEST_LENGTHS_AT + i, requests.REQUEST_CL_ORD_ID_AT + 32 * i, id);
}

/** The same of a report. An ExecRefID lies where a long text would have its end. */
export function fillReport(report: ExecutionReport, parts: Parts<typeof reportParts>): void {
  const { ids, text, execRefId, ...rest } = parts;
  report.bytes.fill(0xaa, report.at, report.at + reports.EXECUTION_REPORT_BYTES);
  Object.assign(report, rest);
  const places = [
    [128, reports.REPORT_ORDER_ID_AT],
    [129, reports.REPORT_EXEC_ID_AT],
    [131, reports.REPORT_CL_ORD_ID_AT],
    [132, reports.REPORT_ORIG_CL_ORD_ID_AT],
    [133, reports.REPORT_SYMBOL_AT],
    [134, reports.REPORT_ACCOUNT_AT],
  ] as const;
  for (const [i, [length, at]] of places.entries()) put(report, length, at, ids[i]!);
  put(report, 135, reports.REPORT_EXEC_REF_ID_AT, execRefId);
  const room = execRefId === "" ? reports.REPORT_TEXT_BYTES : reports.REPORT_SHORT_TEXT_BYTES;
  put(report, 130, reports.REPORT_TEXT_AT, text.slice(0, room));
}

function put(record: ExecutionReport | OrderRequest, lengthAt: number, at: number, text: string): void {
  record.bytes[record.at + lengthAt] = text.length;
  record.bytes.set(Buffer.from(text, "latin1"), record.at + at);
}
