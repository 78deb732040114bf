// Identical orders of an account within a window of time.

import { expect, test } from "bun:test";
import { ACCOUNTS } from "../../src/core/assembly/layout.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { ACCOUNT_SETTINGS } from "../../src/core/risk/settings.ts";
import * as code from "../../src/record/codes.ts";
import { CONTROL_CLOCK_SET_BACK } from "../../src/record/control-codes.ts";
import { CONFIG, CoreDriver, ONE, only, type RequestTerms } from "./driver.ts";
import { Kept } from "./kept.ts";
import { RoutedDriver } from "./routed-driver.ts";

let nextId = 0;

function limited(duplicateOrders: number, duplicateWindowMs = 1_000): CoreDriver {
  const accounts = CONFIG.accounts.map((account) => ({ ...account, duplicateOrders, duplicateWindowMs }));
  return new CoreDriver({ ...CONFIG, accounts });
}

/** Sends an order; returns its refusal's text, or "". */
function order(driver: CoreDriver, terms: RequestTerms = {}): string {
  return String(only(driver.order({ id: `D${nextId++}`, ...terms })).text ?? "");
}

test("one more than the account may have within the window is refused; what differs in anything is none", () => {
  const driver = limited(2);
  expect([order(driver), order(driver)]).toEqual(["", ""]);
  expect(order(driver)).toBe("RISK-014 DUPLICATE_ORDER limit=2 value=3 level=ACCOUNT:ACC1");
  const others: RequestTerms[] = [
    { qty: 101 },
    { px: 101 * ONE },
    { side: code.SIDE_SELL },
    { symbol: "MSFT", px: 200 * ONE },
    { account: "ACC2" },
    { type: code.TYPE_MARKET },
  ];
  for (const terms of others) expect(order(driver, terms)).toBe("");
  expect(order(driver)).toContain("DUPLICATE_ORDER");
});

const FUND = { clients: [{ name: "FUND", accounts: ["ACC1", "ACC2"], duplicateOrders: 2, duplicateWindowMs: 1_000 }] };
const DESK = CONFIG.sessions.map((session) =>
  session.id === 1 ? { ...session, name: "DESK", limits: { duplicateOrders: 1, duplicateWindowMs: 10 } } : session,
);

test("a client's accounts count together, a session's orders too; each level has its window, also over a restart", () => {
  const driver = new CoreDriver({ ...CONFIG, ...FUND });
  expect([order(driver), order(driver, { account: "ACC2" })]).toEqual(["", ""]);
  const ofClient = "RISK-014 DUPLICATE_ORDER limit=2 value=3 level=CLIENT:FUND";
  expect([order(driver), order(driver, { account: "ACC2" })]).toEqual([ofClient, ofClient]);
  expect(order(driver, { px: 101 * ONE })).toBe("");
  const kept = new Kept();
  saveState(driver.core, kept);
  const loaded = new CoreDriver({ ...CONFIG, ...FUND });
  loadState(loaded.core, kept);
  loaded.timeUs = driver.timeUs;
  expect(order(loaded, { account: "ACC2" })).toBe(ofClient);
  const desk = new CoreDriver({ ...CONFIG, ...FUND, sessions: DESK });
  expect(order(desk)).toBe("");
  const ofSession = "RISK-014 DUPLICATE_ORDER limit=1 value=2 level=SESSION:DESK";
  expect(order(desk, { account: "ACC2" })).toBe(ofSession);
  desk.timeUs += 10_000;
  expect([order(desk), order(desk)]).toEqual(["", ofClient]);
});

test("without prices orders of one size are identical, each by what held when it came", () => {
  const accounts = CONFIG.accounts.map((one) => ({ ...one, duplicateOrders: 2, duplicatesIgnorePrices: true }));
  const driver = new CoreDriver({ ...CONFIG, accounts });
  expect([order(driver), order(driver, { px: 101 * ONE })]).toEqual(["", ""]);
  expect(order(driver, { px: 99 * ONE })).toContain("DUPLICATE_ORDER limit=2 value=3");
  expect(order(driver, { type: code.TYPE_MARKET })).toContain("DUPLICATE_ORDER");
  expect(order(driver, { qty: 101 })).toBe("");
  const setting = ACCOUNT_SETTINGS.findIndex(({ name }) => name === "duplicatesIgnorePrices");
  driver.change([{ subject: ACCOUNTS, name: "ACC1", setting, value: 0n }]);
  expect([order(driver), order(driver), order(driver)]).toEqual(["", "", expect.stringContaining("DUPLICATE_ORDER")]);
});

