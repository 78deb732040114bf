import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { fail } from "./host.ts";
import {
  JOURNAL_POSITIONS,
  PAIR_BYTES,
  PAIR_CAPACITY,
  PAIR_COUNT,
  PAIR_INDEX_AT,
  PAIR_INDEX_SLOTS,
  PAIRS_AT,
} from "./layout.ts";

/*  What is kept of an account, a client or a trader in one symbol. 64 bytes.
 *
 *  byte 0       4        8      12      16            20             24       28       32      36      40       48
 *       ┌───────┬────────┬──────┬───────┬─────────────┬──────────────┬────────┬────────┬───────┬───────┬────────┬───────┐
 *       │owner  │symbol  │buys  │sells  │leavingBuys  │leavingSells  │oldest  │newest  │times  │spare  │lostUs  │ spare │
 *       └───────┴────────┴──────┴───────┴─────────────┴──────────────┴────────┴────────┴───────┴───────┴────────┴───────┘
 *  buys, …         heaps of resting orders (resting.ts): slot + 1 of the first one, 0 for none
 *  oldest, newest  times of its newest executions (repeated-executions.ts): their numbers, 0 for none; how many there are
 *  lostUs          time of the newest one that was given up for want of room; 0: of none
 *
 *  Rows are found by open addressing: an index of ints, row + 1. They stay until a restart. Those of accounts and clients are
 *  no more than positions: an order of the account holds one of them. Those of traders have room beside (repeated-executions.ts).
 */
@unmanaged
export class Pair {
  owner: i32;
  symbol: i32;
  buys: i32;
  sells: i32;
  leavingBuys: i32;
  leavingSells: i32;
  oldest: i32;
  newest: i32;
  times: i32;
  spare: i32;
  lostUs: f64;

  get row(): i32 {
    return <i32>((changetype<usize>(this) - address(PAIRS_AT)) / PAIR_BYTES);
  }
}

// @ts-ignore: decorator
@inline
export function pairAt(row: i32): Pair {
  return changetype<Pair>(address(PAIRS_AT) + <usize>row * PAIR_BYTES);
}

function firstPlace(owner: i32, symbol: i32): i32 {
  let hash: u32 = (<u32>owner * 0x9e3779b1) ^ (<u32>symbol * 0x85ebca6b);
  hash ^= hash >>> 15;
  return <i32>(hash & <u32>(word(PAIR_INDEX_SLOTS) - 1));
}

/** The row that was found last: an input asks for the same one several times. */
let last: i32 = 0;

/** The row of a pair, or NONE. */
export function findPair(owner: i32, symbol: i32): i32 {
  if (last < word(PAIR_COUNT) && isOf(pairAt(last), owner, symbol)) return last;
  const row = look(owner, symbol);
  if (row !== NONE) last = row;
  return row;
}

function look(owner: i32, symbol: i32): i32 {
  const index = address(PAIR_INDEX_AT);
  const mask = word(PAIR_INDEX_SLOTS) - 1;
  let place = firstPlace(owner, symbol);
  let row = load<i32>(index + (<usize>place << 2)) - 1;
  while (row !== NONE && !isOf(pairAt(row), owner, symbol)) {
    place = (place + 1) & mask;
    row = load<i32>(index + (<usize>place << 2)) - 1;
  }
  return row;
}

// @ts-ignore: decorator
@inline
function isOf(pair: Pair, owner: i32, symbol: i32): bool {
  return pair.owner === owner && pair.symbol === symbol;
}

/** The pair, which is added where there is none. */
export function pairOf(owner: i32, symbol: i32): Pair {
  const found = findPair(owner, symbol);
  if (found !== NONE) return pairAt(found);
  const row = word(PAIR_COUNT);
  if (row === word(PAIR_CAPACITY)) fail(JOURNAL_POSITIONS, row);
  setWord(PAIR_COUNT, row + 1);
  const pair = pairAt(row);
  pair.owner = owner;
  pair.symbol = symbol;
  const index = address(PAIR_INDEX_AT);
  const mask = word(PAIR_INDEX_SLOTS) - 1;
  let place = firstPlace(owner, symbol);
  while (load<i32>(index + (<usize>place << 2)) !== 0) place = (place + 1) & mask;
  store<i32>(index + (<usize>place << 2), row + 1);
  return pair;
}
