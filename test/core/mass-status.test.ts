// OrderMassStatusRequest: from the ring to its reports.

import { expect, test } from "bun:test";
import { ENTRY_CONTROL, ENTRY_ORDER } from "../../src/core/entry-kinds.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { Rig } from "./agent-rig.ts";

const ALL = { kind: code.REQUEST_MASS_STATUS, type: code.MASS_STATUS_ALL, side: 0, account: "", symbol: "", qty: 0 };
const OF_MSFT = { ...ALL, type: code.MASS_STATUS_SECURITY, symbol: "MSFT" };

/** Of each report: kind, ClOrdID, request, its scope, how many, whether it is the last one. */
function told(rig: Rig): unknown[][] {
  return rig.told().map(({ out, id, orig, scope, total, isLast }) => [out, id, orig, scope, total, isLast]);
}

test("tells some orders in each turn, the last one as such; what waits behind it comes after", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 70; i++) rig.put({ id: `A${i}` });
  rig.put({ id: "B", session: 2, account: "ACC2" });
  rig.agent.poll(0);
  rig.sent();
  rig.entries.length = 0;
  rig.put({ ...ALL, id: "S1" }, 9);
  rig.put({ id: "LATER" }, 10);
  const turns: unknown[][][] = [];
  for (let turn = 0; turn < 4; turn++) {
    rig.agent.poll(0);
    turns.push(told(rig));
  }
  expect(turns.map((turn) => turn.length)).toEqual([32, 32, 6, 0]);
  const all = turns.flat();
  expect(all.map(([, id]) => id)).toEqual(Array.from({ length: 70 }, (_, i) => `A${i}`));
  expect(all.filter(([, , , , , isLast]) => isLast === 1)).toEqual([["massStatus", "A69", "S1", 7, 70, 1]]);
  expect(all.every(([, , orig, scope, total]) => orig === "S1" && scope === 7 && total === 70)).toBe(true);
  expect(rig.sent().map(({ id }) => id)).toEqual(["LATER"]);
  expect(rig.entries.map(({ kind, sequence }) => [kind, sequence])).toEqual([
    [ENTRY_CONTROL, 0],
    [ENTRY_CONTROL, 0],
    [ENTRY_CONTROL, 0],
    [ENTRY_ORDER, 9],
    [ENTRY_ORDER, 10],
  ]);
});

test.each([
  ["one security", OF_MSFT, ["M"], 1],
  ["an account", { ...ALL, account: "ACC2" }, ["C"], 7],
  ["a side", { ...ALL, side: code.SIDE_SELL }, ["C", "S"], 7],
  ["one security of an account", { ...OF_MSFT, account: "ACC2" }, [], 1],
])("of %s alone", (_, terms, ids, scope) => {
  const rig = new Rig().up();
  rig.say({ kind: code.REPORT_VENUE_UP, venue: 1 });
  rig.put({ id: "A" });
  rig.put({ id: "M", symbol: "MSFT", px: 200 * 100_000_000 });
  rig.put({ id: "C", account: "ACC2", side: code.SIDE_SELL });
  rig.put({ id: "S", side: code.SIDE_SELL });
  rig.put({ id: "OTHER", session: 2, account: "ACC2" });
  rig.agent.poll(0);
  rig.sent();
  rig.put({ ...terms, id: "S1" });
  for (let turn = 0; turn < 3; turn++) rig.agent.poll(0);
  const reports = told(rig);
  const last = ids.length - 1;
  const expected = ids.map((id, i) => ["massStatus", id, "S1", scope, ids.length, i === last ? 1 : 0]);
  expect(reports).toEqual(ids.length > 0 ? expected : [["massStatus", "", "S1", scope, 0, 1]]);
});

test("an order that ends before its turn is not told, and the last reports say how many were", () => {
  const rig = new Rig().up();
  for (let i = 0; i < 40; i++) rig.put({ id: `A${i}` });
  rig.agent.poll(0);
  rig.sent();
  rig.put({ ...ALL, id: "S1" });
  rig.agent.poll(0);
  expect(told(rig).at(-1)).toEqual(["massStatus", "A31", "S1", 7, 40, 0]);
  // A32 is kept back for the next turn: it is told as it ended; 38 are, in all.
  for (const slot of [32, 38, 39]) rig.say({ execType: code.EXEC_CANCELED, number: slot + 1, slot });
  rig.agent.poll(0);
  const reports = rig.told().filter(({ out }) => out === "massStatus");
  expect(reports.map(({ id, ordStatus, total, isLast }) => [id, ordStatus, total, isLast])).toEqual([
    ["A32", "4", 38, 0],
    ...["A33", "A34", "A35", "A36"].map((id) => [id, "A", 38, 0]),
    ["A37", "A", 38, 1],
  ]);
});

test("with nothing open is answered by one report of no order", () => {
  const rig = new Rig().up();
  rig.put({ ...ALL, id: "S1" }, 9);
  rig.agent.poll(0);
  expect(rig.told()).toMatchObject([
    {
      ...{ out: "massStatus", execType: "I", ordStatus: "8", orderId: "NONE", symbol: "[N/A]", side: "7", orig: "S1" },
      ...{ total: 0, isLast: 1, reason: why.NO_MATCHING_ORDER, text: "CORE-136 NO_MATCHING_ORDER" },
    },
  ]);
  expect(rig.entries.map(({ kind }) => kind)).toEqual([ENTRY_ORDER]);
});

test.each([
  ["another scope", { ...ALL, type: 9 }, why.MASS_STATUS_SCOPE],
  ["a party that is not named", { ...ALL, type: 8 }, why.UNKNOWN_PARTY],
  ["a party that is not known", { ...ALL, type: 8, trader: "TRADER=NOBODY" }, why.UNKNOWN_PARTY],
  ["an unknown security", { ...OF_MSFT, symbol: "NOPE" }, why.UNKNOWN_SYMBOL],
  ["no security", { ...OF_MSFT, symbol: "" }, why.UNKNOWN_SYMBOL],
  ["an unknown account", { ...ALL, account: "NOBODY" }, why.UNKNOWN_ACCOUNT],
  ["a session that is not configured", { ...ALL, session: 0 }, why.UNKNOWN_SESSION],
])("is refused for %s", (_, terms, reason) => {
  const rig = new Rig().up();
  rig.put({ id: "A" });
  rig.agent.poll(0);
  rig.sent();
  rig.put({ ...terms, id: "S1" });
  rig.agent.poll(0);
  const reports = rig.told();
  expect(reports).toMatchObject([{ out: "massStatus", execType: "I", ordStatus: "8", orig: "S1", isLast: 1, reason }]);
});

test("waits while there is no room for its reports, and goes on then", () => {
  const rig = new Rig(null, 64).up();
  for (let i = 0; i < 5; i++) rig.put({ id: `A${i}` });
  for (let i = 0; i < 30; i++) rig.put({ id: `R${i}`, account: "NOBODY" });
  rig.put({ ...ALL, id: "S1" });
  rig.agent.poll(0);
  rig.sent();
  rig.agent.poll(0);
  expect(told(rig).map(([out]) => out)).toEqual(Array(30).fill("execution"));
  rig.agent.poll(0);
  expect(told(rig).map(([, id]) => id)).toEqual(["A0", "A1", "A2", "A3", "A4"]);
});
