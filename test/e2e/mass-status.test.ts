// OrderMassStatusRequest against the executable.

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const limits =
  "maxOrderQty = 1_000_000\nmaxOrderNotional = 1_000_000_000\nmaxOpenOrders = 1_000\nordersPerSecond = 1_000";
const staff = (version: string) =>
  `version = "${version}"\naccounts = ["ACC1", "ACC2"]\ntraders = ["TOM", "TIM"]\norderMessages = 1_000`;
const gateway = new Gateway({
  tables: `[symbols.MSFT]
referencePrice = "150"
[risk.accounts.ACC2]
${limits}
[risk.accounts.ACC3]
${limits}
[risk.clients.DESK]
accounts = ["ACC2"]
[risk.clients.OTHERS]
accounts = ["ACC3"]
[risk.traders.TOM]
[risk.traders.TIM]
[risk.traders.TED]
[client.sessions.STAFF]
${staff("FIX.4.4")}
[client.sessions.STAFF50]
${staff("FIX.5.0SP2")}`,
});
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
  for (const type of [2, 3, 4, 5, 6]) {
    const [scope] = await mass(alice, `MS5${type}`, type);
    expect(fields(scope!, 39, 58)).toEqual(["8", `CORE-135 MASS_STATUS_SCOPE 585=${type}`]);
  }
  const [session] = await mass(alice, "MS9", 7, [[336, "DAY"]]);
  expect(fields(session!, 39, 58)).toEqual(["8", "CORE-143 MASS_FILTER tag=336"]);
  const [symbol] = await mass(alice, "MS11", 7, [[55, "MSFT"]]);
  expect(fields(symbol!, 39, 58)).toEqual(["8", "CORE-143 MASS_FILTER tag=55"]);
  const [party] = await mass(alice, "MS10", 8);
  expect(fields(party!, 39, 58)).toEqual(["8", "CORE-142 UNKNOWN_PARTY tag=448"]);
  const [unknown] = await mass(alice, "MS6", 1, [[55, "NOPE"]]);
  expect(fields(unknown!, 39, 55, 58)).toEqual(["8", "NOPE", "RISK-003 UNKNOWN_SYMBOL"]);
  expect(alice.faults).toEqual([]);
  await alice.logout();
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("== client ALICE 35=AF|584=MS1|585=7| (2 reported)");
  expect(out).toContain("client ALICE is told the status of the last 2 of the orders that its request MS1 asks for");
  expect(out).toContain("35=AF|584=MS56|585=6| (refused: CORE-135 MASS_STATUS_SCOPE)");
});

const party = (id: string, role: number): [number, string][] => [
  [453, "1"],
  [448, id],
  [447, "D"],
  [452, String(role)],
];

test.each([
  ["FIX.4.4", "STAFF"],
  ["FIX.5.0SP2", "STAFF50"],
] as const)(
  "of one party, in %s: a trader, an account, a client; others are refused by name",
  async (version, name) => {
    const staff = new Client(name, gateway.clientPort, { version });
    await staff.logon(true);
    for (const [i, [trader, account]] of [
      ["TOM", "ACC1"],
      ["TIM", "ACC1"],
      ["TIM", "ACC2"],
    ].entries()) {
      const id = `${name}-O${i}`;
      const terms: [number, string | number][] = [
        [11, id],
        [55, "AAPL"],
        [54, 1],
        [38, 500 + i],
        [40, 2],
        [44, "150"],
        [60, staff.now()],
      ];
      staff.send("D", [[1, account!], ...party(trader!, 36), ...terms]);
      await staff.report(id, "0");
    }
    let count = 0;
    const told = async (id: string, role: number, scope = 8, more: [number, string][] = []) => {
      const reports = await mass(staff, `P${count++}`, scope, [...more, ...party(id, role)]);
      return reports.map((report) => report.get(11) ?? report.get(58));
    };
    const ids = (...numbers: number[]) => numbers.map((number) => `${name}-O${number}`);
    expect(await told("TOM", 36)).toEqual(ids(0));
    expect(await told("TIM", 11)).toEqual(ids(1, 2));
    expect(await told("ACC1", 24)).toEqual(ids(0, 1));
    expect(await told("DESK", 3)).toEqual(ids(2));
    expect(await told("TIM", 36, 7)).toEqual(ids(1, 2));
    expect(await told("TIM", 36, 1, [[55, "AAPL"]])).toEqual(ids(1, 2));
    expect(await told("TIM", 36, 8, [[1, "ACC1"]])).toEqual(ids(1));
    expect(await told("TIM", 36, 8, [[54, "2"]])).toEqual(["CORE-136 NO_MATCHING_ORDER"]);
    expect(await told("NOBODY", 36)).toEqual(["CORE-142 UNKNOWN_PARTY tag=448"]);
    expect(await told("TED", 36)).toEqual(["CORE-142 UNKNOWN_PARTY tag=448"]);
    expect(await told("OTHERS", 3)).toEqual(["CORE-142 UNKNOWN_PARTY tag=448"]);
    expect(await told("BANK", 1)).toEqual(["CORE-143 MASS_FILTER tag=452"]);
    expect(await told("T".repeat(64), 36)).toEqual(["CORE-143 MASS_FILTER tag=448"]);
    if (version !== "FIX.4.4")
      for (const type of [9, 10])
        expect(await told("TOM", 36, type)).toEqual([`CORE-135 MASS_STATUS_SCOPE 585=${type}`]);
    for (const id of ids(0, 1, 2)) await staff.report(staff.cancel(id), "4");
    expect(staff.faults).toEqual([]);
    await staff.logout();
  },
);

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
