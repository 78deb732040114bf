import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_MS } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { STEAL_DOUBLE } from "../lane/words.ts";
import { BUSY_WORK, causeOf, LONG_TURN, MINOR_FAULT, PREEMPTED, Stall, type StallBook, UNKNOWN } from "./table.ts";
import type { StealTime, ThreadCounters } from "./thread-counters.ts";

/** What the engine did to the lane so far; `engine/watch.ts` is one. */
export interface EngineCounts {
  readonly collections: number;
  /** Functions compiled again because what the compiler had believed no longer held. */
  readonly recompilations: number;
  look(): void;
  /** Looks at every function; far slower than a look. */
  lookAtAll(): void;
  /** Begins to do so by and by: each `lookOn` looks at some more of them. Returns  true once it has come round. */
  lookAround(): void;
  lookOn(): boolean;
}

/** Many short stalls on a machine with many CPUs: what they have had stolen is read no more often than this. */
const STEAL_EVERY_NS = 10 * NS_PER_MS;
/**
 * A lane under full load stalls at every turn, of the work it has. Such a stall, no longer than twice the one before, is looked
 * into no more often than this: it takes about 20 µs, and 100 µs to look at every function.
 */
const BUSY_EVERY_NS = 20 * NS_PER_MS;
const WARM_UP_STALLS = 300;

/**
 * Puts the stalls of a lane down to what changed between the last look and their end. The compiler finishes its work
 * after the stall that made it necessary: a stall that nothing else explains is written down some time after the next look,
 * once every function has been looked at in idle turns, or at the look after that.
 */
export class StallMeter {
  private readonly stall = new Stall();
  private open = false;
  /** The open stall's functions are looked at, some in each idle turn. */
  looking = false;
  private switches = 0;
  private waitNs = 0;
  private minorFaults = 0;
  private majorFaults = 0;
  private collections = 0;
  private recompilations = 0;
  private stealNs = 0;
  private lookedIntoNs = Number.NEGATIVE_INFINITY;
  private lookedAtAllNs = Number.NEGATIVE_INFINITY;
  private lastGapNs = 0;
  private stealReadNs = Number.NEGATIVE_INFINITY;
  private readonly doubles: Float64Array;
  private readonly stealDouble: number;

  constructor(
    private readonly book: StallBook,
    private readonly ledger: ThreadCounters,
    /** Null where the lane has no CPU of its own. */
    private readonly stealTime: StealTime | null,
    private readonly engine: EngineCounts,
    private readonly time: LaneTime,
    /** Where the main thread shows what of the lane's CPU has been stolen. */
    shared: Views,
    wordsAt: number,
  ) {
    this.doubles = shared.doubles;
    this.stealDouble = (wordsAt >> 3) + STEAL_DOUBLE;
    this.look();
  }

  /** Now and then while the lane turns: small events long past are not held against a later stall. */
  look(): void {
    this.engine.look();
    if (this.looking) this.close();
    else if (this.open) {
      this.looking = true;
      this.engine.lookAround();
    }
    this.ledger.read();
    this.keep();
  }

  /** In an idle turn while `looking`: some more functions. All at once would hold up what comes just then. */
  idle(): void {
    if (!this.engine.lookOn()) return;
    this.lookedAtAllNs = this.time.nowNs;
    this.close();
  }

  /**
   * The lane has stalled for `gapNs` since the turn that LaneTime tells of; `agent` had the longest turn in it, and all
   * agents together did `work`.
   * Returns  whether it is a riddle, so that it is worth timing every agent for a while.
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
    if (busy && this.time.nowNs - this.lookedIntoNs < BUSY_EVERY_NS) {
      stall.forgetCounts();
      this.book.write(stall, causeOf(stall));
      return false;
    }
    this.lookedIntoNs = this.time.nowNs;
    const ledger = this.ledger;
    const engine = this.engine;
    ledger.read();
    engine.look();
    stall.waitNs = ledger.waitNs - this.waitNs;
    stall.switches = ledger.switches - this.switches;
    stall.minorFaults = ledger.minorFaults - this.minorFaults;
    stall.majorFaults = ledger.majorFaults - this.majorFaults;
    stall.collections = engine.collections - this.collections;
    stall.recompilations = 0;
    stall.stealNs = 0;
    let cause = causeOf(stall);
    if (this.stealTime !== null && (cause === UNKNOWN || cause === LONG_TURN)) {
      stall.stealNs = this.stolenNs(this.stealTime);
      cause = causeOf(stall);
    }
    this.open = cause === UNKNOWN || cause === LONG_TURN || cause === MINOR_FAULT;
    if (!this.open) this.book.write(stall, cause);
    this.keep();
    return cause === UNKNOWN || (agent < 0 && cause === PREEMPTED && stall.waitNs < gapNs / 2);
  }

  /** At the lane's end: the last stall is written down, and the kernel's files are closed. Cold. */
  end(): void {
    if (this.open) this.close();
    this.ledger.close();
    this.stealTime?.close();
  }

  /** Runs all there is to run until it is compiled, and forgets what it saw. Cold. */
  warmUp(): void {
    for (let i = 0; i < WARM_UP_STALLS; i++) {
      this.stalled(i * 1000.5, i % 3, i * 500.5, i);
      if (i % 2 === 0) this.look();
      if (i % 8 === 0) while (this.looking) this.idle();
    }
    if (this.open) this.close();
    this.book.clear();
  }

  private close(): void {
    const stall = this.stall;
    const engine = this.engine;
    this.open = false;
    this.looking = false;
    const nowNs = this.time.nowNs;
    if (nowNs - this.lookedAtAllNs >= BUSY_EVERY_NS) {
      this.lookedAtAllNs = nowNs;
      engine.lookAtAll();
    }
    stall.recompilations = engine.recompilations - this.recompilations;
    this.recompilations = engine.recompilations;
    this.book.write(stall, causeOf(stall));
  }

  /** Since the last look; the main thread has shown the count before it. */
  private stolenNs(stealTime: StealTime): number {
    const nowNs = this.time.nowNs;
    if (nowNs - this.stealReadNs < STEAL_EVERY_NS) return 0;
    this.stealReadNs = nowNs;
    stealTime.read();
    const before = this.stealNs;
    this.stealNs = stealTime.ns;
    return Math.max(0, stealTime.ns - before);
  }

  private keep(): void {
    const ledger = this.ledger;
    const engine = this.engine;
    this.switches = ledger.switches;
    this.waitNs = ledger.waitNs;
    this.minorFaults = ledger.minorFaults;
    this.majorFaults = ledger.majorFaults;
    this.collections = engine.collections;
    // An open stall is still compared with what there was before it.
    if (!this.open) this.recompilations = engine.recompilations;
    this.stealNs = Math.max(this.stealNs, this.doubles[this.stealDouble]!);
  }
}
