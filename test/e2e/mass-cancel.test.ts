// OrderMassCancelRequest against the executable.

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
      '[client.sessions.OLD]\nversion = "FIX.4.2"\naccounts = ["ACC1"]\n',
  );
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

const open = (): number[] => venue.orders.filter((order) => order.open).map(({ quantity }) => quantity);

async function orders(client: Client, ...terms: Record<number, string | number>[]): Promise<string[]> {
  const ids = terms.map((change) => client.order(change));
  for (const id of ids) await client.report(id, "0");
  return ids;
}

/** Sends an OrderMassCancelRequest; returns its report. */
function mass(client: Client, id: string, scope: string, symbol = "", side = ""): Promise<Message> {
  const given = (
    [
      [54, side],
      [55, symbol],
    ] as const
  ).filter(([, value]) => value !== "");
  client.send("q", [[11, id], ...given, [60, client.now()], [530, scope]]);
  return client.wait(`report of ${id}`, (message) => message.type === "r" && message.get(11) === id);
}

test("all orders of the session, and nobody else's; each has its own report", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort, { version: "FIX.5.0SP2" });
  await alice.logon();
  await venueUp(alice);
  await bob.logon();
  const ids = await orders(alice, { 38: 200 }, { 38: 300, 55: "MSFT" });
  await orders(bob, { 38: 400 });
  const report = await mass(alice, "MC1", "7");
  expect([530, 531, 533, 532].map((tag) => report.get(tag))).toEqual(["7", "7", "2", undefined]);
  expect([report.get(37)?.length, report.get(1369)]).toEqual([expect.any(Number), undefined]);
  for (const id of ids) {
    const end = await alice.report(id, "4");
    expect([end.get(41), end.get(58)]).toEqual([undefined, "CORE-219 MASS_CANCELED"]);
  }
  expect(open()).toEqual([400]);
  expect((await mass(bob, "MC1", "7")).get(1369)).toMatch(/^\d+$/);
  await until("the cancel", () => open().length === 0);
  expect([...alice.faults, ...bob.faults]).toEqual([]);
  await alice.logout();
  await bob.logout();
});

test("one security; what is not served is refused by name", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon(true);
  await orders(alice, { 38: 200 }, { 38: 300, 55: "MSFT" });
  expect((await mass(alice, "MC2", "1", "MSFT")).get(533)).toBe("1");
  await until("the cancel", () => open().length === 1);
  expect(open()).toEqual([200]);
  const scope = await mass(alice, "MC3", "2");
  expect([531, 532, 58].map((tag) => scope.get(tag))).toEqual(["0", "0", "CORE-220 MASS_CANCEL_SCOPE"]);
  const side = await mass(alice, "MC6", "7", "", "1");
  expect([530, 531, 532, 58].map((tag) => side.get(tag))).toEqual(["7", "0", "0", "CORE-220 MASS_CANCEL_SCOPE"]);
  const unknown = await mass(alice, "MC4", "1", "NOPE");
  expect([531, 532, 58].map((tag) => unknown.get(tag))).toEqual(["0", "1", "RISK-003 UNKNOWN_SYMBOL"]);
  expect(open()).toEqual([200]);
  expect((await mass(alice, "MC5", "7")).get(533)).toBe("1");
  await until("the cancel", () => open().length === 0);
  expect(alice.faults).toEqual([]);
  await alice.logout();
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("== client ALICE 35=q|11=MC2|55=MSFT|530=1| (1 canceled)");
  expect(out).toContain("== client ALICE 35=q|11=MC3|530=2| (refused: CORE-220 MASS_CANCEL_SCOPE)");
});

test("a version without the message rejects it", async () => {
  const old = new Client("OLD", gateway.clientPort, { version: "FIX.4.2" });
  await old.logon();
  old.send("q", [
    [11, "MC6"],
    [60, old.now()],
    [530, "7"],
  ]);
  const reject = await old.wait("reject", (message) => message.type === "3" || message.type === "j");
  expect(reject.get(58)).toMatch(/MsgType|message type/i);
  await old.logout();
});

test("a kill of the gateway in between leaves nothing half done: many orders", async () => {
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon(true);
  for (let i = 0; i < 300; i++) alice.order({ 38: 1_000 + i });
  await until("the orders", () => open().length === 300);
  alice.send("q", [
    [11, "MC7"],
    [60, alice.now()],
    [530, "7"],
  ]);
  await gateway.crash();
  await gateway.start();
  await alice.logon();
  await alice.wait("report of MC7", (message) => message.type === "r" && message.get(11) === "MC7", 30_000);
  await until("all cancels", () => open().length === 0, 30_000);
  expect(await gateway.stop(), gateway.log).toBe(0);
});
