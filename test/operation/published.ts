import type { JournalLag } from "../../src/operation/journal-lag.ts";
import type { Lanes } from "../../src/operation/lanes.ts";
import { LATENCY_STAGES, type Latencies, type LatencyFigures } from "../../src/operation/latency.ts";
import type { Sessions, SessionView } from "../../src/operation/sessions.ts";
import type { Venues, VenueView } from "../../src/operation/venues.ts";

/** What lanes publish, made up: one session that is logged on, one venue that was lost, one lane. */
export interface Published {
  readonly sessions: Sessions;
  readonly venues: Venues;
  readonly latencies: Latencies;
  readonly lanes: Lanes;
  readonly journal: JournalLag;
}

const AT_US = 1_790_000_000_000_000;
const FIGURES: LatencyFigures = { count: 100, p50: 5, p90: 8, p99: 20, p999: 40, max: 41, mean: 6 };

const SESSION: SessionView = {
  name: "TRADER1",
  state: "logged on",
  nextIn: 101,
  nextOut: 204,
  messagesIn: 100,
  messagesOut: 203,
  inPerSecond: 10,
  outPerSecond: 20,
  rejectsSent: 1,
  rejectsReceived: 0,
  garbled: 0,
  hasGap: false,
  backlogBytes: 0,
  tradingState: "on",
  backlogLimitBytes: 1 << 20,
  peer: "127.0.0.1:51234",
  lastInUs: AT_US,
  lastOutUs: AT_US + 10,
  lastLogonUs: AT_US - 1_000_000,
  lastDisconnect: null,
  writtenUs: AT_US + 10,
  lane: 0,
  requests: 98,
  reports: 200,
  requestsRefused: 2,
  openOrders: 3,
  compId: "TRADER1",
  dontKnowTrades: 0,
  messagesThrottled: 0,
  floodLogouts: 0,
  isDynamic: false,
  cancelOnDisconnect: {
    mode: "none",
    windowMs: 0,
    orders: "all",
    saidBy: "configuration",
    state: "off",
    dueUs: null,
    asked: 0,
  },
};

const VENUE: VenueView = {
  ...SESSION,
  name: "XSIM",
  state: "disconnected",
  peer: "",
  lastDisconnect: {
    atUs: AT_US,
    reason: "peer closed the connection",
    text: "",
    why: "peer closed the connection",
    nextIn: 7,
    nextOut: 9,
    pendingBytes: 0,
    peer: "127.0.0.1:9001",
  },
  requests: 96,
  reports: 200,
  unacknowledged: 1,
  unacknowledgedS: 0.5,
  answerWithinS: 30,
  statuses: null,
  throttle: { queued: 0, queueLength: 0, cancelsWaiting: 0, throttled: 0, expired: 0 },
  addresses: ["127.0.0.1:9001"],
};

export function published(): Published {
  const stages = LATENCY_STAGES.map((stage) => ({ stage, whole: FIGURES, interval: FIGURES }));
  const named = <T extends { readonly name: string }>(one: T) => ({
    list: () => [one],
    get: (name: string) => (name === one.name ? one : null),
  });
  return {
    sessions: named(SESSION),
    venues: {
      ...named(VENUE),
      unacknowledged: async (name) =>
        name !== VENUE.name
          ? null
          : [{ orderId: "17", clOrdId: "a17", session: "TRADER1", account: "ACC1", symbol: "ACME", request: "new" }],
    },
    latencies: {
      all: () => stages,
      session: (name) => (name === SESSION.name ? stages : null),
      venue: (name) => (name === VENUE.name ? stages : null),
      unmeasured: () => 0,
      histogram: () => ({
        buckets: [
          { leUs: 10, count: 90 },
          { leUs: 50, count: 100 },
        ],
        count: 100,
        sumUs: 600,
      }),
    },
    lanes: {
      list: () => [
        {
          lane: 0,
          agents: ["client", "core", "venue"],
          state: "running",
          cpu: 1,
          idle: "spin",
          turns: 1_000_000,
          workedTurns: 1000,
          turnsPerSecond: 900_000,
          longestTurnUs: 120,
          collections: 2,
          compilations: 40,
          stalls: 1,
          stallCauses: [{ cause: "preempted", count: 1, totalUs: 250, worstUs: 250 }],
        },
      ],
      rings: () => [{ name: "orders of client", records: 0, slots: 512 }],
      stalls: () => [{ lane: 0, atUs: AT_US, gapUs: 250, cause: "preempted", agent: null, agentUs: 0 }],
    },
    journal: {
      streams: () => [
        {
          stream: "core",
          appendedBytes: 4096,
          unwrittenBytes: 96,
          unsyncedBytes: null,
          bufferBytes: 1 << 22,
          errno: 0,
        },
      ],
    },
  };
}
