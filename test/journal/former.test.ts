// Journals of format versions 1 and 2, which earlier releases have written.

import { describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { ascii } from "../../src/base/ascii.ts";
import { Views } from "../../src/base/views.ts";
import { BackwardReader } from "../../src/journal/backward-reader.ts";
import { BUFFER_HEADER_BYTES } from "../../src/journal/buffer-file.ts";
import { checkWords } from "../../src/journal/check.ts";
import { ENTRY_MESSAGE, FORMAT_VERSION_1, FORMAT_VERSION_2, segmentFile } from "../../src/journal/layout.ts";
import { headerBytes } from "../../src/journal/segment.ts";
import { writeOutBuffers } from "../../src/journal/store/buffers.ts";
import { readNames } from "../../src/journal/store/names.ts";
import { applyRepair, planRepair } from "../../src/journal/store/repair.ts";
import { pattern, Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "./rig.ts";

const HEADER_BYTES = 40;
const PAYLOAD_BYTES = 200;
const ENTRY_BYTES = HEADER_BYTES + PAYLOAD_BYTES;
const FIRST = SEGMENT_BYTES + 4096;

/** The entries with these numbers as they stand from a position on. */
function entries(version: number, sequences: readonly number[], position: number): Uint8Array {
  const { ints, doubles, bytes } = Views.allocate(sequences.length * ENTRY_BYTES);
  for (const [i, sequence] of sequences.entries()) {
    const at = i * ENTRY_BYTES;
    const word = at >> 2;
    ints.set([ENTRY_BYTES, ENTRY_MESSAGE, 7, sequence], word);
    doubles[(at + 16) >> 3] = 1.7e15 + sequence;
    ints.set([PAYLOAD_BYTES, sequence, 3], word + 6);
    for (let k = 0; k < PAYLOAD_BYTES; k++) bytes[at + HEADER_BYTES + k] = pattern(sequence, k);
    const place = version === FORMAT_VERSION_1 ? 0 : Math.imul((position + at) / 8, 0x9e3779b1);
    const header = checkWords(ints, word + 1, 8, ENTRY_BYTES ^ place);
    ints[word + 9] = checkWords(ints, word + 10, PAYLOAD_BYTES / 4, header);
  }
  return bytes.slice(0, sequences.length * ENTRY_BYTES);
}

/** A data directory with one segment of entries 1 to `count`. */
function former(dir: string, version: number, count: number): void {
  new Rig(dir).close();
  const { birth } = readNames(dir)!;
  const header = headerBytes("core", 1, SEGMENT_BYTES, birth, version);
  const content = Buffer.concat([header, entries(version, upTo(count), FIRST)]);
  const whole = Buffer.alloc(SEGMENT_BYTES);
  whole.set(content);
  writeFileSync(`${dir}/${segmentFile("core", 1)}`, whole);
}

describe.each([FORMAT_VERSION_1, FORMAT_VERSION_2])("a journal of version %i", (version) => {
  test("is read, and continues in segments of this version", () => {
    using dir = scratchDirectory();
    former(dir.path, version, 100);
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(100), end: { notice: null } });
    const rig = new Rig(dir.path, "core", { usedBytes: 4096 + 100 * ENTRY_BYTES });
    for (let sequence = 101; sequence <= 150; sequence++) rig.message(1, sequence, 200);
    rig.settle();
    const backwardReader = new BackwardReader(rig.writer, dir.path);
    backwardReader.seek(FIRST + 40 * ENTRY_BYTES);
    const found: number[] = [];
    while (backwardReader.next()) {
      const { kind, session, sequence, payloadAt, payloadLength } = backwardReader.entry;
      expect([kind, session, payloadLength]).toEqual([ENTRY_MESSAGE, sequence > 100 ? 1 : 7, PAYLOAD_BYTES]);
      expect(backwardReader.views.bytes[payloadAt + 5]).toBe(pattern(sequence, 5));
      found.push(sequence);
    }
    expect(found).toEqual(upTo(150).slice(40));
    rig.close();
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(150), end: { notice: null } });
  });

  test("is repaired", () => {
    using dir = scratchDirectory();
    former(dir.path, version, 100);
    const path = `${dir.path}/${segmentFile("core", 1)}`;
    const bytes = readFileSync(path);
    bytes[4096 + 9 * ENTRY_BYTES + 100]! ^= 1;
    writeFileSync(path, bytes);
    expect(() => readBack(dir.path)).toThrow("the entry is damaged");
    applyRepair(dir.path, planRepair(dir.path));
    expect(readBack(dir.path).sequences).toEqual(upTo(100).filter((sequence) => sequence !== 10));
  });
});

test("buffers that a killed run of version 2 has left are written out, also from the middle of an entry", () => {
  for (const cut of [60 * ENTRY_BYTES, 60 * ENTRY_BYTES + 104]) {
    using dir = scratchDirectory();
    former(dir.path, FORMAT_VERSION_2, 100);
    const { birth } = readNames(dir.path)!;
    const path = `${dir.path}/${segmentFile("core", 1)}`;
    const bytes = readFileSync(path);
    const written = FIRST + cut;
    const buffers = new Views(new ArrayBuffer(BUFFER_HEADER_BYTES + SEGMENT_BYTES));
    buffers.ints.set([0x4c4c4153, 0x46465542, 1, birth]);
    buffers.doubles.set([SEGMENT_BYTES, SEGMENT_BYTES], 2);
    buffers.doubles[8] = written;
    buffers.bytes.set(ascii("core"), 72);
    buffers.bytes.set(bytes, BUFFER_HEADER_BYTES);
    writeFileSync(`${dir.path}/buffers`, buffers.bytes);
    bytes.fill(0, 4096 + cut);
    writeFileSync(path, bytes);
    expect(writeOutBuffers(dir.path, birth)).toEqual({ bytes: 100 * ENTRY_BYTES - cut, lost: "" });
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(100), end: { notice: null } });
  }
});
