// An operator's cancel of all open orders that match: the core goes through them itself and answers once.

import { expect, test } from "bun:test";
import fc from "fast-check";
import { EMPTY } from "../../src/base/units.ts";
import { Core } from "../../src/core/core.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT } from "../../src/core/entry-kinds.ts";
import * as code from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { ControlAnswer } from "../../src/record/control-answer.ts";
import {
  CAUSE_MASS,
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_CANCEL_ORDERS,
  CONTROL_KILL,
  CONTROL_TRY_AGAIN,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  NO_MORE_SLOTS,
} from "../../src/record/control-codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { OrderRequest } from "../../src/record/order-request.ts";
import { drawn } from "../property.ts";
import { type Entry, Rig } from "./agent-rig.ts";
import { cancelMany, cancelOfOrders, cancelText } from "./drawn-cancels.ts";
import { CONFIG, CoreDriver, makeRequest, ONE, type RequestTerms } from "./driver.ts";
import { Model } from "./model.ts";

const ANY = -1;
/** Terms of a new order, but for whose it is and in what. */
const ORDER = {
  kind: code.REQUEST_NEW,
  orig: "",
  side: code.SIDE_BUY,
  type: code.TYPE_LIMIT,
  tif: code.TIF_DAY,
  qty: 1,
  possResend: false,
  possDup: false,
  trader: "",
  epoch: 0,
};

interface Answer {
  number: number;
  result: number;
  value: number;
  counts: number[];
}

/** Turns until the next answer. */
function answerOf(rig: Rig, most = 100): Answer & { turns: number } {
  let turns = 0;
  let at = rig.answers.peek();
  for (; at === EMPTY && turns < most; at = rig.answers.peek()) {
    rig.agent.poll(0);
    turns++;
  }
  expect(at).not.toBe(EMPTY);
  const { number, result, value, count, left, pending } = new ControlAnswer(rig.answers.views).aim(at);
  rig.answers.release();
  return { number, result, value, counts: [count, left, pending], turns };
}

function cancel(rig: Rig, slot = 0, session = ANY, symbol = "", text = cancelText(), number = 1): void {
  rig.command(CONTROL_CANCEL_ORDERS, slot, session, symbol, number, text);
}

/** Orders of accounts ACC1 and ACC2, symbols AAPL (venue ALPHA) and MSFT (venue BETA). */
function rigOf(): Rig {
  const rig = new Rig().up();
  rig.say({ kind: code.REPORT_VENUE_UP, venue: 1 });
  for (let i = 0; i < 50; i++) rig.put({ id: `A${i}` });
  for (let i = 0; i < 20; i++) rig.put({ id: `M${i}`, symbol: "MSFT", px: 200 * ONE });
  rig.put({ id: "B", account: "ACC2" });
  rig.agent.poll(0);
  expect(rig.sent().length).toBe(71);
  rig.entries.length = 0;
  return rig;
}

function replay(core: Core, entries: readonly Entry[]): void {
  for (const { kind, payload, timeUs, index } of entries) {
    if (kind === ENTRY_ORDER) core.order(new OrderRequest(payload), timeUs, index);
    else if (kind === ENTRY_REPORT) core.report(new ExecutionReport(payload), timeUs);
    else if (kind === ENTRY_CONTROL) core.control(new Control(payload), timeUs, index);
  }
}

test("all are canceled, some in each turn, with one answer; what comes meanwhile passes", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 300; i++) rig.put({ id: `A${i}` });
  while (rig.agent.poll(0) > 0) rig.sent();
  rig.entries.length = 0;
  cancel(rig);
  rig.agent.poll(0);
  expect(rig.sent().length).toBe(128);
  rig.put({ id: "NEW" });
  rig.command(CONTROL_KILL, 1, 0, "alice", 2);
  expect(answerOf(rig)).toMatchObject({ number: 2, result: CONTROL_APPLIED, turns: 1 });
  const second = rig.sent();
  expect(second.length).toBe(128);
  // Decided in the same turn, behind the parts.
  expect(rig.entries.at(-1)!.kind).toBe(ENTRY_ORDER);
  expect(answerOf(rig)).toMatchObject({
    number: 1,
    result: CONTROL_APPLIED,
    value: NO_MORE_SLOTS,
    counts: [300, 0, 0],
  });
  const third = rig.sent();
  expect(third.length).toBe(300 - 2 * 128);
  expect([...second, ...third].every(({ id }) => /^OPERATOR-\d+$/.test(String(id)))).toBeTrue();
  cancel(rig, 0, ANY, "", cancelText(), 3);
  expect(answerOf(rig)).toMatchObject({ number: 3, result: CONTROL_UNCHANGED, counts: [0, 0, 300] });
});

test("its parts are journalled, and a replay ends with the same state", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 50; i++) rig.put({ id: `A${i}` });
  rig.agent.poll(0);
  cancel(rig);
  answerOf(rig);
  const again = Core.alone(CONFIG);
  again.beginReplay([], []);
  replay(again, rig.entries);
  expect(again.digest()).toBe(rig.core.digest());
  expect(rig.entries.filter(({ kind }) => kind === ENTRY_CONTROL).length).toBe(2);
});

test.each<[string, number, string, Uint8Array, number]>([
  ["an account", ANY, "", cancelText("ACC2"), 1],
  ["a symbol", ANY, "MSFT", cancelText(), 20],
  ["a venue", ANY, "", cancelText("", 0), 51],
  ["an account at a venue", ANY, "", cancelText("ACC1", 1), 20],
  ["a client session", 1, "AAPL", cancelText("ACC1"), 50],
  ["another client session", 2, "", cancelText(), 0],
])("those of %s alone", (_, session, symbol, text, count) => {
  const rig = rigOf();
  cancel(rig, 0, session, symbol, text);
  expect(answerOf(rig)).toMatchObject({ value: NO_MORE_SLOTS, counts: [count, 0, 0] });
  expect(rig.sent().length).toBe(count);
});

