import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SEGMENT_HEADER_BYTES, segmentFile } from "../../src/journal/layout.ts";
import { removedPath } from "../../src/journal/store/archive.ts";
import { listStreams, StreamReader } from "../../src/journal/store/reader.ts";
import { SegmentFile } from "../../src/journal/store/segment-file.ts";
import { Rig, SEGMENT_BYTES, scratchDirectory, upTo } from "./rig.ts";

const ENTRY_BYTES = 232;
const PER_SEGMENT = Math.floor((SEGMENT_BYTES - SEGMENT_HEADER_BYTES) / ENTRY_BYTES);

let readers: StreamReader[] = [];
afterEach(() => {
  for (const reader of readers) reader.close();
  readers = [];
});

function read(dir: string, follow: boolean): StreamReader {
  const reader = new StreamReader(dir, "core", { partial: true, follow });
  readers.push(reader);
  return reader;
}

/** Sequences of what is there by now, at most so many. */
function take(reader: StreamReader, most = Number.POSITIVE_INFINITY): number[] {
  const sequences: number[] = [];
  while (sequences.length < most) {
    const entry = reader.next();
    if (entry === null) break;
    sequences.push(entry.sequence);
  }
  return sequences;
}

const path = (dir: string, segment: number): string => `${dir}/${segmentFile("core", segment)}`;

/** Appends up to that sequence, the keeper at work between. */
function write(rig: Rig, from: number, to: number): void {
  for (let sequence = from; sequence <= to; sequence++) {
    if (sequence % 100 === 0) rig.settle();
    rig.message(1, sequence, 200);
  }
  rig.settle();
}

/** Ten entries in the first of two segments, as a process that died leaves them. Returns  how much of it is used. */
function died(dir: string): number {
  const rig = new Rig(dir);
  write(rig, 1, 10);
  rig.abandon();
  expect(listStreams(dir).get("core")).toEqual([1, 2]);
  return SEGMENT_HEADER_BYTES + 10 * ENTRY_BYTES;
}

/** What a start writes behind that. */
function startedAgain(dir: string, usedBytes: number, from: number, to: number): void {
  const rig = new Rig(dir, "core", { usedBytes: usedBytes });
  write(rig, from, to);
  rig.abandon();
}

describe("a reader that follows waits while a start", () => {
  test("has taken the empty segment away behind the one it has read", () => {
    using dir = scratchDirectory();
    const used = died(dir.path);
    const reader = read(dir.path, true);
    expect(take(reader)).toEqual(upTo(10));
    unlinkSync(path(dir.path, 2));
    expect(take(reader)).toEqual([]);
    truncateSync(path(dir.path, 1), used);
    expect(take(reader)).toEqual([]);
    expect(take(reader)).toEqual([]);
    startedAgain(dir.path, used, 11, 12);
    expect(take(reader)).toEqual([11, 12]);
  });

  test("has taken away the empty segment that it is in", () => {
    using dir = scratchDirectory();
    const used = died(dir.path);
    truncateSync(path(dir.path, 1), used);
    const reader = read(dir.path, true);
    expect(take(reader)).toEqual(upTo(10));
    expect(reader.end.segment).toBe(1);
    unlinkSync(path(dir.path, 2));
    expect(take(reader)).toEqual([]);
    startedAgain(dir.path, used, 11, 12);
    expect(take(reader)).toEqual([11, 12]);
  });

  test("cuts the file just when it is read", () => {
    using dir = scratchDirectory();
    const used = died(dir.path);
    const reader = read(dir.path, true);
    expect(take(reader)).toEqual(upTo(10));
    const { refresh } = SegmentFile.prototype;
    SegmentFile.prototype.refresh = function (this: SegmentFile) {
      refresh.call(this);
      truncateSync(this.path, used);
    };
    try {
      expect(take(reader)).toEqual([]);
    } finally {
      SegmentFile.prototype.refresh = refresh;
    }
    startedAgain(dir.path, used, 11, 12);
    expect(take(reader)).toEqual([11, 12]);
  });
});

test("one that does not follow ends where an empty segment was that a start has taken away", () => {
  using dir = scratchDirectory();
  const used = died(dir.path);
  const reader = read(dir.path, false);
  expect(take(reader, 5)).toEqual(upTo(5));
  unlinkSync(path(dir.path, 2));
  truncateSync(path(dir.path, 1), used);
  expect(take(reader)).toEqual([6, 7, 8, 9, 10]);
  expect(reader.end).toEqual({ entries: 10, segment: 1, usedBytes: used, notice: null });
});

describe("what retention deletes meanwhile", () => {
  test("behind a reader does not hold it up", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    const [some, more] = [3 * PER_SEGMENT + 5, 5 * PER_SEGMENT + 5];
    write(rig, 1, some);
    const reader = read(dir.path, true);
    expect(take(reader)).toEqual(upTo(some));
    for (const segment of [1, 2, 3]) unlinkSync(path(dir.path, segment));
    write(rig, some + 1, more);
    expect(take(reader)).toEqual(upTo(more).slice(some));
    rig.abandon();
  });

  test("before a reader has come to it is passed over, as it is known to be gone", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    const all = 4 * PER_SEGMENT + 5;
    write(rig, 1, all);
    const reader = read(dir.path, true);
    expect(take(reader, 3)).toEqual([1, 2, 3]);
    for (const segment of [1, 2, 3]) unlinkSync(path(dir.path, segment));
    mkdirSync(dirname(removedPath(dir.path)), { recursive: true });
    writeFileSync(removedPath(dir.path), JSON.stringify({ core: 3 }));
    expect(take(reader)).toEqual([...upTo(PER_SEGMENT).slice(3), ...upTo(all).slice(3 * PER_SEGMENT)]);
    rig.abandon();
  });

  test("is missed where nothing says that it was deleted", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    write(rig, 1, 4 * PER_SEGMENT);
    const reader = read(dir.path, true);
    expect(take(reader, 3)).toEqual([1, 2, 3]);
    unlinkSync(path(dir.path, 2));
    expect(() => take(reader)).toThrow(`${path(dir.path, 2)}: missing, though later ones are there`);
    rig.abandon();
  });
});
