import { broken } from "../../base/broken.ts";
import { NONE } from "../../base/units.ts";
import { COUNT_OPEN } from "../counters.ts";
import { OVERFLOW } from "../risk/money.ts";
import type { State } from "../state.ts";
import { isOpen, NOT_PENDING, PENDING_REPLACE } from "./life-cycle.ts";
import type { Order } from "./order.ts";

/** The pending request has been answered: releases the exposure it reserved. */
export function clearPending(state: State, order: Order): void {
  if (order.pendingReserved !== 0) state.accounts.reserve(order.account, order.side, -order.pendingReserved);
  order.pending = NOT_PENDING;
  order.pendingNumber = 0;
  order.pendingId = NONE;
  order.pendingReserved = 0;
}

/**
 * An open order reaches a final state: releases the exposure it reserved, and puts it in the queue of done orders. A request that is still
 * pending stays so, since the venue has yet to answer it.
 */
export function closeOrder(state: State, order: Order, to: number): void {
  if (!isOpen(order.state) || isOpen(to)) broken("state that an order is closed to", to);
  const held = order.reserved + order.pendingReserved;
  if (held !== 0) state.accounts.reserve(order.account, order.side, -held);
  order.reserved = 0;
  order.pendingReserved = 0;
  order.leavesQty = 0;
  order.state = to;
  state.accounts.countOpen(order.account, -1);
  state.orders.closed(order);
  state.counters[COUNT_OPEN] = state.orders.openCount;
}

/** A done order lives again in an open state; it holds nothing yet. The caller has found room for it in the order table. */
export function reopenOrder(state: State, order: Order, to: number): void {
  if (isOpen(order.state) || !isOpen(to)) broken("state that an order is reopened to", to);
  order.state = to;
  state.accounts.countOpen(order.account, 1);
  state.orders.reopened(order);
  state.counters[COUNT_OPEN] = state.orders.openCount;
}

/**
 * Makes an open order hold the notional of what is left of it, and of its pending replace.
 * Returns  false when that can't be held exactly: it then holds what it did.
 */
export function holdNotional(state: State, order: Order): boolean {
  const risk = state.risk;
  const held = risk.valueOf(order.symbol, order.ordType, order.leavesQty, order.priceE8);
  let pending = 0;
  if (order.pending === PENDING_REPLACE) {
    const leaves = order.pendingQuantity > order.cumQty ? order.pendingQuantity - order.cumQty : 0;
    pending = risk.valueOf(order.symbol, order.ordType, leaves, order.pendingPriceE8);
  }
  if (held === OVERFLOW || pending === OVERFLOW) return false;
  const change = held - order.reserved + (pending - order.pendingReserved);
  if (change === 0 && held === order.reserved) return true;
  if (!state.accounts.canHold(order.account, order.side, change)) return false;
  order.reserved = held;
  order.pendingReserved = pending;
  state.accounts.reserve(order.account, order.side, change);
  return true;
}
