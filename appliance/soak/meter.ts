import { monotonicNs } from "../../ffi/clock.ts";
import { STOP_WORD } from "../../src/agent/lane-words.ts";
import type { Views } from "../../src/base/views.ts";
import { Collections } from "../../src/engine/collections.ts";
import { Latency } from "../../src/telemetry/latency.ts";
import type { Ledger } from "./ledger.ts";
import {
  BLIND_DOUBLE,
  CAUSES_DOUBLE,
  COLLECTION,
  GAPS_AT,
  MAJOR_FAULT,
  MINOR_FAULT,
  PREEMPTED,
  STEAL,
  TURNS_DOUBLE,
  UNKNOWN,
} from "./words.ts";

/** The counts are taken anew this often without a gap too, so that small events long past are not held against one. */
const RENEW_NS = 10_000_000;
const WARM_UP_NS = 200_000_000;
const WARM_UP_GAPS = 500;

/** Reads the clock for ever and looks for gaps between two readings. Allocates nothing once it is warm. */
export class Meter {
  private readonly ints: Int32Array;
  private readonly doubles: Float64Array;
  private readonly gaps: Latency;
  private readonly collections = new Collections();
  private switches = 0;
  private waitNs = 0;
  private minorFaults = 0;
  private majorFaults = 0;
  private stealNs = 0;

  constructor(
    views: Views,
    private readonly ledger: Ledger,
    private thresholdNs: number,
  ) {
    this.ints = views.ints;
    this.doubles = views.doubles;
    this.gaps = new Latency(views, GAPS_AT);
  }

  /** Runs all there is to run until it is compiled, and forgets what it saw. */
  warmUp(): void {
    const { thresholdNs } = this;
    for (let i = 0; i < WARM_UP_GAPS; i++) this.attribute(0);
    this.thresholdNs = 0;
    this.run(WARM_UP_NS / 4);
    this.thresholdNs = thresholdNs;
    this.run(WARM_UP_NS);
    this.doubles.fill(0, GAPS_AT >> 3);
  }

  run(forNs: number): void {
    this.renew();
    const { gaps, doubles, ints } = this;
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
      if (gapNs >= this.thresholdNs) this.attribute(gapNs);
      else this.renew();
      last = monotonicNs();
      doubles[BLIND_DOUBLE] = doubles[BLIND_DOUBLE]! + last - now;
      renewAt = last + RENEW_NS;
    }
  }

  /** Puts a gap down to what has changed since the counts were last taken. */
  private attribute(gapNs: number): void {
    const { ledger } = this;
    ledger.read();
    const cause = causeOf(
      gapNs,
      ledger.switches - this.switches,
      ledger.waitNs - this.waitNs,
      ledger.stealNs - this.stealNs,
      this.collections.look(),
      ledger.majorFaults - this.majorFaults,
      ledger.minorFaults - this.minorFaults,
    );
    this.count(cause, gapNs);
    this.keep();
  }

  private renew(): void {
    this.ledger.read();
    this.collections.look();
    this.keep();
  }

  private keep(): void {
    const { ledger } = this;
    this.switches = ledger.switches;
    this.waitNs = ledger.waitNs;
    this.minorFaults = ledger.minorFaults;
    this.majorFaults = ledger.majorFaults;
    this.stealNs = ledger.stealNs;
  }

  private count(cause: number, gapNs: number): void {
    const { doubles } = this;
    const at = CAUSES_DOUBLE + 3 * cause;
    doubles[at] = doubles[at]! + 1;
    doubles[at + 1] = doubles[at + 1]! + gapNs;
    if (gapNs > doubles[at + 2]!) doubles[at + 2] = gapNs;
  }
}

/**
 * What a gap is put down to, when this much has happened since the counts were last taken. First what explains the
 * length of the gap, then what merely happened in it.
 */
export function causeOf(
  gapNs: number,
  switches: number,
  waitNs: number,
  stealNs: number,
  collections: number,
  majorFaults: number,
  minorFaults: number,
): number {
  if (waitNs > 0 && waitNs >= gapNs / 2) return PREEMPTED;
  if (stealNs > 0) return STEAL;
  if (collections > 0) return COLLECTION;
  if (majorFaults > 0) return MAJOR_FAULT;
  if (switches > 0) return PREEMPTED;
  return minorFaults > 0 ? MINOR_FAULT : UNKNOWN;
}
