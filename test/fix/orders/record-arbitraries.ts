import fc from "fast-check";
import { ascii } from "../../../src/base/ascii.ts";
import { MOST_E8, NO_PRICE } from "../../../src/base/units.ts";
import {
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_REPLACE,
} from "../../../src/record/codes.ts";
import type { ExecutionReport } from "../../../src/record/execution-report.ts";
import { EXECUTION_REPORT } from "../../../src/record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../../src/record/layout/order-request.ts";
import type { RecordTable, Row, RowType } from "../../../src/record/layout/row.ts";
import type { OrderRequest } from "../../../src/record/order-request.ts";
import { type AnyRecord, putText, roomOf } from "../../record/tables.ts";

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
/** Quantities in 1e-8, of every size and number of decimals. */
export const quantities = fc.oneof(
  fc.constantFrom(0n, 1n, MOST_E8, MOST_E8 - 1n),
  fc.bigInt({ min: 0n, max: MOST_E8 }),
  fc.tuple(wholes, fc.integer({ min: 0, max: 8 })).map(([value, zeros]) => {
    const scaled = BigInt(value) * 10n ** BigInt(zeros);
    return scaled > MOST_E8 ? BigInt(value) : scaled;
  }),
);
/** The same of prices, of either sign. */
export const prices = fc.tuple(quantities, fc.boolean()).map(([size, isNegative]) => (isNegative ? -size : size));
export const pricesOrNone = fc.oneof({ weight: 4, arbitrary: prices }, { weight: 1, arbitrary: fc.constant(NO_PRICE) });

const letter = fc.constantFrom(..."ABCXYZabz019 .-=\u00e9\u00ff\u0002");
/** Texts of every length up to the limit, in bytes. */
export function texts(most: number): fc.Arbitrary<string> {
  return fc
    .integer({ min: 0, max: most })
    .chain((length) => fc.string({ minLength: length, maxLength: length, unit: letter }));
}
const char = (all: string) => fc.constantFrom(...ascii(all));

/** Values that a field can have where its type alone does not say it; the others are drawn by type. */
const OF_REQUEST: Values = {
  kind: fc.constantFrom(REQUEST_NEW, REQUEST_CANCEL, REQUEST_REPLACE),
  side: char("123456789ABCDEFG"),
  ordType: char("123456789ABCDEFGHIJKLM"),
  timeInForce: char("01234567"),
  groupsLength: fc.nat(4000),
  transactDigits: fc.constantFrom(0, 1, 4, 7),
  handlInst: fc.oneof(fc.constant(0), char("123")),
};
const OF_REPORT: Values = {
  kind: fc.constantFrom(REPORT_EXECUTION, REPORT_EXECUTION, REPORT_EXECUTION, REPORT_CANCEL_REJECT),
  execType: char("0345678ACDEFFFGHI"),
  ordStatus: char("01234568ACE"),
  side: char("123456789ABCDEFG"),
  ordType: fc.oneof(fc.constant(0), char("12K")),
  timeInForce: fc.oneof(fc.constant(0), char("01346")),
  cxlRejResponseTo: char("12"),
  // Those of cancels that a client is told in ExecRestatementReason, too.
  reason: fc.oneof(fc.constantFrom(0, 217, 218, 236), fc.nat(255)),
  words: fc.constantFrom(0, 0, 128, 1, 129, 48, 49, 50, 54, 49 + 128, 97, 98),
  transactDigits: fc.constantFrom(0, 1, 4, 7),
  // Below 0: none.
  quantity: fc.oneof({ weight: 8, arbitrary: quantities }, { weight: 1, arbitrary: fc.constant(-1n) }),
  avgPxE8: prices,
  execRefId: fc.oneof({ weight: 3, arbitrary: fc.constant("") }, { weight: 1, arbitrary: texts(64) }),
};

type Value = number | bigint | string;
type Values = Readonly<Record<string, fc.Arbitrary<Value>>>;

/** Value of each field by its name. */
export type Parts = Readonly<Record<string, Value>>;

const BY_TYPE: Readonly<Record<RowType, (row: Row) => fc.Arbitrary<Value>>> = {
  i32: () => ints,
  f64: () => wholes,
  bits24: () => fc.nat(0xffffff),
  char: () => fc.oneof(fc.constant(0), char("019AZ")),
  flag: () => fc.nat(1),
  code: () => fc.nat(255),
  quantity: () => quantities,
  price: () => pricesOrNone,
  id: (row) => texts(roomOf(row)),
  text: (row) => texts(roomOf(row)),
  time: () => fc.integer({ min: 0, max: 4e15 }),
};

function partsOf(table: RecordTable, values: Values): fc.Arbitrary<Parts> {
  return fc.record(Object.fromEntries(table.rows.map((row) => [row.name, values[row.name] ?? BY_TYPE[row.type](row)])));
}

export const requestParts = partsOf(ORDER_REQUEST, OF_REQUEST);
export const reportParts = partsOf(EXECUTION_REPORT, OF_REPORT);

/** Lays the record out, over bytes that say nothing. */
export function fillRequest(request: OrderRequest, parts: Parts): void {
  fill(ORDER_REQUEST, request as unknown as AnyRecord, parts);
}

/** The same of a report. */
export function fillReport(report: ExecutionReport, parts: Parts): void {
  fill(EXECUTION_REPORT, report as unknown as AnyRecord, parts);
}

function fill(table: RecordTable, record: AnyRecord, parts: Parts): void {
  record.bytes.fill(0xaa, record.at, record.at + table.bytes[1]);
  for (const row of table.rows) {
    const value = parts[row.name]!;
    if (typeof value !== "string") record[row.name] = value;
    else putText(record, row, value.slice(0, spaceOf(table, row, parts)));
  }
}

/** A text is shorter where another field has a value that lies in its end. */
function spaceOf(table: RecordTable, row: Row, parts: Parts): number {
  const inner = table.rows.find(({ within }) => within === row.name);
  return inner === undefined || parts[inner.name] === "" ? roomOf(row) : inner.at - row.at;
}
