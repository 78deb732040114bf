/** What carries the bytes. It gives its session what comes by `take`, and the end by `disconnected`. */
export interface Transport {
  write(text: string): void;
  /** Sends what is written, then ends the connection. */
  end(): void;
  /** Ends the connection at once. */
  abort(): void;
  /** While paused it reads nothing, so that what is sent to it piles up. */
  paused: boolean;
}

/** Monotonic nanoseconds, and microseconds since 1970. */
export interface Clock {
  readonly nowNs: number;
  readonly wallUs: number;
}

export const SYSTEM_CLOCK: Clock = {
  get nowNs() {
    return performance.now() * 1e6;
  },
  get wallUs() {
    return Date.now() * 1000;
  },
};
