export const KIB = 1024;
export const MIB = 1024 * KIB;

export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;
export const US_PER_S = 1_000_000;

/** Results of hot calls besides offsets and counts; all negative, so that one comparison is enough. */
export const FULL = -1;
export const EMPTY = -1;
export const NONE = -1;

/** Prices are whole numbers of 1e-8 in a float64, exact to 2^53: up to 90,071,992.54740992. */
export const PRICE_SCALE = 100_000_000;
/** No price: market orders, and reports without a price. */
export const NO_PRICE = -Number.MAX_SAFE_INTEGER;
