import { expect, test } from "bun:test";
import { join } from "node:path";

// Smaller offsets are also those of words in tables.
test("no two words at the head of the core's area have one offset", async () => {
  const text = await Bun.file(join(import.meta.dir, "../../src/core/assembly/layout.ts")).text();
  const head = text.slice(0, text.indexOf("export const FACTS_BYTES"));
  const words = [...head.matchAll(/^export const (\w+) = (0x[0-9a-f]{3});$/gm)].map(
    ([, name, at]) => [name!, at!] as const,
  );
  expect(words.length).toBeGreaterThan(80);
  const shared = words.filter(([, at], i) => words.findIndex((one) => one[1] === at) !== i);
  expect(shared).toEqual([]);
});
