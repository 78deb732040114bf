// The cancel of a client session's open orders, from the command to the reports.

import { expect, test } from "bun:test";
import { EMPTY } from "../../src/base/units.ts";
import { CLAIMED, IDS_USED } from "../../src/core/assembly/layout.ts";
import { DUPLICATE_CL_ORD_ID } from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { ControlAnswer } from "../../src/record/control-answer.ts";
import {
  CANCEL_ALL,
  CANCEL_BEFORE_AT,
  CANCEL_DAY,
  CANCEL_TEXT_BYTES,
  CAUSE_DISCONNECT,
  CAUSE_LOGOUT,
  CAUSE_MASS,
  CAUSE_OPERATOR,
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_CANCEL_SESSION,
  CONTROL_KILL,
  CONTROL_TRY_AGAIN,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  NO_MORE_SLOTS,
} from "../../src/record/control-codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { Rig } from "./agent-rig.ts";
import { CoreDriver, only, working } from "./driver.ts";

const text = (cause: number, which = CANCEL_ALL): Uint8Array => new Uint8Array([cause, which]);

/** Cancels what session 1 has open. Returns the result and what came out. */
function cancel(driver: CoreDriver, cause = CAUSE_DISCONNECT, which = CANCEL_ALL, symbol = "") {
  const result = driver.command(CONTROL_CANCEL_SESSION, 0, 1, symbol, text(cause, which));
  return { result, outs: driver.take() };
}

test.each([
  [CAUSE_DISCONNECT, "SESSION-2", "CORE-217 CANCELED_ON_DISCONNECT"],
  [CAUSE_LOGOUT, "SESSION-2", "CORE-218 CANCELED_AT_LOGOUT"],
  [CAUSE_MASS, "MASS-2", "CORE-219 MASS_CANCELED"],
])("cause %d: the venue gets a cancel, the client a report of its own order that says why", (cause, id, words) => {
  const driver = working();
  const { result, outs } = cancel(driver, cause);
  expect(result).toBe(CONTROL_APPLIED);
  expect(only(outs)).toMatchObject({ out: "request", kind: code.REQUEST_CANCEL, id, origNumber: 1, orderId: "V1" });
  const report = { execType: code.EXEC_CANCELED, number: 1, requestNumber: 2 };
  expect(only(driver.say(report))).toMatchObject({ execType: "4", ordStatus: "4", id: "A", orig: "", text: words });
  expect(driver.accounts.openOrders(0)).toBe(0);
});

test("what the venue says stands behind why it was canceled", () => {
  const driver = working();
  cancel(driver);
  const report = { execType: code.EXEC_CANCELED, number: 1, requestNumber: 2, text: "so be it" };
  expect(only(driver.say(report)).text).toBe("CORE-217 CANCELED_ON_DISCONNECT so be it");
});

test("a cancel of an operator is reported as before", () => {
  const driver = working();
  expect(only(cancel(driver, CAUSE_OPERATOR).outs).id).toBe("OPERATOR-2");
  const report = only(driver.say({ execType: code.EXEC_CANCELED, number: 1, requestNumber: 2 }));
  expect(report).toMatchObject({ id: "OPERATOR-2", orig: "A", text: "" });
});

test("a refused cancel leaves no cause behind: the client's own cancel is reported under its own ClOrdID", () => {
  const driver = working();
  cancel(driver);
  driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 0 });
  driver.cancel({ id: "X", orig: "A" });
  const report = only(driver.say({ execType: code.EXEC_CANCELED, number: 1, requestNumber: 3 }));
  expect(report).toMatchObject({ id: "X", orig: "A", reason: 0, text: "" });
});

test("a client is told nothing of the refusal of a cancel that it has not asked for", () => {
  const driver = working();
  cancel(driver);
  expect(driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 0 })).toEqual([]);
  cancel(driver);
  expect(driver.say({ kind: code.REPORT_NOT_TAKEN, number: 1, requestNumber: 3, text: "no" })).toEqual([]);
  expect(only(driver.status({ id: "A" }))).toMatchObject({ id: "A", ordStatus: "0" });
});

