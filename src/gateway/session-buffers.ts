// The pool of session buffers as the main thread has it: maps it, keeps it, tells of it. Cold.

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

/** How much of the pool may be in use before it is told. */
const WORTH_TELLING = 1 / 16;

/** What became of the pool; all lanes together. */
export interface BufferFigures {
  readonly maxBytes: number;
  /** Held by sessions, and kept by lanes for the next. */
  readonly inUseBytes: number;
  readonly peakBytes: number;
  readonly cachedBytes: number;
  /** Spans cut into buffers, spans whose pages are there, and how many have been given back to the system. */
  readonly servingSpans: number;
  readonly readySpans: number;
  readonly returnedSpans: number;
  readonly taken: number;
  readonly given: number;
  /** Times that a session asked for a buffer and there was none. */
  readonly exhausted: number;
}

/** One a gateway. */
export class SessionBuffers {
  readonly address: number;
  private readonly central: Central;
  private readonly keeper: PoolKeeper;
  private readonly counters: Float64Array[];
  private peakBytes = 0;
  /** What was told last: bytes in use, and how often the pool was exhausted. */
  private toldBytes = 0;
  private toldExhausted = 0;

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

  /** Where it is mapped. */
  get region(): { address: number; bytes: number } {
    return { address: this.address, bytes: this.central.spans * SPAN_BYTES };
  }

  /** Twice a second, and when a lane calls. */
  turn(): void {
    this.keeper.turn(performance.now());
    this.tell();
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

  /** What it all came to. */
  lastLine(): string {
    const { peakBytes, taken, given, servingSpans, returnedSpans, exhausted } = this.figures();
    const moves = `${number(taken)} taken, ${number(given)} given back`;
    const spans = `${servingSpans} spans in service, ${number(returnedSpans)} returned to the system`;
    return `at most ${mib(peakBytes)} in use; ${moves}; ${spans}; exhausted ${number(exhausted)} times`;
  }

  /** A line when the use has doubled, when it is over, and when there was not enough. */
  private tell(): void {
    const inUse = this.sum(IN_USE);
    this.peakBytes = Math.max(this.peakBytes, inUse);
    const maxBytes = this.central.spans * SPAN_BYTES;
    const exhausted = this.sum(EXHAUSTED);
    if (exhausted > this.toldExhausted) {
      this.log.warning(`exhausted, ${mib(inUse)} of pool.maxMiB are in use`);
      this.toldExhausted = exhausted;
    }
    if (inUse >= maxBytes * WORTH_TELLING && inUse >= 2 * this.toldBytes) {
      this.log.info(`${mib(inUse)} of ${mib(maxBytes)} in use by sessions that read slowly`);
      this.toldBytes = inUse;
    } else if (this.toldBytes > 0 && inUse === 0 && this.keeper.count(SERVING) === 0) {
      this.log.info(`all back, ${number(this.keeper.returned)} spans returned to the system`);
      this.toldBytes = 0;
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
