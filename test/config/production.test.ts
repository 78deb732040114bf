import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { keyPaths } from "../../appliance/manual/keys.ts";
import { loadConfig } from "../../src/config/load.ts";
import { problemLine } from "../../src/config/problem.ts";

const lines = readFileSync(join(import.meta.dir, "../../appliance/production.toml"), "utf8").split("\n");
/** A setting in a comment: # and a key without a space. */
const SETTING = /^#(?=[A-Za-z])/;
const settings = lines.map((_, i) => i).filter((i) => SETTING.test(lines[i]!));

/** What is said about the file with these lines taken in. */
function said(taken: readonly number[]): string[] {
  const text = lines.map((line, i) => (taken.includes(i) ? line.replace(SETTING, "") : line)).join("\n");
  return (loadConfig(text, "gateway.toml").problems ?? []).map(problemLine);
}

/** The table in which a line stands. */
function tableOf(at: number): string {
  return lines.slice(0, at).findLast((line) => line.startsWith("[")) ?? "";
}

test("it is valid, without the built-in exchange and without doubts", () => {
  const loaded = loadConfig(lines.join("\n"), "gateway.toml");
  expect(loaded.problems).toBeUndefined();
  expect(loaded.config?.exchange).toBeNull();
  expect(loaded).toMatchObject({ warnings: [] });
});

test.each(settings.map((i) => [lines[i]!.split("  ")[0]!, tableOf(i), i] as const))(
  "%s in %s is valid alone",
  (_0, _1, i) => {
    expect(said([i])).toEqual([]);
  },
);

test("all of them together are valid", () => {
  expect(settings.length).toBeGreaterThan(100);
  expect(said(settings)).toEqual([]);
});

test("what is no example is the default: taken in, it changes nothing", () => {
  const defaults = settings.filter((i) => !/# .*\bexample\b/.test(lines[i]!));
  const text = lines.map((line, i) => (defaults.includes(i) ? line.replace(SETTING, "") : line)).join("\n");
  const plain = loadConfig(lines.join("\n"), "gateway.toml");
  expect(plain.config).toBeDefined();
  expect(loadConfig(text, "gateway.toml").config).toEqual(plain.config!);
});

test("a comment that is no setting does not look like one", () => {
  const prose = lines.filter((line) => line.startsWith("#") && !SETTING.test(line));
  expect(prose.filter((line) => /^# ?\S+ ?=|^# *\[/.test(line))).toEqual([]);
});

test("it has every key but those that contradict others, name a file, or are for tests", () => {
  const text = lines.join("\n");
  const missing = keyPaths().filter((path) => {
    const key = path.split(".").at(-1)!;
    return !path.startsWith("exchange.") && !path.startsWith("lanes.place.") && !new RegExp(`\\b${key}\\b`).test(text);
  });
  expect(missing).toEqual([]);
});
