// OrderMassCancelRequest: from the ring to its report, and in a replay.

import { expect, test } from "bun:test";
import { idText } from "../../src/base/id.ts";
import { EMPTY } from "../../src/base/units.ts";
import { ENTRY_CONTROL, ENTRY_ORDER } from "../../src/core/entry-kinds.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import { CONTROL_CANCEL_MATCHING } from "../../src/record/control-codes.ts";
import { ExecutionReport } from "../../src/record/execution-report.ts";
import { Rig } from "./agent-rig.ts";
import { CONFIG, CoreDriver, makeRequest } from "./driver.ts";

const ALL = {
  kind: code.REQUEST_MASS_CANCEL,
  type: code.MASS_CANCEL_ALL,
  side: 0,
  account: "",
  symbol: "",
  qty: 0,
  id: "Q1",
};
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
  ["an unknown account", { ...ALL, account: "NOBODY" }, "7", 99, why.UNKNOWN_ACCOUNT],
  ["an unknown party", { ...ALL, trader: "TRADER=NOBODY" }, "7", 99, why.UNKNOWN_PARTY],
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

test.each([
  ["one side", { ...ALL, side: code.SIDE_SELL }, ["S", "C"]],
  ["an account", { ...ALL, account: "ACC2" }, ["C"]],
  ["one security and side", { ...OF_AAPL, side: code.SIDE_BUY }, ["A"]],
  ["a trader", { ...ALL, trader: "TRADER=TOM" }, ["A", "M"]],
  ["a client", { ...ALL, trader: "CLIENT=ONE", side: code.SIDE_BUY }, ["A", "M"]],
  ["a client and a security", { ...OF_AAPL, trader: "CLIENT=ONE" }, ["A", "S"]],
])("of %s alone, by a command that a replay takes alike", (_, terms, ids) => {
  const config = {
    ...CONFIG,
    traders: ["TOM", "TIM"].map((name) => ({ name, enabled: true })),
    clients: [{ name: "ONE", accounts: ["ACC1"] }],
    sessions: CONFIG.sessions.map((session, i) =>
      i > 0 ? session : { ...session, traders: ["TOM", "TIM"], accounts: ["ACC1", "ACC2"] },
    ),
  };
  const rig = new Rig(null, 512, 512, config).up();
  rig.say({ kind: code.REPORT_VENUE_UP, venue: 1 });
  rig.put({ id: "A", trader: "TOM" });
  rig.put({ id: "M", symbol: "MSFT", px: 200 * 100_000_000, trader: "TOM" });
  rig.put({ id: "S", side: code.SIDE_SELL, trader: "TIM" });
  rig.put({ id: "C", account: "ACC2", side: code.SIDE_SELL, trader: "TIM" });
  rig.agent.poll(0);
  const slots = new Map(rig.sent().map(({ slot }, i) => [slot, "AMSC"[i]!]));
  rig.entries.length = 0;
  rig.put(terms);
  for (let turn = 0; turn < 2; turn++) rig.agent.poll(0);
  const canceled = rig.sent();
  expect(canceled.map(({ kind, slot }) => [kind, slots.get(slot as number)])).toEqual(
    ids.map((id) => [code.REQUEST_CANCEL, id]),
  );
  const [entry] = rig.entries;
  expect(new Control(entry!.payload).kind).toBe(CONTROL_CANCEL_MATCHING);
});

test("of a trader of another session it learns nothing", () => {
  const traders = ["TOM", "TIM"].map((name) => ({ name, enabled: true }));
  const sessions = CONFIG.sessions.map((session, i) => ({ ...session, traders: [["TOM", "TIM"][i % 2]!] }));
  const rig = new Rig(null, 512, 512, { ...CONFIG, traders, sessions }).up();
  rig.put({ ...ALL, trader: "TRADER=TIM" });
  rig.agent.poll(0);
  expect(answerOf(rig)).toEqual(["Q1", "7", "0", 99, 0n, why.UNKNOWN_PARTY]);
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
