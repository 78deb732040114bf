import { closeFd } from "../../ffi/file.ts";
import { addressOf, mapZerosAt } from "../../ffi/memory.ts";
import { sharedMemory } from "../../src/assembly/module.ts";
import { Log } from "../../src/base/log.ts";
import { FULL } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import { type Command, CommandRing } from "../../src/control/command-ring.ts";
import { type SessionOrder, SessionRing } from "../../src/control/session-ring.ts";
import { changeCommand } from "../../src/control/setting-changes.ts";
import { ACCOUNTS } from "../../src/core/assembly/layout.ts";
import { Core } from "../../src/core/core.ts";
import { COUNT_REPLAY_DIFFERS } from "../../src/core/counters.ts";
import { rowOf } from "../../src/core/level-rows.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import { describeEvent } from "../../src/gateway/event-text.ts";
import { Lane } from "../../src/gateway/lane.ts";
import type { Keeper } from "../../src/journal/keeper.ts";
import { OFFSET_WORD, SEGMENT_WORD } from "../../src/journal/layout.ts";
import { IN_DATA_DIRECTORY } from "../../src/journal/store/buffers.ts";
import { closeDirectory, type OpenJournal, openDirectory } from "../../src/journal/store/open.ts";
import type { Agent } from "../../src/lane/agent.ts";
import type { PipeNetwork } from "../../src/net/pipe.ts";
import { type Plan, planGateway, type SidePlan } from "../../src/plan/plan.ts";
import { mapRegion } from "../../src/pool/keeper.ts";
import { REPORT_RULES } from "../../src/record/codes.ts";
import {
  CONTROL_KILL,
  CONTROL_SESSION_TRADING,
  CONTROL_VENUE_SILENCE,
  CONTROL_VENUE_TRADING,
  SILENCE_ANSWER,
  SILENCE_ASK,
  SILENCE_NUMBER_AT,
  SILENCE_RULES_AT,
  SILENCE_TEXT_BYTES,
} from "../../src/record/control-codes.ts";
import { EXECUTION_REPORT_BYTES } from "../../src/record/execution-report.ts";
import { ORDER_REQUEST_BYTES } from "../../src/record/order-request.ts";
import { coreConfig, type Recovered, recoverGateway, replayInto } from "../../src/recovery/recovery.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";
import { EventReader } from "../../src/telemetry/event-reader.ts";
import { EVENT_BYTES } from "../../src/telemetry/events.ts";
import { hookedModule, withModule } from "../assembly/modules.ts";
import { Fuse, Host } from "./host.ts";
import type { Random } from "./random.ts";

/** The rate among the settings of rows of accounts. */
const RATE = ACCOUNT_SETTINGS.findIndex(({ name }) => name === "rate");
/** Memory that one life after another shares its rings in. */
const SHARED_BYTES = 64 << 20;
/** And the pool of session buffers. */
const POOL_MIB = 8;
const shared = sharedMemory(SHARED_BYTES);
const poolAddress = mapRegion(POOL_MIB);

const hooked = await hookedModule();
/** The gateway that runs now: writers of one after another have the same code. */
let burning: Fuse | null = null;

/** Each entry of a journal burns the fuse, before it is one. */
const atEntry = (): void => burning?.burn();

export interface GatewayShape {
  readonly config: GatewayConfig;
  readonly dir: string;
  readonly segmentBytes: number;
  readonly ringSlots: number;
  readonly spins: boolean;
}

/** What a mutation may spoil of a start. */
export type Spoil = (recovered: Recovered) => void;

/** The gateway as the product composes it, turned by hand; it dies and comes back on what its journal holds. */
export class SimGateway {
  readonly fuse = new Fuse();
  lanes: Lane[] = [];
  alive = false;
  lives = 0;
  spoil: Spoil = () => {};
  /** Its code (test/assembly/modules.ts). */
  module = hooked;
  core!: Core;
  coreAgent!: Agent;
  readonly plan: Plan;
  private readonly host: Host;
  views!: Views;
  private journal!: OpenJournal;
  private recovered!: Recovered;
  private commands!: CommandRing;
  private rings: OneToOne[] = [];
  private sessionRings = new Map<SidePlan, SessionRing>();
  /** Commands that agents have answered. */
  steered = 0;
  private events!: EventReader;

  constructor(
    private readonly shape: GatewayShape,
    network: PipeNetwork,
    private readonly log: string[] | null,
  ) {
    const pool = { ...shape.config.pool, maxMiB: POOL_MIB };
    this.plan = { ...planGateway({ ...shape.config, pool }), ringSlots: shape.ringSlots };
    this.host = new Host(network, this.fuse);
  }

