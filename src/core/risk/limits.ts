import { SIDE_BUY } from "../../record/codes.ts";
import type { AccountLimits, SymbolTerms } from "../tables.ts";
import { PPM, shareAbove, shareOf } from "./money.ts";

/*  One account, 128 bytes of doubles = 2 cache lines: what it may, then what it does.
 *
 *  double 0      1           2            3             4          5       6      7       8        9
 *         ┌──────┬───────────┬────────────┬─────────────┬──────────┬───────┬──────┬───────┬────────┬─────────┐
 *         │flags │maxOrderQty│maxNotional │maxOpenOrders│perSecond │second │count │open   │openBuy │openSell │
 *         ├──────┴────┬──────┴─────┬──────┴─────┬───────┴──────┬───┴───────┴──────┴───────┴────────┴─────────┘
 *      10 │boughtValue│soldValue   │boughtQty   │soldQty       │ 14, 15 spare
 *         └───────────┴────────────┴────────────┴──────────────┘
 *  second, count  the second in which the last order came, and how many have come in it
 *  open…          orders that can still trade and the notional they hold, 1e-4 money
 *  …Value, …Qty   what was executed; position = boughtQty − soldQty
 */
const STRIDE = 16;
const FLAGS = 0;
const MAX_ORDER_QTY = 1;
const MAX_NOTIONAL = 2;
const MAX_OPEN = 3;
const PER_SECOND = 4;
const SECOND = 5;
const COUNT = 6;
const OPEN = 7;
const OPEN_BUY = 8;
const OPEN_SELL = 9;
const BOUGHT_VALUE = 10;
const SOLD_VALUE = 11;
const BOUGHT_QTY = 12;
const SOLD_QTY = 13;

const ENABLED = 1;
const HAS_LIMITS = 2;

/** Sums of money stop here, where they would no longer be exact; an order is refused before. */
const MAX_SUM = Number.MAX_SAFE_INTEGER;

