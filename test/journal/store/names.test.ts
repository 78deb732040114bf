import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { MOST_VENUES } from "../../../src/journal/layout.ts";
import { giveIds, readNames, updateNames } from "../../../src/journal/store/names.ts";
import { scratchDirectory } from "../rig.ts";

const SEGMENT_BYTES = 32 << 20;

test("ids stay with their names, whatever comes and goes", () => {
  using dir = scratchDirectory();
  expect(readNames(dir.path)).toBeNull();
  const first = updateNames(dir.path, ["A", "B"], ["X"], SEGMENT_BYTES);
  expect(first).toMatchObject({ clients: { A: 0, B: 1 }, venues: { X: 0 } });
  const second = updateNames(dir.path, ["C", "B"], ["Y", "X"], SEGMENT_BYTES);
  expect(second.clients).toEqual({ A: 0, B: 1, C: 2 });
  expect(second.venues).toEqual({ X: 0, Y: 1 });
  const third = updateNames(dir.path, ["A"], [], SEGMENT_BYTES);
  expect(third).toEqual(second);
  expect(readNames(dir.path)).toEqual(second);
  expect(third.birth).toBe(first.birth);
  expect(readdirSync(dir.path)).toEqual(["names.json"]);
});

test("a new name takes the id of its former one, once", () => {
  using dir = scratchDirectory();
  updateNames(dir.path, ["A", "B"], ["X"], SEGMENT_BYTES);
  const renames = { clients: { NEW: "A" }, venues: { Y: "X" } };
  for (let start = 0; start < 2; start++) {
    const { clients, venues } = updateNames(dir.path, ["NEW", "B"], ["Y"], SEGMENT_BYTES, { renames });
    expect(clients).toEqual({ B: 1, NEW: 0 });
    expect(venues).toEqual({ Y: 0 });
  }
  // A name with a history can't have another's.
  const other = { clients: { NEW: "B" }, venues: {} };
  expect(() => updateNames(dir.path, ["NEW"], ["Y"], SEGMENT_BYTES, { renames: other })).toThrow(
    "has both B and NEW, so that NEW can't be its new name (renamedFrom); take another new name",
  );
});

test("names that are not approved are not written", () => {
  using dir = scratchDirectory();
  updateNames(dir.path, ["A"], ["X"], SEGMENT_BYTES);
  const before = readNames(dir.path);
  const approve = (): never => {
    throw new Error("an order is open");
  };
  expect(() => updateNames(dir.path, ["B"], ["X"], SEGMENT_BYTES, { approve })).toThrow("an order is open");
  expect(readNames(dir.path)).toEqual(before);
});

test("names may be those of an object's own members", () => {
  using dir = scratchDirectory();
  const names = updateNames(dir.path, ["constructor", "toString"], ["hasOwnProperty"], SEGMENT_BYTES);
  expect(Object.entries(names.clients)).toEqual([
    ["constructor", 0],
    ["toString", 1],
  ]);
  expect(Object.entries(readNames(dir.path)!.venues)).toEqual([["hasOwnProperty", 0]]);
});

test("names that come while a gateway runs get the next ids, in the file and in its own names", () => {
  using dir = scratchDirectory();
  const names = updateNames(dir.path, ["A", "B"], ["X"], SEGMENT_BYTES);
  const { clients, venues } = names;
  giveIds(dir.path, names, { clients: ["C"], venues: [] });
  giveIds(dir.path, names, { clients: [], venues: ["Y", "Z"] });
  expect([clients, venues]).toEqual([
    { A: 0, B: 1, C: 2 },
    { X: 0, Y: 1, Z: 2 },
  ]);
  expect(readNames(dir.path)).toEqual(names);
  expect(updateNames(dir.path, ["C", "D"], ["Z"], SEGMENT_BYTES).clients).toEqual({ A: 0, B: 1, C: 2, D: 3 });
});

test("where the file can't be written, nobody has an id", () => {
  using dir = scratchDirectory();
  const names = updateNames(dir.path, ["A"], ["X"], SEGMENT_BYTES);
  expect(() => giveIds(`${dir.path}/gone`, names, { clients: ["C"], venues: [] })).toThrow("names.json: ENOENT");
  expect(names.clients).toEqual({ A: 0 });
});

test("a journal gives only as many ids to venues as what is packed has room for, and says so before anything is written", () => {
  using dir = scratchDirectory();
  const venues = Array.from({ length: MOST_VENUES }, (_, i) => `V${i}`);
  updateNames(dir.path, ["A"], venues, SEGMENT_BYTES);
  expect(() => updateNames(dir.path, ["A"], ["MORE"], SEGMENT_BYTES)).toThrow(
    /names\.json: expected at most 14000 ids of venues in the life of a journal, got 14001; give another --data directory$/,
  );
  const names = readNames(dir.path)!;
  expect(() => giveIds(dir.path, names, { clients: [], venues: ["MORE"] })).toThrow(/ids of venues/);
  expect(Object.keys(readNames(dir.path)!.venues).length).toBe(MOST_VENUES);
  expect(updateNames(dir.path, ["A", "B"], [], SEGMENT_BYTES).clients).toEqual({ A: 0, B: 1 });
});
