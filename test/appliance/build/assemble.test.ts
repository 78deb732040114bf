import { afterAll, expect, test } from "bun:test";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

test("it may import no other files than those that make it stale", async () => {
  const importsOther = (path: string, text: string) => (path === SOURCE ? `${text}\nimport "../base/units";\n` : text);
  const expected = `${SOURCE}: expected imports of SOURCES alone, got src/base/units.ts`;
  await expect(compile(SOURCE, importsOther)).rejects.toThrow(expected);
});

test("what was compiled of the same texts with the same options is kept, and is not compiled again", async () => {
  const folder = join(tree, "compiled");
  const one = 'export * from "../core/assembly/self-trade-check";\n';
  const compiled = async (more: string, options: string[]) =>
    Buffer.from(
      await compile(SOURCE, (path, text) => (path === SOURCE ? one + more : text), options, folder),
    ).toString();
  const first = await compiled("", ["-O0"]);
  const [name] = readdirSync(folder);
  expect(first).toBe(readFileSync(join(folder, name!)).toString());
  writeFileSync(join(folder, name!), "the kept one");
  expect(await compiled("", ["-O0"])).toBe("the kept one");
  expect(await compiled("", ["-O1"])).not.toBe("the kept one");
  expect(await compiled("export const MORE: i32 = 1;\n", ["-O0"])).not.toBe("the kept one");
  expect(readdirSync(folder)).toHaveLength(3);
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
