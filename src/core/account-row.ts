import type { Views } from "../base/views.ts";
import { SIDE_BUY } from "../record/codes.ts";
import { ACCOUNT_BYTES, ACCOUNT_ENABLED, ACCOUNT_HAS_LIMITS, ACCOUNT_KILLED } from "./assembly/layout.ts";

// Of an account's row (core/assembly/accounts.ts), eight bytes each.
const NUMBERS = ACCOUNT_BYTES / 8;
const READY = ACCOUNT_ENABLED | ACCOUNT_HAS_LIMITS;
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
const HALF = 64n;

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
    return this.i32[2 * this.at]! === READY;
  }
  get isKilled(): boolean {
    return (this.i32[2 * this.at]! & ACCOUNT_KILLED) !== 0;
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
    return this.i64[this.at + (side === SIDE_BUY ? OPEN_BUY : OPEN_SELL)]!;
  }

  /** Of the account's last trading day, 1e-4 money. */
  executedNotional(side: number): bigint {
    return this.sumAt(this.at + (side === SIDE_BUY ? BOUGHT_VALUE : SOLD_VALUE), TO_HIGH);
  }

  /** The same in 1e-8 units. */
  executedQty(side: number): bigint {
    return this.sumAt(this.at + (side === SIDE_BUY ? BOUGHT_QTY : SOLD_QTY), TO_HIGH);
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

  private sumAt(at: number, toHigh: number): bigint {
    return (this.i64[at + toHigh]! << HALF) + BigInt.asUintN(64, this.i64[at]!);
  }
}
