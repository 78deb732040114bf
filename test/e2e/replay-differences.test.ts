import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

// What a start says of decisions that the limits of today would not make.

setDefaultTimeout(60_000);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const LINE =
  /limits: 1 of \d+ replayed inputs would be decided otherwise by the limits of today's configuration, which a reload or this start has changed since; what was decided then holds \(counter replayDifferences\)\n/;

test("after a reload of limits the next start says what they would have decided otherwise, and the order stays", async () => {
  const gateway = new Gateway();
  ends.push(() => gateway.remove());
  const venue = new Venue(gateway.venuePort);
  ends.push(() => venue.stop());
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venueUp(alice);
  const large = alice.order({ 38: 1_000, 44: "150" });
  await alice.report(large, "0");
  await gateway.crash();
  // Nothing has changed: there is nothing to say.
  await gateway.start();
  expect(gateway.log).not.toContain("replayDifferences");
  const text = readFileSync(gateway.configFile, "utf8");
  const smaller = text.replace(/maxOrderQty = [\d_]+/, "maxOrderQty = 500");
  expect(smaller).not.toBe(text);
  writeFileSync(gateway.configFile, smaller);
  const from = gateway.log.length;
  gateway.signal("SIGHUP");
  await gateway.said(/maxOrderQty: .* → 500/, from);
  await gateway.crash();
  await gateway.start();
  await gateway.said(LINE, from);
  expect((await ask(gateway, "GET", "/v1/counters")).body.replayDifferences).toBe(1);
  const { body } = await ask(gateway, "GET", `/v1/orders?id=${large}`);
  expect(body.orders[0]).toMatchObject({ quantity: "1000", state: "new" });
});
