/**
 * The codes that all records use. Where FIX has a one-character code, the value is the ASCII code of that character, so
 * that translation is a copy (FIX 4.4, Volume 6, fields 39, 40, 54, 59, 150). Our own codes are small numbers.
 */
/** Kind of an OrderRequest. */
export const REQUEST_NEW = 1;
export const REQUEST_CANCEL = 2;
export const REQUEST_REPLACE = 3;
export const REQUEST_STATUS = 4;
/**
 * OrderMassCancelRequest: `ordType` is its MassCancelRequestType (530), `quantity` how many orders the core has canceled for it. Its
 * trader is the name of a row, TRADER=… or CLIENT=…, and `unheldTag` the tag of a field that orders here can't be chosen by.
 */
export const REQUEST_MASS_CANCEL = 5;
/**
 * OrderMassStatusRequest: ClOrdID is its MassStatusReqID (584), `ordType` its MassStatusReqType (585) as a number, `quantity` of how many
 * orders the core has told the status. The rest is as in an OrderMassCancelRequest.
 */
export const REQUEST_MASS_STATUS = 6;

/** MassCancelRequestType (530): orders of one security, all orders. */
export const MASS_CANCEL_SECURITY = 0x31;
export const MASS_CANCEL_ALL = 0x37;

/** MassStatusReqType (585): orders of one security, all orders, orders of a party. */
export const MASS_STATUS_SECURITY = 1;
export const MASS_STATUS_ALL = 7;
export const MASS_STATUS_PARTY = 8;

/** Bits of `rules` of a venue's ExecutionReport, beside REPORT_RULES: PossDupFlag (43) was Y. */
export const MARK_POSS_DUP = 16;
/** Its execution was at its TransactTime (60), well before it came: as a reference price it is as old as that. */
export const MARK_LATE = 32;
/** Nobody knows when its execution was: it is no reference price. */
export const MARK_UNDATED = 64;
/** Its order is valued at the price of market orders, and there is none now: it goes on holding what it held. */
export const MARK_KEEPS_HOLD = 128;
/** Those by which a replay decides; and the bits of REPORT_RULES. */
export const DECIDING_MARKS = MARK_LATE | MARK_UNDATED | MARK_KEEPS_HOLD;
export const REPORT_RULES_BITS = 15;
/** `possResend` of an OrderRequest: PossResend (97) was Y; PossDupFlag (43) was Y. */
export const POSS_RESEND = 1;
export const POSS_DUP = 2;

/** `epoch` of a request to a venue that was accepted before a restart and not sent: it is too late to send it. */
export const OF_THE_PAST = 1;

/** Why an order was canceled that its client has not canceled (core/risk/reason-codes.ts): clients are told in ExecRestatementReason, too. */
export const CANCELED_ON_DISCONNECT = 217;
export const CANCELED_AT_LOGOUT = 218;
export const CANCELED_BY_KILL_SWITCH = 229;
export const CANCELED_FOR_SELF_TRADE = 236;

/** `reason` of a REPORT_NOT_TAKEN of the venue agent: why a venue's throttle refuses a request (core/risk/reason-codes.ts). */
export const NOT_SENT_THROTTLED = 232;
export const NOT_SENT_QUEUE_FULL = 233;
export const NOT_SENT_EXPIRED = 234;
export const NOT_SENT_ORDER_WAITS = 235;

/** Kind of an ExecutionReport. */
export const REPORT_EXECUTION = 1;
export const REPORT_CANCEL_REJECT = 2;
/** From a venue agent: its session has logged on, or is no longer logged on. */
export const REPORT_VENUE_UP = 3;
export const REPORT_VENUE_DOWN = 4;
/** `slot` of a REPORT_VENUE_UP: the venue gets no new orders before it has said the statuses of its open ones. */
export const ASKS_FIRST = 1;
/** From a venue agent: the request was not sent (session down), or the venue refused the message (Reject, BusinessMessageReject). */
export const REPORT_NOT_TAKEN = 5;
/** Rules by which the core takes what venues say of their orders' status, and what they do not say; reports and commands are stamped with them. */
export const REPORT_RULES = 2;
/**
 * To a client, OrderMassCancelReport: `execType` is MassCancelRequestType (530), `ordStatus` MassCancelResponse (531), `ordRejReason`
 * MassCancelRejectReason (532), `cumQty` how many orders were canceled.
 */
