import { expect, test } from "bun:test";
import fc from "fast-check";
import { Accounts, Symbols } from "../../../src/core/risk/limits.ts";
import { SIDE_BUY, SIDE_SELL, SIDE_SELL_SHORT } from "../../../src/record/codes.ts";
import { drawn } from "../../property.ts";

const COMPLETE = {
  name: "A",
  enabled: true,
  maxOrderQty: 1,
  maxOrderNotionalE4: 1,
  maxOpenOrders: 1,
  ordersPerSecond: 1,
};

const DAY = 20_000;

test("an account has limits only when all of them are sensible", () => {
  const broken = (["maxOrderQty", "maxOrderNotionalE4", "maxOpenOrders", "ordersPerSecond"] as const).flatMap((limit) =>
    [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, undefined, null].map((value) => ({
      ...COMPLETE,
      [limit]: value as number,
    })),
  );
  const accounts = new Accounts([COMPLETE, { ...COMPLETE, enabled: false }, ...broken], 64);
  expect([accounts.enabled(0), accounts.hasLimits(0)]).toEqual([true, true]);
  expect([accounts.enabled(1), accounts.hasLimits(1)]).toEqual([false, true]);
  for (let i = 2; i < 2 + broken.length; i++) expect(accounts.hasLimits(i)).toBe(false);
  expect([accounts.enabled(60), accounts.hasLimits(60)]).toEqual([false, false]);
});

test("orders are counted by whole seconds", () => {
  const accounts = new Accounts([COMPLETE, COMPLETE], 2);
  accounts.countOrder(0, 100);
  accounts.countOrder(0, 100);
  expect([accounts.ordersIn(0, 100), accounts.ordersIn(0, 101), accounts.ordersIn(1, 100)]).toEqual([2, 0, 0]);
  accounts.countOrder(0, 101);
  expect([accounts.ordersIn(0, 100), accounts.ordersIn(0, 101)]).toEqual([0, 1]);
});

test("exposure is kept by side; short sales sell", () => {
  const accounts = new Accounts([COMPLETE], 1);
  accounts.reserve(0, SIDE_BUY, 10);
  accounts.reserve(0, SIDE_SELL, 5);
  accounts.reserve(0, SIDE_SELL_SHORT, 2);
  accounts.execute(0, SIDE_BUY, 3, 300, DAY);
  accounts.execute(0, SIDE_SELL_SHORT, 4, 400, DAY);
  expect([accounts.openNotional(0, SIDE_BUY), accounts.openNotional(0, SIDE_SELL)]).toEqual([10, 7]);
  expect([accounts.executedNotional(0, SIDE_BUY), accounts.executedNotional(0, SIDE_SELL)]).toEqual([300, 400]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.position(0)]).toEqual([4, -1]);
});

test("a side can hold no more than stays exact, whatever it has executed", () => {
  const accounts = new Accounts([COMPLETE], 1);
  const most = Number.MAX_SAFE_INTEGER;
  accounts.execute(0, SIDE_BUY, 1, most - 10, DAY);
  accounts.reserve(0, SIDE_BUY, 4);
  expect([
    accounts.canHold(0, SIDE_BUY, most - 4),
    accounts.canHold(0, SIDE_BUY, most - 3),
    accounts.canHold(0, SIDE_SELL, most),
  ]).toEqual([true, false, true]);
});

test("executed sums and positions are exact over any lifetime of an account, and come back to where they were", () => {
  const amount = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), amount, amount), { minLength: 1, maxLength: 200 }), (fills) => {
      const accounts = new Accounts([COMPLETE], 1);
      const parts = accounts.state(0);
      const high = accounts.highParts(0);
      const first = parts.length - high.length;
      const exact = (name: number): bigint => BigInt(high[name]!) * 2n ** 50n + BigInt(parts[first + name]!);
      const [value, quantity] = [[0n, 0n] as [bigint, bigint], [0n, 0n] as [bigint, bigint]];
      for (const [buys, count, worth] of fills) {
        accounts.execute(0, buys ? SIDE_BUY : SIDE_SELL, count, worth, DAY);
        value[buys ? 0 : 1] += BigInt(worth);
        quantity[buys ? 0 : 1] += BigInt(count);
      }
      expect([0, 1, 2, 3].map(exact)).toEqual([...value, ...quantity]);
      const position = quantity[0] - quantity[1];
      if (position < 2n ** 53n && position > -(2n ** 53n)) expect(BigInt(accounts.position(0))).toBe(position);
      for (const [buys, count, worth] of fills) accounts.execute(0, buys ? SIDE_BUY : SIDE_SELL, -count, -worth, DAY);
      expect([...parts.slice(first), ...high]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    }),
    drawn(),
  );
});

test("the first execution of a trading day begins new sums, and the position stays", () => {
  const accounts = new Accounts([COMPLETE, COMPLETE], 2);
  accounts.execute(0, SIDE_BUY, 10, 1000, DAY);
  accounts.execute(1, SIDE_BUY, 1, 1, DAY);
  accounts.execute(0, SIDE_SELL, 4, 500, DAY + 1);
  expect([accounts.executedQty(0, SIDE_BUY), accounts.executedNotional(0, SIDE_BUY)]).toEqual([0, 0]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.executedNotional(0, SIDE_SELL)]).toEqual([4, 500]);
  expect([accounts.position(0), accounts.day(0), accounts.day(1)]).toEqual([6, DAY + 1, DAY]);
  // A bust of yesterday's fill, and a clock that goes back.
  accounts.execute(0, SIDE_BUY, -10, -1000, DAY + 1);
  accounts.execute(0, SIDE_SELL, 1, 100, DAY);
  expect([accounts.executedQty(0, SIDE_BUY), accounts.executedNotional(0, SIDE_BUY)]).toEqual([-10, -1000]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.position(0)]).toEqual([5, -5]);
});

test("money that is given back twice, or an order that closes twice, stops the line", () => {
  const accounts = new Accounts([COMPLETE], 1);
  accounts.reserve(0, SIDE_BUY, 5);
  accounts.countOpen(0, 1);
  accounts.reserve(0, SIDE_BUY, -5);
  accounts.countOpen(0, -1);
  expect(() => accounts.reserve(0, SIDE_BUY, -1)).toThrow("open notional of an account");
  expect(() => accounts.countOpen(0, -1)).toThrow("open orders of an account");
});

test("a symbol's band is its collar around the reference price, rounded inwards", () => {
  const terms = { name: "A", enabled: true, referencePriceE8: 333, collarPpm: 10_000, venue: null };
  const symbols = new Symbols([terms, { ...terms, collarPpm: Number.NaN }, { ...terms, referencePriceE8: 0 }], 8);
  expect([symbols.lowest(0), symbols.highest(0), symbols.marketPrice(0), symbols.reference(0)]).toEqual([
    330, 336, 337, 333,
  ]);
  expect(symbols.reference(1)).toBe(0);
  expect(symbols.reference(2)).toBe(0);
  symbols.setReference(2, 1000);
  expect([symbols.lowest(2), symbols.highest(2), symbols.reference(2)]).toEqual([990, 1010, 1000]);
  for (const bad of [0, -5, 0.5, Number.NaN]) {
    symbols.setReference(2, bad);
    expect(symbols.reference(2)).toBe(0);
  }
  expect(symbols.enabled(0)).toBe(true);
  expect(symbols.enabled(7)).toBe(false);
});
