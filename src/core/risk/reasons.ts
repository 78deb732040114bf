import { ascii, put, text } from "../../base/ascii.ts";
import { putDecimalE8, putPadded, putWhole } from "../../base/decimal.ts";
import { MONEY_SCALE } from "../../base/units.ts";
import { type ExecutionReport, REPORT_TEXT_AT, REPORT_TEXT_BYTES } from "../../record/execution-report.ts";
import { MAX_QUANTITY } from "./money.ts";
import {
  ACCOUNT_DISABLED,
  ACCOUNT_WITHOUT_LIMITS,
  ALREADY_PENDING,
  BAD_CL_ORD_ID,
  BAD_PRICE,
  BAD_QUANTITY,
  BELOW_CUM_QTY,
  CLOSED_BY_OPERATOR,
  DUPLICATE_CL_ORD_ID,
  JOURNAL_FULL,
  KILL_SWITCH,
  MAX_ORDER_NOTIONAL,
  MAX_ORDER_QTY,
  NO_REFERENCE_PRICE,
  NO_ROUTE,
  NOT_ENTITLED,
  NOT_TAKEN,
  NOTIONAL_OVERFLOW,
  NUMBER_NOT_HELD,
  OPEN_ORDERS,
  ORDER_RATE,
  PRICE_COLLAR,
  SYMBOL_DISABLED,
  TABLE_FULL,
  TERMS_CHANGED,
  TOO_LATE,
  UNKNOWN_ACCOUNT,
  UNKNOWN_ORDER,
  UNKNOWN_SESSION,
  UNKNOWN_SYMBOL,
  UNSUPPORTED_SIDE,
  UNSUPPORTED_TIF,
  UNSUPPORTED_TYPE,
  VENUE_DOWN,
} from "./reason-codes.ts";

/** Kinds of numbers in a reason's text. */
export const DETAIL_NONE = 0;
export const DETAIL_WHOLE = 1;
export const DETAIL_MONEY = 2;
export const DETAIL_COLLAR = 3;
export const DETAIL_NOT_HELD = 4;

const TEXTS: Uint8Array[] = [];
const ORD_REJ_REASON = new Uint8Array(256);
const CXL_REJ_REASON = new Uint8Array(256);

/** OrdRejReason (103) and CxlRejReason (102) as FIX 4.4 has them; 102 has none for risk, so 99, or 2 (the broker's option). */
function define(reason: number, prefix: string, name: string, ordRejReason: number, cxlRejReason: number): void {
  TEXTS[reason] = ascii(prefix + String(reason).padStart(3, "0") + " " + name);
  ORD_REJ_REASON[reason] = ordRejReason;
  CXL_REJ_REASON[reason] = cxlRejReason;
}

for (let reason = 0; reason < 256; reason++) define(reason, "CORE-", "REFUSED", 99, 99);
define(NOT_ENTITLED, "RISK-", "NOT_ENTITLED", 15, 99);
define(KILL_SWITCH, "RISK-", "KILL_SWITCH", 99, 99);
define(UNKNOWN_SYMBOL, "RISK-", "UNKNOWN_SYMBOL", 1, 99);
define(UNSUPPORTED_TYPE, "RISK-", "UNSUPPORTED_ORDER_TYPE", 11, 99);
define(BAD_QUANTITY, "RISK-", "BAD_QUANTITY", 13, 99);
define(MAX_ORDER_QTY, "RISK-", "MAX_ORDER_QTY", 3, 99);
define(MAX_ORDER_NOTIONAL, "RISK-", "MAX_NOTIONAL", 3, 99);
define(PRICE_COLLAR, "RISK-", "PRICE_COLLAR", 99, 99);
define(DUPLICATE_CL_ORD_ID, "RISK-", "DUPLICATE_CLORDID", 6, 6);
define(ORDER_RATE, "RISK-", "ORDER_RATE", 99, 99);
define(OPEN_ORDERS, "RISK-", "OPEN_ORDERS", 3, 99);
define(NUMBER_NOT_HELD, "ORDER-", "NUMBER_NOT_HELD", 99, 99);
define(UNKNOWN_ACCOUNT, "RISK-", "UNKNOWN_ACCOUNT", 15, 99);
define(ACCOUNT_DISABLED, "RISK-", "ACCOUNT_DISABLED", 99, 99);
define(ACCOUNT_WITHOUT_LIMITS, "RISK-", "ACCOUNT_WITHOUT_LIMITS", 99, 99);
define(SYMBOL_DISABLED, "RISK-", "SYMBOL_DISABLED", 1, 99);
define(NO_REFERENCE_PRICE, "RISK-", "NO_REFERENCE_PRICE", 99, 99);
define(UNSUPPORTED_SIDE, "RISK-", "UNSUPPORTED_SIDE", 11, 99);
define(UNSUPPORTED_TIF, "RISK-", "UNSUPPORTED_TIME_IN_FORCE", 11, 99);
define(BAD_PRICE, "RISK-", "BAD_PRICE", 99, 99);
define(NOTIONAL_OVERFLOW, "RISK-", "NOTIONAL_OVERFLOW", 3, 99);
define(UNKNOWN_SESSION, "RISK-", "UNKNOWN_SESSION", 99, 99);
define(NO_ROUTE, "CORE-", "NO_ROUTE", 99, 99);
define(VENUE_DOWN, "CORE-", "VENUE_DOWN", 2, 2);
define(JOURNAL_FULL, "CORE-", "JOURNAL_FULL", 0, 2);
define(TABLE_FULL, "CORE-", "TABLE_FULL", 0, 2);
define(NOT_TAKEN, "CORE-", "NOT_TAKEN_BY_VENUE", 0, 2);
define(CLOSED_BY_OPERATOR, "CORE-", "CLOSED_WITHOUT_ITS_VENUE", 99, 99);
define(UNKNOWN_ORDER, "CORE-", "UNKNOWN_ORDER", 5, 1);
define(TOO_LATE, "CORE-", "TOO_LATE_TO_CANCEL", 4, 0);
define(ALREADY_PENDING, "CORE-", "ALREADY_PENDING", 99, 3);
define(BELOW_CUM_QTY, "CORE-", "QUANTITY_BELOW_CUMQTY", 13, 99);
define(TERMS_CHANGED, "CORE-", "SIDE_SYMBOL_ACCOUNT_TYPE_OR_TIF_CHANGED", 99, 99);
define(BAD_CL_ORD_ID, "CORE-", "BAD_CLORDID", 99, 99);