  start(nowNs: number, wallUs: number): void {
    const { plan, shape } = this;
    const { config, dir } = shape;
    // An earlier gateway of another size may have mapped its journal buffers there.
    mapZerosAt(addressOf(shared.buffer), SHARED_BYTES);
    this.views = new Views(shared.buffer, 0, plan.sharedBytes);
    this.journal = openDirectory(
      dir,
      Object.keys(config.client.sessions),
      Object.keys(config.venues),
      shape.segmentBytes,
    );
    const log = new Log((_, who, what) => this.logLine(who, what));
    this.recovered = recoverGateway(
      this.journal,
      plan,
      this.views,
      addressOf(shared.buffer),
      IN_DATA_DIRECTORY,
      log.of("journal"),
    );
    this.spoil(this.recovered);
    const common = {
      ...this.recovered,
      plan,
      config,
      shared,
      sharedAt: 0,
      poolAddress,
      cpu: null,
      spins: shape.spins,
      warmUp: null,
    };
    burning = this.fuse;
    const build = (): Lane[] => plan.lanes.map((_, lane) => new Lane({ ...common, lane }, this.host));
    this.lanes = withModule(this.module, { atEntry }, build);
    this.rings = this.ringsOf();
    this.commands = new CommandRing(this.views, plan);
    const ringTo = (side: SidePlan) => new SessionRing(this.views, side, plan.sessionCommandSlots);
    this.sessionRings = new Map([...plan.clients, ...plan.venues].map((side) => [side, ringTo(side)]));
    this.events = new EventReader(new ManyToMany(this.views, plan.eventsAt, plan.eventSlots, EVENT_BYTES));
    for (const lane of this.lanes) {
      this.tell(lane, nowNs, wallUs);
      for (const agent of lane.agents) agent.open(nowNs);
    }
    this.coreAgent = this.lanes.map((lane) => lane.agent("core")).find((its) => its !== undefined)!;
    this.core = (this.coreAgent as unknown as { core: Core }).core;
    this.alive = true;
    this.lives++;
  }

  /** One turn of one lane; `agents` says before which of its polls it dies, if it does. Returns work done. */
  turn(index: number, nowNs: number, wallUs: number, agents = Number.POSITIVE_INFINITY): number {
    const lane = this.lanes[index]!;
    this.tell(lane, nowNs, wallUs);
    lane.reactor.beginTurn();
    // A turn is far longer here than on a lane that spins.
    if ((Math.floor(nowNs / 1e6) & 3) === 0) lane.reactor.wait(0);
    const order = lane.pollOrder;
    let work = 0;
    for (let i = 0; i < order.length && i < agents; i++) work += order[i]!.poll(nowNs);
    return work;
  }

  /** The process is gone: descriptors and mappings with it, the files stay as they are. */
  crash(random: Random, torn: boolean): void {
    this.alive = false;
    this.fuse.set(Number.POSITIVE_INFINITY);
    this.tellEvents();
    this.host.die();
    if (torn) this.tear(random);
    // Its descriptors go with its process.
    for (const lane of this.lanes) lane.agent("keeper")?.close();
    closeFd(this.recovered.buffers.fd);
    this.letGo();
    this.journal.lock.close();
  }

  askToStop(nowNs: number): void {
    for (const lane of this.lanes) for (const agent of lane.agents) agent.stop(nowNs);
  }

  get stopped(): boolean {
    return this.lanes.every((lane) => lane.agents.every((agent) => agent.stopped()));
  }

  /** The end of an orderly stop; the keeper's lane is the last to go. */
  close(): void {
    this.alive = false;
    this.fuse.set(Number.POSITIVE_INFINITY);
    this.tellEvents();
    const keeps = (lane: Lane): boolean => lane.agent("keeper") !== undefined;
    for (const lane of [...this.lanes.filter((its) => !keeps(its)), ...this.lanes.filter(keeps)]) {
      for (const agent of lane.agents) agent.close();
    }
    this.host.die();
    closeDirectory(this.journal, this.plan.streams, this.views, this.recovered.buffers);
    this.letGo();
  }

  kill(on: boolean, wallUs: number): boolean {
    this.commands.drain(() => {});
    return this.commands.send({ kind: CONTROL_KILL, value: on ? 1 : 0 }, wallUs) !== FULL;
  }

  /** The core hears, as from the main thread, that a venue has not answered an order's newest request, unless a command is under way. */
  silence(slot: number, asks: boolean, wallUs: number): void {
    const order = this.core.tables.order.aim(slot);
    const text = new Uint8Array(SILENCE_TEXT_BYTES);
    text[0] = asks ? SILENCE_ASK : SILENCE_ANSWER;
    text[SILENCE_RULES_AT] = REPORT_RULES;
    new DataView(text.buffer).setFloat64(SILENCE_NUMBER_AT, order.lastNumber, true);
    this.instruct({ kind: CONTROL_VENUE_SILENCE, value: slot, amount: order.number, text }, wallUs);
  }

  /** An operator sets the rate of a currency, unless a command is under way. */
  setRate(currency: string, rateE8: bigint, wallUs: number): void {
    const change = { subject: ACCOUNTS, name: rowOf("currency", currency), setting: RATE, value: rateE8 };
    this.instruct(changeCommand([change], "operator")!, wallUs);
  }

