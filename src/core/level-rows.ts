import { MOST_E8 } from "../base/units.ts";
import type { AccountLimits, CoreConfig, DuplicateLimits, ExecutionLimits, OrderLimits, Rights } from "./config.ts";

// Clients, client sessions, traders and currencies as rows among the accounts, and the firm as the row behind them (core/assembly/levels.ts). No
// account of a configuration has "=" in its name.

/** What the firm's row is called where a row has a name. */
export const FIRM_ROW = "FIRM=";
/** What a row begins with, by its level. A new one is a row here. */
const PREFIXES = { client: "CLIENT=", session: "SESSION=", trader: "TRADER=", currency: "CURRENCY=" } as const;
/** In the place of a limit that there is not. More is refused anyway. */
export const NO_COUNT = Number.MAX_SAFE_INTEGER;

/** Levels whose rows stand among the accounts. */
export type RowLevel = keyof typeof PREFIXES;

const OF_ORDERS = ["maxOrderQty", "maxOrderNotional", "maxOpenOrders"] as const;
const RIGHTS = ["orderTypes", "timesInForce", "shortSales", "locateRequired"] as const;
const DUPLICATES = ["duplicateOrders", "duplicateWindowMs", "duplicatesIgnorePrices"] as const;

/** Settings that a level has of those of an account; of a currency its own. */
export const LEVEL_SETTINGS: Readonly<Record<RowLevel, readonly string[]>> = {
  client: [
    ...OF_ORDERS,
    ...["maxGrossExposure", "maxNetExposure", "maxDailyNotional", "maxDailyVolume", "maxPosition", "creditLimit"],
    ...DUPLICATES,
    ...RIGHTS,
  ],
  session: [...OF_ORDERS, ...DUPLICATES, ...RIGHTS],
  trader: ["enabled", ...OF_ORDERS, "repeatedExecutions", "executionsWindowMs", "stopped"],
  currency: ["rate"],
};

/** The row of a client, a client session, a trader or a currency. */
export function rowOf(level: RowLevel, name: string): string {
  return PREFIXES[level] + name;
}

/** What a row is of. */
export interface Level {
  readonly level: "account" | RowLevel | "firm";
  /** "" for the firm. */
  readonly name: string;
}

export function levelOf(row: string): Level {
  if (row === FIRM_ROW) return { level: "firm", name: "" };
  for (const level of Object.keys(PREFIXES) as RowLevel[])
    if (row.startsWith(PREFIXES[level])) return { level, name: row.slice(PREFIXES[level].length) };
  return { level: "account", name: row };
}

/** In the place of the limits of a row that are no limits: by setting. */
export const NO_LIMITS: Readonly<Record<string, bigint>> = {
  maxOrderQty: MOST_E8,
  maxOrderNotional: MOST_E8 / 2n,
  maxOpenOrders: BigInt(NO_COUNT),
};

/** Rows of all clients, client sessions, traders and currencies, behind those of the accounts. */
export function levelRows({ clients = [], sessions, traders = [], currencies = [] }: LevelConfig): AccountLimits[] {
  return [
    ...clients.map(({ name, accounts: _, ...limits }) => limitsOf("client", name, limits)),
    ...sessions.flatMap(({ name, limits }) => (name === undefined ? [] : [limitsOf("session", name, limits)])),
    ...traders.map(({ name, enabled, ...limits }) => limitsOf("trader", name, limits, enabled)),
    ...currencies.map(({ name, rateE8 }) => ({
      ...limitsOf("currency", name),
      ...(rateE8 === null ? {} : { rateE8 }),
    })),
  ];
}

type LevelConfig = Pick<CoreConfig, "clients" | "sessions" | "traders" | "currencies">;

function limitsOf(
  level: RowLevel,
  name: string,
  limits: OrderLimits & ExecutionLimits & DuplicateLimits & Rights = {},
  enabled = true,
): AccountLimits {
  return {
    ...limits,
    name: rowOf(level, name),
    enabled,
    maxOrderQtyE8: limits.maxOrderQtyE8 ?? NO_LIMITS.maxOrderQty!,
    maxOrderNotionalE4: limits.maxOrderNotionalE4 ?? NO_LIMITS.maxOrderNotional!,
    maxOpenOrders: limits.maxOpenOrders ?? NO_COUNT,
    ordersPerSecond: NO_COUNT,
  };
}
