import type { ReadResult } from "../../src/config/config-file.ts";
import { loadConfig } from "../../src/config/load.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { TradedSymbol } from "./trading-words.ts";

export const GATEWAY = "GATEWAY";
export const EXCHANGE = "EXCHANGE";
export const ACCOUNT = "DEMO";
export const MAX_ORDER_QTY = 10_000;
export const SYMBOLS: readonly TradedSymbol[] = [
  { name: "ALPHA", priceE8: 100e8, tickE8: 1e6 },
  { name: "BETA", priceE8: 50e8, tickE8: 1e6 },
  { name: "GAMMA", priceE8: 25e8, tickE8: 1e6 },
];

/** The demo's gateway: one lane, every risk check, a venue at this port, and a dashboard for the token of this hash. */
export function demoConfig(
  names: readonly string[],
  exchangePort: number,
  idle: string,
  tokenHash: string,
): Extract<ReadResult, { config: GatewayConfig }> {
  const text = `
[gateway]
compId = "${GATEWAY}"
[lanes]
preset = "one"
idle = "${idle}"
warmUp = "off"
[client]
listen = "127.0.0.1:0"
${names.map((name) => `[client.sessions.${name}]\naccounts = ["${ACCOUNT}"]`).join("\n")}
[venues.SIM]
address = "127.0.0.1:${exchangePort}"
compId = "${EXCHANGE}"
resetOnLogon = true
[routing]
default = "SIM"
${SYMBOLS.map(({ name, priceE8 }) => `[symbols.${name}]\nreferencePrice = "${priceE8 / 1e8}"`).join("\n")}
[risk]
collarPercent = 5
[risk.accounts.${ACCOUNT}]
maxOrderQty = ${MAX_ORDER_QTY}
maxOrderNotional = 100_000_000
maxOpenOrders = 100_000
ordersPerSecond = 10_000_000
[journal]
snapshotMiB = 0
[admin]
listen = "127.0.0.1:0"
[admin.tokens.demo]
hash = "${tokenHash}"
role = "admin"
`;
  const loaded = loadConfig(text, "demo.toml");
  if (loaded.config === undefined)
    throw new Error(`demo configuration: ${loaded.problems[0]!.where}: ${loaded.problems[0]!.what}`);
  const source = { path: "the demo's own", sha256: "", readAt: new Date().toISOString() };
  return { ...loaded, source };
}
