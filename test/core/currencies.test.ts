import { expect, test } from "bun:test";
import { NO_PRICE, UNIT_E8 } from "../../src/base/units.ts";
import { ACCOUNTS, HAS_FACTORS } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { rowOf } from "../../src/core/level-rows.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import {
  EXEC_CANCELED,
  EXEC_NEW,
  EXEC_REPLACED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  SIDE_BUY,
} from "../../src/record/codes.ts";
import { CONTROL_APPLIED, CONTROL_BAD_VALUE } from "../../src/record/control-codes.ts";
import { CONFIG, CoreDriver, ONE, only } from "./driver.ts";
import { Kept } from "./kept.ts";

const RATE = ACCOUNT_SETTINGS.findIndex(({ name }) => name === "rate");
/** AAPL stands for a future in euros, MSFT for a share in yen, which have no rate. */
const CURRENCIES: CoreConfig = {
  ...CONFIG,
  limitCurrency: "USD",
  currencies: [
    { name: "EUR", rateE8: 108_000_000n },
    { name: "JPY", rateE8: null },
  ],
  symbols: CONFIG.symbols.map((symbol) => {
    if (symbol.name === "AAPL") return { ...symbol, currency: "EUR", multiplierE8: 50n * UNIT_E8 };
    return symbol.name === "MSFT" ? { ...symbol, currency: "JPY" } : { ...symbol, currency: "USD" };
  }),
};

function rate(driver: CoreDriver, currency: string, value: bigint | null): number {
  return driver.change([{ subject: ACCOUNTS, name: rowOf("currency", currency), setting: RATE, value }]);
}

/** Open and executed notional of ACC1's buys, 1e-4 money. */
function sums({ core }: CoreDriver): readonly [bigint, bigint] {
  const account = core.tables.account.aim(0);
  return [account.openNotional(SIDE_BUY), account.executedSize(SIDE_BUY)];
}

/** 1e-4 money. */
const usd = (amount: number): bigint => BigInt(amount) * 10_000n;

test("an order holds quantity × price × multiplier × rate, and its refusal says so in the limits' currency", () => {
  const driver = new CoreDriver({
    ...CURRENCIES,
    accounts: CURRENCIES.accounts.map((account) => ({ ...account, maxOrderNotionalE4: usd(1_000_000) })),
  });
  driver.order({ id: "A", qty: 100, px: 101 * ONE });
  expect(sums(driver)).toEqual([usd(545_400), 0n]);
  const { text, reason } = only(driver.order({ id: "B", qty: 186, px: 100 * ONE }));
  expect([reason, text]).toEqual([
    why.MAX_ORDER_NOTIONAL,
    "RISK-011 MAX_ORDER_NOTIONAL limit=1000000 value=1004400 currency=USD level=ACCOUNT:ACC1",
  ]);
});

test("a currency without a rate refuses new orders and replaces by name; cancels and reports pass", () => {
  const driver = new CoreDriver(CURRENCIES);
  const refused = "RISK-133 RATE_MISSING currency=JPY level=SYMBOL:MSFT";
  const msft = { symbol: "MSFT", px: 200 * ONE };
  expect(only(driver.order({ id: "A", ...msft })).text).toBe(refused);
  expect(rate(driver, "JPY", 650_000n)).toBe(CONTROL_APPLIED);
  driver.order({ id: "B", ...msft });
  driver.say({ venue: 1, execType: EXEC_NEW, number: 2, slot: 1, orderId: "V1" });
  expect(sums(driver)).toEqual([usd(130), 0n]);
  expect(rate(driver, "JPY", NO_PRICE)).toBe(CONTROL_APPLIED);
  expect(only(driver.order({ id: "C", ...msft })).text).toBe(refused);
  expect(only(driver.replace({ id: "D", orig: "B", ...msft, qty: 200 }))).toMatchObject({
    out: "cancelReject",
    text: refused,
  });
  driver.say({ venue: 1, execType: EXEC_TRADE, number: 2, slot: 1, execId: "E", lastQty: 40, lastPx: 200 * ONE });
  expect(sums(driver)).toEqual([usd(78), usd(52)]);
  expect(only(driver.cancel({ id: "F", orig: "B", symbol: "MSFT" })).out).toBe("request");
  driver.say({ venue: 1, execType: EXEC_CANCELED, number: 3, slot: 1 });
  expect(sums(driver)).toEqual([0n, usd(52)]);
  // The file has none.
  expect(rate(driver, "JPY", 650_000n)).toBe(CONTROL_APPLIED);
  expect(rate(driver, "JPY", null)).toBe(CONTROL_APPLIED);
  expect(only(driver.order({ id: "G", ...msft })).text).toBe(refused);
});

test("a rate stays when something else of its symbols changes", () => {
  const driver = new CoreDriver(CURRENCIES);
  expect(driver.reference("AAPL", 102 * ONE)).toBe(true);
  driver.order({ id: "A", qty: 1, px: 100 * ONE });
  expect(sums(driver)).toEqual([usd(5_400), 0n]);
});

test("a rate is above 0, and what cannot be one changes nothing", () => {
  const driver = new CoreDriver(CURRENCIES);
  for (const wrong of [0n, -1n]) expect(rate(driver, "EUR", wrong)).toBe(CONTROL_BAD_VALUE);
  driver.order({ id: "A", qty: 1, px: 100 * ONE });
  expect(sums(driver)).toEqual([usd(5_400), 0n]);
});

test("an amount beyond all money is refused, not clamped", () => {
  const driver = new CoreDriver(CURRENCIES);
  expect(rate(driver, "EUR", 90_000_000n * UNIT_E8)).toBe(CONTROL_APPLIED);
  expect(only(driver.order({ id: "A", qty: 1, px: 100 * ONE })).reason).toBe(why.MAX_ORDER_NOTIONAL);
  expect(only(driver.order({ id: "B", qty: 2_000, px: 100 * ONE })).reason).toBe(why.NOTIONAL_OVERFLOW);
  expect(sums(driver)).toEqual([0n, 0n]);
});

