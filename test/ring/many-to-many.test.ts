import { describe, expect, test } from "bun:test";
import { EMPTY, FULL } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { HEAD_AT, SLOTS_AT, TAIL_AT } from "../../src/ring/layout.ts";
import { ManyToMany } from "../../src/ring/many-to-many.ts";

const AT = 128;
const SLOTS = 4;
const SLOT_BYTES = 64;

/** A ring that is empty at position `start`, a multiple of SLOTS. */
function ringFrom(start: number): ManyToMany {
  const views = Views.allocate(AT + ManyToMany.bytesFor(SLOTS, SLOT_BYTES));
  views.ints[(AT + TAIL_AT) >> 2] = start;
  views.ints[(AT + HEAD_AT) >> 2] = start;
  for (let i = 0; i < SLOTS; i++) views.ints[(AT + SLOTS_AT + i * (SLOT_BYTES + 64)) >> 2] = start;
  return new ManyToMany(views, AT, SLOTS, SLOT_BYTES);
}

function put(ring: ManyToMany, value: number): boolean {
  const at = ring.offer();
  if (at === FULL) return false;
  ring.views.ints[at >> 2] = value;
  ring.views.ints[(at + SLOT_BYTES - 4) >> 2] = ~value;
  ring.publish(at);
  return true;
}

function take(ring: ManyToMany): number {
  const at = ring.poll();
  if (at === EMPTY) return EMPTY;
  const value = ring.views.ints[at >> 2]!;
  expect(ring.views.ints[(at + SLOT_BYTES - 4) >> 2]).toBe(~value);
  ring.release(at);
  return value;
}

describe("ManyToMany", () => {
  test("is empty over zeroed memory and full after as many records as slots", () => {
    const views = Views.allocate(AT + ManyToMany.bytesFor(SLOTS, SLOT_BYTES));
    const ring = new ManyToMany(views, AT, SLOTS, SLOT_BYTES);
    expect(take(ring)).toBe(EMPTY);
    for (let i = 0; i < SLOTS; i++) expect(put(ring, i)).toBe(true);
    expect(put(ring, 9)).toBe(false);
    expect(ring.size()).toBe(SLOTS);
    for (let i = 0; i < SLOTS; i++) expect(take(ring)).toBe(i);
    expect(take(ring)).toBe(EMPTY);
    expect(ring.size()).toBe(0);
  });

  test.each([0, 2 ** 31 - 2 * SLOTS, -2 * SLOTS])("keeps order over many laps from position %d", (start) => {
    const ring = ringFrom(start);
    let sent = 0;
    let taken = 0;
    for (let turn = 0; turn < 100; turn++) {
      while (put(ring, sent)) sent++;
      expect(sent - taken).toBe(SLOTS);
      for (let i = 0; i <= turn % SLOTS; i++) expect(take(ring)).toBe(taken++);
    }
    expect(ring.views.ints[(AT + TAIL_AT) >> 2]).toBe((start + sent) | 0);
  });

  test("lets two producers write at once and hands over in the order of their claims", () => {
    const ring = ringFrom(0);
    const a = ring.offer();
    const b = ring.offer();
    expect(b).not.toBe(a);
    ring.views.ints[b >> 2] = 2;
    ring.publish(b);
    // The slot in front is not published yet, so nothing may overtake it.
    expect(ring.poll()).toBe(EMPTY);
    ring.views.ints[a >> 2] = 1;
    ring.publish(a);
    const first = ring.poll();
    const second = ring.poll();
    expect([ring.views.ints[first >> 2], ring.views.ints[second >> 2]]).toEqual([1, 2]);
    ring.release(second);
    ring.release(first);
    expect(ring.size()).toBe(0);
  });

  test("stays full until the very slot that comes next is released", () => {
    const ring = ringFrom(2 ** 31 - SLOTS);
    for (let i = 0; i < SLOTS; i++) put(ring, i);
    const first = ring.poll();
    const second = ring.poll();
    ring.release(second);
    expect(ring.offer()).toBe(FULL);
    ring.release(first);
    expect(ring.offer()).toBe(first);
    expect(ring.offer()).toBe(second);
    expect(ring.offer()).toBe(FULL);
  });

  test("refuses a shape that its arithmetic does not hold for", () => {
    const views = Views.allocate(4096);
    expect(() => new ManyToMany(views, AT, 6, SLOT_BYTES)).toThrow("RING_SLOTS");
    expect(() => new ManyToMany(views, AT, SLOTS, 96)).toThrow("RING_SLOT_NOT_WHOLE_LINES");
    expect(() => new ManyToMany(views, 32, SLOTS, SLOT_BYTES)).toThrow("NOT_ALIGNED");
    expect(() => new ManyToMany(views, AT, 64, SLOT_BYTES)).toThrow("TOO_SMALL");
  });
});
