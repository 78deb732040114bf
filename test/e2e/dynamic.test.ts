import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON } from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway();
const venue = new Venue(gateway.venuePort);

beforeAll(async () => {
  const config = readFileSync(gateway.configFile, "utf8").replace(
    "[venues.VENUE]",
    '[client.sessions.ANY]\ndynamicSessions = 2\naccounts = ["ACC1"]\n[venues.VENUE]',
  );
  writeFileSync(gateway.configFile, config);
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

async function isRefused(client: Client): Promise<void> {
  await client.connect();
  client.send(LOGON, [
    [98, 0],
    [108, 30],
  ]);
  await client.waitClosed();
  expect(client.received).toEqual([]);
}

const dan = new Client("DAN", gateway.clientPort);
const eve = new Client("EVE", gateway.clientPort);

test("unknown clients log on up to the bound, trade, and have numbers of their own", async () => {
  await dan.logon();
  await venueUp(dan);
  await eve.logon();
  const clOrdId = eve.order({ 38: 777 });
  await eve.report(clOrdId, "0");
  await gateway.said("client ANY.1: belongs to DAN from now on");
  await gateway.said("client ANY.2: belongs to EVE from now on");
  await isRefused(new Client("FAYE", gateway.clientPort));
  await gateway.said("refused: unknown CompID, and no free place in dynamicSessions; peer 127.0.0.1:");
  // A known client is no dynamic one, and nobody is twice here.
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  alice.drop();
  await isRefused(new Client("EVE", gateway.clientPort));
  expect([dan.faults, eve.faults]).toEqual([[], []]);
});

test("one without a name, or for somebody else, is none", async () => {
  await isRefused(new Client("", gateway.clientPort));
  await isRefused(new Client("X".repeat(33), gateway.clientPort));
  await isRefused(new Client("DAN", gateway.clientPort, { peerCompId: "OTHER" }));
});

test("their places are theirs through a crash", async () => {
  await Promise.all([dan.settle(), eve.settle()]);
  await gateway.crash();
  await Promise.all([dan.waitClosed(), eve.waitClosed()]);
  await gateway.start();
  // In the other order, and with the numbers that they had.
  for (const client of [eve, dan]) {
    await client.logon();
    await client.settle();
    expect(client.faults).toEqual([]);
  }
  await isRefused(new Client("FAYE", gateway.clientPort));
  const { out } = await runToEnd(["journal", "print", "--session", "ANY.2", gateway.data]);
  expect(out).toMatch(/\*\* client ANY\.2 belongs to EVE from now on\n/);
  expect(out).toContain("|56=EVE|");
  expect(out).not.toContain("|56=DAN|");
});
