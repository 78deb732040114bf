import { NO_PRICE } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { SIDE_BUY, SIDE_SELL } from "../record/codes.ts";
import {
  ACCOUNT_BYTES,
  ACCOUNT_CONFIGURED,
  ACCOUNT_ENABLED,
  ACCOUNT_HAS_LIMITS,
  ACCOUNT_IS_LEVEL,
  ACCOUNT_KILLED,
  ACCOUNT_RETIRED,
  ACCOUNT_STOPPED,
} from "./assembly/layout.ts";
import { NO_COUNT } from "./level-rows.ts";

// Of an account's row (core/assembly/accounts.ts), eight bytes each.
const NUMBERS = ACCOUNT_BYTES / 8;
const READY = ACCOUNT_CONFIGURED | ACCOUNT_ENABLED | ACCOUNT_HAS_LIMITS;
const READINESS = READY | ACCOUNT_KILLED | ACCOUNT_STOPPED;
const MAX_ORDER_QTY = 1;
const MAX_NOTIONAL = 2;
const MAX_OPEN_ORDERS = 3;
const PER_SECOND = 4;
const SECOND = 5;
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
const DAY = 20;
const MAX_GROSS_EXPOSURE = 24;
const CREDIT_LIMIT = 47;
/** That one and those behind it. */
const SUM_LIMITS = 5;
/** Twice this: an int. */
const CLIENT = 31;
const BOUGHT_SIZE = 32;
const SOLD_SIZE = 33;
const OPEN_BUY_QTY = 34;
const OPEN_SELL_QTY = 35;
/** Sizes, then open quantities, in 128 bits each; then high parts of the open notional. */
const EXPOSURE_END = 42;
/** From a low part of the open notional to its high part. */
const OPEN_TO_HIGH = 32;
const HALF = 64n;

/** What was executed on a day counts as 0 where busts and corrections of earlier days take back more. */
const atLeast0 = (executed: bigint): bigint => (executed < 0n ? 0n : executed);

/** A view of one account's limits and exposure; `aim` moves it to another. */
export class AccountRow {
  private at = 0;
  private readonly i32: Int32Array;
  private readonly f64: Float64Array;
  private readonly i64: BigInt64Array;

  constructor({ ints, doubles, longs }: Views) {
    this.i32 = ints;
    this.f64 = doubles;
    this.i64 = longs;
  }

  aim(account: number): this {
    this.at = account * NUMBERS;
    return this;
  }

  /** True when it may trade, is not killed, and its limits are complete. */
  get isReady(): boolean {
    return (this.i32[2 * this.at]! & READINESS) === READY;
  }
  /** A reload of the configuration has taken it away; a start forgets that. */
  get isRetired(): boolean {
    return (this.i32[2 * this.at]! & ACCOUNT_RETIRED) !== 0;
  }
  /** The row is of a client, a client session, a trader or the firm. */
  get isLevel(): boolean {
    return (this.i32[2 * this.at]! & ACCOUNT_IS_LEVEL) !== 0;
  }
  /** The row of its client, or NONE. */
  get client(): number {
    return this.i32[2 * (this.at + CLIENT)]! - 1;
  }
  get isKilled(): boolean {
    return (this.i32[2 * this.at]! & ACCOUNT_KILLED) !== 0;
  }
  get isStopped(): boolean {
    return (this.i32[2 * this.at]! & ACCOUNT_STOPPED) !== 0;
  }
  /** Limits: 1e-8 units, 1e-4 money, counts. */
  get maxOrderQty(): bigint {
    return this.i64[this.at + MAX_ORDER_QTY]!;
  }
  get maxOrderNotional(): bigint {
    return this.i64[this.at + MAX_NOTIONAL]!;
  }
  get maxOpenOrders(): number {
    return this.f64[this.at + MAX_OPEN_ORDERS]!;
  }
  get ordersPerSecond(): number {
    return this.f64[this.at + PER_SECOND]!;
  }
  /** Limits of the exposure, 1e-4 money and (volume) 1e-8 units; NO_PRICE: there is none. */
  get maxGrossExposure(): bigint {
    return this.i64[this.at + MAX_GROSS_EXPOSURE]!;
  }
  get maxNetExposure(): bigint {
    return this.i64[this.at + MAX_GROSS_EXPOSURE + 1]!;
  }
  get maxDailyNotional(): bigint {
    return this.i64[this.at + MAX_GROSS_EXPOSURE + 2]!;
  }
  get creditLimit(): bigint {
    return this.i64[this.at + CREDIT_LIMIT]!;
  }
  get maxDailyVolume(): bigint {
    return this.i64[this.at + MAX_GROSS_EXPOSURE + 3]!;
  }
  /** Of the position in each symbol, 1e-8 units. */
  get maxPosition(): bigint {
    return this.i64[this.at + MAX_GROSS_EXPOSURE + 4]!;
  }
  /** True with a limit that fills up: of open orders, the exposure or positions. */
  get hasSumLimits(): boolean {
    if (this.maxOpenOrders < NO_COUNT) return true;
    if (this.creditLimit !== NO_PRICE) return true;
    for (let i = 0; i < SUM_LIMITS; i++) if (this.i64[this.at + MAX_GROSS_EXPOSURE + i] !== NO_PRICE) return true;
    return false;
  }
  /** The second of the last order or replace, since 1970; and how many came in it. */
  get second(): number {
    return this.f64[this.at + SECOND]!;
  }
  get ordersInSecond(): number {
    return this.f64[this.at + SECOND + 1]!;
  }

