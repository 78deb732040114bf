// OrderMassCancelRequest: from the ring to its report, and in a replay.

import { expect, test } from "bun:test";
import { idText } from "../../src/base/id.ts";
import { EMPTY } from "../../src/base/units.ts";
import { ENTRY_CONTROL, ENTRY_ORDER } from "../../src/core/entry-kinds.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { Rig } from "./agent-rig.ts";
import { CoreDriver, makeRequest } from "./driver.ts";

const ALL = { kind: code.REQUEST_MASS_CANCEL, type: code.MASS_CANCEL_ALL, side: 0, symbol: "", qty: 0, id: "Q1" };
const OF_AAPL = { ...ALL, type: code.MASS_CANCEL_SECURITY, symbol: "AAPL" };

/** The oldest report, which must be an OrderMassCancelReport: ClOrdID, 530, 531, 532, how many, reason. */
function answerOf(rig: Rig): unknown[] {
  const at = rig.toClients.peek();
  expect(at).not.toBe(EMPTY);
  const report = new ExecutionReport(rig.toClients.views).aim(at);
  const { kind, execType, ordStatus, ordRejReason, cumQty, reason } = report;
  const id = idText(report.bytes, report.clOrdIdAt, report.clOrdIdLength);
  expect(kind).toBe(code.REPORT_MASS_CANCEL);
  rig.toClients.release();
  return [id, String.fromCharCode(execType), String.fromCharCode(ordStatus), ordRejReason, cumQty, reason];
}

test("cancels some in each turn, then is journalled and answered once; what waits behind it comes after", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 70; i++) rig.put({ id: `A${i}` });
  rig.put({ id: "B", session: 2, account: "ACC2" });
  rig.agent.poll(0);
  rig.sent();
  rig.entries.length = 0;
  rig.put(ALL, 9);
  rig.put({ id: "LATER" }, 10);
  for (let turn = 0; turn < 2; turn++) {
    rig.agent.poll(0);
    expect(rig.sent().map(({ kind }) => kind)).toEqual(Array(32).fill(code.REQUEST_CANCEL));
    expect(rig.toClients.peek()).toBe(EMPTY);
  }
  rig.agent.poll(0);
  rig.agent.poll(0);
  const last = rig.sent();
  expect(last.map(({ kind }) => kind)).toEqual([...Array(6).fill(code.REQUEST_CANCEL), code.REQUEST_NEW]);
  expect(last[0]!.id).toMatch(/^MASS-\d+$/);
  expect(answerOf(rig)).toEqual(["Q1", "7", "7", 0, 70n, 0]);
  const { CONTROL, ORDER } = { CONTROL: ENTRY_CONTROL, ORDER: ENTRY_ORDER };
  expect(rig.entries.map(({ kind, sequence }) => [kind, sequence])).toEqual([
    [CONTROL, 0],
    [CONTROL, 0],
    [CONTROL, 0],
    [ORDER, 9],
    [ORDER, 10],
  ]);
});

test("of one security leaves the others; an order that can't be canceled now has an OrderCancelReject of its own", () => {
  const rig = new Rig().up();
  rig.say({ kind: code.REPORT_VENUE_UP, venue: 1 });
  rig.put({ id: "A" });
  rig.put({ id: "B" });
  rig.put({ id: "M", symbol: "MSFT", px: 200 * 100_000_000 });
  rig.put({ id: "B2", orig: "B", qty: 200, kind: code.REQUEST_REPLACE });
  rig.agent.poll(0);
  rig.sent();
  rig.put(OF_AAPL);
  rig.agent.poll(0);
  expect(rig.sent().map(({ slot, kind }) => [slot, kind])).toEqual([[0, code.REQUEST_CANCEL]]);
  const [reject] = [new ExecutionReport(rig.toClients.views).aim(rig.toClients.peek())];
  expect([reject!.kind, reject!.reason, reject!.cxlRejReason]).toEqual([
    code.REPORT_CANCEL_REJECT,
    why.ALREADY_PENDING,
    3,
  ]);
  expect(idText(reject!.bytes, reject!.clOrdIdAt, reject!.clOrdIdLength)).toBe("Q1");
  expect(idText(reject!.bytes, reject!.origClOrdIdAt, reject!.origClOrdIdLength)).toBe("B");
  rig.toClients.release();
  expect(answerOf(rig)).toEqual(["Q1", "1", "1", 0, 1n, 0]);
});

test.each([
  ["another scope", { ...ALL, type: 0x33 }, "3", 0, why.MASS_CANCEL_SCOPE],
  ["one side", { ...ALL, side: code.SIDE_BUY }, "7", 0, why.MASS_CANCEL_SCOPE],
  ["an unknown security", { ...OF_AAPL, symbol: "NOPE" }, "1", 1, why.UNKNOWN_SYMBOL],
  ["no security", { ...OF_AAPL, symbol: "" }, "1", 1, why.UNKNOWN_SYMBOL],
  ["no ClOrdID", { ...ALL, id: "" }, "7", 99, why.BAD_CL_ORD_ID],
])("is refused for %s, and cancels nothing", (_, terms, scope, reject, reason) => {
  const rig = new Rig().up();
  rig.put({ id: "A" });
  rig.agent.poll(0);
  rig.sent();
  rig.put(terms);
  rig.agent.poll(0);
  expect(rig.sent()).toEqual([]);
  expect(answerOf(rig)).toEqual([terms.id, scope, "0", reject, 0n, reason]);
});

test("with nothing open is answered with 0", () => {
  const rig = new Rig().up();
  rig.put(ALL);
  rig.agent.poll(0);
  expect(answerOf(rig)).toEqual(["Q1", "7", "7", 0, 0n, 0]);
});

test("a replay of its commands and of itself comes to the same state and outputs", () => {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  const text = new Uint8Array(18);
  text[0] = 3;
  new DataView(text.buffer).setFloat64(8, Number.POSITIVE_INFINITY, true);
  text.set([81, 49], 16);
  driver.command(56, 0, 1, "", text);
  const request = makeRequest(ALL);
  request.quantity = 1n;
  driver.enter(request);
  const again = new CoreDriver(driver.config, false);
  again.replay(driver.journal, [0, 0, 0], [0, 0]);
  expect(again.core.digest()).toBe(driver.core.digest());
});
