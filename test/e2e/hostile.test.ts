import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Socket } from "bun";
import { frame, LOGON, now, REJECT, SOH } from "../../src/counterparty/message.ts";
import { PATIENCE_MS, until, within } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { refusedIn } from "./refusals.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

/*  ALICE trades; others misbehave. After each of these she must have noticed nothing. */

const gateway = new Gateway({
  segmentMiB: 16,
  client: "maxConnections = 16\nlogonTimeoutMs = 300\nbacklogBytes = 65536",
});
const venue = new Venue(gateway.venuePort);
const alice = new Client("ALICE", gateway.clientPort);
let bob: Client;
let quantity = 100;

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

afterEach(async () => {
  bob?.drop();
  await bob?.waitClosed();
  await unharmed();
});

/** ALICE's session is the same connection as before, and an order of hers goes its way. */
async function unharmed(): Promise<void> {
  expect(alice.connected, `${gateway.log}${alice.faults}`).toBe(true);
  const clOrdId = alice.order({ 38: ++quantity });
  const order = await venue.orderOf(quantity);
  await alice.report(clOrdId, "0");
  venue.fill(order, quantity);
  expect((await alice.report(clOrdId, "F")).get(39)).toBe("2");
  expect(alice.received.filter((message) => message.type === LOGON).length).toBe(1);
  expect(alice.faults).toEqual([]);
  expect(venue.faults).toEqual([]);
}

/** A session of BOB's from number 1. */
async function bobsSession(): Promise<Client> {
  const client = new Client("BOB", gateway.clientPort);
  await client.connect();
  client.send(LOGON, [
    [98, 0],
    [108, 30],
    [141, "Y"],
  ]);
  await client.waitType(LOGON);
  return client;
}

interface Raw {
  socket: Socket<undefined>;
  came: () => string;
  closed: Promise<void>;
}

/** A connection without any FIX. */
async function raw(): Promise<Raw> {
  let came = "";
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = await Bun.connect<undefined>({
    hostname: "127.0.0.1",
    port: gateway.clientPort,
    socket: {
      data(_socket, bytes) {
        came += bytes.toString("latin1");
      },
      close: () => resolve(),
      error: () => resolve(),
    },
  });
  return { socket, came: () => came, closed: promise };
}

async function closes(connection: Raw): Promise<void> {
  await within("end of the connection", connection.closed);
}