test("the window slides: exactly its length later an order counts no more; refused ones never count", () => {
  const driver = limited(2, 10);
  expect(order(driver)).toBe("");
  driver.timeUs += 4_000;
  expect(order(driver)).toBe("");
  driver.timeUs += 5_999;
  expect(order(driver)).toContain("DUPLICATE_ORDER");
  driver.timeUs += 1;
  expect(order(driver)).toBe("");
  expect(order(driver)).toContain("DUPLICATE_ORDER");
  driver.timeUs += 3_999;
  expect(order(driver)).toContain("DUPLICATE_ORDER");
  driver.timeUs += 1;
  expect(order(driver)).toBe("");
});

const TYPES = ["limit", "stop", "stop-limit", "market-if-touched", "pegged"] as const;

/** One identical order is too many, of an account that a venue of all types trades for. */
function ofAllTypes(): RoutedDriver {
  const accounts = CONFIG.accounts.map((one) => ({ ...one, duplicateOrders: 1, duplicateWindowMs: 60_000 }));
  const venues = CONFIG.venues.map((venue) => ({ ...venue, orderTypes: TYPES }));
  return new RoutedDriver({ ...CONFIG, venues, accounts });
}

/** Refusal's text of an order with these fields beside its record, or "". */
function besideOrder(driver: RoutedDriver, terms: RequestTerms, beside: Record<number, string> = {}): string {
  const fields = Object.entries(beside).map(([tag, value]) => [`${tag}=${value}`] as const);
  return String(only(driver.enterWith({ id: `D${nextId++}`, ...terms }, fields).outs).text ?? "");
}

test("prices, stop prices and peg offsets tell orders apart, however they are written; also after a restart", () => {
  const driver = ofAllTypes();
  const P = { type: code.TYPE_PEGGED };
  const J = { type: code.TYPE_MARKET_IF_TOUCHED };
  const others: [RequestTerms, Record<number, string>?][] = [
    [{ px: 100 * ONE }],
    [{ type: code.TYPE_STOP, stop: 100 * ONE }],
    [{ type: code.TYPE_STOP_LIMIT, px: 100 * ONE, stop: 99 * ONE }],
    [{ type: code.TYPE_STOP_LIMIT, px: 100 * ONE, stop: 98 * ONE }],
    [P, { 211: "-0.01" }],
    [P, { 211: "0.01" }],
    [P, { 44: "101", 211: "0.01" }],
    [J, { 99: "100.5" }],
    [J, { 99: "100.25" }],
    [P, { 211: "123456789012.123" }],
    [P, { 211: "123456789012.5" }],
  ];
  for (const [terms, beside] of others) expect(besideOrder(driver, terms, beside)).toBe("");
  const loaded = ofAllTypes();
  const kept = new Kept();
  saveState(driver.core, kept);
  loadState(loaded.core, kept);
  expect(loaded.core.digest()).toBe(driver.core.digest());
  loaded.timeUs = driver.timeUs;
  for (const one of [driver, loaded]) {
    for (const [terms, beside] of others) expect(besideOrder(one, terms, beside)).toContain("DUPLICATE_ORDER");
    expect(besideOrder(one, P, { 211: "-.010" })).toContain("DUPLICATE_ORDER");
    expect(besideOrder(one, J, { 99: "0100.500000000" })).toContain("DUPLICATE_ORDER");
  }
});

test("a replace is none, and an order that was canceled counts still", () => {
  const driver = limited(1);
  expect(order(driver, { id: "A" })).toBe("");
  expect(only(driver.replace({ id: "R", orig: "A", qty: 50 })).out).toBe("request");
  driver.say({ execType: code.EXEC_CANCELED, number: 1, slot: 0 });
  expect(order(driver)).toContain("DUPLICATE_ORDER");
});

