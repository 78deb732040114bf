/** A source of time. Protocol engines and the core have none: they get the time as an argument. */
export interface Clock {
  /** Nanoseconds since an arbitrary start; the same origin in every thread. */
  monotonicNs(): number;
  /** Microseconds since 1970-01-01T00:00:00Z. */
  wallUs(): number;
}
