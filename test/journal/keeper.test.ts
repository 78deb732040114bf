import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync, truncateSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { KIB, MIB, NS_PER_MS } from "../../src/base/units.ts";
import { PREPARED_WORD, SEGMENT_HEADER_BYTES, STREAM_WORDS_BYTES, segmentFile } from "../../src/journal/layout.ts";
import { untilSync } from "../eventually.ts";
import { Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "./rig.ts";

/** Bytes of a segment file that hold entries. */
function inFile(rig: Rig, segment = 1): number {
  const file = readFileSync(`${rig.dir}/${segmentFile("core", segment)}`);
  let end = file.length;
  while (end > SEGMENT_HEADER_BYTES && file[end - 1] === 0) end--;
  return end - SEGMENT_HEADER_BYTES;
}

test("writes out at once what is much, and 20 milliseconds later what is little", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", { segmentBytes: 8 * MIB });
  rig.settle();
  const at = rig.nowNs;
  rig.message(1, 1, 1000);
  rig.keeper.poll(at);
  rig.keeper.poll(at + 19 * NS_PER_MS);
  expect(inFile(rig)).toBe(0);
  expect(rig.keeper.deadlineNs()).toBeLessThanOrEqual(at + 24 * NS_PER_MS);
  rig.keeper.poll(at + 20 * NS_PER_MS);
  expect(inFile(rig)).toBeGreaterThan(1000);
  expect(rig.writer.written).toBe(rig.writer.position);
  for (let sequence = 2; rig.writer.position - rig.writer.written < MIB; sequence++) rig.message(1, sequence, 4000);
  rig.keeper.poll(at + 21 * NS_PER_MS);
  expect(rig.writer.position - rig.writer.written).toBeLessThan(64 * KIB);
  rig.abandon();
});

test("the writer has room for seven eighths of the buffer, and for more once that is written out", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", { segmentBytes: 8 * MIB, bufferBytes: 256 * KIB });
  const fill = (from: number): number => {
    let sequence = from;
    while (rig.writer.room(4040)) rig.message(1, ++sequence, 4000);
    return sequence;
  };
  let last = fill(0);
  expect(last * 4040).toBeGreaterThan(7 * 32 * KIB - 3 * 4040);
  expect(last * 4040).toBeLessThanOrEqual(7 * 32 * KIB);
  for (let lap = 0; lap < 100; lap++) {
    rig.settle();
    last = fill(last);
  }
  rig.abandon();
  expect(readBack(dir.path).sequences).toEqual(upTo(last));
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
  ["a small buffer", 64 * KIB],
  ["a buffer of several segments", 1024 * KIB],
  ["a buffer whose size is no multiple of a segment's", 324 * KIB],
])("%s: every entry comes back, whenever the process dies", (_, bufferBytes) => {
  using dir = scratchDirectory();
  let sequence = 0;
  for (let life = 0; life < 12; life++) {
    const rig = new Rig(dir.path, "core", {
      bufferBytes,
      usedBytes: sequence === 0 ? 0 : readBack(dir.path).end.usedBytes,
    });
    for (let i = 0; i < 150 * life; i++) {
      const bytes = (i * 37) % 3000;
      if (!rig.writer.room(bytes + 64)) rig.settle();
      rig.message(1, ++sequence, bytes);
    }
    rig.abandon();
    expect(readBack(dir.path).sequences).toEqual(upTo(sequence));
  }
});

test("an orderly end writes out the rest and removes the buffers", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  for (let sequence = 1; sequence <= 100; sequence++) rig.message(1, sequence, 100);
  expect(existsSync(`${dir.path}/buffers`)).toBe(true);
  rig.close();
  expect(existsSync(`${dir.path}/buffers`)).toBe(false);
  expect(readBack(dir.path).sequences).toEqual(upTo(100));
});

test("a segment that was cut ends the line", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  rig.settle();
  rig.message(1, 1, 100);
  truncateSync(`${dir.path}/${segmentFile("core", 1)}`, SEGMENT_BYTES - 4096);
  expect(() => rig.settle()).toThrow("core-00000001.journal was cut while the gateway writes to it");
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
  rig.keeper.poll(later + 2e9);
  expect(rig.keeper.deadlineNs() - later - 2e9).toBeGreaterThanOrEqual(1e7);
  expect(rig.keeper.deadlineNs() - later - 2e9).toBeLessThanOrEqual(2e8);
  rig.abandon();
});

test("what a run leaves in the middle of an entry is whole at the next start", () => {
  for (const [messages, turns] of [
    [5_000, 1],
    [5_000, 2],
    [9_500, 1],
    [9_500, 2],
  ] as const) {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path, "core", { segmentBytes: 2 * MIB, bufferBytes: 2 * MIB });
    rig.settle();
    let sequence = 0;
    // The first megabyte goes alone, so that the cut is behind an end that is known.
    for (; sequence < messages - 4_700; ) rig.message(1, ++sequence, 200);
    rig.settle();
    for (; sequence < messages; ) rig.message(1, ++sequence, 200);
    for (let turn = 0; turn < turns; turn++) rig.keeper.poll((rig.nowNs += 1e9));
    rig.abandon();
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(messages), end: { notice: null } });
  }
});

test("keeps a stream whose writer runs in another thread", async () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", { segmentBytes: MIB, bufferBytes: 512 * KIB });
  const worker = new Worker(new URL("./keeper-worker.ts", import.meta.url), {
    workerData: {
      shared: rig.shared.buffer,
      wordsAt: STREAM_WORDS_BYTES,
      address: rig.writer.address,
      dir: dir.path,
      segmentBytes: MIB,
      birth: rig.journal.names.birth,
      buffersFd: rig.buffers.fd,
      bufferBytes: 512 * KIB,
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
