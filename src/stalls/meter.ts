import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_MS } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { STEAL_DOUBLE } from "../lane/words.ts";
import { BUSY_WORK, causeOf, LONG_TURN, MINOR_FAULT, PREEMPTED, Stall, type StallTable, UNKNOWN } from "./table.ts";
import type { StealTime, ThreadCounters } from "./thread-counters.ts";

/** Counts of the engine's work on a lane; EngineWatch is one. */
export interface EngineCounts {
  readonly collections: number;
  /** Functions compiled again because an assumption of the compiler failed. */
  readonly recompilations: number;
  check(): void;
  /** Checks every function; much slower than `check`. */
  checkAll(): void;
  /** Begins a check of every function in steps, which `continueCheckAll` takes. `continueCheckAll` returns  true after the last step. */
  beginCheckAll(): void;
  continueCheckAll(): boolean;
}

/** Shortest time between two readings of the steal time, which are slow on machines with many CPUs. */
const STEAL_EVERY_NS = 10 * NS_PER_MS;
/**
 * A lane under full load stalls in every turn, because of its work. Such a stall, at most twice as long as the one before, is
 * examined at most this often: that takes about 20 µs, and 100 µs with every function.
 */
const BUSY_EVERY_NS = 20 * NS_PER_MS;
const WARM_UP_STALLS = 300;

/**
 * Finds the cause of each stall of a lane by the counters that changed between the last check and the stall's end. The
 * compiler finishes after the stall that it causes. So a stall without another cause stays open until every function has
 * been checked in idle turns, or until the second check after it.
 */
export class StallMeter {
  private readonly stall = new Stall();
  private open = false;
  /** The functions are checked for the open stall, some in each idle turn. */
  checking = false;
  private switches = 0;
  private waitNs = 0;
  private minorFaults = 0;
  private majorFaults = 0;
  private collections = 0;
  private recompilations = 0;
  private stealNs = 0;
  private examinedNs = Number.NEGATIVE_INFINITY;
  private checkedAllNs = Number.NEGATIVE_INFINITY;
  private lastGapNs = 0;
  private stealReadNs = Number.NEGATIVE_INFINITY;
  private readonly doubles: Float64Array;
  private readonly stealDouble: number;

  constructor(
    private readonly table: StallTable,
    private readonly counters: ThreadCounters,
    /** Null when the lane has no CPU. */
    private readonly stealTime: StealTime | null,
    private readonly engine: EngineCounts,
    private readonly time: LaneTime,
    /** Lane words with the steal time of the lane's CPU, written by the main thread. */
    shared: Views,
    wordsAt: number,
  ) {
    this.doubles = shared.doubles;
    this.stealDouble = (wordsAt >> 3) + STEAL_DOUBLE;
    this.check();
  }

  /** Periodically brings the counters up to date, so that earlier events do not explain a later stall. */
  check(): void {
    this.engine.check();
    if (this.checking) this.close();
    else if (this.open) {
      this.checking = true;
      this.engine.beginCheckAll();
    }
    this.counters.read();
    this.saveCounters();
  }

  /** In an idle turn while `checking`: checks some more functions. All at once would delay the next message. */
  idle(): void {
    if (!this.engine.continueCheckAll()) return;
    this.checkedAllNs = this.time.nowNs;
    this.close();
  }

  /**
   * Records a stall of `gapNs` since the turn at LaneTime's time; `agent` had the longest turn, and all agents together did
   * `work`.
   * Returns  whether the cause is not clear, so that every agent should be timed for a while.
   */
  stalled(gapNs: number, agent: number, agentNs: number, work: number): boolean {
    if (this.open) this.close();
    const stall = this.stall;
    stall.beganUs = this.time.wallUs;
    stall.gapNs = gapNs;
    stall.agent = agent;
    stall.agentNs = agentNs;
    stall.work = work;
    const busy = work >= BUSY_WORK && gapNs <= 2 * this.lastGapNs;
    this.lastGapNs = gapNs;
    if (busy && this.time.nowNs - this.examinedNs < BUSY_EVERY_NS) {
      stall.forgetCounts();
      this.table.write(stall, causeOf(stall));
      return false;
    }
    this.examinedNs = this.time.nowNs;
    const counters = this.counters;
    const engine = this.engine;
    counters.read();
    engine.check();
    stall.waitNs = counters.waitNs - this.waitNs;
    stall.switches = counters.switches - this.switches;
    stall.minorFaults = counters.minorFaults - this.minorFaults;
    stall.majorFaults = counters.majorFaults - this.majorFaults;
    stall.collections = engine.collections - this.collections;
    stall.recompilations = 0;
    stall.stealNs = 0;
    let cause = causeOf(stall);
    if (this.stealTime !== null && (cause === UNKNOWN || cause === LONG_TURN)) {
      stall.stealNs = this.stolenNs(this.stealTime);
      cause = causeOf(stall);
    }
    this.open = cause === UNKNOWN || cause === LONG_TURN || cause === MINOR_FAULT;
    if (!this.open) this.table.write(stall, cause);
    this.saveCounters();
    return cause === UNKNOWN || (agent < 0 && cause === PREEMPTED && stall.waitNs < gapNs / 2);
  }

  /** Writes the open stall and closes the kernel's files. */
  end(): void {
    if (this.open) this.close();
    this.counters.close();
    this.stealTime?.close();
  }

  /** Runs every path until it is compiled, and forgets the stalls. */
  warmUp(): void {
    for (let i = 0; i < WARM_UP_STALLS; i++) {
      this.stalled(i * 1000.5, i % 3, i * 500.5, i);
      if (i % 2 === 0) this.check();
      if (i % 8 === 0) while (this.checking) this.idle();
    }
    if (this.open) this.close();
    this.table.clear();
  }

  private close(): void {
    const stall = this.stall;
    const engine = this.engine;
    this.open = false;
    this.checking = false;
    const nowNs = this.time.nowNs;
    if (nowNs - this.checkedAllNs >= BUSY_EVERY_NS) {
      this.checkedAllNs = nowNs;
      engine.checkAll();
    }
    stall.recompilations = engine.recompilations - this.recompilations;
    this.recompilations = engine.recompilations;
    this.table.write(stall, causeOf(stall));
  }

  /** Steal time since the last check, whose count the main thread has published. */
  private stolenNs(stealTime: StealTime): number {
    const nowNs = this.time.nowNs;
    if (nowNs - this.stealReadNs < STEAL_EVERY_NS) return 0;
    this.stealReadNs = nowNs;
    stealTime.read();
    const before = this.stealNs;
    this.stealNs = stealTime.ns;
    return Math.max(0, stealTime.ns - before);
  }

  private saveCounters(): void {
    const counters = this.counters;
    const engine = this.engine;
    this.switches = counters.switches;
    this.waitNs = counters.waitNs;
    this.minorFaults = counters.minorFaults;
    this.majorFaults = counters.majorFaults;
    this.collections = engine.collections;
    // An open stall still needs the count from before it.
    if (!this.open) this.recompilations = engine.recompilations;
    this.stealNs = Math.max(this.stealNs, this.doubles[this.stealDouble]!);
  }
}
