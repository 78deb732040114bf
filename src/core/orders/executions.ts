import { hashId } from "../../base/id.ts";
import { NO_PRICE, NONE } from "../../base/units.ts";
import { Views } from "../../base/views.ts";
import type { StateSink, StateSource } from "../state-io.ts";

/*  Which executions were counted: a venue that resends (PossDup, a replayed stream) must not fill an order twice.
 *
 *  A bucket is one cache line; an execution belongs into one bucket, where it takes the oldest one's place. Orders of a
 *  time share a region of 64 KiB, in which the ExecID chooses the bucket: what lately filled orders touch stays in the cache.
 *
 *  int  0       1      2       3       4       5             14      15
 *       ┌───────┬──────┬───────┬───────┬───────┬───────┬─ ─ ─┬───────┬───────┐
 *       │ place │      │ hash A│ hash B│ hash A│ hash B│     │ hash A│ hash B│     place: where the next one goes
 *       └───────┴──────┴───────┴───────┴───────┴───────┴─ ─ ─┴───────┴───────┘
 *
 *  Beside each pair of hashes stand four doubles: what was executed, so that a bust or a correction without numbers can be
 *  booked. A correction stands for the execution that it corrects, its root, and the root has the numbers that hold now:
 *
 *  double 0          1           2          3
 *         ┌──────────┬───────────┬──────────┬──────────┐   reported  the number under which it was reported on
 *         │ reported │ root      │ quantity │ priceE8  │   root      of a correction or bust: first int of its root's hashes, else −1;
 *         └──────────┴───────────┴──────────┴──────────┘             its quantity is then the root's `reported`
 *
 *  The 64 bits are mixed from venue, order number and ExecID (17); the ids themselves are not kept. A new execution is
 *  taken for an old one with odds of 7 in 2^64 less the bucket's bits: with half a million buckets, one in 10^12. With n
 *  the executions that fit into a region, one is forgotten within the region's next n/16 with odds of one in two million, within
 *  n/8 of one in 27,000.
 */
const BUCKET_INTS = 16;
const BUCKET_BYTES = BUCKET_INTS * 4;
const FIRST = 2;
const SEED_A = 0x2545f491;
const SEED_B = 0x9e3779b9 | 0;
/** Buckets of a region, as a power of two, and order numbers that share one: 3.5 executions for each of them. */
const REGION_SHIFT = 10;
const REGION_BUCKETS = 1 << REGION_SHIFT;
const ORDERS_PER_REGION = 2048;
const EXPECTED_MOST = 64;
/** Doubles beside a pair of hashes, and their order. */
const FACTS = 4;
const ROOT = 1;
const QUANTITY = 2;
const PRICE = 3;
const FACTS_BYTES = (BUCKET_INTS / 2) * FACTS * 8;
/** Numbers are whole doubles; each half of one is mixed in. */
const WORD_PART = 1 / 4_294_967_296;

/** The executions that were counted lately. */
export class Executions {
  private readonly ints: Int32Array;
  /** By the first int of an execution's hashes, halved: FACTS doubles. */
  private readonly facts: Float64Array;
  private readonly mask: number;
  /** Place of the execution looked for last, where it is known. */
  private found = 0;
  /** Of the execution that `lookUp` has found: its root's first int, and what that has executed. */
  private root = NONE;
  quantity = 0;
  priceE8 = NO_PRICE;
  /** Of the execution looked for last: its bucket's first int, and its hashes. */
  private bucket = 0;
  private a = 0;
  private b = 0;
  /** Buckets of expected executions, and a sum of what `fetch` has read: kept, so that the compiler lets it read. */
  private readonly expected = new Int32Array(EXPECTED_MOST);
  private expectedCount = 0;
  fetched = 0;

  /** Bytes that a memory of about this many executions takes. */
  static bytesFor(capacity: number): number {
    return buckets(capacity) * (BUCKET_BYTES + FACTS_BYTES);
  }

  constructor(capacity: number) {
    this.ints = Views.allocate(buckets(capacity) * BUCKET_BYTES).ints;
    this.facts = Views.allocate(buckets(capacity) * FACTS_BYTES).doubles;
    this.mask = buckets(capacity) - 1;
  }

  /**
   * Remembers an execution of an order, the number under which it was reported on, and what was executed.
   * Returns  false when it was remembered already.
   */
  add(
    from: Int32Array,
    at: number,
    length: number,
    venue: number,
    number: number,
    reported = 0,
    quantity = 0,
    priceE8 = NO_PRICE,
  ): boolean {
    if (this.has(from, at, length, venue, number)) return false;
    this.put(reported, NONE, quantity, priceE8);
    return true;
  }