test("what leaves between its parts does not end it: parts of one turn that fill the rings wait for the next turn", () => {
  const rig = new Rig(null, 256, 128).up();
  for (let i = 0; i < 200; i++) {
    rig.put({ id: `A${i}` });
    rig.agent.poll(0);
    rig.sent();
  }
  cancel(rig);
  const sent: number[] = [];
  for (let turn = 0; rig.answers.peek() === EMPTY && turn < 20; turn++) {
    rig.agent.poll(0);
    sent.push(rig.sent().length);
  }
  expect(answerOf(rig)).toMatchObject({ result: CONTROL_APPLIED, value: NO_MORE_SLOTS, counts: [200, 0, 0] });
  expect(sent[0]).toBe(96);
  expect(sent.reduce((sum, count) => sum + count, 0)).toBe(200);
});

test("without room it ends, and says where to go on; another one is not taken beside it", () => {
  const rig = new Rig(null, 64, 64).up();
  for (let i = 0; i < 60; i++) rig.put({ id: `A${i}` });
  rig.agent.poll(0);
  cancel(rig);
  expect(answerOf(rig)).toMatchObject({ result: CONTROL_TRY_AGAIN, value: 0, counts: [0, 0, 0] });
  expect(rig.sent().length).toBe(60);
  cancel(rig, 0, ANY, "", cancelText(), 2);
  cancel(rig, 0, ANY, "", cancelText(), 3);
  expect(answerOf(rig)).toMatchObject({ number: 3, result: CONTROL_TRY_AGAIN, value: 0, counts: [0, 0, 0] });
  expect(answerOf(rig)).toMatchObject({ number: 2, result: CONTROL_TRY_AGAIN, value: 32, counts: [32, 0, 0] });
  expect(rig.sent().length).toBe(32);
  cancel(rig, 32, ANY, "", cancelText(), 4);
  expect(answerOf(rig)).toMatchObject({ result: CONTROL_APPLIED, value: NO_MORE_SLOTS, counts: [28, 0, 0] });
});

test.each<[string, number, number, string, Uint8Array, number]>([
  ["a session that is none", 0, 7, "", cancelText(), CONTROL_UNKNOWN_NAME],
  ["a session below any", 0, -2, "", cancelText(), CONTROL_UNKNOWN_NAME],
  ["a symbol that is none", 0, ANY, "NOPE", cancelText(), CONTROL_UNKNOWN_NAME],
  ["an account that is none", 0, ANY, "", cancelText("NOBODY"), CONTROL_UNKNOWN_NAME],
  ["a venue that is none", 0, ANY, "", cancelText("", 9), CONTROL_UNKNOWN_NAME],
  ["a slot below the first", -1, ANY, "", cancelText(), CONTROL_BAD_VALUE],
  ["a short text", 0, ANY, "", new Uint8Array(3), CONTROL_BAD_RECORD],
  ["another's cause", 0, ANY, "", cancelText("", ANY, CAUSE_MASS), CONTROL_BAD_RECORD],
])("refused: %s", (_, slot, session, symbol, text, result) => {
  const rig = rigOf();
  cancel(rig, slot, session, symbol, text);
  expect(answerOf(rig)).toMatchObject({ result, counts: [0, 0, 0] });
  expect(rig.sent()).toEqual([]);
  expect(rig.entries).toEqual([]);
});

test("a client's request for many cancels that has nothing to cancel is answered in its turn", () => {
  const rig = new Rig().up();
  rig.put({ id: "OTHER", session: 2, account: "ACC2" });
  rig.agent.poll(0);
  const before = rig.entries.length;
  rig.put({ kind: code.REQUEST_MASS_CANCEL, id: "Q", type: code.MASS_CANCEL_ALL, side: 0 });
  rig.agent.poll(0);
  expect(rig.entries.slice(before).map(({ kind }) => kind)).toEqual([ENTRY_ORDER]);
});

test("the core cancels what the model does, whoever's orders they are and whichever venues are up", () => {
  const order = fc.record({
    what: fc.constant("order" as const),
    session: fc.constantFrom(1, 1, 2),
    account: fc.constantFrom("ACC1", "ACC1", "ACC2"),
    symbol: fc.constantFrom("AAPL", "MSFT"),
  });
  const venue = fc.record({ what: fc.constant("venue" as const), id: fc.constantFrom(0, 1), up: fc.boolean() });
  const step = fc.oneof({ weight: 6, arbitrary: order }, { weight: 2, arbitrary: cancelOfOrders }, venue);
  let canceled = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const driver = new CoreDriver();
      const model = new Model(driver.config);
      for (const id of [0, 1]) model.venue(id, true);
      for (const [i, given] of steps.entries()) {
        if (given.what === "cancel orders") canceled += cancelMany(driver, model, given).length;
        else if (given.what === "venue") {
          driver.tell({ kind: given.up ? code.REPORT_VENUE_UP : code.REPORT_VENUE_DOWN, venue: given.id });
          model.venue(given.id, given.up);
        } else {
          const { what, ...of } = given;
          const px = (of.symbol === "AAPL" ? 100 : 200) * ONE;
          const terms = { ...ORDER, ...of, id: `A${i}`, px } as Required<RequestTerms>;
          driver.enter(makeRequest(terms));
          expect(driver.take().length).toBe(model.order(terms, driver.timeUs).length);
        }
      }
    }),
    drawn(100),
  );
  expect(canceled).toBeGreaterThan(100);
});
