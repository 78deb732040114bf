// A venue that does not answer, against the executable.

import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({});
const venue = new Venue(gateway.venuePort);

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

test("an alarm says so while an order waits for longer than answerWithinS, and is over with the answer", async () => {
  const config = readFileSync(gateway.configFile, "utf8");
  writeFileSync(gateway.configFile, config.replace("[venues.VENUE]\n", "[venues.VENUE]\nanswerWithinS = 1\n"));
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  const first = await alice.report(alice.order({ 38: 10 }), "0");
  venue.acknowledges = false;
  alice.order({ 38: 20 });
  const order = await venue.orderOf(20);
  const alarms = async (): Promise<unknown[]> =>
    (await ask(gateway, "GET", "/v1/alarms")).body.filter(({ rule }: { rule: string }) => rule === "venue-silent");
  await until("the alarm", async () => (await alarms()).length > 0);
  expect(await alarms()).toMatchObject([{ subject: "venue VENUE", severity: "error" }]);
  const row = (await ask(gateway, "GET", "/v1/venues/VENUE")).body;
  expect([row.unacknowledged, row.unacknowledgedS > 1, row.answerWithinS]).toEqual([1, true, 1]);
  expect(first.get(39)).toBe("0");
  venue.acknowledge(order);
  await until("the end of the alarm", async () => (await alarms()).length === 0);
  expect(await gateway.stop(), gateway.log).toBe(0);
});
