/*  What p99 is usual at this time of day. Works in doublings (log2), because latencies are spread so.
 *
 *  A day (UTC) has 48 slots of half an hour; one more slot stands for the whole day. A slot has
 *
 *  mean       weighted mean of log2(p99 µs) of the intervals that it has seen
 *  deviation  weighted mean of their distances from it
 *  count      intervals seen
 *
 *  An interval counts with weight 1/count, at least LEAST_WEIGHT: a slot remembers about its last 400 intervals, which are two or three
 *  busy days. An interval above the limit counts as if it were at the limit: an incident hardly moves the baseline, and a new
 *  usual latency becomes the baseline within days. The limit is
 *
 *     2 ^ (mean + max(DEVIATIONS · deviation, log2(factor)))
 *
 *  of the slot, or of the whole day while the slot has seen fewer than ENOUGH intervals. While neither has, there is no limit.
 */
const SLOTS = 48;
const SLOT_MS = 1_800_000;
const WHOLE_DAY = SLOTS;
const ENOUGH = 30;
const LEAST_WEIGHT = 1 / 400;
const DEVIATIONS = 6;

/** Intervals with fewer values have no 99th percentile worth the name. */
export const LEAST_VALUES = 200;

export interface BaselineSlot {
  readonly mean: number;
  readonly deviation: number;
  readonly count: number;
}

/** As in the state file: the slots in their order. */
export type BaselineState = readonly BaselineSlot[];

/** Learns the usual p99 by the time of day, and says what is far above it. */
export class Baseline {
  private slots: BaselineSlot[] = Array.from({ length: SLOTS + 1 }, () => ({ mean: 0, deviation: 0, count: 0 }));

  constructor(public factor: number) {}

  get state(): BaselineState {
    return this.slots;
  }

  /** Takes a state over. A state of another form is refused: returns false. */
  restore(state: unknown): boolean {
    if (!Array.isArray(state) || state.length !== SLOTS + 1 || !state.every(isSlot)) return false;
    this.slots = state.map(({ mean, deviation, count }) => ({ mean, deviation, count }));
    return true;
  }

  /** The p99 in microseconds above which one is far from usual at this time, or null while that is not known. */
  limitUs(atMs: number): number | null {
    const slot = this.known(atMs);
    if (slot === null) return null;
    return 2 ** (slot.mean + Math.max(DEVIATIONS * slot.deviation, Math.log2(this.factor)));
  }

  /** The usual p99 in microseconds, or null. */
  usualUs(atMs: number): number | null {
    const slot = this.known(atMs);
    return slot === null ? null : 2 ** slot.mean;
  }

  /** Learns from one interval. */
  learn(atMs: number, p99Us: number): void {
    const limit = this.limitUs(atMs);
    const taken = Math.log2(Math.max(1, limit === null ? p99Us : Math.min(p99Us, limit)));
    for (const at of [slotOf(atMs), WHOLE_DAY]) this.slots[at] = moved(this.slots[at]!, taken);
  }

  private known(atMs: number): BaselineSlot | null {
    return [this.slots[slotOf(atMs)]!, this.slots[WHOLE_DAY]!].find(({ count }) => count >= ENOUGH) ?? null;
  }
}

/** The baselines of all stages, by name. */
export class Baselines {
  private readonly byStage = new Map<string, Baseline>();

  constructor(private factor: number) {}

  setFactor(factor: number): void {
    this.factor = factor;
    for (const baseline of this.byStage.values()) baseline.factor = factor;
  }

  of(stage: string): Baseline {
    let baseline = this.byStage.get(stage);
    if (baseline === undefined) {
      baseline = new Baseline(this.factor);
      this.byStage.set(stage, baseline);
    }
    return baseline;
  }

  get state(): Readonly<Record<string, BaselineState>> {
    return Object.fromEntries([...this.byStage].map(([stage, { state }]) => [stage, state]));
  }

  /** Takes a state over. Returns false when one of its stages has another form; the others are taken. */
  restore(state: unknown): boolean {
    if (typeof state !== "object" || state === null) return false;
    const restored = Object.entries(state).map(([stage, one]) => this.of(stage).restore(one));
    return restored.every((taken) => taken);
  }
}

function slotOf(atMs: number): number {
  return Math.floor(atMs / SLOT_MS) % SLOTS;
}

function moved({ mean, deviation, count }: BaselineSlot, value: number): BaselineSlot {
  const weight = Math.max(1 / (count + 1), LEAST_WEIGHT);
  const next = mean + weight * (value - mean);
  // The first value has no distance from itself.
  const distance = count === 0 ? 0 : Math.abs(value - mean);
  return { mean: next, deviation: deviation + weight * (distance - deviation), count: count + 1 };
}

function isSlot(slot: unknown): slot is BaselineSlot {
  if (typeof slot !== "object" || slot === null) return false;
  const { mean, deviation, count } = slot as Record<string, unknown>;
  return Number.isFinite(mean) && Number.isFinite(deviation) && Number.isInteger(count) && (count as number) >= 0;
}
