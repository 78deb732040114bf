import { expect, test } from "bun:test";
import { DisconnectReason } from "../../src/base/disconnect-reason.ts";
import { LaneTime } from "../../src/base/lane-time.ts";
import { Views } from "../../src/base/views.ts";
import { RefusalLines } from "../../src/client/refusal-lines.ts";
import { describeEvent } from "../../src/gateway/event-text.ts";
import { SessionStatus } from "../../src/host/systemd/session-status.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";
import { DisconnectRecordWriter } from "../../src/telemetry/disconnect-record.ts";
import { EventReader, type GatewayEvent } from "../../src/telemetry/event-reader.ts";
import {
  EVENT_BYTES,
  EVENT_LOGONS_ANSWERED,
  EVENT_LOGONS_HELD,
  EVENT_SESSION_DISCONNECT,
  EVENT_SESSION_LOGON,
  EVENT_SESSION_REJECT,
  EVENT_VENUE_DOWN,
  EVENT_VENUE_REJECT,
  EVENT_VENUE_UP,
  EVENT_WRONG_PASSWORDS,
  EventWriter,
} from "../../src/telemetry/events.ts";

const CLIENTS = { FIRM1: 0 };
const VENUES = { ARCA: 0, BATS: 1 };
const SLOTS = 16;

/** Events through a ring. */
class Ring {
  private readonly ring = new ManyToMany(
    new Views(new SharedArrayBuffer(ManyToMany.bytesFor(SLOTS, EVENT_BYTES))),
    0,
    SLOTS,
    EVENT_BYTES,
  );
  readonly events = new EventWriter(this.ring, 0, new LaneTime());
  private readonly reader = new EventReader(this.ring);

  next(): GatewayEvent {
    return this.reader.next()!;
  }

  get isEmpty(): boolean {
    return this.reader.next() === null;
  }

  says(kind: number, session: number, a: number, b: number, text: string): GatewayEvent {
    this.events.emitText(kind, session, a, b, Buffer.from(text, "latin1"), 0, text.length);
    return this.reader.next()!;
  }

  /** A connection ends; its peer has said `text` in a Logout. */
  ends(kind: number, session: number, text: string): GatewayEvent {
    const record = new DisconnectRecordWriter(Views.allocate(4096));
    record.set(5, 8, DisconnectReason.PEER_LOGOUT, 0, new Int32Array(5));
    record.text(Buffer.from(text, "latin1"), 0, text.length);
    this.events.emitText(kind, session, DisconnectReason.PEER_LOGOUT, 0, record.views.bytes, 0, record.length);
    return this.reader.next()!;
  }
}

const lineOf = (event: GatewayEvent): string => {
  const { who, level, what } = describeEvent(event, CLIENTS, VENUES);
  return `${level} ${who}: ${what}`;
};

test("a line of the log says what a peer's Logout said, in quotes", () => {
  const ring = new Ring();
  expect(lineOf(ring.ends(EVENT_VENUE_DOWN, 1, 'back at "17:00"\nINFO all is well'))).toBe(
    'warning venue BATS: down: peer logged out, it said "back at \\"17:00\\"?INFO all is well"; last in 7, last out 4, 0 bytes pending',
  );
  expect(lineOf(ring.ends(EVENT_SESSION_DISCONNECT, 0, ""))).toBe(
    "info client FIRM1: disconnected: peer logged out; last in 7, last out 4, 0 bytes pending",
  );
});

test("and what it rejects, with the count of the lines left out", () => {
  const ring = new Ring();
  expect(lineOf(ring.says(EVENT_SESSION_REJECT, 0, 7, 0, "rejects our message (MsgSeqNum 3): no"))).toBe(
    "warning client FIRM1: its message 7 rejects our message (MsgSeqNum 3): no",
  );
  expect(lineOf(ring.says(EVENT_VENUE_REJECT, 0, 8, 12, "rejects a message of ours"))).toBe(
    "warning venue ARCA: its message 8 rejects a message of ours; 12 more before it are in the journal only",
  );
});

