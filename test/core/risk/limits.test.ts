import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { MOST_E8, NO_PRICE, UNIT_E8 } from "../../../src/base/units.ts";
import { SYMBOL_BYTES, SYMBOLS, SYMBOLS_AT } from "../../../src/core/assembly/layout.ts";
import { SYMBOL_SETTINGS, setFileValues } from "../../../src/core/risk/settings.ts";
import { SIDE_BUY, SIDE_SELL, SIDE_SELL_SHORT } from "../../../src/record/codes.ts";
import { units } from "../../numbers.ts";
import { drawn } from "../../property.ts";
import { Accounts } from "../core-of.ts";
import { type Inner, InnerCore } from "../inner.ts";

const COMPLETE = {
  name: "A",
  enabled: true,
  maxOrderQtyE8: 1n,
  maxOrderNotionalE4: 1n,
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
  canHold(account: number, side: number, more: bigint): boolean {
    return this.inner.canHold(account, side, more) === 1;
  }
  day(account: number): number {
    return this.core.tables.account.aim(account).day;
  }
}

const DAY = 20_000;

test("an account has limits only when all of them are sensible", () => {
  const exact = (["maxOrderQtyE8", "maxOrderNotionalE4"] as const).flatMap((limit) =>
    [0n, -1n, MOST_E8 + 1n, NO_PRICE].map((value) => ({ ...COMPLETE, [limit]: value })),
  );
  const counts = (["maxOpenOrders", "ordersPerSecond"] as const).flatMap((limit) =>
    [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, undefined, null].map((value) => ({
      ...COMPLETE,
      [limit]: value as number,
    })),
  );
  const broken = [...exact, ...counts];
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
  accounts.inner.reserve(0, SIDE_BUY, 10n);
  accounts.inner.reserve(0, SIDE_SELL, 5n);
  accounts.inner.reserve(0, SIDE_SELL_SHORT, 2n);
  accounts.inner.execute(0, SIDE_BUY, units(3), 300n, DAY);
  accounts.inner.execute(0, SIDE_SELL_SHORT, units(4), 400n, DAY);
  expect([accounts.openNotional(0, SIDE_BUY), accounts.openNotional(0, SIDE_SELL)]).toEqual([10, 7]);
  expect([accounts.executedNotional(0, SIDE_BUY), accounts.executedNotional(0, SIDE_SELL)]).toEqual([300, 400]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.position(0)]).toEqual([4, -1]);
});

test("a side can hold no more than stays exact, whatever it has executed", () => {
  const accounts = new Exposures();
  const most = MOST_E8 / 2n;
  accounts.inner.execute(0, SIDE_BUY, 1n, most - 10n, DAY);
  accounts.inner.reserve(0, SIDE_BUY, 4n);
  expect([
    accounts.canHold(0, SIDE_BUY, most - 4n),
    accounts.canHold(0, SIDE_BUY, most - 3n),
    accounts.canHold(0, SIDE_SELL, most),
  ]).toEqual([true, false, true]);
});

test("executed sums and positions are exact over any lifetime of an account, and come back to where they were", () => {
  const amount = fc.bigInt({ min: 1n, max: MOST_E8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), amount, amount), { minLength: 1, maxLength: 200 }), (fills) => {
      const accounts = new Exposures();
      const row = accounts.core.tables.account.aim(0);
      const sums = (): bigint[] => [
        ...[SIDE_BUY, SIDE_SELL].map((side) => row.executedNotional(side)),
        ...[SIDE_BUY, SIDE_SELL].map((side) => row.executedQty(side)),
        row.position,
      ];
      const [value, quantity] = [[0n, 0n] as [bigint, bigint], [0n, 0n] as [bigint, bigint]];
      for (const [buys, count, worth] of fills) {
        accounts.inner.execute(0, buys ? SIDE_BUY : SIDE_SELL, count, worth, DAY);
        value[buys ? 0 : 1] += worth;
        quantity[buys ? 0 : 1] += count;
      }
      expect(sums()).toEqual([...value, ...quantity, quantity[0] - quantity[1]]);
      for (const [buys, count, worth] of fills)
        accounts.inner.execute(0, buys ? SIDE_BUY : SIDE_SELL, -count, -worth, DAY);
      expect(sums()).toEqual([0n, 0n, 0n, 0n, 0n]);
    }),
    drawn(),
  );
});

