import { expect, test } from "bun:test";
import fc from "fast-check";
import { SYMBOL_BYTES, SYMBOLS_AT } from "../../../src/core/assembly/layout.ts";
import { SIDE_BUY, SIDE_SELL, SIDE_SELL_SHORT } from "../../../src/record/codes.ts";
import { drawn } from "../../property.ts";
import { Accounts } from "../core-of.ts";
import { type Inner, InnerCore } from "../inner.ts";

const COMPLETE = {
  name: "A",
  enabled: true,
  maxOrderQty: 1,
  maxOrderNotionalE4: 1,
  maxOpenOrders: 1,
  ordersPerSecond: 1,
};

/** Limits and exposure of these accounts, the first ones of a core. */
class Exposures extends Accounts {
  readonly inner: Inner;

  constructor(accounts: readonly (typeof COMPLETE)[] = [COMPLETE]) {
    const named = accounts.map((account, i) => ({ ...account, name: `A${i}` }));
    const { core, inner } = new InnerCore({ accounts: named, sessions: [] });
    super(core);
    this.inner = inner;
  }

  enabled(account: number): boolean {
    return this.inner.isEnabled(account) === 1;
  }
  hasLimits(account: number): boolean {
    return this.inner.hasLimits(account) === 1;
  }
  canHold(account: number, side: number, more: number): boolean {
    return this.inner.canHold(account, side, more) === 1;
  }
  day(account: number): number {
    return this.core.tables.account.aim(account).day;
  }
}

const DAY = 20_000;

test("an account has limits only when all of them are sensible", () => {
  const broken = (["maxOrderQty", "maxOrderNotionalE4", "maxOpenOrders", "ordersPerSecond"] as const).flatMap((limit) =>
    [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, undefined, null].map((value) => ({
      ...COMPLETE,
      [limit]: value as number,
    })),
  );
  const accounts = new Exposures([COMPLETE, { ...COMPLETE, enabled: false }, ...broken]);
  expect([accounts.enabled(0), accounts.hasLimits(0)]).toEqual([true, true]);
  expect([accounts.enabled(1), accounts.hasLimits(1)]).toEqual([false, true]);
  for (let i = 2; i < 2 + broken.length; i++) expect(accounts.hasLimits(i)).toBe(false);
  expect([accounts.enabled(60), accounts.hasLimits(60)]).toEqual([false, false]);
});

test("orders are counted by whole seconds", () => {
  const accounts = new Exposures([COMPLETE, COMPLETE]);
  accounts.inner.countOrder(0, 100);
  accounts.inner.countOrder(0, 100);
  expect([accounts.inner.ordersIn(0, 100), accounts.inner.ordersIn(0, 101), accounts.inner.ordersIn(1, 100)]).toEqual([
    2, 0, 0,
  ]);
  accounts.inner.countOrder(0, 101);
  expect([accounts.inner.ordersIn(0, 100), accounts.inner.ordersIn(0, 101)]).toEqual([0, 1]);
});

test("exposure is kept by side; short sales sell", () => {
  const accounts = new Exposures();
  accounts.inner.reserve(0, SIDE_BUY, 10);
  accounts.inner.reserve(0, SIDE_SELL, 5);
  accounts.inner.reserve(0, SIDE_SELL_SHORT, 2);
  accounts.inner.execute(0, SIDE_BUY, 3, 300, DAY);
  accounts.inner.execute(0, SIDE_SELL_SHORT, 4, 400, DAY);
  expect([accounts.openNotional(0, SIDE_BUY), accounts.openNotional(0, SIDE_SELL)]).toEqual([10, 7]);
  expect([accounts.executedNotional(0, SIDE_BUY), accounts.executedNotional(0, SIDE_SELL)]).toEqual([300, 400]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.position(0)]).toEqual([4, -1]);
});

