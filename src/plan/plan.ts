import { MIB } from "../base/units.ts";
import { logonTermsBytes, SPARE_RANGES } from "../client/logon-terms.ts";
import { messageLimitsBytes } from "../client/message-limits.ts";
import { GATE_BYTES } from "../client/password-gate.ts";
import { rowsOfAccounts } from "../config/account-rows.ts";
import { type AgentKind, agentKind } from "../config/agents.ts";
import type { GatewayConfig, LanePlace } from "../config/schema.ts";
import { coreBytes, positionRows, traderPairs, tradingBytes } from "../core/area.ts";
import { UTC_DAYS } from "../core/config.ts";
import { COUNTER_NAMES } from "../core/counter-names.ts";
import { codecBytes, stagedBytesFor } from "../fix/wire/codec.ts";
import { COPIES, STREAM_WORDS_BYTES } from "../journal/layout.ts";
import { LANE_WORDS_BYTES } from "../lane/words.ts";
import { INPUT_BYTES } from "../net/input.ts";
import { POOL_COUNTERS } from "../pool/counters.ts";
import { type PoolPlan, poolBytes, spansOf } from "../pool/layout.ts";
import { CONTROL_ANSWER_BYTES, CONTROL_SLOT_BYTES } from "../record/control-codes.ts";
import { DEFINITION_BYTES } from "../record/definition.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES, GROUP_SLOTS } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { Latest } from "../ring/latest.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { SCHEDULE_BYTES } from "../schedule/session-schedule.ts";
import { STALLS_BYTES } from "../stalls/table.ts";
import {
  SENT_BYTES,
  SET_BYTES,
  STAGES_BYTES,
  TIMES_HEADER_BYTES,
  TIMES_ROW_BYTES,
} from "../telemetry/assembly/layout.ts";
import { countersBytes } from "../telemetry/counters.ts";
import { EVENT_BYTES } from "../telemetry/events.ts";
import { SESSION_ROW_BYTES } from "../telemetry/session-rows.ts";
import { throttleBytes } from "../venue/throttle.ts";
import { type CommandedPlan, commandRings, SESSION_COMMAND_SLOTS } from "./command-rings.ts";
import { type DropCopyPlan, planDropCopy } from "./drop-copy.ts";
import { clientNames, dictionaryRoom, fixedBytes, type IdCounts, placesOf, withSpareIds } from "./needs.ts";

/** Records in a ring: enough for a burst, small enough to stay in a core's cache. */
const RING_SLOTS = 512;
const CONTROL_SLOTS = 64;
const EVENT_SLOTS = 1024;
/** Sessions of a client agent that have latency histograms of their own; those behind share the last set. */
const LATENCY_SETS = 1024;
const PAGE_BYTES = 4096;
/** What a copy has more than its report: OnBehalfOfCompID (115), CopyMsgIndicator (797), longer CompIDs. */
const COPY_BYTES = 256;
const ORDER_AGENTS = "core, client and venue agents";

/** One line of the plan: who owns how much shared memory for what. */
export interface PlanItem {
  readonly owner: string;
  readonly what: string;
  readonly at: number;
  readonly bytes: number;
}

export interface AgentPlan {
  /** As in the configuration: `client0`, `core`, `venue1`. */
  readonly name: string;
  readonly kind: AgentKind;
}

export interface LanePlan {
  readonly place: LanePlace;
  readonly agents: readonly AgentPlan[];
  readonly wordsAt: number;
  readonly stallsAt: number;
  readonly codecAt: number;
}

/** A client or venue agent: its sessions, the two rings between it and the core, and its journal stream. */
export interface SidePlan extends CommandedPlan {
  /** How many it may have: these, and those that a reload adds. */
  readonly places: number;
  readonly requestsAt: number;
  readonly reportsAt: number;
  /** Rings of repeating groups beside these two. */
  readonly requestGroupsAt: number;
  readonly reportGroupsAt: number;
  /** Where the main thread describes the session that a command adds (record/definition.ts). */
  readonly definitionAt: number;
  /** By name of a venue with a throttle: where its waiting requests are. */
  readonly heldAt: Readonly<Record<string, number>>;
  /** Who may log on, of a client agent; a venue agent has none. */
  readonly logonTermsAt: number;
  readonly logonTermsBytes: number;
  /** How many messages its sessions may send. */
  readonly messageLimitsAt: number;
}

