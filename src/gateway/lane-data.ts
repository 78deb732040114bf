import { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { RecoveredSession } from "../journal/store/recover.ts";
import type { Plan } from "../plan/plan.ts";
import type { WarmUp } from "../warm-up/plan.ts";
import type { Dialects } from "./validators.ts";

/** What the main thread hands to a lane; plain data and one piece of shared memory. */
export interface LaneData {
  readonly lane: number;
  readonly plan: Plan;
  readonly config: GatewayConfig;
  readonly shared: WebAssembly.Memory;
  /** Where the plan begins in it. */
  readonly sharedAt: number;
  /** Where the pool of session buffers is mapped. */
  readonly poolAddress: number;
  /** Of the thread; a warm-up's lane has none. */
  readonly threadName?: string;
  /** CPU to be pinned to, or null; its priority under SCHED_FIFO there, if any; and whether it spins there. */
  readonly cpu: number | null;
  readonly fifoPriority?: number;
  /** CPUs for its warm-up; null: those it was started on. */
  readonly warmUpCpus?: readonly number[] | null;
  readonly spins: boolean;
  /** NUMA node that its memory belongs on, and whether that one is short of memory. */
  readonly node?: number;
  readonly nodeIsScarce?: boolean;
  readonly dir: string;
  readonly birth: number;
  readonly segmentBytes: number;
  /** Where each stream's windows begin, by agent name. */
  readonly streams: Readonly<Record<string, number>>;
  readonly clientIds: Readonly<Record<string, number>>;
  readonly venueIds: Readonly<Record<string, number>>;
  /** Path of the snapshot that the core begins with, or null. */
  readonly snapshot: string | null;
  /** What of each stream it has seen. */
  readonly snapshotPositions: Readonly<Record<string, number>>;
  readonly clients: Readonly<Record<number, RecoveredSession>>;
  readonly venues: Readonly<Record<number, RecoveredSession>>;
  /** What it runs before it opens, to be warm; null: nothing. */
  readonly warmUp: WarmUp | null;
  /** Dictionaries that are not built in. */
  readonly dialects?: Dialects;
}

/** The plan's memory. */
export function sharedViews({ shared, sharedAt, plan }: LaneData): Views {
  return new Views(shared.buffer, sharedAt, plan.sharedBytes);
}