  get openOrders(): number {
    return this.f64[this.at + OPEN]!;
  }

  /** Notional held by open orders of a side, 1e-4 money. */
  openNotional(side: number): bigint {
    return this.sumAt(this.at + (side === SIDE_BUY ? OPEN_BUY : OPEN_SELL), OPEN_TO_HIGH);
  }

  /** Of the account's last trading day, 1e-4 money. */
  executedNotional(side: number): bigint {
    return this.sumAt(this.at + (side === SIDE_BUY ? BOUGHT_VALUE : SOLD_VALUE), TO_HIGH);
  }

  /** The same in 1e-8 units. */
  executedQty(side: number): bigint {
    return this.sumAt(this.at + (side === SIDE_BUY ? BOUGHT_QTY : SOLD_QTY), TO_HIGH);
  }

  /** As the executed notional, without the signs of prices. */
  executedSize(side: number): bigint {
    return this.sumAt(this.at + (side === SIDE_BUY ? BOUGHT_SIZE : SOLD_SIZE), TO_HIGH);
  }

  /** What can still be executed of open orders of a side, with what their pending replaces ask for, 1e-8 units. */
  openQty(side: number): bigint {
    return this.sumAt(this.at + (side === SIDE_BUY ? OPEN_BUY_QTY : OPEN_SELL_QTY), TO_HIGH);
  }

  /** Executed on a trading day and still open, without signs of prices, 1e-4 money. */
  grossExposure(day: number): bigint {
    const open = this.openNotional(SIDE_BUY) + this.openNotional(SIDE_SELL);
    return this.day < day
      ? open
      : open + atLeast0(this.executedSize(SIDE_BUY)) + atLeast0(this.executedSize(SIDE_SELL));
  }

  /** As if all open orders of one side were filled and none of the other: the larger of both, 0 or more. */
  netExposure(day: number): bigint {
    const isToday = this.day >= day;
    const bought = isToday ? atLeast0(this.executedSize(SIDE_BUY)) - atLeast0(this.executedSize(SIDE_SELL)) : 0n;
    const long = bought + this.openNotional(SIDE_BUY);
    const short = this.openNotional(SIDE_SELL) - bought;
    const larger = long > short ? long : short;
    return larger > 0n ? larger : 0n;
  }

  /** Executed on a trading day and still open, 1e-8 units. */
  dailyVolume(day: number): bigint {
    const open = this.openQty(SIDE_BUY) + this.openQty(SIDE_SELL);
    if (this.day < day) return open;
    return open + atLeast0(this.executedQty(SIDE_BUY)) + atLeast0(this.executedQty(SIDE_SELL));
  }

  /** Bought less sold since the account began, 1e-8 units. */
  get position(): bigint {
    return this.sumAt(this.at + POSITION, 1);
  }

  /** Trading day of the account's last execution. */
  get day(): number {
    return this.f64[this.at + DAY]!;
  }

  /** Its exposure, without its limits, as words: second to day. */
  state(): Int32Array {
    const { buffer, byteOffset } = this.f64;
    return new Int32Array(buffer, byteOffset + 8 * (this.at + SECOND), 2 * (DAY + 1 - SECOND));
  }

  /** Sizes of what was executed, and open quantities, as words. */
  exposure(): Int32Array {
    const { buffer, byteOffset } = this.f64;
    return new Int32Array(buffer, byteOffset + 8 * (this.at + BOUGHT_SIZE), 2 * (EXPOSURE_END - BOUGHT_SIZE));
  }

  private sumAt(at: number, toHigh: number): bigint {
    return (this.i64[at + toHigh]! << HALF) + BigInt.asUintN(64, this.i64[at]!);
  }
}
