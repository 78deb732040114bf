import { expect, test } from "bun:test";
import { ascii } from "../../../src/base/ascii.ts";
import { idText, putId } from "../../../src/base/id.ts";
import { NONE } from "../../../src/base/units.ts";
import { Views } from "../../../src/base/views.ts";
import { Ids } from "../../../src/core/orders/ids.ts";

const views = Views.allocate(64);

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
  const to = Views.allocate(64);
  expect(ids.copy(entry, to.ints, 32)).toBe(1);
  expect(idText(to.bytes, 32)).toBe("A");
  const long = id("X".repeat(32));
  expect(ids.find(views.ints, 0, 1, long)).toBe(NONE);
  expect(ids.copy(ids.add(views.ints, 0, 1, long, 8, entry), to.ints, 0)).toBe(32);
  expect(ids.used).toBe(2);
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
    const text = `ORDER-${random(600)}`;
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
