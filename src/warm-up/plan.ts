// The plan of a warm-up: a small gateway with the same agents on the same lanes. The main thread makes it.

import { agentKind } from "../config/agents.ts";
import { loadConfig } from "../config/load.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { type Plan, planGateway } from "../plan/plan.ts";

/** Plain data, passed to the lane. */
export interface WarmUp {
  readonly config: GatewayConfig;
  readonly plan: Plan;
  /** Offset of the plan's memory in the memory that all lanes share. */
  readonly sharedAt: number;
  /** The lane of the plan that is warmed up. */
  readonly lane: number;
  /** Time limit of the warm-up. */
  readonly maxMs: number;
}

/** Limits of every kind, each with an account or a symbol that reaches it. `WarmUpGateway` sets the venue's port. */
const SMALL_CONFIG = `
[gateway]
compId = "GATEWAY"
[client]
listen = "127.0.0.1:0"
maxConnections = 12
logonTimeoutMs = 5_000
awaitVenuesMs = 0
maxMessageBytes = 2_048
backlogBytes = 65_536
spareSessions = 0
[client.sessions.CLIENT1]
accounts = ["MAIN", "MORE", "SLOW", "FEW", "SHUT"]
[client.sessions.CLIENT2]
accounts = ["MAIN"]
resetOnLogon = true
validate = false
[venues.EAST]
address = "127.0.0.1:1"
resendOrdersWithinS = 5
backlogBytes = 65_536
fields.drop = [114]
fields.rename = { 5001 = 9001 }
[venues.DARK]
address = "127.0.0.1:1"
[routing]
default = "EAST"
[symbols.AAPL]
referencePrice = "150.25"
[symbols.GONE]
referencePrice = "10"
venue = "DARK"
[symbols.SHUT]
referencePrice = "10"
enabled = false
[symbols.DEAR]
referencePrice = "90000000"
[risk]
collarPercent = 10
[risk.accounts.MAIN]
maxOrderQty = 10_000
maxOrderNotional = 1_000_000
maxOpenOrders = 1_000
ordersPerSecond = 10_000_000
[risk.accounts.MORE]
maxOrderQty = 10_000
maxOrderNotional = 1_000_000
maxOpenOrders = 1_000
ordersPerSecond = 10_000_000
[risk.accounts.SLOW]
maxOrderQty = 10_000
maxOrderNotional = 1_000_000
maxOpenOrders = 1_000
ordersPerSecond = 1
[risk.accounts.FEW]
maxOrderQty = 10_000
maxOrderNotional = 1_000_000
maxOpenOrders = 1
ordersPerSecond = 10_000_000
[risk.accounts.SHUT]
maxOrderQty = 10_000
maxOrderNotional = 1_000_000
maxOpenOrders = 1
ordersPerSecond = 10_000_000
enabled = false
[core]
maxOrders = 1_024
spareVenues = 0
[journal]
segmentMiB = 1
bufferMiB = 1
[pool]
maxMiB = 4
`;

/** The built-in exchange is not for production, and the others are not on the path of orders: their lanes are not warmed up. */
function isWarmedUp(agent: string): boolean {
  const kind = agentKind(agent);
  return kind !== "exchange" && kind !== "keeper" && kind !== "drop-copy";
}

/**
 * Plans the warm-up of one lane. All agents are on the same lanes as in the real gateway, so rings and streams connect the
 * same lanes. Returns null when the lane has no agent to warm up.
 */
export function planWarmUp(config: GatewayConfig, agents: readonly string[], sharedAt: number): WarmUp | null {
  const own = agents.find(isWarmedUp);
  if (own === undefined) return null;
  const { config: small, problems } = loadConfig(SMALL_CONFIG, "warm-up");
  if (small === undefined) throw new Error(`warm-up: ${problems.map(({ where, what }) => `${where}: ${what}`)}`);
  const place = config.lanes.place
    .map((one) => ({ ...one, agents: one.agents.filter((agent) => agentKind(agent) !== "exchange") }))
    .filter((one) => one.agents.length > 0);
  // Less than a configuration may say: small tables are soon laid out, and reconnects are not waited for.
  small.core.maxOrders = 256;
  const { EAST, DARK } = small.venues;
  for (const venue of [EAST!, DARK!]) Object.assign(venue, { reconnectMinMs: 1, reconnectMaxMs: 2, refusedMaxMs: 2 });
  small.lanes = { ...config.lanes, place };
  small.sockets = config.sockets;
  const lane = place.findIndex((one) => one.agents.includes(own));
  return { config: small, plan: planGateway(small), sharedAt, lane, maxMs: config.lanes.warmUpMaxMs };
}
