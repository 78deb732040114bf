import { expect, test } from "bun:test";
import { NO_PRICE } from "../../../src/base/units.ts";
import type { AccountRow } from "../../../src/core/account-row.ts";
import { limitReadings } from "../../../src/gateway/operation/limit-uses.ts";

const NO_POSITIONS = { largestOf: () => 0 };
const NONE = {
  maxGrossExposure: NO_PRICE,
  maxNetExposure: NO_PRICE,
  maxDailyNotional: NO_PRICE,
  creditLimit: NO_PRICE,
  maxDailyVolume: NO_PRICE,
  maxPosition: NO_PRICE,
};
const row = { openOrders: 3, maxOpenOrders: 10, second: 1_000, ordersInSecond: 40, ordersPerSecond: 50, ...NONE };
const use = (more: object = {}) => ({ account: "ACC1", index: 4, row: { ...row, ...more } as unknown as AccountRow });
const at = (second: number, day = 7) => ({ second, day });

test("open orders count always, orders of a second only in it and in the next one", () => {
  const open = { level: "account" as const, name: "ACC1", limit: "maxOpenOrders", used: 3, most: 10 };
  const rate = { level: "account" as const, name: "ACC1", limit: "ordersPerSecond", used: 40, most: 50 };
  expect(limitReadings([use()], NO_POSITIONS, at(1_000))).toEqual([open, rate]);
  expect(limitReadings([use()], NO_POSITIONS, at(1_001))).toEqual([open, rate]);
  expect(limitReadings([use()], NO_POSITIONS, at(1_002))).toEqual([open]);
  expect(limitReadings([use({ openOrders: 0 })], NO_POSITIONS, at(1_002))).toEqual([]);
});

test("the exposure is read for the trading day, in money and units, where there is a limit of it", () => {
  const limited = use({
    openOrders: 0,
    maxGrossExposure: 20_000n,
    maxDailyVolume: 500_000_000n,
    grossExposure: (day: number) => (day === 7 ? 15_000n : 5_000n),
    dailyVolume: () => 250_000_000n,
  });
  const volume = { level: "account" as const, name: "ACC1", limit: "maxDailyVolume", used: 2.5, most: 5 };
  expect(limitReadings([limited], NO_POSITIONS, at(2_000))).toEqual([
    { level: "account" as const, name: "ACC1", limit: "maxGrossExposure", used: 1.5, most: 2 },
    volume,
  ]);
  expect(limitReadings([limited], NO_POSITIONS, at(2_000, 8))[0]).toMatchObject({
    limit: "maxGrossExposure",
    used: 0.5,
  });
});

test("the position that can become the largest counts against the limit of each", () => {
  const limited = use({ openOrders: 0, maxPosition: 1_000_000_000n });
  const positions = { largestOf: (account: number) => (account === 4 ? 900_000_000 : 1) };
  const position = { level: "account" as const, name: "ACC1", limit: "maxPosition", used: 9, most: 10 };
  expect(limitReadings([limited], positions, at(2_000))).toEqual([position]);
  expect(limitReadings([use({ openOrders: 0 })], positions, at(2_000))).toEqual([]);
});
