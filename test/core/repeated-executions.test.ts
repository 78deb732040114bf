// Executions of an account in a symbol within a window of time, which stop it until somebody enables it again.

import { describe, expect, test } from "bun:test";
import { ACCOUNTS, EXECUTION_TIME_CAPACITY, STOPPED_SETTING } from "../../src/core/assembly/layout.ts";
import { Core } from "../../src/core/core.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "../../src/core/entry-kinds.ts";
import { executionTimes } from "../../src/core/kept-execution-times.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import { settingTable } from "../../src/core/setting-table.ts";
import * as code from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { type Entry, Rig } from "./agent-rig.ts";
import { CONFIG, CoreDriver, ONE, only, type ReportTerms, type RequestTerms, START_US } from "./driver.ts";
import { Kept } from "./kept.ts";

const STOPPED = "RISK-017 REPEATED_EXECUTIONS level=ACCOUNT:ACC1";
let next = 0;

function limited(repeatedExecutions: number, executionsWindowMs = 1_000): CoreDriver {
  const accounts = CONFIG.accounts.map((one) => ({ ...one, repeatedExecutions, executionsWindowMs }));
  const driver = new CoreDriver({ ...CONFIG, accounts });
  driver.order({ id: "A", qty: 1_000 });
  driver.order({ id: "M", qty: 1_000, symbol: "MSFT", px: 200 * ONE });
  return driver;
}

/** An execution of the order in a slot, of 0 by default. */
function fill(driver: CoreDriver, slot = 0, terms: ReportTerms = {}): void {
  const { venue = slot === 1 ? 1 : 0 } = terms;
  driver.say({ execType: code.EXEC_TRADE, number: slot + 1, slot, venue, lastQty: 1, execId: `E${next++}`, ...terms });
}

/** Sends an order; returns its refusal's text, or "". */
function order(driver: CoreDriver, terms: RequestTerms = {}): string {
  return String(only(driver.order({ id: `N${next++}`, ...terms })).text ?? "");
}

function enable(driver: CoreDriver, by = "alice"): number {
  return driver.change([{ subject: ACCOUNTS, name: "ACC1", setting: STOPPED_SETTING, value: 0n }], by);
}

test("the core knows the setting by its number", () => {
  expect(ACCOUNT_SETTINGS[STOPPED_SETTING]!.name).toBe("stopped");
});

describe("as many executions in one symbol as the account may have", () => {
  test("stop it in all symbols; cancels pass, replaces do not, other accounts trade", () => {
    const driver = limited(3);
    fill(driver);
    fill(driver);
    fill(driver, 1);
    expect(order(driver)).toBe("");
    fill(driver);
    expect(order(driver)).toBe(STOPPED);
    expect(only(driver.order({ id: "S", symbol: "MSFT", px: 200 * ONE }))).toMatchObject({
      reason: 17,
      ordRejReason: 21,
      text: STOPPED,
    });
    expect(only(driver.replace({ id: "R", orig: "A", qty: 900 }))).toMatchObject({ out: "cancelReject", reason: 17 });
    expect(only(driver.cancel({ id: "C", orig: "A" }))).toMatchObject({ out: "request" });
    expect(order(driver, { account: "ACC2", session: 2 })).toBe("");
  });

  test("within the window, to the microsecond", () => {
    const driver = limited(2, 10);
    fill(driver);
    driver.timeUs += 10_000;
    fill(driver);
    expect(order(driver)).toBe("");
    driver.timeUs += 9_999;
    fill(driver);
    expect(order(driver)).toBe(STOPPED);
  });

  test("busts, corrections and repeated reports count nothing", () => {
    const driver = limited(2);
    fill(driver, 0, { execId: "X1" });
    fill(driver, 0, { execId: "X1" });
    driver.say({
      execType: code.EXEC_TRADE_CORRECT,
      number: 1,
      lastQty: 2,
      lastPx: 99 * ONE,
      execId: "X2",
      execRefId: "X1",
    });
    driver.say({ execType: code.EXEC_TRADE_CANCEL, number: 1, lastQty: 2, execId: "X3", execRefId: "X1" });
    expect(order(driver)).toBe("");
    fill(driver);
    expect(order(driver)).toBe(STOPPED);
  });

  test("count anew once somebody has enabled it; who and when is kept", () => {
    const driver = limited(2);
    fill(driver);
    fill(driver);
    const setting = () => settingTable(driver.core.area, ACCOUNTS).aim(0, STOPPED_SETTING);
    expect([setting().current, setting().by, setting().atUs]).toEqual([1n, "RISK-017 AAPL", START_US]);
    fill(driver);
    driver.timeUs += 1;
    enable(driver);
    expect([setting().current, setting().by, setting().atUs]).toEqual([0n, "alice", START_US + 1]);
    expect(order(driver)).toBe("");
    fill(driver);
    expect(order(driver)).toBe("");
    fill(driver);
    expect(order(driver)).toBe(STOPPED);
  });

  test("and a lower limit counts the newest ones", () => {
    const driver = limited(4);
    for (let i = 0; i < 3; i++) fill(driver);
    driver.change([{ subject: ACCOUNTS, name: "ACC1", setting: 20, value: 2n }]);
    expect(order(driver)).toBe("");
    fill(driver);
    expect(order(driver)).toBe(STOPPED);
    expect(executionTimes(driver.core.area)).toEqual([]);
  });

  test("without the limit none are kept", () => {
    const driver = new CoreDriver();
    driver.order({ id: "A", qty: 1_000 });
    for (let i = 0; i < 5; i++) fill(driver);
    expect(executionTimes(driver.core.area)).toEqual([]);
  });
});

