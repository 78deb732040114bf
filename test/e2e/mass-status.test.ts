// OrderMassStatusRequest against the executable.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({ tables: '[symbols.MSFT]\nreferencePrice = "150"' });
const venue = new Venue(gateway.venuePort);

beforeAll(async () => {
  const config = readFileSync(gateway.configFile, "utf8");
  writeFileSync(
    gateway.configFile,
    config.replace("[client.sessions.BOB]\n", '[client.sessions.BOB]\nversion = "FIX.5.0SP2"\n') +
      '[client.sessions.OLD]\nversion = "FIX.4.2"\nvalidate = false\naccounts = ["ACC1"]\n',
  );
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

async function orders(client: Client, ...terms: Record<number, string | number>[]): Promise<string[]> {
  const ids = terms.map((change) => client.order(change));
  for (const id of ids) await client.report(id, "0");
  return ids;
}

/** Sends an OrderMassStatusRequest; returns its reports, the last of which says so. */
async function mass(client: Client, id: string, scope: number, more: [number, string][] = []): Promise<Message[]> {
  client.send("AF", [...more, [584, id], [585, scope]]);
  const isOfIt = (message: Message): boolean => message.type === "8" && message.get(584) === id;
  await client.wait(`last report of ${id}`, (message) => isOfIt(message) && message.get(912) === "Y");
  return client.received.filter(isOfIt);
}

const fields = (report: Message, ...tags: number[]) => tags.map((tag) => report.get(tag));

test("all orders of the session, one security, an account; each report as its version has it", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort, { version: "FIX.5.0SP2" });
  await alice.logon();
  await venueUp(alice);
  await bob.logon();
  const [first, second] = await orders(alice, { 38: 200 }, { 38: 300, 55: "MSFT" });
  await orders(bob, { 38: 400 });
  const all = await mass(alice, "MS1", 7);
  expect(all.map((report) => fields(report, 11, 150, 39, 151, 911, 912))).toEqual([
    [first, "I", "0", "200", "2", "N"],
    [second, "I", "0", "300", "2", "Y"],
  ]);
  expect(all[0]!.get(41)).toBeUndefined();
  expect((await mass(alice, "MS2", 1, [[55, "MSFT"]])).map((report) => fields(report, 11, 911))).toEqual([
    [second, "1"],
  ]);
  expect((await mass(alice, "MS3", 7, [[1, "ACC1"]])).map((report) => report.get(11))).toEqual([first, second]);
  expect((await mass(bob, "MS1", 7)).map((report) => fields(report, 38, 911, 912))).toEqual([["400", "1", "Y"]]);
  expect([...alice.faults, ...bob.faults]).toEqual([]);
  await bob.logout();
  await alice.logout();
});

test("no order that matches, and what is not served, by name; the journal says both", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon(true);
  const [none] = await mass(alice, "MS4", 7, [[54, "2"]]);
  expect(fields(none!, 150, 39, 37, 55, 54, 911, 58)).toEqual([
    ...["I", "8", "NONE", "[N/A]", "2", "0", "CORE-136 NO_MATCHING_ORDER"],
  ]);
  const [scope] = await mass(alice, "MS5", 6);
  expect(fields(scope!, 39, 58)).toEqual(["8", "CORE-135 MASS_STATUS_SCOPE"]);
  const [unknown] = await mass(alice, "MS6", 1, [[55, "NOPE"]]);
  expect(fields(unknown!, 39, 55, 58)).toEqual(["8", "NOPE", "RISK-003 UNKNOWN_SYMBOL"]);
  expect(alice.faults).toEqual([]);
  await alice.logout();
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("== client ALICE 35=AF|584=MS1|585=7| (2 reported)");
  expect(out).toContain("client ALICE is told the status of the last 2 of the orders that its request MS1 asks for");
  expect(out).toContain("35=AF|584=MS5|585=6| (refused: CORE-135 MASS_STATUS_SCOPE)");
});

test("FIX 4.2 has no such message: it is refused by name", async () => {
  const old = new Client("OLD", gateway.clientPort, { version: "FIX.4.2" });
  await old.logon();
  old.send("AF", [
    [584, "MS7"],
    [585, 7],
  ]);
  const reject = await old.wait("reject", (message) => message.type === "j");
  expect(fields(reject, 372, 380, 58)).toEqual(["AF", "3", "Unsupported Message Type: OrderMassStatusRequest (AF)"]);
  await old.logout();
});

test("of many orders, with a kill of the gateway in between: the request is answered in whole", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon(true);
  for (let i = 0; i < 300; i++) alice.order({ 38: 1_000 + i });
  const open = (): number => venue.orders.filter((order) => order.open).length;
  await until("the orders", () => open() >= 300);
  const ofAlice = venue.orders.filter((order) => order.open && order.quantity !== 400).length;
  alice.send("AF", [
    [584, "MS8"],
    [585, 7],
  ]);
  await gateway.crash();
  await gateway.start();
  await alice.logon();
  const isLast = (message: Message): boolean => message.get(584) === "MS8" && message.get(912) === "Y";
  await alice.wait("last report of MS8", isLast, 30_000);
  const told = new Set(
    alice.received.filter((message) => message.get(584) === "MS8").map((message) => message.get(11)),
  );
  expect([told.size, alice.received.find(isLast)!.get(911)]).toEqual([ofAlice, String(ofAlice)]);
  expect(await gateway.stop(), gateway.log).toBe(0);
});
