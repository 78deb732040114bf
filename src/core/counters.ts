/** What the core counts since its start, in a Float64Array that others may read; written by the core alone. */
export const COUNT_ORDERS = 0;
/** New orders that the core refused. */
export const COUNT_REJECTS = 1;
export const COUNT_CANCELS = 2;
export const COUNT_REPLACES = 3;
export const COUNT_STATUS_REQUESTS = 4;
/** Cancels and replaces that the core refused. */
export const COUNT_CANCEL_REJECTS = 5;
/** Resent requests (PossResend, PossDupFlag) whose ClOrdID was known. */
export const COUNT_DROPPED = 6;
/** Reports that came from venues. */
export const COUNT_REPORTS = 7;
export const COUNT_FILLS = 8;
/** New orders, cancels and replaces that a venue refused. */
export const COUNT_VENUE_REJECTS = 9;
/** Reports of orders that are not in the table. */
export const COUNT_ORPHANS = 10;
/** Reports that the lifecycle forbids, or whose numbers can't be booked as they are. */
export const COUNT_ILLEGAL = 11;
export const COUNT_DUPLICATE_EXECS = 12;
/** Reports whose CumQty, LeavesQty or AvgPx was not ours, and was taken. */
export const COUNT_CUM_DIFFERS = 13;
/** Reports passed on or left out because the core does not model them. */
export const COUNT_UNSUPPORTED = 14;
export const COUNT_CONTROLS = 15;
/** Not a count but the number of open orders now. */
export const COUNT_OPEN = 16;
/** Inputs taken from the journal at the start, and those among them that today's limits would have decided otherwise. */
export const COUNT_REPLAYED = 17;
export const COUNT_REPLAY_DIFFERS = 18;
/** Not a count but 1 while the kill switch is engaged. */
export const COUNT_KILLED = 19;
/** Not a count but the number of orders in the table that need attention. */
export const COUNT_ATTENTION = 20;
/** Not a count but when the kill switch was engaged, microseconds since 1970; 0: it is not, or that is not known. */
export const COUNT_KILLED_US = 21;
/** Not a count but the number of unmatched reports that nobody has assigned or dismissed. */
export const COUNT_UNMATCHED = 22;
/** Reports of orders that are not known that are not among the unmatched ones, because there was no room. */
export const COUNT_UNMATCHED_LOST = 23;
export const CORE_COUNTERS = 24;
