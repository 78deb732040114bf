import { describe, expect, test } from "bun:test";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { HEADER_NAME_AT, SEGMENT_HEADER_BYTES, segmentFile } from "../../../src/journal/layout.ts";
import { headerCheck } from "../../../src/journal/segment.ts";
import { Damaged } from "../../../src/journal/store/damaged.ts";
import { openDirectory } from "../../../src/journal/store/open.ts";
import { applyRepair, planRepair } from "../../../src/journal/store/repair.ts";
import { Rig, readBack, SEGMENT_BYTES, scratchDirectory, upTo } from "../rig.ts";

const ENTRY_BYTES = 232;
const PER_SEGMENT = Math.floor((SEGMENT_BYTES - SEGMENT_HEADER_BYTES) / ENTRY_BYTES);
const COUNT = PER_SEGMENT + 50;
const FIRST = segmentFile("core", 1);

/** Two segments, as a process that was killed leaves them. */
function died(dir: string, count = COUNT): void {
  const rig = new Rig(dir);
  for (let sequence = 1; sequence <= count; sequence++) {
    if (sequence % 100 === 0) rig.settle();
    rig.message(1, sequence, 200);
  }
  rig.abandon();
}

function flip(path: string, at: number, bit: number): void {
  const bytes = readFileSync(path);
  bytes[at] = bytes[at]! ^ (1 << bit);
  writeFileSync(path, bytes);
}

/** What a start makes of a directory: the sequences it reads, or the message with which it stops. */
function startOf(dir: string): number[] | string {
  try {
    openDirectory(dir, ["FIRM1"], ["ARCA"], SEGMENT_BYTES);
    return readBack(dir).sequences;
  } catch (error) {
    if (error instanceof Damaged) return error.message;
    throw error;
  }
}

/** Xorshift: a failing place can be found again. */
function random(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}

function copyOf(from: string, to: string): string {
  mkdirSync(to);
  for (const file of readdirSync(from)) copyFileSync(`${from}/${file}`, `${to}/${file}`);
  return to;
}

describe("a bit that flips anywhere", () => {
  test("stops the start or was the torn tail; repaired, every other entry is there at its place", () => {
    using dir = scratchDirectory();
    const good = `${dir.path}/good`;
    died(good);
    const whole = readBack(good);
    expect(whole.sequences).toEqual(upTo(COUNT));
    const next = random(20_261_124);
    const seen = { stopped: 0, torn: 0, harmless: 0 };
    for (let i = 0; i < 120; i++) {
      const bad = copyOf(good, `${dir.path}/${i}`);
      const segment = next(3) > 0 ? 1 : 2;
      const used = segment === 1 ? SEGMENT_BYTES : SEGMENT_HEADER_BYTES + 50 * ENTRY_BYTES;
      const at = next(8) === 0 ? next(128) : next(used);
      flip(`${bad}/${segmentFile("core", segment)}`, at, next(8));
      const found = startOf(bad);
      if (typeof found === "string") {
        seen.stopped++;
        expect(found).toContain(segmentFile("core", segment));
        expect(found).toContain(`sallyport journal repair ${bad}`);
        repaired(bad, whole, SEGMENT_BYTES * segment + at);
      } else if (found.length === COUNT) {
        // Nothing is kept there: the header's unused part.
        seen.harmless++;
        expect(at).toBeLessThan(SEGMENT_HEADER_BYTES);
        expect(at).toBeGreaterThanOrEqual(28);
      } else {
        seen.torn++;
        expect(found).toEqual(upTo(COUNT - 1));
      }
    }
    expect(seen.stopped).toBeGreaterThan(80);
    expect(seen.harmless).toBeGreaterThan(0);
  }, 60_000);

  test("in the last entry is the torn tail, in the one before it is damage", () => {
    using dir = scratchDirectory();
    died(dir.path, 10);
    const last = SEGMENT_HEADER_BYTES + 9 * ENTRY_BYTES;
    for (let within = 0; within < ENTRY_BYTES; within += 3) {
      flip(`${dir.path}/${FIRST}`, last + within, within & 7);
      expect(readBack(dir.path)).toMatchObject({ sequences: upTo(9) });
      expect(readBack(dir.path).end.notice).toContain(`offset ${last}`);
      flip(`${dir.path}/${FIRST}`, last + within, within & 7);
      flip(`${dir.path}/${FIRST}`, last - ENTRY_BYTES + within, within & 7);
      expect(() => readBack(dir.path)).toThrow(`offset ${last - ENTRY_BYTES}; it would be entry 9 of the file`);
      flip(`${dir.path}/${FIRST}`, last - ENTRY_BYTES + within, within & 7);
    }
  });
});

/** Repairs, and looks whether only the entry at the damaged place is gone. */
function repaired(dir: string, whole: { sequences: number[]; positions: number[] }, damagedAt: number): void {
  const steps = planRepair(dir);
  expect(steps).toHaveLength(1);
  const before = readdirSync(dir).length;
  applyRepair(dir, steps);
  expect(readdirSync(dir).length).toBe(before + 1);
  expect(planRepair(dir)).toEqual([]);
  const { sequences, positions } = readBack(dir);
  const inHeader = damagedAt % SEGMENT_BYTES < SEGMENT_HEADER_BYTES;
  // The pad at a segment's end is no entry: nothing is lost with it.
  const inPad = damagedAt % SEGMENT_BYTES >= SEGMENT_HEADER_BYTES + PER_SEGMENT * ENTRY_BYTES;
  const lost = inHeader || inPad ? -1 : whole.positions.findLastIndex((position) => position <= damagedAt);
  expect(sequences).toEqual(whole.sequences.filter((_, i) => i !== lost));
  expect(positions).toEqual(whole.positions.filter((_, i) => i !== lost));
}