  /** Remembers a bust or correction of the execution that `lookUp` has found last. The caller has asked `has`. */
  addTo(from: Int32Array, at: number, length: number, venue: number, number: number, reported: number): void {
    const root = this.root;
    const rootReported = this.facts[(root >> 1) * FACTS]!;
    if (!this.has(from, at, length, venue, number)) this.put(reported, root, rootReported, NO_PRICE);
  }

  private put(reported: number, root: number, quantity: number, priceE8: number): void {
    const ints = this.ints;
    const bucket = this.bucket;
    const place = ints[bucket]!;
    const at = bucket + FIRST + place;
    ints[at] = this.a;
    ints[at + 1] = this.b;
    ints[bucket] = place + 2 === BUCKET_INTS - FIRST ? 0 : place + 2;
    const facts = this.facts;
    const fact = (at >> 1) * FACTS;
    facts[fact] = reported;
    facts[fact + ROOT] = root;
    facts[fact + QUANTITY] = quantity;
    facts[fact + PRICE] = priceE8;
  }

  /** The number under which an execution was reported on, 0 when it is not remembered. */
  reportedAs(from: Int32Array, at: number, length: number, venue: number, number: number): number {
    return this.has(from, at, length, venue, number) ? this.facts[(this.found >> 1) * FACTS]! : 0;
  }

  /** Sets `quantity` and `priceE8` to what an execution, with all its corrections, comes to. False when it is not remembered. */
  lookUp(from: Int32Array, at: number, length: number, venue: number, number: number): boolean {
    this.root = NONE;
    if (!this.has(from, at, length, venue, number)) return false;
    const facts = this.facts;
    let fact = (this.found >> 1) * FACTS;
    const root = facts[fact + ROOT]!;
    this.root = this.found;
    if (root !== NONE) {
      const rootReported = facts[fact + QUANTITY]!;
      fact = (root >> 1) * FACTS;
      // Another execution may have taken the root's place.
      if (facts[fact] !== rootReported) return false;
      this.root = root;
    }
    this.quantity = facts[fact + QUANTITY]!;
    this.priceE8 = facts[fact + PRICE]!;
    return true;
  }

  /** False when nothing is known of the execution that `lookUp` has found but that it was reported. */
  get isMeasured(): boolean {
    return this.quantity !== 0 || this.priceE8 !== NO_PRICE;
  }

  /** Sets what the execution that `lookUp` has found comes to from now on. */
  correct(quantity: number, priceE8: number): void {
    const fact = (this.root >> 1) * FACTS;
    this.facts[fact + QUANTITY] = quantity;
    this.facts[fact + PRICE] = priceE8;
  }

