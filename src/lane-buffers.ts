import type { Views } from "./base/views.ts";
import type { Plan } from "./plan.ts";
import { Buffers } from "./pool/buffers.ts";
import { Central } from "./pool/central.ts";
import { POOL_COUNTERS } from "./pool/counters.ts";
import { countersAt } from "./telemetry/counters.ts";

/** A lane's door to the pool of session buffers that all of them share; `address` is where it is mapped. Cold. */
export function laneBuffers(views: Views, plan: Plan, lane: number, address: number): Buffers {
  const counters = countersAt(views, plan.poolCountersAt[lane]!, POOL_COUNTERS);
  return new Buffers(new Central(views, plan.pool), address, counters, lane);
}
