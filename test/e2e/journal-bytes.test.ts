import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import { LOGON, REJECT, RESEND_REQUEST, SOH } from "../../src/counterparty/message.ts";
import type { PeerSession } from "../../src/counterparty/session.ts";
import {
  ENTRY_MESSAGE,
  ENTRY_RECEIVED,
  ENTRY_RESENT,
  ENTRY_SESSION,
  NO_SESSION,
  SESSION_EVENT_REFUSED,
  SESSION_EVENT_UNRECORDED,
} from "../../src/journal/layout.ts";
import { type EntryView, readStream } from "../../src/journal/store/reader.ts";
import { until } from "../eventually.ts";
import { Client } from "./client.ts";
import { Gateway, runToEnd } from "./gateway.ts";
import { Venue, venueUp } from "./venue.ts";

setDefaultTimeout(60_000);

const gateway = new Gateway({ segmentMiB: 4 });
const venue = new Venue(gateway.venuePort);

interface Tap {
  /** All that the peer has written to the gateway, and read from it. */
  out: string;
  in: string;
}

/** Notes every byte of a peer. */
function tap(peer: PeerSession): Tap {
  const bytes: Tap = { out: "", in: "" };
  const { write, take } = peer;
  peer.write = (text) => {
    if (peer.connected) bytes.out += text;
    write.call(peer, text);
  };
  peer.take = (transport, text) => {
    bytes.in += text;
    take.call(peer, transport, text);
  };
  return bytes;
}

function payload({ views, payloadAt, payloadLength }: EntryView): string {
  return Buffer.from(views.bytes.slice(payloadAt, payloadAt + payloadLength)).toString("latin1");
}

/** The payloads of a stream's entries. */
function payloads(stream: string, wanted: (entry: EntryView) => boolean): string[] {
  const found: string[] = [];
  readStream(gateway.data, stream, (entry) => void (wanted(entry) && found.push(payload(entry))));
  return found;
}

function messagesIn(text: string): string[] {
  return text.match(/8=FIX.*?\x0110=\d{3}\x01/gs) ?? [];
}

const received = (stream: string, session: number): string =>
  payloads(stream, (entry) => entry.kind === ENTRY_RECEIVED && entry.session === session).join("");
const sent = (stream: string, session: number): string[] =>
  payloads(stream, ({ kind, session: of }) => (kind === ENTRY_MESSAGE || kind === ENTRY_RESENT) && of === session);

const ALICE = 0;
const VENUE = 0;
const venueBytes = tap(venue);
const alice = new Client("ALICE", gateway.clientPort);
const aliceBytes = tap(alice);

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

/** The keeper wakes up and writes into the files what is in the buffers. */
function writtenOut(): Promise<void> {
  return Bun.sleep(200);
}

/** The journal has all bytes of both sides as they were. */
async function expectEveryByte(): Promise<void> {
  await alice.settle();
  await venue.settle();
  await writtenOut();
  expect(received("client0", ALICE)).toBe(aliceBytes.out);
  expect(received("venue0", VENUE)).toBe(venueBytes.out);
  expect(sent("client0", ALICE).sort()).toEqual(messagesIn(aliceBytes.in).sort());
  expect(sent("venue0", VENUE).sort()).toEqual(messagesIn(venueBytes.in).sort());
}

test("Logons, orders, reports and heartbeats", async () => {
  const first = alice.order({ 38: 300, 44: "149" });
  await alice.report(first, "0");
  venue.fill(venue.orders.at(-1)!, 100);
  await alice.report(first, "F");
  await alice.report(alice.cancel(first, { 38: 300 }), "4");
  await expectEveryByte();
  expect(aliceBytes.out).toContain(`${SOH}35=A${SOH}`);
});

test("messages behind a gap once, and resends as they were sent", async () => {
  const first = alice.nextOut;
  alice.sendAs("1", first + 1, [[112, "LATE"]]);
  await alice.waitType(RESEND_REQUEST);
  alice.sendAs("1", first, [[112, "EARLY"]]);
  await alice.wait("both", (message) => message.get(112) === "LATE");
  alice.nextOut = first + 2;
  const before = alice.repeats;
  alice.send(RESEND_REQUEST, [
    [7, 1],
    [16, 0],
  ]);
  await alice.settle();
  await expectEveryByte();
  expect(alice.repeats).toBeGreaterThan(before);
  expect(payloads("client0", ({ kind }) => kind === ENTRY_RESENT).length).toBe(alice.repeats);
});

