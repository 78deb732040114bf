import { afterAll, expect, test } from "bun:test";
import { appendFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compile, isStale, SOURCE, SOURCES, TARGET } from "../../../appliance/build/assemble.ts";
import { ROOT } from "../sallyport.ts";

const CODEC = "src/fix/wire/codec";
const tree = mkdtempSync(join(tmpdir(), "sallyport-assemble-"));
afterAll(() => rmSync(tree, { recursive: true }));

/** A copy of what the module is made of, and of the module. */
function copy(name: string): string {
  const root = join(tree, name);
  for (const path of ["package.json", ...SOURCES, TARGET])
    cpSync(join(ROOT, path), join(root, path), { recursive: true });
  return root;
}

test("the module is made of the sources that are here", () => expect(isStale(ROOT)).toBe(false));

test("it is made of no other files than those that make it stale", async () => {
  const others = new Set<string>();
  await compile(SOURCE, (path, text) => {
    if (!SOURCES.some((source) => path === source || path.startsWith(`${source}/`))) others.add(path);
    return text;
  });
  expect([...others]).toEqual([]);
});

test("a copy of both is fresh wherever it lies", () => expect(isStale(copy("same"))).toBe(false));

test("a changed source, a new one, another compiler and a missing module make it stale", () => {
  const changed = copy("changed");
  appendFileSync(join(changed, CODEC, "scan.ts"), "\n");
  expect(isStale(changed)).toBe(true);

  const more = copy("more");
  writeFileSync(join(more, CODEC, "more.ts"), "");
  expect(isStale(more)).toBe(true);

  const compiler = copy("compiler");
  writeFileSync(join(compiler, "package.json"), JSON.stringify({ dependencies: { assemblyscript: "0.0.1" } }));
  expect(isStale(compiler)).toBe(true);

  const missing = copy("missing");
  rmSync(join(missing, TARGET));
  expect(isStale(missing)).toBe(true);
});
