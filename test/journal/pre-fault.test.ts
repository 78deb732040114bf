import { expect, test } from "bun:test";
import { closeSync, openSync, readSync } from "node:fs";
import { KIB, MIB } from "../../src/base/units.ts";
import { STREAM_WORDS_BYTES } from "../../src/journal/layout.ts";
import { populatedAt } from "../../src/journal/positions.ts";
import { PreFault } from "../../src/journal/pre-fault.ts";
import { Rig, readBack, scratchDirectory, upTo } from "./rig.ts";

const SEGMENT = 16 * MIB;
const PAGE_BYTES = 4 * KIB;
const PRESENT = 0x80;

/** How many of the pages from `address` on are mapped, as the kernel tells page by page. */
function mapped(address: number, bytes: number): number {
  const entries = Buffer.alloc((8 * bytes) / PAGE_BYTES);
  const fd = openSync("/proc/self/pagemap", "r");
  expect(readSync(fd, entries, 0, entries.length, (address / PAGE_BYTES) * 8)).toBe(entries.length);
  closeSync(fd);
  let present = 0;
  for (let i = 7; i < entries.length; i += 8) if ((entries[i]! & PRESENT) !== 0) present++;
  return present * PAGE_BYTES;
}

function aheadOf(rig: Rig): PreFault {
  return new PreFault(
    rig.shared.ints,
    [{ wordsAt: STREAM_WORDS_BYTES, address: rig.writer.address }],
    rig.writer.segmentBytes,
  );
}

test("all of the segments that are there is brought in, and the keeper leaves it at that", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", SEGMENT);
  let sequence = 0;
  while (sequence < 200) rig.message(1, ++sequence, 4000);
  const segment = Math.floor(rig.writer.position / SEGMENT);
  const window = rig.writer.address + (segment & 1) * SEGMENT;
  expect(mapped(window, SEGMENT)).toBeLessThan(2 * MIB);
  aheadOf(rig).populate();
  expect(mapped(window, SEGMENT)).toBeGreaterThanOrEqual(SEGMENT - PAGE_BYTES);
  expect(populatedAt(rig.shared.ints, STREAM_WORDS_BYTES >> 2, SEGMENT)).toBe((segment + 1) * SEGMENT);
  const turns = rig.settle();
  // It prepares the next segment, and brings in what of it is near; bites for all of this one would be fifty more.
  expect(turns).toBeLessThan(50);
  rig.close();
  expect(readBack(dir.path).sequences).toEqual(upTo(sequence));
});

test("a stream that moves little is left to its keeper", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", 4 * SEGMENT);
  const ahead = aheadOf(rig);
  // Where it stands at first is a movement, too.
  ahead.populate();
  const before = populatedAt(rig.shared.ints, STREAM_WORDS_BYTES >> 2, 4 * SEGMENT);
  for (let sequence = 1; sequence <= 100; sequence++) rig.message(1, sequence, 4000);
  ahead.populate();
  expect(populatedAt(rig.shared.ints, STREAM_WORDS_BYTES >> 2, 4 * SEGMENT)).toBe(before);
  for (let sequence = 101; sequence <= 500; sequence++) rig.message(1, sequence, 4000);
  ahead.populate();
  expect(populatedAt(rig.shared.ints, STREAM_WORDS_BYTES >> 2, 4 * SEGMENT)).toBeGreaterThan(before);
  rig.close();
});

test("a writer that is faster, and goes through many segments, loses nothing", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", MIB);
  const ahead = aheadOf(rig);
  let sequence = 0;
  while (rig.writer.position < 20 * MIB) {
    if (sequence % 7 === 0) rig.settle();
    if (sequence % 500 === 0) ahead.populate();
    while (!rig.writer.room(4000)) rig.settle();
    rig.message(1, ++sequence, 1000 + (sequence % 3000));
  }
  ahead.populate();
  expect(populatedAt(rig.shared.ints, STREAM_WORDS_BYTES >> 2, MIB)).toBeGreaterThanOrEqual(rig.writer.position);
  rig.close();
  expect(readBack(dir.path).sequences).toEqual(upTo(sequence));
});
