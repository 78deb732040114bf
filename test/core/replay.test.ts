import { describe, expect, test } from "bun:test";
import * as counter from "../../src/core/counters.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { CONFIG, CoreDriver, ONE, type ReportTerms } from "./driver.ts";

const { SIDE_BUY } = code;

/** A day: "A" half filled and working, "B" pending cancel, "C" done, "D" refused; one on each venue. */
function day(): CoreDriver {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.order({ id: "B", symbol: "MSFT", px: 200 * ONE });
  driver.order({ id: "C" });
  driver.order({ id: "D", qty: 0 });
  driver.say({ execType: code.EXEC_NEW, number: 1, slot: 0, orderId: "V1" });
  driver.say({
    execType: code.EXEC_TRADE,
    number: 1,
    slot: 0,
    lastQty: 50,
    lastPx: 99 * ONE,
    cumQty: 50,
    execId: "E1",
  });
  driver.say({ execType: code.EXEC_CANCELED, number: 3, slot: 2 });
  driver.cancel({ id: "X", orig: "B" });
  return driver;
}

/** A core of another configuration that has read the day's journal; everything of it had been sent. */
function restarted(driver: CoreDriver, config = driver.config): CoreDriver {
  const again = new CoreDriver(config, false);
  again.replay(driver.journal, [99, 99, 99], [99, 99]);
  again.core.endReplay();
  return again;
}

describe("after a restart", () => {
  test("orders, exposure and ids are what they were", () => {
    const again = restarted(day());
    expect(again.take()).toEqual([]);
    expect(again.accounts.openOrders(0)).toBe(2);
    expect(again.accounts.openNotional(0, SIDE_BUY)).toBe((50 * 100 + 100 * 200) * 10_000);
    expect(again.accounts.position(0)).toBe(50);
    expect(again.counters[counter.COUNT_OPEN]).toBe(2);
    expect(again.counters[counter.COUNT_ORDERS]).toBe(0);
    expect(again.counters[counter.COUNT_REPLAYED]).toBe(10);
    expect(again.status({ id: "A" })).toMatchObject([{ ordStatus: "1", cumQty: 50, orderId: "1" }]);
    expect(again.status({ id: "B" })).toMatchObject([{ ordStatus: "6" }]);
    expect(again.status({ id: "C" })).toMatchObject([{ ordStatus: "4" }]);
    expect(again.order({ id: "D" })).toMatchObject([{ reason: reason.DUPLICATE_CL_ORD_ID }]);
  });

  test("no venue is up until it says so, then open orders can be canceled and filled", () => {
    const again = restarted(day());
    expect(again.cancel({ id: "Y", orig: "A" })).toMatchObject([{ out: "cancelReject", reason: reason.VENUE_DOWN }]);
    again.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    const repeated = {
      execType: code.EXEC_TRADE,
      number: 1,
      slot: 0,
      lastQty: 50,
      lastPx: 99 * ONE,
      cumQty: 50,
      execId: "E1",
    };
    expect(again.say(repeated)).toEqual([]);
    expect(again.counters[counter.COUNT_DUPLICATE_EXECS]).toBe(1);
    const [request] = again.cancel({ id: "Z", orig: "A" });
    expect(request).toMatchObject({ out: "request", number: 6, origNumber: 1, slot: 0, orderId: "V1", index: 4 - 1 });
    expect(again.say({ execType: code.EXEC_CANCELED, number: 6, slot: 0 })).toMatchObject([
      { id: "Z", orig: "A", ordStatus: "4" },
    ]);
    expect(again.accounts.openOrders(0)).toBe(1);
  });

  test("the kill switch is as it was left, and on when the configuration says so", () => {
    const driver = day();
    driver.kill(true);
    expect(restarted(driver).order({ id: "N" })).toMatchObject([{ reason: reason.KILL_SWITCH }]);
    driver.kill(false);
    expect(restarted(driver).order({ id: "N" })).toMatchObject([{ reason: reason.VENUE_DOWN }]);
    const killed = restarted(driver, { ...CONFIG, kill: true });
    expect(killed.order({ id: "N" })).toMatchObject([{ reason: reason.KILL_SWITCH }]);
    expect(killed.counters[counter.COUNT_KILLED]).toBe(1);
    killed.kill(false);
    expect(killed.order({ id: "M" })).toMatchObject([{ reason: reason.VENUE_DOWN }]);
  });

  test("a reference price that was set holds", () => {
    const driver = day();
    driver.reference("AAPL", 50 * ONE);
    const again = restarted(driver);
    again.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(again.order({ id: "N" })).toMatchObject([{ reason: reason.PRICE_COLLAR }]);
  });
});

