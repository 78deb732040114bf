// What orders of a client, and of a client session, may be: refused by the level's name, changed while orders flow, the same after a kill -9.

import { expect, setDefaultTimeout, test } from "bun:test";
import { ask } from "./api.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway } from "./gateway.ts";
import { venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const account = (name: string): string =>
  `[risk.accounts.${name}]\nmaxOrderQty = 1_000\nmaxOrderNotional = 1_000_000\nmaxOpenOrders = 100\nordersPerSecond = 1_000\n`;
const gateway = new Gateway({
  tables: `${account("F1")}${account("OTHER")}[risk.clients.FUND]\naccounts = ["F1"]\norderTypes = ["limit"]\nlocateRequired = true\n[client.sessions.DESK]\naccounts = ["ACC1", "F1", "OTHER"]\ntimesInForce = ["day", "ioc"]\nshortSales = true\n[client.sessions.LONG]\naccounts = ["OTHER"]\nshortSales = false`,
});
const desk = tradingDesk(gateway, "DESK");
const { ctl } = gateway;

/** OrdRejReason and Text of the refusal of an order, "" where the venue has it. */
async function refusal(values: Record<number, string | number | null>): Promise<string> {
  const report = await desk.client.report(desk.client.order({ 38: 10, 44: "150", ...values }));
  return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
}

test("a client's rights are those of all its accounts, a session's those of all its orders", async () => {
  expect(await refusal({ 1: "F1" })).toBe("");
  const market = { 40: 1, 44: null };
  expect(await refusal({ 1: "F1", ...market })).toBe("11 RISK-122 ORDER_TYPES value=1 level=CLIENT:FUND");
  expect(await refusal({ 1: "OTHER", ...market })).toBe("");
  expect(await refusal({ 1: "OTHER", 59: 1 })).toBe("11 RISK-123 TIMES_IN_FORCE value=1 level=SESSION:DESK");
  expect(await refusal({ 1: "F1", 54: 5 })).toBe("99 RISK-007 LOCATE_REQUIRED level=CLIENT:FUND");
  expect(await refusal({ 1: "F1", 54: 5, 114: "N" })).toBe("");
  expect(await refusal({ 1: "OTHER", 54: 5 })).toBe("");
});

test("an operator changes them while orders flow", async () => {
  const set = await ctl("session-limit", "set", "DESK", "shortSales", "false", "--why", "the uptick rule");
  expect([set.code, set.err]).toEqual([0, ""]);
  expect(await refusal({ 1: "OTHER", 54: 5 })).toBe("99 RISK-124 SHORT_SALES level=SESSION:DESK");
  const types = await ctl("client", "set", "FUND", "orderTypes", "limit,market", "--why", "approved");
  expect([types.code, types.err]).toEqual([0, ""]);
  expect(await refusal({ 1: "F1", 40: 1, 44: null })).toBe("");
});

test("they are the same after a kill -9", async () => {
  await gateway.crash();
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/counters")).body.replayDifferences).toBe(0);
  await desk.client.logon();
  await desk.client.settle();
  await venueUp(desk.client);
  expect(await refusal({ 1: "OTHER", 54: 5 })).toBe("99 RISK-124 SHORT_SALES level=SESSION:DESK");
  expect(await refusal({ 1: "OTHER", 59: 1 })).toContain("TIMES_IN_FORCE");
  expect(await refusal({ 1: "F1", 40: 1, 44: null })).toBe("");
});
