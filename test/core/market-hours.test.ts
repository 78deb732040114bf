// Hours of markets over a start, and symbols that the configuration has lost.

import { describe, expect, test } from "bun:test";
import { SYMBOLS } from "../../src/core/assembly/layout.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { MARKET_CLOSED, PHASE_ORDER_TYPES, PHASE_TIMES_IN_FORCE } from "../../src/core/risk/reason-codes.ts";
import { SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import * as answers from "../../src/record/control-codes.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { CONFIG, CoreDriver, only } from "./driver.ts";
import { Kept } from "./kept.ts";

const MOST_COUNT = BigInt(Number.MAX_SAFE_INTEGER);

function symbol(name: string, setting: string, value: bigint | null): CoreChange {
  return { subject: SYMBOLS, name, setting: SYMBOL_SETTINGS.findIndex((kind) => kind.name === setting), value };
}

const reasonOf = (driver: CoreDriver, id: string): unknown => only(driver.order({ id })).reason;

describe("hours of a market", () => {
  const opensAt = (name: string, value: bigint | null) => symbol(name, "opensAt", value);
  const scheduled: CoreConfig = {
    ...CONFIG,
    symbols: CONFIG.symbols.map((one) => (one.name === "AAPL" ? { ...one, hasHours: true } : one)),
  };
  const OPEN = [opensAt("AAPL", 1n), symbol("AAPL", "closesAt", MOST_COUNT)];

  /** A start after this run, by its journal or by its snapshot, with this file. */
  function starts(driver: CoreDriver, config: CoreConfig): CoreDriver[] {
    const replayed = new CoreDriver(config, false);
    replayed.replay(driver.journal, [9, 9, 9], [9, 9]);
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver(config, false);
    loaded.core.beginReplay([9, 9, 9], [9, 9]);
    loadState(loaded.core, kept);
    for (const { core } of [replayed, loaded]) core.endReplay();
    for (const one of [replayed, loaded]) one.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    return [replayed, loaded];
  }

  test("are not those of the run before: a symbol with hours is closed until it is told them", () => {
    const driver = new CoreDriver(scheduled);
    expect(reasonOf(driver, "A")).toBe(MARKET_CLOSED);
    driver.change(OPEN);
    expect(reasonOf(driver, "B")).toBeUndefined();
    for (const started of starts(driver, scheduled)) {
      expect(reasonOf(started, "C")).toBe(MARKET_CLOSED);
      expect(started.change(OPEN)).toBe(answers.CONTROL_APPLIED);
      expect(reasonOf(started, "D")).toBeUndefined();
    }
  });

  test("are none at once for a symbol that has lost its schedule", () => {
    const driver = new CoreDriver(scheduled);
    driver.change([opensAt("AAPL", MOST_COUNT), symbol("AAPL", "closesAt", MOST_COUNT)]);
    expect(reasonOf(driver, "A")).toBe(MARKET_CLOSED);
    for (const started of starts(driver, CONFIG)) expect(reasonOf(started, "B")).toBeUndefined();
  });

  test("keep no name that is not configured any more, and take no spare one", () => {
    const gone = { ...CONFIG.symbols[0]!, name: "GONE" };
    const driver = new CoreDriver({ ...CONFIG, symbols: [...CONFIG.symbols, gone] });
    driver.change([opensAt("GONE", 1n)]);
    for (const { core } of starts(driver, { ...CONFIG, spareNames: 0 }))
      expect(new StateReader(core.area.buffer, core.area.at).names(SYMBOLS)).not.toContain("GONE");
  });
});

test("a market takes what its phase at the order's time takes, and after its end what the next one takes", () => {
  const driver = new CoreDriver(CONFIG);
  const set = (values: Record<string, bigint | null>) =>
    expect(driver.change(Object.entries(values).map(([name, value]) => symbol("AAPL", name, value)))).toBe(
      answers.CONTROL_APPLIED,
    );
  const [LIMIT, MARKET, DAY, IOC] = [4n, 2n, 1n, 8n];
  const nowUs = BigInt(driver.timeUs);
  set({ hasPhases: 1n, phaseEndsAt: nowUs + 1_000n, phaseOrderTypes: LIMIT, phaseTimesInForce: DAY });
  set({ nextOrderTypes: LIMIT | MARKET, nextTimesInForce: IOC });
  expect(reasonOf(driver, "A")).toBeUndefined();
  expect(only(driver.order({ id: "B", type: code.TYPE_MARKET })).reason).toBe(PHASE_ORDER_TYPES);
  expect(only(driver.order({ id: "C", tif: code.TIF_IOC })).reason).toBe(PHASE_TIMES_IN_FORCE);
  driver.timeUs = Number(nowUs + 999n);
  expect(reasonOf(driver, "D")).toBeUndefined();
  driver.timeUs = Number(nowUs + 1_000n);
  expect(reasonOf(driver, "E")).toBe(PHASE_TIMES_IN_FORCE);
  expect(only(driver.order({ id: "F", tif: code.TIF_IOC, type: code.TYPE_MARKET })).reason).toBeUndefined();
  // An empty phase is a break: no new order and no replace; a cancel passes.
  set({ nextOrderTypes: 0n });
  expect(reasonOf(driver, "G")).toBe(MARKET_CLOSED);
  expect(only(driver.replace({ id: "H", orig: "A" })).reason).toBe(MARKET_CLOSED);
  expect(only(driver.cancel({ id: "I", orig: "A" })).reason).toBeUndefined();
  set({ hasPhases: null });
  expect(reasonOf(driver, "J")).toBeUndefined();
});

test("a symbol that is not sound takes changes of what is nothing to its collar", () => {
  const gone = { ...CONFIG.symbols[0]!, name: "GONE" };
  const driver = new CoreDriver({ ...CONFIG, symbols: [...CONFIG.symbols, gone] });
  driver.change([symbol("GONE", "enabled", 0n)]);
  const replayed = new CoreDriver(CONFIG, false);
  replayed.replay(driver.journal, [0, 0, 0], [0, 0]);
  replayed.core.endReplay();
  expect(replayed.change([symbol("GONE", "referencePrice", 0n)])).toBe(answers.CONTROL_BAD_VALUE);
  expect(replayed.change([symbol("GONE", "enabled", null)])).toBe(answers.CONTROL_APPLIED);
});
