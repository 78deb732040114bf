import { describe, expect, test } from "bun:test";
import { ascii } from "../../src/base/ascii.ts";
import { idText, putId } from "../../src/base/id.ts";
import { NONE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { Entitlements, NameTable } from "../../src/core/config.ts";

const views = Views.allocate(128);

function at(text: string): number {
  const bytes = ascii(text);
  putId(views, 32, bytes, 0, bytes.length);
  return 32;
}

describe("names", () => {
  test("lead to their indexes, each whole", () => {
    const names = [
      "A",
      "AB",
      "ABCD",
      "ABCDE",
      "ABCDEFGH",
      "X".repeat(32),
      "X".repeat(31),
      "BRK.B",
      `${"X".repeat(63)}Y`,
    ];
    const table = new NameTable(names, names.length);
    for (const [index, name] of names.entries()) expect(table.find(views.ints, at(name), name.length)).toBe(index);
    for (const name of ["", "B", "ABC", "ABCDEFG", "X".repeat(30), "X".repeat(64), "abcd"])
      expect(table.find(views.ints, at(name), name.length)).toBe(NONE);
    const to = Views.allocate(64);
    table.copy(3, to.doubles, 0);
    expect([table.lengthOf(3), idText(to.bytes, 0, 5)]).toEqual([5, "ABCDE"]);
    table.copy(8, to.doubles, 0);
    expect([table.lengthOf(8), idText(to.bytes, 0, 64)]).toEqual([64, `${"X".repeat(63)}Y`]);
  });

  test("by the thousand", () => {
    const names = Array.from({ length: 20_000 }, (_, i) => `SYM${i}`);
    const table = new NameTable(names, names.length);
    for (const [index, name] of names.entries()) expect(table.find(views.ints, at(name), name.length)).toBe(index);
    expect(table.find(views.ints, at("SYM20000"), 8)).toBe(NONE);
  });

  test("can be added until there is no room, and not twice", () => {
    const table = new NameTable(["A"], 2);
    at("B");
    expect(table.add(views.ints, 32, 1)).toBe(1);
    expect(table.find(views.ints, 32, 1)).toBe(1);
    expect(() => table.add(views.ints, at("C"), 1)).toThrow("configure them again");
    expect(() => new NameTable(["A", "A"], 2)).toThrow("A: expected each name once");
    expect(() => new NameTable(["X".repeat(65)], 2)).toThrow("expected a name of 1 to 64 bytes");
    expect(() => new NameTable([""], 2)).toThrow("expected a name of 1 to 64 bytes");
  });
});

test("entitlements are what was granted, to the bit", () => {
  const entitlements = new Entitlements(40, 37);
  const granted = new Set(["0/0", "0/36", "1/0", "39/36", "20/31", "20/32"]);
  for (const pair of granted) {
    const [session, account] = pair.split("/").map(Number) as [number, number];
    entitlements.grant(session, account);
  }
  entitlements.addSession(39);
  for (let session = 0; session < 40; session++) {
    for (let account = 0; account < 37; account++) {
      expect(entitlements.allows(session, account)).toBe(granted.has(`${session}/${account}`));
    }
  }
  expect([-1, 0, 39, 40].map((session) => entitlements.knows(session))).toEqual([false, false, true, false]);
});
