import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { readFileSync } from "node:fs";
import { LOGON, type Message, SOH } from "../../src/counterparty/message.ts";
import { until } from "../eventually.ts";
import { ask } from "./api.ts";
import { Client } from "./client.ts";
import { freePort, Gateway } from "./gateway.ts";
import { SlowPeer } from "./slow-peer.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

let ends: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

const SESSIONS = `
[dropCopy.sessions.RISK]
[dropCopy.sessions.DESK]
compId = "DESK-COPY"
accounts = ["FEW"]
[dropCopy.sessions.BOBS]
sessions = ["BOB"]
[dropCopy.sessions.FUND-COPY]
clients = ["FUND"]
[risk.clients.FUND]
accounts = ["FEW"]
`;

async function started(more = "", durability = "process") {
  const port = freePort();
  const dropCopy = `durability = "${durability}"\n[dropCopy]\nlisten = "127.0.0.1:${port}"\n${more}\n${SESSIONS}`;
  const gateway = new Gateway({ tables: dropCopy });
  const venue = new Venue(gateway.venuePort);
  const alice = new Client("ALICE", gateway.clientPort);
  const bob = new Client("BOB", gateway.clientPort);
  ends.push(async () => {
    venue.stop();
    await gateway.remove();
  });
  venue.listen();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await bob.logon();
  await venueUp(alice);
  const watcher = (compId: string) => new Client(compId, port);
  return { gateway, venue, alice, bob, port, watcher };
}

/** Without repeats (43=Y) of those that came: one who logs on while reports are copied asks for what comes behind the Logon, too. */
const reportsOf = ({ received }: Client): Message[] => {
  const reports = received.filter(({ type }) => type === "8");
  const isSame = (one: Message, other: Message) => one.get(34) === other.get(34) && bodyOf(one) === bodyOf(other);
  return reports.filter(
    (report, i) => report.get(43) !== "Y" || !reports.slice(0, i).some((before) => isSame(before, report)),
  );
};
/** What stands behind TargetCompID (56), and OrigSendingTime (122) of a repeat, without the checksum. */
const bodyOf = ({ raw }: Message): string =>
  raw.replace(/^.*?\x0156=[^\x01]*\x01(?:122=[^\x01]*\x01)?/, "").replace(/10=\d{3}\x01$/, "");
/** The copy that the standard makes of a report. */
const copyOf = (report: Message): string => `115=${report.get(56)}${SOH}797=Y${SOH}${bodyOf(report)}`;

test("copies have the bytes of the reports, filtered by account, client and client session", async () => {
  const { venue, alice, bob, watcher } = await started();
  const risk = watcher("RISK");
  const desk = watcher("DESK-COPY");
  const bobs = watcher("BOBS");
  const fund = watcher("FUND-COPY");
  for (const one of [risk, desk, bobs, fund]) await one.logon();
  const mine = alice.order({ 1: "FEW", 38: 700, 58: "with a text" });
  const theirs = bob.order({ 38: 800 });
  await alice.report(mine, "0");
  await bob.report(theirs, "0");
  await bob.report(bob.order({ 38: 200_000 }), "8");
  venue.fill(await venue.orderOf(700), 300);
  venue.fill(await venue.orderOf(800), 800);
  await alice.report(mine, "F");
  await bob.report(theirs, "F");
  await alice.report(alice.cancel(mine, { 1: "FEW" }), "4");
  const all = [...reportsOf(alice), ...reportsOf(bob)];
  await until("all copies", () => reportsOf(risk).length >= all.length);
  const few = reportsOf(alice).filter((report) => report.get(1) === "FEW");
  await until("copies of the account", () => reportsOf(desk).length >= few.length);
  await until("copies of the session", () => reportsOf(bobs).length >= reportsOf(bob).length);
  await until("copies of the client", () => reportsOf(fund).length >= few.length);
  for (const one of [risk, desk, bobs, fund]) await one.settle();
  expect(reportsOf(fund).map(bodyOf)).toEqual(few.map(copyOf));
  expect(reportsOf(risk).map(bodyOf).sort()).toEqual(all.map(copyOf).sort());
  expect(reportsOf(desk).map(bodyOf)).toEqual(few.map(copyOf));
  expect(reportsOf(bobs).map(bodyOf)).toEqual(reportsOf(bob).map(copyOf));
  expect(few.map((report) => report.get(150))).toEqual(["0", "F", "4"]);
  expect(reportsOf(bobs).map((report) => report.get(150))).toEqual(["0", "8", "F"]);
  const [first] = reportsOf(desk);
  expect(first!.fields.slice(0, 9).map(([tag]) => tag)).toEqual([8, 9, 35, 34, 49, 52, 56, 115, 797]);
  expect([first!.get(49), first!.get(56), first!.get(115), first!.get(797)]).toEqual([
    "GATEWAY",
    "DESK-COPY",
    "ALICE",
    "Y",
  ]);
  expect([risk, desk, bobs, alice, bob, venue].flatMap(({ faults }) => faults)).toEqual([]);
});

