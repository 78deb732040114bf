import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import type { Views } from "../../src/base/views.ts";
import { STOP_WORD } from "../../src/lane/words.ts";
import { Compiles } from "../../src/stalls/compiles.ts";
import { EngineWatch } from "../../src/stalls/engine-watch.ts";
import { StallMeter } from "../../src/stalls/meter.ts";
import { StallTable } from "../../src/stalls/table.ts";
import type { StealTime, ThreadCounters } from "../../src/stalls/thread-counters.ts";
import { Latency } from "../../src/telemetry/latency.ts";
import { BLIND_DOUBLE, GAPS_AT, STALLS_AT, TURNS_DOUBLE } from "./words.ts";

/** Counts are also refreshed at this interval, so that old small events are not attributed to a new gap. */
const RENEW_NS = 10_000_000;
const WARM_UP_NS = 200_000_000;
const NO_AGENT = -1;

/** Reads the clock in a loop and detects gaps between two readings. Allocates nothing once it is warm. */
export class Meter {
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;
  private readonly gaps: Latency;
  private readonly stalls: StallMeter;
  private readonly time = new LaneTime();

  constructor(
    views: Views,
    ledger: ThreadCounters,
    stealTime: StealTime | null,
    private thresholdNs: number,
  ) {
    this.ints = views.ints;
    this.doubles = views.doubles;
    this.gaps = new Latency(views, GAPS_AT);
    const engine = new EngineWatch(views, 0, new Compiles([]));
    this.stalls = new StallMeter(new StallTable(views, STALLS_AT), ledger, stealTime, engine, this.time, views, 0);
  }

  /** Runs all code until it is compiled, and drops the results. */
  warmUp(): void {
    const { thresholdNs } = this;
    this.stalls.warmUp();
    this.thresholdNs = 0;
    this.run(WARM_UP_NS / 4);
    this.thresholdNs = thresholdNs;
    this.run(WARM_UP_NS);
    // The last gap's cause is found with the second check after it.
    this.stalls.check();
    this.doubles.fill(0, GAPS_AT >> 3);
  }

  run(forNs: number): void {
    const { gaps, doubles, ints, stalls, time } = this;
    stalls.check();
    let last = monotonicNs();
    const end = last + forNs;
    let renewAt = last + RENEW_NS;
    while (last < end && Atomics.load(ints, STOP_WORD) === 0) {
      const now = monotonicNs();
      const gapNs = now - last;
      gaps.record(gapNs);
      doubles[TURNS_DOUBLE] = doubles[TURNS_DOUBLE]! + 1;
      last = now;
      if (gapNs < this.thresholdNs && now < renewAt) continue;
      time.nowNs = now;
      if (gapNs >= this.thresholdNs) {
        time.wallUs = wallUs() - gapNs / 1000;
        stalls.stalled(gapNs, NO_AGENT, 0, 0);
      } else stalls.check();
      last = monotonicNs();
      doubles[BLIND_DOUBLE] = doubles[BLIND_DOUBLE]! + last - now;
      renewAt = last + RENEW_NS;
    }
    stalls.check();
  }

  /** Records the last gap, and closes the files it reads. */
  end(): void {
    this.stalls.end();
  }
}
