import { cpuListText } from "../../ffi/thread.ts";
import { type AgentKind, agentKind } from "../config/agents.ts";
import type { LanePlace, LanesConfig } from "../config/schema.ts";
import type { Machine } from "./machine.ts";

/** CPU and policy of a lane's thread. */
export interface LanePlacement {
  /** Name of its thread. */
  readonly name: string;
  /** CPU it is pinned to, or null. */
  readonly cpu: number | null;
  readonly isolated: boolean;
  readonly configured: boolean;
  readonly spins: boolean;
  /** Under SCHED_FIFO; 0: the ordinary scheduler. */
  readonly fifoPriority: number;
}

export interface CpuPlacement {
  readonly placements: readonly LanePlacement[];
  /** CPUs of every thread that is no lane, and of lanes without a CPU; null: they run anywhere. */
  readonly others: readonly number[] | null;
  /** Where the placement differs from the configuration or from good practice. */
  readonly warnings: readonly string[];
}

/** Assigns lanes the CPUs of the configuration, else isolated ones, else none; the rest of the process gets the others. */
export function assignCpus(
  places: readonly LanePlace[],
  lanes: Pick<LanesConfig, "fifoPriority" | "keepOthersOff">,
  machine: Machine,
): CpuPlacement {
  const warnings: string[] = [];
  const cpus = chooseCpus(places, machine, warnings);
  const given = cpus.filter((cpu) => cpu !== null);
  const others = given.length > 0 && lanes.keepOthersOff ? othersCpus(given, machine) : null;
  if (given.length > 0 && others === null)
    warnings.push(
      lanes.keepOthersOff
        ? "every CPU is given to a lane: the process's other threads share them"
        : "lanes.keepOthersOff is false: the process's other threads share the lanes' CPUs",
    );
  const placements = places.map((place, i): LanePlacement => {
    const cpu = cpus[i]!;
    const isolated = cpu !== null && machine.isolated.includes(cpu);
    const spins = place.idle === "spin" || (place.idle === "auto" && isolated);
    const refusal = lanes.fifoPriority === 0 ? null : fifoRefusal(cpu, spins, others !== null, machine);
    if (refusal !== null) warnings.push(`${laneName(place)} runs under the ordinary scheduler: ${refusal}`);
    return {
      name: laneName(place),
      cpu,
      isolated,
      configured: cpu !== null && cpu === place.cpu,
      spins,
      fifoPriority: refusal === null ? lanes.fifoPriority : 0,
    };
  });
  const homeless = placements.filter(({ cpu }) => cpu === null).map(({ name }) => name);
  if (homeless.length > 0)
    warnings.push(
      `no CPU is configured (lanes.cpus) or isolated for ${homeless.join(", ")}: the scheduler moves it about`,
    );
  return { placements, others, warnings };
}

/** Kinds of agents, the one that names its lane first. */
const NAMING: readonly AgentKind[] = ["core", "client", "venue", "exchange", "keeper", "drop-copy"];

/** Name of a lane's thread, after its most important agent: `lane core`. The kernel keeps 15 bytes. */
export function laneName({ agents }: Pick<LanePlace, "agents">): string {
  const ranks = agents.map((agent) => NAMING.indexOf(agentKind(agent)!));
  return `lane ${agents[ranks.indexOf(Math.min(...ranks))]}`;
}

/** Its lane takes no CPU from the order path. */
function isDropCopy({ agents }: Pick<LanePlace, "agents">): boolean {
  return agents.every((agent) => agentKind(agent) === "drop-copy");
}

function chooseCpus(places: readonly LanePlace[], machine: Machine, warnings: string[]): (number | null)[] {
  const configured = new Set(places.map(({ cpu }) => cpu));
  const free = machine.isolated.filter((cpu) => machine.permitted.includes(cpu) && !configured.has(cpu));
  return places.map((place) => {
    if (isDropCopy(place)) return null;
    if (place.cpu === null) return free.shift() ?? null;
    if (machine.permitted.includes(place.cpu)) return place.cpu;
    const permitted = cpuListText(machine.permitted);
    warnings.push(`CPU ${place.cpu} for ${laneName(place)} is outside the cpuset of this process (${permitted})`);
    return null;
  });
}

/** CPUs of the start without the lanes' and isolated ones; if none is left, other permitted CPUs. */
function othersCpus(given: readonly number[], machine: Machine): readonly number[] | null {
  const free = (cpus: readonly number[]): number[] => cpus.filter((cpu) => !given.includes(cpu));
  const shared = (cpus: readonly number[]): number[] => free(cpus).filter((cpu) => !machine.isolated.includes(cpu));
  const choices = [shared(machine.started), shared(machine.permitted), free(machine.permitted)];
  return choices.find((cpus) => cpus.length > 0) ?? null;
}

/** Reason why a lane cannot run under SCHED_FIFO, or null. */
function fifoRefusal(cpu: number | null, spins: boolean, alone: boolean, machine: Machine): string | null {
  if (cpu === null) return "SCHED_FIFO needs a pinned CPU";
  if (!alone) return `under SCHED_FIFO the process's other threads would get no time on CPU ${cpu}`;
  const { realTimeUs, realTimePeriodUs } = machine;
  if (!spins || realTimeUs === null || realTimeUs < 0) return null;
  const stopMs = ((realTimePeriodUs ?? 1_000_000) - realTimeUs) / 1_000;
  return `kernel.sched_rt_runtime_us is ${realTimeUs}, so that the kernel would stop a lane that spins for ${stopMs} ms in each period; set it to -1`;
}