describe("a repair", () => {
  test("of a good journal is nothing, and says so", () => {
    using dir = scratchDirectory();
    died(dir.path);
    expect(planRepair(dir.path)).toEqual([]);
  });

  test("changes nothing until it is told to, and keeps what it changes", () => {
    using dir = scratchDirectory();
    died(dir.path);
    const path = `${dir.path}/${FIRST}`;
    // Its first word is the length.
    flip(path, SEGMENT_HEADER_BYTES + 5 * ENTRY_BYTES, 3);
    flip(path, SEGMENT_HEADER_BYTES + 6 * ENTRY_BYTES + 60, 3);
    flip(path, SEGMENT_HEADER_BYTES + 90 * ENTRY_BYTES + 60, 3);
    flip(path, HEADER_NAME_AT, 1);
    const bytes = readFileSync(path);
    const steps = planRepair(dir.path);
    expect(steps.map(({ found }) => found)).toEqual([
      `its header is damaged; ${(PER_SEGMENT - 3).toLocaleString("en")} intact entries follow`,
      expect.stringContaining(
        `entry 6 at offset ${SEGMENT_HEADER_BYTES + 5 * ENTRY_BYTES} (464 bytes), entry 90 at offset ${SEGMENT_HEADER_BYTES + 90 * ENTRY_BYTES} (232 bytes); intact ones follow`,
      ),
    ]);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    applyRepair(dir.path, steps);
    expect(readFileSync(`${path}.damaged-1`).equals(bytes)).toBe(true);
    expect(readBack(dir.path).sequences).toEqual(upTo(COUNT).filter((n) => n !== 6 && n !== 7 && n !== 91));
  });

  test("puts a lost segment's place holder where a file is missing", () => {
    using dir = scratchDirectory();
    died(dir.path, 3 * PER_SEGMENT);
    unlinkSync(`${dir.path}/${segmentFile("core", 2)}`);
    expect(startOf(dir.path)).toContain(`${segmentFile("core", 2)}: missing`);
    applyRepair(dir.path, planRepair(dir.path));
    const left = upTo(3 * PER_SEGMENT).filter((n) => n <= PER_SEGMENT || n > 2 * PER_SEGMENT);
    expect(readBack(dir.path).sequences).toEqual(left);
    expect(planRepair(dir.path)).toEqual([]);
  });

  test("of a first segment that is missing likewise", () => {
    using dir = scratchDirectory();
    died(dir.path);
    unlinkSync(`${dir.path}/${FIRST}`);
    expect(startOf(dir.path)).toContain(`${FIRST}: missing`);
    applyRepair(dir.path, planRepair(dir.path));
    expect(readBack(dir.path).sequences).toEqual(upTo(COUNT).slice(PER_SEGMENT));
  });

  test("moves foreign files aside and gives a renamed segment its name back", () => {
    using dir = scratchDirectory();
    using other = scratchDirectory();
    died(dir.path);
    died(other.path, 5);
    writeFileSync(`${dir.path}/notes.journal`, "something else");
    writeFileSync(`${dir.path}/client0-00000001.journal`, "PK\x03\x04");
    copyFileSync(`${other.path}/${FIRST}`, `${dir.path}/${segmentFile("venue0", 1)}`);
    renameSync(`${dir.path}/${segmentFile("core", 2)}`, `${dir.path}/${segmentFile("core", 7)}`);
    // Another directory of the same second: only its birth tells.
    const names = JSON.parse(readFileSync(`${dir.path}/names.json`, "utf8"));
    const theirs = JSON.parse(readFileSync(`${other.path}/names.json`, "utf8"));
    const foreign = names.birth !== theirs.birth;
    const steps = planRepair(dir.path);
    expect(steps.map(({ found }) => found)).toEqual([
      "not a Sallyport journal file",
      "its header has segment 2",
      "not a segment of a stream",
      ...(foreign ? ["belongs to another data directory"] : []),
    ]);
    applyRepair(dir.path, steps);
    expect(existsSync(`${dir.path}/notes.journal.foreign-1`)).toBe(true);
    expect(readBack(dir.path).sequences).toEqual(upTo(COUNT));
    expect(typeof startOf(dir.path)).toBe("object");
  });

  test("of another version's file is not for this binary", () => {
    using dir = scratchDirectory();
    died(dir.path, 5);
    const path = `${dir.path}/${FIRST}`;
    const bytes = readFileSync(path);
    const ints = new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + 4096));
    ints[2] = 9;
    ints[6] = headerCheck(ints);
    bytes.set(new Uint8Array(ints.buffer));
    writeFileSync(path, bytes);
    expect(planRepair(dir.path)).toMatchObject([{ will: expect.stringContaining("use the binary"), apply: null }]);
  });
});
