/** Counters of each lane's buffers. Written by the lane, read by any thread. */
export const POOL_COUNTERS = ["taken", "given", "inUseBytes", "peakBytes", "cachedBytes", "exhausted"] as const;
export const TAKEN = 0;
export const GIVEN = 1;
export const IN_USE = 2;
export const PEAK = 3;
export const CACHED = 4;
export const EXHAUSTED = 5;
