import { monotonicNs, wallUs } from "../../ffi/clock.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { NS_PER_MS } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { Agent, Polled } from "./agent.ts";
import type { PeerWakeups } from "./peer-wakeups.ts";
import {
  HEARTBEAT_WORD,
  LANE_DRAINED,
  LANE_RUNNING,
  LANE_STOPPED,
  LONGEST_DOUBLE,
  PARKED_WORD,
  STATE_WORD,
  STOP_LANE,
  STOP_WORD,
  TURNS_DOUBLE,
  WORKED_DOUBLE,
} from "./words.ts";

/** Watches the lane's sockets; `net/reactor.ts` is one. */
export interface Waiter {
  /** Begins a turn: marks sockets that are ready. */
  beginTurn(): void;
  /** Blocks until a socket is ready, another lane wakes this one, or the timeout passes. */
  wait(timeoutMs: number): number;
}

/** Checks periodically on collections and compilations of the lane; `stalls/engine-watch.ts` is one. */
export interface Watch {
  check(): void;
}

/** Records stalls of the lane; `stalls/meter.ts` is one. */
export interface Stalls {
  /** `idle` is to be called in turns without work. */
  readonly checking: boolean;
  idle(): void;
  /** Records a gap; `agent` took longest in it (-1: unknown), all agents did `work`. Returns true to time every agent for a while. */
  stalled(gapNs: number, agent: number, agentNs: number, work: number): boolean;
}

/** Turns without work before a parking lane blocks: about 20 µs, which a burst's next message often beats. */
const IDLE_TURNS = 32;
/** Interval at which the wall clock is read; in between it advances with the monotonic clock. */
const WALL_EVERY_NS = 10 * NS_PER_MS;
/** Interval of `Watch.check`, which takes 30 µs: it reads files of the kernel and state of the engine that are not cached. */
const WATCH_EVERY_NS = 100 * NS_PER_MS;
/** Longest block: the heartbeat word must advance for the watchdog. */
const MAX_PARK_MS = 250;

/** Turns in which every agent is timed after a stall without a known cause, about 10 ms. */
const TIMED_TURNS = 8_192;

/**
 * Agents that did less work than this are timed together with the next one that works. Reading the clock after each would
 * cost a single order as much as an agent.
 */
const WORTH_TIMING = 16;
const NOBODY = -1;
const SEVERAL = -2;

/** Polls a lane's agents in turn until the lane is stopped and all agents have ended. */
export class Loop {
  watch: Watch | null = null;
  /** Checked each WALL_EVERY_NS; `profiles/lane-profiler.ts` is one. */
  profiler: Watch | null = null;
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;
  private readonly word: number;
  private readonly double: number;
  private wallReadNs = Number.NEGATIVE_INFINITY;
  private wallOffsetUs = 0;
  private watchedNs = Number.NEGATIVE_INFINITY;
  private stopping = false;
  private drained = false;
  private idleTurns = 0;
  private stalls: Stalls | null = null;
  private stallNs = Number.POSITIVE_INFINITY;
  /** When the previous turn began; Infinity after the lane has blocked, which is no stall. */
  private turnedNs = Number.POSITIVE_INFINITY;
  private timedTurns = 0;
  /** Agent that took longest in this turn; NOBODY or SEVERAL. */
  private slowest = NOBODY;
  private slowestNs = 0;
  /** Work done in the last turn. */
  private worked = 0;
  /** By place in the order: index of the agent. */
  private readonly which: number[];

  constructor(
    private readonly agents: Agent[],
    /** The order in which they are polled; an agent may be in it twice. */
    private readonly order: Polled[],
    private readonly waiter: Waiter,
    private readonly peerWakeups: PeerWakeups,
    private readonly time: LaneTime,
    private readonly spins: boolean,
    shared: Views,
    wordsAt: number,
  ) {
    this.ints = shared.ints;
    this.doubles = shared.doubles;
    this.word = wordsAt >> 2;
    this.double = wordsAt >> 3;
    this.which = order.map(({ name }) => agents.findIndex((agent) => agent.name === name));
  }

  /** Reports gaps of more than `overNs` between turns to `stalls`. */
  recordStalls(stalls: Stalls, overNs: number): void {
    this.stalls = stalls;
    this.stallNs = overNs;
  }

  /** Opens all agents, before the first turn. */
  open(): void {
    this.setTime(monotonicNs());
    for (let i = 0; i < this.agents.length; i++) this.agents[i]!.open(this.time.nowNs);
  }

  /** Runs until stopped. Throws what an agent throws: a broken invariant ends the lane. */
  run(): void {
    Atomics.store(this.ints, this.word + STATE_WORD, LANE_RUNNING);
    while (this.turn()) {}
    for (let i = 0; i < this.agents.length; i++) this.agents[i]!.close();
    Atomics.store(this.ints, this.word + STATE_WORD, LANE_STOPPED);
  }

