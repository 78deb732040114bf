// What was dated before the clock was set back: reference prices are too old, and what windows hold has come now.

import { expect, test } from "bun:test";
import { SYMBOLS } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { ENTRY_CONTROL, ENTRY_ORDER } from "../../src/core/entry-kinds.ts";
import {
  ACCEPTED,
  DUPLICATE_ORDER,
  FIRM_ORDER_MESSAGES,
  NO_REFERENCE_PRICE,
  REPEATED_EXECUTIONS,
} from "../../src/core/risk/reason-codes.ts";
import { sourcesOf } from "../../src/core/risk/setting-terms.ts";
import { SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import * as code from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { CONTROL_APPLIED, CONTROL_CLOCK_SET_BACK, CONTROL_QUOTES } from "../../src/record/control-codes.ts";
import { quotesText } from "../../src/record/quotes.ts";
import { price } from "../numbers.ts";
import { Rig } from "./agent-rig.ts";
import { CONFIG, CoreDriver, ONE, only } from "./driver.ts";
import { keptIn } from "./kept-core.ts";

/** It is decided as it is applied. */
const CONTROL_NONE = 0;
const HOUR_US = 3_600_000_000;
const quoted = quotesText([{ symbol: "AAPL", priceE8: price(100 * ONE), ageMs: 0 }]);

let ids = 0;
function reasonOf(driver: CoreDriver, terms = {}): number {
  const out = only(driver.order({ id: `C${++ids}`, qty: 1, ...terms }));
  return out.out === "request" ? ACCEPTED : (out.reason as number);
}

function setBack(driver: CoreDriver, us: number): void {
  driver.timeUs -= us;
  expect(driver.instruct(CONTROL_CLOCK_SET_BACK, 0, 0, "")).toBe(CONTROL_APPLIED);
}

/** AAPL has these sources, each good for a second. */
function sourced(referenceSources: readonly string[]): CoreDriver {
  const stale = { quotesStaleMs: 1_000, executionsStaleMs: 1_000, operatorStaleMs: 1_000 };
  const symbols = CONFIG.symbols.map((symbol) => ({ ...symbol, referenceSources, ...stale }));
  return new CoreDriver({ ...CONFIG, symbols });
}

const SOURCES: Record<string, (driver: CoreDriver) => void> = {
  quotes: (driver) => driver.command(CONTROL_QUOTES, quoted.count, 0, "", quoted.text),
  executions: (driver) =>
    void driver.say({ execType: code.EXEC_TRADE, number: 1, execId: `E${++ids}`, lastQty: 1, lastPx: 100 * ONE }),
  operator: (driver) => void driver.reference("AAPL", 100 * ONE),
};

test.each(Object.keys(SOURCES))(
  "a price of %s that lies ahead of the clock is none until a new one comes",
  (source) => {
    const driver = sourced(["configuration"]);
    reasonOf(driver, { qty: 100 });
    const setting = SYMBOL_SETTINGS.findIndex(({ name }) => name === "referenceSources");
    driver.change([{ subject: SYMBOLS, name: "AAPL", setting, value: sourcesOf([source]) }]);
    expect(reasonOf(driver)).toBe(NO_REFERENCE_PRICE);
    SOURCES[source]!(driver);
    expect(reasonOf(driver)).toBe(ACCEPTED);
    setBack(driver, HOUR_US);
    expect(reasonOf(driver)).toBe(NO_REFERENCE_PRICE);
    const again = new CoreDriver(driver.config, false);
    again.replay(driver.journal, [0, 0, 0], [0, 0]);
    const kept = keptIn(driver, driver.config);
    for (const one of [again, kept]) {
      expect(one.core.digest()).toBe(driver.core.digest());
      one.timeUs = driver.timeUs;
      if (one === kept) expect(reasonOf(one)).toBe(NO_REFERENCE_PRICE);
    }
    // Nor when the clock is there again.
    driver.timeUs += HOUR_US;
    expect(reasonOf(driver)).toBe(NO_REFERENCE_PRICE);
    SOURCES[source]!(driver);
    expect(reasonOf(driver)).toBe(ACCEPTED);
  },
);

test("messages of all sessions, executions and orders that lie ahead count as if they had come now: for one window", () => {
  const windows = { duplicateOrders: 2, duplicateWindowMs: 1_000, repeatedExecutions: 3, executionsWindowMs: 1_000 };
  const config: CoreConfig = {
    ...CONFIG,
    accounts: CONFIG.accounts.map((one) => ({ ...one, ...windows })),
    firm: { firmOrderMessages: 5, firmOrderMessagesWindowMs: 1_000 },
  };
  const driver = new CoreDriver(config);
  const fill = (): void => {
    driver.say({ execType: code.EXEC_TRADE, number: 1, execId: `E${++ids}`, lastQty: 1, lastPx: 100 * ONE });
  };
  expect([reasonOf(driver), reasonOf(driver), reasonOf(driver)]).toEqual([ACCEPTED, ACCEPTED, DUPLICATE_ORDER]);
  fill();
  fill();
  setBack(driver, HOUR_US);
  expect(reasonOf(driver)).toBe(DUPLICATE_ORDER);
  expect(reasonOf(driver, { qty: 2 })).toBe(ACCEPTED);
  expect(reasonOf(driver, { qty: 3 })).toBe(FIRM_ORDER_MESSAGES);
  driver.timeUs += 1_000_000;
  expect([reasonOf(driver), reasonOf(driver)]).toEqual([ACCEPTED, ACCEPTED]);
  fill();
  expect(reasonOf(driver, { qty: 4 })).toBe(ACCEPTED);
  setBack(driver, HOUR_US);
  fill();
  fill();
  driver.timeUs += 1_000_000;
  expect(reasonOf(driver, { qty: 5 })).toBe(REPEATED_EXECUTIONS);
});

test("the agent notices by itself, before the next request, and also at its first turn; a second is let pass", () => {
  const setting = (name: string) => SYMBOL_SETTINGS.findIndex((one) => one.name === name);
  const rig = new Rig((core) => {
    core.code.setFileValue(SYMBOLS, 0, setting("referenceSources"), sourcesOf(["quotes"])!);
    core.code.setFileValue(SYMBOLS, 0, setting("quotesStaleMs"), 10_000_000n);
    core.code.settle(SYMBOLS, 0);
  }).up();
  rig.command(CONTROL_QUOTES, quoted.count, 0, "", 1, quoted.text);
  rig.put({ id: "A" });
  rig.agent.poll(0);
  rig.time.wallUs -= 1_000_000;
  rig.put({ id: "B" });
  rig.agent.poll(0);
  expect(rig.entries.map(({ kind, index }) => [kind, index & 255])).toEqual([
    [ENTRY_CONTROL, CONTROL_NONE],
    [ENTRY_ORDER, ACCEPTED],
    [ENTRY_ORDER, ACCEPTED],
  ]);
  rig.time.wallUs -= 1_000_000;
  rig.put({ id: "C" });
  rig.agent.poll(0);
  const [command, order] = rig.entries.slice(3);
  expect(new Control(command!.payload).kind).toBe(CONTROL_CLOCK_SET_BACK);
  expect(order!.index & 255).toBe(NO_REFERENCE_PRICE);
  const entries = rig.entries.length;
  rig.agent.poll(0);
  expect(rig.entries.length).toBe(entries);

  const later = new Rig((core) => {
    core.code.keepFirmMessage(1, rig.time.wallUs + HOUR_US);
  });
  later.agent.poll(0);
  later.agent.poll(0);
  expect(later.entries.map(({ kind }) => kind)).toEqual([ENTRY_CONTROL]);
});
