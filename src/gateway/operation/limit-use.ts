import { decimalText } from "../../base/decimal.ts";
import { NO_PRICE, NONE } from "../../base/units.ts";
import type { TradingDay } from "../../config/core.ts";
import type { AccountRow } from "../../core/account-row.ts";
import { ACCOUNTS } from "../../core/assembly/layout.ts";
import { LEVEL_SETTINGS, NO_COUNT } from "../../core/level-rows.ts";
import type { PositionUses } from "../../core/position-uses.ts";
import type { StateReader } from "../../core/state-reader.ts";
import type { LimitUse } from "../../operation/level-use.ts";
import { numberAt } from "../../reports/trading-day.ts";

/** 1e-8 in 1e-4. */
const E4 = 10_000n;

/** The moment at which a use is read: the second since 1970, and the number of the trading day. */
export interface UseTime {
  readonly second: number;
  readonly day: number;
}

export function useTime(nowMs: number, tradingDay: TradingDay): UseTime {
  return { second: Math.floor(nowMs / 1_000), day: numberAt(nowMs * 1_000, tradingDay) };
}

/** A limit that fills up: its name, and what is used of it; of money and quantities exact, 1e-4 and 1e-8. */
interface Use {
  readonly limit: string;
  readonly unit: "count" | "money" | "quantity";
  readonly used: (account: AccountRow, now: UseTime) => bigint | number;
  /** NO_PRICE: there is no such limit. */
  readonly most: (account: AccountRow) => bigint | number;
}

/** Limits that fill up. A new one is a row. */
const USES: readonly Use[] = [
  {
    limit: "maxOpenOrders",
    unit: "count",
    used: ({ openOrders }) => openOrders,
    most: ({ maxOpenOrders }) => maxOpenOrders,
  },
  {
    limit: "ordersPerSecond",
    unit: "count",
    used: ({ second, ordersInSecond }, now) => (now.second - second <= 1 ? ordersInSecond : 0),
    most: ({ ordersPerSecond }) => ordersPerSecond,
  },
  {
    limit: "maxGrossExposure",
    unit: "money",
    used: (account, { day }) => account.grossExposure(day),
    most: ({ maxGrossExposure }) => maxGrossExposure,
  },
  {
    limit: "maxNetExposure",
    unit: "money",
    used: (account, { day }) => account.netExposure(day),
    most: ({ maxNetExposure }) => maxNetExposure,
  },
  {
    limit: "maxDailyNotional",
    unit: "money",
    used: (account, { day }) => account.grossExposure(day),
    most: ({ maxDailyNotional }) => maxDailyNotional,
  },
  {
    limit: "maxDailyVolume",
    unit: "quantity",
    used: (account, { day }) => account.dailyVolume(day),
    most: ({ maxDailyVolume }) => maxDailyVolume,
  },
  {
    limit: "creditLimit",
    unit: "money",
    used: (account, { day }) => account.grossExposure(day),
    most: ({ creditLimit }) => creditLimit,
  },
];

/** The limit of an account's position in each symbol: its fullest one is shown. */
export const MAX_POSITION = "maxPosition";

/** What an account uses of a limit that it has. */
export interface ReadUse {
  readonly limit: string;
  readonly unit: Use["unit"];
  readonly used: bigint | number;
  readonly most: bigint | number;
}

export function usesOf(account: AccountRow, now: UseTime): ReadUse[] {
  return USES.flatMap(({ limit, unit, used, most }) => {
    const end = most(account);
    if (account.isLevel && (!LEVEL_SETTINGS.client.includes(limit) || Number(end) >= NO_COUNT)) return [];
    return end === NO_PRICE ? [] : [{ limit, unit, used: used(account, now), most: end }];
  });
}

/** 1e-4 money and 1e-8 quantities as numbers, for metrics and alarms. */
export function useNumber(unit: Use["unit"], value: bigint | number): number {
  return unit === "count" ? Number(value) : Number(value) / (unit === "money" ? 1e4 : 1e8);
}

/** The largest position of each account or client, and its row as it is now. */
export interface LargestPositions {
  readonly reader: StateReader;
  readonly uses: Pick<PositionUses, "rowOf">;
}

/** The fullest position of an account or a client; `name`: its row. */
export function positionUse(positions: LargestPositions, name: string, { maxPosition }: AccountRow): ReadUse[] {
  if (maxPosition === NO_PRICE) return [];
  const { reader, uses } = positions;
  const row = uses.rowOf(reader.indexOfName(ACCOUNTS, name));
  const used = row === NONE ? 0n : reader.position(row)!.worst;
  return [{ limit: MAX_POSITION, unit: "quantity", used, most: maxPosition }];
}

/** `currency`: of the limits, or null. */
export function usageOf(uses: readonly ReadUse[], currency: string | null): LimitUse[] {
  return uses.map(({ limit, unit, used, most }) => ({
    limit,
    used: textOf(unit, used),
    most: textOf(unit, most),
    percent: percentOf(used, most),
    ...(unit === "money" && currency !== null ? { currency } : {}),
  }));
}

function textOf(unit: Use["unit"], value: bigint | number): number | string {
  if (unit === "count") return Number(value);
  return decimalText(unit === "money" ? BigInt(value) * E4 : BigInt(value));
}

/** Rounded down. Nothing of a limit of 0 is used up. */
function percentOf(used: bigint | number, most: bigint | number): number {
  if (BigInt(most) === 0n) return BigInt(used) === 0n ? 0 : 100;
  return Number((100n * BigInt(used)) / BigInt(most));
}
