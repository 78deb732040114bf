// Trading states of client sessions and venues: what they refuse, and that they stay.

import { describe, expect, test } from "bun:test";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_VALUE,
  CONTROL_SESSION_TRADING,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  CONTROL_VENUE_TRADING,
  TRADING_CANCEL_ONLY,
  TRADING_OFF,
  TRADING_ON,
} from "../../src/record/control-codes.ts";
import { CoreDriver, working } from "./driver.ts";
import { Kept } from "./kept.ts";

const session = (driver: CoreDriver, state: number, id = 1): number =>
  driver.instruct(CONTROL_SESSION_TRADING, state, id, "CLIENT");
const venue = (driver: CoreDriver, state: number, id = 0): number =>
  driver.instruct(CONTROL_VENUE_TRADING, state, id, "ALPHA");

describe.each([
  ["a session that may only cancel", session, TRADING_CANCEL_ONLY, reason.SESSION_CANCEL_ONLY],
  ["a session that is off", session, TRADING_OFF, reason.SESSION_OFF],
  ["a venue that may only cancel", venue, TRADING_CANCEL_ONLY, reason.VENUE_CANCEL_ONLY],
  ["a venue that is off", venue, TRADING_OFF, reason.VENUE_OFF],
] as const)("%s", (_, set, state, refusal) => {
  test("refuses new orders and replaces; cancels and status requests pass", () => {
    const driver = working();
    expect(set(driver, state)).toBe(CONTROL_APPLIED);
    expect(set(driver, state)).toBe(CONTROL_UNCHANGED);
    expect(driver.order({ id: "B" })).toMatchObject([{ execType: "8", reason: refusal }]);
    expect(driver.replace({ id: "C", orig: "A", qty: 50 })).toMatchObject([{ reason: refusal }]);
    expect(driver.status({ id: "A" })).toMatchObject([{ execType: "I" }]);
    expect(driver.cancel({ id: "D", orig: "A" })).toMatchObject([{ kind: code.REQUEST_CANCEL }]);
    expect(set(driver, TRADING_ON)).toBe(CONTROL_APPLIED);
    expect(driver.order({ id: "E" })).toMatchObject([{ kind: code.REQUEST_NEW }]);
  });

  test("stays so over a replay and a snapshot", () => {
    const driver = working();
    set(driver, state);
    driver.order({ id: "B" });
    const again = new CoreDriver(driver.config, false);
    again.replay(driver.journal, [99, 99, 99], [99, 99]);
    again.core.endReplay();
    const kept = new Kept();
    saveState(driver.core, kept);
    const restored = new CoreDriver(driver.config, false);
    loadState(restored.core, kept);
    for (const started of [again, restored]) {
      started.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
      expect(started.order({ id: "N" })).toMatchObject([{ reason: refusal }]);
      set(started, TRADING_ON);
      expect(started.order({ id: "M" })).toMatchObject([{ kind: code.REQUEST_NEW }]);
    }
  });
});

test("who has set a state last, and when, is known over a replay and a snapshot", () => {
  const driver = new CoreDriver();
  const by = (who: string): Uint8Array => new TextEncoder().encode(who);
  driver.command(CONTROL_SESSION_TRADING, TRADING_OFF, 1, "CLIENT", by("alice"));
  driver.command(
    CONTROL_VENUE_TRADING,
    TRADING_CANCEL_ONLY,
    0,
    "ALPHA",
    by("an operator whose name is longer than it may be"),
  );
  const atUs = driver.timeUs;
  // Nothing changes: who has set it stays.
  driver.command(CONTROL_SESSION_TRADING, TRADING_OFF, 1, "CLIENT", by("bob"));
  const again = new CoreDriver(driver.config, false);
  again.replay(driver.journal, [99, 99, 99], [99, 99]);
  const kept = new Kept();
  saveState(driver.core, kept);
  const restored = new CoreDriver(driver.config, false);
  loadState(restored.core, kept);
  for (const { core } of [driver, again, restored]) {
    const reader = new StateReader(core.area.buffer, core.area.at);
    expect(reader.tradingMark(false, 1)!.by).toBe("alice");
    expect(reader.tradingMark(false, 1)!.atUs).toBeGreaterThan(0);
    expect(reader.tradingMark(true, 0)).toEqual({ by: "an operator whose name is longer", atUs });
    expect(reader.tradingMark(false, 0)).toBeNull();
    expect(reader.tradingMark(true, 1)).toBeNull();
    expect(core.digest()).toBe(driver.core.digest());
  }
  const cleared = new CoreDriver();
  cleared.instruct(CONTROL_SESSION_TRADING, TRADING_OFF, 1, "CLIENT");
  expect(cleared.core.digest()).not.toBe(driver.core.digest());
});

test("an order that was accepted before is not unmade by a replay", () => {
  const driver = working();
  session(driver, TRADING_CANCEL_ONLY);
  const again = new CoreDriver(driver.config, false);
  again.replay(driver.journal, [99, 99, 99], [99, 99]);
  expect(again.core.digest()).toBe(driver.core.digest());
  expect(again.core.tables.openCount).toBe(1);
});

test("the state of one session or venue is not that of another", () => {
  const driver = new CoreDriver();
  session(driver, TRADING_OFF, 2);
  venue(driver, TRADING_OFF, 1);
  expect(driver.order({ id: "A" })).toMatchObject([{ kind: code.REQUEST_NEW, venue: 0 }]);
  expect(driver.order({ id: "B", symbol: "MSFT", px: 200_0000_0000 })).toMatchObject([{ reason: reason.VENUE_OFF }]);
  expect(driver.order({ id: "C", session: 2, account: "ACC2" })).toMatchObject([{ reason: reason.SESSION_OFF }]);
});

test.each([
  ["an id beyond the last", 3, TRADING_OFF, CONTROL_UNKNOWN_NAME],
  ["an id below 0", -1, TRADING_OFF, CONTROL_UNKNOWN_NAME],
  ["an id that is no whole number", 0.5, TRADING_OFF, CONTROL_UNKNOWN_NAME],
  ["an id that is no number", Number.NaN, TRADING_OFF, CONTROL_UNKNOWN_NAME],
  ["a state that there is not", 1, 3, CONTROL_BAD_VALUE],
  ["a state below 0", 1, -1, CONTROL_BAD_VALUE],
])("a command with %s is refused and changes nothing", (_, id, state, result) => {
  const driver = new CoreDriver();
  const before = driver.core.digest();
  expect(session(driver, state, id)).toBe(result);
  expect(venue(driver, state, id)).toBe(result);
  expect(driver.core.digest()).toBe(before);
});
