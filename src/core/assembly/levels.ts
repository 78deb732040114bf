import { Account, accountAt, addPairTo } from "./accounts.ts";
import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { clearDetail, setLevel } from "./detail.ts";
import {
  ACCOUNT_IS_LEVEL,
  ACCOUNT_NAMES,
  ACCOUNTS,
  FRESH,
  HAS_TRADERS,
  LEVEL_ACCOUNT,
  LEVEL_FIRM,
  LEVEL_ROW,
  NAME_CAPACITY,
  ORDER_TRADERS_AT,
  SESSION_IDS,
  SESSION_LEVEL_BYTES,
  SESSION_LEVELS_AT,
} from "./layout.ts";
import { isOpen } from "./life-cycle.ts";
import { lock, lockOfAccount, unlock } from "./locks.ts";
import { nameCount } from "./names.ts";
import { openOf } from "./open-by-session.ts";
import { Order, orderAt } from "./order.ts";

/*  The levels of limits: an order counts for its account, its client, its client session, its trader and the firm. All are rows of the same
 *  table (accounts.ts).
 *
 *      account ──▶ client, where the account is one of its group ──▶ session ──▶ trader, where it has one ──▶ firm
 *
 *  All have largest quantities and notionals of an order, and a count of open orders; clients and the firm have exposure, too.
 *
 *  What clients and the firm have in their rows are sums over accounts: they follow the accounts' rows with each input, and a start adds
 *  them up anew (`addUpLevelRows`), so that no snapshot keeps them. Of executions they have those of their last trading day: what an account
 *  has executed on an earlier one is not in them. Sessions and traders have the count of their open orders alone.
 */

/** Of a client session, SESSION_LEVEL_BYTES. */
@unmanaged
class SessionLevel {
  /** Its row + 1; 0: it has none. */
  row: i32;
  /** How many traders it has; 0: its orders need no trader. */
  traders: i32;
  /** The row of the trader of its last order: nearly always that of the next one, too. */
  last: i32;
}

// @ts-ignore: decorator
@inline
function ofSession(session: i32): SessionLevel {
  return changetype<SessionLevel>(address(SESSION_LEVELS_AT) + <usize>session * SESSION_LEVEL_BYTES);
}

/** The row of the firm, behind those of all accounts. */
// @ts-ignore: decorator
@inline
export function firmIndex(): i32 {
  return word(ACCOUNT_NAMES + NAME_CAPACITY);
}

/** The row of an account's client, or NONE. */
// @ts-ignore: decorator
@inline
export function clientOf(account: i32): i32 {
  return accountAt(account).client - 1;
}

/** The row of the limits of a client session, or NONE. */
// @ts-ignore: decorator
@inline
export function rowOfSession(session: i32): i32 {
  return ofSession(session).row - 1;
}

/** True when orders of the session need a trader that it has. */
// @ts-ignore: decorator
@inline
export function needsTrader(session: i32): bool {
  return ofSession(session).traders !== 0;
}

/** The row of the trader of the session's last order, of whatever name. */
// @ts-ignore: decorator
@inline
export function lastTraderOf(session: i32): i32 {
  return ofSession(session).last;
}

export function setLastTrader(session: i32, row: i32): void {
  const level = ofSession(session);
  level.last = row;
}

/** The session has one trader more, or (−1) one less. */
export function countTrader(session: i32, change: i32): void {
  const level = ofSession(session);
  level.traders += change;
}

/** Where the session's own limits are; NONE: it has none. */
export function setSessionRow(session: i32, row: i32): void {
  const level = ofSession(session);
  level.row = row + 1;
  if (row !== NONE) countBeside(row, <f64>openOf(session) - accountAt(row).open);
}

/** No session has limits of its own, or traders, any more. */
export function forgetSessionLevels(): void {
  memory.fill(address(SESSION_LEVELS_AT), 0, <usize>word(SESSION_IDS) * SESSION_LEVEL_BYTES);
}

/** The row of the trader who entered an order, or NONE. */
// @ts-ignore: decorator
@inline
export function traderOf(order: Order): i32 {
  return word(HAS_TRADERS) === 0 ? NONE : load<i32>(address(ORDER_TRADERS_AT) + (<usize>order.slot << 2)) - 1;
}

/** Keeps who entered a new order: the row of a trader, or NONE. */
// @ts-ignore: decorator
@inline
export function setTrader(order: Order, trader: i32): void {
  if (trader === NONE && word(HAS_TRADERS) === 0) return;
  setWord(HAS_TRADERS, 1);
  store<i32>(address(ORDER_TRADERS_AT) + (<usize>order.slot << 2), trader + 1);
}

