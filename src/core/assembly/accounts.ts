import { SIDE_BUY } from "../../record/codes.ts";
import { accounts } from "./area.ts";
import { MOST } from "./codes.ts";
import { fail } from "./host.ts";
import { ACCOUNT_BYTES, HELD_BY_ACCOUNT, OPEN_OF_ACCOUNT } from "./layout.ts";
import { isLimit } from "./money.ts";

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
@unmanaged
class Account {
  flags: f64;
  maxOrderQty: f64;
  maxOrderNotional: f64;
  maxOpenOrders: f64;
  ordersPerSecond: f64;
  second: f64;
  count: f64;
  open: f64;
  openBuy: f64;
  openSell: f64;
  boughtValue: f64;
  soldValue: f64;
  boughtQty: f64;
  soldQty: f64;
  boughtValueHigh: f64;
  soldValueHigh: f64;
  boughtQtyHigh: f64;
  soldQtyHigh: f64;
  position: f64;
  positionHigh: f64;
  day: f64;

  get isEnabled(): bool {
    return (<i32>this.flags & ENABLED) !== 0;
  }
  get hasLimits(): bool {
    return (<i32>this.flags & HAS_LIMITS) !== 0;
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
  openNotional(side: i32): f64 {
    return side === SIDE_BUY ? this.openBuy : this.openSell;
  }

  /** Holds `change` more notional, or (negative) gives it back. */
  reserve(side: i32, change: f64): void {
    const held = this.openNotional(side) + change;
    if (!(held >= 0 && held <= MOST)) fail(HELD_BY_ACCOUNT, indexOf(this));
    if (side === SIDE_BUY) this.openBuy = held;
    else this.openSell = held;
  }

  /** True when the open notional of a side stays exact with `more`. */
  canHold(side: i32, more: f64): bool {
    return this.openNotional(side) + more <= MOST;
  }

  /** Counts an execution, or (negative) takes one back. The first one of a trading day begins new sums. */
  execute(side: i32, quantity: f64, value: f64, day: f64): void {
    const at = changetype<usize>(this);
    if (day > this.day) this.begin(day);
    if (side === SIDE_BUY) {
      addTo(at + offsetof<Account>("boughtValue"), TO_HIGH, value);
      addTo(at + offsetof<Account>("boughtQty"), TO_HIGH, quantity);
      addTo(at + offsetof<Account>("position"), 8, quantity);
    } else {
      addTo(at + offsetof<Account>("soldValue"), TO_HIGH, value);
      addTo(at + offsetof<Account>("soldQty"), TO_HIGH, quantity);
      addTo(at + offsetof<Account>("position"), 8, -quantity);
    }
  }

  private begin(day: f64): void {
    memory.fill(changetype<usize>(this) + offsetof<Account>("boughtValue"), 0, 2 * TO_HIGH);
    this.day = day;
  }
}

const ENABLED = 1;
const HAS_LIMITS = 2;
/** From a low part to its high part. */
const TO_HIGH: usize = 32;
/** What one of a high part stands for. A low part plus any exact amount stays exact. */
const HIGH_UNIT: f64 = 1125899906842624;

// @ts-ignore: decorator
@inline
export function accountAt(account: i32): Account {
  return changetype<Account>(accounts + <usize>account * ACCOUNT_BYTES);
}

/** Sets the limits of an account; a missing or nonsensical one (NaN) blocks it. */
export function setLimits(
  account: i32,
  isEnabled: bool,
  maxOrderQty: f64,
  maxNotionalE4: f64,
  maxOpenOrders: f64,
  ordersPerSecond: f64,
): void {
  const row = accountAt(account);
  const isComplete =
    isLimit(maxOrderQty) && isLimit(maxNotionalE4) && isLimit(maxOpenOrders) && isLimit(ordersPerSecond);
  const flags: i32 = (isEnabled ? ENABLED : 0) | (isComplete ? HAS_LIMITS : 0);
  row.flags = flags;
  row.maxOrderQty = maxOrderQty;
  row.maxOrderNotional = maxNotionalE4;
  row.maxOpenOrders = maxOpenOrders;
  row.ordersPerSecond = ordersPerSecond;
}

function indexOf(account: Account): f64 {
  return <f64>((changetype<usize>(account) - accounts) / ACCOUNT_BYTES);
}

// @ts-ignore: decorator
@inline
function addTo(at: usize, toHigh: usize, change: f64): void {
  const low = load<f64>(at) + change;
  if (low >= 0 && low < HIGH_UNIT) store<f64>(at, low);
  else carry(at, toHigh, change);
}

function carry(at: usize, toHigh: usize, change: f64): void {
  const units = Math.floor(change / HIGH_UNIT);
  const low = load<f64>(at) + (change - units * HIGH_UNIT);
  const more: f64 = low >= HIGH_UNIT ? 1 : 0;
  store<f64>(at, low - more * HIGH_UNIT);
  store<f64>(at + toHigh, load<f64>(at + toHigh) + units + more);
}
