import { STATED_AVG_PX, STATED_CUM_QTY } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { AVERAGE_DIFFERS, CUM_DIFFERS, NOT_HELD, VALUE_UNKNOWN } from "../outcomes.ts";
import { accountAt } from "./accounts.ts";
import { AVG_PX, CUM_QTY, LAST_PX, LAST_QTY, MOST } from "./codes.ts";
import { averageE8, carryOf, highOf, isCountable, isExactProduct, lowOf, REST_SCALE } from "./money.ts";
import { Order } from "./order.ts";
import { note } from "./state.ts";
import { dayOf } from "./trading-days.ts";

// What an order's executions come to: CumQty and value, exact. `begin` takes them from the order, `add` and `takeVenues` change
// them, `keep` gives them to the order and the differences to its account.

/** A hundredth, in 1e-8: an AvgPx with no more decimals may be rounded to that. */
const HUNDREDTH: f64 = 1_000_000;

export let cumQty: f64 = 0;
let whole: f64 = 0;
let rest: f64 = 0;
/** As its account has it: each execution rounded up to 1e-4 money. */
let value: f64 = 0;
/** False while an execution is in them whose price is not known. */
let isPriced = true;
let order: Order = changetype<Order>(0);

export function begin(the: Order): void {
  order = the;
  cumQty = the.cumQty;
  whole = the.cumWhole;
  rest = the.cumRest;
  value = the.executedValue;
  isPriced = true;
}

/**
 * Adds an execution (`sign` 1), or takes it back (−1). One without a price is valued by the average so far, else by the order's
 * price, until the venue's AvgPx says more.
 */
export function add(quantity: f64, priceE8: f64, sign: f64): void {
  let sum = cumQty + sign * quantity;
  if (sum > MOST) {
    note(order, NOT_HELD, LAST_QTY);
    return;
  }
  // More was taken back than was executed: there is no less than nothing.
  if (sum < 0) {
    note(order, CUM_DIFFERS, LAST_QTY);
    sum = 0;
  }
  if (priceE8 === NO_PRICE) isPriced = false;
  const price = priceE8 === NO_PRICE ? usualPrice() : priceE8;
  cumQty = sum;
  if (sum === 0) worth(0, 0, 0);
  else if (!weigh(quantity, price, sign)) note(order, NOT_HELD, LAST_PX);
}

/** Takes the venue's CumQty and AvgPx where it said them. `explains`: they say what the report itself does not, no difference. */
export function takeVenues(report: ExecutionReport, explains: bool): void {
  const stated = report.stated;
  const hasCum = (stated & STATED_CUM_QTY) !== 0 && isCountable(report.cumQty);
  const average = (stated & STATED_AVG_PX) !== 0 && report.avgPxE8 !== 0 ? report.avgPxE8 : NO_PRICE;
  const isSaid = average !== NO_PRICE;
  if (hasCum && report.cumQty !== cumQty) {
    if (!explains) note(order, CUM_DIFFERS, CUM_QTY);
    if (!isSaid && report.cumQty !== 0) isPriced = false;
    const price = isSaid ? average : usualPrice();
    cumQty = report.cumQty;
    revalue(price);
  } else if (isSaid && cumQty !== 0 && !isAverage(average)) {
    if (!explains && isPriced) note(order, AVERAGE_DIFFERS, AVG_PX);
    revalue(average);
  }
  if (!isPriced && !isSaid) note(order, VALUE_UNKNOWN, LAST_PX);
}

export function keep(timeUs: f64): void {
  const quantity = cumQty - order.cumQty;
  const change = value - order.executedValue;
  order.cumQty = cumQty;
  order.cumWhole = whole;
  order.cumRest = rest;
  order.executedValue = value;
  if (quantity === 0 && change === 0) return;
  accountAt(order.account).execute(order.side, quantity, change, dayOf(timeUs));
}

function worth(ofWhole: f64, ofRest: f64, ofValue: f64): void {
  whole = ofWhole;
  rest = ofRest;
  value = ofValue;
}

/** The whole quantity is worth this much each. */
function revalue(priceE8: f64): void {
  const oldWhole = whole;
  const oldRest = rest;
  const oldValue = value;
  worth(0, 0, 0);
  if (cumQty === 0 || weigh(cumQty, priceE8, 1)) return;
  worth(oldWhole, oldRest, oldValue);
  note(order, NOT_HELD, AVG_PX);
}

/** Adds the value of an execution, or takes it back. False when it is not exact: nothing is changed. */
function weigh(quantity: f64, priceE8: f64, sign: f64): bool {
  const high = highOf(priceE8);
  const low = lowOf(priceE8, high);
  if (!isExactProduct(quantity, high) || !isExactProduct(quantity, low)) return false;
  const sum = rest + sign * quantity * low;
  const carry: f64 = sum === 0 ? 0 : carryOf(sum);
  const all = whole + sign * quantity * high + carry;
  const one = low === 0 ? quantity * high : quantity * high + Math.ceil((quantity * low) / REST_SCALE);
  const paid = value + sign * one;
  if (!(Math.abs(all) <= MOST && Math.abs(paid) <= MOST && Math.abs(sum) <= MOST)) return false;
  worth(all, sum - carry * REST_SCALE, paid);
  return true;
}

function usualPrice(): f64 {
  if (cumQty !== 0) return averageE8(whole, rest, cumQty);
  return order.priceE8 === NO_PRICE ? 0 : order.priceE8;
}

/** True when our average is that of the venue, but for the last decimal that it wrote. */
function isAverage(average: f64): bool {
  const ours = averageE8(whole, rest, cumQty);
  if (ours === average) return true;
  let unit: f64 = 1;
  while (unit < HUNDREDTH && isMultiple(average, unit * 10)) unit *= 10;
  return Math.abs(ours - average) <= unit;
}

/** Of whole numbers. */
function isMultiple(number: f64, unit: f64): bool {
  return <i64>number % <i64>unit === 0;
}
