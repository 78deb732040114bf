import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { generated } from "../../appliance/build/generate/generate.ts";
import { builtIn } from "../../src/fix/dictionary/built-in.ts";
import { VERSION_NAMES } from "../../src/fix/wire/version.ts";
import { TABLES } from "./tables.ts";

describe("code that is made from the tables is as they make it", () => {
  test.each([...generated()])("%s", async (path, text) => {
    expect(await Bun.file(join(import.meta.dir, "../..", path)).text()).toBe(text);
  });
});

describe("a field is written in the versions that have it, and in no other", () => {
  const versions = VERSION_NAMES.map((name) => ({ name, messages: builtIn(name)!.messages }));
  const written = TABLES.flatMap(({ table }) =>
    table.rows
      .filter(({ write }) => write !== undefined)
      .flatMap((row) => [...row.write!].map((type) => ({ record: table.name, field: row.name, type, row }))),
  );
  test.each(written)("$record $field in $type", ({ type, row }) => {
    const has = ({ messages }: (typeof versions)[number]): boolean =>
      messages.some(({ msgType, members }) => msgType === type && members!.some(({ tag }) => tag === row.tag));
    const first = row.since?.[type] === undefined ? 0 : VERSION_NAMES.indexOf(row.since[type]);
    expect(versions.map(has)).toEqual(versions.map((_, version) => version >= first));
  });
});