  /** True when it is remembered. */
  has(from: Int32Array, at: number, length: number, venue: number, number: number): boolean {
    const seed = seedOf(venue, number);
    // Both as hashId has them, side by side.
    let a = SEED_A ^ seed ^ 0x811c9dc5;
    let b = (SEED_B + Math.imul(seed, 0x165667b1)) ^ 0x811c9dc5;
    const first = at >> 2;
    const end = first + ((length + 3) >> 2);
    for (let i = first; i < end; i++) {
      const word = from[i]!;
      a = Math.imul(a ^ word, 0x01000193);
      b = Math.imul(b ^ word, 0x01000193);
      a ^= a >>> 15;
      b ^= b >>> 15;
    }
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 16), 0x85ebca6b);
    a ^= a >>> 13;
    // Never 0, so that an execution is not taken for an empty place.
    b = (b ^ (b >>> 13)) | 1;
    const ints = this.ints;
    const bucket = this.bucketOf(number, a);
    this.a = a;
    this.b = b;
    this.bucket = bucket;
    for (let i = bucket + FIRST; i < bucket + BUCKET_INTS; i += 2) {
      if (ints[i] !== a || ints[i + 1] !== b) continue;
      this.found = i;
      return true;
    }
    return false;
  }

  /** Notes that an execution will be looked for soon; `fetch` brings it. No more than EXPECTED_MOST at once. */
  expect(from: Int32Array, at: number, length: number, venue: number, number: number): void {
    if (this.expectedCount === EXPECTED_MOST) return;
    const hash = hashId(from, at, length, SEED_A ^ seedOf(venue, number));
    this.expected[this.expectedCount++] = this.bucketOf(number, hash);
  }

  /**
   * Reads where the expected executions will be looked for and kept. These lines are rarely in the cache;
   * reading them together overlaps the cache misses. Changes nothing that is remembered.
   */
  fetch(): void {
    const ints = this.ints;
    const facts = this.facts;
    let sum = 0;
    for (let i = 0; i < this.expectedCount; i++) {
      const bucket = this.expected[i]!;
      sum += ints[bucket]! + facts[(bucket >> 1) * FACTS]!;
    }
    this.fetched = sum;
    this.expectedCount = 0;
  }

  /** First int of the bucket of an order's execution with such a hash A. */
  private bucketOf(number: number, hash: number): number {
    const region = ((number / ORDERS_PER_REGION) | 0) << REGION_SHIFT;
    return ((region | (hash & (REGION_BUCKETS - 1))) & this.mask) * BUCKET_INTS;
  }

  save(to: StateSink): void {
    to.words("executions", this.ints, this.ints.length);
    to.words("executionFacts", new Int32Array(this.facts.buffer), this.facts.length * 2);
  }

  /**
   * Into a memory in which nothing is yet. One of another size takes each bucket's executions for those of the newest
   * orders that share it, `newest` being the last order's number. Snapshots of earlier versions have no more than the numbers
   * under which executions were reported on.
   */
  load(from: StateSource, newest: number): void {
    const old = new Int32Array(from.length("executions"));
    from.words("executions", old);
    const facts = from.has("executionFacts") ? doublesOf(from, "executionFacts") : factsOf(doublesOf(from, "reported"));
    if (old.length === this.ints.length) {
      this.ints.set(old);
      this.facts.set(facts);
      return;
    }
    const regions = Math.max(1, (old.length / BUCKET_INTS) >> REGION_SHIFT);
    const last = Math.floor(newest / ORDERS_PER_REGION);
    // Where the roots of busts and corrections go.
    const moved = new Map<number, number>();
    for (let fact = 0; fact < facts.length; fact += FACTS)
      if (facts[fact + ROOT]! > 0) moved.set(facts[fact + ROOT]!, 0);
    for (let bucket = 0; bucket < old.length; bucket += BUCKET_INTS) {
      const index = bucket / BUCKET_INTS;
      const behind = (((last - (index >> REGION_SHIFT)) % regions) + regions) % regions;
      const place = ((last - behind) << REGION_SHIFT) | (index & (REGION_BUCKETS - 1));
      if (last >= behind) this.moveBucket(old, facts, bucket, (place & this.mask) * BUCKET_INTS, moved);
    }
    for (let fact = 0; fact < this.facts.length; fact += FACTS) {
      const root = this.facts[fact + ROOT]!;
      if (root > 0) this.facts[fact + ROOT] = moved.get(root)!;
    }
  }

  /** The oldest first. */
  private moveBucket(
    old: Int32Array,
    facts: Float64Array,
    bucket: number,
    to: number,
    moved: Map<number, number>,
  ): void {
    const pairs = BUCKET_INTS - FIRST;
    for (let i = 0; i < pairs; i += 2) {
      const at = bucket + FIRST + ((old[bucket]! + i) % pairs);
      if (old[at + 1] === 0) continue;
      const place = this.ints[to]!;
      const into = to + FIRST + place;
      this.ints[into] = old[at]!;
      this.ints[into + 1] = old[at + 1]!;
      for (let fact = 0; fact < FACTS; fact++)
        this.facts[(into >> 1) * FACTS + fact] = facts[(at >> 1) * FACTS + fact]!;
      if (moved.has(at)) moved.set(at, into);
      this.ints[to] = place + 2 === pairs ? 0 : place + 2;
    }
  }

  /** Mixes what is remembered into `hash`. */
  digest(hash: number): number {
    for (let i = 0; i < this.ints.length; i++) hash = Math.imul(hash ^ this.ints[i]!, 0x01000193);
    const facts = new Int32Array(this.facts.buffer);
    for (let i = 0; i < facts.length; i++) hash = Math.imul(hash ^ facts[i]!, 0x01000193);
    return hash;
  }
}

/** What an execution's hashes begin with. */
function seedOf(venue: number, number: number): number {
  const order = Math.imul((number | 0) ^ Math.imul((number * WORD_PART) | 0, 0x01000193), 0x85ebca6b);
  return order ^ Math.imul(venue, 0x27d4eb2f);
}

/** The power of two of cache lines that holds at least seven eighths of `capacity`. */
function buckets(capacity: number): number {
  let count = 1024;
  while (count * 8 < capacity) count *= 2;
  return count;
}

function doublesOf(from: StateSource, name: string): Float64Array {
  const words = new Int32Array(from.length(name));
  from.words(name, words);
  return new Float64Array(words.buffer);
}

/** Of the numbers alone: an execution of quantity 0 can't be booked without numbers of its bust. */
function factsOf(reported: Float64Array): Float64Array {
  const facts = new Float64Array(reported.length * FACTS);
  for (let i = 0; i < reported.length; i++) facts.set([reported[i]!, NONE, 0, NO_PRICE], i * FACTS);
  return facts;
}
