import { describe, expect, test } from "bun:test";
import { NONE } from "../../src/base/units.ts";
import { SequenceIndex } from "../../src/journal/sequence-index.ts";

describe("anchors", () => {
  test("know nothing before the first note, nor after clear", () => {
    const sequenceIndex = new SequenceIndex();
    expect(sequenceIndex.before(1)).toBe(NONE);
    sequenceIndex.note(1, 4096);
    expect(sequenceIndex.before(1)).toBe(4096);
    sequenceIndex.clear();
    expect(sequenceIndex.before(1)).toBe(NONE);
  });

  test("lead to a message at or before the wanted one, and not far before", () => {
    const sequenceIndex = new SequenceIndex();
    for (let sequence = 1; sequence <= 10_000; sequence++) sequenceIndex.note(sequence, sequence * 200);
    for (let wanted = 1; wanted <= 10_000; wanted++) {
      const found = sequenceIndex.before(wanted) / 200;
      expect(found).toBeLessThanOrEqual(wanted);
      expect(wanted - found).toBeLessThan(16);
    }
  });

  test("take ever more messages in the same memory, with longer ways", () => {
    const sequenceIndex = new SequenceIndex();
    const count = 1_000_000;
    for (let sequence = 1; sequence <= count; sequence++) sequenceIndex.note(sequence, sequence * 8);
    let longest = 0;
    for (let wanted = 1; wanted <= count; wanted += 97) {
      const found = sequenceIndex.before(wanted) / 8;
      expect(found).toBeLessThanOrEqual(wanted);
      longest = Math.max(longest, wanted - found);
    }
    // A million over 1024 places, of which at least half are used.
    expect(longest).toBeLessThanOrEqual(2048);
  });

  test("a sequence before all notes leads to the first of them", () => {
    const sequenceIndex = new SequenceIndex();
    sequenceIndex.note(500, 9000);
    expect(sequenceIndex.before(3)).toBe(9000);
  });
});
