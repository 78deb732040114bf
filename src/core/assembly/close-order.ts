import { NOT_PENDING, PENDING_REPLACE } from "../orders/states.ts";
import { accountAt } from "./accounts.ts";
import { NONE } from "./codes.ts";
import { beginHolding, endHolding } from "./exposure.ts";
import { factorOf } from "./factor.ts";
import { fail } from "./host.ts";
import { CLOSED_TO_STATE, REOPENED_TO_STATE } from "./layout.ts";
import { countOpen, reserve } from "./levels.ts";
import { isOpen } from "./life-cycle.ts";
import { OVERFLOW, partOf } from "./money.ts";
import { Order } from "./order.ts";
import { closed, reopened } from "./orders.ts";
import { valueOf } from "./risk.ts";
import { showOpen } from "./state.ts";

/** The pending request has been answered: releases the exposure it reserved. */
export function clearPending(order: Order): void {
  if (order.pendingReserved !== 0) reserve(order.account, order.side, -order.pendingReserved);
  order.pending = NOT_PENDING;
  order.pendingNumber = 0;
  order.pendingId = NONE;
  order.pendingReserved = 0;
  order.cause = 0;
}

/**
 * An open order reaches a final state: releases the exposure it reserved, and puts it in the queue of done orders. A request that is still
 * pending stays so, since the venue has yet to answer it.
 */
export function closeOrder(order: Order, to: i32): void {
  if (!isOpen(order.state) || isOpen(to)) fail(CLOSED_TO_STATE, to);
  const isWhole = beginHolding(order);
  const held = order.reserved + order.pendingReserved;
  if (held !== 0) reserve(order.account, order.side, -held);
  order.reserved = 0;
  order.pendingReserved = 0;
  order.leavesQty = 0;
  order.state = to;
  countOpen(order, -1);
  // Nothing is executed by it.
  if (isWhole) endHolding(order, 0);
  closed(order);
  showOpen();
}

/** A done order lives again in an open state; it holds nothing yet. The caller has found room for it in the order table. */
export function reopenOrder(order: Order, to: i32): void {
  if (isOpen(order.state) || !isOpen(to)) fail(REOPENED_TO_STATE, to);
  order.state = to;
  countOpen(order, 1);
  reopened(order);
  showOpen();
}

/**
 * Makes an open order hold the notional of what is left of it, and of its pending replace.
 * Returns  false when that can't be held exactly: it then holds what it did.
 */
export function holdNotional(order: Order): bool {
  const factor = factorOf(order);
  const held = valueOf(order.symbol, order.ordType, order.leavesQty, order.priceE8, factor);
  let pending: i64 = 0;
  if (order.pending === PENDING_REPLACE) {
    const leaves: i64 = order.pendingQuantity > order.cumQty ? order.pendingQuantity - order.cumQty : 0;
    pending = valueOf(order.symbol, order.ordType, leaves, order.pendingPriceE8, factor);
  }
  return hold(order, held, pending);
}

/** The same of an order that is valued at a price which is not there now: it holds for each unit what it held for it before. */
export function holdShare(order: Order, leavesBefore: i64): bool {
  const held = leavesBefore === 0 ? order.reserved : partOf(order.reserved, order.leavesQty, leavesBefore);
  return hold(order, held, order.pendingReserved);
}

function hold(order: Order, held: i64, pending: i64): bool {
  if (held === OVERFLOW || pending === OVERFLOW) return false;
  const change = held - order.reserved + (pending - order.pendingReserved);
  if (change === 0 && held === order.reserved) return true;
  if (!accountAt(order.account).canHold(order.side, change)) return false;
  order.reserved = held;
  order.pendingReserved = pending;
  reserve(order.account, order.side, change);
  return true;
}
