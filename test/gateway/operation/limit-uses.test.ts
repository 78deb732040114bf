import { expect, test } from "bun:test";
import type { AccountRow } from "../../../src/core/account-row.ts";
import { limitReadings } from "../../../src/gateway/operation/limit-uses.ts";

const row = { openOrders: 3, maxOpenOrders: 10, second: 1_000, ordersInSecond: 40, ordersPerSecond: 50 };
const use = (more: Partial<typeof row> = {}) => ({ account: "ACC1", row: { ...row, ...more } as AccountRow });

test("open orders count always, orders of a second only in it and in the next one", () => {
  const open = { account: "ACC1", limit: "maxOpenOrders", used: 3, most: 10 };
  const rate = { account: "ACC1", limit: "ordersPerSecond", used: 40, most: 50 };
  expect(limitReadings([use()], 1_000)).toEqual([open, rate]);
  expect(limitReadings([use()], 1_001)).toEqual([open, rate]);
  expect(limitReadings([use()], 1_002)).toEqual([open]);
  expect(limitReadings([use({ openOrders: 0 })], 1_002)).toEqual([]);
});
