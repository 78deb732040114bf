import { describe, expect, test } from "bun:test";
import { closeSync, openSync, readFileSync, readSync, renameSync, truncateSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ENTRY_HEADER_BYTES, ENTRY_MESSAGE, SEGMENT_HEADER_BYTES, segmentFile } from "../../../src/journal/layout.ts";
import { writeOutBuffers } from "../../../src/journal/store/buffers.ts";
import { Damaged } from "../../../src/journal/store/damaged.ts";
import { readNames } from "../../../src/journal/store/names.ts";
import { listStreams, readStream, StreamReader } from "../../../src/journal/store/reader.ts";
import { Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "../rig.ts";

const ENTRY_BYTES = 232;
const PER_SEGMENT = Math.floor((SEGMENT_BYTES - SEGMENT_HEADER_BYTES) / ENTRY_BYTES);

/** A stream of `count` messages of 200 bytes, left as a process that died leaves it. */
function died(dir: string, count: number): void {
  const rig = new Rig(dir);
  for (let sequence = 1; sequence <= count; sequence++) {
    if (sequence % 100 === 0) rig.settle();
    rig.message(1, sequence, 200);
  }
  rig.abandon();
}

function overwrite(path: string, at: number, bytes: number[]): void {
  const fd = openSync(path, "r+");
  writeSync(fd, new Uint8Array(bytes), 0, bytes.length, at);
  closeSync(fd);
}

function byteAt(path: string, at: number): number {
  const one = new Uint8Array(1);
  const fd = openSync(path, "r");
  readSync(fd, one, 0, 1, at);
  closeSync(fd);
  return one[0]!;
}

/** File offset of the nth entry (from 1) of a segment. */
function entryAt(n: number): number {
  return SEGMENT_HEADER_BYTES + (n - 1) * ENTRY_BYTES;
}

describe("a stream's end", () => {
  test("after a crash is where the last whole entry ends", () => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    const { sequences, end } = readBack(dir.path);
    expect(sequences).toEqual(upTo(10));
    expect(end).toEqual({ entries: 10, segment: 1, usedBytes: entryAt(11), notice: null });
  });

  test("an entry whose length was not yet stored is left out, with a notice", () => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    const path = `${dir.path}/${segmentFile("core", 1)}`;
    overwrite(path, entryAt(10), [0, 0, 0, 0]);
    const { sequences, end } = readBack(dir.path);
    expect(sequences).toEqual(upTo(9));
    expect(end.usedBytes).toBe(entryAt(10));
    expect(end.notice).toContain(`${path}: the entry at offset ${entryAt(10)} was incomplete`);
  });

  test.each([
    ["its payload", 100],
    ["its header", 13],
    ["its padded end", ENTRY_BYTES - 1],
  ])("a last entry that is torn in %s is left out, with a notice", (_, within) => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    const path = `${dir.path}/${segmentFile("core", 1)}`;
    const at = entryAt(10) + within;
    overwrite(path, at, [byteAt(path, at) ^ 0x10]);
    const { sequences, end } = readBack(dir.path);
    expect(sequences).toEqual(upTo(9));
    expect(end.notice).toContain(`offset ${entryAt(10)}`);
  });

  test("a file cut short within an entry ends before it", () => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    truncateSync(`${dir.path}/${segmentFile("core", 1)}`, entryAt(10) + 120);
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(9), end: { usedBytes: entryAt(10) } });
  });

  test("of a stream that was never written is nothing", () => {
    using dir = scratchDirectory();
    died(dir.path, 0);
    expect(readBack(dir.path).end).toEqual({ entries: 0, segment: 0, usedBytes: 0, notice: null });
    expect(readBack(dir.path, "client7").end.entries).toBe(0);
  });
});

describe("damage", () => {
  test("of any byte of an entry that others follow is an error that names file and offset", () => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    const path = `${dir.path}/${segmentFile("core", 1)}`;
    for (let within = 0; within < ENTRY_BYTES; within++) {
      const at = entryAt(4) + within;
      const was = byteAt(path, at);
      for (const bits of [1, 0x80, was === 0 ? 0x20 : was]) {
        overwrite(path, at, [was ^ bits]);
        expect(() => readBack(dir.path)).toThrow(new RegExp(`core-00000001\\.journal: .* offset ${entryAt(4)};`));
      }
      overwrite(path, at, [was]);
    }
    expect(readBack(dir.path).sequences).toEqual(upTo(10));
  });

  test("what stands before it is visited", () => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    overwrite(`${dir.path}/${segmentFile("core", 1)}`, entryAt(6) + 50, [1, 2, 3]);
    const seen: number[] = [];
    expect(() => readStream(dir.path, "core", (entry) => seen.push(entry.sequence))).toThrow(Damaged);
    expect(seen).toEqual(upTo(5));
  });

  test("a gap before later entries is no end", () => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    overwrite(`${dir.path}/${segmentFile("core", 1)}`, entryAt(4), new Array(ENTRY_BYTES).fill(0));
    expect(() => readBack(dir.path)).toThrow(`a gap before later entries at offset ${entryAt(4)};`);
  });

  test("at the end of a segment that another follows is no end either", () => {
    using dir = scratchDirectory();
    died(dir.path, PER_SEGMENT + 5);
    const path = `${dir.path}/${segmentFile("core", 1)}`;
    overwrite(path, entryAt(PER_SEGMENT), [0, 0, 0, 0]);
    expect(() => readBack(dir.path)).toThrow(`${path}: a gap before later entries at offset ${entryAt(PER_SEGMENT)};`);
  });

  test("a segment that is missing between others is named", () => {
    using dir = scratchDirectory();
    died(dir.path, 3 * PER_SEGMENT);
    unlinkSync(`${dir.path}/${segmentFile("core", 2)}`);
    expect(() => readBack(dir.path)).toThrow(`${segmentFile("core", 2)}: missing`);
  });

  test("a renamed segment is noticed", () => {
    using dir = scratchDirectory();
    died(dir.path, 5);
    renameSync(`${dir.path}/${segmentFile("core", 1)}`, `${dir.path}/${segmentFile("core", 2)}`);
    expect(() => readBack(dir.path)).toThrow("its header has segment 1: the file was renamed");
  });

  test.each([
    ["a file that is none of ours", 0, 0x41, "not a Sallyport journal file"],
    ["another version", 8, 9, "format version 9"],
    ["a damaged header", 70, 0x7a, "its header is damaged"],
  ])("%s is told apart", (_, at, byte, message) => {
    using dir = scratchDirectory();
    died(dir.path, 5);
    overwrite(`${dir.path}/${segmentFile("core", 1)}`, at, [byte]);
    expect(() => readBack(dir.path)).toThrow(message);
  });
});