test("orders are remembered over a restart, from the journal and from a snapshot", () => {
  const driver = limited(1);
  order(driver);
  driver.timeUs += 500_000;
  order(driver, { qty: 7 });
  const again = new CoreDriver(driver.config, false);
  again.replay(driver.journal, [], []);
  again.core.endReplay();
  again.take();
  const loaded = new CoreDriver(driver.config, false);
  const kept = new Kept();
  saveState(driver.core, kept);
  loadState(loaded.core, kept);
  for (const core of [again, loaded]) {
    expect(core.core.digest()).toBe(driver.core.digest());
    core.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    core.timeUs = driver.timeUs + 499_999;
    expect(order(core)).toContain("DUPLICATE_ORDER");
    core.timeUs++;
    if (core === loaded) expect(order(core)).toBe("");
    expect(order(core, { qty: 7 })).toContain("DUPLICATE_ORDER");
  }
});

test("an order is refused while orders of its account's window are no longer remembered; other accounts' orders are not kept", () => {
  const [wide, , ...others] = CONFIG.accounts;
  const first = { ...wide!, duplicateOrders: 1, duplicateWindowMs: 60_000 };
  const driver = new CoreDriver({ ...CONFIG, accounts: [first, { ...wide!, name: "ACC2" }, ...others] });
  const many = (count: number, terms: RequestTerms): void => {
    for (let i = 0; i < count; i++) {
      const sent = only(driver.order({ id: `D${nextId++}`, qty: 100 + i, px: 95 * ONE, ...terms }));
      const { number, slot } = sent as { number: number; slot: number };
      driver.say({ execType: code.EXEC_CANCELED, number, slot });
    }
  };
  expect(order(driver, { qty: 7 })).toBe("");
  driver.timeUs += 30_000_000;
  // The ring of the smallest core has 1,024 places.
  many(2_000, { account: "ACC2" });
  many(1_022, {});
  expect(order(driver, { qty: 7 })).toContain("DUPLICATE_ORDER");
  many(1, { qty: 9_998 });
  expect(order(driver, { qty: 7 })).toContain("DUPLICATE_ORDER");
  many(1, { qty: 9_999 });
  const loaded = new CoreDriver(driver.config, false);
  const kept = new Kept();
  saveState(driver.core, kept);
  loadState(loaded.core, kept);
  loaded.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
  loaded.timeUs = driver.timeUs;
  for (const core of [driver, loaded])
    expect(order(core, { qty: 7 })).toBe("CORE-221 DUPLICATES_FULL limit=1024 value=1025 level=FIRM");
  expect(order(driver, { account: "ACC2" })).toBe("");
  // The first of the others is a window old now, the first order of all more than that.
  driver.timeUs += 60_000_000;
  expect(order(driver, { qty: 7 })).toBe("");
});

test("a clock that is set back does not let duplicates through once the ring has gone round", () => {
  const driver = limited(1, 60_000);
  const many = (count: number, first = 100): void => {
    for (let i = 0; i < count; i++) {
      const sent = only(driver.order({ id: `D${nextId++}`, qty: first + i, px: 95 * ONE })) as {
        number: number;
        slot: number;
      };
      driver.say({ execType: code.EXEC_CANCELED, number: sent.number, slot: sent.slot });
    }
  };
  // Beyond its places, each in a window of its own.
  for (let i = 0; i < 1_100; i++) {
    driver.timeUs += 200_000_000;
    many(1);
  }
  driver.timeUs -= 30 * 200_000_000 + 100_000_000;
  driver.instruct(CONTROL_CLOCK_SET_BACK, 0, 0, "");
  expect(order(driver, { qty: 7 })).toBe("");
  expect(order(driver, { qty: 7 })).toContain("DUPLICATE_ORDER");
  // The 30 of the time to come have come now: once one of them leaves the ring, it no longer has all orders of the window.
  many(1_024 - 32, 2_000);
  expect(order(driver, { qty: 8 })).toBe("");
  expect(order(driver, { qty: 9 })).toContain("DUPLICATES_FULL");
  driver.timeUs += 60_000_000;
  expect(order(driver, { qty: 7 })).toBe("");
});
