import { broken } from "../../base/broken.ts";
import { NONE } from "../../base/units.ts";
import { COUNT_OPEN } from "../counters.ts";
import type { State } from "../state.ts";
import { isOpen, NOT_PENDING } from "./life-cycle.ts";
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
  order.state = to;
  state.accounts.countOpen(order.account, -1);
  state.orders.closed(order);
  state.counters[COUNT_OPEN] = state.orders.openCount;
}
