import { NO_PRICE } from "../../record/assembly/units.ts";
import { area, executionMask, executions, facts, firstExecutions } from "./area.ts";
import { NONE } from "./codes.ts";
import { FACTS_BYTES, FIRST_EXECUTIONS_BYTES, FOUND_PRICE, FOUND_QUANTITY } from "./layout.ts";
import { Order } from "./order.ts";

/*  Which executions were counted: a venue that resends (PossDup, a replayed stream) must not fill an order twice.
 *
 *  The first two executions of an order stand in a cache line by its slot, which is walked as its row is:
 *
 *  double 0          1        2          3         4           7
 *         ┌──────────┬────────┬──────────┬─────────┬─ ─ ─ ─ ─ ─┐   reported  the number under which it was reported on
 *         │ reported │ hashes │ quantity │ priceE8 │ a second  │   hashes    A and B, ints; 0: there is none
 *         └──────────┴────────┴──────────┴─────────┴─ ─ ─ ─ ─ ─┘
 *
 *  All others, and busts and corrections, are in buckets. A bucket is one cache line; an execution belongs into one bucket, where it
 *  takes the oldest one's place. Orders of a time share a region of 64 KiB, in which the ExecID chooses the bucket: what lately filled
 *  orders touch stays in the cache.
 *
 *  int  0       1      2       3       4       5             14      15
 *       ┌───────┬──────┬───────┬───────┬───────┬───────┬─ ─ ─┬───────┬───────┐
 *       │ place │      │ hash A│ hash B│ hash A│ hash B│     │ hash A│ hash B│     place: where the next one goes
 *       └───────┴──────┴───────┴───────┴───────┴───────┴─ ─ ─┴───────┴───────┘
 *
 *  Beside each pair of hashes stand four numbers, two doubles and two integers: what was executed, so that a bust or a
 *  correction without numbers can be booked. A correction stands for the execution that it corrects, its root, and the root has
 *  the numbers that hold now:
 *
 *  8 ·    0          1           2          3
 *         ┌──────────┬───────────┬──────────┬──────────┐   root      of a correction or bust: first int of its root's hashes, or
 *         │ reported │ root      │ quantity │ priceE8  │             −2 − which of the orders' first ones it is; else −1. Its
 *         └──────────┴───────────┴──────────┴──────────┘             quantity is then the root's `reported`, a double
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

/** An execution's doubles: as an order's first ones and those beside buckets have them. Of the first ones, hashes stand for the root. */
const REPORTED: usize = 0;
const ROOT: usize = 8;
const HASHES: usize = 8;
const QUANTITY: usize = 16;
const PRICE: usize = 24;
const FACT_BYTES: usize = 32;

/** Hashes of the execution that was looked for last, and its doubles where it is known. */
let hashes: i64 = 0;
let found: usize = 0;
/** The doubles of the root of the execution that `lookUp` has found. */
let root: usize = 0;

// @ts-ignore: decorator
@inline
function intAt(index: i32): usize {
  return executions + (<usize>index << 2);
}

// @ts-ignore: decorator
@inline
function firstOf(order: Order): usize {
  return firstExecutions + <usize>order.slot * FIRST_EXECUTIONS_BYTES;
}

/** The doubles beside the pair of hashes at an int, or of one of the orders' first executions. */
// @ts-ignore: decorator
@inline
function factAt(index: i32): usize {
  return index >= 0 ? facts + <usize>(index >> 1) * FACT_BYTES : firstExecutions + <usize>(-2 - index) * FACT_BYTES;
}

function indexOf(fact: usize): i32 {
  const end = facts + <usize>(executionMask + 1) * FACTS_BYTES;
  if (fact >= facts && fact < end) return <i32>((fact - facts) / FACT_BYTES) << 1;
  return -2 - <i32>((fact - firstExecutions) / FACT_BYTES);
}

/** The slot of an order is taken by another one. */
export function forgetExecutions(order: Order): void {
  memory.fill(firstOf(order), 0, FIRST_EXECUTIONS_BYTES);
}

function put(order: Order, reported: f64, ofRoot: i32, quantity: i64, priceE8: i64): void {
  let fact = firstOf(order);
  if (load<i64>(fact, HASHES) !== 0) fact += FACT_BYTES;
  if (ofRoot !== NONE || load<i64>(fact, HASHES) !== 0) {
    fact = nextIn(bucketOf(order));
    order.hasMoreExecutions = 1;
    store<f64>(fact, <f64>ofRoot, ROOT);
  } else store<i64>(fact, hashes, HASHES);
  store<f64>(fact, reported, REPORTED);
  store<i64>(fact, quantity, QUANTITY);
  store<i64>(fact, priceE8, PRICE);
}

