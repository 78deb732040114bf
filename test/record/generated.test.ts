import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { generated } from "../../appliance/build/generate/generate.ts";
import { builtIn } from "../../src/fix/dictionary/built-in.ts";
import { VERSION_NAMES } from "../../src/fix/wire/version.ts";
import { fieldsOf } from "../fix/orders/fields-of.ts";
import { TABLES } from "./tables.ts";

describe("code that is made from the tables is as they make it", () => {
  test.each([...generated()])("%s", async (path, text) => {
    expect(await Bun.file(join(import.meta.dir, "../..", path)).text()).toBe(text);
  });
});

describe("a field of a record is written in the versions whose message has it, and in no other", () => {
  const written = TABLES.flatMap(({ table }) =>
    table.rows
      .filter(({ write }) => write !== undefined)
      .flatMap((row) => [...row.write!].map((type) => ({ record: table.name, field: row.name, type, row }))),
  );
  test.each(written)("$record $field in $type", ({ type, row }) => {
    for (const name of VERSION_NAMES) {
      const message = builtIn(name)!.messages.find(({ msgType }) => msgType === type);
      const fields = fieldsOf(name, type);
      const isWritten = (fields.writes & fields.bitOf(row.tag!)) !== 0;
      expect([name, isWritten]).toEqual([name, message!.members!.some(({ tag }) => tag === row.tag)]);
    }
  });
});
