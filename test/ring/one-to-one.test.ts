import { describe, expect, test } from "bun:test";
import { EMPTY, FULL } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { HEAD_AT, SLOTS_AT, TAIL_AT } from "../../src/ring/layout.ts";
import { OneToOne } from "../../src/ring/one-to-one.ts";

const AT = 64;
const SLOTS = 4;
const SLOT_BYTES = 192;

function memory(start = 0): Views {
  const views = Views.allocate(AT + OneToOne.bytesFor(SLOTS, SLOT_BYTES));
  views.ints[(AT + TAIL_AT) >> 2] = start;
  views.ints[(AT + HEAD_AT) >> 2] = start;
  return views;
}
const ringOver = (views: Views): OneToOne => new OneToOne(views, AT, SLOTS, SLOT_BYTES);

function put(ring: OneToOne, value: number): boolean {
  const at = ring.claim();
  if (at === FULL) return false;
  ring.views.ints[at >> 2] = value;
  ring.publish();
  return true;
}

function take(ring: OneToOne): number {
  const at = ring.peek();
  if (at === EMPTY) return EMPTY;
  const value = ring.views.ints[at >> 2]!;
  ring.release();
  return value;
}

describe("OneToOne", () => {
  test("is empty over zeroed memory and full after as many records as slots", () => {
    const ring = ringOver(memory());
    expect(ring.peek()).toBe(EMPTY);
    for (let i = 1; i <= SLOTS; i++) expect(put(ring, i)).toBe(true);
    expect(ring.claim()).toBe(FULL);
    expect(ring.size()).toBe(SLOTS);
    for (let i = 1; i <= SLOTS; i++) expect(take(ring)).toBe(i);
    expect(ring.peek()).toBe(EMPTY);
    expect(ring.size()).toBe(0);
  });

  test("claims the same slot until it is published, shows nothing before, and peeks the same until it is released", () => {
    const views = memory();
    const producer = ringOver(views);
    const consumer = ringOver(views);
    const at = producer.claim();
    expect(producer.claim()).toBe(at);
    expect(consumer.peek()).toBe(EMPTY);
    producer.publish();
    expect(consumer.peek()).toBe(at);
    expect(consumer.peek()).toBe(at);
    expect(producer.claim()).not.toBe(at);
  });

  test("shows what stands behind the oldest, as far as the last peek has seen, around the end too", () => {
    const views = memory();
    const producer = ringOver(views);
    const consumer = ringOver(views);
    for (let i = 1; i <= SLOTS; i++) put(producer, i);
    for (let i = 1; i < SLOTS; i++) expect(take(consumer)).toBe(i);
    put(producer, SLOTS + 1);
    put(producer, SLOTS + 2);
    expect(consumer.peekBehind(1)).toBe(EMPTY);
    expect(take(consumer)).toBe(SLOTS);
    const at = consumer.peek();
    expect(consumer.peekBehind(0)).toBe(at);
    const behind = consumer.peekBehind(1);
    expect(views.ints[behind >> 2]).toBe(SLOTS + 2);
    expect(consumer.peekBehind(2)).toBe(EMPTY);
    consumer.release();
    expect(consumer.peek()).toBe(behind);
  });

  test("hands out slots side by side inside its own memory", () => {
    const ring = ringOver(memory());
    for (let i = 0; i < 2 * SLOTS; i++) {
      expect(ring.claim()).toBe(AT + SLOTS_AT + (i % SLOTS) * SLOT_BYTES);
      ring.publish();
      ring.peek();
      ring.release();
    }
  });

  test.each([0, 2 ** 31 - 6, -6])("keeps order over many laps from position %d", (start) => {
    const views = memory(start);
    const producer = ringOver(views);
    const consumer = ringOver(views);
    let sent = 0;
    let taken = 0;
    for (let turn = 0; turn < 100; turn++) {
      while (put(producer, sent)) sent++;
      expect(sent - taken).toBe(SLOTS);
      for (let i = 0; i <= turn % SLOTS; i++) expect(take(consumer)).toBe(taken++);
    }
    expect(producer.tail).toBe((start + sent) | 0);
    expect(consumer.size()).toBe(sent - taken);
  });

  test("tells how many slots are free as they fill and come back", () => {
    const views = memory(2 ** 31 - 2);
    const producer = ringOver(views);
    const consumer = ringOver(views);
    expect(producer.free()).toBe(SLOTS);
    expect(producer.has(SLOTS)).toBe(true);
    for (let i = 0; i < 3; i++) put(producer, i);
    expect(producer.free()).toBe(1);
    expect(producer.has(1)).toBe(true);
    expect(producer.has(2)).toBe(false);
    take(consumer);
    expect(producer.has(2)).toBe(true);
    put(producer, 3);
    put(producer, 4);
    expect(producer.free()).toBe(0);
    take(consumer);
    take(consumer);
    expect(producer.free()).toBe(2);
  });

  test("goes on where the words in memory stand when a new object takes over", () => {
    const views = memory();
    const first = ringOver(views);
    for (let i = 0; i < 3; i++) put(first, i);
    take(first);
    const second = ringOver(views);
    expect(second.tail).toBe(3);
    expect(take(second)).toBe(1);
    expect(put(second, 3)).toBe(true);
    expect([take(second), take(second), take(second)]).toEqual([2, 3, EMPTY]);
  });

  test("refuses a shape that its arithmetic does not hold for", () => {
    const views = memory();
    expect(() => new OneToOne(views, AT, 3, SLOT_BYTES)).toThrow("RING_SLOTS");
    expect(() => new OneToOne(views, AT, 1, SLOT_BYTES)).toThrow("RING_SLOTS");
    expect(() => new OneToOne(views, AT, SLOTS, 100)).toThrow("RING_SLOT_NOT_WHOLE_LINES");
    expect(() => new OneToOne(views, 8, SLOTS, SLOT_BYTES)).toThrow("NOT_ALIGNED");
    expect(() => new OneToOne(views, AT, 1024, SLOT_BYTES)).toThrow("TOO_SMALL");
  });
});
