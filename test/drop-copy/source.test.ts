import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { Source, type SourcePlace } from "../../src/drop-copy/source.ts";
import { SEGMENT_HEADER_BYTES, STREAM_WORDS_BYTES, segmentFile } from "../../src/journal/layout.ts";
import { Rig, SEGMENT_BYTES, scratchDirectory } from "../journal/rig.ts";

const FIRST = SEGMENT_BYTES + SEGMENT_HEADER_BYTES;
const WORD = STREAM_WORDS_BYTES >> 2;
const FORMER: SourcePlace = { stream: "client1", agent: 1, word: null, begin: 0 };
const LIVE: SourcePlace = { ...FORMER, word: WORD };
const NO_WORDS = new Int32Array(0);

/** Messages 1 to `count` of 1,000 bytes, in two segments and more from 300 on. */
function written(dir: string, count: number): Rig {
  const rig = new Rig(dir, "client1");
  for (let sequence = 1; sequence <= count; sequence++) {
    if (!rig.writer.room(2_000)) rig.settle();
    rig.message(1, sequence, 1_000);
  }
  rig.settle();
  return rig;
}

/** Sequences that the source gives up to where there is none yet. */
function taken(source: Source): number[] {
  const all: number[] = [];
  for (let entry = source.next(); entry !== null; entry = source.next()) all.push(entry.sequence);
  return all;
}

const upTo = (count: number, from = 1): number[] => Array.from({ length: count - from + 1 }, (_, i) => from + i);

function damage(dir: string, segment: number, at: number): void {
  const file = `${dir}/${segmentFile("client1", segment)}`;
  const bytes = readFileSync(file);
  bytes[at] = bytes[at]! ^ 4;
  writeFileSync(file, bytes);
}

test("a stream that nobody writes is read to its end, and not looked at any more", () => {
  using dir = scratchDirectory();
  written(dir.path, 600).close();
  const source = new Source(dir.path, FORMER, FIRST, NO_WORDS, SEGMENT_BYTES, false);
  expect(taken(source)).toEqual(upTo(600));
  const end = source.position;
  renameSync(dir.path, `${dir.path}-moved`);
  expect([source.next(), source.next()]).toEqual([null, null]);
  expect(source.position).toBe(end);
  renameSync(`${dir.path}-moved`, dir.path);
  // A later start begins there.
  expect(taken(new Source(dir.path, FORMER, end, NO_WORDS, SEGMENT_BYTES, false))).toEqual([]);
});

test("a damaged entry of a stream that is written is found at once, and passed over alone", () => {
  using dir = scratchDirectory();
  const rig = written(dir.path, 10);
  damage(dir.path, 1, SEGMENT_HEADER_BYTES + 4 * 1_032 + 100);
  const source = new Source(dir.path, LIVE, FIRST, rig.shared.ints, SEGMENT_BYTES, false);
  for (const sequence of [1, 2, 3, 4]) expect(source.next()?.sequence).toBe(sequence);
  expect(() => [source.next(), source.next()]).toThrow(
    `${dir.path}/client1-00000001.journal: the entry at offset ${SEGMENT_HEADER_BYTES + 4 * 1_032} is damaged`,
  );
  expect(() => source.next()).toThrow("is damaged");
  expect(source.skip()).toEqual({ from: FIRST + 4 * 1_032, to: FIRST + 5 * 1_032 });
  expect(taken(source)).toEqual(upTo(10, 6));
  rig.message(1, 11, 1_000);
  rig.settle();
  expect(taken(source)).toEqual([11]);
  source.close();
  rig.close();
});

test("a damaged entry is found and can be passed over when it is the last one", () => {
  using dir = scratchDirectory();
  const rig = written(dir.path, 3);
  damage(dir.path, 1, SEGMENT_HEADER_BYTES + 2 * 1_032 + 100);
  const source = new Source(dir.path, LIVE, FIRST, rig.shared.ints, SEGMENT_BYTES, false);
  for (const sequence of [1, 2]) expect(source.next()?.sequence).toBe(sequence);
  expect(() => [source.next(), source.next()]).toThrow("is damaged");
  expect(source.skip()).toEqual({ from: FIRST + 2 * 1_032, to: FIRST + 3 * 1_032 });
  expect(source.next()).toBeNull();
  rig.message(1, 4, 1_000);
  rig.settle();
  expect(taken(source)).toEqual([4]);
  source.close();
  rig.close();
});

