import { SIDE_BUY } from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { ACCEPTED, MAX_POSITION, POSITIONS_FULL } from "../risk/reason-codes.ts";
import { accountAt, addTo } from "./accounts.ts";
import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { DETAIL_COUNT, DETAIL_QUANTITY, setDetail, setLevel } from "./detail.ts";
import { fail } from "./host.ts";
import {
  JOURNAL_POSITIONS,
  LEVEL_FIRM,
  POSITION_BYTES,
  POSITION_CAPACITY,
  POSITION_COUNT,
  POSITION_INDEX_AT,
  POSITION_INDEX_SLOTS,
  POSITIONS_AT,
  QUANTITY_OF_POSITION,
} from "./layout.ts";
import * as measure from "./measure.ts";

/*  Position of an account in a symbol, and what its open orders can still make of it. 128 bytes.
 *
 *  byte 0         4        8     16      24      32       40        48      56      64       72         80
 *       ┌─────────┬────────┬─────┬───────┬───────┬────────┬─────────┬───────┬───────┬────────┬──────────┐
 *       │account  │symbol  │day  │start  │today  │openBuy │openSell │ the same four: high parts          │ spare
 *       └─────────┴────────┴─────┴───────┴───────┴────────┴─────────┴───────┴───────┴────────┴──────────┘
 *  day    trading day of `today`, a double: the first execution or start of a later day adds `today` to `start`
 *  start  at the start of that day, 1e-8 in 128 bits, below 0 where more was sold; today: bought less sold since then
 *  open…  what can still be executed of open orders, with what their pending replaces ask for
 *
 *  Rows are found by open addressing: an index of ints, row + 1. They stay until a restart.
 */
@unmanaged
class Position {
  account: i32;
  symbol: i32;
  day: f64;
  start: u64;
  today: u64;
  openBuy: u64;
  openSell: u64;
  startHigh: i64;
  todayHigh: i64;
  openBuyHigh: i64;
  openSellHigh: i64;

  /** Adds to what can still be executed of a side, or (negative) takes from it. */
  hold(side: i32, change: i64): void {
    const at = changetype<usize>(this) + (side === SIDE_BUY ? offsetof<Position>("openBuy") : offsetof<Position>("openSell"));
    addTo(at, TO_HIGH, change);
    if (load<i64>(at, TO_HIGH) < 0) fail(QUANTITY_OF_POSITION, this.account);
  }

  /** Counts an execution, or (negative) takes one back. */
  execute(side: i32, quantity: i64, day: f64): void {
    this.roll(day);
    addTo(changetype<usize>(this) + offsetof<Position>("today"), TO_HIGH, side === SIDE_BUY ? quantity : -quantity);
  }

  /** Sets the position at the start of the trading day; what was executed since then counts besides. */
  begin(quantity: i64, day: f64): void {
    this.roll(day);
    this.start = <u64>quantity;
    this.startHigh = quantity >> 63;
  }

  private roll(day: f64): void {
    if (day <= this.day) return;
    const low = this.start + this.today;
    this.startHigh += this.todayHigh + (low < this.today ? 1 : 0);
    this.start = low;
    this.today = 0;
    this.todayHigh = 0;
    this.day = day;
  }
}

const TO_HIGH: usize = 32;

function positionAt(row: i32): Position {
  return changetype<Position>(address(POSITIONS_AT) + <usize>row * POSITION_BYTES);
}

function firstPlace(account: i32, symbol: i32): i32 {
  let hash: u32 = (<u32>account * 0x9e3779b1) ^ (<u32>symbol * 0x85ebca6b);
  hash ^= hash >>> 15;
  return <i32>(hash & <u32>(word(POSITION_INDEX_SLOTS) - 1));
}

/** The row of an account in a symbol, or NONE. */
function find(account: i32, symbol: i32): i32 {
  const index = address(POSITION_INDEX_AT);
  const mask = word(POSITION_INDEX_SLOTS) - 1;
  let place = firstPlace(account, symbol);
  let row = load<i32>(index + (<usize>place << 2)) - 1;
  while (row !== NONE && !isOf(row, account, symbol)) {
    place = (place + 1) & mask;
    row = load<i32>(index + (<usize>place << 2)) - 1;
  }
  return row;
}