describe("a configuration that has changed in between", () => {
  test("does not unmake orders that went out under the old one", () => {
    const driver = day();
    const strict = {
      ...CONFIG,
      kill: true,
      accounts: CONFIG.accounts.map((account) => ({ ...account, enabled: false, maxOrderQty: 1 })),
      symbols: CONFIG.symbols.map((symbol) => ({ ...symbol, venue: "BETA", collarPpm: 1 })),
    };
    const again = restarted(driver, strict);
    expect(again.core.digest()).not.toBe(driver.core.digest());
    expect(again.accounts.openOrders(0)).toBe(2);
    expect(again.accounts.openNotional(0, SIDE_BUY)).toBe((50 * 100 + 100 * 200) * 10_000);
    // Today the kill switch would have refused all four orders, one of them for another reason than it was.
    expect(again.counters[counter.COUNT_REPLAY_DIFFERS]).toBe(4);
    again.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(again.cancel({ id: "Y", orig: "A" })).toMatchObject([{ out: "request", venue: 0, slot: 0 }]);
  });

  test("keeps orders of accounts and symbols that are gone; they can be canceled, not replaced", () => {
    const again = restarted(day(), { ...CONFIG, accounts: [], symbols: [], sessions: [{ id: 1, accounts: [] }] });
    again.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(again.accounts.openOrders(0)).toBe(2);
    expect(again.replace({ id: "R", orig: "A" })).toMatchObject([
      { out: "cancelReject", reason: reason.UNKNOWN_ACCOUNT },
    ]);
    expect(again.order({ id: "N" })).toMatchObject([{ execType: "8", reason: reason.UNKNOWN_ACCOUNT }]);
    expect(again.cancel({ id: "Y", orig: "A" })).toMatchObject([{ out: "request", account: "ACC1", symbol: "AAPL" }]);
  });

  test("keeps orders of sessions and venues that are gone", () => {
    const again = restarted(day(), {
      ...CONFIG,
      sessions: [],
      venues: [{ id: 1, name: "BETA" }],
      symbols: CONFIG.symbols.map((symbol) => ({ ...symbol, venue: "BETA" })),
    });
    expect(again.accounts.openOrders(0)).toBe(2);
    expect(again.order({ id: "N" })).toMatchObject([{ out: "execution", text: "RISK-110 UNKNOWN_SESSION" }]);
  });

  test("of the table's size keeps slots where the venues know them", () => {
    const driver = new CoreDriver({ ...CONFIG, maxOrders: 3 });
    for (let i = 0; i < 3; i++) driver.order({ id: `O${i}` });
    driver.say({ execType: code.EXEC_CANCELED, number: 2, slot: 1 });
    driver.order({ id: "N" });
    driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
    driver.order({ id: "M" });
    const larger = restarted(driver, { ...CONFIG, maxOrders: 64 });
    larger.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(larger.say({ execType: code.EXEC_NEW, number: 4, slot: 1 })).toMatchObject([{ id: "N" }]);
    expect(larger.say({ execType: code.EXEC_NEW, number: 5, slot: 0 })).toMatchObject([{ id: "M" }]);
    expect(larger.order({ id: "NEXT" })).toMatchObject([{ slot: 3 }]);
    expect(() => restarted(driver, { ...CONFIG, maxOrders: 2 })).toThrow("core.maxOrders: expected room");
  });

  test("that has forgotten a session or venue the journal knows is refused by name", () => {
    expect(() => restarted(day(), { ...CONFIG, sessionIds: 1, sessions: [] })).toThrow(
      "client session 1, which names.json",
    );
    expect(() => restarted(day(), { ...CONFIG, venueIds: 0, venues: [], symbols: [], defaultVenue: null })).toThrow(
      "venue 0, which names.json",
    );
  });
});

test("the disk's state at the time decides again", () => {
  const driver = new CoreDriver();
  driver.starved = true;
  driver.order({ id: "A" });
  driver.starved = false;
  driver.order({ id: "B" });
  const again = new CoreDriver(CONFIG, false);
  again.replay(driver.journal, [], []);
  expect(again.core.digest()).toBe(driver.core.digest());
  expect(again.counters[counter.COUNT_REPLAY_DIFFERS]).toBe(0);
  expect(again.take()).toMatchObject([
    { out: "request", id: "B" },
    { reason: reason.JOURNAL_FULL, id: "A" },
  ]);
});

test("reports of a version that did not pass all on lead to the outputs that it sent, and to no others", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  const former = { former: true, number: 1 };
  const fill = { ...former, execType: code.EXEC_TRADE, lastQty: 40, lastPx: 100 * ONE };
  const told = (terms: ReportTerms): unknown[] =>
    driver.say(terms).flatMap((out) => [out.execType!, out.ordStatus!, out.cumQty!]);
  expect(told({ ...former, execType: code.EXEC_PENDING_NEW, status: "A" })).toEqual([]);
  expect(told({ ...former, execType: code.EXEC_NEW, status: "0", execId: "E1" })).toEqual(["0", "0", 0]);
  expect(told({ ...former, execType: code.EXEC_STATUS, status: "0", execId: "E2" })).toEqual([]);
  expect(told({ ...former, execType: code.EXEC_PENDING_CANCEL, status: "6" })).toEqual([]);
  // What the venue said of the end was not taken.
  expect(told({ ...fill, status: "4", execId: "F1" })).toEqual(["F", "1", 40]);
  expect(told({ ...fill, lastQty: 61, execId: "F2" })).toEqual([]);
  expect(told({ ...former, kind: code.REPORT_CANCEL_REJECT })).toEqual([]);
  expect(told({ ...fill, lastQty: 60, status: "2", execId: "F3" })).toEqual(["F", "2", 100]);
  expect(told({ ...fill, lastQty: 1, status: "2", execId: "F4" })).toEqual([]);
  expect(told({ ...fill, execType: code.EXEC_TRADE_CANCEL, status: "1", execId: "H1" })).toEqual(["H", "2", 60]);
  expect(told({ ...fill, execType: code.EXEC_TRADE_CORRECT, execId: "G1" })).toEqual(["G", "2", 60]);
  expect(driver.accounts.position(0)).toBe(60);
});
