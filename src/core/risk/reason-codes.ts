import {
  CANCELED_AT_LOGOUT,
  CANCELED_BY_KILL_SWITCH,
  CANCELED_FOR_SELF_TRADE,
  CANCELED_ON_DISCONNECT,
  NOT_SENT_EXPIRED,
  NOT_SENT_ORDER_WAITS,
  NOT_SENT_QUEUE_FULL,
  NOT_SENT_THROTTLED,
} from "../../record/codes.ts";

/** Why the core refused. Stable: they stand in journals and in clients' programs. Below 100: the check's number in the catalogue. */
export const ACCEPTED = 0;
export const NOT_ENTITLED = 1;
export const KILL_SWITCH = 2;
export const UNKNOWN_SYMBOL = 3;
export const RESTRICTED = 4;
export const MARKET_CLOSED = 5;
export const UNSUPPORTED_TYPE = 6;
export const LOCATE_REQUIRED = 7;
export const BAD_QUANTITY = 8;
export const TICK_SIZE = 9;
export const MAX_ORDER_QTY = 10;
export const MAX_ORDER_NOTIONAL = 11;
export const PRICE_COLLAR = 12;
export const MAX_ADV_PERCENT = 13;
export const DUPLICATE_ORDER = 14;
export const DUPLICATE_CL_ORD_ID = 15;
export const ORDER_RATE = 16;
/** The account has had as many executions as it may, and is stopped until somebody enables it again. */
export const REPEATED_EXECUTIONS = 17;
export const OPEN_ORDERS = 18;
export const MAX_GROSS_EXPOSURE = 19;
/** A number of the request that its record can't hold exactly. */
export const NUMBER_NOT_HELD = 20;
export const MAX_DAILY_NOTIONAL = 21;
export const MAX_POSITION = 22;
/** The order could trade with one of its group. */
export const SELF_TRADE = 23;
/** Above what the clearing firm grants. */
export const CREDIT_LIMIT = 24;
export const UNKNOWN_ACCOUNT = 101;
export const ACCOUNT_DISABLED = 102;
export const ACCOUNT_WITHOUT_LIMITS = 103;
export const SYMBOL_DISABLED = 104;
export const NO_REFERENCE_PRICE = 105;
export const UNSUPPORTED_SIDE = 106;
export const UNSUPPORTED_TIF = 107;
export const BAD_PRICE = 108;
export const NOTIONAL_OVERFLOW = 109;
export const UNKNOWN_SESSION = 110;
/** An operator lets the client session, or the venue, only cancel; or has switched it off. */
export const SESSION_CANCEL_ONLY = 111;
export const SESSION_OFF = 112;
export const VENUE_CANCEL_ONLY = 113;
export const VENUE_OFF = 114;
/** The kill switch of the account, or of the symbol, is engaged. */
export const KILL_SWITCH_ACCOUNT = 120;
export const KILL_SWITCH_SYMBOL = 121;
/** What an account may not use, or what the symbol's venue does not take. */
export const ORDER_TYPES = 122;
export const TIMES_IN_FORCE = 123;
export const SHORT_SALES = 124;
export const LOT_SIZE = 125;
export const VENUE_MAX_QTY = 126;
/** The market takes no such order in its present phase. */
export const PHASE_ORDER_TYPES = 148;
export const PHASE_TIMES_IN_FORCE = 149;
/** The catalogue's 16, by class: the client side refuses these, and the core never sees them. */
export const ORDER_MESSAGES = 127;
export const CANCEL_MESSAGES = 128;
export const ALL_MESSAGES = 129;
/** The kill switch of the account's client, or of the trader, is engaged; the trader is not enabled. */
export const KILL_SWITCH_CLIENT = 130;
export const KILL_SWITCH_TRADER = 131;
export const TRADER_DISABLED = 132;
/** The currency of the symbol's prices has no rate to that of the limits. */
export const RATE_MISSING = 133;
/** Currency (15) of the request is another one. */
export const CURRENCY_MISMATCH = 134;
/** The catalogue's 20, and the second part of its 21. */
/** An OrderMassStatusRequest for something else than one security or all; and one that no open order matches. */
export const MASS_STATUS_SCOPE = 135;
export const NO_MATCHING_ORDER = 136;
/** The catalogue's 16 for all client sessions together, by class. */
export const FIRM_ORDER_MESSAGES = 137;
export const FIRM_ALL_MESSAGES = 138;
export const MAX_NET_EXPOSURE = 140;
export const MAX_DAILY_VOLUME = 141;
/** A request about many orders names a party that is none of its session; and a field by which orders here can't be chosen. */
export const UNKNOWN_PARTY = 142;
export const MASS_FILTER = 143;
/** Terms that the request has beside its record (assembly/order-terms.ts). */
export const TERM_MISSING = 144;
export const TERM_QUANTITY = 145;
export const ALREADY_EXPIRED = 146;
export const CONTRADICTORY_TERMS = 147;
export const NO_ROUTE = 201;
export const VENUE_DOWN = 202;
/** The venue is logged on, and has not said yet how its open orders are. */
export const VENUE_STATUS_AWAITED = 230;
export const JOURNAL_FULL = 203;
export const TABLE_FULL = 204;
export const NOT_TAKEN = 205;
/** No refusal: an operator has closed the order, because its venue is no longer configured. */
export const CLOSED_BY_OPERATOR = 206;
/** No refusal: an operator has ended the order in the books, and said why. */
export const MARKED_DEAD = 207;
export const UNKNOWN_ORDER = 210;
export const TOO_LATE = 211;
export const ALREADY_PENDING = 212;
export const BELOW_CUM_QTY = 213;
export const TERMS_CHANGED = 214;
export const BAD_CL_ORD_ID = 215;
export const POSITIONS_FULL = 216;
/** No refusals: why an order was canceled that its client did not cancel by a request for it alone. */
export { CANCELED_AT_LOGOUT, CANCELED_ON_DISCONNECT };
export const MASS_CANCELED = 219;
/** An OrderMassCancelRequest for something else than one security or all. */
export const MASS_CANCEL_SCOPE = 220;
export const DUPLICATES_FULL = 221;
/** The venue has not answered: a cancel or replace is refused for it, and the client of a new order is told so, which refuses nothing. */
export const VENUE_SILENT_ON_CHANGE = 227;
export const VENUE_SILENT_ON_ORDER = 228;
/** No refusal: an order was canceled because a new one, or a replace, could trade with it. */
/** The throttle of a venue; its agent has decided. */
export {
  CANCELED_BY_KILL_SWITCH,
  CANCELED_FOR_SELF_TRADE,
  NOT_SENT_EXPIRED,
  NOT_SENT_ORDER_WAITS,
  NOT_SENT_QUEUE_FULL,
  NOT_SENT_THROTTLED,
};
/** A resent request (PossResend, PossDupFlag) whose ClOrdID is known: nothing is done and nothing answered. */
export const DROPPED = 255;
