// What is configured changes while the core works: accounts and symbols come and go, routes, which account a session may use.

import { describe, expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import { ACCOUNTS, SESSIONS, SYMBOLS } from "../../src/core/assembly/layout.ts";
import type { CoreConfig, SymbolTerms } from "../../src/core/config.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import * as reason from "../../src/core/risk/reason-codes.ts";
import { ACCOUNT_SETTINGS, SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import * as answers from "../../src/record/control-codes.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { price, units } from "../numbers.ts";
import { CONFIG, CoreDriver, ONE, only } from "./driver.ts";
import { Kept } from "./kept.ts";

const LIMITS = { ...CONFIG.accounts[0]!, name: "NEW" };
const TERMS: SymbolTerms = {
  name: "NEWS",
  enabled: true,
  referencePriceE8: price(50 * ONE),
  collarPpm: 100_000,
  venue: "BETA",
};
/** Sent by a reload of a file that also has the account NEW, for session 2, and the symbol NEWS. */
const ADDED: CoreConfig = {
  ...CONFIG,
  accounts: [...CONFIG.accounts, LIMITS],
  symbols: [TERMS, ...CONFIG.symbols],
  sessions: [CONFIG.sessions[0]!, { id: 2, accounts: ["ACC2", "NEW"] }],
};

const structure = (subject: number, name: string, setting: number, value: bigint, version?: number): CoreChange => ({
  ...{ subject, name, setting, value, isStructure: true },
  ...(version === undefined ? {} : { version }),
});
const addSymbol = (name: string, venue: number, signs = 0, step = 100_000_000n): CoreChange =>
  structure(SYMBOLS, name, answers.STRUCTURE_ADD, step, signs | ((venue + 1) << answers.STRUCTURE_VENUE_SHIFT));
const addAccount = (name: string): CoreChange => structure(ACCOUNTS, name, answers.STRUCTURE_ADD, 0n);
const retire = (subject: number, name: string): CoreChange => structure(subject, name, answers.STRUCTURE_RETIRE, 0n);
const grant = (name: string, session: number): CoreChange =>
  structure(ACCOUNTS, name, answers.STRUCTURE_GRANT, BigInt(session));
const revoke = (name: string, session: number): CoreChange =>
  structure(ACCOUNTS, name, answers.STRUCTURE_REVOKE, BigInt(session));
const file = (subject: number, name: string, setting: number, value: bigint): CoreChange => ({
  ...{ subject, name, setting, value, inFile: true },
});

/** Without a reference price. */
const bareSymbol = (name: string): CoreChange[] => [addSymbol(name, 1), file(SYMBOLS, name, 3, NO_PRICE)];

const NEW_ACCOUNT = [
  addAccount("NEW"),
  ...ACCOUNT_SETTINGS.map(({ ofFile }, i) => file(ACCOUNTS, "NEW", i, ofFile(LIMITS))),
  grant("NEW", 2),
];
const NEW_SYMBOL = [
  addSymbol("NEWS", 1),
  ...SYMBOL_SETTINGS.map(({ ofFile }, i) => file(SYMBOLS, "NEWS", i, ofFile(TERMS))),
];
const ORDER = { session: 2, account: "NEW", symbol: "NEWS", px: 50 * ONE };
const reasonOf = (driver: CoreDriver, id: string, terms = {}): unknown =>
  only(driver.order({ ...ORDER, id, ...terms })).reason;

/** A core to which a reload has added NEW and NEWS, with the order A for both, which is open, and 40 of B, a market order, executed. */
function added(): CoreDriver {
  const driver = new CoreDriver();
  expect(driver.configure([...NEW_ACCOUNT, ...NEW_SYMBOL])).toBe(answers.CONTROL_APPLIED);
  driver.order({ ...ORDER, id: "A" });
  driver.order({ ...ORDER, id: "B", type: code.TYPE_MARKET });
  driver.say({
    ...{ venue: 1, execType: code.EXEC_TRADE, number: 2, slot: 1, lastQty: 40, cumQty: 40, lastPx: 50 * ONE },
    execId: "E1",
  });
  return driver;
}

const readerOf = ({ core }: CoreDriver): StateReader => new StateReader(core.area.buffer, core.area.at);
/** Open orders and notional, position. */
function exposureOf(driver: CoreDriver): unknown[] {
  const row = readerOf(driver).account("NEW")!;
  return [row.openOrders, row.openNotional(code.SIDE_BUY), row.position];
}

/** Both venues are up after a restart. */
function up(driver: CoreDriver): CoreDriver {
  for (const venue of [0, 1]) driver.tell({ kind: code.REPORT_VENUE_UP, venue });
  return driver;
}

describe("an account and a symbol that are added", () => {
  test("take orders from the next one on, by the route and the sessions that are configured", () => {
    const driver = new CoreDriver();
    expect(reasonOf(driver, "A")).toBe(reason.UNKNOWN_ACCOUNT);
    driver.configure(NEW_ACCOUNT);
    expect(reasonOf(driver, "B")).toBe(reason.UNKNOWN_SYMBOL);
    driver.configure(NEW_SYMBOL);
    expect(only(driver.order({ ...ORDER, id: "C" }))).toMatchObject({
      ...{ out: "request", venue: 1, account: "NEW", symbol: "NEWS" },
    });
    expect(reasonOf(driver, "D", { session: 1 })).toBe(reason.NOT_ENTITLED);
    expect(reasonOf(driver, "E", { px: 60 * ONE })).toBe(reason.PRICE_COLLAR);
    expect(readerOf(driver).names(ACCOUNTS).at(-1)).toBe("NEW");
    expect(driver.configure([...NEW_ACCOUNT, ...NEW_SYMBOL])).toBe(answers.CONTROL_UNCHANGED);
  });

  test("have their settings and grants with them, or nothing of the command is made", () => {
    const driver = new CoreDriver();
    const before = driver.core.digest();
    const names = [...readerOf(driver).names(ACCOUNTS), ...readerOf(driver).names(SYMBOLS)];
    const bad: readonly [CoreChange, number][] = [
      [file(ACCOUNTS, "NEW", 3, 0n), answers.CONTROL_BAD_VALUE],
      [file(ACCOUNTS, "NEW", 99, 1n), answers.CONTROL_UNKNOWN_SETTING],
      [grant("NEW", 3), answers.CONTROL_UNKNOWN_NAME],
      [grant("NOBODY", 1), answers.CONTROL_UNKNOWN_NAME],
      [retire(SYMBOLS, "NOPE"), answers.CONTROL_UNKNOWN_NAME],
      [addSymbol("X", 2), answers.CONTROL_BAD_VALUE],
      [addSymbol("X", 1, 3), answers.CONTROL_BAD_VALUE],
      [addSymbol("X", 1, 0, 0n), answers.CONTROL_BAD_VALUE],
      [addSymbol("X", 1, 0, 3n), answers.CONTROL_BAD_VALUE],
      [structure(SYMBOLS, "AAPL", answers.STRUCTURE_GRANT, 1n), answers.CONTROL_BAD_RECORD],
      [structure(ACCOUNTS, "ACC1", 9, 1n), answers.CONTROL_BAD_RECORD],
      [structure(SESSIONS, "S", answers.STRUCTURE_ADD, 3n), answers.CONTROL_UNKNOWN_NAME],
      [{ subject: ACCOUNTS, name: "ACC1", setting: 0, value: 0n }, answers.CONTROL_BAD_RECORD],
    ];
    for (const [change, result] of bad) {
      expect(driver.configure([...NEW_ACCOUNT, change]), JSON.stringify(change, bigText)).toBe(result);
      expect(driver.core.digest()).toBe(before);
    }
    // A reference price below 0 goes with the form that another change of the command gives.
    const reference = file(SYMBOLS, "NEWS", 3, -5n * 100_000_000n);
    expect(driver.configure([addSymbol("NEWS", 1), reference])).toBe(answers.CONTROL_BAD_VALUE);
    expect([...readerOf(driver).names(ACCOUNTS), ...readerOf(driver).names(SYMBOLS)]).toEqual(names);
    expect(driver.configure([addSymbol("NEWS", 1, 2), reference])).toBe(answers.CONTROL_APPLIED);
    expect(readerOf(driver).symbol("NEWS", 0)).toMatchObject({ reference: -500_000_000n, venue: 1 });
  });

  test("are refused by name where there is no more room", () => {
    const driver = new CoreDriver({ ...CONFIG, spareNames: 2 });
    expect(driver.configure([addAccount("A1"), addAccount("A2"), addAccount("A3")])).toBe(answers.CONTROL_NO_ROOM);
    expect(driver.configure([addAccount("A1"), addAccount("A2"), ...bareSymbol("S1")])).toBe(answers.CONTROL_APPLIED);
    expect(driver.configure([addAccount("A3")])).toBe(answers.CONTROL_NO_ROOM);
    expect(driver.configure([...bareSymbol("S2"), ...bareSymbol("S3")])).toBe(answers.CONTROL_NO_ROOM);
    expect(driver.configure(bareSymbol("S2"))).toBe(answers.CONTROL_APPLIED);
  });
});

describe("what is retired", () => {
  test("takes no new orders and no replaces; open ones are canceled, executions are booked; added again it trades", () => {
    const driver = added();
    expect(driver.configure([revoke("NEW", 2), retire(ACCOUNTS, "NEW")])).toBe(answers.CONTROL_APPLIED);
    expect(reasonOf(driver, "C")).toBe(reason.UNKNOWN_ACCOUNT);
    expect(driver.configure([...NEW_ACCOUNT, retire(SYMBOLS, "NEWS")])).toBe(answers.CONTROL_APPLIED);
    expect(reasonOf(driver, "D")).toBe(reason.UNKNOWN_SYMBOL);
    expect(only(driver.replace({ ...ORDER, id: "R", orig: "A", qty: 50 })).reason).toBe(reason.UNKNOWN_SYMBOL);
    expect(only(driver.cancel({ ...ORDER, id: "X", orig: "A" }))).toMatchObject({ out: "request", symbol: "NEWS" });
    const fill = { venue: 1, execType: code.EXEC_TRADE, number: 2, slot: 1, lastQty: 60, cumQty: 100, execId: "E2" };
    expect(only(driver.say({ ...fill, lastPx: 50 * ONE }))).toMatchObject({ id: "B", account: "NEW", cumQty: 100 });
    expect(readerOf(driver).account("NEW")!.position).toBe(units(100));
    expect(readerOf(driver).symbol("NEWS", 0)).toMatchObject({ isConfigured: false, isRetired: true });
    driver.configure([addSymbol("NEWS", 0)]);
    expect(only(driver.order({ ...ORDER, id: "E" }))).toMatchObject({ out: "request", venue: 0 });
    expect(readerOf(driver).symbol("NEWS", 0)).toMatchObject({ isConfigured: true, isRetired: false });
  });

  test("is not in the way of a symbol whose reference price an operator has set", () => {
    const driver = new CoreDriver();
    driver.reference("AAPL", 100 * ONE);
    expect(driver.configure([retire(SYMBOLS, "AAPL")])).toBe(answers.CONTROL_APPLIED);
    expect(driver.configure([addSymbol("AAPL", 0)])).toBe(answers.CONTROL_APPLIED);
    expect(only(driver.order({ id: "A" })).out).toBe("request");
  });
});

test("a route, a form and an entitlement hold from the next order on", () => {
  const driver = new CoreDriver();
  expect(only(driver.order({ id: "A" })).venue).toBe(0);
  expect(driver.configure([addSymbol("AAPL", 1, 0, 1_000_000n)])).toBe(answers.CONTROL_APPLIED);
  expect(only(driver.order({ id: "B", qty: 0.25 }))).toMatchObject({ venue: 1, quantity: 0.25 });
  expect(only(driver.cancel({ id: "X", orig: "A" })).venue).toBe(0);
  expect(driver.configure([addSymbol("AAPL", -1)])).toBe(answers.CONTROL_APPLIED);
  expect(only(driver.order({ id: "C" })).reason).toBe(reason.NO_ROUTE);
  driver.configure([addSymbol("AAPL", 1), grant("ACC1", 2), revoke("ACC1", 1)]);
  expect(only(driver.order({ id: "D" })).reason).toBe(reason.NOT_ENTITLED);
  expect(only(driver.order({ id: "D", session: 2 })).out).toBe("request");
});

test("the only account of a session is that of orders that name none, as it is when they come", () => {
  const driver = new CoreDriver();
  const accountOf = (id: string): unknown => {
    const out = only(driver.order({ id, session: 2, account: "" }));
    return out.out === "request" ? out.account : out.reason;
  };
  expect(accountOf("A")).toBe("ACC2");
  driver.configure([grant("ACC1", 2)]);
  expect(accountOf("B")).toBe(reason.UNKNOWN_ACCOUNT);
  driver.configure([revoke("ACC2", 2)]);
  expect(accountOf("C")).toBe("ACC1");
  driver.configure([retire(ACCOUNTS, "ACC1")]);
  expect(accountOf("D")).toBe(reason.UNKNOWN_ACCOUNT);
  const again = new CoreDriver(CONFIG, false);
  again.replay(driver.journal, [99, 99, 99], [99, 99]);
  expect(again.core.digest()).toBe(driver.core.digest());
});

test("a session is known from its row on, and no longer: then its requests are refused, but for a cancel", () => {
  const driver = new CoreDriver();
  const session = (setting: number): CoreChange => structure(SESSIONS, "S0", setting, 0n);
  const text = "RISK-110 UNKNOWN_SESSION";
  expect(only(driver.order({ id: "A", session: 0 }))).toMatchObject({ out: "execution", id: "A", execType: "8", text });
  driver.configure([session(answers.STRUCTURE_ADD), grant("ACC1", 0)]);
  expect(only(driver.order({ id: "B", session: 0 })).out).toBe("request");
  driver.configure([session(answers.STRUCTURE_RETIRE)]);
  expect(only(driver.order({ id: "C", session: 0 }))).toMatchObject({ out: "execution", id: "C", execType: "8", text });
  expect(only(driver.replace({ id: "D", orig: "B", session: 0 }))).toMatchObject({ id: "D", text });
  expect(only(driver.cancel({ id: "E", orig: "B", session: 0 })).out).toBe("request");
});

describe("a restart", () => {
  const without: CoreConfig = CONFIG;
  test.each([
    ["with the file of the reload", ADDED, undefined],
    ["with the file before it", without, reason.UNKNOWN_ACCOUNT],
  ])("%s has the orders and exposures, from the journal, a snapshot, and one of a snapshot", (_, config, refused) => {
    const driver = added();
    const exposure = exposureOf(driver);
    // 100 at 50, and what is left of the market order at the collar's end.
    expect(exposure).toEqual([2, (100n * 50n + 60n * 55n) * 10_000n, units(40)]);
    const replayed = new CoreDriver(config, false);
    replayed.replay(driver.journal, [9, 9, 9], [9, 9]);
    replayed.core.endReplay();
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver(config, false);
    loadState(loaded.core, kept);
    const again = new Kept();
    saveState(replayed.core, again);
    const twice = new CoreDriver(config, false);
    loadState(twice.core, again);
    for (const core of [replayed, loaded, twice]) {
      up(core);
      expect(exposureOf(core)).toEqual(exposure);
      expect(reasonOf(core, "N")).toBe(refused);
      expect(only(core.cancel({ ...ORDER, id: "X", orig: "A" }))).toMatchObject({ out: "request", account: "NEW" });
      expect(readerOf(core).account("NEW")!.isRetired).toBe(false);
    }
  });

  test("forgets what a reload had retired, where the file has it again", () => {
    const driver = new CoreDriver();
    driver.configure([retire(ACCOUNTS, "ACC1"), retire(SYMBOLS, "AAPL")]);
    const replayed = new CoreDriver(CONFIG, false);
    replayed.replay(driver.journal, [0, 0, 0], [0, 0]);
    expect(readerOf(replayed).symbol("AAPL", 0)).toMatchObject({ isConfigured: false });
    replayed.core.endReplay();
    expect(only(up(replayed).order({ id: "A" })).out).toBe("request");
  });

  test("takes up no names that are not configured and of which nothing is known", () => {
    const driver = new CoreDriver();
    driver.configure([addAccount("UNUSED"), ...bareSymbol("UNUSED")]);
    driver.configure([...NEW_ACCOUNT, ...NEW_SYMBOL]);
    driver.order({ ...ORDER, id: "A" });
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver({ ...CONFIG, spareNames: 1 }, false);
    loadState(loaded.core, kept);
    expect(readerOf(loaded).names(ACCOUNTS)).toEqual(["ACC1", "ACC2", "OFF", "BARE", "NEW"]);
    expect(readerOf(loaded).order(0)).toMatchObject({ account: "NEW", symbol: "NEWS" });
    const none = new CoreDriver({ ...CONFIG, spareNames: 0 }, false);
    expect(() => loadState(none.core, kept)).toThrow("core.spareNames: expected room");
  });

  test("understands executions of a symbol that is gone as it did before: 0 is a price where it has such prices", () => {
    const driver = new CoreDriver();
    driver.configure([addSymbol("NEWS", 1, 2), ...NEW_SYMBOL.slice(1), ...NEW_ACCOUNT]);
    driver.order({ ...ORDER, id: "A" });
    const kept = new Kept();
    saveState(driver.core, kept);
    const loaded = new CoreDriver(CONFIG, false);
    loadState(loaded.core, kept);
    const fill = { venue: 1, execType: code.EXEC_TRADE, number: 1, slot: 0, lastQty: 10, cumQty: 10, execId: "E" };
    for (const one of [driver, loaded]) expect(only(one.say({ ...fill, lastPx: 0 })).avgPx).toBe(0);
  });
});

function bigText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
