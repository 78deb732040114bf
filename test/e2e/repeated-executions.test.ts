// An account that trades too often in one symbol is stopped: refusals, alarm, a kill -9, and how it may trade again.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

const gateway = new Gateway({
  tables: `[risk.accounts.FUND]
maxOrderQty = 10_000
maxOrderNotional = 10_000_000
maxOpenOrders = 100
ordersPerSecond = 1_000
repeatedExecutions = 3
executionsWindowMs = 3_600_000
[client.sessions.FUNDED]
version = "FIX.5.0SP2"
accounts = ["ACC1", "FUND"]`,
});
const venue = new Venue(gateway.venuePort);
const client = new Client("FUNDED", gateway.clientPort, { version: "FIX.5.0SP2" });
const ctl = (...words: string[]) => runToEnd(["ctl", ...words, "--socket", join(gateway.data, "admin.sock")]);
const STOPPED = "21 RISK-017 REPEATED_EXECUTIONS level=ACCOUNT:FUND";

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await client.logon();
  await venueUp(client);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

/** OrdRejReason and Text of the refusal of an order, "" where the venue has it. */
async function refusal(values: Record<number, string | number> = {}): Promise<string> {
  const report = await client.report(client.order({ 1: "FUND", 38: 10, 44: "150", ...values }));
  return report.get(150) === "8" ? `${report.get(103)} ${report.text(58)}` : "";
}

async function alarms(): Promise<string[]> {
  const { body } = await ask(gateway, "GET", "/v1/alarms");
  return body
    .filter(({ rule, state }: Record<string, string>) => rule === "repeated-executions" && state === "firing")
    .map(({ subject, text }: Record<string, string>) => `${subject}: ${text}`);
}

test("the execution that reaches the limit stops the account, and the alarm fires; cancels pass", async () => {
  const open = client.order({ 1: "FUND", 38: 777, 44: "149" });
  await client.report(open);
  const order = await venue.orderOf(777);
  for (let i = 0; i < 3; i++) {
    expect(await refusal()).toBe("");
    venue.fill(order, 1, "149");
    await client.report(open, "F");
  }
  expect(await refusal()).toBe(STOPPED);
  expect(await refusal({ 1: "ACC1" })).toBe("");
  await client.report(client.cancel(open), "4");
  await until("the alarm", async () =>
    (await alarms()).includes("account FUND: stopped by RISK-017 AAPL: new orders are refused"),
  );
  expect((await ask(gateway, "GET", "/v1/accounts/FUND")).body).toMatchObject({ isStopped: true, isReady: false });
});

test("it stays so over a kill -9, until somebody enables it again", async () => {
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await refusal({ 1: "ACC1" })) === "");
  expect(await refusal()).toBe(STOPPED);
  const lifted = await ctl("account", "enable", "FUND", "--why", "the strategy is mended");
  expect([lifted.code, lifted.err]).toEqual([0, ""]);
  expect(await refusal()).toBe("");
  expect((await ask(gateway, "GET", "/v1/accounts/FUND")).body).toMatchObject({ isStopped: false, isReady: true });
  await until("the end of the alarm", async () => (await alarms()).length === 0);
  await gateway.crash();
  await gateway.start();
  await client.logon();
  await until("a venue that takes orders", async () => (await refusal()) === "");
});