test("application messages are refused, and reach nobody", async () => {
  const { venue, alice, watcher } = await started();
  const risk = watcher("RISK");
  await risk.logon();
  const before = venue.orders.length;
  const sequence = risk.send("D", risk.orderBody({ 11: "NOT-TAKEN", 38: 901 }));
  const reject = await risk.waitType("j");
  expect([45, 372, 380, 58].map((tag) => reject.get(tag))).toEqual([
    String(sequence),
    "D",
    "3",
    "a drop copy session takes no application messages",
  ]);
  await risk.settle();
  await alice.report(alice.order({ 38: 902 }), "0");
  await until("the copy", () => reportsOf(risk).some((copy) => copy.get(38) === "902"));
  expect(venue.orders.slice(before).map(({ quantity }) => quantity)).toEqual([902]);
  expect([risk, alice, venue].flatMap(({ faults }) => faults)).toEqual([]);
});

test("a client that was away gets everything since by resend from its last number", async () => {
  const { alice, watcher } = await started();
  const risk = watcher("RISK");
  const desk = watcher("DESK-COPY");
  await risk.logon();
  await desk.logon();
  await alice.report(alice.order({ 38: 401 }), "0");
  await until("the first copy", () => reportsOf(risk).some((copy) => copy.get(38) === "401"));
  await risk.logout();
  const had = reportsOf(risk).length;
  for (const quantity of [402, 403]) await alice.report(alice.order({ 1: "FEW", 38: quantity }), "0");
  // Copies for all sessions are made together.
  await until("copies for the other", () => reportsOf(desk).length === 2);
  // A Logon with a gap before it: the client asks for what it has missed.
  await risk.logon();
  await until("the missed copies", () => reportsOf(risk).length >= had + 2);
  await risk.settle();
  const missed = reportsOf(risk).slice(had);
  expect(missed.map((copy) => [copy.get(38), copy.get(43)])).toEqual([
    ["402", "Y"],
    ["403", "Y"],
  ]);
  expect(missed.map((copy) => copy.sequence)).toEqual([0, 1].map((i) => missed[0]!.sequence + i));
  expect([risk, desk].flatMap(({ faults }) => faults)).toEqual([]);
});

for (const durability of ["process", "disk"]) {
  test(`killed in a stream of fills, each report is copied exactly once; durability ${durability}`, async () => {
    const { gateway, venue, alice, bob, watcher } = await started("", durability);
    const risk = watcher("RISK");
    await risk.logon();
    for (let round = 0; round < 3; round++) {
      const clOrdId = alice.order({ 38: 10_000 + round });
      await alice.report(clOrdId, "0");
      const order = await venue.orderOf(10_000 + round);
      const copied = reportsOf(risk).length;
      for (let i = 0; i < 400; i++) venue.fill(order, 1);
      // While copies are being made.
      await until("some copies", () => reportsOf(risk).length > copied + 20 * round);
      await gateway.crash();
      for (const one of [alice, bob, risk, venue]) await one.waitClosed();
      await gateway.start();
      await venue.waitType(LOGON);
      await alice.logon();
      await bob.logon();
      await until("every fill", () => filled(alice, clOrdId) === 400, 30_000);
      await risk.logon();
    }
    const all = distinct(reportsOf(alice));
    await until("every copy", () => distinct(reportsOf(risk)).length >= all.length);
    await risk.settle();
    const copies = reportsOf(risk).filter((copy) => !isRepeat(risk, copy));
    const execIds = copies.map((copy) => copy.get(17)!);
    expect(new Set(execIds).size).toBe(execIds.length);
    expect([...execIds].sort()).toEqual([...all].sort());
    expect([risk, alice, venue].flatMap(({ faults }) => faults)).toEqual([]);
  });
}

/** Filled quantity of an order, from its fills, each counted once. */
function filled(client: Client, clOrdId: string): number {
  return new Set(
    reportsOf(client)
      .filter((report) => report.get(11) === clOrdId && report.get(150) === "F")
      .map((report) => report.get(17)),
  ).size;
}

