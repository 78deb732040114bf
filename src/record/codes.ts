/**
 * The codes that all records use. Where FIX has a one-character code, the value is the ASCII code of that character, so
 * that translation is a copy (FIX 4.4, Volume 6, fields 39, 40, 54, 59, 150). Our own codes are small numbers.
 */
const ascii = (c: string): number => c.charCodeAt(0);

/** Kind of an OrderRequest. */
export const REQUEST_NEW = 1;
export const REQUEST_CANCEL = 2;
export const REQUEST_REPLACE = 3;
export const REQUEST_STATUS = 4;

/** `epoch` of a request to a venue that was accepted before a restart and not sent: it is too late to send it. */
export const OF_THE_PAST = 1;

/** Kind of an ExecutionReport. */
export const REPORT_EXECUTION = 1;
export const REPORT_CANCEL_REJECT = 2;
/** From a venue agent: its session has logged on, or is no longer logged on. */
export const REPORT_VENUE_UP = 3;
export const REPORT_VENUE_DOWN = 4;
/** From a venue agent: the request was not sent (session down), or the venue refused the message (Reject, BusinessMessageReject). */
export const REPORT_NOT_TAKEN = 5;

export const SIDE_BUY = ascii("1");
export const SIDE_SELL = ascii("2");
export const SIDE_SELL_SHORT = ascii("5");

export const TYPE_MARKET = ascii("1");
export const TYPE_LIMIT = ascii("2");

export const TIF_DAY = ascii("0");
export const TIF_GTC = ascii("1");
export const TIF_IOC = ascii("3");
export const TIF_FOK = ascii("4");

/** OrdStatus (39). */
export const STATUS_NEW = ascii("0");
export const STATUS_PARTIALLY_FILLED = ascii("1");
export const STATUS_FILLED = ascii("2");
export const STATUS_DONE_FOR_DAY = ascii("3");
export const STATUS_CANCELED = ascii("4");
export const STATUS_REPLACED = ascii("5");
export const STATUS_PENDING_CANCEL = ascii("6");
export const STATUS_REJECTED = ascii("8");
export const STATUS_STOPPED = ascii("7");
export const STATUS_SUSPENDED = ascii("9");
export const STATUS_PENDING_NEW = ascii("A");
export const STATUS_CALCULATED = ascii("B");
export const STATUS_EXPIRED = ascii("C");
export const STATUS_PENDING_REPLACE = ascii("E");

/** ExecType (150). */
export const EXEC_NEW = ascii("0");
/** Up to FIX 4.2, and from some venues of later versions, a trade is one of these. */
export const EXEC_PARTIAL_FILL = ascii("1");
export const EXEC_FILL = ascii("2");
export const EXEC_DONE_FOR_DAY = ascii("3");
export const EXEC_CANCELED = ascii("4");
export const EXEC_REPLACED = ascii("5");
export const EXEC_PENDING_CANCEL = ascii("6");
export const EXEC_STOPPED = ascii("7");
export const EXEC_REJECTED = ascii("8");
export const EXEC_SUSPENDED = ascii("9");
export const EXEC_PENDING_NEW = ascii("A");
export const EXEC_CALCULATED = ascii("B");
export const EXEC_EXPIRED = ascii("C");
/** The venue has changed the order unasked. */
export const EXEC_RESTATED = ascii("D");
export const EXEC_PENDING_REPLACE = ascii("E");
export const EXEC_TRADE = ascii("F");
export const EXEC_TRADE_CORRECT = ascii("G");
export const EXEC_TRADE_CANCEL = ascii("H");
export const EXEC_STATUS = ascii("I");
export const EXEC_IN_CLEARING_HOLD = ascii("J");
export const EXEC_RELEASED_TO_CLEARING = ascii("K");
export const EXEC_TRIGGERED = ascii("L");

/** CxlRejResponseTo (434). */
export const RESPONSE_TO_CANCEL = ascii("1");
export const RESPONSE_TO_REPLACE = ascii("2");

/** `stated` of a venue's report: numbers that it said, and that the record holds exactly. */
export const STATED_CUM_QTY = 1;
export const STATED_LEAVES_QTY = 2;
export const STATED_AVG_PX = 4;
export const STATED_ORDER_QTY = 8;
export const STATED_LAST_QTY = 16;
export const STATED_LAST_PX = 32;
export const STATED_PRICE = 64;
