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

/** Prices and quantities are whole numbers of 1e-8 in 64 bits. */
export const UNIT_E8 = 100_000_000n;
/** The largest that is held, of either sign: 92,000,000,000. */
export const MOST_E8 = 9_200_000_000_000_000_000n;
/** No price: market orders, and reports without a price. No number that is held has its upper half. */
export const NO_PRICE = -(2n ** 63n);