/** Where the latencies of orders are (telemetry/assembly/layout.ts). */
export interface StagesPlan {
  /** Times of each order slot. */
  readonly timesAt: number;
  /** Ids of venues, each with histograms in the part of every client agent. */
  readonly venueIds: number;
  /** By client agent: its part, and how many sets are in it. */
  readonly clients: readonly { readonly at: number; readonly sets: number }[];
  /** By venue agent: the lists of its venues, in the order of its members. */
  readonly sentAt: readonly number[];
}

/** A journal stream: its name is its writer's, `lane` is its writer's lane. */
export interface StreamPlan {
  readonly name: string;
  readonly lane: number;
  readonly wordsAt: number;
  /** Where its buffer is mapped; see journal/layout.ts. */
  readonly bufferAt: number;
}

/** Size and place of all shared memory, by owner; made once, before anything runs. Plain data: lanes get a copy. */
export interface Plan {
  readonly items: readonly PlanItem[];
  readonly sharedBytes: number;
  /** Size of a journal stream's buffer; and of all shared memory, with both copies of each behind the rest, from `buffersAt`. */
  readonly bufferBytes: number;
  readonly buffersAt: number;
  readonly memoryBytes: number;
  /** Bytes that a lane reads at once from a connection. */
  readonly inputBytes: number;
  /** Longest message that is written. */
  readonly messageBytes: number;
  /** Dictionaries whose rules a lane's codec may need. */
  readonly dictionaries: number;
  readonly lanes: readonly LanePlan[];
  readonly clients: readonly SidePlan[];
  readonly venues: readonly SidePlan[];
  /** Null: there are no drop copy sessions. */
  readonly dropCopy: DropCopyPlan | null;
  readonly coreLane: number;
  readonly keeperLane: number;
  /** Every journal stream, the core's first. */
  readonly streams: readonly StreamPlan[];
  readonly coreStreamWordsAt: number;
  readonly controlAt: number;
  readonly controlAnswersAt: number;
  /** Where each client agent, and then the drop copy agent, leaves passwords for the main thread to check. */
  readonly passwordGatesAt: readonly number[];
  readonly eventsAt: number;
  readonly countersAt: number;
  /** Ids that the journal had given at the start; those behind them are given while the gateway runs, each with the row behind. */
  readonly givenIds: IdCounts;
  /** Rows of the client sessions and of the venues: of those of the start in the order of the configuration, then of added ones. */
  readonly sessionRows: number;
  readonly venueRows: number;
  /** Open orders of each client session, in the order of the rows. */
  readonly openOrdersAt: number;
  /** Where the rows are (telemetry/session-rows.ts). */
  readonly sessionRowsAt: number;
  readonly venueRowsAt: number;
  /** The core's state: orders, ids, executions, limits, exposures. */
  readonly coreAt: number;
  readonly coreBytes: number;
  /** State of each venue, in the order of the rows. */
  readonly venueStatesAt: number;
  /** Trading states by session id and by venue id: a count of changes, then an int for each. */
  readonly sessionTradingAt: number;
  readonly venueTradingAt: number;
  /** Null: orders are not measured, as benchmarks want it to know what that costs. */
  readonly stages: StagesPlan | null;
  /** Lists of the pool's free buffers (the buffers are mapped apart), and the pool counters of each lane. */
  readonly pool: PoolPlan;
  readonly poolCountersAt: readonly number[];
  /** Where the schedule of each calendar is, by the calendar's name. */
  readonly schedulesAt: Readonly<Record<string, number>>;
  readonly ringSlots: number;
  readonly controlSlots: number;
  readonly sessionCommandSlots: number;
  readonly eventSlots: number;
}

/** Whether an agent of this kind runs on the lane. */
export function hasAgent(lane: Pick<LanePlan, "agents">, kind: AgentKind): boolean {
  return lane.agents.some((agent) => agent.kind === kind);
}

/** Lays out shared memory; no two items share a cache line. */
class Layout {
  readonly items: PlanItem[] = [];
  private next = 0;