const LIMIT = ascii(" limit=");
const GOT = ascii(" got=");
const TAG = ascii(" tag=");
/** What OrderQty and prices are held to: whole units, and eight decimals. Tag, most and step are 56 characters with the code. */
const QUANTITY_HELD = ascii(" max=" + MAX_QUANTITY + " step=1");
const PRICE_HELD = ascii(" max=90071992 step=1e-8");
const ORDER_QTY = 38;
const REFERENCE = ascii(" ref=");
const PRICE = ascii(" px=");
const PERCENT = 0x25;
const POINT = 0x2e;

/** OrdRejReason (103) of a reason, FIX 4.4. */
export function ordRejReason(reason: number): number {
  return ORD_REJ_REASON[reason]!;
}

/** CxlRejReason (102) of a reason, FIX 4.4. */
export function cxlRejReason(reason: number): number {
  return CXL_REJ_REASON[reason]!;
}

/** Code and name of a reason, such as `RISK-012 PRICE_COLLAR`. */
export function reasonText(reason: number): string {
  const bytes = TEXTS[reason]!;
  return text(bytes, 0, bytes.length);
}

/** Writes 1e-4 units as a decimal: all four decimals, or none. */
function putE4(bytes: Uint8Array, at: number, value: number): number {
  const whole = Math.floor(value / MONEY_SCALE);
  const rest = value - whole * MONEY_SCALE;
  const o = putWhole(bytes, at, whole);
  if (rest === 0) return o;
  bytes[o] = POINT;
  return putPadded(bytes, o + 1, rest, 4);
}

/** The numbers behind a refusal, for its text. */
export class Detail {
  kind = DETAIL_NONE;
  private limit = 0;
  private got = 0;
  private reference = 0;
  private readonly scratch = new Uint8Array(new ArrayBuffer(256));

  clear(): void {
    this.kind = DETAIL_NONE;
  }

  set(kind: number, limit: number, got: number): void {
    this.kind = kind;
    this.limit = limit;
    this.got = got;
  }

  setCollar(ppm: number, referenceE8: number, priceE8: number): void {
    this.set(DETAIL_COLLAR, ppm, priceE8);
    this.reference = referenceE8;
  }

  setNotHeld(tag: number): void {
    this.set(DETAIL_NOT_HELD, tag, 0);
  }

  /**
   * Writes code, name and numbers into the Text of a report: `RISK-010 MAX_ORDER_QTY limit=1000 got=5000`. A number that
   * does not fit whole is left out with all behind it.
   */
  write(report: ExecutionReport, reason: number): void {
    const bytes = this.scratch;
    let end = put(bytes, 0, TEXTS[reason]!);
    if (this.kind !== DETAIL_NONE) {
      const first = this.putLimit(bytes, end);
      const second = this.putSecond(bytes, first);
      const third = this.putThird(bytes, second);
      if (third <= REPORT_TEXT_BYTES) end = third;
      else if (second <= REPORT_TEXT_BYTES) end = second;
      else if (first <= REPORT_TEXT_BYTES) end = first;
    }
    const at = report.at + REPORT_TEXT_AT;
    for (let i = 0; i < end; i++) report.bytes[at + i] = bytes[i]!;
    report.textLength = end;
  }

  private putLimit(bytes: Uint8Array, at: number): number {
    if (this.kind === DETAIL_NOT_HELD) return putWhole(bytes, put(bytes, at, TAG), this.limit);
    const o = put(bytes, at, LIMIT);
    if (this.kind === DETAIL_WHOLE) return putWhole(bytes, o, this.limit);
    const end = putE4(bytes, o, this.limit);
    if (this.kind === DETAIL_MONEY) return end;
    bytes[end] = PERCENT;
    return end + 1;
  }

  private putSecond(bytes: Uint8Array, at: number): number {
    if (this.kind === DETAIL_NOT_HELD) return put(bytes, at, this.limit === ORDER_QTY ? QUANTITY_HELD : PRICE_HELD);
    if (this.kind === DETAIL_COLLAR) return putDecimalE8(bytes, put(bytes, at, REFERENCE), this.reference);
    const o = put(bytes, at, GOT);
    return this.kind === DETAIL_WHOLE ? putWhole(bytes, o, this.got) : putE4(bytes, o, this.got);
  }

  private putThird(bytes: Uint8Array, at: number): number {
    return this.kind === DETAIL_COLLAR ? putDecimalE8(bytes, put(bytes, at, PRICE), this.got) : at;
  }
}
