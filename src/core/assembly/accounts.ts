import { SIDE_BUY, SIDE_SELL_SHORT } from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { accounts, firm } from "./area.ts";
import { fail } from "./host.ts";
import {
  ACCOUNT_BYTES,
  ACCOUNT_CONFIGURED,
  ACCOUNT_ENABLED,
  ACCOUNT_HAS_EXPOSURE_LIMITS,
  ACCOUNT_HAS_LIMITS,
  ACCOUNT_IGNORES_PRICES,
  ACCOUNT_IS_LEVEL,
  ACCOUNT_KILLED,
  ACCOUNT_MAY_SELL_SHORT,
  ACCOUNT_NEEDS_LOCATE,
  ACCOUNT_STOPPED,
  HELD_BY_ACCOUNT,
  OPEN_OF_ACCOUNT,
  QUANTITY_OF_ACCOUNT,
} from "./layout.ts";
import { MOST } from "./money.ts";

/*  One account, 384 bytes of eight each = 6 cache lines: its limits, then its exposure. Clients, client sessions, traders and
 *  the firm have such rows, too (levels.ts).
 *
 *  at 8 ·  0      1           2            3             4          5       6      7       8        9
 *         ┌──────┬───────────┬────────────┬─────────────┬──────────┬───────┬──────┬───────┬────────┬─────────┐
 *         │flags │maxOrderQty│maxNotional │maxOpenOrders│perSecond │second │count │open   │openBuy │openSell │
 *         ├──────┴────┬──────┴─────┬──────┴─────┬───────┴──────┬───┴───────┴──────┴───────┴────────┴─────────┘
 *      10 │boughtValue│soldValue   │boughtQty   │soldQty       │ low parts
 *         ├───────────┼────────────┼────────────┼──────────────┤
 *      14 │    "      │    "       │    "       │    "         │ high parts
 *         ├───────────┼────────────┼────────────┼──────────────┤
 *      18 │position   │    " high  │day         │21 restrictedBuy, 22 restrictedSell, 23 restrictedShort
 *         ├───────────┼────────────┼────────────┼──────────────┐
 *      24 │maxGross…  │maxNet…     │maxDailyNo… │maxDailyVolume│ limits of the exposure
 *         ├───────────┼────────────┴────────────┴──────────────┘
 *      28 │maxPosition│duplicates  │ their ms   │ 31 client + 1, an int
 *         ├───────────┼────────────┼────────────┼──────────────┐
 *      32 │boughtSize │soldSize    │openBuyQty  │openSellQty   │ low parts
 *         ├───────────┼────────────┼────────────┼──────────────┤
 *      36 │    "      │    "       │    "       │    "         │ high parts
 *         ├───────────┼────────────┼────────────┴──────────────┘
 *      40 │openBuy    │openSell    │ high parts: 0 but for clients and the firm; 42 restsIn, an int; 43 rate
 *         ├───────────┼────────────┤
 *      44 │repeatedE… │ their ms   │ 46 selfTrade, selfTradeGroup, ints; 47 creditLimit
 *         └───────────┴────────────┘
 *  flags          an int: enabled, all limits are there, killed, may sell short, needs a locate, configured; behind it 16 bits each of the
 *                 order types and times in force that it may use. max…, open… are 64-bit integers; counts, second and day doubles
 *  second, count  the second in which the last order came, and how many have come in it
 *  restricted…    a bit for each restricted list whose symbols it may not trade on that side
 *  open…          orders that can still trade and the notional they hold, 1e-4 money
 *  day            trading day of the last execution
 *  …Value, …Qty   what was executed on that day, 1e-4 money and 1e-8, in 128 bits: exact whatever comes. Below 0 where more of
 *                 earlier days was busted than was executed, and at prices below 0
 *  …Size          as …Value, each order's value without its sign
 *  open…Qty       what can still be executed of open orders, with what their pending replaces ask for, 1e-8 in 128 bits
 *  position       bought less sold since the account began, in the same form: exact however long it lives
 */
