/** A connection. It passes received bytes to its session by `take`, and calls `disconnected` at its end. */
export interface Transport {
  write(text: string): void;
  /** Sends pending output, then closes the connection. */
  end(): void;
  /** Resets the connection at once. */
  abort(): void;
  /** While paused it reads nothing, so the peer's output backs up. */
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
