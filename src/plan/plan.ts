import { GATE_BYTES } from "../client/password-gate.ts";
import type { GatewayConfig, LanePlace } from "../config/schema.ts";
import { COUNTER_NAMES } from "../core/counters.ts";
import { codecBytes } from "../fix/wire/codec.ts";
import { STREAM_WORDS_BYTES } from "../journal/layout.ts";
import { LANE_WORDS_BYTES } from "../lane/words.ts";
import { INPUT_BYTES } from "../net/input.ts";
import { POOL_COUNTERS } from "../pool/counters.ts";
import { type PoolPlan, poolBytes, spansOf } from "../pool/layout.ts";
import { CONTROL_BYTES } from "../record/control.ts";
import { EXECUTION_REPORT_BYTES } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES, GROUP_SLOTS } from "../record/groups.ts";
import { ORDER_REQUEST_BYTES } from "../record/order-request.ts";
import { Latest } from "../ring/latest.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import { OneToOne } from "../ring/one-to-one.ts";
import { SCHEDULE_BYTES } from "../schedule/session-schedule.ts";
import { STALLS_BYTES } from "../stalls/table.ts";
import { countersBytes } from "../telemetry/counters.ts";
import { EVENT_BYTES } from "../telemetry/events.ts";

/** Records a ring holds: enough for a burst, small enough to stay in a core's cache. */
const RING_SLOTS = 512;
const CONTROL_SLOTS = 64;
const EVENT_SLOTS = 1024;

/** Stable ids of the client sessions and venues of this data directory, by name. */
export interface Names {
  readonly clients: Readonly<Record<string, number>>;
  readonly venues: Readonly<Record<string, number>>;
}

/** One line of the plan: who owns how much shared memory for what. */
export interface PlanItem {
  readonly owner: string;
  readonly what: string;
  readonly at: number;
  readonly bytes: number;
}

export interface LanePlan {
  readonly place: LanePlace;
  readonly wordsAt: number;
  readonly stallsAt: number;
  readonly codecAt: number;
}

/** An agent that owns sessions, with the two rings between it and the core and its journal stream. */
export interface SidePlan {
  readonly name: string;
  readonly lane: number;
  /** Names of its sessions (client side) or venues. */
  readonly members: readonly string[];
  readonly requestsAt: number;
  readonly reportsAt: number;
  /** The rings of groups beside these two. */
  readonly requestGroupsAt: number;
  readonly reportGroupsAt: number;
  readonly streamWordsAt: number;
}

/** Every size and place, by owner; made once, before anything runs. Plain data: it is handed to the lanes. */
export interface Plan {
  readonly items: readonly PlanItem[];
  readonly sharedBytes: number;
  /** What a lane reads at once from a connection. */
  readonly inputBytes: number;
  readonly lanes: readonly LanePlan[];
  readonly clients: readonly SidePlan[];
  readonly venues: readonly SidePlan[];
  readonly coreLane: number;
  readonly coreStreamWordsAt: number;
  readonly controlAt: number;
  /** Where each client side asks for passwords to be checked. */
  readonly gatesAt: readonly number[];
  readonly eventsAt: number;
  readonly countersAt: number;
  /** What is known of the pool's memory, which is mapped apart; and where each lane counts its buffers. */
  readonly pool: PoolPlan;
  readonly poolCountersAt: readonly number[];
  /** Where the hours of each calendar are, by its name. */
  readonly hours: Readonly<Record<string, number>>;
  readonly ringSlots: number;
  readonly controlSlots: number;
  readonly eventSlots: number;
}

/** Lays out shared memory, each item on cache lines of its own. */
class Layout {
  readonly items: PlanItem[] = [];
  private next = 0;

  take(owner: string, what: string, bytes: number): number {
    const at = this.next;
    this.items.push({ owner, what, at, bytes });
    this.next = (at + bytes + 255) & ~255;
    return at;
  }

  get bytes(): number {
    return this.next;
  }
}

/** The configured lanes; the built-in exchange gets one of its own unless it has been given one. */
function allPlaces(config: GatewayConfig): LanePlace[] {
  const places = config.lanes.place;
  if (config.exchange === null || places.some((place) => place.agents.includes("exchange"))) return places;
  return [...places, { agents: ["exchange"], cpu: null, idle: "park" }];
}

