import { STATED_AVG_PX, STATED_CUM_QTY } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { MOST_E8, NO_PRICE } from "../../record/assembly/units.ts";
import { AVERAGE_DIFFERS, CUM_DIFFERS, NOT_HELD, PRICE_UNUSUAL, VALUE_UNKNOWN } from "../outcomes.ts";
import { AVG_PX, CUM_QTY, LAST_PX, LAST_QTY } from "./codes.ts";
import { NO_FACTOR } from "./conversion.ts";
import { factorOf } from "./factor.ts";
import { execute } from "./levels.ts";
import { addHigh, averageE8, isCountable, isWorth, MOST, mulHigh, UNKNOWN_WORTH, worthOf } from "./money.ts";
import { Order } from "./order.ts";
import { note } from "./state.ts";
import { symbolAt } from "./symbols.ts";
import { dayOf } from "./trading-days.ts";

// What an order's executions come to: CumQty and value, exact. `begin` takes them from the order, `add` and `takeVenues` change
// them, `keep` gives them to the order and the differences to its account.

/** A hundredth, in 1e-8: an AvgPx with no more decimals may be rounded to that. */
const HUNDREDTH: i64 = 1_000_000;

export let cumQty: i64 = 0;
/** What the executions are worth, in 1e-16 money; UNKNOWN_WORTH where that of one is not held, until the venue says an AvgPx. */
let high: i64 = 0;
let low: u64 = 0;
/** As its account has it: each execution times the order's factor, rounded up to 1e-4 money. */
let value: i64 = 0;
/** False while an execution is in them whose price is not known. */
let isPriced = true;
/** True when an execution of the report is not counted, because the quantity is more than there is. */
let isLeftOut = false;
let order: Order = changetype<Order>(0);
/** The address of the order's factor. */
let factor: usize = NO_FACTOR;

export function begin(the: Order): void {
  order = the;
  factor = factorOf(the);
  cumQty = the.cumQty;
  high = the.worthHigh;
  low = the.worthLow;
  value = the.executedValue;
  isPriced = true;
  isLeftOut = false;
}

/**
 * A price as the venue means it. 0 is none where the symbol has no such prices: some venues say that. Any other price that the symbol
 * does not have is taken, and noted.
 */
export function saidPrice(the: Order, priceE8: i64, tag: i32): i64 {
  const symbol = symbolAt(the.symbol);
  if (priceE8 === NO_PRICE || symbol.mayBe(priceE8)) return priceE8;
  if (priceE8 === 0) return NO_PRICE;
  if (symbol.hasForm) note(the, PRICE_UNUSUAL, tag);
  return priceE8;
}

/**
 * Adds an execution (`sign` 1), or takes it back (−1). One without a price is valued by the average so far, else by the order's
 * price, until the venue's AvgPx says more.
 */
export function add(quantity: i64, priceE8: i64, sign: i64): void {
  if (sign > 0 && quantity > MOST_E8 - cumQty) {
    note(order, NOT_HELD, LAST_QTY);
    isLeftOut = true;
    return;
  }
  let sum = cumQty + sign * quantity;
  // More was taken back than was executed: there is no less than nothing.
  if (sum < 0) {
    note(order, CUM_DIFFERS, LAST_QTY);
    sum = 0;
  }
  if (priceE8 === NO_PRICE) isPriced = false;
  const price = priceE8 === NO_PRICE ? usualPrice() : priceE8;
  cumQty = sum;
  if (sum === 0) worth(0, 0, 0);
  else if (!weigh(quantity, price, sign)) loseWorth(LAST_PX);
}

