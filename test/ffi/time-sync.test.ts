import { expect, test } from "bun:test";
import { wallUs } from "../../ffi/clock.ts";
import { timeSync } from "../../ffi/time-sync.ts";

test("the kernel's opinion of its clock is read, and asking changes nothing", () => {
  const before = wallUs();
  const first = timeSync();
  const second = timeSync();
  expect(second.synchronised).toBe(first.synchronised);
  expect(first.maxErrorUs).toBeGreaterThanOrEqual(0);
  expect(first.maxErrorUs).toBeLessThan(2 ** 31);
  expect(first.estimatedErrorUs).toBeGreaterThanOrEqual(0);
  expect(Math.abs(first.offsetUs)).toBeLessThan(1e6);
  expect(wallUs()).toBeGreaterThanOrEqual(before);
});
