// What a lane warms up with: a small gateway of the same shape. Cold; the main thread makes it.

import { agentKind } from "../config/agents.ts";
import { loadConfig } from "../config/load.ts";
import type { GatewayConfig } from "../config/schema.ts";
import { type Plan, planGateway } from "../plan/plan.ts";

/** Plain data: it is handed to the lane. */
export interface WarmUp {
  readonly config: GatewayConfig;
  readonly plan: Plan;
  /** Where that plan's memory begins in what all lanes share. */
  readonly sharedAt: number;
  /** The lane of that plan whose part is warmed up. */
  readonly lane: number;
  /** It ends by then, however warm it is. */
  readonly maxMs: number;
}

/** Limits of every kind, each with an account or a symbol that reaches it. The stage puts the venue's port in. */
const STAGE = `
[gateway]
compId = "GATEWAY"
[client]
listen = "127.0.0.1:0"
maxConnections = 12
logonTimeoutMs = 5_000
maxMessageBytes = 2_048
backlogBytes = 131_072
[client.sessions.ANNA]
accounts = ["MAIN", "MORE", "SLOW", "FEW", "SHUT"]
[client.sessions.BERT]
accounts = ["MAIN"]
resetOnLogon = true
[venues.EAST]
address = "127.0.0.1:1"
reconnectMinMs = 10
reconnectMaxMs = 20
resendOrdersWithinS = 5
backlogBytes = 131_072
[venues.DARK]
address = "127.0.0.1:1"
reconnectMinMs = 10
reconnectMaxMs = 20
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
[journal]
segmentMiB = 1
[pool]
maxMiB = 4
`;

/** The exchange is for trials: it is not warmed up. */
function isWarmedUp(agent: string): boolean {
  return agentKind(agent) !== "exchange";
}

/**
 * Plans the warm-up of one lane: its agents and the others are placed as in the real gateway, so that rings and streams
 * are between the same lanes. Returns null where there is nothing to warm up.
 */
export function planWarmUp(config: GatewayConfig, agents: readonly string[], sharedAt: number): WarmUp | null {
  const own = agents.find(isWarmedUp);
  if (own === undefined) return null;
  const { config: stage, problems } = loadConfig(STAGE, "warm-up");
  if (stage === undefined) throw new Error(`warm-up: ${problems.map(({ where, what }) => `${where}: ${what}`)}`);
  const place = config.lanes.place
    .map((one) => ({ ...one, agents: one.agents.filter(isWarmedUp) }))
    .filter((one) => one.agents.length > 0);
  stage.lanes = { ...config.lanes, place };
  stage.sockets = config.sockets;
  const lane = place.findIndex((one) => one.agents.includes(own));
  return { config: stage, plan: planGateway(stage), sharedAt, lane, maxMs: config.lanes.warmUpMaxMs };
}
