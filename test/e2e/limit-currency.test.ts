// A start with another currency of the limits than that of the journal.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({ risk: 'currency = "USD"' });
const venue = new Venue(gateway.venuePort);
const client = new Client("ALICE", gateway.clientPort);
const { ctl } = gateway;

function setCurrency(line: string): void {
  const file = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, file.replace(/currency = "\w+"|# none/, line));
}

async function refused(): Promise<string> {
  const { code, err } = await runToEnd(["run", "--config", gateway.configFile, "--data", gateway.data]);
  expect(code).not.toBe(0);
  return err;
}

async function started(): Promise<void> {
  await gateway.start();
  await client.logon();
  await venueUp(client);
}

beforeAll(async () => {
  venue.listen();
  await started();
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

test("is refused while amounts are open, and says which; it is taken once there are none", async () => {
  const open = client.order({ 38: 100, 44: "149" });
  await client.report(open, "0");
  const set = await ctl("account", "set", "ACC1", "maxOrderNotional", "500000", "--why", "careful");
  expect([set.code, set.err]).toEqual([0, ""]);
  await gateway.stop();
  setCurrency('currency = "EUR"');
  const err = await refused();
  expect(err).toContain("risk.currency: the journal counts amounts in USD, the configuration has EUR");
  // An order of the probe for the venue may be among them.
  expect(err).toMatch(/taken for the other: \d open orders?, maxOrderNotional of account ACC1, set by \S+\. /);
  expect(err).toContain("Set risk.currency back to USD; or end them there first");
  setCurrency("# none");
  expect(await refused()).toContain("the configuration has no currency");
  setCurrency('currency = "USD"');
  await started();
  await client.report(client.cancel(open), "4");
  const back = await ctl("account", "set", "ACC1", "maxOrderNotional", "file", "--why", "as it was");
  expect([back.code, back.err]).toEqual([0, ""]);
  await gateway.stop();
  setCurrency('currency = "EUR"');
  await started();
  const executed = client.order({ 38: 77, 44: "149" });
  await client.report(executed, "0");
  venue.fill(await venue.orderOf(77), 77, "149");
  await client.report(executed, "F");
  await gateway.crash();
  setCurrency('currency = "USD"');
  expect(await refused()).toContain(
    "amounts in EUR, the configuration has USD, and these would be taken for the other: executions of this trading day.",
  );
});