export const REPORT_MASS_CANCEL = 6;
/**
 * To a client, an ExecutionReport that answers an OrderMassStatusRequest: OrigClOrdID is its MassStatusReqID (584), `cxlRejResponseTo` its
 * MassStatusReqType (585) as a number, `requestNumber` TotNumReports (911), `cxlRejReason` 1 in the last one (LastRptRequested, 912).
 */
export const REPORT_MASS_STATUS = 7;

export const SIDE_BUY = 0x31;
export const SIDE_SELL = 0x32;
export const SIDE_SELL_SHORT = 0x35;

export const TYPE_MARKET = 0x31;
export const TYPE_LIMIT = 0x32;
export const TYPE_STOP = 0x33;
export const TYPE_STOP_LIMIT = 0x34;
export const TYPE_MARKET_ON_CLOSE = 0x35;
export const TYPE_LIMIT_ON_CLOSE = 0x42;
export const TYPE_MARKET_IF_TOUCHED = 0x4a;
export const TYPE_PEGGED = 0x50;

export const TIF_DAY = 0x30;
export const TIF_GTC = 0x31;
export const TIF_IOC = 0x33;
export const TIF_FOK = 0x34;
export const TIF_AT_OPENING = 0x32;
export const TIF_GTD = 0x36;
export const TIF_AT_CLOSE = 0x37;

/** OrdStatus (39). */
export const STATUS_NEW = 0x30;
export const STATUS_PARTIALLY_FILLED = 0x31;
export const STATUS_FILLED = 0x32;
export const STATUS_DONE_FOR_DAY = 0x33;
export const STATUS_CANCELED = 0x34;
export const STATUS_REPLACED = 0x35;
export const STATUS_PENDING_CANCEL = 0x36;
export const STATUS_REJECTED = 0x38;
export const STATUS_STOPPED = 0x37;
export const STATUS_SUSPENDED = 0x39;
export const STATUS_PENDING_NEW = 0x41;
export const STATUS_CALCULATED = 0x42;
export const STATUS_EXPIRED = 0x43;
export const STATUS_PENDING_REPLACE = 0x45;

/** ExecType (150). */
export const EXEC_NEW = 0x30;
/** Up to FIX 4.2, and from some venues of later versions, a trade is one of these. */
export const EXEC_PARTIAL_FILL = 0x31;
export const EXEC_FILL = 0x32;
export const EXEC_DONE_FOR_DAY = 0x33;
export const EXEC_CANCELED = 0x34;
export const EXEC_REPLACED = 0x35;
export const EXEC_PENDING_CANCEL = 0x36;
export const EXEC_STOPPED = 0x37;
export const EXEC_REJECTED = 0x38;
export const EXEC_SUSPENDED = 0x39;
export const EXEC_PENDING_NEW = 0x41;
export const EXEC_CALCULATED = 0x42;
export const EXEC_EXPIRED = 0x43;
/** The venue has changed the order unasked. */
export const EXEC_RESTATED = 0x44;
export const EXEC_PENDING_REPLACE = 0x45;
export const EXEC_TRADE = 0x46;
export const EXEC_TRADE_CORRECT = 0x47;
export const EXEC_TRADE_CANCEL = 0x48;
export const EXEC_STATUS = 0x49;
export const EXEC_IN_CLEARING_HOLD = 0x4a;
export const EXEC_RELEASED_TO_CLEARING = 0x4b;
export const EXEC_TRIGGERED = 0x4c;

/** CxlRejResponseTo (434). */
export const RESPONSE_TO_CANCEL = 0x31;
export const RESPONSE_TO_REPLACE = 0x32;

/** `stated` of a venue's report: numbers that it said, and that the record holds exactly. */
export const STATED_CUM_QTY = 1;
export const STATED_LEAVES_QTY = 2;
export const STATED_AVG_PX = 4;
export const STATED_ORDER_QTY = 8;
export const STATED_LAST_QTY = 16;
export const STATED_LAST_PX = 32;
export const STATED_PRICE = 64;
