import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";

/*  A lane's stalls: turns that began later than they should. All words written by the lane, read by anyone.
 *
 *  byte 0        8            64                           320          320 + 64·1024
 *       ┌────────┬─ ─ ─ ┬─────────────────────────────┬──────────┬─ ─ ─┐   count   stalls so far; stall n is in place
 *       │ count  │      │ count, total ns, worst ns … │ record 0 │     │           n & 1023 and is written before it counts
 *       └────────┴─ ─ ─ ┴─────────────────────────────┴──────────┴─ ─ ─┘
 *                        a triple of doubles a cause
 *
 *  record  double 0 began µs (wall) · 1 gap ns · 2 ns of the agent's turn · 3 ns waiting for the CPU
 *          int 8 cause · 9 agent (-1: none) · 10 forced switches · 11 minor faults · 12 major faults · 13 collections
 *              · 14 recompiled functions · 15 steal ms
 */
export const STALL_RECORDS = 1024;
export const STALL_RECORD_BYTES = 64;
export const STALL_CAUSES_AT = 64;
export const STALL_RECORDS_AT = 320;
export const STALLS_BYTES = STALL_RECORDS_AT + STALL_RECORDS * STALL_RECORD_BYTES;

/** Causes of stalls, in the order of their triples. */
export const CAUSES = [
  "preempted",
  "steal",
  "collection",
  "major fault",
  "minor fault",
  "interrupt or unknown",
  "recompilation",
  "long turn",
] as const;
export const PREEMPTED = 0;
export const STEAL = 1;
export const COLLECTION = 2;
export const MAJOR_FAULT = 3;
export const MINOR_FAULT = 4;
export const UNKNOWN = 5;
export const RECOMPILATION = 6;
export const LONG_TURN = 7;

/** Longest time of a minor fault; half of it without a hypervisor. */
const MINOR_FAULT_NS = 2_000;

/** Work of a turn that explains its length. */
export const BUSY_WORK = 64;

/** One stall with its counts; one object for all stalls. */
export class Stall {
  beganUs = 0;
  gapNs = 0;
  /** The agent with the longest turn, and its time; -1: none was timed. */
  agent = -1;
  agentNs = 0;
  /** Work of all agents in the turn. */
  work = 0;
  /** Time ready to run but not running. */
  waitNs = 0;
  switches = 0;
  minorFaults = 0;
  majorFaults = 0;
  collections = 0;
  recompilations = 0;
  stealNs = 0;

  /** Clears the counts: they were not read. */
  forgetCounts(): void {
    this.waitNs = 0;
    this.switches = 0;
    this.minorFaults = 0;
    this.majorFaults = 0;
    this.collections = 0;
    this.recompilations = 0;
    this.stealNs = 0;
  }
}

/**
 * Cause of a stall: first the count that explains its length, then any other. Steal time counts in steps of 10 ms that may
 * have begun before the stall, so more exact counts go before it.
 */
export function causeOf(stall: Stall): number {
  const half = stall.gapNs / 2;
  if (stall.waitNs > 0 && stall.waitNs >= half) return PREEMPTED;
  if (stall.collections > 0) return COLLECTION;
  if (stall.majorFaults > 0) return MAJOR_FAULT;
  if (stall.minorFaults * MINOR_FAULT_NS >= half && stall.minorFaults > 0) return MINOR_FAULT;
  if (stall.stealNs > 0) return STEAL;
  if (stall.recompilations > 0) return RECOMPILATION;
  if (stall.agent >= 0 && stall.agentNs >= half) return LONG_TURN;
  if (stall.switches > 0) return PREEMPTED;
  if (stall.minorFaults > 0) return MINOR_FAULT;
  // Several agents shared the work.
  return stall.work >= BUSY_WORK ? LONG_TURN : UNKNOWN;
}

/** A lane's record of its stalls. */
export class StallTable {
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;

  constructor(
    views: Views,
    private readonly at: number,
  ) {
    if (at % 64 !== 0) broken("STALLS_NOT_ALIGNED", at);
    if (at + STALLS_BYTES > views.bytes.length) broken("STALLS_MEMORY_TOO_SMALL", at);
    this.ints = views.ints;
    this.doubles = views.doubles;
  }

  /** Thread  the lane. */
  write(stall: Stall, cause: number): void {
    const ints = this.ints;
    const doubles = this.doubles;
    const at = this.at;
    const count = doubles[at >> 3]!;
    const recordAt = at + STALL_RECORDS_AT + (count % STALL_RECORDS) * STALL_RECORD_BYTES;
    const double = recordAt >> 3;
    doubles[double] = stall.beganUs;
    doubles[double + 1] = stall.gapNs;
    doubles[double + 2] = stall.agentNs;
    doubles[double + 3] = stall.waitNs;
    const int = recordAt >> 2;
    ints[int + 8] = cause;
    ints[int + 9] = stall.agent;
    ints[int + 10] = stall.switches;
    ints[int + 11] = stall.minorFaults;
    ints[int + 12] = stall.majorFaults;
    ints[int + 13] = stall.collections;
    ints[int + 14] = stall.recompilations;
    ints[int + 15] = stall.stealNs / 1e6;
    const sums = ((at + STALL_CAUSES_AT) >> 3) + 3 * cause;
    doubles[sums] = doubles[sums]! + 1;
    doubles[sums + 1] = doubles[sums + 1]! + stall.gapNs;
    if (stall.gapNs > doubles[sums + 2]!) doubles[sums + 2] = stall.gapNs;
    doubles[at >> 3] = count + 1;
  }

  /** Forgets all of them. */
  clear(): void {
    this.doubles.fill(0, this.at >> 3, (this.at + STALLS_BYTES) >> 3);
  }
}
