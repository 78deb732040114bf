import { sharedMemory } from "../assembly/module.ts";
import type { Log } from "../base/log.ts";
import { PeriodicTasks } from "../base/periodic-tasks.ts";
import { Views } from "../base/views.ts";
import type { GatewayConfig } from "../config/schema.ts";
import type { Commands } from "../control/commands.ts";
import { COUNTER_NAMES } from "../core/counter-names.ts";
import type { StateReader } from "../core/state-reader.ts";
import { LaneCpus } from "../host/lane-cpus.ts";
import { readMachine } from "../host/machine.ts";
import { MemoryGuard } from "../host/memory/guard.ts";
import { ProcessMemory } from "../host/memory/process-memory.ts";
import { MemoryRoom } from "../host/memory/room.ts";
import { LaneHeartbeats } from "../host/systemd/lane-heartbeats.ts";
import { bufferPlace } from "../journal/store/buffer-place.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { OpenJournal } from "../journal/store/open.ts";
import { MAIN_WAKEUP_WORD } from "../lane/words.ts";
import type { LanePlan, Plan } from "../plan/plan.ts";
import type { OrphanOrder } from "../recovery/orphans.ts";
import { SchedulePublisher } from "../schedule/publisher.ts";
import { StallLog } from "../stalls/log.ts";
import { StealTimePublisher } from "../stalls/steal-time.ts";
import { countersAt } from "../telemetry/counters.ts";
import { AgentCommands } from "./agent-commands.ts";
import { CancelOnDisconnect } from "./cancel-on-disconnect.ts";
import { ClockWatch } from "./clock-watch.ts";
import { coreCommands } from "./core-commands.ts";
import { CutFiles, type LastLine } from "./cut-files.ts";
import { DataWatch } from "./data-watch.ts";
import { EventLog } from "./event-log.ts";
import { JournalPart } from "./journal-part.ts";
import { type ListenPorts, noPorts } from "./lane-context.ts";
import { logLanes } from "./lane-text.ts";
import { LaneThreads } from "./lane-threads.ts";
import { openLanesAndMemory, planWarmUps } from "./open-lanes.ts";
import { openProfiles } from "./open-profiles.ts";
import { openReload } from "./open-reload.ts";
import type { GatewayDrain } from "./operation/drain.ts";
import { operatorsSide } from "./operation/operators-side.ts";
import { Published } from "./operation/published.ts";
import type { RunningConfiguration } from "./operation/running-configuration.ts";
import { OrphanOrders, type OrphanPolicy } from "./orphan-orders.ts";
import { credentialsOf, PasswordChecks } from "./password-checks.ts";
import type { Reload } from "./reload.ts";
import { type Rosters, rostersOf } from "./roster.ts";
import { SessionBuffers } from "./session-buffers.ts";
import { SessionLocks } from "./session-locks.ts";
import { Snapshots } from "./snapshots.ts";
import { statusText } from "./status-text.ts";
import type { Part } from "./supervisor.ts";
import { TlsPart } from "./tls-part.ts";
import type { Dialects } from "./validators.ts";
import { VenueSilence } from "./venue-silence.ts";
import { VenueStatuses } from "./venue-statuses.ts";
import { WakeupListener } from "./wakeup-listener.ts";

export interface GatewayOptions {
  readonly dataDir: string;
  /** Module URL of the process's entry, which runs `lane-thread.ts` in a worker. */
  readonly entry: string;
  readonly log: Log;
  /** Called repeatedly during a long start, with its current step. */
  readonly starting?: (what: string) => void;
  /** What is in force, for operators. */
  readonly running: RunningConfiguration;
  /** Where the process says why it ends when nothing of it can run any more. */
  readonly lastLine?: LastLine;
  /** What becomes of open orders whose client or venue is no longer configured; undefined: the start is refused. */
  readonly orphans?: OrphanPolicy;
  /** Called once there is something to give back when the process ends before it is ready: `leave` does so. */
  readonly begun?: (leave: () => void) => void;
  /** False: latencies of orders are not measured; for benchmarks that ask what that costs. */
  readonly measures?: boolean;
}

/** A gateway before its start: its parts in their order, and the parts for its users. */
export interface Composition {
  readonly parts: readonly Part[];
  readonly lanes: LaneThreads;
  readonly commands: Commands;
  readonly agents: AgentCommands;
  readonly events: EventLog;
  readonly heartbeats: LaneHeartbeats;
  readonly buffers: SessionBuffers;
  /** The core's counters, in the order of COUNTER_NAMES. */
  readonly counters: Float64Array;
  /** Filled while the gateway starts. */
  readonly ports: ListenPorts;
  /** One line about its sessions, venues and lanes. */
  readonly status: () => string;
  readonly journal: JournalPart;
  readonly drain: GatewayDrain;
  readonly reloading: Reload;
}

