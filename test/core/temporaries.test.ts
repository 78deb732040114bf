// Values of settings that hold until a time: what holds after it, beneath it, after a snapshot, and how many there may be.

import { describe, expect, test } from "bun:test";
import { NO_PRICE } from "../../src/base/units.ts";
import { changeCommand, changeUntilCommand, endCommand } from "../../src/control/setting-changes.ts";
import { ACCOUNTS, FIRM, SYMBOLS } from "../../src/core/assembly/layout.ts";
import { MOST_TEMPORARIES } from "../../src/core/assembly/temporary-layout.ts";
import { ENTRY_CONTROL } from "../../src/core/entry-kinds.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { rowOf } from "../../src/core/level-rows.ts";
import { ACCOUNT_SETTINGS, FIRM_SETTINGS, SYMBOL_SETTINGS } from "../../src/core/risk/settings.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import { REPORT_VENUE_UP } from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import * as answers from "../../src/record/control-codes.ts";
import { type CoreChange, readChanges } from "../../src/record/setting-changes.ts";
import { EventReader } from "../../src/telemetry/event-reader.ts";
import { EVENT_VALUE_ENDED } from "../../src/telemetry/events.ts";
import { units } from "../numbers.ts";
import { Rig } from "./agent-rig.ts";
import { CONFIG, CoreDriver, type Input, only, START_US } from "./driver.ts";
import { Kept } from "./kept.ts";

const MINUTE_US = 60_000_000;
const of = (kinds: readonly { readonly name: string }[], wanted: string): number =>
  kinds.findIndex(({ name }) => name === wanted);
const account = (name: string, setting: string, value: bigint | null): CoreChange => ({
  ...{ subject: ACCOUNTS, name, value },
  setting: of(ACCOUNT_SETTINGS, setting),
});
const qty = (value: number | null): CoreChange => account("ACC1", "maxOrderQty", value === null ? null : units(value));
const until =
  (us: number) =>
  (changes: readonly CoreChange[], by: string): ReturnType<typeof changeUntilCommand> =>
    changeUntilCommand(changes, by, us);
const reasonOf = (driver: CoreDriver, id: string, qty: number): unknown => only(driver.order({ id, qty })).reason ?? 0;
const readerOf = ({ core }: CoreDriver): StateReader => new StateReader(core.area.buffer, core.area.at);

