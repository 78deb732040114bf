import { build, type Histogram } from "hdr-histogram-js";
import { NS_PER_US } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { bucketStartNs, bucketsWord, checkLatency, LATENCY_BUCKETS } from "./latency.ts";

/** Statistics of a latency, in microseconds; all zero while nothing was recorded. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly mean: number;
  readonly count: number;
}

/** Percentiles of one or more histograms in shared memory, merged (one per lane). Reads never disturb the recorders. */
export class LatencyReader {
  private readonly seen = new Float64Array(LATENCY_BUCKETS);
  private readonly now = new Float64Array(LATENCY_BUCKETS);
  private readonly histogram: Histogram = build({
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: bucketStartNs(LATENCY_BUCKETS),
    numberOfSignificantValueDigits: 3,
  });

  constructor(
    private readonly views: Views,
    private readonly places: readonly number[],
  ) {
    for (const at of places) checkLatency(views, at);
  }

  /** Everything recorded since the start. */
  total(): LatencyFigures {
    this.sumPlaces();
    let maxNs = 0;
    for (const at of this.places) maxNs = Math.max(maxNs, this.views.doubles[at >> 3]!);
    return this.figures(this.now, maxNs);
  }

  /** Everything recorded since the last call (or the start); `max` is a bucket's end, at most 1.6 % too high. */
  interval(): LatencyFigures {
    this.sumPlaces();
    const fresh = this.now.map((count, bucket) => count - this.seen[bucket]!);
    this.seen.set(this.now);
    const last = fresh.findLastIndex((count) => count > 0);
    return this.figures(fresh, last < 0 ? 0 : bucketStartNs(last + 1) - 1);
  }

  private sumPlaces(): void {
    this.now.fill(0);
    for (const at of this.places) {
      const first = bucketsWord(at);
      for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) this.now[bucket]! += this.views.doubles[first + bucket]!;
    }
  }

  private figures(counts: Float64Array, maxNs: number): LatencyFigures {
    const { histogram } = this;
    histogram.reset();
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++)
      if (counts[bucket]! > 0) histogram.recordValueWithCount(middleNs(bucket), counts[bucket]!);
    // Values are recorded as their bucket's middle, which may be above the maximum.
    const percentile = (p: number): number => Math.min(histogram.getValueAtPercentile(p), maxNs) / NS_PER_US;
    const count = histogram.totalCount;
    return {
      p50: percentile(50),
      p90: percentile(90),
      p99: percentile(99),
      p999: percentile(99.9),
      max: maxNs / NS_PER_US,
      mean: count === 0 ? 0 : histogram.mean / NS_PER_US,
      count,
    };
  }
}

function middleNs(bucket: number): number {
  return Math.floor((bucketStartNs(bucket) + bucketStartNs(bucket + 1) - 1) / 2);
}
