import type { AccountLimits, CoreConfig } from "./config.ts";

// Clients as rows among the accounts, and the firm as the row behind them (core/assembly/levels.ts). No account of a configuration has "="
// in its name.

/** What the firm's row is called where a row has a name. */
export const FIRM_ROW = "FIRM=";
const CLIENT_PREFIX = "CLIENT=";
/** Most open orders where a client has no limit of them. */
export const NO_COUNT = Number.MAX_SAFE_INTEGER;

/** Limits that a client has of those of an account. */
export const CLIENT_SETTINGS: readonly string[] = [
  "maxOpenOrders",
  "maxGrossExposure",
  "maxNetExposure",
  "maxDailyNotional",
  "maxDailyVolume",
  "maxPosition",
];

/** The row of a client. */
export function clientRow(client: string): string {
  return CLIENT_PREFIX + client;
}

/** What a row is of. */
export interface Level {
  readonly level: "account" | "client" | "firm";
  /** "" for the firm. */
  readonly name: string;
}

export function levelOf(row: string): Level {
  if (row === FIRM_ROW) return { level: "firm", name: "" };
  if (row.startsWith(CLIENT_PREFIX)) return { level: "client", name: row.slice(CLIENT_PREFIX.length) };
  return { level: "account", name: row };
}

/** True for a number of open orders that is no limit. */
export function isNoCount(count: number): boolean {
  return count >= NO_COUNT;
}

/** Rows of all clients, behind those of the accounts. */
export function levelRows({ clients = [] }: Pick<CoreConfig, "clients">): AccountLimits[] {
  return clients.map(({ name, accounts: _, maxOpenOrders = NO_COUNT, ...limits }) => ({
    ...limits,
    name: clientRow(name),
    enabled: false,
    maxOrderQtyE8: 0n,
    maxOrderNotionalE4: 0n,
    ordersPerSecond: 0,
    maxOpenOrders,
  }));
}
