import { describe, expect, test } from "bun:test";
import { Broken } from "../../src/base/broken.ts";
import { EMPTY } from "../../src/base/units.ts";
import { Central } from "../../src/pool/central.ts";
import { CLASS_BYTES, CLASSES, listSlots, perSpan, placesOf, SLOT_BYTES, SPAN_BYTES } from "../../src/pool/layout.ts";
import { HEAD_AT, SLOTS_AT, TAIL_AT } from "../../src/ring/layout.ts";
import { TestPool } from "./pool.ts";

const SPANS = 3;

/** A free buffer, of a span that begins to serve if it must. */
function takeFrom(central: Central, sizeClass: number): number {
  const listed = central.poll(sizeClass);
  if (listed !== EMPTY) return listed;
  const first = central.serve(sizeClass);
  if (first === EMPTY) return EMPTY;
  for (let i = 1; i < perSpan(sizeClass); i++) expect(central.give(first + i * CLASS_BYTES[sizeClass]!)).toBe(true);
  return first;
}

function takeAll(central: Central, sizeClass: number): number[] {
  const taken: number[] = [];
  for (let at = takeFrom(central, sizeClass); at !== EMPTY; at = takeFrom(central, sizeClass)) taken.push(at);
  return taken;
}

describe("Central", () => {
  test.each([0, 1, 2])(
    "class %d: every byte of the region is in exactly one buffer, then there is none",
    (sizeClass) => {
      const { central } = new TestPool(SPANS);
      const taken = takeAll(central, sizeClass).sort((a, b) => a - b);
      const bytes = CLASS_BYTES[sizeClass]!;
      expect(taken).toEqual(Array.from({ length: (SPANS * SPAN_BYTES) / bytes }, (_, i) => i * bytes));
      for (let other = 0; other < CLASSES; other++) expect(takeFrom(central, other)).toBe(EMPTY);
      for (const at of taken) expect(central.classOf(at)).toBe(sizeClass);
    },
  );

  test("what is given back is taken again, the longest unused first", () => {
    const { central } = new TestPool(1);
    const taken = takeAll(central, 1);
    expect(taken.length).toBe(perSpan(1));
    for (const at of taken) central.give(at);
    expect(central.listed(1)).toBe(taken.length);
    expect(takeAll(central, 1)).toEqual(taken);
  });

  test("a span serves one class until it is taken out of service", () => {
    const { central } = new TestPool(2);
    const small = takeFrom(central, 0);
    const large = takeFrom(central, 2);
    expect([central.classOf(small), central.classOf(large)]).toEqual([0, 2]);
    expect(takeFrom(central, 1)).toBe(EMPTY);
  });

  test("holders: taken twice and given by who does not hold it are faults of ours", () => {
    const { central } = new TestPool(1);
    const at = takeFrom(central, 2);
    central.setHolder(at, 0);
    expect(central.heldCount()).toBe(1);
    expect(() => central.setHolder(at, 1)).toThrow(Broken);
    expect(() => central.clearHolder(at, 1)).toThrow(Broken);
    central.clearHolder(at, 0);
    expect(() => central.clearHolder(at, 0)).toThrow(Broken);
    expect(central.heldCount()).toBe(0);
  });

  test("a list without a place says so instead of waiting", () => {
    const { central } = new TestPool(1);
    const at = takeFrom(central, 2);
    for (let i = central.listed(2); i < listSlots(1, 2); i++) expect(central.give(at)).toBe(true);
    expect(central.give(at)).toBe(false);
  });

  /** ABA: a taker sleeps between looking and swapping; meanwhile the very same buffer goes out and comes back. */
  test("a taker that slept over a whole life of the buffer it saw does not get it as well", () => {
    const pool = new TestPool(1);
    const { central } = pool;
    const first = takeFrom(central, 2);
    for (let i = central.listed(2); i > 0; i--) central.poll(2);
    central.give(first);
    // The one buffer that is listed is taken and given back by another at the moment at which the sleeper would swap.
    const real: (ints: Int32Array, word: number, expected: number, value: number) => number = Atomics.compareExchange;
    let others = 0;
    const swap = (ints: Int32Array, word: number, expected: number, value: number): number => {
      if (others === 0) {
        others = 1;
        expect(central.poll(2)).toBe(first);
        central.give(first);
        expect(central.poll(2)).toBe(first);
      }
      return real(ints, word, expected, value);
    };
    Atomics.compareExchange = swap as unknown as typeof Atomics.compareExchange;
    try {
      expect(central.poll(2)).toBe(EMPTY);
    } finally {
      Atomics.compareExchange = real as unknown as typeof Atomics.compareExchange;
    }
    expect(others).toBe(1);
    central.give(first);
    expect(central.poll(2)).toBe(first);
  });

  test("positions wrap at 2^32 without a buffer lost or doubled", () => {
    const pool = new TestPool(1);
    const at = placesOf({ at: 0, spans: 1 }).lists[2]!;
    const slots = listSlots(1, 2);
    const start = 2 ** 31 - 2 * slots;
    const { ints } = pool.tables;
    ints[(at + TAIL_AT) >> 2] = start;
    ints[(at + HEAD_AT) >> 2] = start;
    for (let i = 0; i < slots; i++) ints[(at + SLOTS_AT + i * (SLOT_BYTES + 64)) >> 2] = start;
    const { central } = pool;
    const all = takeAll(central, 2).sort((a, b) => a - b);
    for (const one of all) central.give(one);
    for (let i = 0; i < 5 * slots; i++) central.give(central.poll(2));
    expect(ints[(at + HEAD_AT) >> 2]).toBeLessThan(0);
    expect(takeAll(central, 2).sort((a, b) => a - b)).toEqual(all);
  });
});

test("two doors to the same tables see the same pool", () => {
  const pool = new TestPool(1);
  const other = new Central(pool.tables, { at: 0, spans: 1 });
  const at = takeFrom(pool.central, 1);
  other.give(at);
  expect(other.listed(1)).toBe(perSpan(1));
  expect(pool.central.listed(1)).toBe(perSpan(1));
});
