import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { monotonicNs, SystemClock, wallUs } from "../../ffi/clock.ts";

test("the monotonic clock runs like the kernel's, in whole nanoseconds, and never goes back", () => {
  const a = process.hrtime.bigint();
  const first = monotonicNs();
  const b = process.hrtime.bigint();
  let last = first;
  let back = 0;
  for (let i = 0; i < 100_000; i++) {
    const now = monotonicNs();
    if (now < last) back++;
    last = now;
  }
  const c = process.hrtime.bigint();
  const end = monotonicNs();
  const d = process.hrtime.bigint();
  expect(Number.isSafeInteger(first)).toBe(true);
  expect(back).toBe(0);
  expect(end - first).toBeGreaterThanOrEqual(Number(c - b));
  expect(end - first).toBeLessThanOrEqual(Number(d - a));
});

test("the monotonic clock starts with the machine, so that it is the same for every thread and process", () => {
  const uptimeS = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  const now = monotonicNs();
  const later = Bun.spawnSync([process.execPath, join(import.meta.dir, "clock-child.ts")]).stdout.toString();
  expect(Number(later)).toBeGreaterThan(now);
  expect(Number(later)).toBeLessThan(monotonicNs());
  expect(now / 1e9).toBeLessThan(uptimeS + 60);
});

test("wall time is microseconds since 1970", () => {
  const before = Date.now();
  const now = wallUs();
  const after = Date.now();
  expect(Number.isSafeInteger(now)).toBe(true);
  expect(Math.floor(now / 1000)).toBeGreaterThanOrEqual(before);
  expect(Math.floor(now / 1000)).toBeLessThanOrEqual(after);
});

test("SystemClock is both", () => {
  const clock = new SystemClock();
  const earlier = monotonicNs();
  expect(clock.monotonicNs()).toBeGreaterThanOrEqual(earlier);
  const before = wallUs();
  expect(clock.wallUs()).toBeGreaterThanOrEqual(before);
});