test("a refusal by which the order ends is told under the order's own ClOrdID", () => {
  const driver = working();
  cancel(driver);
  const reject = { kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 0, status: "4" };
  expect(only(driver.say(reject))).toMatchObject({ out: "cancelReject", id: "A", orig: "A", ordStatus: "4" });
  expect(driver.accounts.openOrders(0)).toBe(0);
});

test("a pending cancel that the client has not asked for is told under the order's own ClOrdID", () => {
  const driver = working();
  cancel(driver);
  const pending = { execType: code.EXEC_PENDING_CANCEL, number: 1, requestNumber: 2, status: "6" };
  expect(only(driver.say(pending))).toMatchObject({ id: "A", orig: "", ordStatus: "6" });
});

test("the cause is said by the report that answers the cancel alone", () => {
  const driver = working();
  cancel(driver);
  const unasked = only(driver.say({ execType: code.EXEC_CANCELED, number: 1 }));
  expect(unasked).toMatchObject({ id: "A", orig: "", ordStatus: "4", reason: 0, text: "" });
});

test("cancels that are refused again and again use up one ClOrdID", () => {
  const driver = working();
  const idsUsed = (): number => driver.core.area.word(IDS_USED);
  for (let number = 2; number < 300; number++) {
    cancel(driver);
    driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: number, cxlRejReason: 0 });
    expect([idsUsed(), driver.core.area.word(CLAIMED)]).toEqual([2, 2]);
  }
  driver.cancel({ id: "X", orig: "A" });
  expect(idsUsed()).toBe(3);
});

test.each(["MASS-1", "SESSION-1"])("a client's own ClOrdID %s is not taken for one of ours: it stays used", (id) => {
  const driver = working();
  driver.cancel({ id, orig: "A" });
  driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 0 });
  expect(only(cancel(driver).outs)).toMatchObject({ out: "request", id: "SESSION-3" });
  const refusal = only(driver.order({ id }));
  expect(refusal).toMatchObject({ out: "execution", id, ordStatus: "8", reason: DUPLICATE_CL_ORD_ID });
});

test("an operator's cancel was told to the client: its ClOrdID is not forgotten for that of a later one of ours", () => {
  const driver = working();
  cancel(driver, CAUSE_OPERATOR);
  driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 2, cxlRejReason: 0 });
  cancel(driver);
  expect(driver.core.area.word(IDS_USED)).toBe(3);
  driver.say({ kind: code.REPORT_CANCEL_REJECT, number: 1, requestNumber: 3, cxlRejReason: 0 });
  cancel(driver, CAUSE_OPERATOR);
  expect(driver.core.area.word(IDS_USED)).toBe(4);
});

test("an order that is filled before the cancel comes is reported as filled", () => {
  const driver = working();
  cancel(driver);
  const fill = { execType: code.EXEC_TRADE, number: 1, execId: "F1", lastQty: 100, lastPx: 100 * 100_000_000 };
  expect(only(driver.say(fill))).toMatchObject({ execType: "F", ordStatus: "2", reason: 0 });
});

test("orders of other sessions, of other symbols, and done ones stay; day leaves those that are good till canceled", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.order({ id: "B", tif: code.TIF_GTC });
  driver.order({ id: "C", symbol: "MSFT", px: 200 * 100_000_000 });
  driver.order({ id: "D", session: 2, account: "ACC2" });
  driver.order({ id: "E", qty: 0 });
  expect(cancel(driver, CAUSE_DISCONNECT, CANCEL_DAY, "AAPL").outs.map(({ slot }) => slot)).toEqual([0]);
  expect(cancel(driver, CAUSE_DISCONNECT, CANCEL_DAY).outs.map(({ slot }) => slot)).toEqual([2]);
  expect(cancel(driver).outs.map(({ slot }) => slot)).toEqual([1]);
  expect(cancel(driver)).toEqual({ result: CONTROL_UNCHANGED, outs: [] });
});

