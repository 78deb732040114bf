import { EXEC_STATUS, EXEC_TRADE, MARK_LATE, MARK_UNDATED, STATED_CUM_QTY } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { COUNT_FILLS } from "../counters.ts";
import { FILLED, FREE, REJECTED } from "../orders/states.ts";
import {
  CUM_DIFFERS,
  DUPLICATE_EXECUTION,
  NO_QUANTITY,
  OVERFILLED,
  STATUS_DIFFERS,
  UNKNOWN_EXECUTION,
  VALUE_UNKNOWN,
} from "../outcomes.ts";
import { setWord, word } from "./area.ts";
import { said as saidBy } from "./client-report.ts";
import { EXEC_REF_ID, LAST_PX, LAST_QTY, NONE, ORD_STATUS } from "./codes.ts";
import { isKnown, lookUp, otherThanBefore, refer, remember, rememberChange, rememberNew } from "./exec-ids.ts";
import { correctExecution, foundPrice, foundQuantity, isMeasured } from "./executions.ts";
import { FAULT_TAG, OUTCOME } from "./layout.ts";
import { endOf, isOpen } from "./life-cycle.ts";
import { isCountable } from "./money.ts";
import { Order } from "./order.ts";
import { publishReport } from "./outbox.ts";
import { forgetExecutionPrice, keepExecutionPrice, keepLatePrice } from "./reference-sources.ts";
import { countExecution } from "./repeated-executions.ts";
import { count, note } from "./state.ts";
import * as totals from "./totals.ts";
import { EXECUTES, follow, INFORMS, takeOrderId } from "./venue-word.ts";

// Applies executions: trades, busts, corrections. They have happened, whatever state the order is in, so that all that can be counted
// exactly is counted.

export function trade(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  if (isKnown(order, report)) return repeated(order, report, timeUs);
  const quantity = countOf(report.lastQty);
  const price = totals.saidPrice(order, report.lastPxE8, LAST_PX);
  totals.begin(order);
  if (quantity === 0) note(order, NO_QUANTITY, LAST_QTY);
  else {
    if (price === NO_PRICE) note(order, VALUE_UNKNOWN, LAST_PX);
    totals.add(quantity, price, 1);
  }
  totals.takeVenues(report, quantity === 0);
  rememberNew(order, report, quantity, price);
  if (order.state === REJECTED) note(order, STATUS_DIFFERS, ORD_STATUS);
  count(COUNT_FILLS);
  if (quantity > 0 && price !== NO_PRICE) refers(order, report, price, timeUs);
  if (quantity > 0 || totals.cumQty > order.cumQty) countExecution(order, timeUs);
  finish(order, report, EXEC_TRADE, timeUs);
  return word(OUTCOME);
}

/** The execution is a reference price, unless it is older than the newest one, or nobody knows when it was. */
function refers(order: Order, report: ExecutionReport, price: i64, timeUs: f64): void {
  const marks = report.rules;
  if ((marks & MARK_LATE) !== 0) keepLatePrice(order.symbol, price, report.transactUs);
  else if ((marks & MARK_UNDATED) === 0) keepExecutionPrice(order.symbol, price, timeUs);
}

/**
 * Applies a bust (Trade Cancel). LastQty is what is taken back; where it is 0 or missing, all of the execution that ExecRefID names;
 * where that is not known, the venue's totals say what is left.
 */
export function bust(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  if (isKnown(order, report)) return DUPLICATE_EXECUTION;
  const isFound = lookUp(order, report);
  const said = countOf(report.lastQty);
  let quantity = said;
  let price = totals.saidPrice(order, report.lastPxE8, LAST_PX);
  totals.begin(order);
  if (isFound && foundQuantity() > 0) {
    const executed = foundQuantity();
    if (said > executed) note(order, CUM_DIFFERS, LAST_QTY);
    if (said === 0 || said > executed) quantity = executed;
    price = foundPrice();
    correctExecution(executed - quantity, price);
  }
  if (quantity > 0) totals.add(quantity, price, -1);
  forgetExecutionPrice(order.symbol, price);
  takeTotals(order, report, quantity === 0);
  if (isFound) rememberChange(order, report);
  else remember(order, report, 0, NO_PRICE);
  finish(order, report, report.execType, timeUs);
  return word(OUTCOME);
}

/**
 * Applies a correction: the execution that ExecRefID names has been LastQty at LastPx; what the report lacks of these stays. An
 * execution that is not known is corrected by the venue's totals.
 */
export function correct(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  if (isKnown(order, report)) return DUPLICATE_EXECUTION;
  const said = countOf(report.lastQty);
  // Without a quantity 0 is no price, whatever the symbol has.
  const isNone = report.lastPxE8 === 0 && said === 0;
  const saidPrice = isNone ? NO_PRICE : totals.saidPrice(order, report.lastPxE8, LAST_PX);
  const isFound = lookUp(order, report) && isMeasured();
  const isSaid = said > 0 || saidPrice !== NO_PRICE;
  totals.begin(order);
  if (isFound) {
    const executed = foundQuantity();
    const executedPx = foundPrice();
    const quantity = said > 0 ? said : executed;
    const price = saidPrice === NO_PRICE ? executedPx : saidPrice;
    if (price !== executedPx) forgetExecutionPrice(order.symbol, executedPx);
    if (executed > 0) totals.add(executed, executedPx, -1);
    if (quantity > 0) totals.add(quantity, price, 1);
    takeTotals(order, report, !isSaid);
    const left = isSaid ? quantity : executed + totals.cumQty - order.cumQty;
    correctExecution(left > 0 ? left : 0, price);
    rememberChange(order, report);
  } else {
    takeTotals(order, report, true);
    remember(order, report, said, saidPrice);
  }
  finish(order, report, report.execType, timeUs);
  return word(OUTCOME);
}

/** A trade that was counted before. Its end of the order is not lost, where it comes with the second one only. */
function repeated(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const end = endOf(report.ordStatus);
  const goesOn = end === FREE || end === FILLED || report.leavesQty > 0;
  setWord(FAULT_TAG, otherThanBefore(order, report));
  if (goesOn || !isOpen(order.state)) return DUPLICATE_EXECUTION;
  follow(order, report, INFORMS);
  saidBy(order, report, EXEC_STATUS, order.currentId, NONE, timeUs);
  publishReport();
  return word(OUTCOME);
}

/** `explains`: the report itself does not say what was executed; without totals nothing does. */
function takeTotals(order: Order, report: ExecutionReport, explains: bool): void {
  if (explains && (report.stated & STATED_CUM_QTY) === 0) note(order, UNKNOWN_EXECUTION, EXEC_REF_ID);
  totals.takeVenues(report, explains);
}

function finish(order: Order, report: ExecutionReport, execType: i32, timeUs: f64): void {
  const before = order.cumQty;
  takeOrderId(order, report);
  totals.keep(timeUs);
  if (order.cumQty > order.quantity && order.cumQty > before) note(order, OVERFILLED, LAST_QTY);
  follow(order, report, EXECUTES);
  const reply = saidBy(order, report, execType, order.currentId, NONE, timeUs);
  refer(order, report, reply);
  publishReport();
}

/** A quantity that can be counted; else 0. */
function countOf(quantity: i64): i64 {
  return isCountable(quantity) ? quantity : 0;
}
