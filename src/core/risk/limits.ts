import { broken } from "../../base/broken.ts";
import { SIDE_BUY } from "../../record/codes.ts";
import type { AccountLimits, SymbolTerms } from "../tables.ts";
import { PPM, shareAbove, shareOf } from "./money.ts";

/*  One account, 192 bytes of doubles = 3 cache lines: its limits, then its exposure.
 *
 *  double 0      1           2            3             4          5       6      7       8        9
 *         ┌──────┬───────────┬────────────┬─────────────┬──────────┬───────┬──────┬───────┬────────┬─────────┐
 *         │flags │maxOrderQty│maxNotional │maxOpenOrders│perSecond │second │count │open   │openBuy │openSell │
 *         ├──────┴────┬──────┴─────┬──────┴─────┬───────┴──────┬───┴───────┴──────┴───────┴────────┴─────────┘
 *      10 │boughtValue│soldValue   │boughtQty   │soldQty       │
 *         ├───────────┼────────────┼────────────┼──────────────┤
 *      14 │    "      │    "       │    "       │    "         │ high parts
 *         ├───────────┼────────────┼────────────┼──────────────┘
 *      18 │position   │    " high  │day         │ 21 to 23 spare
 *         └───────────┴────────────┴────────────┘
 *  second, count  the second in which the last order came, and how many have come in it
 *  open…          orders that can still trade and the notional they hold, 1e-4 money
 *  day            trading day of the last execution
 *  …Value, …Qty   what was executed on that day: high · 2^50 + low, 0 <= low < 2^50. Below 0 where more of earlier days was
 *                 busted than was executed
 *  position       bought less sold since the account began, in the same form: exact however long it lives
 */
const STRIDE = 24;
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
/** From a low part to its high part. */
const TO_HIGH = 4;
const POSITION = 18;
const POSITION_HIGH = 19;
const DAY = 20;
const LAST = DAY;
/** What one of a high part stands for. A low part plus any exact amount stays exact. */
const HIGH_UNIT = 2 ** 50;

const ENABLED = 1;
const HAS_LIMITS = 2;

