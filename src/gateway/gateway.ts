import { Worker } from "node:worker_threads";
import { Wakeup } from "../../ffi/poller.ts";
import { PeriodicTasks } from "../base/periodic-tasks.ts";
import { MIB } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { readPasswordFiles } from "../config/password-file.ts";
import { problemLine } from "../config/problem.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { COUNTER_NAMES } from "../core/counters.ts";
import { sharedMemory } from "../fix/wire/codec.ts";
import { LaneCpus } from "../host/lane-cpus.ts";
import { readMachine } from "../host/machine.ts";
import { MemoryGuard } from "../host/memory/guard.ts";
import type { HotUse } from "../host/memory/hot-memory.ts";
import { ProcessMemory } from "../host/memory/process-memory.ts";
import { LaneHeartbeats } from "../host/systemd/lane-heartbeats.ts";
import { SessionStatus } from "../host/systemd/session-status.ts";
import { SEGMENT_WORD, SYNCS_WORD } from "../journal/layout.ts";
import { PreFault } from "../journal/pre-fault.ts";
import { closeDirectory, type OpenJournal, openDirectory } from "../journal/store/open.ts";
import { retain } from "../journal/store/retention.ts";
import {
  LANE_DRAINED,
  LANE_RUNNING,
  LANE_STOPPED,
  MAIN_WAKEUP_WORD,
  RELEASED_WORD,
  STATE_WORD,
  STOP_AGENTS,
  STOP_LANE,
  STOP_WORD,
  WAKEUP_WORD,
} from "../lane/words.ts";
import { type LanePlan, type Plan, planGateway } from "../plan/plan.ts";
import { CONTROL_BYTES, CONTROL_KILL, Control } from "../record/control.ts";
import { coreConfig, recoverGateway, streamsOf } from "../recovery/recovery.ts";
import { Snapshotter } from "../recovery/snapshotter.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { SchedulePublisher } from "../schedule/publisher.ts";
import { StallLog } from "../stalls/log.ts";
import { StealTimePublisher } from "../stalls/steal-time.ts";
import { countersAt } from "../telemetry/counters.ts";
import { EventReader } from "../telemetry/event-reader.ts";
import { EVENT_BYTES } from "../telemetry/events.ts";
import { planWarmUp, type WarmUp } from "../warm-up/plan.ts";
import type { WarmUpResult } from "../warm-up/warm-up.ts";
import { describeEvent } from "./event-text.ts";
import type { LaneData } from "./lane-data.ts";
import { laneText, warmUpText } from "./lane-text.ts";
import { loadDialects } from "./load-dialects.ts";
import { type Credentials, PasswordChecks } from "./password-checks.ts";
import { type BufferFigures, SessionBuffers } from "./session-buffers.ts";
import type { Dialects } from "./validators.ts";
import { WakeupListener } from "./wakeup-listener.ts";

/** A gateway that runs in this process. */
export interface Gateway {
  /** Ends in order: listeners close, sessions log out, the journal is synced. */
  stop(): Promise<void>;
  /** Resolves when a lane has stopped by a fault of ours. */
  readonly failed: Promise<Error>;
  /** Engages or releases the kill switch; the core journals it. */
  kill(on: boolean): void;
  counters(): Record<string, number>;
  readonly heartbeats: LaneHeartbeats;
  /** Who is there, in a line. */
  status(): string;
  laneName(lane: number): string;
  buffers(): BufferFigures;
  ports(): { client: number[]; exchange: number[] };
}

export interface GatewayOptions {
  readonly dataDir: string;
  /** Module URL of the process's entry, which runs `lane.ts` in a worker. */
  readonly entry: string;
  readonly log: (line: string) => void;
  /** Called now and then while a start takes long: what it is at. */
  readonly starting?: (what: string) => void;
}

interface LaneMessage {
  open?: boolean;
  ports?: number[];
  warmUpResult?: WarmUpResult | null;
  memory?: HotUse;
  ended?: boolean;
  failed?: string;
  stack?: string;
}

/** Lanes call; this is for what grows old by itself. */
const LOOK_EVERY_MS = 500;
const PASSWORDS_EVERY_MS = 50;
const PROGRESS_EVERY_MS = 500;
/** Sessions have 2 s for the peer's Logout. */
const DRAIN_WITHIN_MS = 6_000;
const CLOSE_WITHIN_MS = 3_000;

/** Plans, recovers and starts a gateway; resolves once it accepts. Throws one line that says what is wrong. */
export async function startGateway(config: GatewayConfig, options: GatewayOptions): Promise<Gateway> {
  readPasswordFiles(config);
  const { dialects, problems } = loadDialects(config);
  if (problems.length > 0) throw new Error(problems.map(problemLine).join("\n"));
  const plan = planGateway(config);
  const segmentBytes = config.journal.segmentMiB << 20;
  const journal = openDirectory(
    options.dataDir,
    Object.keys(config.client.sessions),
    Object.keys(config.venues),
    segmentBytes,
  );
  const running = new Running(config, options, plan, journal, dialects);
  await running.start();
  return running;
}

