import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import {
  HEARTBEAT,
  LOGON,
  LOGOUT,
  type Message,
  REJECT,
  RESEND_REQUEST,
  SEQUENCE_RESET,
  TEST_REQUEST,
} from "../../src/counterparty/message.ts";
import { Client } from "./client.ts";
import { Gateway } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway();
const venue = new Venue(gateway.venuePort);
let alice: Client;

beforeAll(async () => {
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
});

afterAll(async () => {
  venue.stop();
  await gateway.remove();
});

/** Each test begins a session of its own at 1. */
beforeEach(async () => {
  alice?.drop();
  await alice?.waitClosed();
  alice = new Client("ALICE", gateway.clientPort);
  await alice.connect();
  alice.send(LOGON, [
    [98, 0],
    [108, 30],
    [141, "Y"],
  ]);
  const logon = await alice.waitType(LOGON);
  expect([logon.sequence, logon.get(141), logon.get(108)]).toEqual([1, "Y", "30"]);
  await venueUp(alice);
});

function since(messages: readonly Message[], from: number): Message[] {
  return messages.slice(from);
}

test("a test request is answered with its id", async () => {
  alice.send(TEST_REQUEST, [[112, "ARE YOU THERE"]]);
  const heartbeat = await alice.waitType(HEARTBEAT);
  expect(heartbeat.get(112)).toBe("ARE YOU THERE");
});

test("a resend request gets the reports again, marked, and gap fills for the rest", async () => {
  const ids = [1, 2, 3].map((i) => alice.order({ 11: `R-${gateway.pid}-${alice.nextOut}-${i}`, 38: 10 + i }));
  const originals = await Promise.all(ids.map((clOrdId) => alice.report(clOrdId, "0")));
  await alice.settle();
  const [from, last] = [alice.received.length, alice.nextIn - 1];
  alice.automatic = false;
  alice.send(RESEND_REQUEST, [
    [7, 1],
    [16, 0],
  ]);
  // The heartbeat after it is new: when it is here, all that was asked for is.
  await alice.settle();
  const again = since(alice.received, from).slice(0, -1);
  let next = 1;
  for (const message of again) {
    expect(message.sequence).toBe(next);
    expect(message.possDup).toBe(true);
    if (message.type === SEQUENCE_RESET) {
      expect(message.get(123)).toBe("Y");
      next = Number(message.get(36));
    } else {
      expect(message.type).toBe("8");
      expect(message.get(122)).toBeDefined();
      next++;
    }
  }
  expect(next).toBe(last + 1);
  for (const original of originals) {
    const copy = again.find((message) => message.sequence === original.sequence)!;
    expect(copy.get(122)).toBe(original.get(52)!);
    const without = (message: Message) =>
      message.fields.filter(([tag]) => ![8, 9, 10, 43, 52, 122].includes(tag)).map(String);
    expect(without(copy)).toEqual(without(original));
  }
  expect(alice.faults).toEqual([]);
});

test("a resend request for a part gets that part", async () => {
  const clOrdId = alice.order({ 11: `P-${Date.now()}` });
  const report = await alice.report(clOrdId, "0");
  await alice.settle();
  const from = alice.received.length;
  alice.send(RESEND_REQUEST, [
    [7, report.sequence],
    [16, report.sequence],
  ]);
  await alice.settle();
  const again = since(alice.received, from);
  expect(again.map((message) => [message.type, message.sequence, message.possDup])).toEqual([
    ["8", report.sequence, true],
    [HEARTBEAT, alice.nextIn - 1, false],
  ]);
});