  take(owner: string, what: string, bytes: number): number {
    const at = this.next;
    this.items.push({ owner, what, at, bytes });
    this.next = Math.ceil((at + bytes) / 256) * 256;
    return at;
  }

  get bytes(): number {
    return this.next;
  }
}

/**
 * The configured lanes. The keeper waits for the disk, so it never shares one: it gets a parked lane instead. So do the drop
 * copy, which reads files, and a built-in exchange that is not placed.
 */
function allPlaces(config: GatewayConfig): LanePlace[] {
  const places = config.lanes.place.flatMap((place): LanePlace[] => {
    const others = place.agents.filter((agent) => agentKind(agent) !== "keeper");
    if (others.length === 0 || others.length === place.agents.length) return [place];
    return [{ ...place, agents: others }];
  });
  if (!places.some((place) => agentsOf(place).some(({ kind }) => kind === "keeper")))
    places.push({ agents: ["keeper"], cpu: null, idle: "park" });
  const isPlaced = places.some((place) => agentsOf(place).some(({ kind }) => kind === "exchange"));
  if (config.exchange !== null && !isPlaced) places.push({ agents: ["exchange"], cpu: null, idle: "park" });
  if (config.dropCopy !== null) places.push({ agents: ["drop-copy"], cpu: null, idle: "park" });
  return places;
}

function agentsOf(place: LanePlace): AgentPlan[] {
  return place.agents.map((name) => {
    const kind = agentKind(name);
    if (kind === null) throw new Error(`lanes.place: expected the name of an agent, got "${name}"`);
    return { name, kind };
  });
}

function configuredIds(config: GatewayConfig): IdCounts {
  return { clients: clientNames(config).length, venues: placesOf(config).venues };
}

