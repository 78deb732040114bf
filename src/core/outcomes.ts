/** What became of a venue's report. */
export const APPLIED = 0;
/** Of no order in the table: recycled, or never ours. */
export const ORPHAN = 1;
/** The lifecycle forbids it, or its numbers cannot be. */
export const ILLEGAL_REPORT = 2;
/** Its execution was counted before. */
export const DUPLICATE_EXECUTION = 3;
/** The core has no model of it; a correction of a trade is passed on to the client all the same. */
export const UNSUPPORTED = 4;
/** Applied, but the venue's CumQty is not ours. */
export const CUM_DIFFERS = 5;