@unmanaged
export class Account {
  flags: i32;
  orderTypes: u16;
  timesInForce: u16;
  maxOrderQty: i64;
  maxOrderNotional: i64;
  maxOpenOrders: f64;
  ordersPerSecond: f64;
  second: f64;
  count: f64;
  open: f64;
  openBuy: i64;
  openSell: i64;
  boughtValue: u64;
  soldValue: u64;
  boughtQty: u64;
  soldQty: u64;
  boughtValueHigh: i64;
  soldValueHigh: i64;
  boughtQtyHigh: i64;
  soldQtyHigh: i64;
  position: u64;
  positionHigh: i64;
  day: f64;
  restrictedBuy: i64;
  restrictedSell: i64;
  restrictedShort: i64;
  maxGrossExposure: i64;
  maxNetExposure: i64;
  maxDailyNotional: i64;
  maxDailyVolume: i64;
  maxPosition: i64;
  duplicateOrders: i64;
  duplicateWindowMs: i64;
  /** The row of its client + 1; 0: it has none. */
  client: i32;
  spare: i32;
  boughtSize: u64;
  soldSize: u64;
  openBuyQty: u64;
  openSellQty: u64;
  boughtSizeHigh: i64;
  soldSizeHigh: i64;
  openBuyQtyHigh: i64;
  openSellQtyHigh: i64;
  openBuyHigh: i64;
  openSellHigh: i64;
  /** RESTS_IN_…: where its orders are (resting.ts). */
  restsIn: i32;
  spare42: i32;
  /** Of a currency: 1e-8, NO_PRICE for none (rates.ts). */
  rate: i64;
  repeatedExecutions: i64;
  executionsWindowMs: i64;
  selfTrade: i32;
  selfTradeGroup: i32;
  /** As the limits of the exposure: of the gross exposure, what the clearing firm grants. */
  creditLimit: i64;

  get isEnabled(): bool {
    return (this.flags & ACCOUNT_ENABLED) !== 0;
  }
  get hasLimits(): bool {
    return (this.flags & ACCOUNT_HAS_LIMITS) !== 0;
  }
  get isKilled(): bool {
    return (this.flags & ACCOUNT_KILLED) !== 0;
  }

  get hasExposureLimits(): bool {
    return (this.flags & ACCOUNT_HAS_EXPOSURE_LIMITS) !== 0;
  }
  /** Orders of one size are identical at any price. */
  @inline
  get ignoresPrices(): bool {
    return (this.flags & ACCOUNT_IGNORES_PRICES) !== 0;
  }
  get isStopped(): bool {
    return (this.flags & ACCOUNT_STOPPED) !== 0;
  }
  /** True when the account may trade: configured, enabled, not killed, not stopped, all limits are there. A row of another level is no account. */
  @inline
  get isReady(): bool {
    const wanted = ACCOUNT_CONFIGURED | ACCOUNT_ENABLED | ACCOUNT_HAS_LIMITS;
    return (this.flags & (wanted | ACCOUNT_KILLED | ACCOUNT_STOPPED | ACCOUNT_IS_LEVEL)) === wanted;
  }
  /** True for a client, a client session, a trader, or the firm. */
  get isLevel(): bool {
    return (this.flags & ACCOUNT_IS_LEVEL) !== 0;
  }
  get isConfigured(): bool {
    return (this.flags & ACCOUNT_CONFIGURED) !== 0;
  }
  get maySellShort(): bool {
    return (this.flags & ACCOUNT_MAY_SELL_SHORT) !== 0;
  }
  /** The restricted lists whose symbols it may not trade on that side. */
  restrictedAt(side: i32): i64 {
    if (side === SIDE_BUY) return this.restrictedBuy;
    return side === SIDE_SELL_SHORT ? this.restrictedShort : this.restrictedSell;
  }
  get needsLocate(): bool {
    return (this.flags & ACCOUNT_NEEDS_LOCATE) !== 0;
  }

  /** How many orders and replaces came in this second. */
  ordersIn(second: f64): f64 {
    return this.second === second ? this.count : 0;
  }

  countOrder(second: f64): void {
    this.count = this.ordersIn(second) + 1;
    this.second = second;
  }

  /** One more open order, or (−1) one less. */
  countOpen(change: f64): void {
    const open = this.open + change;
    if (open < 0) fail(OPEN_OF_ACCOUNT, indexOf(this));
    this.open = open;
  }

  /** Notional held by open orders of a side. */
  openNotional(side: i32): i64 {
    return side === SIDE_BUY ? this.openBuy : this.openSell;
  }

  /** Holds `change` more notional, or (negative) gives it back. */
  reserve(side: i32, change: i64): void {
    const held = this.openNotional(side) + change;
    if (held < 0 || held > MOST) fail(HELD_BY_ACCOUNT, indexOf(this));
    if (side === SIDE_BUY) this.openBuy = held;
    else this.openSell = held;
  }

  /** The same of a client or the firm, whose sums have 128 bits. */
  reserveWide(side: i32, change: i64): void {
    const at = changetype<usize>(this) + (side === SIDE_BUY ? offsetof<Account>("openBuy") : offsetof<Account>("openSell"));
    addTo(at, OPEN_TO_HIGH, change);
    if (load<i64>(at, OPEN_TO_HIGH) < 0) fail(HELD_BY_ACCOUNT, indexOf(this));
  }

  /** True when the open notional of a side is at most MOST with `more`. */
  canHold(side: i32, more: i64): bool {
    return more <= MOST - this.openNotional(side);
  }

  /** Adds to what can still be executed of a side, or (negative) takes from it. */
  holdQuantity(side: i32, change: i64): void {
    const at = changetype<usize>(this) + (side === SIDE_BUY ? offsetof<Account>("openBuyQty") : offsetof<Account>("openSellQty"));
    addTo(at, TO_HIGH, change);
    if (load<i64>(at, TO_HIGH) < 0) fail(QUANTITY_OF_ACCOUNT, indexOf(this));
  }