/** Interval of checks that depend on time; for events the lanes wake the main thread. */
const POLL_EVERY_MS = 500;

/** Composes a gateway on the main thread. The list of parts is the order of the start; the stop goes through it in reverse. */
export function composeGateway(
  config: GatewayConfig,
  options: GatewayOptions,
  plan: Plan,
  directory: OpenJournal,
  dialects: Dialects,
  orphanOrders: readonly OrphanOrder[],
): Composition {
  const { log, entry, starting = () => {} } = options;
  const { dir } = directory;
  const warmUps = planWarmUps(config, plan);
  const shared = sharedMemory(warmUps.memoryBytes);
  const views = new Views(shared.buffer, 0, plan.sharedBytes);
  const wordsAt = plan.lanes.map((lane) => lane.wordsAt);
  const counters = countersAt(views, plan.countersAt, COUNTER_NAMES);
  const ports: ListenPorts = noPorts();
  const tasks = new PeriodicTasks();
  const place = bufferPlace(config.journal.bufferDirectory);
  const onDisk = config.journal.durability === "disk";
  const journal = new JournalPart(directory, plan, views, place, onDisk, log.of("journal"), () =>
    starting("starting: reads the journal"),
  );
  const dataWatch = new DataWatch(journal, tasks, log.of("data directory"));
  const schedules = new SchedulePublisher(views, config.calendars, plan.schedulesAt);
  const clock = new ClockWatch(tasks, log.of("clock"), () => schedules.publish());
  const snapshots = new Snapshots(config, journal, entry, tasks, log.of("journal"), clock);
  const { memory, cpus, cpuOf, nodes } = placesOf(config, plan, views, log);
  const lanes = new LaneThreads(plan.lanes, views.ints, entry, log);
  const heartbeats = new LaneHeartbeats(views.ints, wordsAt);
  const buffers = new SessionBuffers(views, plan, config.pool, log.of("session buffers"));
  const rosters = rostersOf(config, plan, directory.names);
  const events = new EventLog(views, plan, directory.names, rosters, log);
  const secured = { config, laneCount: plan.lanes.length, ports, entry, tasks, log: log.of("TLS") };
  const tls = new TlsPart({ ...secured, failed: (error) => lanes.fault(error), refused: events.refuseOfApi });
  const wakeLane = (lane: LanePlan): void => {
    lanes.wake(lane);
    wakeups.hurry();
  };
  const commands = coreCommands(config, plan, views, () => wakeLane(plan.lanes[plan.coreLane]!), log.of("core"));
  const agents = new AgentCommands(config, plan, views, rosters, wakeLane, log);
  const orphans = orphansOf(orphanOrders, options.orphans, commands, events, directory.names.venues, tasks, log);
  const credentials = credentialsOf(config, directory.names.clients);
  const locks = new SessionLocks(directory.dir, config.client.lockAfter, log.of("client side"));
  const passwords = new PasswordChecks(views, plan.passwordGatesAt, credentials, locks);
  const stealTime = new StealTimePublisher();
  const stalls = new StallLog(plan.lanes, views, directory.dir, config.lanes.stallUs, log);
  const published = new Published(config, plan, views, directory.names, rosters, cpuOf, tasks);
  const room = new MemoryRoom(log.of("memory"));
  const guard = new MemoryGuard(config.memory, () => counters.reduce((sum, count) => sum + count, 0), log.of("memory"));
  const poll = (): void => {
    events.drain();
    buffers.keep();
  };
  const wakeups = new WakeupListener(views.ints, mainWakeups(wordsAt), [commands, agents], poll);
  const open = (): Promise<void> => {
    const { recovered } = journal;
    const input = { config, plan, dialects, recovered, warmUps, shared, buffers, cpus, memory, nodes, log };
    return openLanesAndMemory(lanes, { ...input, tls: tls.lanes }, ports, heartbeats, starting);
  };
  const stopLanes = async (): Promise<void> => {
    await lanes.stop();
    events.drain();
    logLanes(log, views, wordsAt);
  };
  const whose = { plan, views, rosters, dir, agents, tasks, log, state: () => published.state };
  const gone = { config, roster: rosters.clients, sessions: published.sessions, events, journal, commands, tasks, log };
  const cancels = new CancelOnDisconnect(gone);
  const steered = { state: () => published.state, events, commands, tasks, log };
  const takers = { ...whose, tls, passwords, locks, schedules, snapshots, guard, buffers, cancels };
  const reloading = openReload(options.running, directory.names, takers);
  const watched = { plan, views, cpus, lanes, stalls, counters, latencies: published.latencies, log };
  const { profiles, collections } = openProfiles(config.profiles, dir, watched);
  const status = (): string => statusText({ plan, counters, dataWatch, events, orphans });
  const own = { ...directory, config, running: options.running, plan, views, entry, reloading, profiles, collections };
  const used = { tasks, guard, dataWatch, rosters, tls, events, configured: snapshots.configured };
  const operators = operatorsSide({ ...own, ...used, counters, commands, agents, status, ports, published, log });
  const parts: Part[] = [
    journal,
    { name: "snapshot in the making", stop: () => snapshots.finish() },
    { name: "periodic tasks", start: () => tasks.start(), stop: () => tasks.stop() },
    clock,
    { name: "schedules", start: () => schedules.start(tasks), stop: () => schedules.stop() },
    { name: "lane CPUs", start: () => cpus.start(tasks), stop: () => cpus.stop() },
    {
      name: "shared memory",
      start: () => memory.placeShared(views, plan.coreAt, journal.buffers, buffers.region, nodes[plan.coreLane]!),
      stop: () => memory.release(),
    },
    tls,
    { name: "lane threads", start: open, stop: () => lanes.letGo() },
    {
      name: "memory lock",
      start: () => {
        buffers.keep();
        memory.lock();
      },
    },
    { name: "commands", stop: () => commands.end() },
    { name: "commands to agents", stop: () => agents.end() },
    { name: "wake-ups", start: () => wakeups.start(), stop: () => wakeups.stop() },
    { name: "passwords", start: () => passwords.start(), stop: () => passwords.stop() },
    { name: "steal time", start: () => stealTime.start(plan.lanes, views, cpuOf, tasks), stop: () => stealTime.stop() },
    { name: "memory limits", start: () => room.start(tasks), stop: () => room.stop() },
    { name: "memory guard", start: () => guard.start(tasks), stop: () => guard.stop() },
    {
      name: "events and session buffers",
      start: () => void tasks.every(POLL_EVERY_MS, poll),
      stop: () => log.of("session buffers").info(buffers.summary()),
    },
    { name: "collections", start: () => collections.start(tasks), stop: () => collections.stop() },
    { name: "stall log", start: () => stalls.start(tasks), stop: () => stalls.stop() },
    published,
    { name: "lanes", start: () => lanes.release(), stop: stopLanes },
    { name: "lane report", start: () => cpus.report() },
    snapshots,
    dataWatch,
    new CutFiles(journal, tasks, options.lastLine),
    orphans,
    cancels,
    silenceOf(rosters, published, directory.names, commands, tasks, log),
    new VenueStatuses({ venues: rosters.venues, views: published.venues, ...steered }),
    ...operators.parts,
  ];
  const users = { commands, agents, events, heartbeats, buffers, counters, ports, status, journal };
  return { parts, lanes, reloading, drain: operators.drain, ...users };
}