describe("a value that has an end", () => {
  test("holds from the next order on, and what held before it with the first order at its end", () => {
    const driver = new CoreDriver();
    driver.change([qty(50)]);
    const endUs = START_US + MINUTE_US;
    expect(driver.change([qty(200)], "bob", until(endUs))).toBe(answers.CONTROL_APPLIED);
    expect(reasonOf(driver, "A", 150)).toBe(0);
    driver.timeUs = endUs - 1;
    expect(reasonOf(driver, "B", 150)).toBe(0);
    const [one] = readerOf(driver).temporaries();
    expect(one).toMatchObject({ name: "ACC1", untilUs: endUs, beneath: { value: units(50), by: "alice" } });
    driver.timeUs = endUs;
    expect(reasonOf(driver, "C", 150)).toBe(10);
    expect(reasonOf(driver, "D", 50)).toBe(0);
    expect(readerOf(driver).temporaries()).toEqual([]);
    expect(readerOf(driver).settings(ACCOUNTS, "ACC1")!.aim(0, 1)).toMatchObject({ value: units(50), by: "alice" });
  });

  test("a clock that is set back does not bring it back", () => {
    const driver = new CoreDriver();
    driver.change([qty(50)]);
    driver.change([qty(200)], "bob", until(START_US + 10));
    driver.timeUs = START_US + 10;
    expect(reasonOf(driver, "A", 150)).toBe(10);
    driver.timeUs = START_US;
    expect(reasonOf(driver, "B", 150)).toBe(10);
  });

  test("another one in its place keeps what holds afterwards; one of the file goes back to the file of then", () => {
    const driver = new CoreDriver();
    driver.change([qty(200)], "bob", until(START_US + 10));
    driver.change([qty(300)], "bob", until(START_US + 20));
    driver.timeUs = START_US + 10;
    expect(reasonOf(driver, "A", 250)).toBe(0);
    driver.configure([{ ...qty(120), inFile: true }]);
    expect(reasonOf(driver, "B", 250)).toBe(0);
    driver.timeUs = START_US + 20;
    expect(reasonOf(driver, "C", 121)).toBe(10);
    expect(reasonOf(driver, "D", 120)).toBe(0);
  });

  test("a value without an end, or a reset, takes its place at once", () => {
    const driver = new CoreDriver();
    driver.change([qty(50)]);
    driver.change([qty(200)], "bob", until(START_US + 10));
    expect(driver.change([qty(70)], "carol")).toBe(answers.CONTROL_APPLIED);
    expect(driver.change([qty(70)], "carol")).toBe(answers.CONTROL_UNCHANGED);
    expect(readerOf(driver).temporaries()).toEqual([]);
    expect(reasonOf(driver, "A", 71)).toBe(10);
    expect(reasonOf(driver, "B", 70)).toBe(0);
    driver.timeUs = START_US + 10;
    expect(reasonOf(driver, "C", 71)).toBe(10);
    expect(readerOf(driver).settings(ACCOUNTS, "ACC1")!.aim(0, 1).by).toBe("carol");
    driver.change([qty(10)], "bob", until(START_US + 20));
    expect(driver.change([qty(null)])).toBe(answers.CONTROL_APPLIED);
    expect(reasonOf(driver, "D", 999_999)).toBe(0);
    // One with the same value has no end from then on.
    driver.change([qty(10)], "bob", until(START_US + 20));
    expect(driver.change([qty(10)])).toBe(answers.CONTROL_APPLIED);
    driver.timeUs = START_US + 20;
    expect(reasonOf(driver, "E", 11)).toBe(10);
  });

  test("in a journal of a version before, a value without an end still holds only after it", () => {
    const written = new CoreDriver();
    written.change([qty(50)]);
    written.change([qty(10)], "bob", until(START_US + 10));
    written.change([qty(60)], "carol");
    const lasting = written.journal.at(-1)!;
    expect(lasting.words[0]).toBe(answers.CONTROL_CHANGE_LASTING);
    for (const decision of [answers.CONTROL_APPLIED, answers.CONTROL_UNCHANGED]) {
      // What was beneath it already changed nothing there.
      const value = decision === answers.CONTROL_APPLIED ? 60 : 50;
      const former = changeCommand([qty(value)], "carol")!;
      const words = lasting.words.slice();
      words[0] = former.kind;
      new Uint8Array(words.buffer).set(former.text!, answers.CONTROL_TEXT_AT);
      const again = new CoreDriver();
      again.replay([...written.journal.slice(0, -1), { ...lasting, words, decision } as Input], [], []);
      expect(readerOf(again).temporaries()).toMatchObject([{ name: "ACC1", beneath: { value: units(value) } }]);
      expect(readerOf(again).settings(ACCOUNTS, "ACC1")!.aim(0, 1).value).toBe(units(10));
    }
    const again = new CoreDriver();
    again.replay(written.journal, [], []);
    expect(readerOf(again).temporaries()).toEqual([]);
    expect(readerOf(again).settings(ACCOUNTS, "ACC1")!.aim(0, 1).value).toBe(units(60));
  });

  test("an operator ends it before its time; where there is none, nothing changes", () => {
    const driver = new CoreDriver();
    driver.change([qty(200)], "bob", until(START_US + MINUTE_US));
    expect(driver.change([qty(null)], "carol", endCommand)).toBe(answers.CONTROL_APPLIED);
    expect(reasonOf(driver, "A", 1_000)).toBe(0);
    expect(driver.change([qty(null)], "carol", endCommand)).toBe(answers.CONTROL_UNCHANGED);
  });

  test("each change of it is another version", () => {
    const driver = new CoreDriver();
    const version = (): number => readerOf(driver).settings(ACCOUNTS, "ACC1")!.versions;
    const seen = [version()];
    driver.change([qty(200)], "bob", until(START_US + 10));
    seen.push(version());
    driver.timeUs = START_US + 10;
    driver.order({ id: "A" });
    seen.push(version());
    expect(new Set(seen).size).toBe(3);
  });

  test("of the firm, of a symbol, and of the rate of a currency", () => {
    const driver = new CoreDriver({
      ...CONFIG,
      limitCurrency: "USD",
      currencies: [{ name: "EUR", rateE8: 100_000_000n }],
      symbols: CONFIG.symbols.map((one) => (one.name === "AAPL" ? { ...one, currency: "EUR" } : one)),
    });
    const changes: CoreChange[] = [
      { subject: FIRM, name: "", setting: of(FIRM_SETTINGS, "maxOrderQty"), value: units(90) },
      { subject: SYMBOLS, name: "AAPL", setting: of(SYMBOL_SETTINGS, "maxOrderQty"), value: units(80) },
      account(rowOf("currency", "EUR"), "rate", NO_PRICE),
    ];
    for (const [i, reason] of [125, 122, 133].entries()) {
      driver.timeUs += 10;
      expect(driver.change([changes[i]!], "bob", until(driver.timeUs + 5))).toBe(answers.CONTROL_APPLIED);
      expect([i, reasonOf(driver, `A${i}`, 100) === 0]).toEqual([i, false]);
      expect(reason).toBeGreaterThan(0);
      driver.timeUs += 5;
      expect(reasonOf(driver, `B${i}`, 100)).toBe(0);
    }
  });
});

