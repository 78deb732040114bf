import { expect, test } from "bun:test";
import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { EMPTY } from "../../src/base/units.ts";
import { PoolKeeper } from "../../src/pool/keeper.ts";
import { CLASS_BYTES, CLASSES, FREE, READY, SERVING, SPAN_BYTES } from "../../src/pool/layout.ts";
import { TestPool } from "./pool.ts";

const IDLE_MS = 1000;

const PAGE_BYTES = 4096;
const PRESENT = 0x80;

/** Bytes of the region that have memory behind them, as the kernel tells page by page. */
function residentBytes(pool: TestPool): number {
  const pages = (pool.spans * SPAN_BYTES) / PAGE_BYTES;
  const entries = Buffer.alloc(8 * pages);
  const fd = openSync("/proc/self/pagemap", "r");
  expect(readSync(fd, entries, 0, entries.length, (pool.address / PAGE_BYTES) * 8)).toBe(entries.length);
  closeSync(fd);
  let present = 0;
  for (let i = 7; i < entries.length; i += 8) if ((entries[i]! & PRESENT) !== 0) present++;
  return present * PAGE_BYTES;
}

/** The kernel's flags of the mapping that the region is in. */
function flags(pool: TestPool): string {
  let inside = false;
  for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) /.exec(line);
    if (range !== null) {
      inside = Number.parseInt(range[1]!, 16) <= pool.address && Number.parseInt(range[2]!, 16) > pool.address;
    }
    if (inside && line.startsWith("VmFlags:")) return line;
  }
  return "";
}

function keeperOf(pool: TestPool, ready = 0): PoolKeeper {
  return new PoolKeeper(pool.central, pool.address, ready, IDLE_MS, 0);
}

test("so many spans are ready, with their pages, and are served first; used ones are made up for", () => {
  const pool = new TestPool(8);
  expect(flags(pool)).toMatch(/ dd( |$)/);
  expect(residentBytes(pool)).toBe(0);
  const keeper = keeperOf(pool, 2);
  keeper.turn(0);
  expect([keeper.count(READY), keeper.count(FREE), residentBytes(pool)]).toEqual([2, 6, 2 * SPAN_BYTES]);
  const taken = [0, 1, 2].map((sizeClass) => pool.lanes[0]!.take(sizeClass));
  expect([keeper.count(READY), keeper.count(SERVING)]).toEqual([0, 3]);
  expect(taken.map((at) => Math.floor(at / SPAN_BYTES)).slice(0, 2)).toEqual([0, 1]);
  keeper.turn(1);
  expect([keeper.count(READY), keeper.count(SERVING), keeper.count(FREE)]).toEqual([2, 3, 3]);
});

test("spans that nobody needed for a while go back to the system, and serve another class next", () => {
  const pool = new TestPool(4);
  const keeper = keeperOf(pool);
  const lane = pool.lanes[0]!;
  const bytes = pool.bytes();
  const taken: number[] = [];
  for (let at = lane.take(0); at !== EMPTY; at = lane.take(0)) taken.push(at);
  for (const at of taken) bytes.fill(7, at, at + CLASS_BYTES[0]!);
  expect(residentBytes(pool)).toBe(4 * SPAN_BYTES);
  keeper.turn(IDLE_MS + 1);
  for (const at of taken) lane.give(at);
  lane.shareAll();
  // They were needed since the last time.
  keeper.turn(2 * IDLE_MS + 2);
  expect(keeper.returned).toBe(0);
  keeper.turn(3 * IDLE_MS + 3);
  expect(keeper.returned).toBe(4);
  expect([keeper.count(FREE), residentBytes(pool)]).toEqual([4, 0]);
  expect(pool.central.listed(0)).toBe(0);
  const at = lane.take(2);
  expect(pool.central.classOf(at)).toBe(2);
  expect(bytes[at]).toBe(0);
});

test("a span of which one buffer is in use stays, and loses none", () => {
  const pool = new TestPool(3);
  const keeper = keeperOf(pool);
  const lane = pool.lanes[0]!;
  const taken: number[] = [];
  for (let at = lane.take(1); at !== EMPTY; at = lane.take(1)) taken.push(at);
  const kept = [taken[1]!, taken[20]!];
  const bytes = pool.bytes();
  for (const at of kept) bytes.fill(9, at, at + CLASS_BYTES[1]!);
  for (const at of taken) if (!kept.includes(at)) lane.give(at);
  lane.shareAll();
  for (let i = 1; i <= 4; i++) keeper.turn(i * (IDLE_MS + 1));
  expect(keeper.returned).toBe(1);
  expect([keeper.count(SERVING), keeper.count(FREE)]).toEqual([2, 1]);
  for (const at of kept) expect(bytes.slice(at, at + CLASS_BYTES[1]!).every((byte) => byte === 9)).toBe(true);
  for (const at of kept) lane.give(at);
  lane.shareAll();
  for (let i = 5; i <= 8; i++) keeper.turn(i * (IDLE_MS + 1));
  expect([keeper.count(FREE), keeper.returned]).toEqual([3, 3]);
});

test("what a lane keeps to itself is not lost by a look in between", () => {
  const pool = new TestPool(2);
  const keeper = keeperOf(pool);
  const lane = pool.lanes[0]!;
  const taken = Array.from({ length: 20 }, () => lane.take(1));
  for (const at of taken) lane.give(at);
  for (let i = 1; i <= 4; i++) keeper.turn(i * (IDLE_MS + 1));
  lane.shareAll();
  for (let i = 5; i <= 8; i++) keeper.turn(i * (IDLE_MS + 1));
  expect(keeper.count(FREE)).toBe(2);
  for (let sizeClass = 0; sizeClass < CLASSES; sizeClass++) expect(pool.central.listed(sizeClass)).toBe(0);
});