function silenceOf(
  { venues }: Rosters,
  published: Published,
  names: JournalNames,
  commands: Commands,
  tasks: PeriodicTasks,
  log: Log,
): VenueSilence {
  const state = (): StateReader | null => published.state;
  return new VenueSilence({
    venues,
    views: published.venues,
    state,
    names,
    commands,
    tasks,
    log: log.of("venue side"),
  });
}

function orphansOf(
  found: readonly OrphanOrder[],
  policy: OrphanPolicy,
  commands: Commands,
  { sessions }: EventLog,
  venues: Readonly<Record<string, number>>,
  tasks: PeriodicTasks,
  log: Log,
): OrphanOrders {
  return new OrphanOrders(found, policy, commands, sessions, venues, tasks, log.of("orphan orders"));
}

/** Where the lanes run, and their memory is. */
function placesOf(config: GatewayConfig, plan: Plan, views: Views, log: Log) {
  const listening = config.client.listen.map(({ host }) => host);
  const memory = new ProcessMemory(config.memory, listening, log.of("memory"));
  const machine = readMachine();
  const isolated = memory.nearestFirst(machine.isolated);
  const cpus = new LaneCpus(config, plan.lanes, views, log, { ...machine, isolated });
  const cpuOf = cpus.placements.map(({ cpu }) => cpu);
  return { memory, cpus, cpuOf, nodes: memory.nodesOf(plan.lanes, cpuOf, plan.coreLane) };
}

/** Words in which lanes wake the main thread. */
function mainWakeups(wordsAt: readonly number[]): number[] {
  return wordsAt.map((at) => (at >> 2) + MAIN_WAKEUP_WORD);
}
