import { Account, accountAt, addPairTo } from "./accounts.ts";
import { word } from "./area.ts";
import { NONE } from "./codes.ts";
import { clearDetail, setLevel } from "./detail.ts";
import { ACCOUNT_IS_LEVEL, ACCOUNT_NAMES, ACCOUNTS, LEVEL_ACCOUNT, LEVEL_CLIENT, LEVEL_FIRM, NAME_CAPACITY } from "./layout.ts";
import { nameCount } from "./names.ts";

/*  The levels at which exposure is counted: an order takes as much of its client and of the firm as of its account. All three are rows of
 *  the same table (accounts.ts).
 *
 *      account ──▶ client, where the account is one of its group ──▶ firm
 *
 *  What clients and the firm have in their rows are sums over accounts: they follow the accounts' rows with each input, and a start adds
 *  them up anew (`addUpLevelRows`), so that no snapshot keeps them. Of executions they have those of their last trading day: what an account
 *  has executed on an earlier one is not in them.
 */

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

/** One more open order, or (−1) one less. */
export function countOpen(account: i32, change: f64): void {
  const client = clientOf(account);
  accountAt(account).countOpen(change);
  if (client !== NONE) accountAt(client).countOpen(change);
  accountAt(firmIndex()).countOpen(change);
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
  } else setLevel(accountAt(row).isLevel ? LEVEL_CLIENT : LEVEL_ACCOUNT, row);
}

/** The row is of a client, or of the firm. */
export function setIsLevel(row: i32): void {
  const level = accountAt(row);
  level.flags |= ACCOUNT_IS_LEVEL;
}

/** The account is one of the client's. */
export function setClient(account: i32, client: i32): void {
  const row = accountAt(account);
  row.client = client + 1;
}

/** Adds up what clients and the firm have of their accounts. Positions are apart (positions.ts). */
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
