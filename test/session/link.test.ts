import { expect, test } from "bun:test";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { KIB, MIB } from "../../src/base/units.ts";
import {
  ENTRY_MESSAGE,
  ENTRY_RECEIVED,
  ENTRY_SESSION,
  SESSION_EVENT_CLOSED,
  SESSION_EVENT_DISCONNECT,
  SESSION_EVENT_LOGON,
  SESSION_EVENT_RESET,
} from "../../src/journal/layout.ts";
import { type EntryView, readStream } from "../../src/journal/store/reader.ts";
import { EXHAUSTED, IN_USE, PEAK } from "../../src/pool/counters.ts";
import { LinkRig, SESSION, short } from "./rig.ts";

/** What the link's stream holds of what it sent, message by message, and event by event. */
function journalled(rig: LinkRig): string[] {
  const seen: string[] = [];
  rig.journal.settle();
  readStream(rig.journal.dir, "client0", (entry) => {
    if (entry.session === SESSION && entry.kind !== ENTRY_RECEIVED) seen.push(describeEntry(entry));
  });
  return seen;
}

function describeEntry(entry: EntryView): string {
  if (entry.kind === ENTRY_MESSAGE) {
    const payload = entry.views.bytes.slice(entry.payloadAt, entry.payloadAt + entry.payloadLength);
    const type = /\x0135=(\w+)/.exec(Buffer.from(payload).toString("latin1"))?.[1];
    return `${type} ${entry.sequence} index ${entry.index} epoch ${entry.epoch}`;
  }
  expect(entry.kind).toBe(ENTRY_SESSION);
  const word = entry.payloadAt >> 2;
  const ints = entry.views.ints;
  return `event ${entry.index} out ${ints[word]} in ${ints[word + 1]} epoch ${entry.epoch}`;
}

test("application messages are handed on in order; session-level ones are not", () => {
  using rig = new LinkRig().logon();
  rig.say("D", "58=one|").say("0").say("8", "58=two|").settle();
  expect(rig.applications).toEqual(["one", "two"]);
});

test("many messages at once are all taken, a bounded number each turn", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  let burst = "";
  for (let i = 0; i < 600; i++) burst += rig.peerFrame("D", `58=${i}|`, rig.peerNext++);
  rig.write(burst.slice(0, 60_000));
  let most = 0;
  let before = 0;
  const watch = (): void => {
    most = Math.max(most, rig.applications.length - before);
    before = rig.applications.length;
  };
  rig.turnUntil(() => {
    watch();
    return rig.applications.length > 400;
  });
  rig.write(burst.slice(60_000));
  rig.turnUntil(() => {
    watch();
    return rig.applications.length === 600;
  });
  expect(rig.applications).toEqual(Array.from({ length: 600 }, (_, i) => String(i)));
  expect(most).toBeLessThanOrEqual(256);
});

test("a message in two pieces is taken once it is whole", () => {
  using rig = new LinkRig().logon();
  const text = rig.peerFrame("D", "58=halves|", rig.peerNext++);
  rig.write(text.slice(0, 50));
  rig.turnUntil(() => rig.turn() === 0);
  expect(rig.applications).toEqual([]);
  rig.write(text.slice(50)).settle();
  expect(rig.applications).toEqual(["halves"]);
});

// `first` leaves it unread until the peer sends more: with nothing new on the socket, `pollIn` looks at no message.
test("a message that came with the Logon is taken without waiting for more", () => {
  using rig = new LinkRig().connect();
  const stream = rig.link.stream!;
  const both = rig.peerFrame("A", "98=0|108=30|", 1) + rig.peerFrame("D", "58=at once|", 2);
  stream.in.set(Buffer.from(both, "latin1"));
  stream.inTo = both.length;
  // As the acceptor does it: it has scanned the first message to know whose connection it is.
  rig.first();
  for (let i = 0; i < 10; i++) rig.turn();
  expect([rig.logons, rig.applications]).toEqual([1, ["at once"]]);
});

test("nothing is read while there is no room for it, and nothing is lost", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  rig.rooms = 3;
  for (let i = 0; i < 10; i++) rig.say("D", `58=${i}|`);
  rig.turnUntil(() => rig.applications.length === 3);
  for (let i = 0; i < 5; i++) rig.turn();
  expect(rig.applications.length).toBe(3);
  rig.rooms = Number.POSITIVE_INFINITY;
  // Nothing new arrives: what was left is taken all the same.
  rig.turnUntil(() => rig.applications.length === 10);
});

