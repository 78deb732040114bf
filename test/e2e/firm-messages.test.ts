// How full the limits of all client sessions' messages are: API, metrics, alarms, and a limit that changes while orders flow.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({});
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);
const bob = new Client("BOB", gateway.clientPort);
const { ctl } = gateway;

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await alice.logon();
  await bob.logon();
  await venueUp(alice);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

async function usage(): Promise<unknown> {
  const { body } = await ask(gateway, "GET", "/v1/firm");
  return body.usage.find(({ limit }: Record<string, unknown>) => limit === "firmOrderMessages");
}

async function severity(): Promise<string | undefined> {
  const { body } = await ask(gateway, "GET", "/v1/alarms");
  return body.find(
    ({ rule, subject, state }: Record<string, string>) =>
      rule === "limit-used" && subject === "firm firmOrderMessages" && state === "firing",
  )?.severity;
}

async function set(setting: string, value: string): Promise<void> {
  const { code, err } = await ctl("firm", "set", setting, value, "--why", "agreed with risk");
  expect([code, err]).toEqual([0, ""]);
}

test("the use is that of all sessions; it is warned of, and a limit that is reached refuses", async () => {
  expect(await usage()).toBeUndefined();
  await set("firmOrderMessagesWindowMs", "60000");
  await set("firmOrderMessages", "20");
  for (let i = 0; i < 7; i++) for (const client of [alice, bob]) await client.report(client.order({ 38: 1 }), "0");
  expect(await usage()).toEqual({ limit: "firmOrderMessages", used: 14, most: 20, percent: 70 });
  await until("the warning", async () => (await severity()) === "info");
  for (let i = 0; i < 6; i++) await alice.report(alice.order({ 38: 1 }), "0");
  expect((await bob.report(bob.order({ 38: 1 }), "8")).get(58)).toContain("RISK-137 FIRM_ORDER_MESSAGES");
  expect(await usage()).toMatchObject({ used: 20, percent: 100 });
  await until("the alarm of a limit that is used up", async () => (await severity()) === "critical");
  const { body } = await ask(gateway, "GET", "/metrics");
  expect(body).toContain('sallyport_firm_limit_used{limit="firmOrderMessages"} 20');
  expect(body).toContain('sallyport_firm_limit_max{limit="firmOrderMessages"} 20');
  await set("firmOrderMessages", "30");
  await alice.report(alice.order({ 38: 1 }), "0");
  expect(await usage()).toMatchObject({ used: 21, most: 30, percent: 70 });
  await set("firmOrderMessages", "none");
  expect(await usage()).toBeUndefined();
});
