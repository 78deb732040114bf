// Identical orders of accounts, clients and client sessions in the executable: refusals, changes while orders flow, a kill -9.

import { expect, setDefaultTimeout, test } from "bun:test";
import { ask } from "./api.ts";
import { tradingDesk } from "./desk.ts";
import { Gateway } from "./gateway.ts";
import { venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const account = (name: string): string =>
  `[risk.accounts.${name}]\nmaxOrderQty = 1_000\nmaxOrderNotional = 1_000_000\nmaxOpenOrders = 100\nordersPerSecond = 1_000\n`;
const client = `[risk.clients.FUND]\naccounts = ["F1", "F2"]\nduplicateOrders = 2\nduplicateWindowMs = 60_000\n`;
const session = `[client.sessions.FUNDED]\naccounts = ["ACC1", "F1", "F2", "OTHER"]\nduplicateOrders = 3\nduplicateWindowMs = 60_000\nduplicatesIgnorePrices = true\n`;
const gateway = new Gateway({
  tables: `${account("F1")}${account("F2")}${account("OTHER")}${client}${session}`,
});
const desk = tradingDesk(gateway, "FUNDED");
const { ctl } = gateway;

/** OrdRejReason and Text of the refusal of an order, "" where the venue has it. */
async function refusal(values: Record<number, string | number | null>): Promise<string> {
  const report = await desk.client.report(desk.client.order({ 44: "150", ...values }));
  return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
}

const OF_CLIENT = "6 RISK-014 DUPLICATE_ORDER limit=2 value=3 level=CLIENT:FUND";

test("the accounts of a client count together", async () => {
  expect(await refusal({ 1: "F1", 38: 10 })).toBe("");
  expect(await refusal({ 1: "F2", 38: 10 })).toBe("");
  expect(await refusal({ 1: "F2", 38: 10 })).toBe(OF_CLIENT);
  expect(await refusal({ 1: "F1", 38: 11 })).toBe("");
});

test("the orders of a session count whatever their account, and here whatever their price", async () => {
  for (const price of ["150", "151", "152"]) expect(await refusal({ 1: "OTHER", 38: 20, 44: price })).toBe("");
  const refused = "6 RISK-014 DUPLICATE_ORDER limit=3 value=4 level=SESSION:FUNDED";
  expect(await refusal({ 1: "F1", 38: 20, 44: "149" })).toBe(refused);
  expect(await refusal({ 1: "OTHER", 38: 20, 40: 1, 44: null })).toBe(refused);
});

test("an operator changes the limits while orders flow", async () => {
  const set = await ctl("client", "set", "FUND", "duplicateOrders", "3", "--why", "approved");
  expect([set.code, set.err]).toEqual([0, ""]);
  expect(await refusal({ 1: "F2", 38: 10 })).toBe("");
  const ignoring = await ctl(
    "session-limit",
    "set",
    "FUNDED",
    "duplicatesIgnorePrices",
    "false",
    "--why",
    "a market maker",
  );
  expect([ignoring.code, ignoring.err]).toEqual([0, ""]);
  expect(await refusal({ 1: "OTHER", 38: 20, 44: "149" })).toBe("");
});

test("what has come, and what an operator has set, holds after a kill -9", async () => {
  await gateway.crash();
  await gateway.start();
  expect((await ask(gateway, "GET", "/v1/counters")).body.replayDifferences).toBe(0);
  await desk.client.logon();
  await desk.client.settle();
  await venueUp(desk.client);
  expect(await refusal({ 1: "F1", 38: 10 })).toBe("6 RISK-014 DUPLICATE_ORDER limit=3 value=4 level=CLIENT:FUND");
  expect(await refusal({ 1: "OTHER", 38: 20, 44: "149" })).toBe("");
  const reset = await ctl("client", "set", "FUND", "duplicateOrders", "none", "--why", "lifted");
  expect([reset.code, reset.err]).toEqual([0, ""]);
  expect(await refusal({ 1: "F1", 38: 11 })).toBe("");
});
