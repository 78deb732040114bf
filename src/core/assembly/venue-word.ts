import { MARK_KEEPS_HOLD, STATED_LEAVES_QTY, STATUS_CALCULATED, STATUS_STOPPED, STATUS_SUSPENDED } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import {
  CANCELED,
  DONE_FOR_DAY,
  FILLED,
  FREE,
  NEW,
  PARTIALLY_FILLED,
  PENDING_REPLACE,
  REJECTED,
} from "../orders/states.ts";
import { LEAVES_DIFFER, NO_ROOM, NOT_HELD, REVIVED, STATUS_DIFFERS } from "../outcomes.ts";
import { closeOrder, holdNotional, holdShare, reopenOrder } from "./close-order.ts";
import { LEAVES_QTY, ORD_STATUS, ORDER_QTY } from "./codes.ts";
import { canTrade, endOf, isOpen } from "./life-cycle.ts";
import { isCountable } from "./money.ts";
import { Order } from "./order.ts";
import { setOrderId } from "./order-ids.ts";
import { canReopen } from "./orders.ts";
import { note } from "./state.ts";

/** What a report is about. INFORMS: LeavesQty 0 alone ends nothing, some venues say it always. */
export const INFORMS = 0;
/** Quantity and price: nothing left of them ends the order. */
export const SETS_TERMS = 1;
/** A fill, bust or correction: LeavesQty 0 ends the order. */
export const EXECUTES = 2;

/**
 * Lets an order follow what its venue's report says of it in OrdStatus (39) and LeavesQty (151): that it is open with so much left,
 * that it ends, that it lives again. Executions and terms of the report are in the order already.
 */
export function follow(order: Order, report: ExecutionReport, about: i32): void {
  const status = report.ordStatus;
  const isSaid = (report.stated & STATED_LEAVES_QTY) !== 0 && isCountable(report.leavesQty);
  const said: i64 = isSaid ? report.leavesQty : 0;
  const expected: i64 = order.quantity > order.cumQty ? order.quantity - order.cumQty : 0;
  const leaves = isSaid && (said > 0 || about === EXECUTES) ? said : expected;
  const before = order.leavesQty;
  if (isOpen(order.state)) goOn(order, status, said, leaves, about);
  else stayDone(order, status, leaves, about);
  if (isOpen(order.state)) {
    if (isSaid && leaves !== expected && leaves === said) note(order, LEAVES_DIFFER, LEAVES_QTY);
    // An order of which nothing changes holds what it held when it was admitted.
    const changes = about !== INFORMS || order.leavesQty !== before || order.pending === PENDING_REPLACE;
    const keeps = (report.rules & MARK_KEEPS_HOLD) !== 0;
    if (changes && !(keeps ? holdShare(order, before) : holdNotional(order))) note(order, NOT_HELD, ORDER_QTY);
  }
  if (status !== 0) order.told = isShown(order, status) ? status : 0;
}

/**
 * Takes the OrderID of a report that changes no terms, where it is under the order's own ClOrdID: a late one of the time before
 * a replace has the former OrderID.
 */
export function takeOrderId(order: Order, report: ExecutionReport): void {
  const named = report.requestNumber;
  if ((named !== 0 ? named : report.number) === order.currentNumber) keepOrderId(order, report);
}

export function keepOrderId(order: Order, report: ExecutionReport): void {
  const length = report.orderIdLength;
  if (length > 0) setOrderId(order, report.orderIdAt, length);
}

/** The state that an OrdStatus ends an open order with, or FREE. */
function endBy(order: Order, status: i32, said: i64): i32 {
  const isFull = order.cumQty >= order.quantity;
  let end = endOf(status);
  if (status === STATUS_CALCULATED) end = isFull ? FILLED : DONE_FOR_DAY;
  // Done for today, and open again tomorrow.
  if (end === DONE_FOR_DAY && said > 0) return FREE;
  if (end !== FILLED) return end;
  if (!isFull) note(order, STATUS_DIFFERS, ORD_STATUS);
  return said > 0 ? FREE : FILLED;
}

function goOn(order: Order, status: i32, said: i64, leaves: i64, about: i32): void {
  let end = endBy(order, status, said);
  if (end === FREE && leaves === 0 && about !== INFORMS) end = order.cumQty >= order.quantity ? FILLED : CANCELED;
  if (end === FILLED && asksForMore(order)) {
    order.leavesQty = 0;
    order.state = PARTIALLY_FILLED;
  } else if (end !== FREE) {
    closeOrder(order, end);
  } else {
    order.leavesQty = leaves;
    if (order.cumQty > 0) order.state = PARTIALLY_FILLED;
    else if (about === EXECUTES || order.state === PARTIALLY_FILLED) order.state = NEW;
  }
}

/**
 * True when the pending replace of an executed order asks for more than that. It stays open, so that what is asked for stays held until
 * the venue answers.
 */
function asksForMore(order: Order): bool {
  return order.pending === PENDING_REPLACE && order.cumQty > 0 && order.pendingQuantity > order.cumQty;
}

function stayDone(order: Order, status: i32, leaves: i64, about: i32): void {
  const before = order.state;
  if (leaves === 0 || about === INFORMS || !canTrade(status)) {
    const end = endOf(status);
    if (about === EXECUTES && end !== FREE) order.state = end;
    return;
  }
  if (!canReopen(order)) {
    note(order, NO_ROOM, LEAVES_QTY);
    return;
  }
  if (before !== FILLED && before !== DONE_FOR_DAY) note(order, REVIVED, ORD_STATUS);
  reopenOrder(order, order.cumQty > 0 ? PARTIALLY_FILLED : NEW);
  order.leavesQty = leaves;
}

/** True for an OrdStatus that no state of an order stands for. */
function isShown(order: Order, status: i32): bool {
  if (status === STATUS_CALCULATED) return order.state !== REJECTED;
  if (!isOpen(order.state)) return false;
  return status === STATUS_STOPPED || status === STATUS_SUSPENDED || endOf(status) === DONE_FOR_DAY;
}