class Running implements Gateway {
  readonly failed: Promise<Error>;
  private readonly shared: WebAssembly.Memory;
  /** What each lane warms up with, behind the plan's memory; null: nothing. */
  private readonly warmUps: (WarmUp | null)[];
  private readonly views: Views;
  private readonly workers: Worker[] = [];
  private readonly control: OneToOne;
  private readonly events: EventReader;
  readonly heartbeats: LaneHeartbeats;
  private readonly sessionStatus: SessionStatus;
  private readonly placed: ProcessMemory;
  private readonly periodicTasks = new PeriodicTasks();
  private readonly calls: WakeupListener;
  private readonly stealTime = new StealTimePublisher();
  private readonly stalls: StallLog;
  private readonly quiet: LaneCpus;
  private readonly memory: MemoryGuard;
  private readonly schedulePublisher: SchedulePublisher;
  private readonly sessionBuffers: SessionBuffers;
  private fail: (error: Error) => void = () => {};
  private clientPorts: number[] = [];
  private exchangePorts: number[] = [];
  private timer: ReturnType<typeof setInterval> | undefined;
  private stopping = false;
  private readonly passwords: PasswordChecks;
  private snapshotter: Snapshotter | null = null;
  private preFault: PreFault | null = null;
  private retaining = false;

  constructor(
    private readonly config: GatewayConfig,
    private readonly options: GatewayOptions,
    private readonly plan: Plan,
    private readonly journal: OpenJournal,
    private readonly dialects: Dialects,
  ) {
    let bytes = plan.sharedBytes;
    this.warmUps = plan.lanes.map(({ place }) => {
      const warmUp = config.lanes.warmUp === "off" ? null : planWarmUp(config, place.agents, bytes);
      bytes += warmUp?.plan.sharedBytes ?? 0;
      return warmUp;
    });
    this.shared = sharedMemory(bytes);
    this.views = new Views(this.shared.buffer, 0, plan.sharedBytes);
    this.control = new OneToOne(this.views, plan.controlAt, plan.controlSlots, CONTROL_BYTES);
    this.events = new EventReader(new ManyToMany(this.views, plan.eventsAt, plan.eventSlots, EVENT_BYTES));
    const wordsAt = plan.lanes.map((lane) => lane.wordsAt);
    this.heartbeats = new LaneHeartbeats(this.views.ints, wordsAt);
    const peerWakeups = wordsAt.map((at) => (at >> 2) + MAIN_WAKEUP_WORD);
    this.calls = new WakeupListener(this.views.ints, peerWakeups, () => this.answer());
    this.sessionStatus = new SessionStatus(
      Object.keys(config.client.sessions).length,
      Object.keys(config.venues).length,
    );
    this.memory = new MemoryGuard(config.memory, () => this.traffic(), options.log);
    const listening = config.client.listen.map(({ host }) => host);
    this.placed = new ProcessMemory(config.memory, listening, options.log);
    this.stalls = new StallLog(plan, this.views, journal.dir, config.lanes.stallUs, options.log);
    const machine = readMachine();
    const isolated = this.placed.nearestFirst(machine.isolated);
    this.quiet = new LaneCpus(config, plan.lanes, this.views, options.log, { ...machine, isolated });
    this.sessionBuffers = new SessionBuffers(this.views, plan, config.pool, options.log);
    this.schedulePublisher = new SchedulePublisher(this.views, config.calendars, plan.hours);
    this.passwords = new PasswordChecks(this.views, plan.gatesAt, credentialsOf(config, journal.names.clients));
    this.failed = new Promise((resolve) => {
      this.fail = resolve;
    });
  }

