import { accountAt } from "./accounts.ts";
import { accountLocks, orderLocks, orderTimes, symbolLocks, word } from "./area.ts";
import { ACCOUNT_NAMES, NAME_CAPACITY, ORDER_TIMES_BYTES, STORES_REORDER } from "./layout.ts";

/*  Sequence locks, an int for each order slot, account and symbol; written by the core alone. It is odd while the core changes the row,
 *  and 2 higher after it. So others read rows without stopping the core: what they copied is whole when the int was even and the
 *  same before and after (core/state-reader.ts). An input locks the order that it is about, its account and the account's client and firm, and
 *  unlocks them when it is applied. Links between rows (next, previous) are written without a lock: they are the core's alone.
 *
 *  x64 keeps stores in their order; other processors need atomic ones, which are dear on x64.
 */

/** Locks of the order, the account, its client and the firm, which the input under way changes; 0: none. */
let order: usize = 0;
let account: usize = 0;
let client: usize = 0;
let firm: usize = 0;
/** Time of the input under way, microseconds. */
let nowUs: f64 = 0;

// @ts-ignore: decorator
@inline
export function beginInput(timeUs: f64): void {
  nowUs = timeUs;
}

// @ts-ignore: decorator
@inline
export function inputUs(): f64 {
  return nowUs;
}

export function lockOrder(slot: i32): void {
  const at = lockOfOrder(slot);
  if (at === order) return;
  if (order !== 0) unlock(order);
  order = at;
  lock(at);
  store<f64>(orderTimes + <usize>slot * ORDER_TIMES_BYTES, nowUs, 8);
}

/** A new order has taken the slot that is locked. */
export function dateOrder(slot: i32): void {
  store<f64>(orderTimes + <usize>slot * ORDER_TIMES_BYTES, nowUs);
}

/** `index` may be NONE. */
export function lockAccount(index: i32): void {
  const at = accountLocks + (<usize>index << 2);
  if (at === account || index < 0) return;
  if (account !== 0) unlock(account);
  account = at;
  lock(at);
  lockLevels(accountAt(index).client - 1);
}

/** `index`: the client's row, or NONE. */
function lockLevels(index: i32): void {
  const at = index < 0 ? 0 : lockOfAccount(index);
  if (at !== client) {
    if (client !== 0) unlock(client);
    client = at;
    if (at !== 0) lock(at);
  }
  if (firm !== 0) return;
  firm = lockOfAccount(word(ACCOUNT_NAMES + NAME_CAPACITY));
  lock(firm);
}

/** The input is applied. */
export function unlockAll(): void {
  if (order !== 0) unlock(order);
  if (account !== 0) unlock(account);
  if (client !== 0) unlock(client);
  if (firm !== 0) unlock(firm);
  order = 0;
  account = 0;
  client = 0;
  firm = 0;
}

/** Locks of rows that an input changes besides. */
// @ts-ignore: decorator
@inline
export function lockOfOrder(slot: i32): usize {
  return orderLocks + (<usize>slot << 2);
}

// @ts-ignore: decorator
@inline
export function lockOfAccount(index: i32): usize {
  return accountLocks + (<usize>index << 2);
}

// @ts-ignore: decorator
@inline
export function lockOfSymbol(symbol: i32): usize {
  return symbolLocks + (<usize>symbol << 2);
}

// @ts-ignore: decorator
@inline
export function lock(at: usize): void {
  const odd = load<i32>(at) | 1;
  if (word(STORES_REORDER) !== 0) atomic.xchg<i32>(at, odd);
  else store<i32>(at, odd);
}

// @ts-ignore: decorator
@inline
export function unlock(at: usize): void {
  const even = load<i32>(at) + 1;
  if (word(STORES_REORDER) !== 0) atomic.store<i32>(at, even);
  else store<i32>(at, even);
}
