import { readFileSync } from "node:fs";
import { SystemError } from "../../ffi/errno.ts";
import { type Scheduling, scheduling } from "../../ffi/scheduler.ts";
import { cpuListText, pinThread, threadCpus, threadId } from "../../ffi/thread.ts";
import { info, type Log, type LogLine, warning } from "../base/log.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { agentKind } from "../config/agents.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { SCHEDULER_WORD, SLACK_WORD, THREAD_WORD } from "../lane/words.ts";
import type { LanePlan } from "../plan/plan.ts";
import { CpuLatency } from "./cpu-latency.ts";
import { assignCpus, type CpuPlacement, type LanePlacement } from "./cpu-placement.ts";
import { type Machine, readMachine } from "./machine.ts";
import { trySockets } from "./socket-settings.ts";
import { cpuSweep, type ThreadSweep, threads } from "./thread-sweep.ts";
import { TimeSlices } from "./time-slices.ts";

/** An idle state that is left within this time is not worth a CPU that never sleeps. */
const DEEP_IDLE_US = 1;

/** Keeps the lanes' CPUs for the lanes, and logs the result as the kernel reports it. */
export class LaneCpus {
  private readonly placement: CpuPlacement;
  private readonly latency = new CpuLatency();
  private readonly slices = new TimeSlices(() => this.orderThreads());
  private housekeeping: ThreadSweep | null = null;

  constructor(
    private readonly config: Pick<GatewayConfig, "lanes" | "sockets">,
    private readonly lanes: readonly LanePlan[],
    private readonly views: Views,
    private readonly log: Log,
    private readonly machine: Machine = readMachine(),
  ) {
    const places = lanes.map(({ place }) => place);
    this.placement = assignCpus(places, config.lanes, machine);
  }

  get placements(): readonly LanePlacement[] {
    return this.placement.placements;
  }

  /** Before any lane starts: moves the process to the CPUs of no lane; its new threads start there. */
  start(periodicTasks: PeriodicTasks): void {
    const { others, warnings } = this.placement;
    for (const what of warnings) this.log.of("lane CPUs").warning(what);
    if (others !== null) {
      this.housekeeping = cpuSweep(others, () => this.pinned());
      this.housekeeping.start(periodicTasks);
    }
    this.slices.start(periodicTasks);
    for (const line of trySockets(this.config.sockets)) this.log.of("sockets").line(line);
    this.holdLatency();
  }

  private holdLatency(): void {
    const { cpuLatency } = this.config.lanes;
    const has = cpuLatency === "auto" && this.placements.some(({ cpu }) => cpu !== null);
    if (cpuLatency === "off" || (cpuLatency === "auto" && !has)) return;
    if (has && this.machine.deepestIdleUs <= DEEP_IDLE_US) {
      this.log.of("CPU latency").info("not held: these CPUs have no idle state that takes more than 1 µs to leave");
      return;
    }
    const became = this.latency.hold();
    const log = this.log.of("CPU latency");
    if (cpuLatency === "on" && !this.latency.held) log.warning(became);
    else log.info(became);
  }

  /** CPUs for a lane's warm-up: its own, and the others for the compiler beside it; null: no change. It is pinned later. */
  warmUpCpus(lane: number): readonly number[] | null {
    const { cpu } = this.placements[lane]!;
    const { others } = this.placement;
    return cpu === null || others === null ? null : [cpu, ...others];
  }

  /** Moves threads that have just begun off the lanes' CPUs; the periodic sweep would within a second. */
  sweep(): void {
    this.housekeeping?.sweep();
  }

  /** Logs where every thread is, once all lanes run. */
  report(): void {
    this.housekeeping?.sweep();
    for (const [i, placement] of this.placements.entries()) {
      const log = this.log.of(`lane ${i}`);
      log.line(laneReport(placement, this.wordOf(i, THREAD_WORD), this.wordOf(i, SLACK_WORD)));
      const refused = this.wordOf(i, SCHEDULER_WORD);
      if (refused < 0) log.warning(new SystemError("sched_setscheduler SCHED_FIFO", refused).message);
    }
    const log = this.log.of("other threads");
    if (this.placement.others !== null) log.line(othersReport(this.placement.others, this.pinned()));
    log.line(this.slices.settle());
  }