test("a side can hold no more than stays exact, whatever it has executed", () => {
  const accounts = new Exposures();
  const most = Number.MAX_SAFE_INTEGER;
  accounts.inner.execute(0, SIDE_BUY, 1, most - 10, DAY);
  accounts.inner.reserve(0, SIDE_BUY, 4);
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
      const accounts = new Exposures();
      const row = accounts.core.tables.account.aim(0);
      const [parts, high] = [row.state(), row.highParts()];
      const first = parts.length - high.length;
      const exact = (name: number): bigint => BigInt(high[name]!) * 2n ** 50n + BigInt(parts[first + name]!);
      const [value, quantity] = [[0n, 0n] as [bigint, bigint], [0n, 0n] as [bigint, bigint]];
      for (const [buys, count, worth] of fills) {
        accounts.inner.execute(0, buys ? SIDE_BUY : SIDE_SELL, count, worth, DAY);
        value[buys ? 0 : 1] += BigInt(worth);
        quantity[buys ? 0 : 1] += BigInt(count);
      }
      expect([0, 1, 2, 3].map(exact)).toEqual([...value, ...quantity]);
      const position = quantity[0] - quantity[1];
      if (position < 2n ** 53n && position > -(2n ** 53n)) expect(BigInt(accounts.position(0))).toBe(position);
      for (const [buys, count, worth] of fills)
        accounts.inner.execute(0, buys ? SIDE_BUY : SIDE_SELL, -count, -worth, DAY);
      expect([...parts.slice(first), ...high]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    }),
    drawn(),
  );
});

test("the first execution of a trading day begins new sums, and the position stays", () => {
  const accounts = new Exposures([COMPLETE, COMPLETE]);
  accounts.inner.execute(0, SIDE_BUY, 10, 1000, DAY);
  accounts.inner.execute(1, SIDE_BUY, 1, 1, DAY);
  accounts.inner.execute(0, SIDE_SELL, 4, 500, DAY + 1);
  expect([accounts.executedQty(0, SIDE_BUY), accounts.executedNotional(0, SIDE_BUY)]).toEqual([0, 0]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.executedNotional(0, SIDE_SELL)]).toEqual([4, 500]);
  expect([accounts.position(0), accounts.day(0), accounts.day(1)]).toEqual([6, DAY + 1, DAY]);
  // A bust of yesterday's fill, and a clock that goes back.
  accounts.inner.execute(0, SIDE_BUY, -10, -1000, DAY + 1);
  accounts.inner.execute(0, SIDE_SELL, 1, 100, DAY);
  expect([accounts.executedQty(0, SIDE_BUY), accounts.executedNotional(0, SIDE_BUY)]).toEqual([-10, -1000]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.position(0)]).toEqual([5, -5]);
});

test("money that is given back twice, or an order that closes twice, stops the line", () => {
  const accounts = new Exposures();
  accounts.inner.reserve(0, SIDE_BUY, 5);
  accounts.inner.countOpen(0, 1);
  accounts.inner.reserve(0, SIDE_BUY, -5);
  accounts.inner.countOpen(0, -1);
  expect(() => accounts.inner.reserve(0, SIDE_BUY, -1)).toThrow("open notional of an account");
  expect(() => accounts.inner.countOpen(0, -1)).toThrow("open orders of an account");
});

test("a symbol's band is its collar around the reference price, rounded inwards", () => {
  const { core, inner } = new InnerCore({ symbols: [], sessions: [] });
  const row = (symbol: number) => core.area.doubles(SYMBOLS_AT, 256).subarray((symbol * SYMBOL_BYTES) / 8);
  /** Enabled, collar, reference, lowest, highest, market price. */
  const set = (symbol: number, collarPpm: number, referenceE8: number): number[] => {
    inner.setSymbol(symbol, 1, collarPpm, referenceE8, 0);
    return [...row(symbol).subarray(2, 6)];
  };
  expect(set(0, 10_000, 333)).toEqual([333, 330, 336, 337]);
  expect(set(1, Number.NaN, 333)[0]).toBe(0);
  expect(set(2, 10_000, 0)[0]).toBe(0);
  inner.instruct(2, 1000);
  expect([...row(2).subarray(2, 5), row(2)[6]]).toEqual([1000, 990, 1010, 1]);
  for (const bad of [0, -5, 0.5, Number.NaN]) {
    inner.instruct(2, bad);
    expect(row(2)[2]).toBe(0);
  }
  expect([row(0)[0], row(7)[0]]).toEqual([1, 0]);
});
