import { expect, test } from "bun:test";
import { join } from "node:path";

// Smaller offsets are also those of words in tables.
test("no two words at the head of the core's area have one offset", async () => {
  const at = join(import.meta.dir, "../../src/core/assembly");
  const text = await Bun.file(join(at, "layout.ts")).text();
  const heads = [text.slice(0, text.indexOf("export const FACTS_BYTES"))];
  for (const name of new Bun.Glob("*-layout.ts").scanSync(at)) heads.push(await Bun.file(join(at, name)).text());
  const words = [...heads.join("\n").matchAll(/^export const (\w+) = (0x[0-9a-f]{3});$/gm)].map(
    ([, name, at]) => [name!, at!] as const,
  );
  expect(words.length).toBeGreaterThan(80);
  const shared = words.filter(([, at], i) => words.findIndex((one) => one[1] === at) !== i);
  expect(shared).toEqual([]);
});
