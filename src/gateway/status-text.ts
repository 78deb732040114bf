import { COUNTER_NAMES } from "../core/counter-names.ts";
import type { Plan } from "../plan/plan.ts";
import { sinceText } from "../recovery/kill-switch.ts";
import type { DataWatch } from "./data-watch.ts";
import type { EventLog } from "./event-log.ts";
import type { OrphanOrders } from "./orphan-orders.ts";

export interface StatusParts {
  readonly plan: Plan;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  readonly dataWatch: DataWatch;
  readonly events: EventLog;
  readonly orphans: OrphanOrders;
}

/** One line about a gateway's sessions, venues and lanes. */
export function statusText({ plan, counters, dataWatch, events, orphans }: StatusParts): string {
  const { length } = plan.lanes;
  const count = (name: string): number => counters[COUNTER_NAMES.indexOf(name)]!;
  const sinceUs = count("killSwitchSinceUs");
  const killed = count("killSwitch") === 0 ? "" : `KILL SWITCH ENGAGED${sinceText(sinceUs)}: no new orders; `;
  const data = dataWatch.problem === "" ? "" : `ALARM: ${dataWatch.problem}; `;
  const attention = count("ordersNeedingAttention");
  const orders = attention === 0 ? "" : `; ${attention} ${attention === 1 ? "order needs" : "orders need"} attention`;
  return `${data}${killed}${events.sessions.text()}${orphans.text()}; ${length === 1 ? "one lane" : `${length} lanes`}${orders}`;
}
