import { expect, test } from "bun:test";
import { ClientPeer } from "../../src/counterparty/client.ts";
import { frame, LOGON, type Message, RESEND_REQUEST } from "../../src/counterparty/message.ts";
import type { PeerSession } from "../../src/counterparty/session.ts";
import type { Transport } from "../../src/counterparty/transport.ts";
import { VenuePeer } from "../../src/counterparty/venue.ts";
import { VERSIONS, type Version } from "../../src/counterparty/version.ts";

const clock = { nowNs: 1e9, wallUs: 1_700_000_000_000_000 };

/** One end of a connection in memory; what is written waits until it is delivered. */
class End implements Transport {
  paused = false;
  other: End | null = null;
  readonly written: string[] = [];

  constructor(readonly session: PeerSession) {}

  write(text: string): void {
    this.written.push(text);
  }

  end(): void {
    this.abort();
  }

  abort(): void {
    const { other } = this;
    this.other = null;
    this.session.disconnected(this);
    other?.abort();
  }

  deliver(): boolean {
    const text = this.written.shift();
    if (text !== undefined) this.other?.session.take(this.other, text);
    return text !== undefined;
  }
}

function connect(a: PeerSession, b: PeerSession): [End, End] {
  const ends: [End, End] = [new End(a), new End(b)];
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  a.attach(ends[0]);
  b.attach(ends[1]);
  return ends;
}

function settle([a, b]: [End, End]): void {
  for (let i = 0; a.deliver() || b.deliver(); i++) if (i > 10_000) throw new Error("they do not come to rest");
}

function pair(version: Version = "FIX.4.4"): { client: ClientPeer; venue: VenuePeer; ends: [End, End] } {
  const client = new ClientPeer("C", { peerCompId: "V", version, clock });
  const venue = new VenuePeer("V", { peerCompId: "C", version, clock });
  const ends = connect(client, venue);
  client.sendLogon();
  settle(ends);
  return { client, venue, ends };
}

function types(messages: readonly Message[]): string {
  return messages.map((message) => `${message.type}${message.possDup ? "*" : ""}`).join(" ");
}

test.each([...VERSIONS])("client and venue of %s trade without a fault", async (version) => {
  const { client, venue, ends } = pair(version);
  const id = client.order({ 38: 100 });
  settle(ends);
  venue.fill(venue.orders[0]!, 40, "149.5");
  const replaced = client.replace(id, { 38: 120 });
  settle(ends);
  const cancel = client.cancel(replaced, { 38: 120 });
  client.cancel("NOTHING");
  settle(ends);
  expect([client.loggedOn, venue.loggedOn, client.faults, venue.faults]).toEqual([true, true, [], []]);
  expect(types(client.received)).toBe("A 8 8 8 8 9");
  const last = await client.report(cancel);
  expect([last.get(39), last.get(14), last.get(41)]).toEqual(["4", "40", replaced]);
  expect((await client.wait("reject", ({ type }) => type === "9")).get(102)).toBe("1");
});

test("what was lost with the connection comes again, marked, administrative messages as gap fills", () => {
  const { client, venue } = pair();
  client.drop();
  client.order({ 11: "A" });
  client.send("0");
  client.order({ 11: "B" });
  const ends = connect(client, venue);
  venue.received.length = 0;
  client.sendLogon();
  settle(ends);
  expect(types(venue.received)).toBe("A D* 4* D* 4*");
  expect(venue.orders.map(({ clOrdId }) => clOrdId)).toEqual(["A", "B"]);
  expect([client.faults, venue.faults, venue.inSequence]).toEqual([[], [], true]);
});

test("a session that keeps nothing fills the gap", () => {
  const client = new ClientPeer("C", { peerCompId: "V", clock, keeps: "nothing" });
  const venue = new VenuePeer("V", { peerCompId: "C", clock });
  client.order({ 11: "LOST" });
  const ends = connect(client, venue);
  client.sendLogon();
  settle(ends);
  expect([venue.orders.length, venue.nextIn, venue.faults]).toEqual([0, client.nextOut, []]);
});