/** Puts the hashes into the place of the oldest ones of a bucket. Returns where the doubles beside them are. */
function nextIn(bucket: i32): usize {
  const at = intAt(bucket);
  const place = load<i32>(at);
  store<i32>(at, place + 2 === BUCKET_INTS - FIRST ? 0 : place + 2);
  store<i64>(intAt(bucket + FIRST + place), hashes);
  return factAt(bucket + FIRST + place);
}

/** Remembers an execution of an order, the number under which it was reported on, and what was executed. */
export function addExecution(
  order: Order,
  at: usize,
  length: i32,
  owner: i32,
  reported: f64,
  quantity: i64,
  priceE8: i64,
): void {
  if (!hasExecution(order, at, length, owner)) put(order, reported, NONE, quantity, priceE8);
}

/** The same of the execution that was looked for last, and is not known. */
export function addLookedFor(order: Order, reported: f64, quantity: i64, priceE8: i64): void {
  put(order, reported, NONE, quantity, priceE8);
}

/** Remembers a bust or correction of the execution that `lookUp` has found last. The caller has asked `hasExecution`. */
export function addChange(order: Order, at: usize, length: i32, owner: i32, reported: f64): void {
  const rootReported = load<f64>(root, REPORTED);
  if (!hasExecution(order, at, length, owner)) put(order, reported, indexOf(root), reinterpret<i64>(rootReported), NO_PRICE);
}

/** The number under which an execution was reported on, 0 when it is not remembered. */
export function reportedAs(order: Order, at: usize, length: i32, owner: i32): f64 {
  return hasExecution(order, at, length, owner) ? load<f64>(found, REPORTED) : 0;
}

/** Finds what an execution, with all its corrections, comes to. False when it is not remembered. */
export function lookUpExecution(order: Order, at: usize, length: i32, owner: i32): bool {
  root = 0;
  if (!hasExecution(order, at, length, owner)) return false;
  root = found;
  const rootAt = isFirst(order) ? NONE : <i32>load<f64>(found, ROOT);
  if (rootAt !== NONE) {
    root = factAt(rootAt);
    // Another execution may have taken the root's place.
    if (load<f64>(root, REPORTED) !== load<f64>(found, QUANTITY)) {
      root = found;
      return false;
    }
  }
  store<i64>(area, load<i64>(root, QUANTITY), FOUND_QUANTITY);
  store<i64>(area, load<i64>(root, PRICE), FOUND_PRICE);
  return true;
}

/** True when the execution that was found is one of the order's first ones. */
function isFirst(order: Order): bool {
  return found - firstOf(order) < <usize>FIRST_EXECUTIONS_BYTES;
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
  store<i64>(root, quantity, QUANTITY);
  store<i64>(root, priceE8, PRICE);
}

/** True when it is remembered. */
export function hasExecution(order: Order, at: usize, length: i32, owner: i32): bool {
  const seed = seedOf(owner, order.number);
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
  hashes = <i64>(<u64><u32>x | (<u64><u32>y << 32));
  found = firstOf(order);
  if (load<i64>(found, HASHES) === hashes) return true;
  found += FACT_BYTES;
  if (load<i64>(found, HASHES) === hashes) return true;
  return order.hasMoreExecutions !== 0 && isInBucket(bucketOf(order));
}

function isInBucket(bucket: i32): bool {
  for (let i = bucket + FIRST; i < bucket + BUCKET_INTS; i += 2) {
    if (load<i64>(intAt(i)) !== hashes) continue;
    found = factAt(i);
    return true;
  }
  return false;
}

/** First int of the bucket of an order's execution with the hashes. */
// @ts-ignore: decorator
@inline
function bucketOf(order: Order): i32 {
  const region = <i32><i64>(order.number / ORDERS_PER_REGION) << REGION_SHIFT;
  return ((region | (<i32>hashes & (REGION_BUCKETS - 1))) & executionMask) * BUCKET_INTS;
}

/** What an execution's hashes begin with. */
// @ts-ignore: decorator
@inline
function seedOf(owner: i32, number: f64): i32 {
  const order = (<i32><i64>number ^ (<i32><i64>(number * WORD_PART) * 0x01000193)) * 0x85ebca6b;
  return order ^ (owner * 0x27d4eb2f);
}
