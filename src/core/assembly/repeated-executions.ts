import { accountAt } from "./accounts.ts";
import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import {
  EXECUTION_TIME_BYTES,
  EXECUTION_TIME_CAPACITY,
  EXECUTION_TIMES_AT,
  PAIR_COUNT,
  REACHED_ACCOUNT,
  REACHED_SYMBOL,
  REACHED_TRADER,
  TIMES_FRESH,
  TIMES_FREED,
  TIMES_NEWEST,
  TIMES_OLDEST,
  TRADER_PAIR_CAPACITY,
  TRADER_PAIRS,
} from "./layout.ts";
import { traderOf } from "./levels.ts";
import { Order } from "./order.ts";
import { findPair, Pair, pairAt, pairOf } from "./pairs.ts";

/*  Times of the newest executions of each account and each trader in each symbol, of those with a limit of them. 32 bytes each.
 *
 *  byte 0      4      8       12      16       24      32
 *       ┌──────┬──────┬───────┬───────┬────────┬───────┐   next          the one after it of the same pair; or of the free ones
 *       │pair  │next  │older  │newer  │timeUs  │ spare │   older, newer  its neighbours among all of them
 *       └──────┴──────┴───────┴───────┴────────┴───────┘   numbers from 1 on, 0 for none
 *
 *  A pair keeps as many as its account or trader may have: that one is reached when the oldest of them is within the window. So the window is exact,
 *  and each execution costs the same, however long it is. Where all places are used, the oldest of all gives its own up; its pair notes
 *  when it was, and counts as having reached its limit while it could have been within the window.
 */
@unmanaged
class ExecutionTime {
  pair: i32;
  next: i32;
  older: i32;
  newer: i32;
  timeUs: f64;
}

const US_PER_MS: f64 = 1_000;

// @ts-ignore: decorator
@inline
function timeAt(number: i32): ExecutionTime {
  return changetype<ExecutionTime>(address(EXECUTION_TIMES_AT) + <usize>(number - 1) * EXECUTION_TIME_BYTES);
}

/**
 * Counts an execution for the order's account and its trader; of those that have reached their limit with it, REACHED_ACCOUNT and
 * REACHED_TRADER say so. Busts and corrections count nothing.
 */
export function countExecution(order: Order, timeUs: f64): void {
  const trader = traderOf(order);
  count(order.account, order.symbol, timeUs, REACHED_ACCOUNT);
  if (trader !== NONE) count(trader, order.symbol, timeUs, REACHED_TRADER);
}

function count(owner: i32, symbol: i32, timeUs: f64, reached: i32): void {
  const row = accountAt(owner);
  const most = row.repeatedExecutions;
  // NO_PRICE, or a row of the journal that the configuration does not have.
  if (most < 1) return;
  const pair = pairRowOf(owner, symbol);
  if (pair !== NONE) {
    // More than one where the limit was lowered.
    while (<i64>pairAt(pair).times >= most) giveUp(pairAt(pair));
    keepTime(pairAt(pair), timeUs);
  }
  const fromUs = timeUs - <f64>row.executionsWindowMs * US_PER_MS;
  // Of a pair that there is no room for nobody knows how many there were.
  if (row.isStopped || (pair !== NONE && !isReached(pairAt(pair), most, fromUs))) return;
  setWord(reached, owner + 1);
  setWord(REACHED_SYMBOL, symbol + 1);
}

/** Nobody is to be stopped. */
export function forgetReached(): void {
  setWord(REACHED_ACCOUNT, 0);
  setWord(REACHED_TRADER, 0);
}

/** The row of a pair, which is added where there is none, or NONE: traders have only as many as there is room for. */
function pairRowOf(owner: i32, symbol: i32): i32 {
  const found = findPair(owner, symbol);
  if (found !== NONE) return found;
  if (accountAt(owner).isLevel) {
    const used = word(TRADER_PAIRS);
    if (used === word(TRADER_PAIR_CAPACITY)) return NONE;
    setWord(TRADER_PAIRS, used + 1);
  }
  return pairOf(owner, symbol).row;
}

