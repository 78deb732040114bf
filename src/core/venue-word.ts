import { STATED_LEAVES_QTY, STATUS_CALCULATED, STATUS_STOPPED, STATUS_SUSPENDED } from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import { closeOrder, holdNotional, reopenOrder } from "./orders/close-order.ts";
import {
  CANCELED,
  canTrade,
  DONE_FOR_DAY,
  endOf,
  FILLED,
  FREE,
  isOpen,
  NEW,
  PARTIALLY_FILLED,
  PENDING_REPLACE,
  REJECTED,
} from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import { LEAVES_DIFFER, NO_ROOM, NOT_HELD, REVIVED, STATUS_DIFFERS } from "./outcomes.ts";
import { isCountable } from "./risk/money.ts";
import type { State } from "./state.ts";

/** What a report is about. INFORMS: LeavesQty 0 alone ends nothing, some venues say it always. */
export const INFORMS = 0;
/** Quantity and price: nothing left of them ends the order. */
export const SETS_TERMS = 1;
/** A fill, bust or correction: LeavesQty 0 ends the order. */
export const EXECUTES = 2;

const ORDER_QTY = 38;
const ORD_STATUS = 39;
const LEAVES_QTY = 151;

/**
 * Lets an order follow what its venue's report says of it in OrdStatus (39) and LeavesQty (151): that it is open with so much left,
 * that it ends, that it lives again. Executions and terms of the report are in the order already.
 */
export class VenueWord {
  constructor(private readonly state: State) {}

  follow(order: Order, report: ExecutionReport, about: number): void {
    const status = report.ordStatus;
    const isSaid = (report.stated & STATED_LEAVES_QTY) !== 0 && isCountable(report.leavesQty);
    const said = isSaid ? report.leavesQty : 0;
    const expected = order.quantity > order.cumQty ? order.quantity - order.cumQty : 0;
    const leaves = isSaid && (said > 0 || about === EXECUTES) ? said : expected;
    const before = order.leavesQty;
    if (isOpen(order.state)) this.goOn(order, status, said, leaves, about);
    else this.stayDone(order, status, leaves, about);
    if (isOpen(order.state)) {
      if (isSaid && leaves !== expected && leaves === said) this.state.note(order, LEAVES_DIFFER, LEAVES_QTY);
      // An order of which nothing changes holds what it held when it was admitted.
      const changes = about !== INFORMS || order.leavesQty !== before || order.pending === PENDING_REPLACE;
      if (changes && !holdNotional(this.state, order)) this.state.note(order, NOT_HELD, ORDER_QTY);
    }
    if (status !== 0) order.told = isShown(order, status) ? status : 0;
  }

  /**
   * Takes the OrderID of a report that changes no terms, where it is under the order's own ClOrdID: a late one of the time before
   * a replace has the former OrderID.
   */
  takeOrderId(order: Order, report: ExecutionReport): void {
    if ((report.requestNumber || report.number) === order.currentNumber) this.keepOrderId(order, report);
  }

  keepOrderId(order: Order, report: ExecutionReport): void {
    const length = report.orderIdLength;
    if (length > 0) this.state.orders.keepOrderId(order, report.views.ints, report.orderIdAt, length);
  }

  /** The state that an OrdStatus ends an open order with, or FREE. */
  private endBy(order: Order, status: number, said: number): number {
    const isFull = order.cumQty >= order.quantity;
    let end = endOf(status);
    if (status === STATUS_CALCULATED) end = isFull ? FILLED : DONE_FOR_DAY;
    // Done for today, and open again tomorrow.
    if (end === DONE_FOR_DAY && said > 0) return FREE;
    if (end !== FILLED) return end;
    if (!isFull) this.state.note(order, STATUS_DIFFERS, ORD_STATUS);
    return said > 0 ? FREE : FILLED;
  }

  private goOn(order: Order, status: number, said: number, leaves: number, about: number): void {
    const end = this.endBy(order, status, said);
    if (end !== FREE) {
      closeOrder(this.state, order, end);
    } else if (leaves === 0 && about !== INFORMS) {
      closeOrder(this.state, order, order.cumQty >= order.quantity ? FILLED : CANCELED);
    } else {
      order.leavesQty = leaves;
      if (order.cumQty > 0) order.state = PARTIALLY_FILLED;
      else if (about === EXECUTES || order.state === PARTIALLY_FILLED) order.state = NEW;
    }
  }

  private stayDone(order: Order, status: number, leaves: number, about: number): void {
    const state = this.state;
    const before = order.state;
    if (leaves === 0 || about === INFORMS || !canTrade(status)) {
      const end = endOf(status);
      if (about === EXECUTES && end !== FREE) order.state = end;
      return;
    }
    if (!state.orders.canReopen(order)) {
      state.note(order, NO_ROOM, LEAVES_QTY);
      return;
    }
    if (before !== FILLED && before !== DONE_FOR_DAY) state.note(order, REVIVED, ORD_STATUS);
    reopenOrder(state, order, order.cumQty > 0 ? PARTIALLY_FILLED : NEW);
    order.leavesQty = leaves;
  }
}

/** True for an OrdStatus that no state of an order stands for. */
function isShown(order: Order, status: number): boolean {
  if (status === STATUS_CALCULATED) return order.state !== REJECTED;
  if (!isOpen(order.state)) return false;
  return status === STATUS_STOPPED || status === STATUS_SUSPENDED || endOf(status) === DONE_FOR_DAY;
}
