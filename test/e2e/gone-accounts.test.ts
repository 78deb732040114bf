// Accounts that the configuration no longer has, and of which the journal still knows something.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

const GONE = `[risk.accounts.GONE]
maxOrderQty = 10_000
maxOrderNotional = 10_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
maxGrossExposure = 100_000_000
maxPosition = 100_000
repeatedExecutions = 100
selfTrade = "reject-new"
duplicateOrders = 50
[risk.accounts.FLAT]
maxOrderQty = 10_000
maxOrderNotional = 10_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
`;
const OF_SESSION = ', "GONE", "FLAT"]';
const DESK = 'client.sessions.DESK]\naccounts = ["ACC1"]';
const gateway = new Gateway({ tables: `${GONE}[client.sessions.DESK]\naccounts = ["ACC1"${OF_SESSION}` });
const venue = new Venue(gateway.venuePort);
const client = new Client("DESK", gateway.clientPort);
const { ctl } = gateway;

async function carriedOut(...words: string[]): Promise<void> {
  const { code, err } = await ctl(...words, "--why", "test");
  expect([code, err]).toEqual([0, ""]);
}

function change(from: string, to: string): void {
  const file = readFileSync(gateway.configFile, "utf8");
  expect(file).toContain(from);
  writeFileSync(gateway.configFile, file.replace(from, to));
}

async function started(): Promise<void> {
  await gateway.start();
  await client.logon();
  await venueUp(client);
}

/** Orders that the venue was asked for, by their quantities. */
const atVenue = new Map<number, Awaited<ReturnType<typeof venue.orderOf>>>();

/** Executes one of the order at the venue. Returns the report to the client. */
async function fill(order: string, quantity: number): Promise<string> {
  atVenue.set(quantity, atVenue.get(quantity) ?? (await venue.orderOf(quantity)));
  venue.fill(atVenue.get(quantity)!, 1, "149");
  return (await client.report(order, "F")).text(1);
}

beforeAll(async () => {
  venue.listen();
  await started();
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

const orders: string[] = [];

test("open orders of an account that is gone are executed, canceled and counted after a start; new ones are refused", async () => {
  for (const quantity of [501, 502, 503]) {
    const id = client.order({ 1: "GONE", 38: quantity, 44: "149" });
    await client.report(id, "0");
    orders.push(id);
  }
  expect(await fill(orders[0]!, 501)).toBe("GONE");
  const flat = client.order({ 1: "FLAT", 38: 504, 44: "149" });
  await client.report(flat, "0");
  expect(await fill(flat, 504)).toBe("FLAT");
  await client.report(client.cancel(flat), "4");
  await carriedOut("account", "set", "GONE", "maxOrderQty", "5000");
  await carriedOut("account", "set", "GONE", "repeatedExecutions", "3");
  await carriedOut("account", "set", "FLAT", "maxOrderNotional", "1000000", "--for-minutes", "60");
  await carriedOut("account", "set", "GONE", "maxOpenOrders", "50", "--for-minutes", "60");
  await carriedOut("kill", "account:FLAT");
  await gateway.stop();
  change(GONE, "");
  change(OF_SESSION, "]");
  await started();
  for (const account of ["GONE", "FLAT"])
    expect((await client.report(client.order({ 1: account, 38: 1 }), "8")).text(58)).toContain("UNKNOWN_ACCOUNT");
  expect(await fill(orders[0]!, 501)).toBe("GONE");
  expect(await fill(orders[1]!, 502)).toBe("GONE");
  await client.report(client.cancel(orders[0]!), "4");
  for (const path of [
    "/v1/accounts",
    "/v1/positions",
    "/v1/temporary-limits",
    "/v1/kill-switch",
    "/v1/firm",
    "/metrics",
    "/v1/alarms",
  ])
    expect([path, (await ask(gateway, "GET", path)).status]).toEqual([path, 200]);
});

test("the same after a kill -9, and where the account comes back with what operators have set", async () => {
  await gateway.crash();
  await started();
  await client.report(client.cancel(orders[1]!), "4");
  await gateway.stop();
  change("[risk.accounts.SLOW]", `${GONE}[risk.accounts.SLOW]`);
  change(DESK, DESK.replace(/\]$/, OF_SESSION));
  await started();
  const { body } = await ask(gateway, "GET", "/v1/accounts/GONE");
  expect(body).toMatchObject({
    openOrders: 1,
    position: "3",
    boughtQty: "3",
    openBuyNotional: "74947",
    isKilled: false,
  });
  expect(body.settings.find(({ name }: { name: string }) => name === "maxOrderQty").value).toBe("5000");
  // What it executed while it was gone has stopped nobody.
  await client.report(client.order({ 1: "GONE", 38: 1 }), "0");
  expect((await client.report(client.order({ 1: "FLAT", 38: 1 }), "8")).text(58)).toContain("KILL_SWITCH_ACCOUNT");
  await client.report(client.cancel(orders[2]!), "4");
  expect((await ask(gateway, "GET", "/v1/accounts/GONE")).body.position).toBe("3");
});
