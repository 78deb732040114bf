import { loadConfig } from "../../src/config/load.ts";
import { problemLine } from "../../src/config/problem.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export const CLIENTS = ["FIRM1", "FIRM2", "FIRM3"] as const;
export const VENUES = ["ALPHA", "BETA"] as const;
export const CLIENT_ADDRESS = "127.0.0.1:9001";
export const VENUE_ADDRESSES: Readonly<Record<string, string>> = { ALPHA: "127.0.0.1:9101", BETA: "127.0.0.1:9102" };
export const ACCOUNTS: Readonly<Record<string, readonly string[]>> = {
  FIRM1: ["ACC1", "ACC2"],
  FIRM2: ["ACC2"],
  FIRM3: ["ACC1", "ACC1", "ACC1", "OFF"],
};
/** What clients trade, as often as it stands here. */
export const SYMBOLS = "AAPL MSFT AAPL MSFT AAPL MSFT AAPL MSFT AAPL MSFT AAPL MSFT AAPL MSFT HALT NONE".split(" ");

/** How likely each fault is in this run; a fault that is 0 does not come, so that the others are seen alone as well. */
export interface Shape {
  readonly config: GatewayConfig;
  readonly spins: boolean;
  readonly ringSlots: number;
  readonly segmentBytes: number;
  /** Bytes that one direction of a connection holds. */
  readonly capacity: number;
  readonly turns: number;
  readonly ordersPerClient: number;
  readonly rate: number;
  /** By turn and connection: bytes come in parts, or not yet. */
  readonly splits: number;
  readonly delays: number;
  readonly cuts: number;
  /** By turn: the process dies, or is stopped in order. */
  readonly crashes: number;
  readonly torn: boolean;
  readonly stops: number;
  readonly kills: number;
  /** By turn: that an operator steers a session or a venue. */
  readonly steers: number;
  /** By turn: that a venue's silence about an order is noted, and that a rate changes. */
  readonly silences: number;
  readonly rates: number;
  /** By turn: that a risk desk changes a limit or lets an order through. */
  readonly desk: number;
  readonly clientMischief: number;
  readonly venueMischief: number;
  readonly moodiness: number;
  readonly slowness: number;
  /** By turn: that a venue does something with an order that rests. */
  readonly pace: number;
  /** That a lane gets its turn. */
  readonly turnsOfLane: number;
  /** That a lane stands still for many turns. */
  readonly stalls: number;
  /** Orders that a client sends at once. */
  readonly burst: number;
  /** That time makes a leap, of up to 2.5 s. */
  readonly leaps: number;
  /** Done at the beginning of each turn, in a test of one thing. */
  readonly script?: (world: World, turn: number) => void;
}

/** No fault at all: for tests that bring their own. */
export const FAIR: Omit<Shape, "config"> = {
  spins: false,
  ringSlots: 64,
  segmentBytes: 64 * 1024,
  capacity: 4_096,
  turns: 500,
  ordersPerClient: 100,
  rate: 0.5,
  splits: 0,
  delays: 0,
  cuts: 0,
  crashes: 0,
  torn: false,
  stops: 0,
  kills: 0,
  steers: 0,
  silences: 0,
  rates: 0,
  desk: 0,
  clientMischief: 0,
  venueMischief: 0,
  moodiness: 0,
  slowness: 0,
  pace: 0.1,
  turnsOfLane: 1,
  stalls: 0,
  burst: 1,
  leaps: 0,
};

