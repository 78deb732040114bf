import { expect, test } from "bun:test";
import { checkWords } from "../../src/journal/check.ts";

const words = Int32Array.from({ length: 53 }, (_, i) => Math.imul(i + 1, 0x9e3779b1));

test("any changed byte changes the check", () => {
  for (const count of [1, 2, 3, 4, 5, 8, 50, 53]) {
    const right = checkWords(words, 0, count, 7);
    const copy = words.slice();
    const bytes = new Uint8Array(copy.buffer);
    for (let at = 0; at < 4 * count; at++) {
      const was = bytes[at]!;
      for (const other of [was ^ 1, was ^ 0x80, was ^ 0xff, 0, 0x20]) {
        if (other === was) continue;
        bytes[at] = other;
        expect(checkWords(copy, 0, count, 7)).not.toBe(right);
      }
      bytes[at] = was;
    }
  }
});

test("swapped words, another seed and another length change the check", () => {
  const right = checkWords(words, 0, 50, 7);
  for (const [a, b] of [
    [0, 1],
    [0, 4],
    [3, 7],
    [48, 49],
  ] as const) {
    const copy = words.slice();
    copy[a] = words[b]!;
    copy[b] = words[a]!;
    expect(checkWords(copy, 0, 50, 7)).not.toBe(right);
  }
  expect(checkWords(words, 0, 50, 8)).not.toBe(right);
  expect(checkWords(words, 0, 49, 7)).not.toBe(right);
});

test("it depends on the words alone, not on where they stand", () => {
  const moved = new Int32Array(64);
  moved.set(words, 6);
  expect(checkWords(moved, 6, 53, 1)).toBe(checkWords(words, 0, 53, 1));
});