  /** Returns  false while another command is under way: nothing is sent. */
  instruct(command: Command, wallUs: number): boolean {
    this.commands.drain(() => {});
    return this.commands.underWay === 0 && this.commands.send(command, wallUs) !== FULL;
  }

  /** Sets the trading state of a client session or a venue, unless a command is under way. */
  setTrading(isVenue: boolean, name: string, state: number, wallUs: number): void {
    this.commands.drain(() => {});
    if (this.commands.underWay > 0) return;
    const kind = isVenue ? CONTROL_VENUE_TRADING : CONTROL_SESSION_TRADING;
    this.commands.send({ kind, value: state, amount: this.idOf(isVenue, name), name }, wallUs);
  }

  /** The trading state as the core has it. */
  trading(isVenue: boolean, name: string): number {
    const at = isVenue ? this.plan.venueTradingAt : this.plan.sessionTradingAt;
    return this.views.ints[(at >> 2) + 1 + this.idOf(isVenue, name)]!;
  }

  /** Sends a command about a session or a venue to its agent. */
  steer(isVenue: boolean, name: string, command: Omit<SessionOrder, "session">, wallUs: number): void {
    const sides = isVenue ? this.plan.venues : this.plan.clients;
    const ring = this.sessionRings.get(sides.find(({ members }) => members.includes(name))!)!;
    ring.drain(({ kind, result, wereOut, areOut }) => {
      this.steered++;
      this.logLine("agent", `command ${kind}: result ${result}, next out ${wereOut}, now ${areOut}`);
    });
    ring.send({ ...command, session: this.idOf(isVenue, name) }, wallUs);
  }

  idOf(isVenue: boolean, name: string): number {
    return (isVenue ? this.recovered.venueIds : this.recovered.clientIds)[name]!;
  }

  /** Nothing is on its way between its agents. */
  get quiet(): boolean {
    this.commands.drain(() => {});
    return this.commands.underWay === 0 && this.rings.every((ring) => ring.size() === 0);
  }

  /** The fullest that any ring is. */
  get ringUse(): number {
    return Math.max(...this.rings.map((ring) => ring.size()));
  }

  get replayDiffers(): number {
    return this.core.counters[COUNT_REPLAY_DIFFERS]!;
  }

  /** Lets the keeper write out the rest. */
  writeOut(): void {
    for (const lane of this.lanes) (lane.agent("keeper") as Keeper | undefined)?.writeAll();
  }

  /** What another core makes of the journal as it stands now. */
  replayedDigest(): number {
    this.writeOut();
    const settings = coreConfig(this.shape.config, this.recovered.clientIds, this.recovered.venueIds);
    const core = withModule(this.module, { atEntry }, () => Core.alone(settings));
    core.beginReplay([], []);
    replayInto(core, this.shape.dir);
    return core.digest();
  }

  tellEvents(): void {
    const { clients, venues } = this.journal.names;
    this.events.drain((event) => {
      const { who, what } = describeEvent(event, clients, venues);
      this.logLine(who, what);
    });
  }

  private logLine(who: string, what: string): void {
    this.log?.push(`gateway ${who}: ${what}`);
  }

  private tell(lane: Lane, nowNs: number, wallUs: number): void {
    lane.time.nowNs = nowNs;
    lane.time.wallUs = wallUs;
  }

  private ring(at: number, slotBytes: number): OneToOne {
    return new OneToOne(this.views, at, this.shape.ringSlots, slotBytes);
  }

  private ringsOf(): OneToOne[] {
    return [...this.plan.clients, ...this.plan.venues].flatMap((side) => [
      this.ring(side.requestsAt, ORDER_REQUEST_BYTES),
      this.ring(side.reportsAt, EXECUTION_REPORT_BYTES),
    ]);
  }

  /** An entry that was being written: its payload, all of its header but the length, or all of it with bytes missing. */
  private tear(random: Random): void {
    const streams = this.plan.streams;
    const { name, wordsAt, bufferAt } = random.pick(streams);
    const word = wordsAt >> 2;
    const segment = this.views.ints[word + SEGMENT_WORD]!;
    const offset = this.views.ints[word + OFFSET_WORD]!;
    const length = 8 * random.within(5, 60);
    if (offset + length > this.shape.segmentBytes) return;
    const at = bufferAt + ((segment * this.shape.segmentBytes + offset) % this.plan.bufferBytes);
    const ints = new Int32Array(shared.buffer, at, length >> 2);
    for (let i = 1; i < ints.length; i++) ints[i] = random.chance(0.5) ? random.within(-9, 9) : 0;
    if (random.chance(0.3)) ints[0] = length;
    this.log?.push(`gateway ${name}: an entry is torn at ${offset} of segment ${segment}`);
  }

  private letGo(): void {
    for (const lane of this.lanes) lane.reactor.close();
    this.lanes = [];
  }
}