test("refused messages of all kinds", async () => {
  alice.order({ 38: 9_999_999 });
  await alice.waitType("8");
  alice.send("D", [[11, "NO-SIDE"]]);
  await alice.waitType(REJECT);
  alice.send("B", [[148, "news"]]);
  await alice.waitType("j");
  // What a client and a venue refuse of ours is logged, and not answered.
  alice.send(REJECT, [
    [45, 1],
    [371, 108],
    [372, "A"],
    [373, 5],
    [58, "I do not like your 108"],
  ]);
  alice.send("j", [
    [45, 2],
    [372, "8"],
    [380, 0],
    [58, "nor your\treports"],
  ]);
  await gateway.said(
    /client ALICE: its message \d+ rejects our message \(MsgSeqNum 1, MsgType A, tag 108, SessionRejectReason 5\): I do not like your 108/,
  );
  await gateway.said(
    /client ALICE: its message \d+ rejects our message \(MsgSeqNum 2, MsgType 8, BusinessRejectReason 0\): nor your\?reports/,
  );
  venue.send(REJECT, [
    [45, 1],
    [58, "venue says no"],
  ]);
  await gateway.said(/venue VENUE: its message \d+ rejects our message \(MsgSeqNum 1\): venue says no/);
  await expectEveryByte();
  expect(alice.faults).toEqual([]);
});

test("garbled ones, and what stands between messages", async () => {
  alice.write(alice.text("D", [[11, "GARBLED"]]).replace(/10=\d{3}/, "10=999"));
  alice.write(`${SOH}noise${SOH}554=hunter2${SOH}`);
  alice.write(`8=FIX.4.4${SOH}9=twelve${SOH}`);
  await alice.settle();
  await writtenOut();
  const masked = aliceBytes.out.replace("554=hunter2", "554=*******");
  expect(received("client0", ALICE)).toBe(masked);
  aliceBytes.out = masked;
  await expectEveryByte();
});

test("what a connection leaves behind, and the text of a Logout", async () => {
  alice.write(alice.text("D", [[11, "CUT"]]).slice(0, 60));
  // It has to be read before the connection breaks.
  await Bun.sleep(200);
  alice.drop();
  await gateway.said(/client ALICE: disconnected/);
  await writtenOut();
  expect(received("client0", ALICE)).toBe(aliceBytes.out);
  await alice.logon();
  alice.send("5", [[58, 'gone for "lunch"']]);
  await alice.waitClosed();
  await gateway.said(/client ALICE: disconnected: peer logged out, it said "gone for \\"lunch\\""; last in/);
  await alice.logon();
  const printed = await runToEnd(["journal", "print", gateway.data]);
  expect(printed.out).toContain(': peer logged out, it said "gone for \\"lunch\\""\n');
  expect(printed.out).toMatch(/ <- client ALICE \(not read\) 8=FIX\.4\.4\|9=/);
});

test("a venue's last words are in the log and the journal, also those of a refused Logon", async () => {
  venue.send("5", [[58, "maintenance until 17:00"]]);
  await gateway.said(/venue VENUE: down: peer logged out, it said "maintenance until 17:00"/);
  await venue.waitType(LOGON);
});

test("one message is one line, whatever is in an id", async () => {
  const evil = "X\n20261124-01:02:03.000000 <- client BOB 8=FIX.4.4 35=D\r\x1b[2J\x00\xff\\x0a";
  alice.order({ 11: evil });
  await alice.settle();
  const raw = messagesIn(aliceBytes.out).at(-2)!;
  expect(raw).toContain(evil);
  const line = raw
    .replaceAll("\\", "\\x5c")
    .replaceAll("\n", "\\x0a")
    .replaceAll("\r", "\\x0d")
    .replaceAll("\x1b", "\\x1b")
    .replaceAll("\x00", "\\x00")
    .replaceAll("\xff", "\\xff");
  const exported = await runToEnd(["journal", "export", "--session", "ALICE", gateway.data]);
  expect(exported.out.split("\n")).toContain(line);
  const printed = await runToEnd(["journal", "print", "--session", "ALICE", gateway.data]);
  const lines = printed.out.trim().split("\n");
  for (const one of lines)
    expect(one).toMatch(/^\d{8}-\d\d:\d\d:\d\d\.\d{6} (<-|->|==|\*\*) client ALICE [\x20-\x7e]+$/);
  expect(lines.some((one) => one.endsWith(` <- client ALICE ${line.replaceAll(SOH, "|")}`))).toBe(true);
  const json = await runToEnd(["journal", "print", "--json", "--session", "ALICE", gateway.data]);
  const facts = json.out
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one) as Record<string, string>);
  expect(facts.map(({ fix }) => fix)).toContain(line.replaceAll(SOH, "|"));
  // Every message of the export is one that came or was sent.
  const all = [...sent("client0", ALICE), ...payloads("client0", ({ kind }) => kind === ENTRY_RECEIVED)];
  expect(exported.out.trim().split("\n").length).toBe(all.length);
});

