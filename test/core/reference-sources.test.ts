import { expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import { SYMBOLS } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { ACCEPTED, NO_REFERENCE_PRICE, PRICE_COLLAR } from "../../src/core/risk/reason-codes.ts";
import { sourcesOf } from "../../src/core/risk/setting-terms.ts";
import { SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_QUOTES,
  CONTROL_REFERENCE_PRICE,
} from "../../src/record/control-codes.ts";
import { quotesText, readQuotes } from "../../src/record/quotes.ts";
import { price } from "../numbers.ts";
import { CONFIG, CoreDriver, ONE, only } from "./driver.ts";
import { keptIn } from "./kept-core.ts";

const ALL = ["quotes", "executions", "operator", "configuration"];

/** AAPL, at 100 in the file, has these sources; its collar is 5 %. */
function configOf(referenceSources: readonly string[], more = {}): CoreConfig {
  return {
    ...CONFIG,
    symbols: CONFIG.symbols.map((symbol) =>
      symbol.name === "AAPL"
        ? { ...symbol, referenceSources, quotesStaleMs: 1_000, executionsStaleMs: 5_000, ...more }
        : symbol,
    ),
  };
}

function quote(driver: CoreDriver, priceE8: number, ageMs = 0, symbol = "AAPL"): number {
  const { text, count } = quotesText([{ symbol, priceE8: price(priceE8), ageMs }]);
  return driver.command(CONTROL_QUOTES, count, 0, "", text);
}

let ids = 0;
/** The reason for a limit order at a price. */
function orderAt(driver: CoreDriver, px: number): number {
  const outs = driver.order({ id: `R${++ids}`, qty: 1, px });
  return outs.length === 1 && outs[0]!.out === "request" ? ACCEPTED : (only(outs).reason as number);
}

const after = (driver: CoreDriver, ms: number): void => {
  driver.timeUs += ms * 1_000;
};

test("the first source with a price that is not too old counts, and the collar follows it", () => {
  const driver = new CoreDriver(configOf(ALL));
  expect(orderAt(driver, 105 * ONE)).toBe(ACCEPTED);
  expect(quote(driver, 200 * ONE)).toBe(CONTROL_APPLIED);
  expect(orderAt(driver, 105 * ONE)).toBe(PRICE_COLLAR);
  expect(orderAt(driver, 210 * ONE)).toBe(ACCEPTED);
  expect(orderAt(driver, 210 * ONE + 1)).toBe(PRICE_COLLAR);
  quote(driver, 300 * ONE);
  expect(orderAt(driver, 315 * ONE)).toBe(ACCEPTED);
  after(driver, 1_000);
  expect(orderAt(driver, 315 * ONE)).toBe(ACCEPTED);
  // A quote is too old once it is older than it may be.
  driver.timeUs += 1;
  expect(orderAt(driver, 315 * ONE)).toBe(PRICE_COLLAR);
  expect(orderAt(driver, 105 * ONE)).toBe(ACCEPTED);
});

test("the price of the newest execution counts until it is too old; a bust takes it away", () => {
  const driver = new CoreDriver(configOf(["executions", "operator"]));
  expect(orderAt(driver, 100 * ONE)).toBe(NO_REFERENCE_PRICE);
  driver.reference("AAPL", 100 * ONE);
  expect(orderAt(driver, 100 * ONE)).toBe(ACCEPTED);
  const { number, slot } = driver.core.tables.order.aim(0);
  const slotOf = { number: 2, slot: 1 };
  expect([number, slot]).toEqual([1, 0]);
  driver.say({ execType: code.EXEC_NEW, ...slotOf, orderId: "V1" });
  driver.say({ execType: code.EXEC_TRADE, ...slotOf, execId: "E1", lastQty: 1, lastPx: 150 * ONE });
  expect(orderAt(driver, 157 * ONE)).toBe(ACCEPTED);
  expect(orderAt(driver, 100 * ONE)).toBe(PRICE_COLLAR);
  after(driver, 5_001);
  expect(orderAt(driver, 100 * ONE)).toBe(ACCEPTED);
  driver.timeUs -= 5_001_000;
  expect(orderAt(driver, 100 * ONE)).toBe(PRICE_COLLAR);
  driver.say({
    ...{ execType: code.EXEC_TRADE_CANCEL, ...slotOf, execId: "E2", execRefId: "E1" },
    ...{ lastQty: 1, lastPx: 150 * ONE },
  });
  expect(orderAt(driver, 100 * ONE)).toBe(ACCEPTED);
});

test("an order whose sources are all missing or too old is refused, and never passes unchecked", () => {
  const driver = new CoreDriver(configOf(["quotes"], { referencePriceE8: NO_PRICE }));
  expect(orderAt(driver, 100 * ONE)).toBe(NO_REFERENCE_PRICE);
  quote(driver, 100 * ONE, 400);
  expect(orderAt(driver, 100 * ONE)).toBe(ACCEPTED);
  after(driver, 601);
  expect(orderAt(driver, 100 * ONE)).toBe(NO_REFERENCE_PRICE);
  expect(only(driver.order({ id: "M", type: code.TYPE_MARKET })).reason).toBe(NO_REFERENCE_PRICE);
  quote(driver, 100 * ONE);
  expect(orderAt(driver, 100 * ONE)).toBe(ACCEPTED);
});

test("an operator's price is too old after operatorStaleMs, and counts again when it is set once more", () => {
  const driver = new CoreDriver(configOf(["operator", "configuration"], { operatorStaleMs: 1_000 }));
  const set = (px: bigint) => driver.change([{ subject: SYMBOLS, name: "AAPL", setting: 3, value: px }]);
  set(price(200 * ONE));
  expect(orderAt(driver, 200 * ONE)).toBe(ACCEPTED);
  after(driver, 1_001);
  expect(orderAt(driver, 200 * ONE)).toBe(PRICE_COLLAR);
  expect(orderAt(driver, 100 * ONE)).toBe(ACCEPTED);
  expect(set(price(200 * ONE))).toBe(CONTROL_APPLIED);
  expect(orderAt(driver, 200 * ONE)).toBe(ACCEPTED);
  after(driver, 1_001);
  const again = (): number => driver.instruct(CONTROL_REFERENCE_PRICE, 0, price(200 * ONE), "AAPL");
  expect([again(), again()]).toEqual([CONTROL_APPLIED, CONTROL_APPLIED]);
  expect(orderAt(driver, 200 * ONE)).toBe(ACCEPTED);
  // An operator says that there is none: the file's does not count either.
  set(NO_PRICE);
  expect(orderAt(driver, 100 * ONE)).toBe(NO_REFERENCE_PRICE);
});

test("an operator changes the sources from the next order on", () => {
  const driver = new CoreDriver(configOf(ALL));
  quote(driver, 200 * ONE);
  const setting = SYMBOL_SETTINGS.findIndex(({ name }) => name === "referenceSources");
  driver.change([{ subject: SYMBOLS, name: "AAPL", setting, value: sourcesOf(["configuration"])! }]);
  expect(orderAt(driver, 100 * ONE)).toBe(ACCEPTED);
  driver.change([{ subject: SYMBOLS, name: "AAPL", setting, value: sourcesOf(["quotes", "configuration"])! }]);
  expect(orderAt(driver, 100 * ONE)).toBe(PRICE_COLLAR);
});

test("quotes of symbols that are not known are passed over, and a command that is not whole is refused as a whole", () => {
  const driver = new CoreDriver(configOf(["quotes"]));
  expect(quote(driver, 100 * ONE, 0, "NOBODY")).toBe(CONTROL_APPLIED);
  const { text } = quotesText([{ symbol: "AAPL", priceE8: 100n, ageMs: 0 }]);
  expect(driver.command(CONTROL_QUOTES, 2, 0, "", text)).toBe(CONTROL_BAD_RECORD);
  expect(orderAt(driver, 100 * ONE)).toBe(NO_REFERENCE_PRICE);
  const quotes = [
    { symbol: "A", priceE8: -5n, ageMs: 7 },
    { symbol: "LONGER.NAME", priceE8: 9_000_000_000_000_000_000n, ageMs: 16_777_215 },
  ];
  const written = quotesText(quotes);
  expect(readQuotes(written.text, written.count)).toEqual(quotes);
});

test("a replay, and a snapshot, decide as the core did", () => {
  const config = configOf(ALL);
  const driver = new CoreDriver(config);
  quote(driver, 200 * ONE, 300);
  const first = orderAt(driver, 205 * ONE);
  after(driver, 700);
  const second = orderAt(driver, 205 * ONE);
  after(driver, 1);
  const third = orderAt(driver, 205 * ONE);
  expect([first, second, third]).toEqual([ACCEPTED, ACCEPTED, PRICE_COLLAR]);
  quote(driver, 300 * ONE);
  const again = new CoreDriver(config, false);
  again.replay(driver.journal, [0, 0, 0], [0, 0]);
  expect(again.core.digest()).toBe(driver.core.digest());
  const kept = keptIn(driver, config);
  expect(kept.core.digest()).toBe(driver.core.digest());
  for (const one of [driver, kept]) {
    one.timeUs = driver.timeUs;
    expect(new StateReader(one.core.area.buffer, one.core.area.at).symbol("AAPL", one.timeUs)).toMatchObject({
      ...{ source: "quotes", reference: price(300 * ONE), lowest: price(285 * ONE), highest: price(315 * ONE) },
      sources: [
        { name: "quotes", isStale: false },
        { name: "executions", priceE8: null },
        {},
        { name: "configuration" },
      ],
    });
  }
});
