// Overrides of checks: one order with exactly these terms passes one check once.

import { describe, expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { OVERRIDE_USED, OVERRIDE_WITHDRAWN } from "../../src/core/assembly/override-layout.ts";
import { ENTRY_CONTROL, ENTRY_ORDER } from "../../src/core/entry-kinds.ts";
import { loadState, saveState } from "../../src/core/kept-state.ts";
import { overrideUse } from "../../src/core/overrides.ts";
import { CHECKS } from "../../src/core/risk/checks.ts";
import { OVERRIDABLE } from "../../src/core/risk/overridable.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import { StateReader } from "../../src/core/state-reader.ts";
import { REPORT_VENUE_DOWN, REPORT_VENUE_UP, REQUEST_REPLACE, SIDE_SELL, TYPE_MARKET } from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import * as answers from "../../src/record/control-codes.ts";
import { EventReader } from "../../src/telemetry/event-reader.ts";
import { EVENT_OVERRIDE_DONE } from "../../src/telemetry/events.ts";
import { Rig } from "./agent-rig.ts";
import { textOf } from "./drawn-overrides.ts";
import { CONFIG, CoreDriver, type Input, ONE, only, type RequestTerms, START_US, working } from "./driver.ts";
import { Kept } from "./kept.ts";

/** Nothing but the quantity stops its orders. */
const EASY = {
  ...CONFIG,
  accounts: CONFIG.accounts.map((account) => ({ ...account, ordersPerSecond: 1_000, maxOpenOrders: 100 })),
};
const LARGE = { account: "ACC2", qty: 600 };
const grant = (
  driver: CoreDriver,
  id: number,
  terms: RequestTerms,
  more: { check?: number; us?: number; of?: string } = {},
) =>
  driver.command(
    answers.CONTROL_OVERRIDE,
    more.check ?? why.MAX_ORDER_QTY,
    driver.timeUs + (more.us ?? 1_000_000),
    "alice",
    textOf(terms, id, more.of),
  );
const reasonOf = (driver: CoreDriver, terms: RequestTerms): unknown => only(driver.order(terms)).reason ?? 0;
/** What the journal says of the use of an override; none of other entries. */
function usesIn(entry: Input) {
  if (entry.kind !== "control") return [];
  const views = new Views(entry.words.slice().buffer);
  const { kind, value, textLength } = new Control(views);
  if (kind !== answers.CONTROL_OVERRIDE_END || value !== OVERRIDE_USED) return [];
  return [overrideUse(views.bytes.subarray(answers.CONTROL_TEXT_AT, answers.CONTROL_TEXT_AT + textLength))];
}
const states = ({ core }: CoreDriver) => new StateReader(core.area.buffer, core.area.at).overrides();

test("the next order with its terms passes once, and no other does", () => {
  const driver = new CoreDriver(EASY);
  expect(grant(driver, 7, LARGE)).toBe(answers.CONTROL_APPLIED);
  expect(grant(driver, 7, LARGE)).toBe(answers.CONTROL_UNCHANGED);
  const others: RequestTerms[] = [
    { qty: 601 },
    { px: 101 * ONE },
    { side: SIDE_SELL },
    { type: TYPE_MARKET },
    { symbol: "MSFT", px: 200 * ONE },
    { session: 2 },
  ];
  for (const [i, other] of others.entries())
    expect([i, reasonOf(driver, { ...LARGE, id: `N${i}`, ...other })]).toEqual([i, why.MAX_ORDER_QTY]);
  driver.timeUs += 1_000_000 - 1;
  expect(reasonOf(driver, { ...LARGE, id: "A" })).toBe(0);
  expect(states(driver)).toMatchObject([
    { id: 7, state: 2, orderNumber: 7, by: "alice", confirmedBy: "bob", why: "a test" },
  ]);
  expect(reasonOf(driver, { ...LARGE, id: "B" })).toBe(why.MAX_ORDER_QTY);
});

test("other checks count: where one refuses the order, it is not used; two pass two", () => {
  const driver = new CoreDriver(EASY);
  const terms = { ...LARGE, px: 106 * ONE };
  grant(driver, 1, terms);
  expect(reasonOf(driver, { ...terms, id: "A" })).toBe(why.PRICE_COLLAR);
  driver.kill(true);
  expect(reasonOf(driver, { ...terms, id: "B" })).toBe(why.KILL_SWITCH);
  driver.kill(false);
  grant(driver, 2, terms, { check: why.PRICE_COLLAR });
  expect(states(driver).map(({ state }) => state)).toEqual([1, 1]);
  expect(reasonOf(driver, { ...terms, id: "C" })).toBe(0);
  expect(states(driver).map(({ state, orderNumber }) => [state, orderNumber])).toEqual([
    [2, 3],
    [2, 3],
  ]);
});

test("of one ClOrdID alone; a replace never passes by it; it expires, and is withdrawn", () => {
  const driver = working();
  grant(driver, 1, LARGE, { of: "MINE" });
  expect(reasonOf(driver, { ...LARGE, id: "OTHER" })).toBe(why.MAX_ORDER_QTY);
  expect(reasonOf(driver, { ...LARGE, id: "MINE" })).toBe(0);
  const most = { qty: 2_000_000 };
  grant(driver, 2, most);
  expect(reasonOf(driver, { ...most, id: "R", orig: "A", kind: REQUEST_REPLACE })).toBe(why.MAX_ORDER_QTY);
  driver.timeUs += 1_000_000;
  expect(reasonOf(driver, { ...most, id: "C" })).toBe(why.MAX_ORDER_QTY);
  grant(driver, 3, LARGE);
  const withdraw = (id: number) => driver.instruct(answers.CONTROL_OVERRIDE_END, OVERRIDE_WITHDRAWN, id, "carol");
  expect([withdraw(3), withdraw(3), withdraw(99)]).toEqual([
    1,
    answers.CONTROL_UNCHANGED,
    answers.CONTROL_UNKNOWN_NAME,
  ]);
  expect(reasonOf(driver, { ...LARGE, id: "D" })).toBe(why.MAX_ORDER_QTY);
  expect(states(driver).map(({ id, state }) => [id, state])).toEqual([
    [3, 4],
    [2, 3],
    [1, 2],
  ]);
});

test("only checks of how much an order may be, as the manual's table says", () => {
  const driver = new CoreDriver(EASY);
  const granted = CHECKS.filter(({ reason }, i) => grant(driver, i + 1, LARGE, { check: reason }) === 1);
  expect(granted).toEqual([...OVERRIDABLE]);
  expect(OVERRIDABLE).toHaveLength(11);
  expect(grant(driver, 99, LARGE, { us: 0 })).toBe(answers.CONTROL_BAD_VALUE);
  expect(driver.command(answers.CONTROL_OVERRIDE, 10, START_US + 9, "a", new Uint8Array(16))).toBe(
    answers.CONTROL_BAD_RECORD,
  );
  expect(grant(driver, 98, { ...LARGE, session: 3 })).toBe(answers.CONTROL_UNKNOWN_NAME);
});

test("64 at a time; done ones make room", () => {
  const driver = new CoreDriver(EASY);
  for (let id = 1; id <= 64; id++) expect(grant(driver, id, { ...LARGE, qty: 600 + id })).toBe(1);
  expect(grant(driver, 65, LARGE)).toBe(answers.CONTROL_TABLE_FULL);
  expect(reasonOf(driver, { ...LARGE, qty: 630, id: "A" })).toBe(0);
  expect(grant(driver, 65, LARGE)).toBe(answers.CONTROL_APPLIED);
  expect(states(driver)).toHaveLength(64);
});

describe("never used twice", () => {
  test("a replay and a snapshot know what is granted and what is used", () => {
    const driver = new CoreDriver(EASY);
    grant(driver, 1, LARGE);
    grant(driver, 2, { ...LARGE, qty: 700 });
    expect(reasonOf(driver, { ...LARGE, id: "A" })).toBe(0);
    const again = new CoreDriver(EASY, false);
    again.replay(driver.journal, [], []);
    expect(again.core.digest()).toBe(driver.core.digest());
    const kept = new Kept();
    saveState(driver.core, kept);
    const restored = new CoreDriver(EASY, false);
    loadState(restored.core, kept);
    restored.core.code.indexOrders();
    for (const one of [again, restored]) {
      one.take();
      one.tell({ kind: REPORT_VENUE_UP, venue: 0 });
      expect(reasonOf(one, { ...LARGE, id: "B" })).toBe(why.MAX_ORDER_QTY);
      expect(reasonOf(one, { ...LARGE, qty: 700, id: "C" })).toBe(0);
      expect(reasonOf(one, { ...LARGE, qty: 700, id: "D" })).toBe(why.MAX_ORDER_QTY);
    }
  });

  test("a journal that ends between the use and its order: the use counts, for the order of its number alone", () => {
    const driver = new CoreDriver(EASY);
    grant(driver, 1, LARGE);
    driver.order({ ...LARGE, id: "A" });
    const cut = driver.journal.slice(0, -1);
    for (const [first, second] of [
      [0, why.MAX_ORDER_QTY],
      [why.MAX_ORDER_QTY, why.MAX_ORDER_QTY],
    ]) {
      const again = new CoreDriver(EASY, false);
      again.replay(cut, [], []);
      again.tell({ kind: REPORT_VENUE_UP, venue: 0 });
      if (first !== 0) again.order({ id: "OTHER" });
      expect(reasonOf(again, { ...LARGE, id: "A2" })).toBe(first);
      expect(reasonOf(again, { ...LARGE, id: "A3" })).toBe(second);
    }
  });
});

test("the use has what the order has passed, as a refusal says it: of several levels the first one that refuses", () => {
  const driver = new CoreDriver(EASY);
  const terms = { ...LARGE, px: 106 * ONE };
  for (const [i, check] of [why.MAX_ORDER_QTY, why.PRICE_COLLAR].entries()) grant(driver, i + 1, terms, { check });
  const refused = only(driver.order({ ...terms, qty: 601, id: "A" })).text;
  expect(reasonOf(driver, { ...terms, id: "B" })).toBe(0);
  const uses = driver.journal.flatMap((entry) => usesIn(entry));
  expect(uses).toEqual([
    { orderNumber: 2, passed: "limit=500 value=600 level=ACCOUNT:ACC2" },
    { orderNumber: 2, passed: "limit=5% ref=100 value=106 level=SYMBOL:AAPL" },
  ]);
  expect(refused).toBe("RISK-010 MAX_ORDER_QTY limit=500 value=601 level=ACCOUNT:ACC2");
  // What an override lets through is in no refusal behind it.
  grant(driver, 3, { ...LARGE, qty: 700 });
  driver.tell({ kind: REPORT_VENUE_DOWN, venue: 0 });
  expect(only(driver.order({ ...LARGE, qty: 700, id: "C" })).text).not.toContain("limit=");
});

test("the agent journals the use right before its order, and says it; what expires, too", () => {
  const rig = new Rig().up();
  const text = (id: number) => textOf({ qty: 2_000_000 }, id);
  for (const id of [5, 6]) rig.command(answers.CONTROL_OVERRIDE, why.MAX_ORDER_QTY, START_US + 9, "alice", 1, text(id));
  rig.command(answers.CONTROL_OVERRIDE, why.MAX_ORDER_NOTIONAL, START_US + 9, "alice", 1, text(7));
  rig.put({ qty: 2_000_000 });
  rig.agent.poll(0);
  expect(rig.entries.slice(-3).map(({ kind }) => kind)).toEqual([ENTRY_CONTROL, ENTRY_CONTROL, ENTRY_ORDER].slice(-3));
  rig.time.wallUs = START_US + 9;
  rig.agent.poll(0);
  const ends = rig.entries
    .filter(({ kind }) => kind === ENTRY_CONTROL)
    .map(({ payload }) => new Control(payload))
    .filter(({ kind }) => kind === answers.CONTROL_OVERRIDE_END)
    .map(({ amount, value }) => [amount, value]);
  const events: unknown[] = [];
  new EventReader(rig.events).drain(({ kind, a, b }) => events.push([kind, a, b > 0]));
  expect(ends.map(([id]) => id).sort()).toEqual([5, 6, 7]);
  expect(events).toEqual(ends.map(([id, state]) => [EVENT_OVERRIDE_DONE, id, state === 2]));
});
