import { expect, test } from "bun:test";
import { Copier, type CopierParts } from "../../src/drop-copy/copier.ts";

const POSITION = 2_000_000;
const LATER_NS = 1e9;

test("while the journal has only its reserve, an entry waits and nothing is claimed", () => {
  const journal = { starved: true, asked: 0, room: () => ++journal.asked > 0 };
  const entry = { kind: 0, index: 0 };
  let held: unknown = entry;
  const source = {
    agent: 0,
    position: POSITION,
    written: POSITION,
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