/** An order of 100 at 100.01, of which 30 are executed, and one that was accepted at another rate. */
function underWay(): CoreDriver {
  const driver = new CoreDriver(CURRENCIES);
  rate(driver, "EUR", 108_123_457n);
  driver.order({ id: "A", qty: 100, px: 10_001_000_000 });
  driver.say({ execType: EXEC_NEW, number: 1, slot: 0, orderId: "V1" });
  driver.say({ execType: EXEC_TRADE, number: 1, slot: 0, execId: "E1", lastQty: 30, lastPx: 9_999_999_999 });
  rate(driver, "EUR", 222_222_221n);
  driver.order({ id: "B", qty: 7, px: 10_001_000_000 });
  driver.say({ execType: EXEC_NEW, number: 2, slot: 1, orderId: "V2" });
  return driver;
}

/** Cancels both orders and busts the execution at yet another rate. */
function undo(driver: CoreDriver): void {
  rate(driver, "EUR", 77_777_777n);
  driver.say({ execType: EXEC_CANCELED, number: 1, slot: 0 });
  driver.say({ execType: EXEC_CANCELED, number: 2, slot: 1 });
  driver.say({ execType: EXEC_TRADE_CANCEL, number: 1, slot: 0, execId: "E2", execRefId: "E1", lastQty: 30 });
}

test("cancels release what was reserved, and a bust takes back what the fill added, whatever rates do in between", () => {
  const driver = underWay();
  const [held, executed] = sums(driver);
  // 70 and 7, each rounded up once.
  const up = (qty: bigint, px: bigint, factor: bigint): bigint =>
    (qty * UNIT_E8 * px * 50n * factor + 10n ** 20n - 1n) / 10n ** 20n;
  expect(held).toBe(up(70n, 10_001_000_000n, 108_123_457n) + up(7n, 10_001_000_000n, 222_222_221n));
  expect(executed).toBe(up(30n, 9_999_999_999n, 108_123_457n));
  undo(driver);
  expect(sums(driver)).toEqual([0n, 0n]);
});

test("a correction counts at the order's factor", () => {
  const driver = underWay();
  driver.say({
    ...{ execType: EXEC_TRADE_CORRECT, number: 1, slot: 0, execId: "E2", execRefId: "E1" },
    ...{ lastQty: 20, lastPx: 100 * ONE },
  });
  const [, executed] = sums(driver);
  expect(executed).toBe((20n * 100n * 50n * 108_123_457n) / 10_000n);
  driver.say({ execType: EXEC_CANCELED, number: 1, slot: 0 });
  driver.say({ execType: EXEC_CANCELED, number: 2, slot: 1 });
  driver.say({ execType: EXEC_TRADE_CANCEL, number: 1, slot: 0, execId: "E3", execRefId: "E2", lastQty: 20 });
  expect(sums(driver)).toEqual([0n, 0n]);
});

test("a replace keeps the factor of its order", () => {
  const driver = underWay();
  const held = (qty: bigint): bigint => (qty * 100n * 50n * 222_222_221n + 9_999n) / 10_000n;
  driver.say({ execType: EXEC_CANCELED, number: 1, slot: 0 });
  rate(driver, "EUR", 77_777_777n);
  driver.replace({ id: "C", orig: "B", qty: 9, px: 100 * ONE });
  driver.say({ execType: EXEC_REPLACED, number: 2, requestNumber: 3, slot: 1 });
  expect(sums(driver)[0]).toBe(held(9n));
});

test("a replay has the factors of the journal, whatever the file says by then", () => {
  const driver = underWay();
  const again = new CoreDriver({ ...CURRENCIES, currencies: [{ name: "EUR", rateE8: 3n }] }, false);
  again.replay(driver.journal, [], []);
  expect(sums(again)).toEqual(sums(driver));
  again.take();
  undo(again);
  expect(sums(again)).toEqual([0n, 0n]);
});

test("a replay with the file of the time is the same to the last bit", () => {
  const driver = underWay();
  const again = new CoreDriver(CURRENCIES, false);
  again.replay(driver.journal, [], []);
  expect(again.core.digest()).toBe(driver.core.digest());
});

test("a snapshot keeps factors of orders and rates of operators", () => {
  const driver = underWay();
  const restored = new CoreDriver(CURRENCIES, false);
  const kept = new Kept();
  saveState(driver.core, kept);
  loadState(restored.core, kept);
  expect(restored.core.digest()).toBe(driver.core.digest());
  expect(sums(restored)).toEqual(sums(driver));
  undo(restored);
  expect(sums(restored)).toEqual([0n, 0n]);
});

test("a slot whose order had a factor has none of a new order without one", () => {
  const driver = new CoreDriver({ ...CURRENCIES, maxOrders: 1 });
  driver.order({ id: "A" });
  driver.say({ execType: EXEC_CANCELED, number: 1, slot: 0 });
  expect(rate(driver, "JPY", UNIT_E8)).toBe(CONTROL_APPLIED);
  driver.order({ id: "B", symbol: "MSFT", px: 200 * ONE });
  expect(sums(driver)).toEqual([usd(20_000), 0n]);
  driver.say({ venue: 1, execType: EXEC_TRADE, number: 2, slot: 0, execId: "E", lastQty: 100, lastPx: 200 * ONE });
  expect(sums(driver)).toEqual([0n, usd(20_000)]);
});

test("without currencies and multipliers no order has a factor", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  expect(driver.core.area.word(HAS_FACTORS)).toBe(0);
});
