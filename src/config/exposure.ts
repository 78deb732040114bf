import { type Static, Type } from "@sinclair/typebox";
import { type DecimalBounds, readDecimal } from "./decimal.ts";
import { decimal, flag, whole } from "./fields.ts";
import { MAX_MONEY, MAX_NUMBER } from "./numbers.ts";

const MONEY: DecimalBounds = { places: 4, max: MAX_MONEY, from: "zero" };
const QUANTITY: DecimalBounds = { places: 8, max: MAX_NUMBER, from: "zero" };
const limit = (description: string, bounds: DecimalBounds) =>
  Type.Optional(decimal(description, bounds, { fallback: "no limit" }));

/** Limits of what was executed on the trading day and what open orders can still execute. `of`: whose, where that is not an account. */
export const exposureSums = (of: string) => ({
  maxGrossExposure: limit(
    `${of}Most quantity × price that is bought and sold on the trading day, and what open orders can still buy and sell.`,
    MONEY,
  ),
  maxNetExposure: limit(
    `${of}Most quantity × price that is bought less sold on the trading day, if all open buys are filled and no sell; also sold less bought, the other way.`,
    MONEY,
  ),
  maxDailyNotional: limit(
    `${of}Most quantity × price of the trading day's executions, and of those that open orders can still have.`,
    MONEY,
  ),
  maxDailyVolume: limit(`${of}The same of quantities.`, QUANTITY),
  creditLimit: limit(
    `${of}Most quantity × price that the clearing firm grants for the trading day, of what is bought and sold and of open orders. No override passes it.`,
    MONEY,
  ),
});

const position = {
  maxPosition: limit(
    "Most quantity of a symbol that is held if all open buys are filled and no sell; the same of what is sold short. For each symbol.",
    QUANTITY,
  ),
};

/** Limits of one order, and of open orders. `of`: whose. */
export const orderLimits = (of: string) => ({
  maxOrderQty: limit(`Largest OrderQty (38) of an order of ${of}.`, { places: 8, max: MAX_NUMBER }),
  maxOrderNotional: limit(`Largest quantity × price of an order of ${of}.`, { places: 4, max: MAX_MONEY }),
  maxOpenOrders: Type.Optional(whole(`Most open orders of ${of}.`, 1, 16_777_216, { fallback: "no limit" })),
});

/** Limits of identical orders. `of`: whose. */
export const duplicateLimits = (of: string) => ({
  duplicateOrders: Type.Optional(
    whole(`Most orders of ${of} of the same symbol, side, quantity and prices within duplicateWindowMs.`, 1, 100, {
      fallback: "no limit",
    }),
  ),
  duplicateWindowMs: whole("Time within which identical orders count.", 1, 60_000, { default: 1_000 }),
  duplicatesIgnorePrices: flag("Whether orders of the same symbol, side and quantity are identical at any price.", {
    default: false,
  }),
});

/** Limits of a client's orders, and of sums over its accounts. */
export const clientLimits = {
  ...orderLimits("its accounts"),
  ...duplicateLimits("its accounts"),
  ...exposureSums("Of its accounts: "),
  ...position,
};

/** Limits of executions. `of`: who is stopped. */
export const executionLimits = (of: string) => ({
  repeatedExecutions: Type.Optional(
    whole(`Executions in one symbol within executionsWindowMs that stop the ${of}.`, 1, 1_000, {
      fallback: "no limit",
    }),
  ),
  executionsWindowMs: whole("Time within which executions count.", 1, 3_600_000, { default: 60_000 }),
});

/** Limits of what an account has executed on the trading day, of what its open orders can still execute, and of identical orders; none is required. */
export const exposureLimits = {
  ...exposureSums(""),
  ...position,
  ...duplicateLimits("it"),
  ...executionLimits("account"),
};

const BOUNDS = {
  maxGrossExposure: MONEY,
  maxNetExposure: MONEY,
  maxDailyNotional: MONEY,
  creditLimit: MONEY,
  maxDailyVolume: QUANTITY,
  maxPosition: QUANTITY,
} as const;

export type ExposureKey = keyof typeof BOUNDS;

/** Money in 1e-4, quantities in 1e-8; absent: there is no such limit. */
export interface ExposureLimits {
  maxGrossExposureE4?: bigint;
  maxNetExposureE4?: bigint;
  maxDailyNotionalE4?: bigint;
  creditLimitE4?: bigint;
  maxDailyVolumeE8?: bigint;
  maxPositionE8?: bigint;
}

/** Limits of one order and of open orders; absent: there is no such limit. */
export interface OrderLimits {
  maxOrderQtyE8?: bigint;
  maxOrderNotionalE4?: bigint;
  maxOpenOrders?: number;
}

type Given = { readonly [Key in ExposureKey]?: Static<(typeof exposureLimits)[Key]> | undefined };

/** The limits of a table that was checked. */
export function resolveExposure(table: Given): ExposureLimits {
  const limits: ExposureLimits = {};
  for (const [key, bounds] of Object.entries(BOUNDS) as [ExposureKey, DecimalBounds][]) {
    const value = table[key];
    if (value === undefined) continue;
    const number = numberOf(value, bounds);
    limits[`${key}${bounds.places === 4 ? "E4" : "E8"}` as keyof ExposureLimits] = number;
  }
  return limits;
}

/** Limits of identical orders; absent: there is no such limit. */
export interface DuplicateLimits {
  duplicateOrders?: number | undefined;
  duplicateWindowMs: number;
  duplicatesIgnorePrices: boolean;
}

/** Those of a table that was checked. */
export function resolveDuplicates(table: DuplicateLimits): DuplicateLimits {
  const { duplicateOrders, duplicateWindowMs, duplicatesIgnorePrices } = table;
  return {
    ...(duplicateOrders === undefined ? {} : { duplicateOrders }),
    ...{ duplicateWindowMs, duplicatesIgnorePrices },
  };
}

type GivenOrderLimits = { readonly [Key in keyof ReturnType<typeof orderLimits>]?: string | number | undefined };

/** Limits of one order and of open orders, of a table that was checked. */
export function resolveOrderLimits({ maxOrderQty, maxOrderNotional, maxOpenOrders }: GivenOrderLimits): OrderLimits {
  return {
    ...(maxOrderQty === undefined ? {} : { maxOrderQtyE8: numberOf(maxOrderQty, QUANTITY) }),
    ...(maxOrderNotional === undefined ? {} : { maxOrderNotionalE4: numberOf(maxOrderNotional, MONEY) }),
    ...(maxOpenOrders === undefined ? {} : { maxOpenOrders: Number(maxOpenOrders) }),
  };
}

function numberOf(value: string | number, bounds: DecimalBounds): bigint {
  const number = readDecimal(value, bounds);
  if (typeof number !== "bigint") throw new TypeError(`unchecked decimal ${value}`);
  return number;
}