// @ts-ignore: decorator
@inline
function isOf(row: i32, account: i32, symbol: i32): bool {
  const position = positionAt(row);
  return position.account === account && position.symbol === symbol;
}

/** Returns the row of an account in a symbol, which it adds where there is none. Fails without room. */
export function addPosition(account: i32, symbol: i32): i32 {
  const row = findOrAdd(account, symbol);
  if (row === NONE) fail(JOURNAL_POSITIONS, word(POSITION_COUNT));
  return row;
}

/** Returns the row of an account in a symbol, which it adds where there is none; NONE without room. */
function findOrAdd(account: i32, symbol: i32): i32 {
  const found = find(account, symbol);
  if (found !== NONE) return found;
  const row = word(POSITION_COUNT);
  if (row === word(POSITION_CAPACITY)) return NONE;
  setWord(POSITION_COUNT, row + 1);
  const position = positionAt(row);
  position.account = account;
  position.symbol = symbol;
  const index = address(POSITION_INDEX_AT);
  const mask = word(POSITION_INDEX_SLOTS) - 1;
  let place = firstPlace(account, symbol);
  while (load<i32>(index + (<usize>place << 2)) !== 0) place = (place + 1) & mask;
  store<i32>(index + (<usize>place << 2), row + 1);
  return row;
}

/**
 * Adds to what can still be executed, or (negative) takes from it. Returns  false when the table has no room for what is added: nothing is
 * changed then, nor when that is given back.
 */
export function holdPosition(account: i32, symbol: i32, side: i32, change: i64): bool {
  if (change === 0) return true;
  const row = change > 0 ? findOrAdd(account, symbol) : find(account, symbol);
  if (row === NONE) return change < 0;
  positionAt(row).hold(side, change);
  return true;
}

/** Counts an execution, or (negative) takes one back. Returns  false when the table has no room: nothing is changed then. */
export function executePosition(account: i32, symbol: i32, side: i32, quantity: i64, day: i32): bool {
  if (quantity === 0) return true;
  const row = findOrAdd(account, symbol);
  if (row === NONE) return false;
  positionAt(row).execute(side, quantity, day);
  return true;
}

/** Sets the position at the start of the trading day. The caller has asked `hasRoomForPosition`. */
export function startPosition(account: i32, symbol: i32, quantity: i64, day: i32): void {
  positionAt(addPosition(account, symbol)).begin(quantity, day);
}

/** True when a start of this trading day would change nothing. */
export function startsAs(account: i32, symbol: i32, quantity: i64, day: i32): bool {
  const row = find(account, symbol);
  if (row === NONE) return false;
  const position = positionAt(row);
  return position.day >= <f64>day && position.start === <u64>quantity && position.startHigh === quantity >> 63;
}

/** True when the table has a row of an account in a symbol. */
export function hasPosition(account: i32, symbol: i32): bool {
  return find(account, symbol) !== NONE;
}

export function roomForPositions(): i32 {
  return word(POSITION_CAPACITY) - word(POSITION_COUNT);
}

/** Checks the position as if all open orders of the side were filled, and this order. Returns a reason, or ACCEPTED. */
export function checkPosition(account: i32, symbol: i32, side: i32, quantity: i64): i32 {
  const row = find(account, symbol);
  if (row === NONE && roomForPositions() === 0) {
    setDetail(DETAIL_COUNT, word(POSITION_CAPACITY), word(POSITION_CAPACITY) + 1);
    setLevel(LEVEL_FIRM, NONE);
    return POSITIONS_FULL;
  }
  const limit = accountAt(account).maxPosition;
  if (limit === NO_PRICE || quantity <= 0) return ACCEPTED;
  measure.clear();
  measure.add(quantity);
  if (row !== NONE) addWorst(positionAt(row), side);
  return measure.isAbove(limit) ? measure.refusal(MAX_POSITION, DETAIL_QUANTITY, limit, account) : ACCEPTED;
}

/** The position in the direction of a side, with all that is open of that side. */
function addWorst(position: Position, side: i32): void {
  if (side === SIDE_BUY) {
    measure.addPair(position.openBuy, position.openBuyHigh);
    measure.addPair(position.start, position.startHigh);
    measure.addPair(position.today, position.todayHigh);
  } else {
    measure.addPair(position.openSell, position.openSellHigh);
    measure.subtractPair(position.start, position.startHigh);
    measure.subtractPair(position.today, position.todayHigh);
  }
}