  /** Adds an execution to the sums of the trading day, or (negative) takes it back; `size` is its value without the sign. */
  execute(side: i32, quantity: i64, value: i64, size: i64): void {
    const at = changetype<usize>(this);
    if (side === SIDE_BUY) {
      addTo(at + offsetof<Account>("boughtValue"), TO_HIGH, value);
      addTo(at + offsetof<Account>("boughtQty"), TO_HIGH, quantity);
      addTo(at + offsetof<Account>("boughtSize"), TO_HIGH, size);
    } else {
      addTo(at + offsetof<Account>("soldValue"), TO_HIGH, value);
      addTo(at + offsetof<Account>("soldQty"), TO_HIGH, quantity);
      addTo(at + offsetof<Account>("soldSize"), TO_HIGH, size);
    }
  }

  /** Adds an execution to the position, or (negative) takes it back. */
  move(side: i32, quantity: i64): void {
    addTo(changetype<usize>(this) + offsetof<Account>("position"), 8, side === SIDE_BUY ? quantity : -quantity);
  }

  /** Low 64 bits of the quantity executed on the trading day as limits count it: 0 where it is below 0. */
  countedQty(side: i32): u64 {
    if (side === SIDE_BUY) return this.boughtQtyHigh < 0 ? 0 : this.boughtQty;
    return this.soldQtyHigh < 0 ? 0 : this.soldQty;
  }

  /** The same of the value without signs. */
  countedSize(side: i32): u64 {
    if (side === SIDE_BUY) return this.boughtSizeHigh < 0 ? 0 : this.boughtSize;
    return this.soldSizeHigh < 0 ? 0 : this.soldSize;
  }

  /** Of a client or the firm, before its accounts are added up. */
  clearSums(): void {
    const at = changetype<usize>(this);
    memory.fill(at + offsetof<Account>("second"), 0, offsetof<Account>("restrictedBuy") - offsetof<Account>("second"));
    memory.fill(at + offsetof<Account>("boughtSize"), 0, offsetof<Account>("restsIn") - offsetof<Account>("boughtSize"));
  }

  /** The sums of a trading day begin at 0. */
  begin(day: f64): void {
    const at = changetype<usize>(this);
    memory.fill(at + offsetof<Account>("boughtValue"), 0, 2 * TO_HIGH);
    this.boughtSize = 0;
    this.soldSize = 0;
    this.boughtSizeHigh = 0;
    this.soldSizeHigh = 0;
    this.day = day;
  }
}

/** From a low part to its high part. */
const TO_HIGH: usize = 32;
/** The same of the open notional. */
const OPEN_TO_HIGH: usize = 256;

// @ts-ignore: decorator
@inline
export function accountAt(account: i32): Account {
  return changetype<Account>(accounts + <usize>account * ACCOUNT_BYTES);
}

/** The firm's limits, at the same places as an account's. */
// @ts-ignore: decorator
@inline
export function firmRow(): Account {
  return changetype<Account>(firm);
}

/** The settings of an account stand in its row; a limit that is missing or out of bounds blocks it. */
export function settleAccount(row: Account, isComplete: bool): void {
  row.flags = isComplete ? row.flags | ACCOUNT_HAS_LIMITS : row.flags & ~ACCOUNT_HAS_LIMITS;
  const isLimited =
    row.maxGrossExposure !== NO_PRICE ||
    row.maxNetExposure !== NO_PRICE ||
    row.maxDailyNotional !== NO_PRICE ||
    row.maxDailyVolume !== NO_PRICE ||
    row.creditLimit !== NO_PRICE;
  row.flags = isLimited ? row.flags | ACCOUNT_HAS_EXPOSURE_LIMITS : row.flags & ~ACCOUNT_HAS_EXPOSURE_LIMITS;
}

function indexOf(account: Account): f64 {
  return <f64>((changetype<usize>(account) - accounts) / ACCOUNT_BYTES);
}

/** Adds to a number of 128 bits. */
// @ts-ignore: decorator
@inline
export function addTo(at: usize, toHigh: usize, change: i64): void {
  const low = load<u64>(at) + <u64>change;
  store<u64>(at, low);
  const carry = (change >> 63) + (low < <u64>change ? 1 : 0);
  if (carry !== 0) store<i64>(at + toHigh, load<i64>(at + toHigh) + carry);
}

/** The same of a number of 128 bits, in two parts. */
export function addPairTo(at: usize, toHigh: usize, ofLow: u64, ofHigh: i64): void {
  const low = load<u64>(at) + ofLow;
  store<u64>(at, low);
  store<i64>(at + toHigh, load<i64>(at + toHigh) + ofHigh + (low < ofLow ? 1 : 0));
}
