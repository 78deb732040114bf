// Settings that operators change while the core works: limits, reference prices, collars, kill switches.

import { describe, expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import { changeCommand } from "../../src/control/setting-changes.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../src/core/assembly/layout.ts";
import { ENTRY_CONTROL } from "../../src/core/entry-kinds.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { ACCOUNT_SETTINGS, SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import * as code from "../../src/record/codes.ts";
import * as answers from "../../src/record/control-codes.ts";
import { type CoreChange, readChanges } from "../../src/record/setting-changes.ts";
import { units } from "../numbers.ts";
import { Rig } from "./agent-rig.ts";
import { CONFIG, CoreDriver, ONE, only, working } from "./driver.ts";
import { Kept } from "./kept.ts";

const of = (kinds: readonly { readonly name: string }[], wanted: string): number =>
  kinds.findIndex(({ name }) => name === wanted);

function account(name: string, setting: string, value: bigint | null, version?: number): CoreChange {
  return { subject: ACCOUNTS, name, setting: of(ACCOUNT_SETTINGS, setting), value, version };
}

function symbol(name: string, setting: string, value: bigint | null, version?: number): CoreChange {
  return { subject: SYMBOLS, name, setting: of(SYMBOL_SETTINGS, setting), value, version };
}

const reasonOf = (driver: CoreDriver, id: string, terms = {}): unknown => only(driver.order({ id, ...terms })).reason;

describe("a change holds from the next order on", () => {
  test("of every limit of an account", () => {
    const driver = new CoreDriver();
    const after = (setting: string, value: bigint, terms = {}): unknown => {
      expect(driver.change([account("ACC1", setting, value)])).toBe(answers.CONTROL_APPLIED);
      const reason = reasonOf(driver, setting, terms);
      expect(driver.change([account("ACC1", setting, null)])).toBe(answers.CONTROL_APPLIED);
      return reason;
    };
    expect(after("maxOrderQty", units(99))).toBe(10);
    expect(after("maxOrderNotional", 100n * 100n * 10_000n - 1n)).toBe(11);
    expect(after("enabled", 0n)).toBe(102);
    expect(after("killed", 1n)).toBe(120);
    driver.order({ id: "OPEN" });
    expect(after("maxOpenOrders", 1n)).toBe(18);
    expect(after("ordersPerSecond", 2n)).toBe(16);
    expect(only(driver.order({ id: "LAST" })).out).toBe("request");
  });

  test("of every property of a symbol, and together where one alone could not be", () => {
    const driver = new CoreDriver();
    const at = (id: string, px: number) => only(driver.order({ id, px: px * ONE })).reason ?? 0;
    driver.change([symbol("AAPL", "referencePrice", units(200))]);
    expect([at("A", 100), at("B", 200)]).toEqual([12, 0]);
    driver.change([symbol("AAPL", "collarPercent", 500_000n)]);
    expect(at("C", 100)).toBe(0);
    driver.change([symbol("AAPL", "collarPercent", null), symbol("AAPL", "collarWidth", units(150))]);
    expect(at("D", 50)).toBe(0);
    driver.change([symbol("AAPL", "referencePrice", NO_PRICE)]);
    expect(at("E", 200)).toBe(105);
    driver.change([symbol("AAPL", "enabled", 0n)]);
    expect(at("F", 200)).toBe(104);
    driver.change([symbol("AAPL", "killed", 1n)]);
    expect(at("G", 200)).toBe(121);
  });

  test("and one of the past still may be cancelled under every kill switch", () => {
    const driver = working();
    driver.change([
      account("ACC1", "killed", 1n),
      symbol("AAPL", "killed", 1n),
      { subject: FIRM, name: "", setting: 0, value: 1n },
    ]);
    expect(only(driver.replace({ id: "R", orig: "A", qty: 50 })).reason).toBe(2);
    expect(only(driver.cancel({ id: "X", orig: "A" })).out).toBe("request");
  });
});

describe("all changes of a command are made, or none", () => {
  const good = account("ACC1", "maxOrderQty", units(50));
  test.each<[string, CoreChange, number]>([
    ["an account that is not there", account("NOBODY", "maxOrderQty", 1n), answers.CONTROL_UNKNOWN_NAME],
    ["a setting that is not there", { ...good, setting: 99 }, answers.CONTROL_UNKNOWN_SETTING],
    ["a negative setting", { ...good, setting: -1 }, answers.CONTROL_UNKNOWN_SETTING],
    ["a limit of 0", account("ACC2", "maxOpenOrders", 0n), answers.CONTROL_BAD_VALUE],
    ["a flag of 2", account("ACC2", "enabled", 2n), answers.CONTROL_BAD_VALUE],
    ["no quantity", account("ACC2", "maxOrderQty", NO_PRICE), answers.CONTROL_BAD_VALUE],
    ["another version", account("ACC2", "maxOpenOrders", 5n, 7), answers.CONTROL_VERSION_DIFFERS],
    ["a reference price below 0", symbol("AAPL", "referencePrice", -1n), answers.CONTROL_BAD_VALUE],
    [
      "a collar that ends beyond all prices",
      symbol("AAPL", "collarWidth", units(92_000_000_000)),
      answers.CONTROL_BAD_VALUE,
    ],
    ["what is no subject", { ...good, subject: 3 }, answers.CONTROL_BAD_RECORD],
  ])("%s", (_, bad, result) => {
    const driver = new CoreDriver();
    const before = driver.core.digest();
    for (const changes of [[good, bad], [bad, good], [bad]]) expect(driver.change(changes)).toBe(result);
    expect(driver.core.digest()).toBe(before);
    expect(only(driver.order({ id: "A" })).out).toBe("request");
  });

  test("a text that is cut, or has fewer changes than it says", () => {
    const driver = new CoreDriver();
    const { text } = changeCommand([good, good], "alice")!;
    const before = driver.core.digest();
    for (let length = 0; length < text!.length; length++)
      expect(driver.command(answers.CONTROL_CHANGE, 2, 0, "alice", text!.subarray(0, length))).toBe(
        answers.CONTROL_BAD_RECORD,
      );
    for (const count of [0, -1, 61]) expect(driver.command(answers.CONTROL_CHANGE, count, 0, "a", text!)).toBe(18);
    expect(driver.core.digest()).toBe(before);
  });

  test("as many as a command has room for", () => {
    const driver = new CoreDriver();
    const many = Array.from({ length: 60 }, (_, i) => account("ACC1", "maxOrderQty", units(1 + i)));
    expect(driver.change(many)).toBe(answers.CONTROL_APPLIED);
    expect(driver.core.tables.account.aim(0).maxOrderQty).toBe(units(60));
    expect(changeCommand([...many, good], "alice")).toBeNull();
    const { value, text } = changeCommand([good, account("ACC2", "enabled", null, 3)], "alice")!;
    expect(readChanges(value!, text!)).toEqual([
      { subject: ACCOUNTS, name: "ACC1", setting: good.setting, value: units(50) },
      { subject: ACCOUNTS, name: "ACC2", setting: 0, value: null, version: 3 },
    ]);
  });
});

describe("what an operator has set", () => {
  test("is known with who and when, and its version counts; the same again is no change", () => {
    const driver = new CoreDriver();
    const reader = new StateReader(driver.core.area.buffer, driver.core.area.at);
    expect(driver.change([account("ACC1", "maxOrderQty", units(50))], "alice")).toBe(answers.CONTROL_APPLIED);
    const settings = reader.settings(ACCOUNTS, "ACC1")!.aim(0, 1);
    expect([settings.isSet, settings.current, settings.by, settings.atUs]).toEqual([
      true,
      units(50),
      "alice",
      driver.timeUs,
    ]);
    expect([settings.fileValue, settings.version]).toEqual([units(1_000_000), 1]);
    expect(driver.change([account("ACC1", "maxOrderQty", units(50), 1)], "bob")).toBe(answers.CONTROL_UNCHANGED);
    expect(driver.change([account("ACC1", "maxOrderQty", units(51), 1)], "x".repeat(64))).toBe(answers.CONTROL_APPLIED);
    const later = reader.settings(ACCOUNTS, "ACC1")!;
    expect([later.aim(0, 1).by, later.version]).toEqual(["x".repeat(32), 2]);
    expect(reader.settings(ACCOUNTS, "NOBODY")).toBeNull();
    expect(reader.settings(FIRM, "")!.isSet).toBe(false);
  });

  test("stays over a replay and a snapshot, also where the file has changed", () => {
    const driver = new CoreDriver();
    driver.change([account("ACC1", "maxOrderQty", units(50)), symbol("AAPL", "referencePrice", units(50))]);
    driver.change([symbol("MSFT", "killed", 1n), { subject: FIRM, name: "", setting: 0, value: 1n }], "bob");
    const accounts = CONFIG.accounts.map((one) => ({ ...one, maxOrderQtyE8: units(7) })).reverse();
    const symbols = CONFIG.symbols.map((one) => ({ ...one, collarPpm: 10_000 }));
    for (const config of [CONFIG, { ...CONFIG, accounts, symbols }]) {
      const kept = new Kept();
      saveState(driver.core, kept);
      const fromSnapshot = new CoreDriver(config, false);
      loadState(fromSnapshot.core, kept);
      const replayed = new CoreDriver(config, false);
      replayed.replay(driver.journal, [0, 0, 0], [0, 0]);
      for (const { core } of [fromSnapshot, replayed]) {
        core.endReplay();
        const reader = new StateReader(core.area.buffer, core.area.at);
        expect(reader.account("ACC1")!.maxOrderQty).toBe(units(50));
        expect(reader.account("ACC2")!.maxOrderQty).toBe(config === CONFIG ? units(500) : units(7));
        expect(reader.symbol("AAPL", 0)).toMatchObject({ reference: units(50), isInstructed: true });
        expect(reader.symbol("MSFT", 0)!.isKilled).toBe(true);
        expect(reader.killed).toEqual({ isKilled: true, sinceUs: driver.timeUs });
        expect(reader.settings(FIRM, "")!.by).toBe("bob");
      }
    }
  });

  test("stays for an account that the configuration has lost for a while", () => {
    const driver = new CoreDriver();
    driver.change([account("ACC2", "killed", 1n)]);
    const without = {
      ...CONFIG,
      accounts: CONFIG.accounts.filter(({ name }) => name !== "ACC2"),
      sessions: [{ id: 1, accounts: ["ACC1"] }],
    };
    const meanwhile = new CoreDriver(without, false);
    meanwhile.replay(driver.journal, [0, 0, 0], [0, 0]);
    meanwhile.core.endReplay();
    const kept = new Kept();
    saveState(meanwhile.core, kept);
    const again = new CoreDriver();
    loadState(again.core, kept);
    expect(reasonOf(again, "A", { account: "ACC2" })).toBe(120);
  });

  test("of the firm's kill switch gives way to the file's at a start, and can be lifted then", () => {
    const driver = new CoreDriver({ ...CONFIG, kill: true });
    const firm = { subject: FIRM, name: "", setting: 0 };
    expect(driver.change([{ ...firm, value: 0n }])).toBe(answers.CONTROL_APPLIED);
    const again = new CoreDriver({ ...CONFIG, kill: true }, false);
    again.replay(driver.journal, [0, 0, 0], [0, 0]);
    again.core.endReplay();
    expect(reasonOf(again, "A")).toBe(2);
    expect(again.change([{ ...firm, value: 1n }])).toBe(answers.CONTROL_UNCHANGED);
    expect(again.change([{ ...firm, value: 0n }])).toBe(answers.CONTROL_APPLIED);
    expect(reasonOf(again, "B")).not.toBe(2);
  });
});

test("the journal has a command with the result that a replay obeys", () => {
  const rig = new Rig().up();
  rig.change([account("ACC1", "maxOrderQty", units(50))], 4);
  rig.change([account("ACC1", "maxOrderQty", 0n)], 5);
  rig.agent.poll(0);
  expect(rig.entries.map(({ kind, index }) => [kind, index])).toEqual([
    [ENTRY_CONTROL, answers.CONTROL_APPLIED],
    [ENTRY_CONTROL, answers.CONTROL_BAD_VALUE],
  ]);
  expect(rig.answered().map(([number, , result]) => [number, result])).toEqual([
    [4, answers.CONTROL_APPLIED],
    [5, answers.CONTROL_BAD_VALUE],
  ]);
});

test("an order that needed attention is released; its reason is the first that it had", () => {
  const driver = working();
  const reader = new StateReader(driver.core.area.buffer, driver.core.area.at);
  driver.say({ execType: "F".charCodeAt(0), number: 1, lastQty: 150, lastPx: 100 * ONE, execId: "E1" });
  expect(reader.order(0)!.row.attention).toBe(8);
  const before = driver.core.digest();
  expect(driver.instruct(answers.CONTROL_RELEASE_ORDER, 0, 99, "")).toBe(answers.CONTROL_UNKNOWN_ORDER);
  expect(driver.instruct(answers.CONTROL_RELEASE_ORDER, 900, 1, "")).toBe(answers.CONTROL_UNKNOWN_ORDER);
  expect(driver.core.digest()).toBe(before);
  expect(driver.instruct(answers.CONTROL_RELEASE_ORDER, 0, 1, "")).toBe(answers.CONTROL_APPLIED);
  expect(driver.instruct(answers.CONTROL_RELEASE_ORDER, 0, 1, "")).toBe(answers.CONTROL_UNCHANGED);
  expect(reader.order(0)!.row.attention).toBe(0);
  const again = new CoreDriver(CONFIG, false);
  again.replay(driver.journal, [99, 99, 99], [99, 99]);
  expect(again.core.digest()).toBe(driver.core.digest());
});

test.each([
  ["VENUE lost it", "CORE-207 DEAD VENUE lost it"],
  ["x".repeat(200), `CORE-207 DEAD ${"x".repeat(42)}`],
])("an order that is marked dead tells its client why: %p", (why, text) => {
  const driver = working();
  const bytes = new TextEncoder().encode(why);
  expect(driver.command(answers.CONTROL_CLOSE_ORDER, 0, 1, "", bytes)).toBe(answers.CONTROL_APPLIED);
  expect(only(driver.take())).toMatchObject({
    execType: "4",
    ordStatus: "4",
    id: "A",
    leavesQty: 0,
    reason: 207,
    text,
  });
});

test("an order's times are those of the inputs that made and changed it", () => {
  const driver = new CoreDriver();
  const reader = new StateReader(driver.core.area.buffer, driver.core.area.at);
  const times = () => [
    reader.order(0)!.createdUs - 1_700_000_000_000_000,
    reader.order(0)!.changedUs - 1_700_000_000_000_000,
  ];
  driver.order({ id: "A" });
  expect(times()).toEqual([0, 0]);
  driver.timeUs += 5;
  driver.say({ execType: "0".charCodeAt(0), number: 1, slot: 0, orderId: "V1" });
  expect(times()).toEqual([0, 5]);
  driver.timeUs += 5;
  driver.cancel({ id: "X", orig: "A" });
  expect(times()).toEqual([0, 10]);
  const kept = new Kept();
  saveState(driver.core, kept);
  const again = new CoreDriver();
  loadState(again.core, kept);
  expect(new StateReader(again.core.area.buffer, again.core.area.at).order(0)).toMatchObject({
    clOrdIds: ["X", "A"],
    changedUs: 1_700_000_000_000_010,
  });
});

describe("a change of the file's value", () => {
  const inFile = (change: CoreChange): CoreChange => ({ ...change, inFile: true });

  test("holds from the next order on, and is the value that a reset goes back to", () => {
    const driver = new CoreDriver();
    expect(driver.change([inFile(account("ACC1", "maxOrderQty", units(99)))])).toBe(answers.CONTROL_APPLIED);
    expect(driver.change([inFile(account("ACC1", "maxOrderQty", units(99)))])).toBe(answers.CONTROL_UNCHANGED);
    expect(reasonOf(driver, "A")).toBe(10);
    driver.change([account("ACC1", "maxOrderQty", units(1000))]);
    expect(reasonOf(driver, "B")).toBeUndefined();
    driver.change([account("ACC1", "maxOrderQty", null)]);
    expect(reasonOf(driver, "C")).toBe(10);
  });

  test("leaves an operator's value as it is", () => {
    const driver = new CoreDriver();
    driver.change([account("ACC1", "maxOrderQty", units(1000))]);
    expect(driver.change([inFile(account("ACC1", "maxOrderQty", units(99)))])).toBe(answers.CONTROL_APPLIED);
    expect(reasonOf(driver, "A")).toBeUndefined();
    driver.change([account("ACC1", "maxOrderQty", null)]);
    expect(reasonOf(driver, "B")).toBe(10);
  });

  test("is made again by a replay, after which the file of today counts", () => {
    const driver = new CoreDriver();
    driver.change([inFile(account("ACC1", "maxOrderQty", units(99))), account("ACC2", "maxOpenOrders", 3n)]);
    const replayed = new CoreDriver(CONFIG, false);
    replayed.replay(driver.journal, [0, 0, 0], [0, 0]);
    expect(replayed.core.tables.account.aim(0).maxOrderQty).toBe(units(99));
    replayed.core.endReplay();
    replayed.tell({ kind: code.REPORT_VENUE_UP, venue: 0 });
    expect(reasonOf(replayed, "A")).toBeUndefined();
    expect(replayed.core.tables.account.aim(1).maxOpenOrders).toBe(3);
  });

  test.each<[string, CoreChange, number]>([
    ["out of bounds", account("ACC1", "maxOpenOrders", 0n), answers.CONTROL_BAD_VALUE],
    ["of the firm", { subject: FIRM, name: "", setting: 0, value: 1n }, answers.CONTROL_UNKNOWN_SETTING],
    ["of an account that is not there", account("NOBODY", "maxOpenOrders", 5n), answers.CONTROL_UNKNOWN_NAME],
    [
      "with a collar that ends beyond all prices",
      symbol("AAPL", "collarWidth", units(92_000_000_000)),
      answers.CONTROL_BAD_VALUE,
    ],
  ])("%s is refused, and changes nothing", (_, change, result) => {
    const driver = new CoreDriver();
    const before = driver.core.digest();
    const good = inFile(account("ACC2", "maxOrderQty", units(5)));
    expect(driver.change([good, inFile(change)])).toBe(result);
    expect(driver.core.digest()).toBe(before);
  });

  test("is read back as it was written", () => {
    const change = inFile(account("ACC1", "maxOrderQty", units(99)));
    const { value, text } = changeCommand([change], "reload")!;
    expect(readChanges(value!, text!)).toEqual([
      { subject: ACCOUNTS, name: "ACC1", setting: change.setting, value: units(99), inFile: true },
    ]);
  });
});

describe("the firm's kill switch", () => {
  const firm = { subject: FIRM, name: "", setting: 0 };
  const steps: readonly [string, (driver: CoreDriver) => void, boolean | null][] = [
    ["a signal engages", (driver) => driver.kill(true), true],
    ["a signal lifts", (driver) => driver.kill(false), false],
    ["a change engages", (driver) => driver.change([{ ...firm, value: 1n }]), true],
    ["a change lifts", (driver) => driver.change([{ ...firm, value: 0n }]), false],
    ["a change goes back to the file", (driver) => driver.change([{ ...firm, value: null }]), false],
    ["another setting changes", (driver) => driver.change([symbol("AAPL", "killed", 1n)]), null],
  ];
  const isKilled = ({ core }: CoreDriver): boolean => new StateReader(core.area.buffer, core.area.at).killed.isKilled;

  /** A snapshot as versions wrote it that had no settings. */
  function formerly(killed: boolean): Kept {
    const kept = new Kept();
    const driver = new CoreDriver();
    if (killed) driver.kill(true);
    saveState(driver.core, kept);
    kept.all.delete("settings");
    return kept;
  }

  function from(kept: Kept): CoreDriver {
    const driver = new CoreDriver(CONFIG, false);
    loadState(driver.core, kept);
    return driver;
  }

  test.each([true, false])(
    "is as it was asked for last, after a snapshot of an earlier version too: engaged %p",
    (was) => {
      for (const first of steps)
        for (const second of steps) {
          const what = `${first[0]}, ${second[0]}`;
          const driver = from(formerly(was));
          let expected = was;
          for (const [, act, asked] of [first, second]) {
            act(driver);
            expected = asked ?? expected;
            expect(isKilled(driver), what).toBe(expected);
          }
          const replayed = from(formerly(was));
          replayed.replay(driver.journal, [0, 0, 0], [0, 0]);
          replayed.core.endReplay();
          expect(isKilled(replayed), `${what}, replayed`).toBe(expected);
          const kept = new Kept();
          saveState(driver.core, kept);
          const loaded = from(kept);
          expect(isKilled(loaded), `${what}, from a snapshot`).toBe(expected);
          loaded.change([{ ...firm, value: 1n }]);
          expect(isKilled(loaded), `${what}, from a snapshot, engaged`).toBe(true);
        }
    },
  );

  test("that a version before had engaged is a setting of this one", () => {
    const driver = from(formerly(true));
    const reader = new StateReader(driver.core.area.buffer, driver.core.area.at);
    expect(reader.settings(FIRM, "")!.aim(0, 0)).toMatchObject({ isSet: true, current: 1n, by: "" });
    expect(driver.change([{ ...firm, value: 1n }])).toBe(answers.CONTROL_UNCHANGED);
    expect(reasonOf(driver, "A")).toBe(2);
    expect(driver.change([{ ...firm, value: 0n }])).toBe(answers.CONTROL_APPLIED);
  });
});