/** Plans a gateway. `given`: ids that its journal has given. */
export function planGateway(config: GatewayConfig, given: IdCounts = configuredIds(config), measures = true): Plan {
  const layout = new Layout();
  const places = placesOf(config);
  const ids = withSpareIds(given, places);
  // A message longer than one read would never be complete.
  const inputBytes = Math.max(INPUT_BYTES, (2 * config.client.maxMessageBytes + 7) & ~7);
  const copyBytes = config.dropCopy === null ? 0 : COPY_BYTES;
  const messageBytes = config.client.maxMessageBytes + 1024 + fixedBytes(config) + copyBytes;
  const dictionaries = dictionaryRoom(config);
  const bytesOfCodec = codecBytes(inputBytes, dictionaries, stagedBytesFor(messageBytes));
  const lanes = allPlaces(config).map((place, i) => ({
    place,
    agents: agentsOf(place),
    wordsAt: layout.take(`lane ${i}`, "state, heartbeat, stop", LANE_WORDS_BYTES),
    stallsAt: layout.take(`lane ${i}`, "stalls", STALLS_BYTES),
    codecAt: layout.take(`lane ${i}`, "codec: fields, texts, input, rules", bytesOfCodec),
  }));
  const laneOf = (kind: AgentKind): number => lanes.findIndex((lane) => hasAgent(lane, kind));
  const clients = planClients(layout, lanes, config);
  const venues = planVenues(layout, lanes, config, places.spareVenues);
  const dropCopy = planDropCopy(layout, laneOf("drop-copy"), config);
  const coreLane = laneOf("core");
  const coreStreamWordsAt = layout.take("core", "journal stream state", STREAM_WORDS_BYTES);
  const controlAt = layout.take("main", "control ring", OneToOne.bytesFor(CONTROL_SLOTS, CONTROL_SLOT_BYTES));
  const controlAnswersAt = layout.take(
    "core",
    "answers to control commands",
    OneToOne.bytesFor(CONTROL_SLOTS, CONTROL_ANSWER_BYTES),
  );
  const loggedOnTo = dropCopy === null ? clients : [...clients, dropCopy];
  const passwordGatesAt = loggedOnTo.map(({ name }) => layout.take(name, "passwords to check", GATE_BYTES));
  const eventsAt = layout.take("all lanes", "event ring", ManyToMany.bytesFor(EVENT_SLOTS, EVENT_BYTES));
  const countersAt = layout.take("core", "counters", countersBytes(COUNTER_NAMES));
  const sessionCount = places.sessions + places.spareSessions;
  const openOrdersAt = layout.take("core", "open orders of client sessions", 4 * sessionCount);
  const venueCount = places.venues + places.spareVenues;
  const sessionRowsAt = layout.take("client agents", "rows of the client sessions", SESSION_ROW_BYTES * sessionCount);
  const venueRowsAt = layout.take("venue agents", "rows of the venues", SESSION_ROW_BYTES * venueCount);
  const venueStatesAt = layout.take("venue agents", "states of the venues", 4 * venueCount);
  const sessionTradingAt = layout.take("core", "trading states of client sessions", tradingBytes(ids.clients));
  const venueTradingAt = layout.take("core", "trading states of venues", tradingBytes(ids.venues));
  const poolCountersAt = lanes.map((_, i) => layout.take(`lane ${i}`, "pool counters", countersBytes(POOL_COUNTERS)));
  const spans = spansOf(config.pool.maxMiB);
  const pool = { at: layout.take("all lanes", "lists of free session buffers", poolBytes(spans)), spans };
  const schedules = Object.keys(config.calendars).map((name) => [
    name,
    layout.take("main", `schedule of calendar ${name}`, Latest.bytesFor(SCHEDULE_BYTES)),
  ]);
  const { core, risk } = config;
  const stateBytes = coreBytes({
    ...{ maxOrders: core.maxOrders, accounts: rowsOfAccounts(config) },
    positions: positionRows(core.maxPositions, Object.keys(risk.clients)),
    traderPairs: traderPairs(core.maxPositions, Object.keys(risk.traders)),
    symbols: Object.keys(config.symbols).length,
    spareNames: core.spareNames,
    ...{ sessionIds: ids.clients, venueIds: ids.venues },
    dayOffsets: (core.tradingDay ?? UTC_DAYS).offsets.length,
    clients: clients.length,
    venues: venues.length,
  });
  const parts = measures ? planStages(layout, clients, venues, ids.venues) : null;
  // Tables of orders last: what is before them is then within the first 2 GiB.
  const spare = `${core.spareNames} spare accounts and symbols`;
  const coreAt = layout.take("core", `orders, ids, executions, limits, exposures, ${spare}`, stateBytes);
  const timesBytes = TIMES_HEADER_BYTES + core.maxOrders * TIMES_ROW_BYTES;
  const stages =
    parts === null ? null : { ...parts, timesAt: layout.take(ORDER_AGENTS, "times of orders", timesBytes) };
  const sharedBytes = layout.bytes;
  const buffersAt = Math.ceil(sharedBytes / PAGE_BYTES) * PAGE_BYTES;
  const bufferBytes = config.journal.bufferMiB * MIB;
  const writers = [
    { name: "core", lane: coreLane, wordsAt: coreStreamWordsAt },
    ...[...loggedOnTo, ...venues].map(({ name, lane, streamWordsAt }) => ({ name, lane, wordsAt: streamWordsAt })),
  ];
  const streams = writers.map((stream, i) => ({ ...stream, bufferAt: buffersAt + i * COPIES * bufferBytes }));
  return {
    items: layout.items,
    sharedBytes,
    bufferBytes,
    buffersAt,
    memoryBytes: buffersAt + streams.length * COPIES * bufferBytes,
    inputBytes,
    messageBytes,
    dictionaries,
    lanes,
    clients,
    venues,
    dropCopy,
    coreLane,
    keeperLane: laneOf("keeper"),
    streams,
    coreStreamWordsAt,
    controlAt,
    controlAnswersAt,
    passwordGatesAt,
    eventsAt,
    countersAt,
    openOrdersAt,
    sessionRowsAt,
    venueRowsAt,
    coreAt,
    coreBytes: stateBytes,
    venueStatesAt,
    sessionTradingAt,
    venueTradingAt,
    stages,
    givenIds: given,
    sessionRows: sessionCount,
    venueRows: venueCount,
    pool,
    poolCountersAt,
    schedulesAt: Object.fromEntries(schedules),
    ringSlots: RING_SLOTS,
    controlSlots: CONTROL_SLOTS,
    sessionCommandSlots: SESSION_COMMAND_SLOTS,
    eventSlots: EVENT_SLOTS,
  };
}

