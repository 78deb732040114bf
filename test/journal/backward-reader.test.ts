import { expect, test } from "bun:test";
import { BackwardReader } from "../../src/journal/backward-reader.ts";
import { pattern, Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "./rig.ts";

/** Sequences from a position to the writer's, each payload checked. */
function look(backwardReader: BackwardReader, position: number): number[] {
  const found: number[] = [];
  backwardReader.seek(position);
  while (backwardReader.next()) {
    const { bytes } = backwardReader.views;
    const { sequence, payloadAt, payloadLength } = backwardReader.entry;
    for (let i = 0; i < payloadLength; i += 13) expect(bytes[payloadAt + i]).toBe(pattern(sequence, i));
    found.push(sequence);
  }
  return found;
}

test("reads back from any position, over old segments and the one being written", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  const backwardReader = new BackwardReader(rig.writer, dir.path);
  const count = 3 * Math.floor(SEGMENT_BYTES / 232) + 100;
  const positions: number[] = [];
  for (let sequence = 1; sequence <= count; sequence++) {
    if (sequence % 50 === 0) rig.settle();
    positions.push(rig.message(1, sequence, 200));
  }
  for (const from of [1, 2, 700, 1091, 1092, 1093, 2500, count - 1, count]) {
    expect(look(backwardReader, positions[from - 1]!)).toEqual(upTo(count).slice(from - 1));
  }
  expect(look(backwardReader, rig.writer.position)).toEqual([]);
  // What is appended later is found from where the last look ended.
  const here = rig.writer.position;
  rig.message(1, count + 1, 200);
  expect(look(backwardReader, here)).toEqual([count + 1]);
  expect(look(backwardReader, positions[0]!)).toEqual(upTo(count + 1));
  rig.abandon();
});

test("goes from the segments of earlier runs, which were cut, into this run's", () => {
  using dir = scratchDirectory();
  const first = new Rig(dir.path);
  const position = first.message(1, 1, 200);
  for (let sequence = 2; sequence <= 50; sequence++) first.message(1, sequence, 200);
  first.settle();
  first.abandon();
  const second = new Rig(dir.path, "core", { usedBytes: readBack(dir.path).end.usedBytes });
  for (let sequence = 51; sequence <= 60; sequence++) second.message(1, sequence, 200);
  second.close();
  const third = new Rig(dir.path, "core", { usedBytes: readBack(dir.path).end.usedBytes });
  const backwardReader = new BackwardReader(third.writer, dir.path);
  expect(look(backwardReader, position)).toEqual(upTo(60));
  third.message(1, 61, 200);
  expect(look(backwardReader, position)).toEqual(upTo(61));
  third.abandon();
});

test("a look may be left and taken up where it was", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  const backwardReader = new BackwardReader(rig.writer, dir.path);
  const position = rig.message(1, 1, 100);
  for (let sequence = 2; sequence <= 5; sequence++) rig.message(1, sequence, 100);
  backwardReader.seek(position);
  backwardReader.next();
  backwardReader.next();
  const left = backwardReader.position;
  expect(look(backwardReader, position)).toEqual(upTo(5));
  expect(look(backwardReader, left)).toEqual([3, 4, 5]);
  rig.abandon();
});
