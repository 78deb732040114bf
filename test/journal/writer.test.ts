import { heapStats } from "bun:jsc";
import { describe, expect, test } from "bun:test";
import { ENTRY_HEADER_BYTES, ENTRY_MESSAGE, ENTRY_SESSION, SEGMENT_HEADER_BYTES } from "../../src/journal/layout.ts";
import { readStream } from "../../src/journal/store/reader.ts";
import { pattern, Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "./rig.ts";

const ENTRY_BYTES = 232;
const PER_SEGMENT = Math.floor((SEGMENT_BYTES - SEGMENT_HEADER_BYTES) / ENTRY_BYTES);

describe("a stream", () => {
  test("gives back what was appended, field by field", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    const positions = [rig.message(3, 1, 0), rig.message(-1, 2, 1), rig.message(2 ** 23 - 1, 3, 199, 77, 5)];
    const text = "logged on";
    const at = rig.writer.claim(text.length);
    for (let i = 0; i < text.length; i++) rig.writer.views.bytes[at + i] = text.charCodeAt(i);
    positions.push(rig.writer.commit(ENTRY_SESSION, 9, 4, 1.5e15, 1, 0));
    rig.close();

    const seen: object[] = [];
    readStream(dir.path, "core", (entry) => {
      const { kind, session, sequence, timeUs, index, epoch, payloadLength, position, payloadAt } = entry;
      const payload = [...entry.views.bytes.subarray(payloadAt, payloadAt + payloadLength)];
      seen.push({ kind, session, sequence, timeUs, index, epoch, position, payload });
    });
    const patterned = (sequence: number, bytes: number): number[] => upTo(bytes).map((i) => pattern(sequence, i - 1));
    const base = 1.7e15;
    expect(seen).toEqual([
      {
        kind: ENTRY_MESSAGE,
        session: 3,
        sequence: 1,
        timeUs: base + 1,
        index: 1,
        epoch: 0,
        position: positions[0],
        payload: [],
      },
      {
        kind: ENTRY_MESSAGE,
        session: -1,
        sequence: 2,
        timeUs: base + 2,
        index: 2,
        epoch: 0,
        position: positions[1],
        payload: patterned(2, 1),
      },
      {
        kind: ENTRY_MESSAGE,
        session: 2 ** 23 - 1,
        sequence: 3,
        timeUs: base + 3,
        index: 77,
        epoch: 5,
        position: positions[2],
        payload: patterned(3, 199),
      },
      {
        kind: ENTRY_SESSION,
        session: 9,
        sequence: 4,
        timeUs: 1.5e15,
        index: 1,
        epoch: 0,
        position: positions[3],
        payload: [...new TextEncoder().encode(text)],
      },
    ]);
  });

  test("goes on over many segments, through the buffer again and again", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    const count = 7 * PER_SEGMENT + 13;
    const positions: number[] = [];
    for (let sequence = 1; sequence <= count; sequence++) {
      if (sequence % 50 === 0) rig.settle();
      positions.push(rig.message(1, sequence, 200));
    }
    rig.close();
    const got = readBack(dir.path);
    expect(got.sequences).toEqual(upTo(count));
    expect(got.positions).toEqual(positions);
    expect(got.end).toMatchObject({ entries: count, segment: 8, notice: null });
  });

  test.each([0, 8, 24, 32, 40, 232])("a segment is followed by the next when %i bytes of it are left", (left) => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path, "core", { bufferBytes: 2 * SEGMENT_BYTES });
    rig.settle();
    const rest = (): number => SEGMENT_BYTES - (rig.writer.position % SEGMENT_BYTES);
    let sequence = 0;
    while (rest() > 4 * ENTRY_BYTES) rig.message(1, ++sequence, 200);
    rig.message(1, ++sequence, rest() - left - ENTRY_HEADER_BYTES);
    expect(rig.writer.position % SEGMENT_BYTES).toBe(left === 0 ? 0 : SEGMENT_BYTES - left);
    for (let i = 0; i < 9; i++) rig.message(1, ++sequence, 208);
    rig.close();
    expect(readBack(dir.path)).toMatchObject({ sequences: upTo(sequence), end: { segment: 2 } });
  });

  test("a claim that is given up leaves no trace, whatever was written there", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path);
    rig.message(1, 1, 100);
    const at = rig.writer.claim(5000);
    rig.writer.views.bytes.fill(0xee, at, at + 5000);
    rig.message(1, 2, 33);
    rig.writer.claim(50);
    rig.message(1, 3, 7);
    rig.close();
    expect(readBack(dir.path)).toMatchObject({ sequences: [1, 2, 3], end: { notice: null } });
  });

  test("has no room beyond its segment until the next is prepared", () => {
    using dir = scratchDirectory();
    const rig = new Rig(dir.path, "core", { bufferBytes: 2 * SEGMENT_BYTES });
    let sequence = 0;
    while (rig.writer.room(ENTRY_BYTES)) rig.message(1, ++sequence, 200);
    expect(sequence).toBeGreaterThanOrEqual(PER_SEGMENT - 1);
    expect(rig.writer.starved).toBe(false);
    expect(() => {
      for (let i = 0; i < 3; i++) rig.message(1, ++sequence, 200);
    }).toThrow(/broken invariant/);
    rig.settle();
    expect(rig.writer.room(ENTRY_BYTES)).toBe(true);
    rig.abandon();
  });
});

/** Cells on this thread's heap, garbage included. */
function cells(): number {
  let count = 0;
  for (const ofType of Object.values(heapStats().objectTypeCounts)) count += ofType;
  return count;
}

test("a million appends over many segments, with the keeper beside, allocate nothing but for a change of segment", () => {
  using dir = scratchDirectory();
  const segmentBytes = 1 << 24;
  const rig = new Rig(dir.path, "core", { segmentBytes: segmentBytes });
  const { writer, keeper, sourceAddress } = rig;
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      if ((i & 15) === 0) keeper.poll(i);
      writer.append(ENTRY_MESSAGE, 1, i, 1.7e15 + i, i, 0, sourceAddress, 200);
    }
  };
  for (let warm = 0; warm < 4; warm++) run(50_000);
  Bun.gc(true);
  cells();
  const before = cells();
  const between = cells();
  run(1_000_000);
  const made = cells() - between - (between - before);
  const segments = Math.ceil((1_000_000 * ENTRY_BYTES) / segmentBytes);
  // A change of segment opens a file by its name, which takes some texts.
  expect(made).toBeLessThan(200 * segments);
  rig.abandon();
}, 60_000);