test("a peer whose messages wait for the core is not silent, and is told that we are there", () => {
  using rig = new LinkRig().logon("98=0|108=10|");
  rig.settle();
  rig.rooms = 0;
  rig.say("D", "58=waits|");
  for (let i = 0; i < 8; i++) {
    rig.pass(11);
    rig.turn();
  }
  expect([rig.applications, rig.closings]).toEqual([[], []]);
  const told = rig.take().map((message) => message.get(35));
  expect(told.length).toBeGreaterThan(5);
  expect(new Set(told)).toEqual(new Set(["0"]));
  rig.rooms = Number.POSITIVE_INFINITY;
  rig.pass(0).turnUntil(() => rig.applications.length === 1);
  expect(rig.closings).toEqual([]);
  rig.pass(13);
  rig.pass(12);
  expect(rig.closings).toEqual([DisconnectReason.SILENT]);
});

test("nothing is sent and no connection ended while the journal has no room for it", () => {
  using rig = new LinkRig().logon("98=0|108=10|");
  rig.settle();
  const { writer } = rig.journal;
  const room = writer.room;
  const before = writer.position;
  writer.room = () => false;
  rig.say("D", "58=waits|").hangUpUnseen();
  for (let i = 0; i < 8; i++) {
    rig.pass(13);
    for (let turn = 0; turn < 200; turn++) rig.turn();
  }
  expect([rig.applications, rig.closings, writer.position]).toEqual([[], [], before]);
  writer.room = room;
  rig.turnUntil(() => rig.closings.length === 1);
  expect([rig.applications, rig.closings]).toEqual([["waits"], [DisconnectReason.PEER_CLOSED]]);
});

test("a garbled message is counted and skipped; its number is asked for again", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  const number = rig.peerNext++;
  const garbled = rig
    .peerFrame("D", "58=x|", number)
    .replace(/10=\d{3}/, (sum) => (sum === "10=000" ? "10=001" : "10=000"));
  rig.write(garbled).say("D", "58=next|");
  rig.turnUntil(() => rig.link.garbled === 1 && rig.link.pollOut() === 0 && rig.turn() === 0);
  expect(rig.applications).toEqual([]);
  const request = rig.take().find((message) => message.get(35) === "2");
  expect(request?.get(7)).toBe(String(number));
});

test("a message beyond the limit ends the connection", () => {
  using rig = new LinkRig().logon();
  rig.write(rig.peerFrame("D", `58=${"x".repeat(4000)}|`, rig.peerNext));
  rig.turnUntil(() => rig.closings.length === 1);
  expect(rig.closings).toEqual([DisconnectReason.TOO_LONG]);
});

test("a peer that ends, and one that breaks", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  expect(rig.hangUp().closings).toEqual([DisconnectReason.PEER_CLOSED]);
  rig.logons = 0;
  rig.logon();
  rig.settle();
  expect(rig.hangUp(true).closings).toEqual([DisconnectReason.PEER_CLOSED, DisconnectReason.LOST]);
  expect([rig.link.stream, rig.link.live, rig.link.active]).toEqual([null, false, false]);
});

test("what came before the end of the connection is taken", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  rig.say("D", "58=last words|").hangUp();
  expect(rig.applications).toEqual(["last words"]);
});

test("a peer that reads too slowly is cut off, and what it missed is in the journal", () => {
  using rig = new LinkRig({ outBytes: 16 * KIB }).logon();
  rig.settle();
  let count = 0;
  while (rig.closings.length === 0) {
    if (++count > 100_000) throw new Error("never cut off");
    rig.report("z".repeat(500), count);
    rig.link.pollOut();
    if (count % 100 === 0) rig.journal.settle();
  }
  expect(rig.closings).toEqual([DisconnectReason.SLOW]);
  const reports = journalled(rig).filter((entry) => entry.startsWith("8 "));
  expect(reports.length).toBe(count);
  expect(reports.at(-1)).toBe(`8 ${rig.link.session.numbers.nextOut - 1} index ${count} epoch 0`);
});

test.each([
  [2 * MIB, 8, DisconnectReason.SLOW],
  [64 * MIB, 2, DisconnectReason.NO_BUFFER],
])(
  "a backlog of up to %d bytes in a pool of %d MiB ends for the right reason, and the next connection begins without",
  (mostUnsent, spans, reason) => {
    using rig = new LinkRig({ outBytes: 64 * KIB, mostUnsent, spans }).logon();
    rig.settle();
    let count = 0;
    while (rig.closings.length === 0) {
      if (++count > 100_000) throw new Error("never cut off");
      rig.report("z".repeat(500), count);
      rig.link.pollOut();
      if (count % 100 === 0) rig.journal.settle();
    }
    expect(rig.closings).toEqual([reason]);
    const { counters } = rig.pool!.lanes[0]!;
    expect(counters[PEAK]!).toBeGreaterThan(1.9 * MIB);
    expect([counters[IN_USE], counters[EXHAUSTED]! > 0]).toEqual([0, reason === DisconnectReason.NO_BUFFER]);
    expect(rig.pool!.central.heldCount()).toBe(0);
    rig.logon();
    rig.report("again", count + 1);
    expect(short(rig.settle()).at(-1)).toContain("again");
  },
);