test("a stream can be read while it is written", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path);
  const reader = new StreamReader(dir.path, "core");
  for (let sequence = 1; sequence <= 100; sequence++) rig.message(1, sequence, 200);
  rig.settle();
  let read = 0;
  for (; read < 50; read++) expect(reader.next()!.sequence).toBe(read + 1);
  // The writer goes on into later segments meanwhile.
  const count = 2 * PER_SEGMENT + 20;
  for (let sequence = 101; sequence <= count; sequence++) {
    if (sequence % 100 === 0) rig.settle();
    rig.message(1, sequence, 200);
  }
  rig.settle();
  for (; read < count; read++) expect(reader.next()!.sequence).toBe(read + 1);
  expect(reader.next()).toBeNull();
  expect(reader.end.notice).toBeNull();
  rig.abandon();
});

test("what a killed process had appended is all there", async () => {
  using dir = scratchDirectory();
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "killed-child.ts"), dir.path], {
    stdout: "pipe",
    stderr: "inherit",
  });
  let told = 0;
  for await (const chunk of child.stdout) {
    told = Number(new TextDecoder().decode(chunk).trim().split("\n").at(-1));
    if (told > 20_000) break;
  }
  child.kill("SIGKILL");
  await child.exited;
  writeOutBuffers(dir.path, readNames(dir.path)!.birth);
  const { sequences } = readBack(dir.path);
  expect(sequences.length).toBeGreaterThanOrEqual(told);
  expect(sequences).toEqual(upTo(sequences.length));
});

test("an entry longer than what is read at once comes whole, and aligned for records", () => {
  using dir = scratchDirectory();
  const segmentBytes = 4 << 20;
  const rig = new Rig(dir.path, "core", { segmentBytes: segmentBytes });
  rig.settle();
  const bytes = 2_500_001;
  const at = rig.writer.claim(bytes);
  for (let i = 0; i < bytes; i++) rig.writer.views.bytes[at + i] = (i * 7) & 0xff;
  rig.writer.commit(ENTRY_MESSAGE, 1, 1, 1, 1, 0);
  rig.close();
  const seen: number[] = [];
  readStream(dir.path, "core", (entry) => {
    expect(entry.payloadAt % 8).toBe(0);
    seen.push(entry.payloadLength);
    for (let i = 0; i < bytes; i += 997) expect(entry.views.bytes[entry.payloadAt + i]).toBe((i * 7) & 0xff);
  });
  expect(seen).toEqual([bytes]);
});

test("a long stream is told to go on, a short one is read in one go", () => {
  using dir = scratchDirectory();
  const rig = new Rig(dir.path, "core", { segmentBytes: 8 << 20 });
  rig.settle();
  let told = 0;
  const range = { progress: () => told++ };
  for (let sequence = 1; sequence <= 40_000; sequence++) {
    rig.message(0, sequence, 8);
    if (sequence === 1000) rig.settle();
    if (sequence === 1000) expect([readStream(dir.path, "core", () => {}, range).entries, told]).toEqual([1000, 0]);
  }
  rig.close();
  expect([readStream(dir.path, "core", () => {}, range).entries, told]).toEqual([40_000, 2]);
});

test("streams are found by their files' names, dashes and all", () => {
  using dir = scratchDirectory();
  new Rig(dir.path, "core").abandon();
  new Rig(dir.path, "venue-a-1").abandon();
  expect([...listStreams(dir.path)]).toEqual([
    ["core", [1]],
    ["venue-a-1", [1]],
  ]);
  expect(
    readFileSync(`${dir.path}/${segmentFile("venue-a-1", 1)}`)
      .subarray(0, 8)
      .toString(),
  ).toBe("SALLYPRT");
  expect(ENTRY_HEADER_BYTES % 8).toBe(0);
});
