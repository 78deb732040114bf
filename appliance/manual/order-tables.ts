// The table of states and events in orders.md, made from the one by which the core decides.
import * as cycle from "../../src/core/orders/life-cycle.ts";
import { ORDER_STATES } from "../../src/operation/orders.ts";

/** What a report says, with its ExecType (150), in the order of the table's digits. */
const EVENTS = [
  "acknowledged (150=0)",
  "canceled (4)",
  "rejected (8)",
  "expired (C)",
  "done for the day (3)",
  "replaced (5)",
  "restated (D)",
];
/** In the order of the states. */
const ROWS = [
  cycle.AFTER_PENDING_NEW,
  cycle.AFTER_NEW,
  cycle.AFTER_PARTIALLY_FILLED,
  cycle.AFTER_FILLED,
  cycle.AFTER_CANCELED,
  cycle.AFTER_REJECTED,
  cycle.AFTER_EXPIRED,
  cycle.AFTER_DONE_FOR_DAY,
];

/** The state after each event, "–" where the state does not allow it. */
export function lifeCycleTable(): string[] {
  const rows = ROWS.map(
    (row, i) => `| ${[ORDER_STATES[i]!, ...EVENTS.map((_, event) => cellOf(row, event))].join(" | ")} |`,
  );
  return [`| the order is | ${EVENTS.join(" | ")} |`, `|${"---|".repeat(1 + EVENTS.length)}`, ...rows];
}

function cellOf(row: number, event: number): string {
  const state = (row >>> (4 * (cycle.ORDER_EVENT_COUNT - 1 - event))) & 15;
  return state === cycle.ILLEGAL ? "–" : ORDER_STATES[state - 1]!;
}