  /** One turn. Returns false once everything has ended. */
  turn(): boolean {
    let began = monotonicNs();
    if (began - this.turnedNs > this.stallNs) began = this.stalled(began);
    this.turnedNs = began;
    this.setTime(began);
    this.waiter.beginTurn();
    const order = this.order;
    const which = this.which;
    let work = 0;
    let since = began;
    let worked = NOBODY;
    this.slowest = NOBODY;
    this.slowestNs = 0;
    for (let i = 0; i < order.length; i++) {
      const did = order[i]!.poll(began);
      if (did === 0 && this.timedTurns === 0) continue;
      work += did;
      worked = worked === NOBODY || worked === which[i] ? which[i]! : SEVERAL;
      if (did < WORTH_TIMING && this.timedTurns === 0) continue;
      since = this.timed(since, worked);
      worked = NOBODY;
    }
    if (worked !== NOBODY) since = this.timed(since, worked);
    this.worked = work;
    this.count(since - began, work);
    if (work > 0) {
      this.idleTurns = 0;
      this.peerWakeups.wake();
    } else {
      if (this.stalls?.checking) this.stalls.idle();
      if (!this.spins && ++this.idleTurns > IDLE_TURNS) this.park();
    }
    const stop = Atomics.load(this.ints, this.word + STOP_WORD);
    if (stop === 0) return true;
    if (!this.stopping) this.stop();
    if (!this.drained && this.allStopped()) {
      this.drained = true;
      Atomics.store(this.ints, this.word + STATE_WORD, LANE_DRAINED);
    }
    return stop !== STOP_LANE;
  }

  /** Notes how long `agent` took since then. Returns the present time. */
  private timed(sinceNs: number, agent: number): number {
    const now = monotonicNs();
    if (now - sinceNs > this.slowestNs) {
      this.slowestNs = now - sinceNs;
      this.slowest = agent;
    }
    return now;
  }

  private setTime(nowNs: number): void {
    this.time.nowNs = nowNs;
    if (nowNs - this.wallReadNs >= WALL_EVERY_NS) {
      this.wallReadNs = nowNs;
      this.wallOffsetUs = wallUs() - Math.floor(nowNs / 1000);
      if (this.profiler !== null) this.profiler.check();
      if (this.watch !== null && nowNs - this.watchedNs >= WATCH_EVERY_NS) {
        this.watchedNs = nowNs;
        this.watch.check();
      }
    }
    this.time.wallUs = Math.floor(nowNs / 1000) + this.wallOffsetUs;
  }

  /** Records the stall and returns the time after it. */
  private stalled(now: number): number {
    const agent = this.slowest;
    const isUnclear = this.stalls!.stalled(
      now - this.turnedNs,
      agent === SEVERAL ? NOBODY : agent,
      this.slowestNs,
      this.worked,
    );
    this.timedTurns = isUnclear ? TIMED_TURNS : 0;
    return monotonicNs();
  }

  private count(took: number, work: number): void {
    const doubles = this.doubles;
    const at = this.double;
    doubles[at + TURNS_DOUBLE] = doubles[at + TURNS_DOUBLE]! + 1;
    this.ints[this.word + HEARTBEAT_WORD] = (this.ints[this.word + HEARTBEAT_WORD]! + 1) | 0;
    if (this.timedTurns > 0) this.timedTurns--;
    if (work === 0) return;
    doubles[at + WORKED_DOUBLE] = doubles[at + WORKED_DOUBLE]! + 1;
    if (took > doubles[at + LONGEST_DOUBLE]!) doubles[at + LONGEST_DOUBLE] = took;
  }

  /**
   * Blocks until a socket, another lane or a deadline wakes it. The parked word is set before the agents look at their rings
   * for the last time; a producer reads the word after it has published. So one of the two always sees the other.
   */
  private park(): void {
    this.idleTurns = 0;
    this.turnedNs = Number.POSITIVE_INFINITY;
    Atomics.store(this.ints, this.word + PARKED_WORD, 1);
    let work = 0;
    for (let i = 0; i < this.order.length; i++) work += this.order[i]!.poll(this.time.nowNs);
    if (work > 0) this.peerWakeups.wake();
    else this.waiter.wait(this.timeoutMs());
    Atomics.store(this.ints, this.word + PARKED_WORD, 0);
  }

  private timeoutMs(): number {
    let deadline = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.agents.length; i++) {
      const at = this.agents[i]!.deadlineNs();
      if (at < deadline) deadline = at;
    }
    const ms = Math.ceil((deadline - monotonicNs()) / NS_PER_MS);
    return ms < 0 ? 0 : ms > MAX_PARK_MS ? MAX_PARK_MS : ms;
  }

  private stop(): void {
    this.stopping = true;
    for (let i = 0; i < this.agents.length; i++) this.agents[i]!.stop(this.time.nowNs);
  }

  private allStopped(): boolean {
    for (let i = 0; i < this.agents.length; i++) if (!this.agents[i]!.stopped()) return false;
    return true;
  }
}
