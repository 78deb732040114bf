// Open orders of clients that are gone, against the executable.

import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON, type Message } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(90_000);

let ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

interface Desk {
  readonly gateway: Gateway;
  readonly venue: Venue;
  readonly alice: Client;
  readonly bob: Client;
}

/** A gateway with these keys in the table of ALICE, and in that of BOB; both are logged on. */
async function desk(alices: string, bobs = ""): Promise<Desk> {
  const gateway = new Gateway();
  const config = readFileSync(gateway.configFile, "utf8")
    .replace("[client.sessions.ALICE]\n", `[client.sessions.ALICE]\n${alices}\n`)
    .replace("[client.sessions.BOB]\n", `[client.sessions.BOB]\n${bobs}\n`);
  writeFileSync(gateway.configFile, config);
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort);
  ends.push(() => gateway.remove());
  venue.listen();
  ends.push(() => venue.stop());
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  await bob.logon();
  return { gateway, venue, alice, bob };
}

/** Quantities of the orders that are open at the venue. */
function open(venue: Venue): number[] {
  return venue.orders.filter((order) => order.open).map(({ quantity }) => quantity);
}

async function stays(client: Client, quantity: number, change: Record<number, string | number> = {}): Promise<string> {
  const order = client.order({ 38: quantity, 44: "149", ...change });
  await client.report(order, "0");
  return order;
}

/** The report by which a client learns that its order was canceled without its doing. */
function canceled(client: Client, order: string): Promise<Message> {
  return client.wait(`end of ${order}`, (message) => message.get(11) === order && message.get(150) === "4");
}

const viewOf = async (gateway: Gateway) => (await ask(gateway, "GET", "/v1/sessions/ALICE")).body;

test("a dropped connection: the venue has the cancels, nobody else's orders end, the client learns it at its next Logon", async () => {
  const { gateway, venue, alice, bob } = await desk('cancelOnDisconnect = "disconnect"');
  const first = await stays(alice, 500);
  const second = await stays(alice, 600, { 59: 1 });
  await stays(bob, 700);
  await until("the state", async () => (await viewOf(gateway)).cancelOnDisconnect.state === "armed");
  expect((await viewOf(gateway)).cancelOnDisconnect).toMatchObject({ mode: "disconnect", windowMs: 0, orders: "all" });
  alice.drop();
  await until("cancels at the venue", () => open(venue).length === 1);
  expect(open(venue)).toEqual([700]);
  await gateway.said(
    /WARN {2}client ALICE: it is disconnected \((peer closed the connection|connection lost)\): the venues of 2 open orders are asked to cancel them\n/,
  );
  await until("the state", async () => (await viewOf(gateway)).cancelOnDisconnect.state === "canceled");
  expect((await viewOf(gateway)).cancelOnDisconnect).toMatchObject({ state: "canceled", due: null, asked: 2 });
  await until("the alarm", async () =>
    (await ask(gateway, "GET", "/v1/alarms")).body.some(
      ({ rule, subject }: Record<string, string>) => rule === "canceled-on-disconnect" && subject === "session ALICE",
    ),
  );
  await alice.logon();
  for (const order of [first, second]) {
    const report = await canceled(alice, order);
    expect([report.get(41), report.get(39), report.get(58)]).toEqual([
      undefined,
      "4",
      "CORE-217 CANCELED_ON_DISCONNECT",
    ]);
  }
  expect(alice.faults).toEqual([]);
  await until("the alarm's end", async () => {
    const list = (await ask(gateway, "GET", "/v1/alarms")).body as Record<string, string>[];
    return list.every(({ rule, state }) => rule !== "canceled-on-disconnect" || state !== "firing");
  });
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain(
    "open orders of client ALICE shall be canceled at their venues, from slot 0 on: it is disconnected",
  );
});

test("logout: a Logout cancels, a dropped connection does not; day: what is good till canceled stays", async () => {
  const { gateway, venue, alice } = await desk('cancelOnDisconnect = "logout"\ncancelOnDisconnectOrders = "day"');
  const order = await stays(alice, 500);
  await stays(alice, 600, { 59: 1 });
  alice.drop();
  await gateway.said(/client ALICE: disconnected/);
  await until("the state", async () => (await viewOf(gateway)).cancelOnDisconnect.state === "kept");
  await alice.logon();
  await alice.settle();
  expect(open(venue)).toEqual([500, 600]);
  await alice.logout();
  await until("one cancel", () => open(venue).length === 1);
  expect(open(venue)).toEqual([600]);
  await alice.logon();
  expect((await canceled(alice, order)).get(58)).toBe("CORE-218 CANCELED_AT_LOGOUT");
  expect(alice.faults).toEqual([]);
});