const REPORT = "11=A|150=0|39=0|";

/** A message of the venue's, with a number and header fields of the test's choice. */
function said(type: string, sequence: number, body: string, header = "", from = "V"): string {
  return frame(`35=${type}|34=${sequence}|49=${from}|52=20260101-00:00:00.000|56=C|${header}${body}`);
}

const FAULTS: [name: string, messages: string[], fault: RegExp][] = [
  ["a number too low", [said("8", 1, REPORT)], /too low, 2 was next/],
  ["a number left out", [said("8", 3, REPORT)], /after number 1 came/],
  ["another sender", [said("8", 2, REPORT, "", "X")], /CompIDs/],
  ["a repetition that says something else", [said("8", 2, REPORT), said("8", 2, "11=B|", "43=Y|")], /comes again as/],
  ["a gap fill over a report", [said("8", 2, REPORT), said("4", 2, "123=Y|36=3|", "43=Y|")], /number 2 came before/],
  ["a gap fill that goes back", [said("4", 2, "123=Y|36=2|")], /NewSeqNo/],
  ["bytes that are no message", ["nonsense"], /does not begin/],
  ["a wrong CheckSum", [said("8", 2, REPORT).replace(/10=\d+/, "10=999")], /CheckSum/],
];

test.each(FAULTS)("%s is a fault", (_name, messages, fault) => {
  const { client, ends } = pair();
  ends[1].written.push(...messages);
  settle(ends);
  expect(client.faults.length).toBe(1);
  expect(client.faults[0]).toMatch(fault);
});

test("a message before the Logon is a fault; a Logout is an answer", () => {
  for (const [type, count] of [
    ["8", 1],
    ["5", 0],
  ] as const) {
    const client = new ClientPeer("C", { peerCompId: "V", clock });
    const ends = connect(client, new VenuePeer("V", { peerCompId: "C", clock }));
    ends[1].written.push(said(type, 1, ""));
    settle(ends);
    expect(client.faults.length).toBe(count);
  }
});

test("repetitions and gap fills that are right are none", () => {
  const { client, ends } = pair();
  ends[1].written.push(
    said("8", 2, REPORT),
    said("8", 2, REPORT, "43=Y|"),
    said("4", 3, "123=Y|36=9|"),
    said("0", 9, ""),
  );
  settle(ends);
  expect([client.faults, client.nextIn, client.repeats]).toEqual([[], 10, 1]);
});

test("a silent connection gets a TestRequest and is given up; a missing answer is asked for again", () => {
  const { client, venue, ends } = pair();
  const pass = (seconds: number): void => {
    clock.nowNs += seconds * 1e9;
    client.tick();
  };
  pass(31);
  settle(ends);
  expect(types(venue.received)).toBe("A 0");
  pass(6);
  settle(ends);
  expect(types(venue.received)).toBe("A 0 1");
  venue.automatic = false;
  ends[1].written.push(said("0", 9, ""));
  settle(ends);
  pass(6);
  settle(ends);
  expect(venue.received.filter(({ type }) => type === RESEND_REQUEST).map((request) => request.get(7))).toEqual([
    "3",
    "3",
  ]);
  pass(80);
  expect([client.connected, venue.connected]).toEqual([false, false]);
});

test("a Logon that resets begins both sides' numbers again", () => {
  const { client, venue, ends } = pair();
  client.order();
  settle(ends);
  client.sendLogon(true);
  settle(ends);
  expect([client.nextOut, client.nextIn, venue.nextOut, venue.nextIn]).toEqual([2, 2, 2, 2]);
  expect([client.faults, venue.faults]).toEqual([[], []]);
  expect(venue.received.at(-1)!.type).toBe(LOGON);
});
