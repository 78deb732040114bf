import { ascii } from "../base/ascii.ts";

/** Our own reason for refusing; its text is what Text (58) begins with, and never changes its meaning. */
export const REASON_NONE = 0;
export const REASON_ACCOUNT = 1;
export const REASON_KILL = 2;
export const REASON_ACCOUNT_DISABLED = 3;
export const REASON_SYMBOL = 4;
export const REASON_SYMBOL_DISABLED = 5;
export const REASON_SIDE = 6;
export const REASON_ORD_TYPE = 7;
export const REASON_TIME_IN_FORCE = 8;
export const REASON_QUANTITY = 9;
export const REASON_MAX_QUANTITY = 10;
export const REASON_NO_REFERENCE = 11;
export const REASON_COLLAR = 12;
export const REASON_MAX_NOTIONAL = 13;
export const REASON_RATE = 14;
export const REASON_OPEN_ORDERS = 15;
export const REASON_NO_ROUTE = 16;
export const REASON_VENUE_DOWN = 17;
export const REASON_DUPLICATE = 18;
export const REASON_TABLE_FULL = 19;
export const REASON_JOURNAL_FULL = 20;
export const REASON_PRICE = 21;
export const REASON_UNKNOWN_ORDER = 22;
export const REASON_TOO_LATE = 23;
export const REASON_PENDING = 24;
export const REASON_BELOW_FILLED = 25;
export const REASON_NOT_TAKEN = 26;
export const REASON_TERMS = 27;

/** Text, OrdRejReason (103) and CxlRejReason (102) of FIX 4.4 per reason; see the catalogue of risk checks. */
const ROWS: readonly (readonly [text: string, ordRejReason: number, cxlRejReason: number])[] = [
  ["", 0, 0],
  ["RISK-001 ACCOUNT_NOT_ALLOWED", 15, 2],
  ["RISK-002 KILL_SWITCH", 99, 2],
  ["RISK-002 ACCOUNT_DISABLED", 99, 2],
  ["RISK-003 UNKNOWN_SYMBOL", 1, 2],
  ["RISK-003 SYMBOL_DISABLED", 2, 2],
  ["RISK-006 SIDE_NOT_SUPPORTED", 11, 2],
  ["RISK-006 ORD_TYPE_NOT_SUPPORTED", 11, 2],
  ["RISK-006 TIME_IN_FORCE_NOT_SUPPORTED", 11, 2],
  ["RISK-008 QUANTITY", 13, 2],
  ["RISK-010 MAX_ORDER_QTY", 3, 2],
  ["RISK-012 NO_REFERENCE_PRICE", 99, 2],
  ["RISK-012 PRICE_COLLAR", 99, 2],
  ["RISK-011 MAX_ORDER_NOTIONAL", 3, 2],
  ["RISK-016 ORDER_RATE", 3, 2],
  ["RISK-018 OPEN_ORDERS", 3, 2],
  ["ROUTE-001 NO_VENUE", 99, 2],
  ["ROUTE-002 VENUE_DOWN", 2, 2],
  ["RISK-015 DUPLICATE_CLORDID", 6, 6],
  ["CORE-001 ORDER_TABLE_FULL", 99, 99],
  ["CORE-002 JOURNAL_DISK_FULL", 99, 99],
  ["RISK-012 PRICE_NOT_POSITIVE", 99, 2],
  ["CORE-003 UNKNOWN_ORDER", 5, 1],
  ["CORE-004 TOO_LATE", 4, 0],
  ["CORE-005 ALREADY_PENDING", 99, 3],
  ["CORE-006 BELOW_FILLED_QUANTITY", 13, 99],
  ["ROUTE-003 NOT_TAKEN_BY_VENUE", 99, 99],
  ["CORE-007 TERMS_DO_NOT_MATCH", 99, 99],
];

const TEXTS: readonly Uint8Array[] = ROWS.map((row) => ascii(row[0]));
const ORD_REJ_REASONS = new Int32Array(ROWS.map((row) => row[1]));
const CXL_REJ_REASONS = new Int32Array(ROWS.map((row) => row[2]));

export function reasonText(reason: number): Uint8Array {
  return TEXTS[reason]!;
}

export function ordRejReason(reason: number): number {
  return ORD_REJ_REASONS[reason]!;
}

export function cxlRejReason(reason: number): number {
  return CXL_REJ_REASONS[reason]!;
}