describe("refused, and nothing changes", () => {
  test.each([
    ["an end that is over", [qty(200)], START_US, answers.CONTROL_BAD_VALUE],
    ["an end that is no number", [qty(200)], Number.NaN, answers.CONTROL_BAD_VALUE],
    ["no end", [qty(200)], Number.POSITIVE_INFINITY, answers.CONTROL_BAD_VALUE],
    ["a stop of an account", [account("ACC1", "stopped", 1n)], START_US + 1, answers.CONTROL_UNKNOWN_SETTING],
    ["the firm's kill switch", [{ subject: FIRM, name: "", setting: 0, value: 1n }], START_US + 1, 16],
    ["a reference price", [{ subject: SYMBOLS, name: "AAPL", setting: 3, value: units(9) }], START_US + 1, 16],
    ["a value of the file", [{ ...qty(200), inFile: true as const }], START_US + 1, answers.CONTROL_BAD_RECORD],
    ["an account that is not there", [account("X", "maxOrderQty", 1n)], START_US + 1, answers.CONTROL_UNKNOWN_NAME],
  ])("%s", (_, changes, endUs, result) => {
    const driver = new CoreDriver();
    const before = driver.core.digest();
    expect(driver.change(changes, "bob", until(endUs))).toBe(result);
    expect(driver.core.digest()).toBe(before);
  });

  test("more than the table holds: those that are there can be changed, and there is room again after their end", () => {
    const accounts = Array.from({ length: MOST_TEMPORARIES }, (_, i) => ({ ...CONFIG.accounts[0]!, name: `A${i}` }));
    const driver = new CoreDriver({ ...CONFIG, accounts: [...CONFIG.accounts, ...accounts] });
    const some = (from: number, to: number, value: number): CoreChange[] =>
      accounts.slice(from, to).map(({ name }) => account(name, "maxOrderQty", units(value)));
    const last = START_US + MINUTE_US;
    for (let i = 0; i < MOST_TEMPORARIES; i += 32)
      expect(driver.change(some(i, i + 32, 5), "bob", until(last))).toBe(answers.CONTROL_APPLIED);
    expect(driver.change([qty(5)], "bob", until(last))).toBe(answers.CONTROL_TABLE_FULL);
    expect(driver.change([...some(0, 3, 6), qty(5)], "bob", until(last))).toBe(answers.CONTROL_TABLE_FULL);
    expect(driver.change(some(0, 32, 6), "bob", until(last))).toBe(answers.CONTROL_APPLIED);
    const before = driver.journal.length;
    driver.timeUs = last;
    driver.order({ id: "A" });
    expect(readerOf(driver).temporaries()).toEqual([]);
    // One command has no room for all of them.
    expect(driver.journal.length - before).toBeGreaterThan(2);
    expect(driver.change([qty(5)], "bob", until(last + 1))).toBe(answers.CONTROL_APPLIED);
    const again = new CoreDriver(driver.config, false);
    again.replay(driver.journal, [], []);
    expect(again.core.digest()).toBe(driver.core.digest());
  });
});

test("a snapshot keeps it and what is beneath, also where the names have other places; its settings are those beneath", () => {
  const driver = new CoreDriver();
  driver.change([qty(50)]);
  driver.change([qty(200), account("ACC2", "maxOrderQty", units(7))], "bob", until(START_US + 10));
  const kept = new Kept();
  saveState(driver.core, kept);
  const restored = new CoreDriver({ ...CONFIG, accounts: CONFIG.accounts.toReversed() }, false);
  loadState(restored.core, kept);
  restored.tell({ kind: REPORT_VENUE_UP, venue: 0 });
  restored.timeUs = START_US + 9;
  expect(reasonOf(restored, "A", 200)).toBe(0);
  expect(only(restored.order({ id: "B", account: "ACC2", qty: 8 })).reason).toBe(10);
  restored.timeUs = START_US + 10;
  expect(reasonOf(restored, "C", 51)).toBe(10);
  expect(only(restored.order({ id: "D", account: "ACC2", qty: 8 })).out).toBe("request");
  // As a version reads it that knows no ends.
  kept.all.delete("temporaries");
  const former = new CoreDriver(CONFIG, false);
  loadState(former.core, kept);
  former.tell({ kind: REPORT_VENUE_UP, venue: 0 });
  expect(reasonOf(former, "A", 51)).toBe(10);
  expect(reasonOf(former, "B", 50)).toBe(0);
});

test("the agent journals the end before the next order, says it, and a replay ends it there", () => {
  const rig = new Rig();
  const command = changeUntilCommand([qty(200)], "bob", START_US + 10)!;
  rig.command(command.kind, 1, START_US + 10, "bob", 1, command.text);
  rig.agent.poll(0);
  expect(rig.agent.deadlineNs()).toBe(10_000);
  rig.time.wallUs = START_US + 10;
  rig.agent.poll(5_000);
  expect(rig.agent.deadlineNs()).toBe(Number.POSITIVE_INFINITY);
  const controls = rig.entries.filter(({ kind }) => kind === ENTRY_CONTROL);
  expect(controls.map(({ payload }) => new Control(payload).kind)).toEqual([96, 97]);
  const { payload, payloadBytes, index, timeUs } = controls[1]!;
  expect([index, timeUs]).toEqual([answers.CONTROL_APPLIED, START_US + 10]);
  const text = payload.bytes.subarray(answers.CONTROL_TEXT_AT, payloadBytes);
  expect(readChanges(1, text)).toEqual([qty(null)]);
  const event = new EventReader(rig.events).next();
  expect(event).toMatchObject({ kind: EVENT_VALUE_ENDED });
  expect(readChanges(1, event!.change!)).toEqual([qty(null)]);
});