test("refused connections: of each reason the last one, and how many others", () => {
  const ring = new Ring();
  const time = new LaneTime();
  const lines = new RefusalLines(ring.events, time);
  const record = new DisconnectRecordWriter(Views.allocate(4096));
  const refuse = (reason: number): void => {
    record.set(1, 1, reason, 0, new Int32Array(5));
    lines.add(reason, record);
  };
  time.nowNs = 5e9;
  refuse(DisconnectReason.ADDRESS);
  expect(lineOf(ring.next())).toBe("warning client side: connection refused: address not allowed");
  for (let i = 0; i < 4; i++) refuse(DisconnectReason.NOT_FIX);
  expect(lineOf(ring.next())).toBe("warning client side: connection refused: first bytes are no FIX message");
  refuse(DisconnectReason.ADDRESS);
  lines.tick();
  expect([ring.isEmpty, lines.pending]).toEqual([true, true]);
  time.nowNs = 6e9;
  lines.tick();
  const more = "connection refused: first bytes are no FIX message; 2 more since the last line";
  const said = [lineOf(ring.next()), lineOf(ring.next())];
  expect(said.sort()).toEqual([
    "warning client side: connection refused: address not allowed",
    `warning client side: ${more}`,
  ]);
  expect([ring.isEmpty, lines.pending]).toEqual([true, false]);
  time.nowNs = 9e9;
  refuse(DisconnectReason.FULL);
  expect(lineOf(ring.next())).toBe("warning client side: connection refused: too many connections");
});

test("wrong passwords are an alarm", () => {
  const ring = new Ring();
  const record = new DisconnectRecordWriter(Views.allocate(4096));
  record.set(1, 1, DisconnectReason.PASSWORD, 0, Int32Array.of(0, 0, -65_536, 0x0100007f, 4711));
  ring.events.emitText(EVENT_WRONG_PASSWORDS, 0, 10, 2, record.views.bytes, 0, record.length);
  expect(lineOf(ring.next())).toBe(
    "alarm client FIRM1: 10 wrong passwords in a row, 2 in a row from the address of the last one, 127.0.0.1:4711: " +
      "more of them are refused unread for 1 second, then 2, 4 … 60",
  );
});

test("the status has the last words of a session until its next logon", () => {
  const ring = new Ring();
  const status = new SessionStatus(
    () => 1,
    () => 2,
  );
  const take = (event: GatewayEvent): string => {
    status.take(event, describeEvent(event, CLIENTS, VENUES).who);
    return status.text();
  };
  const none = "0 of 1 client sessions on, 0 of 2 venues up";
  expect(take(ring.ends(EVENT_VENUE_DOWN, 0, ""))).toStartWith(`${none}; venue ARCA is not logged on: `);
  expect(take(ring.ends(EVENT_VENUE_DOWN, 0, "maintenance"))).toBe(`${none}; venue ARCA logged out: maintenance`);
  expect(take(ring.says(EVENT_SESSION_REJECT, 0, 7, 0, "rejects our message (MsgSeqNum 3): no"))).toBe(
    `${none}; venue ARCA logged out: maintenance; client FIRM1 rejects our message (MsgSeqNum 3): no`,
  );
  expect(take(ring.says(EVENT_VENUE_UP, 0, 1, 1, ""))).toBe(
    "0 of 1 client sessions on, 1 of 2 venues up; client FIRM1 rejects our message (MsgSeqNum 3): no",
  );
  expect(take(ring.says(EVENT_SESSION_LOGON, 0, 1, 1, ""))).toBe("1 of 1 client sessions on, 1 of 2 venues up");
});

test("and of the last four sessions only", () => {
  const ring = new Ring();
  const status = new SessionStatus(
    () => 9,
    () => 0,
  );
  for (let id = 0; id < 9; id++) status.take(ring.ends(EVENT_SESSION_DISCONNECT, id, `bye ${id}`), `client C${id}`);
  expect(status.text()).toBe(
    `0 of 9 client sessions on, 0 of 0 venues up${[5, 6, 7, 8].map((id) => `; client C${id} logged out: bye ${id}`).join("")}`,
  );
});

test("log and status say that Logons wait for the venues, and when they are answered", () => {
  const ring = new Ring();
  const status = new SessionStatus(
    () => 2,
    () => 2,
  );
  const take = (kind: number, a: number, b: number): string => {
    const event = ring.says(kind, -1, a, b, "");
    status.take(event, "client side");
    return lineOf(event);
  };
  expect(take(EVENT_LOGONS_HELD, 2, 5000)).toBe(
    "info client side: Logons wait until all venues are up, at most 5000 ms after the start (client.awaitVenuesMs); 2 venues are not up",
  );
  expect(status.text()).toBe("0 of 2 client sessions on, 0 of 2 venues up; Logons wait for the venues");
  expect(take(EVENT_LOGONS_ANSWERED, 0, 312)).toBe(
    "info client side: all venues are up 312 ms after the start: Logons are answered",
  );
  expect(status.text()).toBe("0 of 2 client sessions on, 0 of 2 venues up");
  expect(take(EVENT_LOGONS_ANSWERED, 1, 5001)).toBe(
    "warning client side: Logons are answered 5001 ms after the start, although 1 venue is not up: orders for it are refused (VENUE_DOWN)",
  );
});
