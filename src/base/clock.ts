/** Where time comes from. Engines and the core never hold one: they are told the time. */
export interface Clock {
  /** Nanoseconds since an arbitrary start; the same origin in every thread. */
  monotonicNs(): number;
  /** Microseconds since 1970-01-01T00:00:00Z. */
  wallUs(): number;
}