function isReached(pair: Pair, most: i64, fromUs: f64): bool {
  return (<i64>pair.times === most && timeAt(pair.oldest).timeUs > fromUs) || pair.lostUs > fromUs;
}

/** True when an execution is dated later than that. */
export function hasExecutionAfter(timeUs: f64): bool {
  const newest = word(TIMES_NEWEST);
  return newest !== 0 && timeAt(newest).timeUs > timeUs;
}

/** Executions that are dated later than that have been then. */
export function dateExecutions(timeUs: f64): void {
  for (let number = word(TIMES_NEWEST); number !== 0; number = timeAt(number).older)
    if (timeAt(number).timeUs > timeUs) timeAt(number).timeUs = timeUs;
  const count = word(PAIR_COUNT);
  for (let row = 0; row < count; row++) if (pairAt(row).lostUs > timeUs) pairAt(row).lostUs = timeUs;
}

/** Keeps the time of an execution, the newest one of all. */
export function keepExecution(owner: i32, symbol: i32, timeUs: f64): void {
  const pair = pairRowOf(owner, symbol);
  if (pair !== NONE) keepTime(pairAt(pair), timeUs);
}

/** Notes when an execution was whose time was given up. */
export function loseExecution(owner: i32, symbol: i32, timeUs: f64): void {
  const pair = pairRowOf(owner, symbol);
  if (pair !== NONE) pairAt(pair).lostUs = timeUs;
}

/** Nothing that the account or trader has executed counts any more. */
export function forgetExecutionTimes(owner: i32): void {
  const count = word(PAIR_COUNT);
  for (let row = 0; row < count; row++) {
    const pair = pairAt(row);
    if (pair.owner !== owner) continue;
    while (pair.times > 0) giveUp(pair);
    pair.lostUs = 0;
  }
}

function keepTime(pair: Pair, timeUs: f64): void {
  const number = freeNumber();
  const time = timeAt(number);
  time.pair = pair.row;
  time.next = 0;
  time.timeUs = timeUs;
  const before = word(TIMES_NEWEST);
  time.older = before;
  time.newer = 0;
  if (before === 0) setWord(TIMES_OLDEST, number);
  else timeAt(before).newer = number;
  setWord(TIMES_NEWEST, number);
  if (pair.newest === 0) pair.oldest = number;
  else timeAt(pair.newest).next = number;
  pair.newest = number;
  pair.times++;
}

function freeNumber(): i32 {
  const freed = word(TIMES_FREED);
  if (freed === 0) {
    const fresh = word(TIMES_FRESH);
    if (fresh < word(EXECUTION_TIME_CAPACITY)) {
      setWord(TIMES_FRESH, fresh + 1);
      return fresh + 1;
    }
    const oldest = timeAt(word(TIMES_OLDEST));
    const pair = pairAt(oldest.pair);
    if (oldest.timeUs > pair.lostUs) pair.lostUs = oldest.timeUs;
    // The oldest of all is the oldest of its pair.
    giveUp(pair);
  }
  const number = word(TIMES_FREED);
  setWord(TIMES_FREED, timeAt(number).next);
  return number;
}

/** Gives up the oldest time of a pair. */
function giveUp(pair: Pair): void {
  const number = pair.oldest;
  const time = timeAt(number);
  pair.oldest = time.next;
  if (time.next === 0) pair.newest = 0;
  pair.times--;
  if (time.older === 0) setWord(TIMES_OLDEST, time.newer);
  else timeAt(time.older).newer = time.newer;
  if (time.newer === 0) setWord(TIMES_NEWEST, time.older);
  else timeAt(time.newer).older = time.older;
  time.pair = NONE;
  time.next = word(TIMES_FREED);
  setWord(TIMES_FREED, number);
}
