import { NO_PRICE } from "../../record/assembly/units.ts";
import { accountAt } from "./accounts.ts";
import { area } from "./area.ts";
import { NONE } from "./codes.ts";
import { ACCOUNTS, LIMIT_CURRENCY, SCRATCH, SYMBOL_WITHOUT_RATE, SYMBOLS } from "./layout.ts";
import { lock, lockOfSymbol, unlock } from "./locks.ts";
import { accountNames, findName, nameCount } from "./names.ts";
import { CONVERTS, HAS_CURRENCY, symbolAt, UNIT_E8 } from "./symbols.ts";

/*  Symbols have the currency of their prices: the code of up to seven characters in a number of 64 bits, its first character in the lowest
 *  byte. The rate of a currency is a setting of its row among the accounts, whose name is `CURRENCY=…` (core/level-rows.ts). Each symbol has
 *  a copy of its currency's rate, made whenever one of both changes; without one it takes no orders.
 */

// Texts of up to eight characters as one number: the code puts no data into the memory that all lanes share.
const CURRENCY: u64 = 0x59_43_4e_45_52_52_55_43; // "CURRENCY"
const EQUALS: u8 = 0x3d;
/** Bytes of "CURRENCY=". */
const PREFIX_BYTES: i32 = 9;

/** The currency that limits are in; 0: none is configured. */
export function limitCurrency(): i64 {
  return load<i64>(area + LIMIT_CURRENCY);
}

/** Characters of a currency. */
export function currencyLength(currency: i64): i32 {
  let length = 0;
  for (let rest = currency; rest !== 0; rest >>= 8) length++;
  return length;
}

/** Brings what a symbol's amounts are multiplied with to its multiplier and the rate of its currency. The caller has locked its row. */
export function settleFactor(symbol: i32): void {
  const row = symbolAt(symbol);
  const currency = row.currency;
  const isSaid = currency !== NO_PRICE && currency !== 0;
  const rate = isSaid && currency !== limitCurrency() ? rateOf(currency) : UNIT_E8;
  row.flags = rate === NO_PRICE ? row.flags | SYMBOL_WITHOUT_RATE : row.flags & ~SYMBOL_WITHOUT_RATE;
  row.rate = rate === NO_PRICE ? 0 : rate;
  // A symbol of an earlier version has none.
  if (row.multiplier === 0) row.multiplier = UNIT_E8;
  const isOne = row.multiplier === UNIT_E8 && row.rate === UNIT_E8;
  row.converts = (isOne ? 0 : CONVERTS) | (isSaid ? HAS_CURRENCY : 0);
}

/** The row of a currency has another rate: the symbols of that currency take it. Does nothing for rows of others. */
export function settleCurrency(index: i32): void {
  const currency = currencyNamed(index);
  if (currency === 0) return;
  const count = nameCount(SYMBOLS);
  for (let symbol = 0; symbol < count; symbol++) {
    if (symbolAt(symbol).currency !== currency) continue;
    const at = lockOfSymbol(symbol);
    // The command may change the symbol, too.
    const isLocked = (load<i32>(at) & 1) === 1;
    if (!isLocked) lock(at);
    settleFactor(symbol);
    if (!isLocked) unlock(at);
  }
}

/** The rate that a currency has, NO_PRICE for none. */
function rateOf(currency: i64): i64 {
  const name = area + SCRATCH;
  memory.fill(name, 0, 64);
  store<u64>(name, CURRENCY);
  store<u8>(name, EQUALS, 8);
  store<i64>(name, currency, 9);
  const row = findName(ACCOUNTS, name, PREFIX_BYTES + currencyLength(currency));
  if (row === NONE) return NO_PRICE;
  const rate = accountAt(row).rate;
  return rate > 0 ? rate : NO_PRICE;
}

/** The currency that a row among the accounts is of, 0 for a row of something else. */
function currencyNamed(index: i32): i64 {
  const names = accountNames();
  const length = names.lengthOf(index);
  const name = names.at(index);
  if (length <= PREFIX_BYTES || length > PREFIX_BYTES + 7) return 0;
  if (load<u64>(name) !== CURRENCY || load<u8>(name, 8) !== EQUALS) return 0;
  return load<i64>(name, 9);
}