test("an order whose venue is down, or of which a replace is under way, is left, and canceled later", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.order({ id: "B", symbol: "MSFT", px: 200 * 100_000_000 });
  driver.replace({ id: "A2", orig: "A", qty: 200 });
  driver.say({ kind: code.REPORT_VENUE_DOWN, venue: 1 });
  expect(cancel(driver).result).toBe(CONTROL_UNCHANGED);
  driver.say({ kind: code.REPORT_VENUE_UP, venue: 1 });
  expect(cancel(driver).outs.map(({ slot }) => slot)).toEqual([1]);
  driver.say({ execType: code.EXEC_REPLACED, number: 1, requestNumber: 3 });
  expect(cancel(driver).outs.map(({ slot }) => slot)).toEqual([0]);
});

test("orders that came at a time or later stay", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.timeUs += 10;
  driver.order({ id: "B" });
  const words = new Uint8Array(16);
  words[0] = CAUSE_DISCONNECT;
  new DataView(words.buffer).setFloat64(8, driver.timeUs, true);
  expect(driver.command(CONTROL_CANCEL_SESSION, 0, 1, "", words)).toBe(CONTROL_APPLIED);
  expect(driver.take().map(({ slot }) => slot)).toEqual([0]);
});

test.each<[string, number, number, Uint8Array, string, number]>([
  ["a session that is none", 0, 7, text(1), "", CONTROL_UNKNOWN_NAME],
  ["half a session", 0, 0.5, text(1), "", CONTROL_UNKNOWN_NAME],
  ["a symbol that is none", 0, 1, text(1), "NOPE", CONTROL_UNKNOWN_NAME],
  ["a slot below the first", -1, 1, text(1), "", CONTROL_BAD_VALUE],
  ["no text", 0, 1, new Uint8Array(), "", CONTROL_BAD_RECORD],
  ["a cause that is none", 0, 1, text(4), "", CONTROL_BAD_RECORD],
])("refused: %s", (_, slot, session, words, symbol, result) => {
  const driver = working();
  const before = driver.core.digest();
  expect(driver.command(CONTROL_CANCEL_SESSION, slot, session, symbol, words)).toBe(result);
  expect(driver.take()).toEqual([]);
  expect(driver.core.digest()).toBe(before);
});

/** Next slot, count, left and pending of the oldest answer. */
function answerOf(rig: Rig): number[] {
  const at = rig.answers.peek();
  expect(at).not.toBe(EMPTY);
  const { value, count, left, pending } = new ControlAnswer(rig.answers.views).aim(at);
  rig.answers.release();
  return [value, count, left, pending];
}

test("many orders are canceled some at a time, by commands that go on where the one before ended", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 100; i++) rig.put({ id: `A${i}` });
  rig.agent.poll(0);
  expect(rig.sent().length).toBe(100);
  rig.entries.length = 0;
  const answers: number[][] = [];
  for (let slot = 0; slot !== NO_MORE_SLOTS; slot = answers.at(-1)![0]!) {
    rig.command(CONTROL_CANCEL_SESSION, slot, 1, "", 1, text(CAUSE_DISCONNECT));
    rig.agent.poll(0);
    answers.push(answerOf(rig));
  }
  expect(answers).toEqual([
    [32, 32, 0, 0],
    [64, 32, 0, 0],
    [96, 32, 0, 0],
    [NO_MORE_SLOTS, 4, 0, 0],
  ]);
  expect(rig.sent().length).toBe(100);
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 1, text(CAUSE_DISCONNECT));
  rig.agent.poll(0);
  expect(answerOf(rig)).toEqual([NO_MORE_SLOTS, 0, 0, 100]);
});

