import { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { Plan } from "../plan/plan.ts";
import type { Recovered } from "../recovery/recovery.ts";
import type { LanesTls } from "../tls/words.ts";
import type { WarmUp } from "../warm-up/plan.ts";
import type { Dialects } from "./validators.ts";

/** Input of a lane's thread: plain data, and the memory that all lanes share. */
export interface LaneData extends Recovered {
  readonly lane: number;
  readonly plan: Plan;
  readonly config: GatewayConfig;
  readonly shared: WebAssembly.Memory;
  /** Where the plan begins in the shared memory. */
  readonly sharedAt: number;
  /** Address of the pool of session buffers. */
  readonly poolAddress: number;
  /** Name of the thread; absent in a warm-up. */
  readonly threadName?: string;
  /** CPU that the thread is pinned to, or null. */
  readonly cpu: number | null;
  /** Priority under SCHED_FIFO; 0 or absent: the ordinary scheduler. */
  readonly fifoPriority?: number;
  /** CPUs for the lane's warm-up; null: those it was started on. */
  readonly warmUpCpus?: readonly number[] | null;
  readonly spins: boolean;
  /** NUMA node for the lane's memory, and whether that node is short of memory. */
  readonly node?: number;
  readonly nodeIsScarce?: boolean;
  /** Warm-up that the lane runs before it opens, or null. */
  readonly warmUp: WarmUp | null;
  /** Dictionaries that are not built in. */
  readonly dialects?: Dialects;
  /** What listens with TLS; absent in a warm-up. */
  readonly tls?: LanesTls;
}

/** The plan's memory. */
export function sharedViews({ shared, sharedAt, plan }: LaneData): Views {
  return new Views(shared.buffer, sharedAt, plan.sharedBytes);
}
