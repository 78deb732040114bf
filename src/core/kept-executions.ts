import { NONE } from "../base/units.ts";
import { FORMER_NO_PRICE } from "../record/former-numbers.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { exactFacts } from "./former-state.ts";
import type { Order } from "./orders/order.ts";
import type { StateSink, StateSource } from "./state-io.ts";

// As core/assembly/executions.ts has them.
const BUCKET_INTS = layout.BUCKET_BYTES / 4;
const FIRST = 2;
const PAIRS = BUCKET_INTS - FIRST;
const FACTS = 4;
const ROOT = 1;
const REGION_SHIFT = 10;
const REGION_BUCKETS = 1 << REGION_SHIFT;
const ORDERS_PER_REGION = 2048;

/** The memory of executions: its buckets, and four numbers beside each pair of hashes. */
interface Executions {
  readonly ints: Int32Array;
  readonly facts: Float64Array;
}

function executionsIn(area: AreaViews): Executions {
  const buckets = area.word(layout.EXECUTION_BUCKETS);
  return {
    ints: area.ints(layout.EXECUTIONS_AT, buckets * BUCKET_INTS),
    facts: area.doubles(layout.FACTS_AT, (buckets * layout.FACTS_BYTES) / 8),
  };
}

/** The first executions of the orders, by slot. */
function firstIn(area: AreaViews): Int32Array {
  return area.ints(layout.FIRST_EXECUTIONS_AT, (area.word(layout.FRESH) * layout.FIRST_EXECUTIONS_BYTES) / 4);
}

export function saveExecutions(area: AreaViews, to: StateSink): void {
  const { ints, facts } = executionsIn(area);
  const first = firstIn(area);
  to.words("firstExecutions", first, first.length);
  to.words("executions", ints, ints.length);
  to.words("executionFacts", area.ints(layout.FACTS_AT, facts.length * 2), facts.length * 2);
}

/**
 * Into a memory in which nothing is yet. One of another size takes each bucket's executions for those of the newest
 * orders that share it, `newest` being the last order's number. Snapshots of earlier versions have all of them in buckets, or no more
 * than the numbers under which executions were reported on. `order` is any view of the orders, which are loaded; `isFormer`:
 * numbers are doubles.
 */
export function loadExecutions(
  area: AreaViews,
  order: Order,
  from: StateSource,
  newest: number,
  isFormer: boolean,
): void {
  const to = executionsIn(area);
  if (from.has("firstExecutions")) from.words("firstExecutions", firstIn(area));
  else for (let slot = 0; slot < area.word(layout.FRESH); slot++) order.aim(slot).hasMoreExecutions = 1;
  const old = new Int32Array(from.length("executions"));
  from.words("executions", old);
  const facts = from.has("executionFacts") ? doublesOf(from, "executionFacts") : factsOf(doublesOf(from, "reported"));
  if (isFormer) exactFacts(facts);
  if (old.length === to.ints.length) {
    to.ints.set(old);
    to.facts.set(facts);
    return;
  }
  const mask = to.ints.length / BUCKET_INTS - 1;
  const regions = Math.max(1, (old.length / BUCKET_INTS) >> REGION_SHIFT);
  const last = Math.floor(newest / ORDERS_PER_REGION);
  // Where the roots of busts and corrections go.
  const moved = new Map<number, number>();
  for (let fact = 0; fact < facts.length; fact += FACTS) if (facts[fact + ROOT]! > 0) moved.set(facts[fact + ROOT]!, 0);
  for (let bucket = 0; bucket < old.length; bucket += BUCKET_INTS) {
    const index = bucket / BUCKET_INTS;
    const behind = (((last - (index >> REGION_SHIFT)) % regions) + regions) % regions;
    const place = ((last - behind) << REGION_SHIFT) | (index & (REGION_BUCKETS - 1));
    if (last >= behind) moveBucket({ ints: old, facts }, bucket, to, (place & mask) * BUCKET_INTS, moved);
  }
  for (let fact = 0; fact < to.facts.length; fact += FACTS) {
    const root = to.facts[fact + ROOT]!;
    if (root > 0) to.facts[fact + ROOT] = moved.get(root)!;
  }
}

/** The oldest first. */
function moveBucket(
  old: Executions,
  bucket: number,
  to: Executions,
  toBucket: number,
  moved: Map<number, number>,
): void {
  for (let i = 0; i < PAIRS; i += 2) {
    const at = bucket + FIRST + ((old.ints[bucket]! + i) % PAIRS);
    if (old.ints[at + 1] === 0) continue;
    const place = to.ints[toBucket]!;
    const into = toBucket + FIRST + place;
    to.ints[into] = old.ints[at]!;
    to.ints[into + 1] = old.ints[at + 1]!;
    // As bytes: two of the numbers are no doubles.
    const fact = (at >> 1) * FACTS;
    to.facts.set(old.facts.subarray(fact, fact + FACTS), (into >> 1) * FACTS);
    if (moved.has(at)) moved.set(at, into);
    to.ints[toBucket] = place + 2 === PAIRS ? 0 : place + 2;
  }
}

function doublesOf(from: StateSource, name: string): Float64Array {
  const words = new Int32Array(from.length(name));
  from.words(name, words);
  return new Float64Array(words.buffer);
}

/** Of the numbers alone: an execution of quantity 0 can't be booked without numbers of its bust. */
function factsOf(reported: Float64Array): Float64Array {
  const facts = new Float64Array(reported.length * FACTS);
  for (let i = 0; i < reported.length; i++) facts.set([reported[i]!, NONE, 0, FORMER_NO_PRICE], i * FACTS);
  return facts;
}
