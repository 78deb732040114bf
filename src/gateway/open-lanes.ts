import type { Log } from "../base/log.ts";
import { MIB } from "../base/units.ts";
import type { Problem } from "../config/problem.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { LaneCpus } from "../host/lane-cpus.ts";
import type { ProcessMemory } from "../host/memory/process-memory.ts";
import type { LaneHeartbeats } from "../host/systemd/lane-heartbeats.ts";
import type { Plan } from "../plan/plan.ts";
import type { Recovered } from "../recovery/recovery.ts";
import type { LanesTls } from "../tls/words.ts";
import { planWarmUp, type WarmUp } from "../warm-up/plan.ts";
import type { ListenPorts } from "./lane-context.ts";
import { warmUpLine } from "./lane-text.ts";
import type { LaneThreads } from "./lane-threads.ts";
import type { SessionBuffers } from "./session-buffers.ts";
import type { Dialects } from "./validators.ts";

/** The warm-ups of all lanes, and the bytes of shared memory for the plan and for them. */
export interface WarmUps {
  /** By lane; null: there is nothing to warm up. */
  readonly plans: readonly (WarmUp | null)[];
  readonly memoryBytes: number;
}

/** Plans each lane's warm-up, in shared memory behind the plan's. */
export function planWarmUps(config: GatewayConfig, plan: Plan): WarmUps {
  let { memoryBytes } = plan;
  const plans = plan.lanes.map(({ place }) => {
    if (config.lanes.warmUp === "off") return null;
    const warmUp = planWarmUp(config, place.agents, memoryBytes);
    memoryBytes += warmUp?.plan.memoryBytes ?? 0;
    return warmUp;
  });
  return { plans, memoryBytes };
}

/** Most pages of 64 KiB that the memory of WebAssembly has. */
const MOST_SHARED_BYTES = 65_536 * 65_536;

/** What is wrong with the size of the memory that lanes share, or null. */
export function sharedProblem(config: GatewayConfig, plan: Plan): Problem | null {
  const { memoryBytes } = planWarmUps(config, plan);
  if (memoryBytes <= MOST_SHARED_BYTES) return null;
  const mib = (bytes: number): string => `${Math.ceil(bytes / MIB).toLocaleString("en")} MiB`;
  return {
    where: "core.maxOrders",
    what: `expected at most ${mib(MOST_SHARED_BYTES)} of memory that lanes share, got ${mib(memoryBytes)}, of which orders take ${mib(plan.coreBytes)}`,
  };
}

/** Input of `openLanes`. */
interface LanesInput {
  readonly config: GatewayConfig;
  readonly plan: Plan;
  readonly dialects: Dialects;
  readonly recovered: Recovered;
  readonly warmUps: WarmUps;
  readonly shared: WebAssembly.Memory;
  readonly buffers: SessionBuffers;
  readonly cpus: LaneCpus;
  readonly memory: ProcessMemory;
  /** NUMA node of each lane's memory. */
  readonly nodes: readonly number[];
  readonly tls: LanesTls;
  readonly log: Log;
}

const PROGRESS_EVERY_MS = 500;

/** Opens every lane, and meanwhile brings in the shared memory; `starting` is told while the lanes turn in their warm-ups. */
export async function openLanesAndMemory(
  lanes: LaneThreads,
  input: LanesInput,
  ports: ListenPorts,
  heartbeats: LaneHeartbeats,
  starting: (what: string) => void,
): Promise<void> {
  const progress = setInterval(() => {
    if (heartbeats.anyTurned()) starting("starting: lanes replay the journal and warm up");
  }, PROGRESS_EVERY_MS);
  // The tables of a million orders take as long as a third of a warm-up.
  const brought = input.memory.bringInShared();
  await Promise.all([openLanes(lanes, input, ports), brought]).finally(() => clearInterval(progress));
}

/** Opens every lane and adds the ports they listen on. Resolves once all are open; they run once they are released. */
async function openLanes(lanes: LaneThreads, input: LanesInput, ports: ListenPorts): Promise<void> {
  const { config, plan, dialects, recovered, warmUps, shared, buffers, cpus, memory, nodes, tls, log } = input;
  const opened = plan.lanes.map(async (_, lane) => {
    const { name, cpu, spins, fifoPriority } = cpus.placements[lane]!;
    const node = nodes[lane]!;
    const open = await lanes.open({
      ...recovered,
      lane,
      plan,
      config,
      dialects,
      tls,
      shared,
      sharedAt: 0,
      poolAddress: buffers.address,
      threadName: name,
      cpu,
      fifoPriority,
      warmUpCpus: cpus.warmUpCpus(lane),
      spins,
      node,
      nodeIsScarce: memory.isScarce(node),
      warmUp: warmsUp(config, spins) ? warmUps.plans[lane]! : null,
    });
    if (open.warmUpResult !== null) log.of(`lane ${lane}`).line(warmUpLine(open.warmUpResult));
    memory.add(open.memory);
    ports.client.push(...open.ports.client);
    ports.dropCopy.push(...open.ports.dropCopy);
    ports.exchange.push(...open.ports.exchange);
  });
  await Promise.all(opened);
}

function warmsUp(config: GatewayConfig, spins: boolean): boolean {
  return config.lanes.warmUp === "on" || (config.lanes.warmUp === "auto" && spins);
}
