import { expect, test } from "bun:test";
import { readFileSync, statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { KIB, MIB } from "../../src/base/units.ts";
import { PREPARED_WORD, STREAM_WORDS_BYTES, segmentFile } from "../../src/journal/layout.ts";
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
      const deadline = performance.now() + 10_000;
      while (!rig.writer.room(400)) {
        if (performance.now() > deadline) throw new Error(`no room after ${sequence} entries`);
        Bun.sleepSync(1);
      }
      rig.message(1, sequence, 100 + (sequence % 200));
    }
  } finally {
    await worker.terminate();
  }
  rig.abandon();
  expect(readBack(dir.path).sequences).toEqual(upTo(count));
}, 30_000);
