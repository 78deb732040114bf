import { expect, test } from "bun:test";
import { Allowance } from "../../src/session/allowance.ts";

const SECOND = 1e9;

test("takes a burst, then so much a second, and counts the rest", () => {
  const allowance = new Allowance(1000, 100);
  const now = 50 * SECOND;
  expect([allowance.take(600, now), allowance.take(400, now), allowance.take(1, now)]).toEqual([true, true, false]);
  expect([allowance.has(100, now + SECOND), allowance.has(101, now + SECOND)]).toEqual([true, false]);
  expect([allowance.take(100, now + SECOND), allowance.take(1, now + SECOND)]).toEqual([true, false]);
  allowance.refuse(7);
  allowance.refuse(8);
  expect([allowance.refused, allowance.refusedBytes]).toEqual([2, 15]);
  // The burst is the most that is ever left.
  expect(allowance.has(1001, now + 1e6 * SECOND)).toBe(false);
  expect(allowance.take(1000, now + 1e6 * SECOND)).toBe(true);
});

test("after a refusal takes nothing until a second's worth is left, or the count is recorded", () => {
  const allowance = new Allowance(1000, 100);
  allowance.take(1000, 0);
  allowance.refuse(1);
  expect([allowance.take(1, 0.5 * SECOND), allowance.take(1, 1.1 * SECOND)]).toEqual([false, true]);
  allowance.take(100, 1.1 * SECOND);
  allowance.clear();
  expect([allowance.refused, allowance.refusedBytes, allowance.take(9, 1.2 * SECOND)]).toEqual([0, 0, true]);
});

test.each([1, 10, 100, 5000])("a flood of pieces of %d bytes is bounded by burst and rate", (bytes) => {
  const allowance = new Allowance(10_000, 1000);
  let taken = 0;
  for (let ms = 0; ms < 20_000; ms++) {
    if (allowance.take(bytes, ms * 1e6)) {
      taken += bytes;
      allowance.clear();
    } else allowance.refuse(bytes);
  }
  expect(taken).toBeLessThanOrEqual(30_000);
  expect(taken + allowance.refusedBytes).toBeLessThanOrEqual(bytes * 20_000);
});
