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
  KILL_SWITCH_ACCOUNT,
  KILL_SWITCH_SYMBOL,
  MARKED_DEAD,
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
  SESSION_CANCEL_ONLY,
  SESSION_OFF,
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
  VENUE_CANCEL_ONLY,
  VENUE_DOWN,
  VENUE_OFF,
} from "./reason-codes.ts";

const TEXTS: string[] = [];
const ORD_REJ_REASON = new Uint8Array(256);
const CXL_REJ_REASON = new Uint8Array(256);

/** OrdRejReason (103) and CxlRejReason (102) as FIX 4.4 has them; 102 has none for risk, so 99, or 2 (the broker's option). */
function define(reason: number, prefix: string, name: string, ordRejReason: number, cxlRejReason: number): void {
  TEXTS[reason] = prefix + String(reason).padStart(3, "0") + " " + name;
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
define(SESSION_CANCEL_ONLY, "RISK-", "SESSION_CANCEL_ONLY", 99, 99);
define(SESSION_OFF, "RISK-", "SESSION_OFF", 99, 99);
define(VENUE_CANCEL_ONLY, "RISK-", "VENUE_CANCEL_ONLY", 99, 99);
define(VENUE_OFF, "RISK-", "VENUE_OFF", 99, 99);
define(KILL_SWITCH_ACCOUNT, "RISK-", "KILL_SWITCH_ACCOUNT", 99, 99);
define(KILL_SWITCH_SYMBOL, "RISK-", "KILL_SWITCH_SYMBOL", 99, 99);
define(NO_ROUTE, "CORE-", "NO_ROUTE", 99, 99);
define(VENUE_DOWN, "CORE-", "VENUE_DOWN", 2, 2);
define(JOURNAL_FULL, "CORE-", "JOURNAL_FULL", 0, 2);
define(TABLE_FULL, "CORE-", "TABLE_FULL", 0, 2);
define(NOT_TAKEN, "CORE-", "NOT_TAKEN_BY_VENUE", 0, 2);
define(CLOSED_BY_OPERATOR, "CORE-", "CLOSED_WITHOUT_ITS_VENUE", 99, 99);
define(MARKED_DEAD, "CORE-", "DEAD", 99, 99);
define(UNKNOWN_ORDER, "CORE-", "UNKNOWN_ORDER", 5, 1);
define(TOO_LATE, "CORE-", "TOO_LATE_TO_CANCEL", 4, 0);
define(ALREADY_PENDING, "CORE-", "ALREADY_PENDING", 99, 3);
define(BELOW_CUM_QTY, "CORE-", "QUANTITY_BELOW_CUMQTY", 13, 99);
define(TERMS_CHANGED, "CORE-", "SIDE_SYMBOL_ACCOUNT_TYPE_OR_TIF_CHANGED", 99, 99);
define(BAD_CL_ORD_ID, "CORE-", "BAD_CLORDID", 99, 99);

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
  return TEXTS[reason]!;
}