/** Chooses a run's shape: each kind of trouble is there in some seeds and not in others. */
export function shapeOf(random: Random): Shape {
  const some = (probability: number, value: number): number => (random.chance(probability) ? value : 0);
  const segmentBytes = random.pick([64, 128, 512]) * 1024;
  return {
    config: configOf(random),
    spins: random.chance(0.3),
    ringSlots: random.pick([8, 16, 64, 512]),
    segmentBytes,
    capacity: random.pick([700, 4_096, 65_536]),
    turns: random.within(200, 1_000),
    ordersPerClient: random.within(5, 120),
    rate: random.pick([0.02, 0.1, 0.5]),
    splits: some(0.7, random.pick([0.05, 0.5])),
    delays: some(0.7, random.pick([0.05, 0.5, 0.9])),
    cuts: some(0.5, random.pick([0.0005, 0.003, 0.01])),
    crashes: some(0.5, random.pick([0.001, 0.005, 0.02])),
    torn: random.chance(0.5),
    stops: some(0.2, 0.002),
    kills: some(0.3, 0.005),
    steers: 0,
    silences: 0,
    rates: 0,
    desk: 0,
    clientMischief: some(0.6, random.pick([0.002, 0.01])),
    venueMischief: some(0.6, random.pick([0.003, 0.02])),
    moodiness: random.pick([0, 0.05, 0.3]),
    slowness: some(0.5, 0.05),
    pace: random.pick([0.02, 0.1, 0.5]),
    turnsOfLane: random.pick([1, 0.8, 0.3]),
    stalls: some(0.4, 0.01),
    burst: random.pick([1, 1, 4, 20]),
    leaps: some(0.4, 0.004),
  };
}

function configOf(random: Random): GatewayConfig {
  const preset = random.pick(["one", "two", "wide", "many"]);
  const lanes = preset === "many" ? MANY : `[lanes]\npreset = "${preset}"\n`;
  const text = `${lanes}
[client]
listen = "${CLIENT_ADDRESS}"
maxConnections = 5
maxMessageBytes = 1024
logonTimeoutMs = 1000
awaitVenuesMs = 0
${CLIENTS.map((name) => `[client.sessions.${name}]\naccounts = ${JSON.stringify([...new Set(ACCOUNTS[name])])}`).join("\n")}
${VENUES.map((name) => venueText(name, random)).join("\n")}
[routing]
default = "ALPHA"
[symbols.AAPL]
referencePrice = "100"
[symbols.MSFT]
venue = "BETA"
referencePrice = "100"
currency = "EUR"
multiplier = "0.9"
[symbols.HALT]
referencePrice = "100"
enabled = false
[risk]
collarPercent = 5
currency = "USD"
[risk.rates]
EUR = "1.08123457"
[risk.accounts.ACC1]
maxOrderQty = 1000
maxOrderNotional = 250000
maxOpenOrders = 1000
ordersPerSecond = 1000
[risk.accounts.ACC2]
maxOrderQty = 390
maxOrderNotional = 250000
maxOpenOrders = 30
ordersPerSecond = 100
[risk.accounts.OFF]
maxOrderQty = 1000
maxOrderNotional = 250000
maxOpenOrders = 1000
ordersPerSecond = 1000
enabled = false
[core]
maxOrders = 1024
[journal]
segmentMiB = 1
bufferMiB = 1
`;
  const loaded = loadConfig(text, "the simulator's configuration");
  if (loaded.config === undefined) throw new Error(loaded.problems.map(problemLine).join("\n"));
  // Smaller than anybody may configure: a backlog that fills within a run.
  for (const session of Object.values(loaded.config.client.sessions))
    session.backlogBytes = random.pick([1_024, 65_536]);
  for (const venue of Object.values(loaded.config.venues)) venue.backlogBytes = random.pick([1_024, 1 << 20]);
  return loaded.config;
}

function venueText(name: (typeof VENUES)[number], random: Random): string {
  return `[venues.${name}]
address = "${VENUE_ADDRESSES[name]}"
heartBtIntS = ${random.within(1, 5)}
reconnectMinMs = 10
reconnectMaxMs = ${random.pick([20, 500])}
resendOrdersWithinS = ${random.pick([1, 5])}`;
}

const MANY = `
[[lanes.place]]
agents = ["client0", "venue1"]
[[lanes.place]]
agents = ["core"]
[[lanes.place]]
agents = ["venue0", "keeper"]
`;