/** One more open order, or (−1) one less. */
export function countOpen(order: Order, change: f64): void {
  const account = order.account;
  const client = clientOf(account);
  accountAt(account).countOpen(change);
  if (client !== NONE) accountAt(client).countOpen(change);
  accountAt(firmIndex()).countOpen(change);
  countBeside(rowOfSession(order.session), change);
  countBeside(traderOf(order), change);
}

/** The same of a session or a trader, whose row is locked for that alone; or NONE. */
// @ts-ignore: decorator
@inline
function countBeside(row: i32, change: f64): void {
  if (row === NONE) return;
  const at = lockOfAccount(row);
  lock(at);
  accountAt(row).countOpen(change);
  unlock(at);
}

/** The rows that a request is checked against; the firm's, where it has no client, session or trader with limits. */
let client: i32 = 0;
let session: i32 = 0;
let trader: i32 = 0;

/** Says of whom the next checks are. `ofTrader`: the row of the trader, or NONE. */
// @ts-ignore: decorator
@inline
export function aimLevels(account: i32, ofSession: i32, ofTrader: i32): void {
  const firm = firmIndex();
  const ofClient = clientOf(account);
  const own = rowOfSession(ofSession);
  client = ofClient === NONE ? firm : ofClient;
  session = own === NONE ? firm : own;
  trader = ofTrader === NONE ? firm : ofTrader;
}

/** True for a quantity above what a client, session or trader allows an order. */
// @ts-ignore: decorator
@inline
export function isAboveQuantity(quantity: i64): bool {
  if (quantity > accountAt(client).maxOrderQty || quantity > accountAt(session).maxOrderQty) return true;
  return quantity > accountAt(trader).maxOrderQty;
}

/** The same of a notional. */
// @ts-ignore: decorator
@inline
export function isAboveNotional(amount: i64): bool {
  if (amount > accountAt(client).maxOrderNotional || amount > accountAt(session).maxOrderNotional) return true;
  return amount > accountAt(trader).maxOrderNotional;
}

/** The row with the smallest limit of an order; of equal ones the account's, then in the order of the levels. `isMoney`: of the notional. */
export function leastLevel(account: i32, isMoney: bool): i32 {
  let least = account;
  if (limitOf(client, isMoney) < limitOf(least, isMoney)) least = client;
  if (limitOf(session, isMoney) < limitOf(least, isMoney)) least = session;
  if (limitOf(trader, isMoney) < limitOf(least, isMoney)) least = trader;
  return limitOf(firmIndex(), isMoney) < limitOf(least, isMoney) ? firmIndex() : least;
}

export function limitOf(row: i32, isMoney: bool): i64 {
  const level = accountAt(row);
  return isMoney ? level.maxOrderNotional : level.maxOrderQty;
}

/** The first row without room for one more open order, or NONE. */
// @ts-ignore: decorator
@inline
export function fullLevel(account: i32): i32 {
  if (isFull(account)) return account;
  if (isFull(client)) return client;
  if (isFull(session)) return session;
  if (isFull(trader)) return trader;
  return isFull(firmIndex()) ? firmIndex() : NONE;
}

// @ts-ignore: decorator
@inline
function isFull(row: i32): bool {
  const level = accountAt(row);
  return level.open >= level.maxOpenOrders;
}

/** Holds `change` more notional, or (negative) gives it back. */
export function reserve(account: i32, side: i32, change: i64): void {
  const client = clientOf(account);
  accountAt(account).reserve(side, change);
  if (client !== NONE) accountAt(client).reserveWide(side, change);
  accountAt(firmIndex()).reserveWide(side, change);
}

/** Adds to what can still be executed of a side, or (negative) takes from it. */
export function holdQuantityOf(account: i32, side: i32, change: i64): void {
  const client = clientOf(account);
  accountAt(account).holdQuantity(side, change);
  if (client !== NONE) accountAt(client).holdQuantity(side, change);
  accountAt(firmIndex()).holdQuantity(side, change);
}

/**
 * Counts an execution, or (negative) takes one back; `size` is its value without the sign. A client and the firm count what counts of
 * their accounts: what is taken back of one beyond what it has executed on the day gives the others no room.
 */