test("where all places are used the oldest time is given up, and an account whose time that was counts as having reached its limit", () => {
  const driver = limited(1_000, 3_600_000);
  driver.core.area.setWord(EXECUTION_TIME_CAPACITY, 3);
  for (let i = 0; i < 3; i++) fill(driver);
  fill(driver, 1);
  expect(executionTimes(driver.core.area).length).toBe(3);
  expect(order(driver)).toBe("");
  fill(driver);
  expect(order(driver)).toBe(STOPPED);
});

test("a snapshot keeps the times and the stop", () => {
  const driver = limited(3, 1_000);
  fill(driver);
  driver.timeUs += 10;
  fill(driver);
  const kept = new Kept();
  saveState(driver.core, kept);
  const loaded = new CoreDriver(driver.config);
  loadState(loaded.core, kept);
  expect(loaded.core.digest()).toBe(driver.core.digest());
  loaded.timeUs = driver.timeUs;
  fill(loaded);
  expect(order(loaded)).toBe(STOPPED);
  const again = new Kept();
  saveState(loaded.core, again);
  const other = new CoreDriver(driver.config);
  loadState(other.core, again);
  expect(order(other)).toBe(STOPPED);
});

describe("the agent", () => {
  function replay(core: Core, entries: readonly Entry[]): void {
    for (const { kind, payload, timeUs, index } of entries) {
      if (kind === ENTRY_ORDER) core.order(new OrderRequest(payload), timeUs, index);
      else if (kind === ENTRY_REPORT) core.report(new ExecutionReport(payload), timeUs);
      else if (kind === ENTRY_CONTROL) core.control(new Control(payload), timeUs, index);
    }
  }

  function stoppedRig(): Rig {
    const rig = new Rig().up();
    const accounts = ACCOUNT_SETTINGS.findIndex(({ name }) => name === "repeatedExecutions");
    rig.core.code.setFileValue(ACCOUNTS, 0, accounts, 2n);
    rig.core.code.settle(ACCOUNTS, 0);
    rig.put({ id: "A", qty: 100 });
    rig.agent.poll(0);
    for (const execId of ["E1", "E2"])
      rig.say({ execType: code.EXEC_TRADE, number: 1, slot: 0, lastQty: 1, lastPx: 100 * ONE, execId });
    rig.put({ id: "B" });
    rig.agent.poll(0);
    return rig;
  }

  test("journals the stop behind the report, before any other input; a replay under another limit stops it there", () => {
    const rig = stoppedRig();
    const kinds = rig.entries.map(({ kind }) => kind);
    expect(kinds.slice(-3)).toEqual([ENTRY_REPORT, ENTRY_CONTROL, ENTRY_ORDER]);
    expect(rig.entries.at(-1)!.index & 255).toBe(17);
    const again = Core.alone(CONFIG);
    again.beginReplay([], []);
    replay(again, rig.entries.slice(0, -1));
    again.endReplay();
    const request = new OrderRequest(rig.entries.at(-1)!.payload);
    expect(again.decide(request, START_US, false) & 255).toBe(17);
  });

  test("stops it at its first turn where the gateway ended between the report and the stop", () => {
    const entries = stoppedRig().entries.slice(0, -2);
    const rig = new Rig((core) => {
      const setting = ACCOUNT_SETTINGS.findIndex(({ name }) => name === "repeatedExecutions");
      core.code.setFileValue(ACCOUNTS, 0, setting, 2n);
      core.code.settle(ACCOUNTS, 0);
      core.beginReplay([], []);
      replay(core, entries);
      core.endReplay();
    });
    rig.agent.poll(0);
    expect(rig.entries.map(({ kind }) => kind)).toEqual([ENTRY_CONTROL]);
    expect(rig.core.tables.account.aim(0).isReady).toBeFalse();
  });
});