  async start(): Promise<void> {
    const { plan, config } = this;
    const starting = this.options.starting ?? (() => {});
    const reading = (): void => starting("starting: reads the journal");
    reading();
    const common = recoverGateway(this.journal, plan, this.views, this.options.log, reading);
    this.periodicTasks.start();
    this.schedulePublisher.start(this.periodicTasks);
    this.snapshotter = this.snapshots(common.snapshotPositions);
    this.quiet.begin(this.periodicTasks);
    const cpus = this.quiet.placements.map(({ cpu }) => cpu);
    const nodes = this.placed.nodesOf(plan.lanes, cpus, plan.coreLane);
    this.placed.seeToShared(this.views, this.sessionBuffers.region, nodes[plan.coreLane]!);
    const opened = plan.lanes.map((_, i) => {
      const { name, cpu, spins, fifoPriority } = this.quiet.placements[i]!;
      const warmUp = warmsUp(config, spins) ? this.warmUps[i]! : null;
      return this.startLane({
        ...common,
        dialects: this.dialects,
        lane: i,
        plan,
        config,
        shared: this.shared,
        sharedAt: 0,
        poolAddress: this.sessionBuffers.address,
        threadName: name,
        cpu,
        fifoPriority,
        warmUpCpus: this.quiet.warmUpCpus(i),
        spins,
        node: nodes[i]!,
        nodeIsScarce: this.placed.isScarce(nodes[i]!),
        warmUp,
      });
    });
    const progress = setInterval(() => {
      if (this.heartbeats.anyTurned()) starting("starting: lanes replay the journal and warm up");
    }, PROGRESS_EVERY_MS);
    await Promise.all(opened).finally(() => clearInterval(progress));
    this.sessionBuffers.turn();
    this.placed.pinLane();
    if (config.journal.durability === "process") this.preFault = this.bringPagesIn(common.streams);
    this.calls.start();
    this.periodicTasks.every(LOOK_EVERY_MS, () => this.look());
    if (this.passwords.wanted) this.timer = setInterval(() => void this.passwords.poll(), PASSWORDS_EVERY_MS);
    this.stealTime.start(
      plan.lanes,
      this.views,
      this.quiet.placements.map(({ cpu }) => cpu),
      this.periodicTasks,
    );
    this.stalls.start(this.periodicTasks);
    this.memory.start(this.periodicTasks);
    for (const lane of plan.lanes) {
      Atomics.store(this.views.ints, (lane.wordsAt >> 2) + RELEASED_WORD, 1);
      Atomics.notify(this.views.ints, (lane.wordsAt >> 2) + RELEASED_WORD);
    }
    await this.until(plan.lanes, (state) => state >= LANE_RUNNING, 5_000);
    this.quiet.start();
    this.snapshotter.start(this.periodicTasks);
  }

  /** For those streams whose keeper would have to on their own lane. */
  private bringPagesIn(addresses: Readonly<Record<string, number>>): PreFault {
    const here = this.plan.lanes.find(({ place }) => place.agents.includes("keeper"))!.place.agents;
    const streams = streamsOf(this.plan)
      .filter(({ name }) => here.includes(name))
      .map(({ name, wordsAt }) => ({ wordsAt, address: addresses[name]! }));
    return new PreFault(this.views.ints, streams, this.journal.names.segmentBytes);
  }

  private snapshots(positions: Readonly<Record<string, number>>): Snapshotter {
    const { dir, names } = this.journal;
    return new Snapshotter({
      dir,
      birth: names.birth,
      segmentBytes: names.segmentBytes,
      core: coreConfig(this.config, names.clients, names.venues),
      everyBytes: this.config.journal.snapshotMiB * MIB,
      entry: this.options.entry,
      shared: this.views,
      streams: streamsOf(this.plan),
      positions,
      log: this.options.log,
      made: () => this.keepOnlyNeeded(),
    });
  }

  /** What snapshots cover and resends do not need goes to the archive. */
  private keepOnlyNeeded(): void {
    if (this.retaining) return;
    this.retaining = true;
    const { dir, names } = this.journal;
    const current: Record<string, number> = {};
    for (const { name, wordsAt } of streamsOf(this.plan))
      current[name] = Atomics.load(this.views.ints, (wordsAt >> 2) + SEGMENT_WORD);
    retain(dir, names.segmentBytes, current, this.config.journal, Date.now())
      .catch((error: Error) => this.options.log(`warning: the archive cannot be written: ${error.message}`))
      .finally(() => {
        this.retaining = false;
      });
  }

