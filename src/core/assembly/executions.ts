import { NO_PRICE } from "../../record/assembly/units.ts";
import { address, area, executionMask, executions, facts } from "./area.ts";
import { NONE } from "./codes.ts";
import { BUCKET_BYTES, EXPECTED_AT, EXPECTED_MOST, FOUND_PRICE, FOUND_QUANTITY } from "./layout.ts";

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
 *  Beside each pair of hashes stand four numbers, two doubles and two integers: what was executed, so that a bust or a correction without numbers can be
 *  booked. A correction stands for the execution that it corrects, its root, and the root has the numbers that hold now:
 *
 *  double 0          1           2          3
 *         ┌──────────┬───────────┬──────────┬──────────┐   reported  the number under which it was reported on
 *         │ reported │ root      │ quantity │ priceE8  │   root      of a correction or bust: first int of its root's hashes, else −1;
 *         └──────────┴───────────┴──────────┴──────────┘             its quantity is then the root's `reported`, a double
 *
 *  The 64 bits are mixed from venue, order number and ExecID (17); the ids themselves are not kept. A new execution is
 *  taken for an old one with odds of 7 in 2^64 less the bucket's bits: with half a million buckets, one in 10^12. With n
 *  the executions that fit into a region, one is forgotten within the region's next n/16 with odds of one in two million, within
 *  n/8 of one in 27,000.
 */
const BUCKET_INTS = 16;
const FIRST = 2;
const SEED_A: i32 = 0x2545f491;
const SEED_B: i32 = 0x9e3779b9;
/** Buckets of a region, as a power of two, and order numbers that share one: 3.5 executions for each of them. */
const REGION_SHIFT = 10;
const REGION_BUCKETS = 1 << REGION_SHIFT;
const ORDERS_PER_REGION: f64 = 2048;
/** Numbers are whole doubles; each half of one is mixed in. */
const WORD_PART: f64 = 1 / 4_294_967_296;

/** Of the execution looked for last: its place where it is known, its bucket's first int, and its hashes. */
let found: i32 = 0;
let bucket: i32 = 0;
let a: i32 = 0;
let b: i32 = 0;
/** First int of the root of the execution that `lookUp` has found. */
let root: i32 = NONE;
let expectedCount: i32 = 0;

// @ts-ignore: decorator
@inline
function intAt(index: i32): usize {
  return executions + (<usize>index << 2);
}

/** The doubles beside the pair of hashes at an int. */
// @ts-ignore: decorator
@inline
function factAt(index: i32): usize {
  return facts + (<usize>(index >> 1) << 5);
}

function put(reported: f64, ofRoot: f64, quantity: i64, priceE8: i64): void {
  const place = load<i32>(intAt(bucket));
  const at = bucket + FIRST + place;
  store<i32>(intAt(at), a);
  store<i32>(intAt(at), b, 4);
  store<i32>(intAt(bucket), place + 2 === BUCKET_INTS - FIRST ? 0 : place + 2);
  const fact = factAt(at);
  store<f64>(fact, reported);
  store<f64>(fact, ofRoot, 8);
  store<i64>(fact, quantity, 16);
  store<i64>(fact, priceE8, 24);
}

/** Remembers an execution of an order, the number under which it was reported on, and what was executed. */
export function addExecution(
  at: usize,
  length: i32,
  owner: i32,
  number: f64,
  reported: f64,
  quantity: i64,
  priceE8: i64,
): void {
  if (!hasExecution(at, length, owner, number)) put(reported, NONE, quantity, priceE8);
}

/** Remembers a bust or correction of the execution that `lookUp` has found last. The caller has asked `hasExecution`. */
export function addChange(at: usize, length: i32, owner: i32, number: f64, reported: f64): void {
  const rootAt = root;
  const rootReported = load<f64>(factAt(rootAt));
  if (!hasExecution(at, length, owner, number)) put(reported, <f64>rootAt, reinterpret<i64>(rootReported), NO_PRICE);
}

/** The number under which an execution was reported on, 0 when it is not remembered. */
export function reportedAs(at: usize, length: i32, owner: i32, number: f64): f64 {
  return hasExecution(at, length, owner, number) ? load<f64>(factAt(found)) : 0;
}

/** Finds what an execution, with all its corrections, comes to. False when it is not remembered. */
export function lookUpExecution(at: usize, length: i32, owner: i32, number: f64): bool {
  root = NONE;
  if (!hasExecution(at, length, owner, number)) return false;
  let fact = factAt(found);
  const rootAt = <i32>load<f64>(fact, 8);
  root = found;
  if (rootAt !== NONE) {
    const rootReported = load<f64>(fact, 16);
    fact = factAt(rootAt);
    // Another execution may have taken the root's place.
    if (load<f64>(fact) !== rootReported) return false;
    root = rootAt;
  }
  store<i64>(area, load<i64>(fact, 16), FOUND_QUANTITY);
  store<i64>(area, load<i64>(fact, 24), FOUND_PRICE);
  return true;
}

