import type { LaneTime } from "../base/lane-time.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { OpenBuffers } from "../journal/store/buffers.ts";
import type { Agent, Polled } from "../lane/agent.ts";
import type { Loop, Waiter } from "../lane/loop.ts";
import type { Plan } from "../plan/plan.ts";

/** Parts from which a lane of the warm-up's gateway is built. */
export interface WarmUpLaneParts {
  readonly lane: number;
  readonly spins: boolean;
  readonly plan: Plan;
  readonly config: GatewayConfig;
  readonly shared: WebAssembly.Memory;
  /** Where the plan begins in the shared memory. */
  readonly sharedAt: number;
  readonly poolAddress: number;
  readonly dir: string;
  readonly birth: number;
  readonly segmentBytes: number;
  readonly buffers: OpenBuffers;
  readonly clientIds: Readonly<Record<string, number>>;
  readonly venueIds: Readonly<Record<string, number>>;
}

/** A lane as the warm-up drives it. */
export interface WarmUpLane {
  readonly time: LaneTime;
  readonly reactor: Waiter & { descriptors(): number[]; close(): void };
  readonly agents: readonly Agent[];
  readonly pollOrder: readonly Polled[];
  /** Known once the agents are open. */
  readonly ports: { readonly client: readonly number[] };
  loop(): Loop;
  connect(): void;
}

/** The real lane that is warmed up, and the builder of the lanes of the warm-up's gateway. */
export interface WarmUpHost {
  readonly lane: number;
  readonly spins: boolean;
  readonly birth: number;
  readonly shared: WebAssembly.Memory;
  readonly build: (parts: WarmUpLaneParts) => WarmUpLane;
}