function distinct(reports: readonly Message[]): string[] {
  return [...new Set(reports.map((report) => report.get(17)!))];
}

/** A message whose number has come before. */
function isRepeat(client: Client, message: Message): boolean {
  return client.received.find(({ sequence, type }) => sequence === message.sequence && type === "8") !== message;
}

test("a client that resets its numbers hears nothing of the copies that it has missed: an alarm says how many", async () => {
  const { gateway, alice, watcher } = await started();
  const [risk, desk] = [watcher("RISK"), watcher("DESK-COPY")];
  await risk.logon();
  await desk.logon();
  // Far from the reference price: it is refused.
  const few = () => alice.order({ 1: "FEW", 38: 5, 44: "1" });
  await alice.report(few(), "8");
  await until("a copy", () => reportsOf(risk).some((copy) => copy.get(1) === "FEW"));
  const before = reportsOf(risk).length;
  // Everything was carried: there is nothing to say.
  await risk.logout();
  await risk.logon(true);
  await risk.logout();
  for (let i = 0; i < 7; i++) await alice.report(few(), "8");
  // Copies of a report for RISK are made before those for DESK.
  await until("the other session's copies", () => reportsOf(desk).length === 8);
  const from = gateway.log.length;
  await risk.logon(true);
  await gateway.said(/ALARM drop copy RISK: its client has reset the sequence numbers \(141=Y\): .* 7 messages/i, from);
  expect(gateway.log.match(/its client has reset the sequence numbers/g)?.length).toBe(1);
  expect(reportsOf(risk).length).toBe(before);
});

test("so it does where the client resets its numbers for the first time", async () => {
  const { gateway, alice, watcher } = await started();
  const risk = watcher("RISK");
  const state = async () => (await ask(gateway, "GET", "/v1/drop-copies/RISK")).body;
  await until("the first copies", async () => (await state()).copies >= reportsOf(alice).length);
  await risk.logon();
  await risk.settle();
  await risk.logout();
  await until("the end of the session", async () => {
    const { state: link, waiting } = await state();
    return link === "disconnected" && waiting === 0;
  });
  for (let i = 0; i < 4; i++) await alice.report(alice.order({ 1: "FEW", 38: 5, 44: "1" }), "8");
  await until("four copies that wait", async () => (await state()).waiting === 4, undefined, state);
  await risk.logon(true);
  await gateway.said(/ALARM drop copy RISK: its client has reset the sequence numbers \(141=Y\): .* \d+ messages/i);
});

test("a reader that does not read delays nobody, is disconnected, and gets everything later", async () => {
  const { gateway, alice, venue, port, watcher } = await started("backlogBytes = 65_536");
  const state = async () => (await ask(gateway, "GET", "/v1/drop-copies/RISK")).body;
  await until("the first copies", async () => (await state()).copies >= reportsOf(alice).length);
  // It resets the numbers: these are lost to it.
  const lost = distinct(reportsOf(alice)).length;
  const slow = new SlowPeer("RISK", port);
  await slow.connect();
  const desk = watcher("DESK-COPY");
  await desk.logon();
  const count = 3_000;
  const before = residentMiB(gateway.pid);
  const waits: number[] = [];
  for (let i = 0; i < count; i += 100) {
    const sentAt = performance.now();
    const ids = Array.from({ length: 100 }, (_, j) => alice.order({ 38: 100, 44: "149", 11: `SLOW-${i + j}` }));
    for (const clOrdId of ids) await alice.report(clOrdId, "0");
    waits.push(performance.now() - sentAt);
  }
  await gateway.said(/drop copy RISK: disconnected: .*read/);
  await alice.report(alice.order({ 1: "FEW", 38: 55 }), "0");
  await until("the other session's copy", () => reportsOf(desk).some((copy) => copy.get(38) === "55"));
  slow.close();
  const risk = watcher("RISK");
  risk.nextOut = 2;
  await risk.logon();
  await until("every copy", () => distinct(reportsOf(risk)).length >= distinct(reportsOf(alice)).length - lost, 30_000);
  await risk.settle();
  expect(Math.max(...waits)).toBeLessThan(10_000);
  expect(residentMiB(gateway.pid) - before).toBeLessThan(64);
  expect(new Set(reportsOf(risk).map((copy) => copy.sequence)).size).toBe(reportsOf(risk).length);
  expect([risk, desk, alice, venue].flatMap(({ faults }) => faults)).toEqual([]);
});

/** Memory of a process, MiB. */
function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024;
}
