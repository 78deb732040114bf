import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { residentPages } from "../../ffi/locking.ts";
import { KIB, MIB, NS_PER_MS } from "../../src/base/units.ts";
import { PREPARED_WORD, STREAM_WORDS_BYTES, segmentFile } from "../../src/journal/layout.ts";
import { MainWakeup } from "../../src/ring/main-wakeup.ts";
import { untilSync } from "../eventually.ts";
import { Rig, readBack, scratchDirectory, upTo } from "./rig.ts";

const SEGMENT = 8 * MIB;

/** Resident bytes of the stream's windows, as the kernel counts them. */
function resident(rig: Rig): number {
  let bytes = 0;
  let inside = false;
  for (const line of readFileSync("/proc/self/smaps", "utf8").split("\n")) {
    const range = /^([0-9a-f]+)-([0-9a-f]+) /.exec(line);
    if (range !== null) {
      const from = Number.parseInt(range[1]!, 16);
      inside = from >= rig.writer.address && from < rig.writer.address + 3 * rig.writer.segmentBytes;
    } else if (inside && line.startsWith("Rss:")) bytes += Number(/\d+/.exec(line)![0]) * KIB;
  }
  return bytes;
}

test.each([
  ["on the writer's lane", true],
  ["on another lane", false],
])("%s: pages are ready ahead of the writer and given back behind it", (_, sameLane) => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", SEGMENT, sameLane);
  rig.settle();
  expect(resident(rig)).toBeGreaterThan(1.7 * MIB);
  let sequence = 0;
  while (rig.writer.position < 4.5 * SEGMENT) {
    rig.message(1, ++sequence, 4000);
    if (sequence % 100 === 0) rig.settle();
  }
  rig.settle();
  // Five MiB ahead and up to two behind; without being given back it would be two segments.
  expect(resident(rig)).toBeGreaterThan(1.7 * MIB);
  expect(resident(rig)).toBeLessThan(7.5 * MIB);
  rig.close();
  expect(readBack(dir.path).sequences).toEqual(upTo(sequence));
});

test("one turn is a small bite while nothing moves, and comes to rest", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", SEGMENT);
  let before = resident(rig);
  const turns = Array.from({ length: 20 }, () => {
    rig.keeper.poll(0);
    const now = resident(rig);
    const bite = now - before;
    before = now;
    return bite;
  });
  expect(Math.max(...turns)).toBeLessThanOrEqual(256 * KIB);
  expect(rig.settle()).toBeLessThan(700);
  expect(rig.settle()).toBe(0);
  rig.abandon();
});

test("the next segment is there as soon as it can be, in full size, and named only when whole", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  const prepared = (): number => rig.shared.ints[(STREAM_WORDS_BYTES >> 2) + PREPARED_WORD]!;
  expect(prepared()).toBe(1);
  rig.settle();
  expect(prepared()).toBe(2);
  expect(statSync(`${dir.path}/${segmentFile("core", 2)}`).size).toBe(rig.writer.segmentBytes);
  rig.abandon();
});

test.each([
  ["with spares the segment that the start opened is made as well", 1],
  ["without spares it is made as it is needed", 0],
])("%s", (_, spares) => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", SEGMENT, true, 0, spares);
  const window = rig.writer.address + SEGMENT;
  const made = residentPages(window, SEGMENT).reduce((sum, page) => sum + (page & 1), 0);
  expect(made * 4 * KIB === SEGMENT).toBe(spares > 0);
  rig.message(1, 1, 1000);
  rig.settle();
  rig.close();
  expect(readBack(dir.path).sequences).toEqual([1]);
});

test("a burst is told to the main thread again and again, a slow stream and a pause are not", () => {
  using dir = scratchDirectory();
  const ints = new Int32Array(new SharedArrayBuffer(4));
  const rig = new Rig(dir.path, "core", 64 * MIB, true, 0, 0, new MainWakeup(ints, 0));
  let sequence = 0;
  let ms = 0;
  const write = (bytes: number, everyMs: number): number => {
    const before = ints[0]!;
    for (const end = rig.writer.position + bytes; rig.writer.position < end; ms += everyMs) {
      while (!rig.writer.room(60_000)) rig.settle();
      rig.message(1, ++sequence, 60_000);
      rig.keeper.poll(ms * NS_PER_MS);
    }
    return ints[0]! - before;
  };
  expect(write(24 * MIB, 0.1)).toBeGreaterThanOrEqual(5);
  expect(write(24 * MIB, 5)).toBeLessThanOrEqual(1);
  ms += 10_000;
  expect(write(3 * MIB, 0.1)).toBe(0);
  rig.close();
  expect(readBack(dir.path).sequences).toEqual(upTo(sequence));
});

test("its next turn is soon while streams move, and not when they rest", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  rig.settle();
  const later = 1e15;
  rig.message(1, 1, 10);
  rig.keeper.poll(later);
  expect(rig.keeper.deadlineNs() - later).toBeLessThanOrEqual(2e6);
  rig.keeper.poll(later + 1e9);
  expect(rig.keeper.deadlineNs() - later - 1e9).toBeGreaterThanOrEqual(2e7);
  expect(rig.keeper.deadlineNs() - later - 1e9).toBeLessThanOrEqual(2e8);
  rig.abandon();
});

test("keeps a stream whose writer runs in another thread", async () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", MIB);
  const worker = new Worker(new URL("./keeper-worker.ts", import.meta.url), {
    workerData: {
      shared: rig.shared.buffer,
      wordsAt: STREAM_WORDS_BYTES,
      address: rig.writer.address,
      dir: dir.path,
      segmentBytes: MIB,
      birth: rig.journal.names.birth,
    },
  });
  const count = 60_000;
  try {
    for (let sequence = 1; sequence <= count; sequence++) {
      if (!rig.writer.room(400)) untilSync(`room after ${sequence} entries`, () => rig.writer.room(400));
      rig.message(1, sequence, 100 + (sequence % 200));
    }
  } finally {
    await worker.terminate();
  }
  rig.abandon();
  expect(readBack(dir.path).sequences).toEqual(upTo(count));
}, 60_000);