function bytesSaid(text: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(gateway.clientPort, "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")));
    socket.on("close", () => resolve());
    socket.on("error", () => {});
    socket.resume();
  });
}

test("what comes before a Logon is there, masked; a flood of it is bounded, and counted", async () => {
  const stranger = new Client("NOBODY", gateway.clientPort);
  const bytes = stranger.text(LOGON, `98=0${SOH}108=30${SOH}553=me${SOH}554=hunter2${SOH}`);
  await bytesSaid(bytes);
  const kept = (): string => received("client0", NO_SESSION);
  await until("the journal of it", () => kept() !== "");
  expect(kept()).toBe(bytes.replace("hunter2", "*******"));
  const printed = await runToEnd(["journal", "print", gateway.data]);
  expect(printed.out).toContain(" <- gateway (before a Logon) 8=FIX.4.4|");

  const chunk = `GET / HTTP/1.1\r\n${"x".repeat(20_000)}`;
  const count = 400;
  for (let i = 0; i < count; i += 20) await Promise.all(Array.from({ length: 20 }, () => bytesSaid(chunk)));
  await gateway.said(/connection refused: an HTTP request, .*; \d+ more since the last line/);
  const size = payloads("client0", ({ session }) => session === NO_SESSION).join("").length;
  expect(size).toBeLessThan(300_000);
  expect(payloads("client0", (entry) => isEvent(entry, SESSION_EVENT_REFUSED)).length).toBeLessThan(100);
  await until("its count", () => {
    let counted = 0;
    readStream(gateway.data, "client0", (entry) => {
      if (isEvent(entry, SESSION_EVENT_UNRECORDED)) counted += entry.views.doubles[(entry.payloadAt + 8) >> 3]!;
    });
    return counted > 0 && counted + kept().length > count * 1000;
  });
  await alice.settle();
  expect([...alice.faults, ...venue.faults]).toEqual([]);
});

function isEvent(entry: EntryView, code: number): boolean {
  return entry.kind === ENTRY_SESSION && entry.session === NO_SESSION && entry.index === code;
}

test("a flood of garbage within a session is bounded, and counted", async () => {
  const noise = "z".repeat(4000);
  for (let i = 0; i < 1000; i++) alice.write(noise);
  await alice.settle();
  expect(received("client0", ALICE).length).toBeLessThan(aliceBytes.out.length - 3_000_000);
  const { out } = await runToEnd(["journal", "print", "--session", "ALICE", gateway.data]);
  expect(out).toMatch(
    /\*\* client ALICE more came than the journal keeps: \d+ more times, \d+ bytes, are only counted/,
  );
});

test("refused Logons of a known session are bounded, too, and a good one is taken again", async () => {
  const bob = new Client("BOB", gateway.clientPort);
  const bad = bob.text(LOGON, `98=0${SOH}108=-5${SOH}`);
  const before = payloads("client0", () => true).join("").length;
  for (let i = 0; i < 400; i += 20) await Promise.all(Array.from({ length: 20 }, () => bytesSaid(bad)));
  await gateway.said("connection refused: too many refused Logons of this session");
  expect(gateway.log.match(/client BOB: disconnected/g)!.length).toBeLessThan(120);
  expect(payloads("client0", () => true).join("").length - before).toBeLessThan(150_000);
  await until("a Logon that is taken", async () => {
    const again = new Client("BOB", gateway.clientPort);
    await again.connect();
    again.sendLogon(true);
    const taken = await Promise.race([again.waitType(LOGON).then(() => true), again.closed.then(() => false)]);
    if (taken) await again.logout();
    return taken;
  });
});

test("a restart reads all that", async () => {
  await gateway.crash();
  await alice.waitClosed();
  await gateway.start();
  await venue.waitType(LOGON);
  await alice.logon();
  await venueUp(alice);
  const verified = await runToEnd(["journal", "verify", gateway.data]);
  expect([verified.code, verified.err]).toEqual([0, ""]);
  expect([...alice.faults, ...venue.faults]).toEqual([]);
});
