import { walkRows } from "../base/walk-rows.ts";
import type { StateReader } from "../core/state-reader.ts";

/**
 * Counts by venue id how many orders still need their venue: open ones, and those that are done for the day and work again on the next. An
 * order that changes meanwhile may be left out. Looks at every slot, some at a time.
 */
export async function ordersAtVenues(state: StateReader): Promise<Int32Array> {
  const scan = state.orderScan();
  const counts = new Int32Array(scan.venueIds);
  await walkRows(scan.slots, (from, to) => scan.countAtVenues(from, to, counts));
  return counts;
}