test("a client that no longer answers a TestRequest is disconnected, and its orders canceled", async () => {
  const { gateway, venue, alice } = await desk('cancelOnDisconnect = "both"');
  await alice.logout();
  alice.heartBtInt = 1;
  await alice.logon();
  // An order that comes before the main thread has seen the Logon is not of the connection that has ended.
  await stays(alice, 500);
  alice.automatic = false;
  await until("the cancel", () => open(venue).length === 0);
  await gateway.said("it is disconnected \\(peer is silent\\): the venues of 1 open order are asked");
  expect(gateway.log).not.toContain("logged out (");
});

test("who is back within the window keeps the orders; who is not loses them, also over a kill of the gateway", async () => {
  const window = 'cancelOnDisconnect = "both"\ncancelOnDisconnectWindowMs = 4000';
  const { gateway, venue, alice, bob } = await desk(window, window);
  const order = await stays(alice, 500);
  await stays(bob, 700);
  alice.drop();
  await until("the state", async () => (await viewOf(gateway)).cancelOnDisconnect.state === "waiting");
  await alice.logon();
  await gateway.said("client ALICE: is back within its window; 1 open order kept");
  expect(open(venue)).toEqual([500, 700]);

  await gateway.crash();
  await gateway.start();
  await gateway.said(
    "client ALICE: 1 open order: canceled unless it is back within 4,000 ms of this start\n",
    gateway.log.lastIndexOf("process ended"),
  );
  await bob.logon();
  await until("the cancel", () => open(venue).length === 1, 30_000);
  expect(open(venue)).toEqual([700]);
  await gateway.said("it is disconnected \\(the gateway ended\\), and it was not back within 4,000 ms");
  await alice.logon();
  expect((await canceled(alice, order)).get(58)).toBe("CORE-217 CANCELED_ON_DISCONNECT");
  await bob.settle();
  expect(open(venue)).toEqual([700]);
  expect([...alice.faults, ...bob.faults]).toEqual([]);
});

test("a Logon says it itself, within bounds, and that outlives a kill of the gateway", async () => {
  const { gateway, venue, alice } = await desk("cancelOnDisconnectByLogon = true");
  await alice.logout();
  const before = alice.logonMore;
  alice.logonMore = [...before, [35002, 5]];
  await alice.connect();
  alice.sendLogon();
  const refused = await alice.wait("Logout", (message) => message.get(35) === "5" && message.get(58) !== undefined);
  expect(refused.get(58)).toBe("CancelOnDisconnectType (35002) must be 0, 1, 2 or 3");
  await alice.waitClosed();
  alice.logonMore = [...before, [35002, 3], [35003, 1500]];
  const answer = await alice.logon();
  expect([answer.get(35002), answer.get(35003)]).toEqual(["3", "1500"]);
  await stays(alice, 500);
  // The events of the terms and of the Logon come one after another.
  await until("the terms", async () => {
    const { saidBy, state } = (await viewOf(gateway)).cancelOnDisconnect;
    return saidBy === "logon" && state === "armed";
  });
  expect((await viewOf(gateway)).cancelOnDisconnect).toMatchObject({ mode: "both", windowMs: 1500, state: "armed" });

  await gateway.crash();
  await gateway.start();
  await until("the cancel", () => open(venue).length === 0, 30_000);
  const { out } = await runToEnd(["journal", "print", gateway.data]);
  expect(out).toContain("** client ALICE open orders at the end of its connection: 35002=3, 35003=1500\n");
});

test("a venue that is down is asked when it is back", async () => {
  const { gateway, venue, alice } = await desk('cancelOnDisconnect = "disconnect"');
  await stays(alice, 500);
  venue.stop();
  await gateway.said("venue VENUE: down");
  alice.drop();
  await gateway.said("client ALICE: 1 open order can't be canceled now, because the venue is down");
  expect((await viewOf(gateway)).cancelOnDisconnect).toMatchObject({ state: "canceling", asked: 0 });
  venue.listen();
  await until("the cancel", () => open(venue).length === 0, 30_000);
  await until("the state", async () => (await viewOf(gateway)).cancelOnDisconnect.state === "canceled");
  expect(await gateway.stop(), gateway.log).toBe(0);
});
