import { expect } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { problemLine } from "../../src/config/problem.ts";

/** The smallest configuration that is good. */
export const SMALL = `
[client.sessions.CLIENT]
accounts = ["ACC1"]
[venues.SIM]
address = "127.0.0.1:9101"
[routing]
default = "SIM"
[symbols.AAPL]
referencePrice = "150.25"
[risk]
collarPercent = 5
[risk.accounts.ACC1]
maxOrderQty = 1000
maxOrderNotional = 250000.5
maxOpenOrders = 100
ordersPerSecond = 50
`;

/** What is said about a text. */
export function problemsOf(text: string): string[] {
  return (loadConfig(text, "file.toml").problems ?? []).map(problemLine);
}

/** The small configuration with one line replaced; fails when the line is not in it. */
export function changed(from: string, to: string): string {
  expect(SMALL).toContain(from);
  return SMALL.replace(from, () => to);
}