const garbage: [name: string, text: string][] = [
  ["another protocol", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["binary zeros", "\0".repeat(100_000)],
  ["a length that is none", `8=FIX.4.4${SOH}9=abc${SOH}35=A${SOH}`],
  ["a length over the frame limit", `8=FIX.4.4${SOH}9=99999999${SOH}35=A${SOH}`],
  ["a negative length", `8=FIX.4.4${SOH}9=-5${SOH}35=A${SOH}`],
  ["fields without end", `8=FIX.4.4${SOH}`.padEnd(50_000, "9")],
  [
    "half a Logon",
    frame([
      [35, LOGON],
      [49, "BOB"],
    ]).slice(0, -10),
  ],
  [
    "a message before the Logon",
    frame([
      [35, "D"],
      [49, "BOB"],
      [56, "GATEWAY"],
      [34, 1],
      [52, now()],
    ]),
  ],
  [
    "a Logon of nobody",
    frame([
      [35, LOGON],
      [49, "NOBODY"],
      [56, "GATEWAY"],
      [34, 1],
      [52, now()],
      [98, 0],
      [108, 30],
    ]),
  ],
];

for (const [name, text] of garbage) {
  test(`${name} instead of a Logon: the connection is closed without an answer`, async () => {
    const connection = await raw();
    connection.socket.write(text);
    await closes(connection);
    expect(connection.came()).toBe("");
  });
}

test("a connection that never logs on is closed", async () => {
  const connection = await raw();
  await closes(connection);
  expect(connection.came()).toBe("");
});

test("a message with a wrong CheckSum is passed over, and the session goes on", async () => {
  bob = await bobsSession();
  const order = bob.text("D", bob.orderBody({ 11: "WRONG-SUM" }));
  const wrong = order.slice(0, -4) + (order.slice(-4, -1) === "123" ? "124" : "123") + SOH;
  bob.write(wrong);
  await bob.settle();
  expect(bob.received.filter((message) => message.get(11) === "WRONG-SUM")).toEqual([]);
});

test("garbage between two messages of a session harms neither", async () => {
  bob = await bobsSession();
  const first = bob.order({ 11: `B-${Date.now()}-1` });
  bob.write("rubbish, and more of it");
  const second = bob.order({ 11: `B-${Date.now()}-2` });
  await bob.report(first, "0");
  await bob.report(second, "0");
});

test("half a message and then the end: nothing is taken, and the session can come back", async () => {
  bob = await bobsSession();
  const orders = venue.orders.length;
  const order = bob.text("D", bob.orderBody({ 11: "HALF", 38: 77 }));
  bob.write(order.slice(0, order.length >> 1));
  // The lane has read the half by the second answer that it gives to somebody else.
  await alice.settle();
  await alice.settle();
  bob.drop();
  await bob.waitClosed();
  await bob.logon();
  await bob.settle();
  expect(venue.orders.length).toBe(orders);
});

test("a message in pieces of one byte is a message", async () => {
  bob = await bobsSession();
  const clOrdId = `B-${Date.now()}-3`;
  for (const byte of bob.text("D", bob.orderBody({ 11: clOrdId }), { sequence: bob.nextOut++ })) {
    bob.write(byte);
    await Promise.resolve();
  }
  await bob.report(clOrdId, "0");
});

test("a message over the frame limit ends the session", async () => {
  bob = await bobsSession();
  bob.write(bob.text("D", bob.orderBody({ 11: "LONG", 58: "x".repeat(100_000) })));
  await bob.waitClosed();
  expect(bob.received.filter((message) => message.get(11) === "LONG")).toEqual([]);
});

test("a ClOrdID of 65 characters is rejected, one of 64 is taken", async () => {
  bob = await bobsSession();
  bob.order({ 11: "x".repeat(65) });
  const reject = await bob.waitType(REJECT);
  expect([reject.get(371), reject.get(373)]).toEqual(["11", "5"]);
  expect(reject.get(58)).toContain("64");
  const longest = `${Date.now()}`.padEnd(64, "y");
  bob.order({ 11: longest });
  await bob.report(longest, "0");
});

test("a second logon with one identity is closed without an answer, and the first goes on", async () => {
  bob = await bobsSession();
  const second = await raw();
  second.socket.write(bob.text(LOGON, "98=0|108=30|141=Y|", { sequence: 1 }));
  await closes(second);
  expect(second.came()).toBe("");
  await bob.settle();
  expect(bob.faults).toEqual([]);
});

test("a thousand connects and disconnects leave nothing behind", async () => {
  // The line of those before comes up to a second later.
  await Bun.sleep(1_100);
  const refused = () => refusedIn(gateway.log);
  const before = refused();
  for (let i = 0; i < 100; i++) {
    const connections = await Promise.all(Array.from({ length: 10 }, () => raw()));
    for (const [n, { socket }] of connections.entries()) {
      if (n % 3 === 0) socket.write("8=FIX.4.4");
      if (n % 2 === 0) socket.terminate();
      // Not `end`, which does not wait: those that the gateway has to end keep it from falling behind.
      else socket.shutdown();
    }
    await Promise.all(connections.map(closes));
  }
  await until("a thousand refusals", () => refused() >= before + 1000, PATIENCE_MS, refused);
  expect(refused()).toBe(before + 1000);
  bob = await bobsSession();
  await bob.settle();
});

test("more connections than there may be are closed, and later ones get in", async () => {
  const many = await Promise.all(Array.from({ length: 40 }, () => raw()));
  await Promise.all(many.map(closes));
  bob = await bobsSession();
  await bob.settle();
});

test("a client that stops reading is disconnected, and gets the rest when it comes back", async () => {
  bob = await bobsSession();
  const clOrdId = bob.order({ 11: `B-${Date.now()}-4` });
  await bob.report(clOrdId, "0");
  bob.pause();
  const from = gateway.log.length;
  // Far more than the kernel holds between the two.
  const count = 60_000;
  for (let i = 0; i < count; i++) bob.status(clOrdId);
  await gateway.said(/BOB: disconnected: peer reads too slowly/, from);
  await unharmed();
  bob.resume();
  await bob.waitClosed();
  expect(bob.faults).toEqual([]);
  const statuses = () => bob.received.filter((message) => message.get(150) === "I").length;
  expect(statuses()).toBeLessThan(count);
  const last = bob.nextIn;
  await bob.logon();
  // Its answer comes behind all that is sent again.
  await bob.settle(2 * PATIENCE_MS);
  expect(bob.nextIn).toBeGreaterThan(last);
  expect(bob.faults).toEqual([]);
});

test("what happens at the end: an orderly stop", async () => {
  await alice.settle();
  expect(await gateway.stop(), gateway.log).toBe(0);
  // For the check after each test.
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.waitClosed();
  alice.received.length = 0;
  await alice.logon();
  await venueUp(alice);
});