test("the first execution of a trading day begins new sums, and the position stays", () => {
  const accounts = new Exposures([COMPLETE, COMPLETE]);
  accounts.inner.execute(0, SIDE_BUY, units(10), 1000n, DAY);
  accounts.inner.execute(1, SIDE_BUY, units(1), 1n, DAY);
  accounts.inner.execute(0, SIDE_SELL, units(4), 500n, DAY + 1);
  expect([accounts.executedQty(0, SIDE_BUY), accounts.executedNotional(0, SIDE_BUY)]).toEqual([0, 0]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.executedNotional(0, SIDE_SELL)]).toEqual([4, 500]);
  expect([accounts.position(0), accounts.day(0), accounts.day(1)]).toEqual([6, DAY + 1, DAY]);
  // A bust of yesterday's fill, and a clock that goes back.
  accounts.inner.execute(0, SIDE_BUY, units(-10), -1000n, DAY + 1);
  accounts.inner.execute(0, SIDE_SELL, units(1), 100n, DAY);
  expect([accounts.executedQty(0, SIDE_BUY), accounts.executedNotional(0, SIDE_BUY)]).toEqual([-10, -1000]);
  expect([accounts.executedQty(0, SIDE_SELL), accounts.position(0)]).toEqual([5, -5]);
});

test("money that is given back twice, or an order that closes twice, stops the line", () => {
  const accounts = new Exposures();
  accounts.inner.reserve(0, SIDE_BUY, 5n);
  accounts.inner.countOpen(0, 1);
  accounts.inner.reserve(0, SIDE_BUY, -5n);
  accounts.inner.countOpen(0, -1);
  expect(() => accounts.inner.reserve(0, SIDE_BUY, -1n)).toThrow("open notional of an account");
  expect(() => accounts.inner.countOpen(0, -1)).toThrow("open orders of an account");
});

describe("a symbol's band is its collar around the reference price, rounded inwards", () => {
  const { core, inner } = new InnerCore({ symbols: [], sessions: [] });
  const longs = (symbol: number) =>
    core.area.table(SYMBOLS_AT, 4 * SYMBOL_BYTES).longs.subarray((symbol * SYMBOL_BYTES) / 8);
  /** Reference, lowest, highest, market price. */
  const set = (
    symbol: number,
    collarPpm: number,
    referenceE8: bigint,
    { width = 0n, prices = 0, step = UNIT_E8 } = {},
  ): bigint[] => {
    const file = {
      name: "",
      enabled: true,
      collarPpm,
      collarWidthE8: width,
      referencePriceE8: referenceE8,
      venue: null,
    };
    inner.setSymbol(symbol, prices, step, 0);
    setFileValues(inner, SYMBOLS, SYMBOL_SETTINGS, symbol, file);
    return [...longs(symbol).subarray(2, 6)];
  };
  const isEnabled = (symbol: number) =>
    Number(core.area.table(SYMBOLS_AT, 4 * SYMBOL_BYTES).ints[(symbol * SYMBOL_BYTES) / 4] === 1);

  test("of prices above 0", () => {
    expect(set(0, 10_000, 333n)).toEqual([333n, 330n, 336n, 337n]);
    expect(set(2, 10_000, NO_PRICE)[0]).toBe(NO_PRICE);
    inner.instruct(2, 1000n, 0);
    expect([...longs(2).subarray(2, 5)]).toEqual([1000n, 990n, 1010n]);
    for (const bad of [0n, -5n, MOST_E8 + 1n, NO_PRICE]) {
      inner.instruct(2, bad, 0);
      expect(longs(2)[2]).toBe(NO_PRICE);
    }
    expect([isEnabled(0), isEnabled(3)]).toEqual([1, 0]);
  });

  test("of prices of any sign, at least as wide as is said", () => {
    const any = { prices: 2, width: 50n };
    expect(set(0, 10_000, -37_000n, any)).toEqual([-37_000n, -37_370n, -36_630n, 37_370n]);
    expect(set(0, 10_000, -333n, any)).toEqual([-333n, -383n, -283n, 383n]);
    expect(set(0, 10_000, 0n, any)).toEqual([0n, -50n, 50n, 50n]);
    expect(set(0, 10_000, 0n, { prices: 1, width: 50n })).toEqual([0n, -50n, 50n, 50n]);
    expect(set(0, 10_000, -1n, { prices: 1, width: 50n })[0]).toBe(NO_PRICE);
    expect(set(0, 10_000, 0n, { width: 50n })[0]).toBe(NO_PRICE);
    // A market order would have no limit.
    expect(set(0, 10_000, 0n, { prices: 2 })[0]).toBe(NO_PRICE);
  });

  test("and ends within the prices that there are", () => {
    expect(set(0, 1_000_000, MOST_E8 / 2n)).toEqual([MOST_E8 / 2n, 0n, MOST_E8, MOST_E8]);
    expect(set(0, 1_000_000, MOST_E8 / 2n + 1n)[0]).toBe(NO_PRICE);
    expect(set(0, 10_000_000, MOST_E8)[0]).toBe(NO_PRICE);
  });

  test("a collar, a width or a step that is none blocks the symbol", () => {
    for (const collar of [Number.NaN, -1, 0.5, 10_000_001]) {
      set(0, collar, 333n);
      expect(isEnabled(0)).toBe(0);
    }
    for (const bad of [{ width: -1n }, { width: MOST_E8 + 1n }, { step: 0n }]) {
      set(0, 10_000, 333n, bad);
      expect(isEnabled(0)).toBe(0);
    }
  });
});
