// The main thread's side of the pool of session buffers: maps it, keeps spans ready, logs its use.

import type { Log } from "../base/log.ts";
import { MIB } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { Plan } from "../plan/plan.ts";
import { Central } from "../pool/central.ts";
import { CACHED, EXHAUSTED, GIVEN, IN_USE, POOL_COUNTERS, TAKEN } from "../pool/counters.ts";
import { mapRegion, PoolKeeper } from "../pool/keeper.ts";
import { READY, SERVING, SPAN_BYTES } from "../pool/layout.ts";
import { countersAt } from "../telemetry/counters.ts";

/** Part of the pool that may be in use without a log line. */
const LOG_ABOVE = 1 / 16;

/** State of the pool, all lanes together. */
export interface BufferFigures {
  readonly maxBytes: number;
  /** Held by sessions. */
  readonly inUseBytes: number;
  readonly peakBytes: number;
  readonly cachedBytes: number;
  /** Spans cut into buffers, spans with their pages in memory, and spans returned to the system so far. */
  readonly servingSpans: number;
  readonly readySpans: number;
  readonly returnedSpans: number;
  readonly taken: number;
  readonly given: number;
  /** Requests for a buffer that found none. */
  readonly exhausted: number;
}

/** The pool of session buffers of a gateway. */
export class SessionBuffers {
  readonly address: number;
  private readonly central: Central;
  private readonly keeper: PoolKeeper;
  private readonly counters: Float64Array[];
  private peakBytes = 0;
  /** Values of the last log line. */
  private loggedBytes = 0;
  private loggedExhausted = 0;

  constructor(
    views: Views,
    plan: Plan,
    config: GatewayConfig["pool"],
    private readonly log: Log,
  ) {
    const { spans } = plan.pool;
    this.address = mapRegion(spans);
    this.central = new Central(views, plan.pool);
    const readySpans = Math.min(spans, Math.floor((config.readyMiB * MIB) / SPAN_BYTES));
    this.keeper = new PoolKeeper(this.central, this.address, readySpans, config.idleS * 1000, performance.now());
    this.counters = plan.poolCountersAt.map((at) => countersAt(views, at, POOL_COUNTERS));
  }

  /** Where the pool is mapped. */
  get region(): { address: number; bytes: number } {
    return { address: this.address, bytes: this.central.spans * SPAN_BYTES };
  }

  /** Unused memory is returned to the system after this long. */
  idleAfter(seconds: number): void {
    this.keeper.idleMs = seconds * 1000;
  }

  /** Prepares and returns spans as needed, and logs changes. Called twice a second and on each wake-up by a lane. */
  keep(): void {
    this.keeper.turn(performance.now());
    this.logUse();
  }

  figures(): BufferFigures {
    this.peakBytes = Math.max(this.peakBytes, this.sum(IN_USE));
    return {
      maxBytes: this.central.spans * SPAN_BYTES,
      inUseBytes: this.sum(IN_USE),
      peakBytes: this.peakBytes,
      cachedBytes: this.sum(CACHED),
      servingSpans: this.keeper.count(SERVING),
      readySpans: this.keeper.count(READY),
      returnedSpans: this.keeper.returned,
      taken: this.sum(TAKEN),
      given: this.sum(GIVEN),
      exhausted: this.sum(EXHAUSTED),
    };
  }

  /** Log line about the whole run. */
  summary(): string {
    const { peakBytes, taken, given, servingSpans, returnedSpans, exhausted } = this.figures();
    const moves = `${number(taken)} taken, ${number(given)} given back`;
    const spans = `${servingSpans} spans in service, ${number(returnedSpans)} returned to the system`;
    return `at most ${mib(peakBytes)} in use; ${moves}; ${spans}; exhausted ${number(exhausted)} times`;
  }

  /** Logs that the use has doubled, that it is over, or that a session found no buffer. */
  private logUse(): void {
    const inUse = this.sum(IN_USE);
    this.peakBytes = Math.max(this.peakBytes, inUse);
    const maxBytes = this.central.spans * SPAN_BYTES;
    const exhausted = this.sum(EXHAUSTED);
    if (exhausted > this.loggedExhausted) {
      this.log.warning(`exhausted, ${mib(inUse)} of pool.maxMiB are in use`);
      this.loggedExhausted = exhausted;
    }
    if (inUse >= maxBytes * LOG_ABOVE && inUse >= 2 * this.loggedBytes) {
      this.log.info(`${mib(inUse)} of ${mib(maxBytes)} in use by sessions that read slowly`);
      this.loggedBytes = inUse;
    } else if (this.loggedBytes > 0 && inUse === 0 && this.keeper.count(SERVING) === 0) {
      this.log.info(`all back, ${number(this.keeper.returned)} spans returned to the system`);
      this.loggedBytes = 0;
    }
  }

  private sum(counter: number): number {
    return this.counters.reduce((sum, counters) => sum + counters[counter]!, 0);
  }
}

function mib(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}

function number(value: number): string {
  return value.toLocaleString("en");
}
