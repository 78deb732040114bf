/** What the core counts; indexes into a Float64Array that only the core writes. */
export const COUNT_ORDERS = 0;
export const COUNT_REJECTS = 1;
export const COUNT_CANCELS = 2;
export const COUNT_REPLACES = 3;
export const COUNT_REPORTS = 4;
export const COUNT_FILLS = 5;
export const COUNT_OPEN = 6;
/** Reports about orders that are not, or no longer, known. */
export const COUNT_ORPHANS = 7;
/** Reports that the order's state does not allow; they change nothing. */
export const COUNT_ILLEGAL = 8;
/** Fills that came twice and were counted once. */
export const COUNT_DOUBLED = 9;
/** Fills whose venue disagrees with our CumQty. */
export const COUNT_DISAGREED = 10;
export const COUNT_REPLAYED = 11;
export const COUNT_KILLED = 12;
export const CORE_COUNTERS = 16;

export const COUNTER_NAMES: readonly string[] = [
  "orders",
  "rejects",
  "cancels",
  "replaces",
  "reports",
  "fills",
  "openOrders",
  "orphanReports",
  "illegalReports",
  "doubledFills",
  "cumQtyDisagreements",
  "replayedInputs",
  "killSwitch",
];
