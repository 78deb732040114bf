import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";

/*  A latency histogram in shared memory, log-linear: 64 steps to each doubling, so that a bucket is at most 1/64 (1.6 %)
 *  of its value wide. All words written by the one recorder, read by anyone (latency-report.ts).
 *
 *  byte 0         8        128                   128 + 8·2048
 *       ┌─────────┬─ ─ ─ ─ ┬──────────┬──────────┬─ ─ ─┐
 *       │ maxNs   │        │ bucket 0 │ bucket 1 │     │    doubles: number of values in each
 *       └─────────┴─ ─ ─ ─ ┴──────────┴──────────┴─ ─ ─┘
 *
 *  ns below 128       bucket ns: exact
 *  ns in [2^e, 2^e+1) bucket (e − 6)·64 + (ns >> (e − 6)), where the last term is 64 to 127
 */
const BUCKETS_AT = 128;
const STEP_BITS = 6;
const STEPS = 1 << STEP_BITS;
/** 2^37 ns are 137 s: bucket (36 − 6)·64 + 127 is the last. Longer times are counted there; maxNs keeps them exactly. */
const LONGEST_NS = 2 ** 37 - 1;
export const LATENCY_BUCKETS = 2048;
export const LATENCY_BYTES = BUCKETS_AT + LATENCY_BUCKETS * 8;

/** Records durations in a histogram. */
export class Latency {
  private readonly doubles: Float64Array;
  private readonly first: number;
  private readonly buckets: number;

  constructor(views: Views, at: number) {
    checkLatency(views, at);
    this.doubles = views.doubles;
    this.first = at >> 3;
    this.buckets = (at + BUCKETS_AT) >> 3;
  }

  /**
   * Records one duration in nanoseconds; a negative one (from two clocks) counts as zero.
   * Thread  the one recorder.
   */
  record(ns: number): void {
    const doubles = this.doubles;
    const at = this.buckets + latencyBucket(ns);
    doubles[at] = doubles[at]! + 1;
    if (ns > doubles[this.first]!) doubles[this.first] = ns;
  }
}

/** Bucket of `ns`. */
export function latencyBucket(ns: number): number {
  // Written so that NaN takes this branch too.
  if (!(ns >= 2 * STEPS)) return ns > 0 ? ns | 0 : 0;
  if (ns < 2 ** 31) return bucketOf(ns | 0, 0);
  return bucketOf((Math.min(ns, LONGEST_NS) / 65536) | 0, 16);
}

/** Bucket of `value << shifted`, where value is at least 2·STEPS. */
function bucketOf(value: number, shifted: number): number {
  const shift = 31 - Math.clz32(value) - STEP_BITS;
  return ((shift + shifted) << STEP_BITS) + (value >> shift);
}

/** Smallest whole number of nanoseconds in `bucket`; the bucket ends where the next begins. */
export function bucketStartNs(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket;
  const shift = (bucket >> STEP_BITS) - 1;
  return ((bucket & (STEPS - 1)) + STEPS) * 2 ** shift;
}

/** Word (of the doubles) of the first bucket of the histogram at `at`; for readers. */
export function bucketsWord(at: number): number {
  return (at + BUCKETS_AT) >> 3;
}

/** Checks that the histogram is aligned and inside the memory. */
export function checkLatency(views: Views, at: number): void {
  if (at < 0 || at % 64 !== 0) broken("LATENCY_NOT_ALIGNED", at);
  if (at + LATENCY_BYTES > views.bytes.length) broken("LATENCY_MEMORY_TOO_SMALL", at);
}