test("a gap is noticed, what lies in it is asked for, and nothing is taken out of order", async () => {
  alice.automatic = false;
  const ids = [`G1-${Date.now()}`, `G2-${Date.now()}`];
  const lost = alice.nextOut++;
  alice.sendAs("D", alice.nextOut, alice.orderBody({ 11: ids[1]!, 38: 52 }));
  const request = await alice.waitType(RESEND_REQUEST);
  expect([request.get(7), request.get(16)]).toEqual([String(lost), "0"]);
  expect(alice.received.filter((message) => message.get(11) === ids[1])).toEqual([]);
  const dup = [
    [43, "Y"],
    [122, "20200101-00:00:00.000"],
  ] as const;
  alice.sendAs("D", lost, alice.orderBody({ 11: ids[0]!, 38: 51 }), dup);
  alice.sendAs("D", alice.nextOut++, alice.orderBody({ 11: ids[1]!, 38: 52 }), dup);
  const first = await alice.report(ids[0]!, "0");
  const second = await alice.report(ids[1]!, "0");
  expect(second.sequence).toBeGreaterThan(first.sequence);
  expect(alice.faults).toEqual([]);
});

test("a duplicate that says so is passed over", async () => {
  const clOrdId = alice.order({ 11: `DUP-${Date.now()}`, 38: 61 });
  await alice.report(clOrdId, "0");
  const before = venue.orders.length;
  alice.sendAs("D", alice.nextOut - 1, alice.orderBody({ 11: clOrdId, 38: 61 }), [
    [43, "Y"],
    [122, "20200101-00:00:00.000"],
  ]);
  await alice.settle();
  expect(venue.orders.length).toBe(before);
  expect(alice.received.filter((message) => message.get(11) === clOrdId).length).toBe(1);
});

test("a number too low ends the session with a Logout that says so", async () => {
  alice.automatic = false;
  alice.sendAs(HEARTBEAT, 1);
  const logout = await alice.waitType(LOGOUT);
  expect(logout.get(58)).toContain("too low");
  await alice.waitClosed();
});

test("a gap fill and a reset both move the number that is expected", async () => {
  const next = alice.nextOut;
  alice.sendAs(SEQUENCE_RESET, next, [
    [123, "Y"],
    [36, next + 10],
  ]);
  alice.nextOut = next + 10;
  await alice.settle();
  alice.sendAs(SEQUENCE_RESET, 1, [
    [123, "N"],
    [36, next + 100],
  ]);
  alice.nextOut = next + 100;
  await alice.settle();
  alice.sendAs(SEQUENCE_RESET, 1, [[36, 5]]);
  const reject = await alice.waitType(REJECT);
  expect(reject.get(373)).toBe("5");
  await alice.settle();
  expect(alice.faults).toEqual([]);
});

test("a silent session gets heartbeats and a test request; an answer keeps it", async () => {
  const client = new Client("BOB", gateway.clientPort);
  client.heartBtInt = 1;
  await client.logon();
  await client.waitType(HEARTBEAT);
  const request = await client.waitType(TEST_REQUEST);
  expect(request.get(112)).toBeDefined();
  await client.waitType(HEARTBEAT);
  expect(client.connected).toBe(true);
  client.automatic = false;
  await client.waitClosed();
});

test("a logout is answered, and the numbers go on with the next logon", async () => {
  await alice.settle();
  const [out, into] = [alice.nextOut, alice.nextIn];
  await alice.logout();
  await alice.waitType(LOGOUT);
  const logon = await alice.logon();
  expect(logon.sequence).toBe(into + 1);
  expect(alice.nextOut).toBe(out + 2);
  await alice.settle();
  expect(alice.faults).toEqual([]);
});

test("an unknown application message gets a business reject, a faulty one a reject that names the tag", async () => {
  alice.send("R", [
    [131, "QUOTE"],
    [146, 1],
    [55, "AAPL"],
  ]);
  const business = await alice.waitType("j");
  expect([business.get(372), business.get(380)]).toEqual(["R", "3"]);
  alice.send("D", alice.orderBody({ 11: "NOSIDE", 54: null }));
  const reject = await alice.waitType(REJECT);
  expect([reject.get(371), reject.get(372), reject.get(373)]).toEqual(["54", "D", "1"]);
  await alice.settle();
});