/** What the execution that was found comes to. */
// @ts-ignore: decorator
@inline
export function foundQuantity(): i64 {
  return load<i64>(area, FOUND_QUANTITY);
}

// @ts-ignore: decorator
@inline
export function foundPrice(): i64 {
  return load<i64>(area, FOUND_PRICE);
}

/** False when nothing is known of the execution that was found but that it was reported. */
export function isMeasured(): bool {
  return foundQuantity() !== 0 || foundPrice() !== NO_PRICE;
}

/** Sets what the execution that was found comes to from now on. */
export function correctExecution(quantity: i64, priceE8: i64): void {
  const fact = factAt(root);
  store<i64>(fact, quantity, 16);
  store<i64>(fact, priceE8, 24);
}

/** True when it is remembered. */
export function hasExecution(at: usize, length: i32, owner: i32, number: f64): bool {
  const seed = seedOf(owner, number);
  // Both as hashId has them, side by side.
  let x: i32 = SEED_A ^ seed ^ 0x811c9dc5;
  let y: i32 = (SEED_B + seed * 0x165667b1) ^ 0x811c9dc5;
  const end = at + ((length + 3) & ~3);
  for (; at < end; at += 4) {
    const text = load<i32>(at);
    x = (x ^ text) * 0x01000193;
    y = (y ^ text) * 0x01000193;
    x ^= <i32>(<u32>x >>> 15);
    y ^= <i32>(<u32>y >>> 15);
  }
  x = (x ^ <i32>(<u32>x >>> 16)) * 0x85ebca6b;
  y = (y ^ <i32>(<u32>y >>> 16)) * 0x85ebca6b;
  x ^= <i32>(<u32>x >>> 13);
  // Never 0, so that an execution is not taken for an empty place.
  y = (y ^ <i32>(<u32>y >>> 13)) | 1;
  const first = bucketOf(number, x);
  a = x;
  b = y;
  bucket = first;
  const wanted = <i64>(<u64><u32>x | (<u64><u32>y << 32));
  for (let i = first + FIRST; i < first + BUCKET_INTS; i += 2) {
    if (load<i64>(intAt(i)) !== wanted) continue;
    found = i;
    return true;
  }
  return false;
}

/** Notes that an execution will be looked for soon; `fetch` brings it. No more than EXPECTED_MOST at once. */
export function expectExecution(at: usize, length: i32, owner: i32, number: f64): void {
  if (expectedCount === EXPECTED_MOST) return;
  const seed = seedOf(owner, number);
  let x: i32 = SEED_A ^ seed ^ 0x811c9dc5;
  const end = at + ((length + 3) & ~3);
  for (; at < end; at += 4) {
    x = (x ^ load<i32>(at)) * 0x01000193;
    x ^= <i32>(<u32>x >>> 15);
  }
  x = (x ^ <i32>(<u32>x >>> 16)) * 0x85ebca6b;
  x ^= <i32>(<u32>x >>> 13);
  store<i32>(address(EXPECTED_AT) + (<usize>expectedCount << 2), bucketOf(number, x));
  expectedCount++;
}

/**
 * Reads where the expected executions will be looked for and kept. These lines are rarely in the cache;
 * reading them together overlaps the cache misses. Changes nothing that is remembered.
 */
export function fetchExpected(): void {
  const expected = address(EXPECTED_AT);
  let sum: i64 = 0;
  for (let i = 0; i < expectedCount; i++) {
    const at = load<i32>(expected + (<usize>i << 2));
    sum += load<i64>(intAt(at)) + load<i64>(factAt(at));
  }
  fetched = sum;
  expectedCount = 0;
}

/** Kept, so that the compiler lets it read. */
let fetched: i64 = 0;

/** First int of the bucket of an order's execution with such a hash A. */
// @ts-ignore: decorator
@inline
function bucketOf(number: f64, hash: i32): i32 {
  const region = <i32><i64>(number / ORDERS_PER_REGION) << REGION_SHIFT;
  return ((region | (hash & (REGION_BUCKETS - 1))) & executionMask) * BUCKET_INTS;
}

/** What an execution's hashes begin with. */
// @ts-ignore: decorator
@inline
function seedOf(owner: i32, number: f64): i32 {
  const order = (<i32><i64>number ^ (<i32><i64>(number * WORD_PART) * 0x01000193)) * 0x85ebca6b;
  return order ^ (owner * 0x27d4eb2f);
}
