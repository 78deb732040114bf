import { NO_PRICE } from "../base/units.ts";
import { STATED_AVG_PX, STATED_CUM_QTY } from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import type { Order } from "./orders/order.ts";
import { AVERAGE_DIFFERS, CUM_DIFFERS, NOT_HELD, VALUE_UNKNOWN } from "./outcomes.ts";
import { averageE8, carryOf, highOf, isCountable, isExactProduct, lowOf, REST_SCALE } from "./risk/money.ts";
import type { State } from "./state.ts";

const LAST_PX = 31;
const LAST_QTY = 32;
const CUM_QTY = 14;
const AVG_PX = 6;

/** Whole numbers are exact up to here. */
const MOST = Number.MAX_SAFE_INTEGER;
/** A hundredth, in 1e-8: an AvgPx with no more decimals may be rounded to that. */
const HUNDREDTH = 1_000_000;

/**
 * What an order's executions come to: CumQty and value, exact. `begin` takes them from the order, `add` and `takeVenues` change
 * them, `keep` gives them to the order and the differences to its account.
 */
export class Totals {
  cumQty = 0;
  private whole = 0;
  private rest = 0;
  /** As its account has it: each execution rounded up to 1e-4 money. */
  private value = 0;
  /** False while an execution is in them whose price is not known. */
  private isPriced = true;
  private order!: Order;

  constructor(private readonly state: State) {}

  begin(order: Order): void {
    this.order = order;
    this.cumQty = order.cumQty;
    this.whole = order.cumWhole;
    this.rest = order.cumRest;
    this.value = order.executedValue;
    this.isPriced = true;
  }

  /**
   * Adds an execution (`sign` 1), or takes it back (−1). One without a price is valued by the average so far, else by the order's
   * price, until the venue's AvgPx says more.
   */
  add(quantity: number, priceE8: number, sign: number): void {
    let cumQty = this.cumQty + sign * quantity;
    if (cumQty > MOST) {
      this.state.note(this.order, NOT_HELD, LAST_QTY);
      return;
    }
    // More was taken back than was executed: there is no less than nothing.
    if (cumQty < 0) {
      this.state.note(this.order, CUM_DIFFERS, LAST_QTY);
      cumQty = 0;
    }
    if (priceE8 === NO_PRICE) this.isPriced = false;
    const price = priceE8 === NO_PRICE ? this.usualPrice() : priceE8;
    this.cumQty = cumQty;
    if (cumQty === 0) this.worth(0, 0, 0);
    else if (!this.weigh(quantity, price, sign)) this.state.note(this.order, NOT_HELD, LAST_PX);
  }

  /** Takes the venue's CumQty and AvgPx where it said them. `explains`: they say what the report itself does not, no difference. */
  takeVenues(report: ExecutionReport, explains: boolean): void {
    const said = report.stated;
    const hasCum = (said & STATED_CUM_QTY) !== 0 && isCountable(report.cumQty);
    const average = (said & STATED_AVG_PX) !== 0 && report.avgPxE8 !== 0 ? report.avgPxE8 : NO_PRICE;
    const isSaid = average !== NO_PRICE;
    if (hasCum && report.cumQty !== this.cumQty) {
      if (!explains) this.state.note(this.order, CUM_DIFFERS, CUM_QTY);
      if (!isSaid && report.cumQty !== 0) this.isPriced = false;
      const price = isSaid ? average : this.usualPrice();
      this.cumQty = report.cumQty;
      this.revalue(price);
    } else if (isSaid && this.cumQty !== 0 && !this.isAverage(average)) {
      if (!explains && this.isPriced) this.state.note(this.order, AVERAGE_DIFFERS, AVG_PX);
      this.revalue(average);
    }
    if (!this.isPriced && !isSaid) this.state.note(this.order, VALUE_UNKNOWN, LAST_PX);
  }

  keep(timeUs: number): void {
    const order = this.order;
    const quantity = this.cumQty - order.cumQty;
    const value = this.value - order.executedValue;
    order.cumQty = this.cumQty;
    order.cumWhole = this.whole;
    order.cumRest = this.rest;
    order.executedValue = this.value;
    if (quantity === 0 && value === 0) return;
    const state = this.state;
    state.accounts.execute(order.account, order.side, quantity, value, state.dayOf(timeUs));
  }

  private worth(whole: number, rest: number, value: number): void {
    this.whole = whole;
    this.rest = rest;
    this.value = value;
  }

  /** The whole quantity is worth this much each. */
  private revalue(priceE8: number): void {
    const whole = this.whole;
    const rest = this.rest;
    const value = this.value;
    this.worth(0, 0, 0);
    if (this.cumQty === 0 || this.weigh(this.cumQty, priceE8, 1)) return;
    this.worth(whole, rest, value);
    this.state.note(this.order, NOT_HELD, AVG_PX);
  }

  /** Adds the value of an execution, or takes it back. False when it is not exact: nothing is changed. */
  private weigh(quantity: number, priceE8: number, sign: number): boolean {
    const high = highOf(priceE8);
    const low = lowOf(priceE8, high);
    if (!isExactProduct(quantity, high) || !isExactProduct(quantity, low)) return false;
    const rest = this.rest + sign * quantity * low;
    const carry = rest === 0 ? 0 : carryOf(rest);
    const whole = this.whole + sign * quantity * high + carry;
    const worth = low === 0 ? quantity * high : quantity * high + Math.ceil((quantity * low) / REST_SCALE);
    const value = this.value + sign * worth;
    if (!(Math.abs(whole) <= MOST && Math.abs(value) <= MOST && Math.abs(rest) <= MOST)) return false;
    this.worth(whole, rest - carry * REST_SCALE, value);
    return true;
  }

  private usualPrice(): number {
    if (this.cumQty !== 0) return averageE8(this.whole, this.rest, this.cumQty);
    return this.order.priceE8 === NO_PRICE ? 0 : this.order.priceE8;
  }

  /** True when our average is that of the venue, but for the last decimal that it wrote. */
  private isAverage(average: number): boolean {
    const ours = averageE8(this.whole, this.rest, this.cumQty);
    if (ours === average) return true;
    let unit = 1;
    while (unit < HUNDREDTH && average % (unit * 10) === 0) unit *= 10;
    return Math.abs(ours - average) <= unit;
  }
}
