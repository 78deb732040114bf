import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  SOURCE_BITS,
  SOURCE_CONFIGURATION,
  SOURCE_EXECUTIONS,
  SOURCE_OPERATOR,
  SOURCE_QUOTES,
  SYMBOLS,
  SYMBOL_HAS_WATERFALL,
  SYMBOL_UNSOUND,
} from "./layout.ts";
import { inputUs, lock, lockOfSymbol, unlock } from "./locks.ts";
import { nameCount } from "./names.ts";
import { symbolAt, SymbolRow } from "./symbols.ts";

/*  Where a symbol's reference price comes from: the first of its sources that has a price which is not too old.
 *
 *      sources   quotes ──▶ executions ──▶ operator ──▶ configuration ──▶ none: orders are refused
 *
 *  `sources` has them in their order, SOURCE_BITS each, the first one lowest; 0: the operator's price, else the configuration's. Which one it is depends on what inputs have said and on the time of the input alone, so that a replay chooses as it was chosen.
 */
const SOURCE_MASK = (1 << SOURCE_BITS) - 1;
const US_PER_MS: f64 = 1_000;

/** The row of a symbol, with the reference price, the collar and the market order's price that hold at the time of the input. */
// @ts-ignore: decorator
@inline
export function referredAt(symbol: i32): SymbolRow {
  const row = symbolAt(symbol);
  if ((row.flags & SYMBOL_HAS_WATERFALL) !== 0) refer(row, symbol);
  return row;
}

function refer(row: SymbolRow, symbol: i32): void {
  if (isChosen(row)) return;
  const at = lockOfSymbol(symbol);
  lock(at);
  choose(row);
  unlock(at);
}

/** True where the first source that has a price has the one that holds, and it is not too old: as nearly always. */
function isChosen(row: SymbolRow): bool {
  let places = row.waterfall;
  let price = priceOf(row, places & SOURCE_MASK);
  while (price === NO_PRICE && places !== 0) {
    places >>>= SOURCE_BITS;
    price = priceOf(row, places & SOURCE_MASK);
  }
  return places !== 0 && price === row.reference && isFresh(row, places & SOURCE_MASK);
}

/** The row is locked. A market order that is open is valued at a price that is too old, where there is no other. */
function choose(row: SymbolRow): void {
  let last: i64 = NO_PRICE;
  for (let places = row.waterfall; places !== 0; places >>>= SOURCE_BITS) {
    const source = places & SOURCE_MASK;
    const price = priceOf(row, source);
    if (price === NO_PRICE || (price !== row.reference && !row.canRefer(price, row.collar, row.band))) continue;
    if (isFresh(row, source)) {
      if (price !== row.reference) row.setReference(price);
      return;
    }
    if (last === NO_PRICE) last = price;
  }
  row.setReference(last);
  row.reference = NO_PRICE;
}

function priceOf(row: SymbolRow, source: i32): i64 {
  if (source === SOURCE_QUOTES) return row.quoteUs === 0 ? NO_PRICE : row.quote;
  if (source === SOURCE_EXECUTIONS) return row.executionUs === 0 ? NO_PRICE : row.execution;
  return source === SOURCE_OPERATOR ? row.operator : row.configured;
}

function isFresh(row: SymbolRow, source: i32): bool {
  if (source === SOURCE_QUOTES) return isSince(row.quoteUs, row.quotesStaleMs);
  if (source === SOURCE_EXECUTIONS) return isSince(row.executionUs, row.executionsStaleMs);
  return source !== SOURCE_OPERATOR || isSince(row.operatorUs, row.operatorStaleMs);
}

function isSince(atUs: f64, staleMs: i64): bool {
  return inputUs() - atUs <= <f64>staleMs * US_PER_MS;
}

/** 0 where no price is ever too old and the operator's comes before the configuration's, as `base` has them. */
function waterfallOf(row: SymbolRow): i32 {
  if (row.sources !== 0) return row.sources;
  return row.operatorStaleMs === i64.MAX_VALUE ? 0 : SOURCE_OPERATOR | (SOURCE_CONFIGURATION << SOURCE_BITS);
}

/**
 * The settings of a symbol stand in its row, but for an operator's reference price, with its time, and the configuration's: these are given.
 * A collar that is none blocks the symbol, as does a step that is none. The row is locked.
 */
export function settleSymbol(symbol: i32, isSound: bool, operator: i64, operatorUs: f64, configured: i64): void {
  const row = symbolAt(symbol);
  row.operator = operator;
  row.operatorUs = operatorUs;
  row.configured = configured;
  if (isSound && row.quantityStep > 0) {
    row.flags &= ~SYMBOL_UNSOUND;
    row.waterfall = waterfallOf(row);
  } else {
    row.flags |= SYMBOL_UNSOUND;
    row.collar = 0;
    row.band = 0;
    row.base = NO_PRICE;
    row.waterfall = 0;
  }
  row.setReference(row.base);
  row.flags = row.waterfall === 0 ? row.flags & ~SYMBOL_HAS_WATERFALL : row.flags | SYMBOL_HAS_WATERFALL;
  if (row.waterfall === 0) return;
  // The collar may be another one.
  row.reference = NO_PRICE;
  choose(row);
}

/** The newest execution of a symbol. */
export function keepExecutionPrice(symbol: i32, priceE8: i64, timeUs: f64): void {
  const row = symbolAt(symbol);
  const at = lockOfSymbol(symbol);
  lock(at);
  row.execution = priceE8;
  row.executionUs = timeUs;
  unlock(at);
}

/** An execution of an earlier time, which counts where none is newer. */
export function keepLatePrice(symbol: i32, priceE8: i64, timeUs: f64): void {
  if (timeUs > symbolAt(symbol).executionUs) keepExecutionPrice(symbol, priceE8, timeUs);
}

/** An execution at this price was busted, or had another price: it is no reference any more. */
export function forgetExecutionPrice(symbol: i32, priceE8: i64): void {
  const row = symbolAt(symbol);
  if (row.executionUs === 0 || row.execution !== priceE8) return;
  const at = lockOfSymbol(symbol);
  lock(at);
  row.execution = 0;
  row.executionUs = 0;
  unlock(at);
}

/** The newest quote of a symbol. */
export function keepQuote(symbol: i32, priceE8: i64, timeUs: f64): void {
  const row = symbolAt(symbol);
  const at = lockOfSymbol(symbol);
  lock(at);
  row.quote = priceE8;
  row.quoteUs = timeUs;
  unlock(at);
}

/** True when a source's price is dated later than that. */
export function hasReferenceAfter(timeUs: f64): bool {
  const count = nameCount(SYMBOLS);
  for (let symbol = 0; symbol < count; symbol++) {
    const row = symbolAt(symbol);
    if (row.quoteUs > timeUs || row.executionUs > timeUs || isOperatorsAfter(row, timeUs)) return true;
  }
  return false;
}

/** True for an operator's price, of such a date, that can be too old. */
export function isOperatorsAfter(row: SymbolRow, timeUs: f64): bool {
  return row.operatorUs > timeUs && row.operatorStaleMs !== i64.MAX_VALUE;
}
