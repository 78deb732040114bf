import { SIDE_BUY } from "../record/codes.ts";
import { ACCOUNT_BYTES } from "./assembly/layout.ts";

// Doubles of an account's row (core/assembly/accounts.ts).
const DOUBLES = ACCOUNT_BYTES / 8;
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
const POSITION_HIGH = 19;
const DAY = 20;
/** What one of a high part stands for. */
const HIGH_UNIT = 2 ** 50;

/** A view of one account's exposure; `aim` moves it to another. */
export class AccountRow {
  private at = 0;

  constructor(private readonly f64: Float64Array) {}

  aim(account: number): this {
    this.at = account * DOUBLES;
    return this;
  }

  get openOrders(): number {
    return this.f64[this.at + OPEN]!;
  }

  /** Notional held by open orders of a side, 1e-4 money. */
  openNotional(side: number): number {
    return this.f64[this.at + (side === SIDE_BUY ? OPEN_BUY : OPEN_SELL)]!;
  }

  /** Of the account's last trading day, in 1e-4 money; exact below 2^53, else the nearest double. */
  executedNotional(side: number): number {
    return this.sumAt(this.at + (side === SIDE_BUY ? BOUGHT_VALUE : SOLD_VALUE));
  }

  /** The same in units. */
  executedQty(side: number): number {
    return this.sumAt(this.at + (side === SIDE_BUY ? BOUGHT_QTY : SOLD_QTY));
  }

  /** Bought less sold since the account began; exact while it is below 2^53 on either side. */
  get position(): number {
    return this.f64[this.at + POSITION_HIGH]! * HIGH_UNIT + this.f64[this.at + POSITION]!;
  }

  /** Trading day of the account's last execution. */
  get day(): number {
    return this.f64[this.at + DAY]!;
  }

  /** Its exposure, without its limits, as a view: second to quantity sold. */
  state(): Float64Array {
    return this.f64.subarray(this.at + SECOND, this.at + SOLD_QTY + 1);
  }

  /** The high parts of its executed sums, as a view. */
  highParts(): Float64Array {
    return this.f64.subarray(this.at + SOLD_QTY + 1, this.at + POSITION);
  }

  /** Its position in two parts, and the day of its sums, as a view. */
  positionParts(): Float64Array {
    return this.f64.subarray(this.at + POSITION, this.at + DAY + 1);
  }

  /** The position that sums since the account began come to: snapshots of versions without trading days have only these. */
  derivePosition(): void {
    const f64 = this.f64;
    const low = f64[this.at + BOUGHT_QTY]! - f64[this.at + SOLD_QTY]!;
    const units = Math.floor(low / HIGH_UNIT);
    f64[this.at + POSITION] = low - units * HIGH_UNIT;
    f64[this.at + POSITION_HIGH] = f64[this.at + BOUGHT_QTY + TO_HIGH]! - f64[this.at + SOLD_QTY + TO_HIGH]! + units;
  }

  private sumAt(at: number): number {
    return this.f64[at + TO_HIGH]! * HIGH_UNIT + this.f64[at]!;
  }
}
