import { NS_PER_US } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { BUCKETS, BUCKETS_AT, HISTOGRAM_BYTES, MAX_NS_AT, STAGES, SUM_NS_AT } from "./assembly/layout.ts";

/** Statistics of a stage in microseconds. */
export interface StageFigures {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly mean: number;
}

/** What a stage took while it was measured: the buckets that have values, by the smallest time in each, which ends where the next one begins. */
export interface MeasuredStage extends StageFigures {
  readonly buckets: readonly { readonly fromUs: number; readonly count: number }[];
}

const NOTHING: StageFigures = { count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0, mean: 0 };
/** Of the smallest bucket, nanoseconds. */
const UNIT_NS = 32;
const STEPS = 16;

/** Smallest time in `bucket`, nanoseconds; the bucket ends where the next begins. */
export function stageBucketNs(bucket: number): number {
  if (bucket < 2 * STEPS) return bucket * UNIT_NS;
  return ((bucket % STEPS) + STEPS) * 2 ** (Math.floor(bucket / STEPS) - 1) * UNIT_NS;
}

/** Reads the histograms of one session or venue, or of several as one (telemetry/assembly/layout.ts). Never disturbs their writers. */
export class StageHistograms {
  private readonly now = new Float64Array(BUCKETS);
  /** By stage: counts and sum at the last `sample`; null: there were none. */
  private readonly seen: (Float64Array | null)[] = new Array(STAGES).fill(null);
  private readonly seenSums = new Float64Array(STAGES);
  private readonly intervals: StageFigures[] = new Array(STAGES).fill(NOTHING);

  constructor(
    private readonly views: Views,
    /** Where each of them has its stages. */
    private readonly places: readonly number[],
  ) {}

  /** Since the start. */
  total(stage: number): StageFigures {
    this.read(stage);
    return figuresOf(this.now, this.sum(stage, SUM_NS_AT), this.max(stage));
  }

  /** Of the time between the last two calls of `sample`. */
  interval(stage: number): StageFigures {
    return this.intervals[stage]!;
  }

  /** Begins the next interval. */
  sample(): void {
    for (let stage = 0; stage < STAGES; stage++) this.sampleStage(stage);
  }

  /** Counts since the start of all values below `ends` (nanoseconds, each the begin of a bucket), and of all. */
  cumulative(stage: number, ends: readonly number[]): { counts: number[]; count: number; sumNs: number } {
    this.read(stage);
    let bucket = 0;
    let count = 0;
    const counts = ends.map((end) => {
      while (bucket < BUCKETS && stageBucketNs(bucket) < end) count += this.now[bucket++]!;
      return count;
    });
    while (bucket < BUCKETS) count += this.now[bucket++]!;
    return { counts, count, sumNs: this.sum(stage, SUM_NS_AT) };
  }

  /** Measures all stages from now on. Returns  a function that gives what was recorded since. */
  measure(): () => MeasuredStage[] {
    const begun = Array.from({ length: STAGES }, (_, stage) => ({
      counts: this.counts(stage),
      sumNs: this.sum(stage, SUM_NS_AT),
    }));
    return () =>
      begun.map(({ counts, sumNs }, stage) => {
        const fresh = this.counts(stage).map((count, bucket) => count - counts[bucket]!);
        const freshNs = Math.max(0, this.sum(stage, SUM_NS_AT) - sumNs);
        return { ...figuresOf(fresh, freshNs, this.longestOf(fresh, stage)), buckets: bucketsOf(fresh) };
      });
  }

  /** Since the start, by bucket. */
  private counts(stage: number): Float64Array {
    this.read(stage);
    return this.now.slice();
  }

  private sampleStage(stage: number): void {
    const sum = this.sum(stage, SUM_NS_AT);
    let seen = this.seen[stage]!;
    this.read(stage);
    if (seen === null) {
      if (this.now.every((count) => count === 0)) return;
      seen = new Float64Array(BUCKETS);
      this.seen[stage] = seen;
    }
    const fresh = this.now.map((count, bucket) => count - seen[bucket]!);
    seen.set(this.now);
    this.intervals[stage] = figuresOf(fresh, Math.max(0, sum - this.seenSums[stage]!), this.longestOf(fresh, stage));
    this.seenSums[stage] = sum;
  }

  /** Bound of the longest time among fresh values: the end of its bucket, or the longest time ever. */
  private longestOf(fresh: Float64Array, stage: number): number {
    const last = fresh.findLastIndex((count) => count > 0);
    return last < 0 ? 0 : Math.min(stageBucketNs(last + 1), this.max(stage));
  }

  private read(stage: number): void {
    const { doubles } = this.views;
    this.now.fill(0);
    for (const place of this.places) {
      const first = (place + stage * HISTOGRAM_BYTES + BUCKETS_AT) / 8;
      for (let bucket = 0; bucket < BUCKETS; bucket++) this.now[bucket]! += doubles[first + bucket]!;
    }
  }

  private sum(stage: number, at: number): number {
    let sum = 0;
    for (const place of this.places) sum += this.views.doubles[(place + stage * HISTOGRAM_BYTES + at) / 8]!;
    return sum;
  }

  private max(stage: number): number {
    let max = 0;
    for (const place of this.places)
      max = Math.max(max, this.views.doubles[(place + stage * HISTOGRAM_BYTES + MAX_NS_AT) / 8]!);
    return max;
  }
}

function bucketsOf(counts: Float64Array): MeasuredStage["buckets"] {
  return [...counts].flatMap((count, bucket) =>
    count > 0 ? [{ fromUs: stageBucketNs(bucket) / NS_PER_US, count }] : [],
  );
}

/** Percentiles are the middle of a bucket, and at most the maximum. */
function figuresOf(counts: Float64Array, sumNs: number, maxNs: number): StageFigures {
  const count = counts.reduce((sum, one) => sum + one, 0);
  if (count === 0) return NOTHING;
  const percentile = (percent: number): number => {
    let left = Math.ceil((percent / 100) * count);
    let bucket = 0;
    while (bucket < BUCKETS - 1 && counts[bucket]! < left) left -= counts[bucket++]!;
    return Math.min((stageBucketNs(bucket) + stageBucketNs(bucket + 1)) / 2, maxNs) / NS_PER_US;
  };
  return {
    count,
    p50: percentile(50),
    p90: percentile(90),
    p99: percentile(99),
    p999: percentile(99.9),
    max: maxNs / NS_PER_US,
    mean: sumNs / count / NS_PER_US,
  };
}
