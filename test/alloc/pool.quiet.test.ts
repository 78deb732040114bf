import { heapStats } from "bun:jsc";
import { expect, setDefaultTimeout, test } from "bun:test";
import { Backlog } from "../../src/pool/backlog.ts";
import { IN_USE } from "../../src/pool/counters.ts";
import { CLASSES, SMALLEST } from "../../src/pool/layout.ts";
import { patterned, TestPool } from "../pool/pool.ts";

setDefaultTimeout(60_000);

const ROUND = 10_000;
const ROUNDS = 20;
/** What counting and compiling leave behind in a round; one object in twenty turns is more. */
const NOISE = 500;

const pool = new TestPool(16, 2);
const [lane, other] = [pool.lanes[0]!, pool.lanes[1]!];
const backlog = new Backlog(lane, SMALLEST);
const pattern = patterned(65_536);
const held = new Int32Array(64);

/** Cells on this thread's heap, garbage included. */
function cells(): number {
  let count = 0;
  for (const ofType of Object.values(heapStats().objectTypeCounts)) count += ofType;
  return count;
}

/** The most cells that any round made, beyond those that counting makes. */
function made(turn: (i: number) => void): number {
  for (let i = 0; i < 2 * ROUND; i++) turn(i);
  let most = 0;
  for (let round = 0; round < ROUNDS; round++) {
    Bun.gc(true);
    cells();
    const before = cells();
    const between = cells();
    for (let i = 0; i < ROUND; i++) turn(i);
    most = Math.max(most, cells() - between - (between - before));
  }
  return most;
}

test.each<[string, (i: number) => void]>([
  ["a buffer from the lane's cache and back", (i) => lane.give(lane.take(i % CLASSES))],
  [
    "buffers from the list that all share and back",
    (i) => {
      const door = i % 2 === 0 ? lane : other;
      for (let j = 0; j < 30; j++) held[j] = door.take(1);
      for (let j = 0; j < 30; j++) door.give(held[j]!);
      if (i % 8 === 0) door.shareAll();
    },
  ],
  [
    "a backlog that grows and is drained",
    (i) => {
      backlog.append(pattern.address, 40_000 + (i % 20_000));
      while (backlog.bytes > 200_000) backlog.release(backlog.piece);
      if (i % 16 === 0) backlog.clear();
    },
  ],
  ["a rest", (i) => lane.rest(i * 1e9)],
])("%s leave nothing on the heap", (_, turn) => {
  expect(made(turn)).toBeLessThan(NOISE);
  backlog.clear();
  expect(lane.counters[IN_USE]).toBe(0);
});
