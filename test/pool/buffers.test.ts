import { expect, test } from "bun:test";
import { Broken } from "../../src/base/broken.ts";
import { EMPTY } from "../../src/base/units.ts";
import { classFor } from "../../src/pool/buffers.ts";
import { CACHED, EXHAUSTED, GIVEN, IN_USE, PEAK, TAKEN } from "../../src/pool/counters.ts";
import { CLASS_BYTES, CLASSES, perSpan, SMALLEST, SPAN_BYTES } from "../../src/pool/layout.ts";
import { TestPool } from "./pool.ts";

test("the smallest class that holds it, the largest for more", () => {
  expect([1, 16_384, 16_385, 65_536, 65_537, 262_144, 10_000_000].map((bytes) => classFor(bytes, 0))).toEqual([
    0, 0, 1, 1, 2, 2, 2,
  ]);
});

test("a buffer given back is the next one taken, and nothing shared is touched for it", () => {
  const pool = new TestPool(1);
  const lane = pool.lanes[0]!;
  const at = lane.take(1);
  const listed = pool.central.listed(1);
  for (let i = 0; i < 10; i++) {
    lane.give(at);
    expect(lane.take(1)).toBe(at);
  }
  expect(pool.central.listed(1)).toBe(listed);
});

test("counts what is in use, kept and moved", () => {
  const { lanes, central } = new TestPool(2);
  const { counters } = lanes[0]!;
  const taken = [0, 0, 1, 2].map((sizeClass) => lanes[0]!.take(sizeClass));
  const bytes = 2 * CLASS_BYTES[0]! + CLASS_BYTES[1]! + CLASS_BYTES[2]!;
  // Two spans serve two classes; the third class was served by another.
  const really = taken.reduce((sum, at) => sum + lanes[0]!.bytesOf(at), 0);
  expect(really).toBeLessThanOrEqual(bytes);
  expect([counters[TAKEN], counters[GIVEN], counters[IN_USE], counters[PEAK]]).toEqual([4, 0, really, really]);
  expect(central.heldCount()).toBe(4);
  for (const at of taken) lanes[0]!.give(at);
  expect([counters[GIVEN], counters[IN_USE], counters[PEAK]]).toEqual([4, 0, really]);
  lanes[0]!.rest(1);
  expect(counters[CACHED]).toBeGreaterThanOrEqual(really);
  lanes[0]!.shareAll();
  expect(counters[CACHED]).toBe(0);
  expect(central.heldCount()).toBe(0);
});

test("a lane keeps at most half a MiB of each class, whatever it is given", () => {
  const { lanes, central } = new TestPool(6);
  const lane = lanes[0]!;
  const taken: number[] = [];
  for (let i = 0; i < 40; i++)
    for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) taken.push(lane.take(sizeClass));
  for (const at of taken.filter((at) => at !== EMPTY)) lane.give(at);
  lane.rest(1);
  expect(lane.counters[CACHED]).toBeGreaterThan(0);
  expect(lane.counters[CACHED]).toBeLessThanOrEqual(CLASSES * 512 * 1024);
  lane.shareAll();
  const listed = [0, 1, 2].reduce((sum, i) => sum + central.listed(i) * CLASS_BYTES[i]!, 0);
  expect(listed).toBe(6 * SPAN_BYTES);
});

test("what is not sent leaves the smallest buffers to what is not read, and some spans for them", () => {
  const { lanes, central } = new TestPool(16);
  const lane = lanes[0]!;
  const small = lane.take(SMALLEST);
  let bytes = 0;
  for (let at = lane.take(1); at !== EMPTY; at = lane.take(1)) bytes += lane.bytesOf(at);
  expect(bytes).toBe(13 * SPAN_BYTES);
  expect(central.classOf(small)).toBe(SMALLEST);
  expect(lane.take(2)).toBe(EMPTY);
  let count = 0;
  for (let at = lane.take(SMALLEST); at !== EMPTY; at = lane.take(SMALLEST)) count++;
  expect(count).toBe(3 * perSpan(SMALLEST) - 1);
});

test("another class serves when one has run out; with nothing left, EMPTY and counted, and what is given back goes on", () => {
  const { lanes } = new TestPool(1);
  const lane = lanes[0]!;
  const taken = [2, 0, 1, 2].map((sizeClass) => lane.take(sizeClass));
  expect(new Set(taken).size).toBe(perSpan(2));
  expect(taken).not.toContain(EMPTY);
  for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) expect(lane.take(sizeClass)).toBe(EMPTY);
  expect(lane.counters[EXHAUSTED]).toBe(CLASSES);
  lane.give(taken[3]!);
  expect(lane.take(0)).toBe(taken[3]!);
});

test("what one lane keeps goes to another once it has rested for a second", () => {
  const { lanes, central } = new TestPool(1, 2);
  const [first, second] = [lanes[0]!, lanes[1]!];
  const taken = Array.from({ length: 4 }, () => first.take(2));
  expect(second.take(2)).toBe(EMPTY);
  for (const at of taken) first.give(at);
  expect(first.restless).toBe(true);
  first.rest(1e9);
  first.rest(1.5e9);
  expect(first.restless).toBe(true);
  first.rest(2.1e9);
  expect(first.restless).toBe(false);
  expect(central.listed(2)).toBe(4);
  expect(taken).toContain(second.take(2));
});

test("a lane cannot give what another took, nor anything twice", () => {
  const { lanes } = new TestPool(1, 2);
  const at = lanes[0]!.take(0);
  expect(() => lanes[1]!.give(at)).toThrow(Broken);
  lanes[0]!.give(at);
  expect(() => lanes[0]!.give(at)).toThrow(Broken);
});
