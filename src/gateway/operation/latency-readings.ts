import { LATENCY_STAGES } from "../../operation/latency.ts";
import type { LatencyReading } from "../../operation/readings.ts";
import type { StageHistograms } from "../../telemetry/stage-histograms.ts";
import type { LatencyViews } from "./latency-views.ts";

/** An interval is as short as this where there are enough orders, so that an alarm comes within seconds … */
const SHORTEST_MS = 2_000;
/** The interval grows until it has at least this many values; one that has fewer after the longest time is left out. */
const ENOUGH = 200;
const LONGEST_MS = 60_000;
/** Every order has it. */
const FIRST_STAGE = 0;

/** Reads latencies for metrics and alarms, with intervals of its own. */
export class LatencyReadings {
  private readonly own: StageHistograms;
  private number = 0;
  private counted = 0;

  constructor(
    private readonly latencies: LatencyViews,
    private sinceMs: number,
  ) {
    this.own = latencies.reader();
  }

  /** `nowMs` of a clock that is never set. */
  take(nowMs: number): LatencyReading[] {
    this.endInterval(nowMs);
    return LATENCY_STAGES.flatMap((stage, i) => {
      const histogram = this.latencies.histogram(stage);
      if (histogram === null) return [];
      const { buckets, count, sumUs } = histogram;
      const { count: recent, p99 } = this.own.interval(i);
      const all = { leUs: Number.POSITIVE_INFINITY, count };
      const interval = { number: this.number, count: recent, p99Us: p99 };
      return [{ stage, buckets: [...buckets, all], count, sumUs, interval }];
    });
  }

  private endInterval(nowMs: number): void {
    const ms = nowMs - this.sinceMs;
    if (ms < SHORTEST_MS) return;
    const { count } = this.own.cumulative(FIRST_STAGE, []);
    if (count - this.counted < ENOUGH && ms < LONGEST_MS) return;
    this.own.sample();
    this.number++;
    this.counted = count;
    this.sinceMs = nowMs;
  }
}