test("what the writer has not written out is no damage", () => {
  using dir = scratchDirectory();
  const rig = written(dir.path, 3);
  const source = new Source(dir.path, LIVE, FIRST, rig.shared.ints, SEGMENT_BYTES, false);
  expect(taken(source)).toEqual([1, 2, 3]);
  rig.message(1, 4, 1_000);
  for (let i = 0; i < 5; i++) expect(source.next()).toBeNull();
  rig.settle();
  expect(taken(source)).toEqual([4]);
  source.close();
  rig.close();
});

test("of a stream that nobody writes, damage is found and passed over, too", () => {
  using dir = scratchDirectory();
  written(dir.path, 10).close();
  damage(dir.path, 1, SEGMENT_HEADER_BYTES + 2 * 1_032 + 100);
  const source = new Source(dir.path, FORMER, FIRST, NO_WORDS, SEGMENT_BYTES, false);
  for (const sequence of [1, 2]) expect(source.next()?.sequence).toBe(sequence);
  expect(() => source.next()).toThrow("the entry is damaged");
  expect(source.skip()).not.toBeNull();
  expect(taken(source)).toEqual(upTo(10, 4));
});

test("a missing segment stops it at that place, and is read when it is back", () => {
  using dir = scratchDirectory();
  written(dir.path, 800).close();
  const file = `${dir.path}/${segmentFile("client1", 2)}`;
  renameSync(file, `${dir.path}/aside`);
  const source = new Source(dir.path, FORMER, FIRST, NO_WORDS, SEGMENT_BYTES, false);
  const before: number[] = [];
  const read = (): void => {
    for (let entry = source.next(); entry !== null; entry = source.next()) before.push(entry.sequence);
  };
  for (let i = 0; i < 2; i++) expect(read).toThrow("client1-00000002.journal: missing, though later ones are there");
  expect(source.skipDeleted()).toBeNull();
  renameSync(`${dir.path}/aside`, file);
  read();
  expect(before).toEqual(upTo(800));
});

test("what retention has deleted is passed over, and named", () => {
  using dir = scratchDirectory();
  written(dir.path, 800).close();
  rmSync(`${dir.path}/${segmentFile("client1", 1)}`);
  mkdirSync(`${dir.path}/archive`);
  writeFileSync(`${dir.path}/archive/removed.json`, '{"client1":1}');
  const source = new Source(dir.path, FORMER, FIRST, NO_WORDS, SEGMENT_BYTES, false);
  expect(() => source.next()).toThrow("client1-00000001.journal: missing");
  expect(source.skipDeleted()).toEqual({ from: FIRST, to: 2 * SEGMENT_BYTES });
  expect(source.skipDeleted()).toBeNull();
  const left = taken(source);
  expect(left).toEqual(upTo(800, left[0]));
  expect(left.length).toBeLessThan(800);
});

test("a stream of which retention has deleted all is at its end", () => {
  using dir = scratchDirectory();
  written(dir.path, 10).close();
  rmSync(`${dir.path}/${segmentFile("client1", 1)}`);
  mkdirSync(`${dir.path}/archive`);
  writeFileSync(`${dir.path}/archive/removed.json`, '{"client1":1}');
  const source = new Source(dir.path, FORMER, FIRST, NO_WORDS, SEGMENT_BYTES, false);
  expect(() => source.next()).toThrow("are missing");
  expect(source.skipDeleted()).toEqual({ from: FIRST, to: 2 * SEGMENT_BYTES });
  expect(source.next()).toBeNull();
  // So it is for a later start.
  expect(new Source(dir.path, FORMER, 2 * SEGMENT_BYTES, NO_WORDS, SEGMENT_BYTES, false).next()).toBeNull();
});