export function execute(account: i32, side: i32, quantity: i64, value: i64, size: i64, day: f64): void {
  const row = accountAt(account);
  const client = clientOf(account);
  if (day > row.day) row.begin(day);
  const quantityBefore = row.countedQty(side);
  const sizeBefore = row.countedSize(side);
  row.execute(side, quantity, value, size);
  row.move(side, quantity);
  const countedQty = <i64>(row.countedQty(side) - quantityBefore);
  const countedSize = <i64>(row.countedSize(side) - sizeBefore);
  if (client !== NONE) executeOn(accountAt(client), side, quantity, countedQty, value, countedSize, row.day);
  executeOn(accountAt(firmIndex()), side, quantity, countedQty, value, countedSize, row.day);
}

/** `day`: the account's. */
function executeOn(level: Account, side: i32, quantity: i64, countedQty: i64, value: i64, countedSize: i64, day: f64): void {
  level.move(side, quantity);
  if (day < level.day) return;
  if (day > level.day) level.begin(day);
  level.execute(side, countedQty, value, countedSize);
}

/** Sets what the refusal's text says the limit is of. Of the firm, which clients share, it says no number. */
export function setLevelOf(row: i32): void {
  if (row === firmIndex()) {
    clearDetail();
    setLevel(LEVEL_FIRM, NONE);
  } else setLevel(accountAt(row).isLevel ? LEVEL_ROW : LEVEL_ACCOUNT, row);
}

/** The row is the firm's. Those of clients, sessions and traders are known by their names (names.ts). */
export function setIsLevel(row: i32): void {
  const level = accountAt(row);
  level.flags |= ACCOUNT_IS_LEVEL;
}

/** The account is one of the client's. */
export function setClient(account: i32, client: i32): void {
  const row = accountAt(account);
  row.client = client + 1;
}

/** Adds up what levels have of their accounts and orders. Positions are apart (positions.ts). */
export function addUpLevelRows(): void {
  const count = nameCount(ACCOUNTS);
  for (let i = 0; i < count; i++) {
    const row = accountAt(i);
    if (row.isLevel) row.clearSums();
  }
  const firm = accountAt(firmIndex());
  firm.clearSums();
  for (let i = 0; i < count; i++) {
    const row = accountAt(i);
    if (row.isLevel) continue;
    if (row.client !== 0) addRow(accountAt(row.client - 1), row);
    addRow(firm, row);
  }
  const fresh = word(FRESH);
  for (let slot = 0; slot < fresh; slot++) {
    const order = orderAt(slot);
    if (!isOpen(order.state)) continue;
    countBeside(rowOfSession(order.session), 1);
    countBeside(traderOf(order), 1);
  }
}

function addRow(level: Account, row: Account): void {
  const to = changetype<usize>(level);
  const toHigh = offsetof<Account>("openBuyHigh") - offsetof<Account>("openBuy");
  level.open += row.open;
  addPairTo(to + offsetof<Account>("openBuy"), toHigh, row.openBuy, row.openBuyHigh);
  addPairTo(to + offsetof<Account>("openSell"), toHigh, row.openSell, row.openSellHigh);
  addPairTo(to + offsetof<Account>("openBuyQty"), TO_HIGH, row.openBuyQty, row.openBuyQtyHigh);
  addPairTo(to + offsetof<Account>("openSellQty"), TO_HIGH, row.openSellQty, row.openSellQtyHigh);
  addPairTo(to + offsetof<Account>("position"), 8, row.position, row.positionHigh);
  if (row.day > level.day) level.begin(row.day);
  if (row.day < level.day) return;
  addPairTo(to + offsetof<Account>("boughtValue"), TO_HIGH, row.boughtValue, row.boughtValueHigh);
  addPairTo(to + offsetof<Account>("soldValue"), TO_HIGH, row.soldValue, row.soldValueHigh);
  addCounted(level, row, offsetof<Account>("boughtQty"));
  addCounted(level, row, offsetof<Account>("soldQty"));
  addCounted(level, row, offsetof<Account>("boughtSize"));
  addCounted(level, row, offsetof<Account>("soldSize"));
}

/** Adds a sum of what was executed, at that offset; one below 0 counts as 0. */
function addCounted(level: Account, row: Account, offset: usize): void {
  const from = changetype<usize>(row) + offset;
  const high = load<i64>(from, TO_HIGH);
  if (high >= 0) addPairTo(changetype<usize>(level) + offset, TO_HIGH, load<u64>(from), high);
}

/** From a low part to its high part. */
const TO_HIGH: usize = 32;
