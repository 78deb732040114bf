import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Copier, type CopierParts } from "../../src/drop-copy/copier.ts";
import type { Progress } from "../../src/drop-copy/progress.ts";
import { Source } from "../../src/drop-copy/source.ts";
import { SEGMENT_HEADER_BYTES, STREAM_WORDS_BYTES, segmentFile } from "../../src/journal/layout.ts";
import { removedPath } from "../../src/journal/store/archive.ts";
import { CONTROL_APPLIED, CONTROL_UNCHANGED } from "../../src/record/control-codes.ts";
import { EVENT_COPIES_GO_ON, EVENT_COPIES_SKIPPED, EVENT_COPIES_STOPPED } from "../../src/telemetry/events.ts";
import { Rig, SEGMENT_BYTES, scratchDirectory } from "../journal/rig.ts";

const POSITION = 2_000_000;
const LATER_NS = 1e9;
const FIRST = SEGMENT_BYTES + SEGMENT_HEADER_BYTES;
const WORD = STREAM_WORDS_BYTES >> 2;
/** Of a message of 1,000 bytes. */
const ENTRY_BYTES = 1_032;

test("while the journal has only its reserve, an entry waits and nothing is claimed", () => {
  const journal = { starved: true, asked: 0, room: () => ++journal.asked > 0 };
  const entry = { kind: 0, index: 0 };
  let held: unknown = entry;
  const source = {
    agent: 0,
    position: POSITION,
    written: POSITION,
    behindBytes: 0,
    hasDone: () => true,
    takeLost: () => 0,
    next: () => {
      const one = held;
      held = null;
      return one;
    },
    hold: (one: unknown) => {
      held = one;
    },
  };
  const notes: number[][] = [];
  const link = { recorder: { copied: (...note: number[]) => notes.push(note) } };
  const session = { link, filter: {}, index: 0, copied: [0], noted: [0] };
  const copier = new Copier({
    ...{ sources: [source], sessions: [session], journal, messageBytes: 8192, roomBytes: 8192, maxBehindS: 60 },
    ...{ time: { wallUs: 0, nowNs: 0 }, progress: { write: () => {} }, events: {}, changed: () => {} },
  } as unknown as CopierParts);
  copier.open(0);
  expect(copier.poll(1)).toBe(0);
  expect([held, journal.asked, session.copied, notes]).toEqual([entry, 0, [0], []]);
  journal.starved = false;
  expect(copier.poll(LATER_NS)).toBe(1);
  expect([held, session.copied, notes]).toEqual([null, [POSITION], [[0, 0, POSITION]]]);
});

/** A copier of the streams of client agents to one session, whose journal has room until it is told otherwise. */
function copying(sources: readonly Source[]) {
  const journal = { starved: false, room: () => true };
  const time = { wallUs: 1, nowNs: 0 };
  const events: (readonly [kind: number, agent: number, text: string])[] = [];
  const session = {
    ...{ link: { recorder: { copied: () => {} } }, filter: {}, index: 0 },
    ...{ copied: sources.map(() => 0), noted: sources.map(() => 0) },
  };
  let progress: Progress | null = null;
  const copier = new Copier({
    ...{ sources, sessions: [session], journal, time, messageBytes: 8192, roomBytes: 8192, maxBehindS: 60 },
    ...{
      segmentBytes: SEGMENT_BYTES,
      changed: () => {},
      progress: { write: (one: Progress) => void (progress = one) },
    },
    events: {
      emit: (kind: number, _: number, agent: number) => void events.push([kind, agent, ""]),
      emitText: (kind: number, _: number, agent: number, __: number, words: Uint8Array) =>
        void events.push([kind, agent, Buffer.from(words).toString()]),
    },
  } as unknown as CopierParts);
  copier.open(0);
  /** Polls twice, each time when everything is due again. */
  const poll = (): Progress => {
    for (let i = 0; i < 2; i++) {
      time.nowNs += 2 * LATER_NS;
      time.wallUs += 2_000_000;
      copier.poll(time.nowNs);
    }
    return progress!;
  };
  return { copier, journal, session, events, poll };
}

function written(dir: string, count: number, stream = "client0"): Rig {
  const rig = new Rig(dir, stream);
  for (let sequence = 1; sequence <= count; sequence++) {
    if (!rig.writer.room(2 * ENTRY_BYTES)) rig.settle();
    rig.message(1, sequence, 1_000);
  }
  rig.settle();
  return rig;
}

function sourceOf(dir: string, { shared }: Rig, agent = 0): Source {
  const place = { stream: `client${agent}`, agent, word: WORD, begin: 0 };
  return new Source(dir, place, FIRST, shared.ints, SEGMENT_BYTES, false);
}