/** The client agents, each with the terms of its Logons. */
function planClients(layout: Layout, lanes: readonly LanePlan[], { client }: GatewayConfig): SidePlan[] {
  const { spareSessions } = client;
  return planSides(layout, lanes, "client", Object.keys(client.sessions), spareSessions).map((side) => {
    const ranges = side.members.reduce((sum, name) => sum + (client.sessions[name]!.allow?.length ?? 0), SPARE_RANGES);
    const bytes = logonTermsBytes(side.places, ranges);
    const at = layout.take("main", `who may log on to ${side.name}`, Latest.bytesFor(bytes));
    const limits = Latest.bytesFor(messageLimitsBytes(side.places));
    const limitsAt = layout.take("main", `how many messages sessions of ${side.name} may send`, limits);
    return { ...side, logonTermsAt: at, logonTermsBytes: bytes, messageLimitsAt: limitsAt };
  });
}

/** The venue agents, each with the memory of its throttled venues. */
function planVenues(
  layout: Layout,
  lanes: readonly LanePlan[],
  { venues }: GatewayConfig,
  spareVenues: number,
): SidePlan[] {
  return planSides(layout, lanes, "venue", Object.keys(venues), spareVenues).map((side) => {
    const throttled = side.members.filter((name) => venues[name]!.throttle.messages > 0);
    const places = throttled.map((name) => {
      const { throttle } = venues[name]!;
      return [name, layout.take(side.name, `requests that wait for ${name}`, throttleBytes(throttle))];
    });
    return { ...side, heldAt: Object.fromEntries(places) };
  });
}

/** The client agents, or the venue agents; `members` and the spare places behind them are divided among them in turn. */
function planSides(
  layout: Layout,
  lanes: readonly LanePlan[],
  kind: "client" | "venue",
  members: readonly string[],
  spare: number,
): SidePlan[] {
  const agents = lanes
    .flatMap((lane, i) => lane.agents.map((agent) => ({ ...agent, lane: i })))
    .filter((agent) => agent.kind === kind)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return agents.map(({ name, lane }, i) => {
    // Requests are written by the client agent and by the core, reports by the core and by the venue agent.
    const [requester, reporter] = kind === "client" ? [name, "core"] : ["core", name];
    const groupBytes = OneToOne.bytesFor(GROUP_SLOTS, GROUP_SLOT_BYTES);
    return {
      name,
      lane,
      members: members.filter((_, row) => row % agents.length === i),
      places: Math.ceil((members.length + spare - i) / agents.length),
      requestsAt: layout.take(requester, `orders of ${name}`, OneToOne.bytesFor(RING_SLOTS, ORDER_REQUEST_BYTES)),
      reportsAt: layout.take(reporter, `reports of ${name}`, OneToOne.bytesFor(RING_SLOTS, EXECUTION_REPORT_BYTES)),
      requestGroupsAt: layout.take(requester, `repeating groups of the orders of ${name}`, groupBytes),
      reportGroupsAt: layout.take(reporter, `repeating groups of the reports of ${name}`, groupBytes),
      streamWordsAt: layout.take(name, "journal stream state", STREAM_WORDS_BYTES),
      ...commandRings(layout, name),
      definitionAt: spare === 0 ? 0 : layout.take("main", `sessions that are added to ${name}`, DEFINITION_BYTES),
      heldAt: {},
      logonTermsAt: 0,
      logonTermsBytes: 0,
      messageLimitsAt: 0,
    };
  });
}

/** Where latencies are, but for the times of orders. */
function planStages(
  layout: Layout,
  clients: readonly SidePlan[],
  venues: readonly SidePlan[],
  venueIds: number,
): Omit<StagesPlan, "timesAt"> {
  return {
    venueIds,
    clients: clients.map(({ name, places }) => {
      const sets = Math.min(places, LATENCY_SETS);
      const bytes = venueIds * STAGES_BYTES + sets * SET_BYTES;
      return { at: layout.take(name, "latencies by venue and session", bytes), sets };
    }),
    sentAt: venues.map(({ name, places }) =>
      layout.take(name, "requests that a socket has not taken", places * SENT_BYTES),
    ),
  };
}
