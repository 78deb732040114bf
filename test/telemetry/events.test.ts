import { describe, expect, test } from "bun:test";
import { LaneTime } from "../../src/base/lane-time.ts";
import { Views } from "../../src/base/views.ts";
import { MainWakeup } from "../../src/ring/main-wakeup.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";
import { EventReader, type GatewayEvent } from "../../src/telemetry/event-reader.ts";
import * as events from "../../src/telemetry/events.ts";

const SLOTS = 4;

function fixture() {
  const bytes = ManyToMany.bytesFor(SLOTS, events.EVENT_BYTES);
  const views = new Views(new SharedArrayBuffer(bytes));
  const time = new LaneTime();
  const writerOf = (lane: number) =>
    new events.EventWriter(new ManyToMany(views, 0, SLOTS, events.EVENT_BYTES), lane, time);
  const reader = new EventReader(new ManyToMany(views, 0, SLOTS, events.EVENT_BYTES));
  return { time, writerOf, reader };
}
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("events", () => {
  test("come out as objects with their numbers and the lane's time, in order", () => {
    const { time, writerOf, reader } = fixture();
    const writer = writerOf(2);
    time.wallUs = 1_800_000_000_000_001;
    expect(writer.emit(events.EVENT_SESSION_LOGON, 7, 3, 4)).toBe(true);
    time.wallUs += 5;
    expect(writer.emit(events.EVENT_VENUE_DOWN, -1, 2 ** 40, 0.5)).toBe(true);
    expect(reader.next()).toEqual({
      kind: events.EVENT_SESSION_LOGON,
      name: "session logon",
      lane: 2,
      session: 7,
      a: 3,
      b: 4,
      text: "",
      atUs: 1_800_000_000_000_001,
      sinceUs: 0,
      droppedBefore: 0,
    });
    expect(reader.next()).toMatchObject({
      name: "venue down",
      session: -1,
      a: 2 ** 40,
      b: 0.5,
      atUs: 1_800_000_000_000_006,
    });
    expect(reader.next()).toBeNull();
  });

  test("ring for each that is there to be read, and not for one that is lost", () => {
    const { time } = fixture();
    const views = new Views(new SharedArrayBuffer(ManyToMany.bytesFor(SLOTS, events.EVENT_BYTES)));
    const ints = new Int32Array(new SharedArrayBuffer(4));
    const ring = new ManyToMany(views, 0, SLOTS, events.EVENT_BYTES);
    const writer = new events.EventWriter(ring, 0, time, new MainWakeup(ints, 0));
    for (let i = 0; i < SLOTS; i++) expect(writer.emit(events.EVENT_NOTICE, i, 0, 0)).toBe(true);
    expect(ints[0]).toBe(SLOTS);
    expect(writer.emit(events.EVENT_NOTICE, SLOTS, 0, 0)).toBe(false);
    expect(ints[0]).toBe(SLOTS);
  });

  test("carry text, cut where the record ends, and leave none behind for the next in the slot", () => {
    const { writerOf, reader } = fixture();
    const writer = writerOf(0);
    for (let lap = 0; lap < SLOTS; lap++) {
      const long = ascii(`<${"x".repeat(events.EVENT_TEXT_BYTES)}`);
      writer.emitText(events.EVENT_NOTICE, 0, 0, 0, long, 0, long.length);
      expect(reader.next()?.text).toBe(`<${"x".repeat(events.EVENT_TEXT_BYTES - 1)}`);
    }
    const text = ascii("  disk full  ");
    writer.emitText(events.EVENT_JOURNAL_LOW, 1, 28, 0, text, 2, 11);
    writer.emit(events.EVENT_JOURNAL_OK, 1, 0, 0);
    expect(reader.next()).toMatchObject({ name: "journal low", text: "disk full", a: 28 });
    expect(reader.next()).toMatchObject({ name: "journal ok", text: "" });
  });

  test("show nothing of a peer's that could forge a log line", () => {
    const { writerOf, reader } = fixture();
    const text = ascii("A\nB\u001b[2J\u00e9");
    writerOf(0).emitText(events.EVENT_NOTICE, 0, 0, 0, text, 0, text.length);
    expect(reader.next()?.text).toBe("A?B?[2J??");
  });

  test("are counted, not waited for, when the ring is full; the lane's next event says how many were lost", () => {
    const { writerOf, reader } = fixture();
    const one = writerOf(1);
    const two = writerOf(2);
    for (let i = 0; i < SLOTS; i++) expect(one.emit(events.EVENT_NOTICE, i, 0, 0)).toBe(true);
    for (let i = 0; i < 3; i++) expect(one.emit(events.EVENT_NOTICE, 99, 0, 0)).toBe(false);
    expect(two.emitText(events.EVENT_NOTICE, 99, 0, 0, ascii("lost"), 0, 4)).toBe(false);
    expect([one.dropped, two.dropped]).toEqual([3, 1]);
    const seen: GatewayEvent[] = [];
    expect(reader.drain((event) => seen.push(event))).toBe(SLOTS);
    expect(seen.map((event) => event.session)).toEqual([0, 1, 2, 3]);
    one.emit(events.EVENT_NOTICE, 4, 0, 0);
    one.emit(events.EVENT_NOTICE, 5, 0, 0);
    two.emit(events.EVENT_NOTICE, 6, 0, 0);
    seen.length = 0;
    expect(reader.drain((event) => seen.push(event), 2)).toBe(2);
    expect(reader.drain((event) => seen.push(event))).toBe(1);
    expect(seen.map((event) => [event.session, event.lane, event.droppedBefore])).toEqual([
      [4, 1, 3],
      [5, 1, 0],
      [6, 2, 1],
    ]);
  });

  test("have a name each", () => {
    const { writerOf, reader } = fixture();
    const names = new Set<string>();
    const kinds = Object.entries(events).filter(
      ([name, value]) => name.startsWith("EVENT_") && !/_(BYTES|AT)$/.test(name) && typeof value === "number",
    );
    expect(kinds.length).toBeGreaterThan(12);
    for (const [, kind] of kinds) {
      writerOf(0).emit(kind as number, 0, 0, 0);
      names.add(reader.next()!.name);
    }
    expect(names.size).toBe(kinds.length);
    expect([...names].filter((name) => name.startsWith("event "))).toEqual([]);
  });
});