test("a message is in the journal before it is on the wire, whoever is connected", () => {
  using rig = new LinkRig();
  rig.report("nobody there", 1);
  rig.logon();
  expect(short(rig.settle())).toEqual(["A 2"]);
  rig.report("not sent yet", 2);
  expect(journalled(rig)).toEqual([
    "8 1 index 1 epoch 0",
    "A 2 index 0 epoch 0",
    `event ${SESSION_EVENT_LOGON} out 3 in 0 epoch 0`,
    "0 3 index 0 epoch 0",
    "8 4 index 2 epoch 0",
  ]);
  expect(rig.take()).toEqual([]);
  expect(short(rig.settle())).toEqual(["8 4 not sent yet"]);
});

test("resets, ends and a clean stop are in the journal", () => {
  using rig = new LinkRig().logon();
  rig.hangUp();
  rig.logons = 0;
  rig.peerNext = 1;
  rig.logon("98=0|108=30|141=Y|").say("D", "58=x|");
  rig.turnUntil(() => rig.applications.length === 1);
  rig.hangUp();
  rig.link.recordClosed();
  expect(journalled(rig).filter((entry) => entry.startsWith("event"))).toEqual([
    `event ${SESSION_EVENT_LOGON} out 2 in 0 epoch 0`,
    `event ${SESSION_EVENT_DISCONNECT} out 2 in 2 epoch 0`,
    `event ${SESSION_EVENT_RESET} out 1 in 1 epoch 1`,
    `event ${SESSION_EVENT_LOGON} out 2 in 0 epoch 1`,
    `event ${SESSION_EVENT_DISCONNECT} out 2 in 3 epoch 1`,
    `event ${SESSION_EVENT_CLOSED} out 2 in 3 epoch 1`,
  ]);
});

test("an orderly end waits for the peer's Logout", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  rig.link.logout(DisconnectReason.STOPPING);
  rig.turn();
  let seen = rig.take();
  rig.turnUntil(() => {
    seen = [...seen, ...rig.take()];
    return seen.length > 0;
  });
  expect(short(seen)).toEqual(["5 3 Gateway is stopping"]);
  expect(rig.closings).toEqual([]);
  rig.say("5").turnUntil(() => rig.closings.length === 1);
  expect(rig.closings).toEqual([DisconnectReason.STOPPING]);
});

test("an end before the Logon is at once", () => {
  using rig = new LinkRig().connect();
  rig.link.logout(DisconnectReason.STOPPING);
  expect(rig.closings).toEqual([DisconnectReason.STOPPING]);
});

test("a peer's Logout is answered before the connection ends", () => {
  using rig = new LinkRig().logon();
  rig.settle();
  rig.say("5").turnUntil(() => rig.closings.length === 1);
  expect(rig.closings).toEqual([DisconnectReason.PEER_LOGOUT]);
  const seen: string[] = [];
  rig.waitFor(() => {
    seen.push(...short(rig.take()));
    return seen.length > 0;
  });
  expect(seen).toEqual(["5 3"]);
});

test("silence ends the connection", () => {
  using rig = new LinkRig().logon("98=0|108=10|");
  rig.settle();
  rig.pass(13);
  rig.pass(12);
  expect(rig.closings).toEqual([DisconnectReason.SILENT]);
});

test("who connects sends its Logon with the first turn", () => {
  using rig = new LinkRig({ profile: { initiator: true } }).connect();
  let seen = rig.take();
  rig.turnUntil(() => {
    seen = [...seen, ...rig.take()];
    return seen.length > 0;
  });
  expect(short(seen)).toEqual(["A 1"]);
  rig.say("A", "98=0|108=30|").turnUntil(() => rig.logons === 1);
  expect(rig.link.active).toBe(true);
});

test.each([2, 3, 4, 5])(
  "the last output of a connection is sent, although the gate opens between two looks at it (look %d)",
  (opens) => {
    using rig = new LinkRig();
    let looks = 0;
    rig.link.gate = { begin: () => {}, limit: (end) => (++looks >= opens ? end : 0) };
    rig.connect();
    rig.link.session.declines = DisconnectReason.SWITCHED_OFF;
    rig.say("A", "98=0|108=30|");
    rig.turnUntil(() => rig.closings.length > 0);
    expect(rig.link.stream).toBeNull();
    expect(rig.take().map((message) => message.get(58))).toEqual(["Session is switched off"]);
  },
);
