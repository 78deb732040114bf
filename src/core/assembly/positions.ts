import { SIDE_BUY } from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { ACCEPTED, MAX_POSITION, POSITIONS_FULL } from "../risk/reason-codes.ts";
import { accountAt, addPairTo, addTo } from "./accounts.ts";
import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { DETAIL_COUNT, DETAIL_QUANTITY, setDetail, setLevel } from "./detail.ts";
import { fail } from "./host.ts";
import {
  JOURNAL_POSITIONS,
  LEVEL_FIRM,
  POSITION_BYTES,
  POSITION_CAPACITY,
  POSITION_CLIENTS_AT,
  POSITION_COUNT,
  POSITION_INDEX_AT,
  POSITION_INDEX_SLOTS,
  POSITIONS_AT,
  QUANTITY_OF_POSITION,
} from "./layout.ts";
import { clientOf } from "./levels.ts";
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
 *
 *  A client has a position in a symbol, too: the sum over its accounts, under the client's row as the account, without a day, added up by a
 *  start. Where the table has no room for one, limits of that client refuse orders in the symbol.
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

  /** The same of both sides, of what another position has: a client's of its account's. */
  addOpen(other: Position): void {
    const at = changetype<usize>(this);
    addPairTo(at + offsetof<Position>("openBuy"), TO_HIGH, other.openBuy, other.openBuyHigh);
    addPairTo(at + offsetof<Position>("openSell"), TO_HIGH, other.openSell, other.openSellHigh);
  }

  /** Adds to the position of a client, which has no day: all of it is in `today`. */
  add(low: u64, high: i64): void {
    addPairTo(changetype<usize>(this) + offsetof<Position>("today"), TO_HIGH, low, high);
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

  /** Of a client, before its accounts' are added up. */
  clear(): void {
    const at = offsetof<Position>("day");
    memory.fill(changetype<usize>(this) + at, 0, <usize>POSITION_BYTES - at);
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

/** The row that was found last: an input asks for the same one several times. */
let last: i32 = 0;

/** The row of an account in a symbol, or NONE. */
function find(account: i32, symbol: i32): i32 {
  if (isStill(last, account, symbol)) return last;
  const row = look(account, symbol);
  if (row !== NONE) last = row;
  return row;
}

/** True when a row that was found before is used in these tables, and is of an account in a symbol. */
// @ts-ignore: decorator
@inline
function isStill(row: i32, account: i32, symbol: i32): bool {
  return row < word(POSITION_COUNT) && isOf(row, account, symbol);
}

function look(account: i32, symbol: i32): i32 {
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
  const ofClient = clientPosition(row);
  if (ofClient !== NONE) positionAt(ofClient).hold(side, change);
  return true;
}

/** The row of the position that the client of a position's account has in the symbol, which is added where there is none; NONE without client or room. */
function clientPosition(row: i32): i32 {
  const position = positionAt(row);
  const client = clientOf(position.account);
  if (client === NONE) return NONE;
  const found = foundClientPosition(row, client, position.symbol);
  return found === NONE ? findOrAdd(client, position.symbol) : found;
}

/** The same, or NONE where there is none. */
function foundClientPosition(row: i32, client: i32, symbol: i32): i32 {
  const at = address(POSITION_CLIENTS_AT) + (<usize>row << 2);
  const before = load<i32>(at);
  if (isStill(before, client, symbol)) return before;
  const found = look(client, symbol);
  if (found !== NONE) store<i32>(at, found);
  return found;
}

/** Counts an execution, or (negative) takes one back. Returns  false when the table has no room: nothing is changed then. */
export function executePosition(account: i32, symbol: i32, side: i32, quantity: i64, day: i32): bool {
  if (quantity === 0) return true;
  const row = findOrAdd(account, symbol);
  if (row === NONE) return false;
  positionAt(row).execute(side, quantity, day);
  const ofClient = clientPosition(row);
  const moved = side === SIDE_BUY ? quantity : -quantity;
  if (ofClient !== NONE) positionAt(ofClient).add(<u64>moved, moved >> 63);
  return true;
}

/** Sets the position at the start of the trading day. The caller has asked `hasRoomForPosition`. */
export function startPosition(account: i32, symbol: i32, quantity: i64, day: i32): void {
  const row = addPosition(account, symbol);
  const position = positionAt(row);
  const ofClient = clientPosition(row);
  const low = position.start + position.today;
  const high = position.startHigh + position.todayHigh + (low < position.today ? 1 : 0);
  position.begin(quantity, day);
  if (ofClient === NONE) return;
  positionAt(ofClient).add(0 - low, ~high + (low === 0 ? 1 : 0));
  addWhole(positionAt(ofClient), position);
}

/** Adds an account's position to its client's. */
function addWhole(client: Position, position: Position): void {
  client.add(position.start, position.startHigh);
  client.add(position.today, position.todayHigh);
}

/** Adds up the positions of clients. */
export function addUpClientPositions(): void {
  const count = word(POSITION_COUNT);
  for (let row = 0; row < count; row++) {
    const position = positionAt(row);
    if (accountAt(position.account).isLevel) position.clear();
  }
  for (let row = 0; row < count; row++) {
    const position = positionAt(row);
    if (accountAt(position.account).isLevel) continue;
    const ofClient = clientPosition(row);
    if (ofClient === NONE) continue;
    addWhole(positionAt(ofClient), position);
    positionAt(ofClient).addOpen(position);
  }
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

/**
 * Checks the positions of the account and its client as if all open orders of the side were filled, and this order. Returns a reason, or
 * ACCEPTED.
 */
export function checkPosition(account: i32, symbol: i32, side: i32, quantity: i64): i32 {
  const row = find(account, symbol);
  const client = clientOf(account);
  if (client !== NONE && accountAt(client).maxPosition !== NO_PRICE) return checkBoth(account, row, client, symbol, side, quantity);
  if (row === NONE && roomForPositions() === 0) return tableFull();
  return checkRow(account, row, side, quantity);
}

function checkBoth(account: i32, row: i32, client: i32, symbol: i32, side: i32, quantity: i64): i32 {
  if (quantity <= 0) return ACCEPTED;
  const ofClient = row === NONE ? look(client, symbol) : foundClientPosition(row, client, symbol);
  const wanted = (row === NONE ? 1 : 0) + (ofClient === NONE ? 1 : 0);
  if (wanted > roomForPositions()) return tableFull();
  const own = checkRow(account, row, side, quantity);
  return own === ACCEPTED ? checkRow(client, ofClient, side, quantity) : own;
}

function tableFull(): i32 {
  setDetail(DETAIL_COUNT, word(POSITION_CAPACITY), word(POSITION_CAPACITY) + 1);
  setLevel(LEVEL_FIRM, NONE);
  return POSITIONS_FULL;
}

/** `row`: the position of an account or client, or NONE. */
function checkRow(owner: i32, row: i32, side: i32, quantity: i64): i32 {
  const limit = accountAt(owner).maxPosition;
  if (limit === NO_PRICE || quantity <= 0) return ACCEPTED;
  if (row !== NONE && isWithin(positionAt(row), side, quantity, limit)) return ACCEPTED;
  measure.clear();
  measure.add(quantity);
  if (row !== NONE) addWorst(positionAt(row), side);
  return measure.isRefused(MAX_POSITION, DETAIL_QUANTITY, limit, owner) ? MAX_POSITION : ACCEPTED;
}

/** True where 64 bits hold all numbers and their sum, and the limit is not passed: as nearly always. */
function isWithin(position: Position, side: i32, quantity: i64, limit: i64): bool {
  const isBuy = side === SIDE_BUY;
  const open = isBuy ? position.openBuy : position.openSell;
  const openHigh = isBuy ? position.openBuyHigh : position.openSellHigh;
  const start = <i64>position.start;
  const today = <i64>position.today;
  if (openHigh !== 0 || (open | <u64>quantity) >>> EXACT_BITS !== 0) return false;
  if (position.startHigh !== start >> 63 || position.todayHigh !== today >> 63) return false;
  if (<u64>(start + EXACT) >= 2 * EXACT || <u64>(today + EXACT) >= 2 * EXACT) return false;
  const held = isBuy ? start + today : -(start + today);
  return <i64>open + quantity + held <= limit;
}

/** Numbers of which four fit, with either sign. */
const EXACT_BITS: u64 = 60;
const EXACT: i64 = 1 << EXACT_BITS;

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
