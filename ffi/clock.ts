import type { Clock } from "../src/base/clock.ts";
import { CLOCK_MONOTONIC, CLOCK_REALTIME, TIMESPEC_NS_AT } from "./abi.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

const time = new ArrayBuffer(SCRATCH_BYTES);
const timeInts = new Int32Array(time);
const timeAt = addressOf(time);
const NS_WORD = TIMESPEC_NS_AT >> 2;

/**
 * Nanoseconds since the machine started; one origin for all threads. Exact for 104 days (2^53), then to 2, then 4 ns.
 * Seconds are read as one unsigned word: good until 2106.
 */
export function monotonicNs(): number {
  libc.clock_gettime(CLOCK_MONOTONIC, timeAt);
  return (timeInts[0]! >>> 0) * 1e9 + timeInts[NS_WORD]!;
}

/** Whole microseconds since 1970-01-01T00:00:00Z. */
export function wallUs(): number {
  libc.clock_gettime(CLOCK_REALTIME, timeAt);
  return (timeInts[0]! >>> 0) * 1e6 + ((timeInts[NS_WORD]! / 1000) | 0);
}

/** The machine's clocks. */
export class SystemClock implements Clock {
  monotonicNs(): number {
    return monotonicNs();
  }

  wallUs(): number {
    return wallUs();
  }
}