/** Takes the venue's CumQty and AvgPx where it said them. `explains`: they say what the report itself does not, no difference. */
export function takeVenues(report: ExecutionReport, explains: bool): void {
  const stated = report.stated;
  const hasCum = (stated & STATED_CUM_QTY) !== 0 && isCountable(report.cumQty);
  const average = (stated & STATED_AVG_PX) !== 0 ? saidPrice(order, report.avgPxE8, AVG_PX) : NO_PRICE;
  const isSaid = average !== NO_PRICE;
  if (hasCum && report.cumQty !== cumQty) {
    if (!explains) note(order, CUM_DIFFERS, CUM_QTY);
    if (!isSaid && report.cumQty !== 0) isPriced = false;
    if (!isSaid && isLeftOut) loseWorth(LAST_QTY);
    const price = isSaid ? average : usualPrice();
    const change = report.cumQty - cumQty;
    cumQty = report.cumQty;
    if (isSaid || cumQty === 0 || high !== UNKNOWN_WORTH) revalue(price);
    // What the account has counts what is executed, though not at which price.
    else if (!weigh(change < 0 ? -change : change, price, change < 0 ? -1 : 1)) loseWorth(CUM_QTY);
  } else if (isSaid && cumQty !== 0 && !isAverage(average)) {
    if (!explains && isPriced && high !== UNKNOWN_WORTH) note(order, AVERAGE_DIFFERS, AVG_PX);
    revalue(average);
  }
  if (!isPriced && !isSaid) note(order, VALUE_UNKNOWN, LAST_PX);
}

export function keep(timeUs: f64): void {
  const quantity = cumQty - order.cumQty;
  const change = value - order.executedValue;
  const sizeChange = sizeOf(value) - sizeOf(order.executedValue);
  order.cumQty = cumQty;
  order.worthHigh = high;
  order.worthLow = low;
  order.executedValue = value;
  if (quantity === 0 && change === 0) return;
  execute(order.account, order.side, quantity, change, sizeChange, dayOf(timeUs));
}

// @ts-ignore: decorator
@inline
function sizeOf(amount: i64): i64 {
  return amount < 0 ? -amount : amount;
}

function worth(ofHigh: i64, ofLow: u64, ofValue: i64): void {
  high = ofHigh;
  low = ofLow;
  value = ofValue;
}

/** The whole quantity is worth this much each. */
function revalue(priceE8: i64): void {
  const oldValue = value;
  worth(0, 0, 0);
  if (cumQty === 0 || weigh(cumQty, priceE8, 1)) return;
  value = oldValue;
  loseWorth(AVG_PX);
}

/** What the executions are worth is not held from now on, because of a field with this tag. Their account keeps the value that it has. */
function loseWorth(tag: i32): void {
  note(order, NOT_HELD, tag);
  worth(UNKNOWN_WORTH, 0, value);
}

/** Adds the value of an execution, or takes it back. False when it is not held: nothing is changed. */
function weigh(quantity: i64, priceE8: i64, sign: i64): bool {
  const one = worthOf(quantity, priceE8, factor);
  if (one === NO_PRICE) return false;
  const paid = value + sign * one;
  if (paid > MOST || paid < -MOST) return false;
  if (high === UNKNOWN_WORTH) {
    value = paid;
    return true;
  }
  const oneHigh = mulHigh(quantity, priceE8);
  const oneLow = <u64>(quantity * priceE8);
  const changeLow = sign < 0 ? 0 - oneLow : oneLow;
  const changeHigh = sign < 0 ? ~oneHigh + (oneLow === 0 ? 1 : 0) : oneHigh;
  const sumLow = low + changeLow;
  worth(addHigh(high, changeHigh, sumLow, changeLow), sumLow, paid);
  return true;
}

function usualPrice(): i64 {
  if (cumQty !== 0 && high !== UNKNOWN_WORTH) {
    const average = averageE8(high, low, cumQty);
    return average === NO_PRICE ? 0 : average;
  }
  return order.priceE8 === NO_PRICE ? 0 : order.priceE8;
}

/** True when our average is that of the venue, but for the last decimal that it wrote. */
function isAverage(average: i64): bool {
  if (isWorth(high, low, cumQty, average)) return true;
  const ours = averageE8(high, low, cumQty);
  if (ours === average) return true;
  if (ours === NO_PRICE) return false;
  let unit: i64 = 1;
  while (unit < HUNDREDTH && average % (unit * 10) === 0) unit *= 10;
  return ours > average ? <u64>ours - <u64>average <= <u64>unit : <u64>average - <u64>ours <= <u64>unit;
}