test("a command that finds no room for all that it may send is not taken and does not delay the kill switch behind it", () => {
  const rig = new Rig(null, 64, 64).up();
  for (let i = 0; i < 60; i++) rig.put({ id: `A${i}` });
  rig.agent.poll(0);
  const before = rig.entries.length;
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 1, text(CAUSE_DISCONNECT));
  rig.command(CONTROL_KILL, 1, 0, "alice", 2);
  rig.agent.poll(0);
  expect(rig.answered().map((answer) => answer.slice(0, 4))).toEqual([
    [1, CONTROL_CANCEL_SESSION, CONTROL_TRY_AGAIN, 0],
    [2, CONTROL_KILL, CONTROL_APPLIED, 1],
  ]);
  expect(rig.entries.length).toBe(before + 1);
  expect(rig.sent().length).toBe(60);
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 3, text(CAUSE_DISCONNECT));
  rig.agent.poll(0);
  expect(answerOf(rig)).toEqual([32, 32, 0, 0]);
});

test("a command that changes nothing is answered and not journalled", () => {
  const rig = new Rig().up();
  rig.put({ id: "A" });
  rig.put({ id: "M", symbol: "MSFT", px: 200 * 100_000_000 });
  rig.agent.poll(0);
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 1, text(CAUSE_DISCONNECT));
  rig.agent.poll(0);
  expect(answerOf(rig)).toEqual([NO_MORE_SLOTS, 1, 0, 0]);
  const before = rig.entries.length;
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 2, text(CAUSE_DISCONNECT));
  rig.agent.poll(0);
  expect(rig.answered()).toEqual([[2, CONTROL_CANCEL_SESSION, CONTROL_UNCHANGED, NO_MORE_SLOTS, -1]]);
  expect(rig.entries.length).toBe(before);
});

test("orders that can't be canceled now do not end a command, but for those that a client is told of", () => {
  const rig = new Rig().up();
  rig.say({ kind: code.REPORT_VENUE_UP, venue: 1 });
  for (let i = 0; i < 40; i++) rig.put({ id: `A${i}`, symbol: "MSFT", px: 200 * 100_000_000 });
  rig.agent.poll(0);
  rig.say({ kind: code.REPORT_VENUE_DOWN, venue: 1 });
  rig.agent.poll(0);
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 1, text(CAUSE_DISCONNECT));
  rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 2, text(CAUSE_MASS));
  rig.agent.poll(0);
  expect(answerOf(rig)).toEqual([NO_MORE_SLOTS, 0, 40, 0]);
  expect(answerOf(rig)).toEqual([32, 0, 32, 0]);
});

test.each(Array.from({ length: 9 }, (_, i) => "CANCELALL".slice(0, i + 1)))(
  "nothing follows the ClOrdID %s of the request in the room of the report that refuses it: there the journal has venues",
  (id) => {
    const rig = new Rig().up();
    rig.say({ kind: code.REPORT_VENUE_UP, venue: 1 });
    rig.put({ id: "A", symbol: "MSFT", px: 200 * 100_000_000 });
    rig.agent.poll(0);
    rig.say({ kind: code.REPORT_VENUE_DOWN, venue: 1 });
    rig.agent.poll(0);
    rig.told();
    const asked = new Uint8Array(CANCEL_TEXT_BYTES + id.length);
    asked[0] = CAUSE_MASS;
    new DataView(asked.buffer).setFloat64(CANCEL_BEFORE_AT, Number.POSITIVE_INFINITY, true);
    asked.set(new TextEncoder().encode(id), CANCEL_TEXT_BYTES);
    rig.command(CONTROL_CANCEL_SESSION, 0, 1, "", 1, asked);
    rig.agent.poll(0);
    const { clOrdIdAt, clOrdIdLength, views } = new ExecutionReport(rig.toClients.views).aim(rig.toClients.peek());
    expect(clOrdIdLength).toBe(id.length);
    expect(Buffer.from(views.bytes.slice(clOrdIdAt, clOrdIdAt + 32)).toString("latin1")).toBe(id.padEnd(32, "\0"));
  },
);
