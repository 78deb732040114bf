import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { LOGON, LOGOUT } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let gateway: Gateway;
let venue: Venue;

afterEach(async () => {
  venue.stop();
  await gateway.remove();
});

/** The zone's time of day so many seconds from now; the day before or after where that crosses midnight. */
function timeOfDay(inSeconds: number): string {
  return new Date(Date.now() + inSeconds * 1000).toISOString().slice(11, 19);
}

/** Makes ALICE and the venue keep hours that open and close so many seconds from now. */
function keepHours(opensIn: number, closesIn: number, more = ""): void {
  const days = 'days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]';
  const hours = `open = "${timeOfDay(opensIn)}"\nclose = "${timeOfDay(closesIn)}"\n${days}\n${more}`;
  const plain = readFileSync(gateway.configFile, "utf8").replace(/\[calendars[\s\S]*$/, "");
  const kept = plain.includes("schedule =")
    ? plain
    : plain
        .replace("[client.sessions.ALICE]", '[client.sessions.ALICE]\nschedule = "SHORT"')
        .replace("[venues.VENUE]", '[venues.VENUE]\nschedule = "SHORT"');
  writeFileSync(gateway.configFile, `${kept}\n[calendars.SHORT]\nzone = "UTC"\n${hours}\n`);
}

function begin(): void {
  gateway = new Gateway();
  venue = new Venue(gateway.venuePort);
  venue.listen();
}

/** Resets in the journal of a session, as `journal print` shows them. */
async function resetsOf(session: string): Promise<number> {
  const { out, code } = await runToEnd(["journal", "print", "--session", session, gateway.data]);
  expect(code).toBe(0);
  return out.split("\n").filter((line) => /\breset\b/i.test(line)).length;
}

/**
 * Does, with a new gateway, what must be over before an hour that comes in so many seconds, then checks what it gives. Where it
 * took longer nothing is known: then once more, with more room.
 */
async function inTime(roomS: number, act: (roomS: number) => Promise<() => void>): Promise<void> {
  begin();
  // The hour is a whole second.
  const until = Date.now() + (roomS - 1) * 1_000;
  const check = await act(roomS).catch((error) => () => {
    throw error;
  });
  if (Date.now() < until || roomS > 10) return check();
  venue.stop();
  await gateway.remove();
  await inTime(3 * roomS, act);
}

/** Tries to log on until the gateway takes it; each time as a client of its own, which begins at 1. */
async function logonOnceOpen(): Promise<Client> {
  return until("the opening", async () => {
    const client = new Client("ALICE", gateway.clientPort);
    await client.connect();
    const logon = client.exchangeLogons().catch(() => {});
    await Promise.race([logon, client.closed]);
    return client.loggedOn ? client : null;
  });
}

test("refuses before the opening, takes Logons from it, logs out at the close and does not dial", async () => {
  await inTime(4, async (roomS) => {
    keepHours(roomS, roomS + 5);
    await gateway.start();
    const early = new Client("ALICE", gateway.clientPort);
    await early.connect();
    early.send(LOGON, [
      [98, 0],
      [108, 30],
    ]);
    await until("an answer", () => !early.connected || early.received.length > 0);
    await early.waitClosed();
    const said = early.received.map((message) => [message.type, message.get(58)]);
    return () => expect([said, venue.received]).toEqual([[[LOGOUT, "Session is closed"]], []]);
  });
  await gateway.said(/connection refused.*outside its schedule/);
  const bob = new Client("BOB", gateway.clientPort);
  await bob.logon();

  const alice = await logonOnceOpen();
  await venue.waitType(LOGON);
  await alice.settle();
  const logout = await alice.waitType(LOGOUT);
  expect(logout.get(58)).toBe("Session is closed");
  await alice.waitClosed();
  expect((await venue.waitType(LOGOUT)).get(58)).toBe("Session is closed");
  await venue.waitClosed();
  await gateway.said(/client ALICE: disconnected: outside its schedule/);
  await gateway.said(/venue VENUE: down: outside its schedule/);

  // BOB has no schedule, and what he sends finds the venue down.
  const order = bob.order();
  expect((await bob.report(order, "8")).get(39)).toBe("8");
  const late = new Client("ALICE", gateway.clientPort);
  await late.connect();
  late.send(LOGON, [
    [98, 0],
    [108, 30],
  ]);
  await late.waitClosed();
  expect(late.received.map((message) => [message.type, message.get(58)])).toEqual([[LOGOUT, "Session is closed"]]);
  expect(venue.connected).toBe(false);
  expect([alice.faults, bob.faults, venue.faults]).toEqual([[], [], []]);
});

test("both numbers begin again at an opening, once, whether it runs or was killed before it", async () => {
  begin();
  keepHours(-3600, 3600);
  await gateway.start();
  const alice = new Client("ALICE", gateway.clientPort);
  await alice.logon();
  await venue.waitType(LOGON);
  await alice.settle();
  expect(alice.nextIn).toBeGreaterThan(2);
  await gateway.crash();
  expect([await resetsOf("ALICE"), await resetsOf("VENUE")]).toEqual([1, 1]);

  // Running through the opening.
  keepHours(4, 3600);
  await gateway.start();
  const second = await logonOnceOpen();
  expect(second.received[0]?.sequence).toBe(1);
  venue.nextIn = 1;
  venue.nextOut = 1;
  await second.settle();
  await gateway.crash();
  await second.waitClosed();
  expect([await resetsOf("ALICE"), await resetsOf("VENUE")]).toEqual([2, 2]);

  // Started again in the same session: the numbers go on.
  await gateway.start();
  const [out, into] = [second.nextOut, second.nextIn];
  const logon = await second.logon();
  expect([logon.sequence, second.nextOut]).toEqual([into, out + 1]);
  await second.settle();
  await gateway.crash();
  await second.waitClosed();
  expect(await resetsOf("ALICE")).toBe(2);

  // An opening passes while it is down.
  const opening = new Date(Date.now() + 1_000).toISOString().slice(11, 19);
  keepHours(1, 3600);
  await until("the opening's second", () => timeOfDay(-1) >= opening);
  await gateway.start();
  const third = new Client("ALICE", gateway.clientPort);
  const again = await third.logon();
  expect(again.sequence).toBe(1);
  await third.settle();
  expect(await resetsOf("ALICE")).toBe(3);
  expect([second.faults, third.faults]).toEqual([[], []]);
});

test.each([
  ["resetAt", (roomS: number) => keepHours(-3600, 3600, `resetAt = "${timeOfDay(roomS)}"`)],
  ["open = close", (roomS: number) => keepHours(roomS, roomS)],
])("a reset within the session by %s: a Logon with ResetSeqNumFlag each way, and orders go on", async (_, keep) => {
  let alice!: Client;
  await inTime(5, async (roomS) => {
    keep(roomS);
    await gateway.start();
    alice = new Client("ALICE", gateway.clientPort);
    await alice.logon();
    await venue.waitType(LOGON);
    await venueUp(alice);
    const before = await alice.report(alice.order({ 38: 11 }));
    return () => expect(before.get(150)).toBe("0");
  });
  const answer = (peer: Client | Venue, body: [number, string | number][]) => {
    peer.nextOut = 1;
    peer.send(LOGON, [[98, 0], ...body]);
  };
  const asked = await alice.wait("resetting Logon", (message) => message.type === LOGON && message.get(141) === "Y");
  expect([asked.sequence, asked.possDup]).toEqual([1, false]);
  answer(alice, [
    [108, 30],
    [141, "Y"],
  ]);
  const after = alice.order({ 38: 12 });
  await alice.report(after, "0");
  await alice.settle();
  expect(alice.connected && venue.connected).toBe(true);
  expect([await resetsOf("ALICE"), await resetsOf("VENUE")]).toEqual([2, 2]);
  expect([alice.faults, venue.faults]).toEqual([[], []]);
});