function isLimit(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

/** Limits and exposure of every account. */
export class Accounts {
  private readonly f64: Float64Array;

  constructor(accounts: readonly AccountLimits[], capacity: number) {
    this.f64 = new Float64Array(new ArrayBuffer(capacity * STRIDE * 8));
    for (let i = 0; i < accounts.length; i++) {
      const from = accounts[i]!;
      const at = i * STRIDE;
      const complete =
        isLimit(from.maxOrderQty) &&
        isLimit(from.maxOrderNotionalE4) &&
        isLimit(from.maxOpenOrders) &&
        isLimit(from.ordersPerSecond);
      this.f64[at + FLAGS] = (from.enabled ? ENABLED : 0) | (complete ? HAS_LIMITS : 0);
      this.f64[at + MAX_ORDER_QTY] = from.maxOrderQty;
      this.f64[at + MAX_NOTIONAL] = from.maxOrderNotionalE4;
      this.f64[at + MAX_OPEN] = from.maxOpenOrders;
      this.f64[at + PER_SECOND] = from.ordersPerSecond;
    }
  }

  enabled(account: number): boolean {
    return (this.f64[account * STRIDE + FLAGS]! & ENABLED) !== 0;
  }

  hasLimits(account: number): boolean {
    return (this.f64[account * STRIDE + FLAGS]! & HAS_LIMITS) !== 0;
  }

  maxOrderQty(account: number): number {
    return this.f64[account * STRIDE + MAX_ORDER_QTY]!;
  }

  maxOrderNotional(account: number): number {
    return this.f64[account * STRIDE + MAX_NOTIONAL]!;
  }

  maxOpenOrders(account: number): number {
    return this.f64[account * STRIDE + MAX_OPEN]!;
  }

  ordersPerSecond(account: number): number {
    return this.f64[account * STRIDE + PER_SECOND]!;
  }

  /** How many orders and replaces came in this second. */
  ordersIn(account: number, second: number): number {
    const at = account * STRIDE;
    return this.f64[at + SECOND] === second ? this.f64[at + COUNT]! : 0;
  }

  countOrder(account: number, second: number): void {
    const at = account * STRIDE;
    this.f64[at + COUNT] = this.ordersIn(account, second) + 1;
    this.f64[at + SECOND] = second;
  }

  openOrders(account: number): number {
    return this.f64[account * STRIDE + OPEN]!;
  }

  /** One more open order, or (−1) one less. */
  countOpen(account: number, change: number): void {
    const at = account * STRIDE + OPEN;
    this.f64[at] = this.f64[at]! + change;
  }

  /** Notional held by open orders of a side. */
  openNotional(account: number, side: number): number {
    return this.f64[account * STRIDE + (side === SIDE_BUY ? OPEN_BUY : OPEN_SELL)]!;
  }

  /** Holds `change` more notional, or (negative) gives it back. */
  reserve(account: number, side: number, change: number): void {
    const at = account * STRIDE + (side === SIDE_BUY ? OPEN_BUY : OPEN_SELL);
    this.f64[at] = this.f64[at]! + change;
  }

  executedNotional(account: number, side: number): number {
    return this.f64[account * STRIDE + (side === SIDE_BUY ? BOUGHT_VALUE : SOLD_VALUE)]!;
  }

  executedQty(account: number, side: number): number {
    return this.f64[account * STRIDE + (side === SIDE_BUY ? BOUGHT_QTY : SOLD_QTY)]!;
  }

  position(account: number): number {
    return this.f64[account * STRIDE + BOUGHT_QTY]! - this.f64[account * STRIDE + SOLD_QTY]!;
  }

  /** Counts a fill, or (negative) takes one back. */
  execute(account: number, side: number, quantity: number, value: number): void {
    const valueAt = account * STRIDE + (side === SIDE_BUY ? BOUGHT_VALUE : SOLD_VALUE);
    const quantityAt = account * STRIDE + (side === SIDE_BUY ? BOUGHT_QTY : SOLD_QTY);
    this.f64[valueAt] = Math.min(MAX_SUM, this.f64[valueAt]! + value);
    this.f64[quantityAt] = Math.min(MAX_SUM, this.f64[quantityAt]! + quantity);
  }

  /** True when open and executed notional of a side stay exact with `more`. */
  canHold(account: number, side: number, more: number): boolean {
    return this.openNotional(account, side) + more <= MAX_SUM - this.executedNotional(account, side);
  }

  /** What an account does (not what it may), in place. Cold. */
  state(account: number): Float64Array {
    return this.f64.subarray(account * STRIDE + SECOND, account * STRIDE + SOLD_QTY + 1);
  }

  /** Mixes the state (not the limits) of every account into `hash`. Cold. */
  digest(hash: number, count: number): number {
    for (let account = 0; account < count; account++) {
      for (let i = SECOND; i <= SOLD_QTY; i++) {
        const value = this.f64[account * STRIDE + i]!;
        hash = Math.imul(hash ^ (value % 4_294_967_296), 0x01000193);
        hash = Math.imul(hash ^ (value / 4_294_967_296), 0x01000193);
      }
    }
    return hash;
  }
}

/*  One symbol, 64 bytes of doubles: enabled, reference price, collar, the band it makes, a market order's price, whether
 *  the reference price is an instruction's and not the configuration's. */
const SYMBOL_STRIDE = 8;
const SYMBOL_ENABLED = 0;
const REFERENCE = 1;
const COLLAR = 2;
const LOWEST = 3;
const HIGHEST = 4;
const MARKET = 5;
const INSTRUCTED = 6;

/** Reference price and collar of every symbol. */
export class Symbols {
  private readonly f64: Float64Array;

  constructor(symbols: readonly SymbolTerms[], capacity: number) {
    this.f64 = new Float64Array(new ArrayBuffer(capacity * SYMBOL_STRIDE * 8));
    for (let i = 0; i < symbols.length; i++) {
      const from = symbols[i]!;
      this.f64[i * SYMBOL_STRIDE + SYMBOL_ENABLED] = from.enabled ? 1 : 0;
      this.f64[i * SYMBOL_STRIDE + COLLAR] = from.collarPpm;
      this.setReference(i, from.referencePriceE8);
    }
  }

  enabled(symbol: number): boolean {
    return this.f64[symbol * SYMBOL_STRIDE + SYMBOL_ENABLED] === 1;
  }

  /** Takes a new reference price; one that is none, or a collar that is none, blocks the symbol. */
  setReference(symbol: number, priceE8: number): void {
    const at = symbol * SYMBOL_STRIDE;
    const collar = this.f64[at + COLLAR]!;
    const usable = isLimit(priceE8) && collar >= 0 && collar <= 10 * PPM;
    const band = usable ? shareOf(priceE8, collar) : 0;
    this.f64[at + REFERENCE] = usable ? priceE8 : 0;
    this.f64[at + LOWEST] = priceE8 - band;
    this.f64[at + HIGHEST] = priceE8 + band;
    this.f64[at + MARKET] = usable ? priceE8 + shareAbove(priceE8, collar) : 0;
  }

  /** Takes an operator's reference price. Cold. */
  instruct(symbol: number, priceE8: number): void {
    this.setReference(symbol, priceE8);
    this.f64[symbol * SYMBOL_STRIDE + INSTRUCTED] = 1;
  }

  /** Cold. */
  isInstructed(symbol: number): boolean {
    return this.f64[symbol * SYMBOL_STRIDE + INSTRUCTED] === 1;
  }

  /** 0 when there is none. */
  reference(symbol: number): number {
    return this.f64[symbol * SYMBOL_STRIDE + REFERENCE]!;
  }

  collar(symbol: number): number {
    return this.f64[symbol * SYMBOL_STRIDE + COLLAR]!;
  }

  lowest(symbol: number): number {
    return this.f64[symbol * SYMBOL_STRIDE + LOWEST]!;
  }

  highest(symbol: number): number {
    return this.f64[symbol * SYMBOL_STRIDE + HIGHEST]!;
  }

  /** What a market order is valued at: reference price × (1 + collar), rounded up. */
  marketPrice(symbol: number): number {
    return this.f64[symbol * SYMBOL_STRIDE + MARKET]!;
  }

  /** Mixes the reference prices into `hash`. Cold. */
  digest(hash: number, count: number): number {
    for (let symbol = 0; symbol < count; symbol++) {
      const value = this.reference(symbol);
      hash = Math.imul(hash ^ (value % 4_294_967_296), 0x01000193);
      hash = Math.imul(hash ^ (value / 4_294_967_296), 0x01000193);
    }
    return hash;
  }
}