/** What open orders hold is exact up to here; an order that would take it further is refused. */
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
    const open = this.f64[at]! + change;
    if (open < 0) broken("open orders of an account", account);
    this.f64[at] = open;
  }

  /** Notional held by open orders of a side. */
  openNotional(account: number, side: number): number {
    return this.f64[account * STRIDE + (side === SIDE_BUY ? OPEN_BUY : OPEN_SELL)]!;
  }

  /** Holds `change` more notional, or (negative) gives it back. */
  reserve(account: number, side: number, change: number): void {
    const at = account * STRIDE + (side === SIDE_BUY ? OPEN_BUY : OPEN_SELL);
    const held = this.f64[at]! + change;
    if (!(held >= 0 && held <= MAX_SUM)) broken("open notional of an account", account);
    this.f64[at] = held;
  }

  /** Of the account's last trading day, in 1e-4 money; exact below 2^53, else the nearest double. */
  executedNotional(account: number, side: number): number {
    return this.sumAt(account * STRIDE + (side === SIDE_BUY ? BOUGHT_VALUE : SOLD_VALUE));
  }

  /** The same in units. */
  executedQty(account: number, side: number): number {
    return this.sumAt(account * STRIDE + (side === SIDE_BUY ? BOUGHT_QTY : SOLD_QTY));
  }

  /** Exact while it is below 2^53 on either side, however much was bought and sold. */
  position(account: number): number {
    const at = account * STRIDE;
    return this.f64[at + POSITION_HIGH]! * HIGH_UNIT + this.f64[at + POSITION]!;
  }

  /** Trading day of the account's last execution. */
  day(account: number): number {
    return this.f64[account * STRIDE + DAY]!;
  }

  /** Counts an execution, or (negative) takes one back. The first one of a trading day begins new sums. */
  execute(account: number, side: number, quantity: number, value: number, day: number): void {
    const at = account * STRIDE;
    if (day > this.f64[at + DAY]!) this.begin(at, day);
    const buys = side === SIDE_BUY;
    this.addTo(at + (buys ? BOUGHT_VALUE : SOLD_VALUE), TO_HIGH, value);
    this.addTo(at + (buys ? BOUGHT_QTY : SOLD_QTY), TO_HIGH, quantity);
    this.addTo(at + POSITION, POSITION_HIGH - POSITION, buys ? quantity : -quantity);
  }

  private begin(at: number, day: number): void {
    for (let i = BOUGHT_VALUE; i <= SOLD_QTY; i++) {
      this.f64[at + i] = 0;
      this.f64[at + i + TO_HIGH] = 0;
    }
    this.f64[at + DAY] = day;
  }

  /** True when the open notional of a side stays exact with `more`. */
  canHold(account: number, side: number, more: number): boolean {
    return this.openNotional(account, side) + more <= MAX_SUM;
  }

  private sumAt(at: number): number {
    return this.f64[at + TO_HIGH]! * HIGH_UNIT + this.f64[at]!;
  }

  private addTo(at: number, toHigh: number, change: number): void {
    const low = this.f64[at]! + change;
    if (low >= 0 && low < HIGH_UNIT) this.f64[at] = low;
    else this.carry(at, toHigh, change);
  }

  private carry(at: number, toHigh: number, change: number): void {
    const units = Math.floor(change / HIGH_UNIT);
    const low = this.f64[at]! + (change - units * HIGH_UNIT);
    const more = low >= HIGH_UNIT ? 1 : 0;
    this.f64[at] = low - more * HIGH_UNIT;
    this.f64[at + toHigh] = this.f64[at + toHigh]! + units + more;
  }

  /** An account's exposure (not its limits), as a view: second to quantity sold. */
  state(account: number): Float64Array {
    return this.f64.subarray(account * STRIDE + SECOND, account * STRIDE + SOLD_QTY + 1);
  }

  /** The high parts of its executed sums, as a view. */
  highParts(account: number): Float64Array {
    return this.f64.subarray(account * STRIDE + SOLD_QTY + 1, account * STRIDE + POSITION);
  }

  /** Its position in two parts, and the day of its sums, as a view. */
  positionParts(account: number): Float64Array {
    return this.f64.subarray(account * STRIDE + POSITION, account * STRIDE + LAST + 1);
  }

  /** The position that sums since the account began come to: snapshots of versions without trading days have only these. */
  derivePosition(account: number): void {
    const at = account * STRIDE;
    for (let high = 0; high <= TO_HIGH; high += TO_HIGH) {
      const bought = this.f64[at + BOUGHT_QTY + high]!;
      const sold = this.f64[at + SOLD_QTY + high]!;
      if (high === 0) this.addTo(at + POSITION, POSITION_HIGH - POSITION, bought - sold);
      else this.f64[at + POSITION_HIGH] = this.f64[at + POSITION_HIGH]! + bought - sold;
    }
  }

  /** Mixes the state (not the limits) of every account into `hash`. */
  digest(hash: number, count: number): number {
    for (let account = 0; account < count; account++) {
      for (let i = SECOND; i <= LAST; i++) {
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

  /** Takes an operator's reference price. */
  instruct(symbol: number, priceE8: number): void {
    this.setReference(symbol, priceE8);
    this.f64[symbol * SYMBOL_STRIDE + INSTRUCTED] = 1;
  }

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

  /** Mixes the reference prices into `hash`. */
  digest(hash: number, count: number): number {
    for (let symbol = 0; symbol < count; symbol++) {
      const value = this.reference(symbol);
      hash = Math.imul(hash ^ (value % 4_294_967_296), 0x01000193);
      hash = Math.imul(hash ^ (value / 4_294_967_296), 0x01000193);
    }
    return hash;
  }
}
