import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { COLD, coldIn } from "./tidy/cold.ts";
import { circles, unusedExports } from "./tidy/graph.ts";
import { determinismOffences, hotOffences, isHot } from "./tidy/hot.ts";
import { importOffences, pointerOffences } from "./tidy/imports.ts";
import { lengthOffences, textOffences } from "./tidy/shape.ts";

const ROOT = join(import.meta.dir, "..");
const SOURCES = ["src", "ffi", "appliance", "bench", "test"];

/** Every text file of the tree that somebody wrote. */
function written(folder = ""): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory())
      return [".git", "node_modules", "dist", "sallyport-data"].includes(entry.name) ? [] : written(path);
    return /\.(ts|mjs|c|cpp|go|md|toml|json|service|conf)$|^\.ci\/|^\.gitignore$/.test(path) ? [path] : [];
  });
}

const MADE = ["package-lock.json", "src/assembly/module-code.ts", "src/admin/dashboard/script-code.ts"];
const files = written().filter((path) => !MADE.includes(path));
const sources = files.filter((path) => path.endsWith(".ts") && SOURCES.includes(path.split("/")[0]!));

/** All offences, each with its file, so that one failed run shows the whole list. */
function offences(paths: readonly string[], rule: (path: string, source: string) => string[]): string[] {
  return paths.flatMap((path) => rule(path, readFileSync(join(ROOT, path), "utf8")).map((what) => `${path}: ${what}`));
}

/** What another compiler compiles has its own exports. */
function isEntry(path: string): boolean {
  return path.startsWith("src/fix/wire/codec/") || path === "src/assembly/entry.ts";
}

describe("the tree", () => {
  test("has sources to read", () => expect(sources.length).toBeGreaterThan(40));

  test("imports only whom the design allows", () => expect(offences(sources, importOffences)).toEqual([]));

  test("takes addresses in one file", () => expect(offences(sources, pointerOffences)).toEqual([]));

  test("has no offence in hot functions", () => {
    expect(offences(sources.filter(isHot), (path, source) => hotOffences(source, coldIn(path)))).toEqual([]);
  });

  test("lists as cold only what is there, hot, and would be an offence", () => {
    const needless = Object.keys(COLD).flatMap((path) => {
      if (!isHot(path) || !sources.includes(path)) return [path];
      const found = hotOffences(readFileSync(join(ROOT, path), "utf8"));
      return coldIn(path)
        .filter((name) => !found.some((what) => name === "*" || what.startsWith(`${name}:`)))
        .map((name) => `${path}: ${name}`);
    });
    expect(needless).toEqual([]);
  });

  test("has no circle of imports, and no export that nobody uses", () => {
    const texts = new Map(sources.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
    const owners = sources.filter((path) => /^(src|ffi|appliance)\//.test(path) && !isEntry(path));
    const product = new Map([...texts].filter(([path]) => !path.startsWith("test/")));
    expect(circles(product)).toEqual([]);
    expect(unusedExports(texts, owners)).toEqual([]);
  });

  test("keeps clock, chance and machine out of core and protocols", () => {
    expect(offences(sources, determinismOffences)).toEqual([]);
  });

  test("has files and functions of a readable size, names for exports, nothing unfinished", () => {
    expect(offences(files, textOffences)).toEqual([]);
    const shown = sources.filter((path) => !path.startsWith("test/"));
    expect(offences(shown, (_, source) => lengthOffences(source))).toEqual([]);
  });
});

describe("the packages", () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const locked: Record<string, { resolved?: string; integrity?: string; optionalDependencies?: object }> =
    lock.packages;

  test("are pinned exactly", () => {
    const ranges = Object.values<string>({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(ranges.filter((range) => !/^\d+\.\d+\.\d+$/.test(range))).toEqual([]);
    expect(manifest.packageManager).toBe(`bun@${manifest.dependencies.bun}`);
  });

  test("are locked by content, for every platform and without a registry's address", () => {
    const { "": _, ...packages } = locked;
    expect(Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined || !entry.integrity)).toEqual(
      [],
    );
    const variants = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
    expect(variants).toContain("@oven/bun-linux-aarch64");
    expect(variants.filter((name) => packages[`node_modules/${name}`] === undefined)).toEqual([]);
  });
});