  /** Resolves once the lane's agents are open. */
  private startLane(data: LaneData): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(new URL(this.options.entry), { workerData: data });
      this.workers.push(worker);
      worker.on("message", (message: LaneMessage) => {
        if (message.open === true) {
          if (message.warmUpResult) this.options.log(`lane ${data.lane}: ${warmUpText(message.warmUpResult)}`);
          if (message.memory !== undefined) this.placed.took(message.memory);
          const agents = data.plan.lanes[data.lane]!.place.agents;
          if (agents.includes("exchange")) this.exchangePorts = message.ports ?? [];
          else if (message.ports !== undefined && message.ports.length > 0) this.clientPorts = message.ports;
          resolve();
        } else if (message.failed !== undefined) {
          const error = new Error(message.failed);
          if (process.env.SALLYPORT_TRACE !== undefined) this.options.log(message.stack ?? "");
          reject(error);
          this.fail(error);
        }
      });
      worker.on("error", (error: Error) => {
        reject(error);
        this.fail(error);
      });
    });
  }

  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    await this.snapshotter?.stop();
    this.preFault = null;
    const { lanes } = this.plan;
    const keeps = (lane: LanePlan): boolean => lane.place.agents.includes("keeper");
    this.askToStop(lanes, STOP_AGENTS);
    await this.until(lanes, (state) => state >= LANE_DRAINED, DRAIN_WITHIN_MS);
    // The keeper is the last to go: it syncs what the others write at their end.
    for (const some of [lanes.filter((lane) => !keeps(lane)), lanes.filter(keeps)]) {
      this.askToStop(some, STOP_LANE);
      await this.until(some, (state) => state >= LANE_STOPPED, CLOSE_WITHIN_MS);
    }
    this.tellEvents();
    for (const [i, lane] of this.plan.lanes.entries())
      this.options.log(`lane ${i}: ${laneText(this.views, lane.wordsAt)}`);
    this.stalls.stop();
    this.options.log(this.sessionBuffers.lastLine());
    this.memory.stop();
    if (this.config.journal.durability === "disk")
      this.options.log(`journal: waited for the disk ${this.syncs()} times`);
    clearInterval(this.timer);
    this.calls.stop();
    this.periodicTasks.stop();
    this.stealTime.stop();
    this.quiet.stop();
    this.schedulePublisher.stop();
    closeDirectory(this.journal, streamsOf(this.plan), this.views);
    this.placed.release();
    for (const worker of this.workers) worker.unref();
  }

  /** How often the keeper has waited for the disk. */
  private syncs(): number {
    return streamsOf(this.plan).reduce((sum, { wordsAt }) => sum + this.views.ints[(wordsAt >> 2) + SYNCS_WORD]!, 0);
  }

  private askToStop(lanes: readonly LanePlan[], how: number): void {
    for (const lane of lanes) {
      const word = lane.wordsAt >> 2;
      Atomics.store(this.views.ints, word + STOP_WORD, how);
      new Wakeup(Atomics.load(this.views.ints, word + WAKEUP_WORD)).ring();
    }
  }

  kill(on: boolean): void {
    const at = this.control.claim();
    if (at < 0) return;
    const control = new Control(this.views).aim(at);
    control.kind = CONTROL_KILL;
    control.value = on ? 1 : 0;
    control.atUs = Date.now() * 1000;
    this.control.publish();
    const core = this.plan.lanes[this.plan.coreLane]!;
    new Wakeup(Atomics.load(this.views.ints, (core.wordsAt >> 2) + WAKEUP_WORD)).ring();
  }

  counters(): Record<string, number> {
    const values = countersAt(this.views, this.plan.countersAt, COUNTER_NAMES);
    return Object.fromEntries(COUNTER_NAMES.map((name, i) => [name, values[i]!]));
  }

  status(): string {
    const { length } = this.plan.lanes;
    return `${this.sessionStatus.text()}; ${length === 1 ? "one lane" : `${length} lanes`}`;
  }

  laneName(lane: number): string {
    return `lane ${lane} (${this.plan.lanes[lane]!.place.agents.join(", ")})`;
  }

  buffers(): BufferFigures {
    return this.sessionBuffers.figures();
  }

  /** Moves with every order and report. */
  private traffic(): number {
    return countersAt(this.views, this.plan.countersAt, COUNTER_NAMES).reduce((sum, count) => sum + count, 0);
  }

  ports(): { client: number[]; exchange: number[] } {
    return { client: this.clientPorts, exchange: this.exchangePorts };
  }

  /** A lane has called; what for is seen there. */
  private answer(): void {
    this.preFault?.look();
    this.look();
  }

  private look(): void {
    this.tellEvents();
    this.sessionBuffers.turn();
  }

  private tellEvents(): void {
    const names = this.journal.names;
    this.events.drain((event) => {
      this.sessionStatus.take(event);
      this.options.log(describeEvent(event, names.clients, names.venues));
    });
  }

  /** Waits until the state of each of these lanes is as wanted. */
  private async until(
    lanes: readonly LanePlan[],
    wanted: (state: number) => boolean,
    timeoutMs: number,
  ): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const all = (): boolean =>
      lanes.every((lane) => wanted(Atomics.load(this.views.ints, (lane.wordsAt >> 2) + STATE_WORD)));
    while (!all()) {
      if (performance.now() > deadline) throw new Error(`a lane did not follow within ${timeoutMs / 1000} s`);
      await Bun.sleep(2);
    }
  }
}

/** What the sessions with a password ask of a Logon, by session id. */
function credentialsOf(config: GatewayConfig, ids: Readonly<Record<string, number>>): Map<number, Credentials> {
  const credentials = new Map<number, Credentials>();
  for (const [name, { username, passwordHash }] of Object.entries(config.client.sessions))
    if (passwordHash !== undefined) credentials.set(ids[name]!, { username: username ?? "", passwordHash });
  return credentials;
}

function warmsUp(config: GatewayConfig, spins: boolean): boolean {
  return config.lanes.warmUp === "on" || (config.lanes.warmUp === "auto" && spins);
}
