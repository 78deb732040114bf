/** Outcomes of a venue's report. */
export const APPLIED = 0;
/** No order in the table matches: recycled, or never ours. */
export const ORPHAN = 1;
/** The order's state does not allow it, or its numbers are impossible. */
export const ILLEGAL_REPORT = 2;
/** Its ExecID was applied before. */
export const DUPLICATE_EXECUTION = 3;
/** The core does not apply this kind; a trade correction is passed on to the client. */
export const UNSUPPORTED = 4;
/** Applied, but the venue's CumQty differs from our sum. */
export const CUM_DIFFERS = 5;