/** Plans a gateway. Cold. */
export function planGateway(config: GatewayConfig): Plan {
  const layout = new Layout();
  const places = allPlaces(config);
  // A message that is longer than what is read at once would never be whole.
  const inputBytes = Math.max(INPUT_BYTES, (2 * config.client.maxMessageBytes + 7) & ~7);
  const lanes = places.map((place, i) => ({
    place,
    wordsAt: layout.take(`lane ${i}`, "state, beat, stop", LANE_WORDS_BYTES),
    stallsAt: layout.take(`lane ${i}`, "stalls", STALLS_BYTES),
    codecAt: layout.take(`lane ${i}`, "codec: fields, texts, what is read", codecBytes(inputBytes)),
  }));
  const laneOf = (agent: string): number => places.findIndex((place) => place.agents.includes(agent));
  const agentsOf = (kind: string): string[] =>
    places.flatMap((place) => place.agents.filter((agent) => agent.startsWith(kind))).sort();
  const side = (kind: "client" | "venue", names: string[]): SidePlan[] =>
    agentsOf(kind).map((name, i, all) => ({
      name,
      lane: laneOf(name),
      members: names.filter((_, index) => index % all.length === i),
      requestsAt: layout.take(
        kind === "client" ? name : "core",
        `orders of ${name}`,
        OneToOne.bytesFor(RING_SLOTS, ORDER_REQUEST_BYTES),
      ),
      reportsAt: layout.take(
        kind === "client" ? "core" : name,
        `reports of ${name}`,
        OneToOne.bytesFor(RING_SLOTS, EXECUTION_REPORT_BYTES),
      ),
      requestGroupsAt: layout.take(
        kind === "client" ? name : "core",
        `repeating groups of the orders of ${name}`,
        OneToOne.bytesFor(GROUP_SLOTS, GROUP_SLOT_BYTES),
      ),
      reportGroupsAt: layout.take(
        kind === "client" ? "core" : name,
        `repeating groups of the reports of ${name}`,
        OneToOne.bytesFor(GROUP_SLOTS, GROUP_SLOT_BYTES),
      ),
      streamWordsAt: layout.take(name, "journal stream state", STREAM_WORDS_BYTES),
    }));
  const clients = side("client", Object.keys(config.client.sessions));
  const venues = side("venue", Object.keys(config.venues));
  const coreStreamWordsAt = layout.take("core", "journal stream state", STREAM_WORDS_BYTES);
  const controlAt = layout.take("main", "control ring", OneToOne.bytesFor(CONTROL_SLOTS, CONTROL_BYTES));
  const gatesAt = clients.map(({ name }) => layout.take(name, "passwords to be checked", GATE_BYTES));
  const eventsAt = layout.take("all lanes", "event ring", ManyToMany.bytesFor(EVENT_SLOTS, EVENT_BYTES));
  const countersAt = layout.take("core", "counters", countersBytes(COUNTER_NAMES));
  const poolCountersAt = lanes.map((_, i) => layout.take(`lane ${i}`, "pool counters", countersBytes(POOL_COUNTERS)));
  const spans = spansOf(config.pool.maxMiB);
  const pool = { at: layout.take("all lanes", "lists of free session buffers", poolBytes(spans)), spans };
  const hours = Object.keys(config.calendars).map((name) => [
    name,
    layout.take("main", `hours of calendar ${name}`, Latest.bytesFor(SCHEDULE_BYTES)),
  ]);
  return {
    items: layout.items,
    sharedBytes: layout.bytes,
    inputBytes,
    lanes,
    clients,
    venues,
    coreLane: laneOf("core"),
    coreStreamWordsAt,
    controlAt,
    gatesAt,
    eventsAt,
    countersAt,
    pool,
    poolCountersAt,
    hours: Object.fromEntries(hours),
    ringSlots: RING_SLOTS,
    controlSlots: CONTROL_SLOTS,
    eventSlots: EVENT_SLOTS,
  };
}
