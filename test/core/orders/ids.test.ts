import { expect, test } from "bun:test";
import { ascii } from "../../../src/base/ascii.ts";
import { idText, putId } from "../../../src/base/id.ts";
import { NONE } from "../../../src/base/units.ts";
import { Views } from "../../../src/base/views.ts";
import { Ids } from "../../../src/core/orders/ids.ts";

const views = Views.allocate(64);

/** The id of an entry. */
function textOf(ids: Ids, entry: number): string {
  const to = Views.allocate(128);
  ids.copy(entry, to.ints, 32, ids.lengthOf(entry));
  return idText(to.bytes, 32, ids.lengthOf(entry));
}

function id(text: string): number {
  const bytes = ascii(text);
  putId(views, 0, bytes, 0, bytes.length);
  return bytes.length;
}

test("finds what was added, by session and whole id", () => {
  const ids = new Ids(16);
  const length = id("A");
  const entry = ids.add(views.ints, 0, 1, length, 7, NONE);
  expect(ids.find(views.ints, 0, 1, length)).toBe(entry);
  expect(ids.slotOf(entry)).toBe(7);
  expect(ids.find(views.ints, 0, 2, length)).toBe(NONE);
  expect(ids.find(views.ints, 0, 1, id("AB"))).toBe(NONE);
  expect(textOf(ids, entry)).toBe("A");
  const most = "X".repeat(32);
  const long = `${most}${"Y".repeat(31)}`;
  for (const text of [most, `${long}1`, `${long}2`, `${most}1`]) {
    const length = id(text);
    expect(ids.find(views.ints, 0, 1, length)).toBe(NONE);
    const added = ids.add(views.ints, 0, 1, length, 8, entry);
    expect([ids.find(views.ints, 0, 1, length), textOf(ids, added)]).toEqual([added, text]);
  }
  expect(ids.used).toBe(5);
});

test("a hidden id leads nowhere, can be added again, and keeps its text until it is removed", () => {
  const ids = new Ids(16);
  for (const text of ["A", "L".repeat(64)]) {
    const length = id(text);
    const former = ids.add(views.ints, 0, 1, length, 7, NONE);
    ids.hide(former);
    expect(ids.find(views.ints, 0, 1, length)).toBe(NONE);
    const again = ids.add(views.ints, 0, 1, length, 8, NONE);
    expect([ids.find(views.ints, 0, 1, length), ids.slotOf(again)]).toEqual([again, 8]);
    expect([textOf(ids, former), ids.slotOf(former), textOf(ids, again)]).toEqual([text, 7, text]);
    ids.remove(former);
    expect(ids.find(views.ints, 0, 1, length)).toBe(again);
    ids.remove(again);
    expect([ids.find(views.ints, 0, 1, length), ids.used]).toEqual([NONE, 0]);
  }
});

test("keeps up with a map over many additions and removals", () => {
  const capacity = 700;
  const ids = new Ids(capacity);
  const model = new Map<string, number>();
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  for (let turn = 0; turn < 60_000; turn++) {
    const session = random(3);
    const number = random(600);
    const text = `${number % 3 === 0 ? "LONG-".repeat(8) : "ORDER-"}${number}`;
    const key = `${session}/${text}`;
    const length = id(text);
    const found = ids.find(views.ints, 0, session, length);
    expect(found === NONE ? undefined : ids.slotOf(found)).toBe(model.get(key));
    if (found !== NONE && random(2) === 0) {
      ids.remove(found);
      model.delete(key);
    } else if (found === NONE && ids.free > 0) {
      ids.add(views.ints, 0, session, length, turn, NONE);
      model.set(key, turn);
    }
    expect(ids.used).toBe(model.size);
  }
  expect(model.size).toBeGreaterThan(300);
});