  /** Threads of the lanes that have a CPU; a lane without one is among the others. */
  private pinned(): Set<number> {
    return new Set(this.placements.flatMap(({ cpu }, i) => (cpu === null ? [] : [this.wordOf(i, THREAD_WORD)])));
  }

  /** Threads of the lanes; that of a lane which has the keeper or the drop copy alone is among the others. */
  private orderThreads(): Set<number> {
    const isBeside = (agent: string): boolean => ["keeper", "drop-copy"].includes(agentKind(agent)!);
    const hasOrders = ({ place }: LanePlan): boolean => !place.agents.every(isBeside);
    return new Set(this.lanes.flatMap((lane, i) => (hasOrders(lane) ? [this.wordOf(i, THREAD_WORD)] : [])));
  }

  /** Value of one of a lane's words. */
  private wordOf(lane: number, word: number): number {
    return Atomics.load(this.views.ints, (this.lanes[lane]!.wordsAt >> 2) + word);
  }

  stop(): void {
    this.housekeeping?.stop();
    this.slices.stop();
    this.latency.release();
    if (this.housekeeping !== null) pinThread(threadId(), this.machine.started);
  }
}

/** State of a lane's thread by the kernel; a warning where it differs from what was asked for. */
function laneReport(placement: LanePlacement, tid: number, slackNs: number): LogLine {
  const cpus = threadCpus(tid);
  const how = scheduling(tid);
  const name = nameOf(tid);
  const policy = how.priority > 0 ? `${how.policy} ${how.priority}` : "the ordinary scheduler";
  const what = `thread ${tid} "${name}": ${placeText(placement, cpus)}, ${placement.spins ? "spins" : "parks"}, ${policy}, timer slack ${slackNs} ns`;
  const wrong = mismatches(placement, cpus, how, name);
  return wrong.length === 0 ? info(what) : warning(`${what}; asked for ${wrong.join(", ")}`);
}

function placeText({ cpu, isolated, configured }: LanePlacement, cpus: readonly number[]): string {
  const where = `on CPU ${cpuListText(cpus)}`;
  if (cpu === null) return where;
  return `${where} (${configured ? "configured, " : ""}${isolated ? "isolated" : "not isolated: other programs run there too"})`;
}

function mismatches(placement: LanePlacement, cpus: readonly number[], how: Scheduling, name: string | null): string[] {
  const wrong: string[] = [];
  if (placement.cpu !== null && (cpus.length !== 1 || cpus[0] !== placement.cpu))
    wrong.push(`CPU ${placement.cpu} alone`);
  if (how.priority !== placement.fifoPriority) wrong.push(`SCHED_FIFO ${placement.fifoPriority}`);
  if (how.priority > 0 && !how.resetsOnFork) wrong.push("ordinary helpers");
  if (name !== null && name !== placement.name) wrong.push(`the name "${placement.name}"`);
  return wrong;
}

/** Null where /proc is hidden. */
function nameOf(tid: number): string | null {
  try {
    return readFileSync(`/proc/self/task/${tid}/comm`, "utf8").trimEnd();
  } catch {
    return null;
  }
}

/** CPUs of all threads that are no pinned lane. */
function othersReport(cpus: readonly number[], pinned: ReadonlySet<number>): LogLine {
  const others = threads().filter((tid) => !pinned.has(tid));
  const astray = others.filter((tid) => !within(tid, cpus));
  const what = `${others.length} threads of the process run on CPU ${cpuListText(cpus)}, checked every second`;
  if (astray.length === 0) return info(what);
  return warning(`${what}; elsewhere: ${astray.map((tid) => `${tid} "${nameOf(tid)}"`).join(", ")}`);
}

/** True also for a thread that has ended. */
function within(tid: number, cpus: readonly number[]): boolean {
  try {
    return threadCpus(tid).every((cpu) => cpus.includes(cpu));
  } catch {
    return true;
  }
}
