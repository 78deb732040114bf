import { ANY } from "../core/order-scan.ts";
import { isOpen } from "../core/orders/order.ts";
import { DONE_FOR_DAY } from "../core/orders/states.ts";
import type { StateReader } from "../core/state-reader.ts";
import { TIF_DAY } from "../record/codes.ts";

/** A bit for each state of an open order. */
const OPEN_STATES = Array.from({ length: 32 }, (_, state) => (isOpen(state) ? 1 << state : 0)).reduce((a, b) => a | b);
const ALL = { number: ANY, session: ANY, account: ANY, symbol: ANY, needsAttention: false };

/** How many orders still need a venue: open ones, and those that are done for the day and work again on the next. */
export function ordersAtVenue(state: StateReader, venue: number): number {
  const scan = state.orderScan();
  let count = 0;
  scan.each(0, scan.slots, { ...ALL, states: OPEN_STATES, venue }, () => count++);
  scan.each(0, scan.slots, { ...ALL, states: 1 << DONE_FOR_DAY, venue }, (slot) => {
    const row = state.order(slot)?.row;
    if (row?.state === DONE_FOR_DAY && row.timeInForce !== TIF_DAY) count++;
  });
  return count;
}
