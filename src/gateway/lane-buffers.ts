import { KIB } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { Plan } from "../plan/plan.ts";
import { Buffers } from "../pool/buffers.ts";
import { Central } from "../pool/central.ts";
import { POOL_COUNTERS } from "../pool/counters.ts";
import type { MainWakeup } from "../ring/main-wakeup.ts";
import { countersAt } from "../telemetry/counters.ts";

/** A lane's door to the pool of session buffers that all of them share; `address` is where it is mapped. Cold. */
export function laneBuffers(views: Views, plan: Plan, lane: number, address: number, mainWakeup: MainWakeup): Buffers {
  const counters = countersAt(views, plan.poolCountersAt[lane]!, POOL_COUNTERS);
  return new Buffers(new Central(views, plan.pool), address, counters, lane, mainWakeup);
}

/** Room for what a session sends in one turn; what a slow reader leaves is in the pool. */
const OUT_BYTES = 64 * KIB;

/** The same where a message and what it may bring are long: half of it must have room for that. Cold. */
export function outBytesFor(roomBytes: number): number {
  return Math.max(OUT_BYTES, 2 * roomBytes);
}
