// Permissions of accounts, terms of symbols and limits of the firm: refused by name, changed while orders flow, kept over a crash.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { type Answer, ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue } from "./venue.ts";

setDefaultTimeout(90_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

function edit(gateway: Gateway, ...pairs: [from: string, to: string][]): void {
  let text = readFileSync(gateway.configFile, "utf8");
  for (const [from, to] of pairs) {
    expect(text).toContain(from);
    text = text.replace(from, to);
  }
  writeFileSync(gateway.configFile, text);
}

const SYMBOL = `[symbols.AAPL]
tickSize = "0.05"
lotSize = 10
venueMaxQty = 5_000
maxOrderQty = 4_000
maxOrderNotional = 450_000
`;
const FIRM = "[risk]\nmaxOrderQty = 3_000\nmaxOpenOrders = 3\n";
const ACC1 = "[risk.accounts.ACC1]\nlocateRequired = true\n";
const FEW = '[risk.accounts.FEW]\norderTypes = ["limit"]\ntimesInForce = ["day"]\nshortSales = false\n';

async function trading() {
  const gateway = new Gateway();
  edit(
    gateway,
    ["[symbols.AAPL]\n", SYMBOL],
    ["[risk]\n", FIRM],
    ["[risk.accounts.ACC1]\n", ACC1],
    ["[risk.accounts.FEW]\n", FEW],
    ["[client.sessions.ALICE]\n", '[client.sessions.ALICE]\nversion = "FIX.4.4"\n'],
  );
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  ends.push(() => venue.stop());
  ends.push(() => gateway.remove());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueTakes(alice);
  return { gateway, venue, alice };
}

/** Resolves once the venue takes orders, which are whole lots here. */
async function venueTakes(client: Client): Promise<void> {
  await until("a venue that takes orders", async () => {
    const id = client.order({ 38: 10, 44: "149" });
    if ((await client.report(id)).get(150) === "8") return false;
    await client.report(client.cancel(id), "4");
    return true;
  });
}

const why = "as the desk asked";
async function patch(gateway: Gateway, path: string, settings: object): Promise<Answer> {
  const etag = (await ask(gateway, "GET", path)).headers.get("etag")!;
  return ask(gateway, "PATCH", path, { settings, why }, { "if-match": etag });
}

type Terms = NonNullable<Parameters<Client["order"]>[0]>;

/** OrdRejReason and Text of a refusal; "" where the venue has the order, which is then canceled. */
async function refusal(client: Client, values: Terms = {}): Promise<string> {
  const report = await client.report(client.order({ 38: 100, 44: "149", ...values }));
  return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
}

test("each is refused by its name, with limit, value and level, at a replace, too", async () => {
  const { alice } = await trading();
  const cases: [Terms, string][] = [
    [{ 44: "149.03" }, "99 RISK-009 TICK_SIZE step=0.05 value=149.03 level=SYMBOL:AAPL"],
    [{ 38: 15 }, "13 RISK-125 LOT_SIZE step=10 value=15 level=SYMBOL:AAPL"],
    [{ 38: 5_010 }, "13 RISK-126 VENUE_MAX_QTY limit=5000 value=5010 level=SYMBOL:AAPL"],
    [{ 38: 4_500 }, "3 RISK-010 MAX_ORDER_QTY limit=3000 value=4500 level=FIRM"],
    [{ 38: 3_000, 44: "150.05" }, "3 RISK-011 MAX_ORDER_NOTIONAL limit=450000 value=450150 level=SYMBOL:AAPL"],
    [{ 1: "FEW", 40: 1, 44: null }, "11 RISK-122 ORDER_TYPES value=1 level=ACCOUNT:FEW"],
    [{ 1: "FEW", 59: 1 }, "11 RISK-123 TIMES_IN_FORCE value=1 level=ACCOUNT:FEW"],
    [{ 1: "FEW", 54: 5 }, "99 RISK-124 SHORT_SALES level=ACCOUNT:FEW"],
    [{ 54: 5 }, "99 RISK-007 LOCATE_REQUIRED level=ACCOUNT:ACC1"],
    [{ 54: 5, 114: "Y" }, "99 RISK-007 LOCATE_REQUIRED level=ACCOUNT:ACC1"],
  ];
  for (const [terms, text] of cases) expect([terms, await refusal(alice, terms)]).toEqual([terms, text]);
  expect(await refusal(alice, { 54: 5, 114: "N" })).toBe("");
  const id = alice.order({ 38: 100, 44: "149" });
  await alice.report(id);
  const replace = alice.replace(id, { 38: 105, 44: "149" });
  const rejected = await alice.cancelReject(replace);
  expect([rejected.get(102), rejected.text(58)]).toEqual([
    "99",
    "RISK-125 LOT_SIZE step=10 value=105 level=SYMBOL:AAPL",
  ]);
  expect(await refusal(alice)).toBe("");
  // How many orders others have open is not said.
  expect(await refusal(alice)).toBe("3 RISK-018 MAX_OPEN_ORDERS level=FIRM");
});

test("they change while orders flow, hold over a kill -9, and go back to the file's", async () => {
  const { gateway, venue, alice } = await trading();
  expect(
    (await patch(gateway, "/v1/symbols/AAPL", { tickSize: "none", lotSize: "1", maxOrderQty: "120" })).status,
  ).toBe(200);
  expect((await patch(gateway, "/v1/accounts/FEW", { orderTypes: "limit,market", shortSales: true })).status).toBe(200);
  expect((await patch(gateway, "/v1/firm", { maxOrderQty: "0", maxOpenOrders: "none" })).status).toBe(400);
  expect((await patch(gateway, "/v1/firm", { maxOrderQty: "110", maxOpenOrders: 100 })).body).toMatchObject({
    result: "applied",
    old: { maxOrderQty: "3000", maxOpenOrders: 3 },
    new: { maxOrderQty: "110", maxOpenOrders: 100 },
  });
  const stale = await ask(
    gateway,
    "PATCH",
    "/v1/firm",
    { settings: { maxOrderQty: "1" }, why },
    { "if-match": '"0-0"' },
  );
  expect(stale.status).toBe(412);
  const bad = await patch(gateway, "/v1/accounts/FEW", { orderTypes: "limit,stopp" });
  expect([bad.status, bad.body.error.message]).toEqual([
    400,
    'account FEW: orderTypes: expected some of market,limit,stop,stop-limit,market-on-close,limit-on-close,market-if-touched,pegged, got "limit,stopp"',
  ]);
  const holds = async () => {
    expect(await refusal(alice, { 38: 103, 44: "149.03" })).toBe("");
    expect(await refusal(alice, { 38: 115 })).toBe("3 RISK-010 MAX_ORDER_QTY limit=110 value=115 level=FIRM");
    expect(await refusal(alice, { 1: "FEW", 40: 1, 44: null })).toBe("");
    expect(await refusal(alice, { 1: "FEW", 54: 5 })).toBe("");
  };
  await holds();
  await gateway.crash();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await alice.settle();
  await venueTakes(alice);
  await gateway.said(/INFO {2}limits: maxOrderQty of the firm is 110, set by root at \S+Z; the file says 3000\n/);
  expect(await refusal(alice, { 38: 115 })).toBe("3 RISK-010 MAX_ORDER_QTY limit=110 value=115 level=FIRM");
  const run = (...words: string[]) => runToEnd(["ctl", ...words, "--socket", join(gateway.data, "admin.sock")]);
  expect((await run("firm", "show")).out).toMatch(/\nmaxOrderQty +110 +quantity +3000 +operator +root/);
  expect(await run("firm", "set", "maxOrderQty", "file", "--why", why)).toMatchObject({ code: 0, err: "" });
  expect(await refusal(alice, { 38: 115 })).toBe("");
  expect(await refusal(alice, { 38: 125 })).toBe("3 RISK-010 MAX_ORDER_QTY limit=120 value=125 level=SYMBOL:AAPL");
  // A lower limit of the file counts with the reload; what an operator has set stays.
  edit(
    gateway,
    ["[risk]\nmaxOrderQty = 3_000", "[risk]\nmaxOrderQty = 50"],
    ["venueMaxQty = 5_000", "venueMaxQty = 60"],
  );
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(/SIGHUP: .*\n/, from);
  expect(await refusal(alice, { 38: 55 })).toBe("3 RISK-010 MAX_ORDER_QTY limit=50 value=55 level=FIRM");
  expect(await refusal(alice, { 38: 61 })).toBe("13 RISK-126 VENUE_MAX_QTY limit=60 value=61 level=SYMBOL:AAPL");
});

test("a share of the average daily volume, and a collar that binds aggressive orders alone", async () => {
  const { gateway, venue, alice } = await trading();
  const settings = { averageDailyVolume: "10000", maxAdvPercent: "2.5", collarSides: "aggressive" };
  expect((await patch(gateway, "/v1/symbols/AAPL", settings)).status).toBe(200);
  const adv = (limit: number, value: number) =>
    `3 RISK-013 MAX_ADV_PERCENT limit=${limit} value=${value} level=SYMBOL:AAPL`;
  const holds = async () => {
    expect(await refusal(alice, { 38: 250 })).toBe("");
    expect(await refusal(alice, { 38: 260 })).toBe(adv(250, 260));
    expect(await refusal(alice, { 54: 1, 44: "50" })).toBe("");
    expect(await refusal(alice, { 54: 2, 44: "450" })).toBe("");
    expect(await refusal(alice, { 54: 1, 44: "450" })).toStartWith("99 RISK-012 PRICE_COLLAR");
    expect(await refusal(alice, { 54: 2, 44: "50" })).toStartWith("99 RISK-012 PRICE_COLLAR");
  };
  expect((await patch(gateway, "/v1/firm", { maxOpenOrders: "none" })).status).toBe(200);
  await holds();
  await gateway.crash();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await alice.settle();
  await venueTakes(alice);
  await holds();
  expect((await patch(gateway, "/v1/symbols/AAPL", { averageDailyVolume: "none" })).status).toBe(200);
  expect(await refusal(alice, { 38: 10 })).toBe(adv(0, 10));
  const off = { maxAdvPercent: "none", collarSides: "both" };
  expect((await patch(gateway, "/v1/symbols/AAPL", off)).status).toBe(200);
  expect(await refusal(alice, { 38: 260 })).toBe("");
  expect(await refusal(alice, { 54: 1, 44: "50" })).toStartWith("99 RISK-012 PRICE_COLLAR");
});
