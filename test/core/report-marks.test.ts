// Executions that come late are references of their own time, and a market order holds what it held while no source has a price.

import { expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import { NO_REFERENCE_PRICE } from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { CONFIG, CoreDriver, ONE, only, type ReportTerms } from "./driver.ts";

const STALE_MS = 5_000;
const SECOND_US = 1_000_000;

function sourced(referenceSources: readonly string[]): CoreDriver {
  const symbols = CONFIG.symbols.map((symbol) => ({
    ...symbol,
    ...{ referenceSources, executionsStaleMs: STALE_MS, referencePriceE8: NO_PRICE },
  }));
  const driver = new CoreDriver({ ...CONFIG, symbols });
  return driver;
}

let ids = 0;
const trade = (driver: CoreDriver, terms: ReportTerms): void =>
  void driver.say({ execType: code.EXEC_TRADE, number: 1, execId: `E${++ids}`, lastQty: 1, ...terms });

/** The reference price, by the first of these at which an order passes. */
function reference(driver: CoreDriver): number | null {
  for (const px of [100, 200, 300]) {
    const out = only(driver.order({ id: `R${++ids}`, qty: 1, px: px * ONE }));
    if (out.out === "request") return px;
    if (out.reason === NO_REFERENCE_PRICE) return null;
  }
  throw new Error("expected a reference price of 100, 200 or 300");
}

/** AAPL's last execution was at 100, now. */
function traded(): CoreDriver {
  const driver = sourced(["operator", "executions"]);
  driver.reference("AAPL", 100 * ONE);
  driver.order({ id: "A", qty: 100 });
  driver.reference("AAPL", NO_PRICE);
  trade(driver, { lastPx: 100 * ONE, transactUs: driver.timeUs });
  expect(reference(driver)).toBe(100);
  return driver;
}

test("an execution that a resend brings late is as old as its TransactTime, and never in the place of a newer one", () => {
  const driver = traded();
  trade(driver, { lastPx: 200 * ONE, transactUs: driver.timeUs - 2 * SECOND_US, possDup: true });
  expect(reference(driver)).toBe(100);
  driver.timeUs += 4 * SECOND_US;
  trade(driver, { lastPx: 300 * ONE, transactUs: driver.timeUs - 2 * SECOND_US });
  expect(reference(driver)).toBe(300);
  driver.timeUs += 3 * SECOND_US;
  expect(reference(driver)).toBe(300);
  driver.timeUs += 1;
  expect(reference(driver)).toBe(null);
  trade(driver, { lastPx: 100 * ONE, transactUs: driver.timeUs - 60 * SECOND_US, possDup: true });
  trade(driver, { lastPx: 100 * ONE, possDup: true });
  expect(reference(driver)).toBe(null);
  // Without a time it is as old as its arrival, where it is no resend; a venue's clock may be a little off.
  trade(driver, { lastPx: 200 * ONE });
  expect(reference(driver)).toBe(200);
  trade(driver, { lastPx: 300 * ONE, transactUs: driver.timeUs - SECOND_US });
  expect(reference(driver)).toBe(300);
  const again = new CoreDriver(driver.config, false);
  again.replay(driver.journal, [0, 0, 0], [0, 0]);
  expect(again.core.digest()).toBe(driver.core.digest());
});

test("a market order holds what it held for what is left of it, while no source has a price", () => {
  const driver = sourced(["executions"]);
  driver.order({ id: "X", qty: 1 });
  const limit = traded();
  expect(limit.core.digest()).not.toBe(driver.core.digest());
  limit.order({ id: "M", qty: 90, type: code.TYPE_MARKET });
  const { order } = limit.core.tables;
  const slot = [...Array(10).keys()].find((one) => order.aim(one).ordType === code.TYPE_MARKET)!;
  const { number } = order.aim(slot);
  const held = order.aim(slot).reserved;
  // 90 at 105, the collar above 100.
  expect(held).toBe(94_500_000n);
  const bust = { execType: code.EXEC_TRADE_CANCEL, number: 1, execRefId: "E", execId: `B${++ids}` };
  limit.say({ ...bust, lastQty: 1, lastPx: 100 * ONE });
  expect(reference(limit)).toBe(null);
  const market = { number, slot };
  limit.say({ execType: code.EXEC_NEW, ...market, orderId: "V1" });
  expect(order.aim(slot).reserved).toBe(held);
  limit.say({ execType: code.EXEC_RESTATED, ...market, quantity: 60 });
  expect(order.aim(slot).reserved).toBe(63_000_000n);
  limit.say({ execType: code.EXEC_RESTATED, ...market, quantity: 120 });
  expect(order.aim(slot).reserved).toBe(126_000_000n);
  const again = new CoreDriver(limit.config, false);
  again.replay(limit.journal, [0, 0, 0], [0, 0]);
  expect(again.core.digest()).toBe(limit.core.digest());

  // A journal of the version before has no marks: there it held nothing any more.
  const before = new CoreDriver(limit.config, false);
  const unmarked = limit.journal.map((input) => {
    if (input.kind !== "report") return input;
    const words = input.words.slice();
    new ExecutionReport({ ints: words, bytes: new Uint8Array(words.buffer) } as never).rules = 0;
    return { ...input, words };
  });
  before.replay(unmarked, [0, 0, 0], [0, 0]);
  expect(before.core.tables.order.aim(slot).reserved).toBe(0n);
});