test("what is held for room counts as not copied, also where it is the newest entry", () => {
  using dir = scratchDirectory();
  const rig = written(dir.path, 3);
  const { journal, poll } = copying([sourceOf(dir.path, rig)]);
  const before = poll();
  expect(before).toMatchObject({ behindBytes: 0, fault: null });
  journal.starved = true;
  rig.message(1, 4, 1_000);
  rig.settle();
  const held = poll();
  expect(held).toMatchObject({ behindBytes: ENTRY_BYTES, waitsForRoom: true });
  expect(poll()).toMatchObject({ behindBytes: ENTRY_BYTES, copiedUntilUs: held.copiedUntilUs });
  journal.starved = false;
  const after = poll();
  expect(after).toMatchObject({ behindBytes: 0, waitsForRoom: false });
  expect(poll().copiedUntilUs).toBeGreaterThan(held.copiedUntilUs);
  rig.close();
});

test("once damage is mended, a skip passes over nothing: the report there is copied when there is room", () => {
  using dir = scratchDirectory();
  const rig = written(dir.path, 4);
  const file = `${dir.path}/${segmentFile("client0", 1)}`;
  const intact = readFileSync(file);
  const bytes = Buffer.from(intact);
  bytes[SEGMENT_HEADER_BYTES + 2 * ENTRY_BYTES + 100]! ^= 4;
  writeFileSync(file, bytes);
  const { copier, journal, session, events, poll } = copying([sourceOf(dir.path, rig)]);
  expect(poll().fault?.text).toContain("is damaged");
  const at = FIRST + 2 * ENTRY_BYTES;
  expect(session.copied).toEqual([at]);
  journal.starved = true;
  writeFileSync(file, intact);
  // Before it is tried again, and while it is held.
  expect(copier.skip(0)).toBe(CONTROL_UNCHANGED);
  poll();
  expect(copier.skip(0)).toBe(CONTROL_UNCHANGED);
  expect(session.copied).toEqual([at]);
  journal.starved = false;
  expect(poll().fault).toBeNull();
  expect(session.copied).toEqual([FIRST + 4 * ENTRY_BYTES]);
  expect(events.map(([kind]) => kind)).toEqual([EVENT_COPIES_STOPPED, EVENT_COPIES_GO_ON]);
  rig.close();
});

test("damage that is there still is passed over", () => {
  using dir = scratchDirectory();
  const rig = written(dir.path, 4);
  const file = `${dir.path}/${segmentFile("client0", 1)}`;
  const bytes = readFileSync(file);
  bytes[SEGMENT_HEADER_BYTES + 2 * ENTRY_BYTES + 100]! ^= 4;
  writeFileSync(file, bytes);
  const { copier, session, events, poll } = copying([sourceOf(dir.path, rig)]);
  poll();
  expect(copier.skip(0)).toBe(CONTROL_APPLIED);
  expect(poll().fault).toBeNull();
  expect(session.copied).toEqual([FIRST + 4 * ENTRY_BYTES]);
  expect(events.map(([kind]) => kind)).toEqual([EVENT_COPIES_STOPPED, EVENT_COPIES_SKIPPED]);
  rig.close();
});

test.each([
  ["cut", '{"client0":'],
  ["of other values", '{"client0":"all"}'],
])("removed.json that is %s stops the copies of the stream that misses a segment, and no others", (_, text) => {
  using dir = scratchDirectory();
  using other = scratchDirectory();
  const rig = written(dir.path, 800);
  const rest = written(other.path, 3, "client1");
  const first = `${dir.path}/${segmentFile("client0", 1)}`;
  renameSync(first, `${dir.path}/aside`);
  mkdirSync(dirname(removedPath(dir.path)), { recursive: true });
  writeFileSync(removedPath(dir.path), text);
  const { session, events, poll } = copying([sourceOf(dir.path, rig), sourceOf(other.path, rest, 1)]);
  const { fault } = poll();
  expect(fault?.agent).toBe(0);
  for (const words of [`${first}: missing`, `${removedPath(dir.path)}: expected`, JSON.stringify(text)])
    expect(fault?.text).toContain(words);
  expect(events.map(([kind]) => kind)).toEqual([EVENT_COPIES_STOPPED]);
  expect(session.copied).toEqual([0, FIRST + 3 * ENTRY_BYTES]);
  // With the file as it was, what is deleted is passed over by itself.
  writeFileSync(removedPath(dir.path), '{"client0":1}');
  expect(poll().fault).toBeNull();
  expect(events.map(([kind]) => kind)).toContain(EVENT_COPIES_SKIPPED);
  expect(session.copied[0]).toBeGreaterThan(2 * SEGMENT_BYTES);
  for (const one of [rig, rest]) one.close();
});
