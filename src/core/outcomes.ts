/** Outcomes of a venue's report. All but ORPHAN, DUPLICATE_EXECUTION and REFUSED_LATE are told to the client. */
export const APPLIED = 0;
/** It names no order in the table: recycled, or never ours. */
export const ORPHAN = 1;
/** The order's state does not allow it: it changed nothing. */
export const ILLEGAL_REPORT = 2;
/** Its ExecID was applied before. */
export const DUPLICATE_EXECUTION = 3;
/** Its ExecType is none that the core knows. */
export const UNSUPPORTED = 4;
/** Applied; the venue's CumQty, LeavesQty or AvgPx differ from our sums, and were taken. */
export const CUM_DIFFERS = 5;
export const LEAVES_DIFFER = 6;
export const AVERAGE_DIFFERS = 7;
/** Applied, and more is executed than was ordered. */
export const OVERFILLED = 8;
/** A number of it can't be held exactly; what can was applied. */
export const NOT_HELD = 9;
/** An execution without LastQty, which the totals do not explain. */
export const NO_QUANTITY = 10;
/** An execution without LastPx; its quantity was applied, its value is an estimate. */
export const VALUE_UNKNOWN = 11;
/** The bust or correction of an execution that is not known, and the report has no totals. */
export const UNKNOWN_EXECUTION = 12;
/** A done order lives again that should not. */
export const REVIVED = 13;
/** A done order lives again, and the order table has no room: it stays done. */
export const NO_ROOM = 14;
/** The venue does not know the order, or contradicts what is known of its end. */
export const STATUS_DIFFERS = 15;
/** A refusal of a request that was answered before: nothing is changed, and nobody told. */
export const REFUSED_LATE = 16;
/** Applied, with a price of a sign that the symbol does not have. */
export const PRICE_UNUSUAL = 17;
/** No report: the venue has said nothing of a new order, nor of its status, for as long as is configured. */
export const VENUE_SILENT = 18;

/** Bits by outcome: somebody must look at the order. */
export const NEEDS_ATTENTION = 0x7ff14;
