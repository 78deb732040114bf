import { expect, test } from "bun:test";
import { NONE } from "../../../src/base/units.ts";
import { ID_BUCKET_BYTES, ID_INDEX_AT, ID_INDEX_BUCKETS } from "../../../src/core/assembly/layout.ts";
import { InnerCore } from "../inner.ts";

/** A table of `capacity` ClOrdIDs. */
class Ids extends InnerCore {
  constructor(readonly capacity: number) {
    super({ maxOrders: capacity / 2 });
  }

  add(id: string, session: number, slot: number): number {
    return this.inner.addIdEntry(this.idAt, session, this.put(id), slot, NONE);
  }

  find(id: string, session: number): number {
    return this.inner.findId(this.idAt, session, this.put(id));
  }

  textOf(entry: number): string {
    const length = this.inner.lengthOfId(entry);
    this.inner.copyEntry(entry, this.outAt, length);
    return this.out(length);
  }

  get used(): number {
    return this.capacity - this.inner.freeIds();
  }
}

test("finds what was added, by session and whole id", () => {
  const ids = new Ids(16);
  const entry = ids.add("A", 1, 7);
  expect(ids.find("A", 1)).toBe(entry);
  expect(ids.inner.slotOfId(entry)).toBe(7);
  expect([ids.find("A", 2), ids.find("AB", 1)]).toEqual([NONE, NONE]);
  expect(ids.textOf(entry)).toBe("A");
  const most = "X".repeat(32);
  const long = `${most}${"Y".repeat(31)}`;
  for (const id of [most, `${long}1`, `${long}2`, `${most}1`]) {
    expect(ids.find(id, 1)).toBe(NONE);
    const added = ids.add(id, 1, 8);
    expect([ids.find(id, 1), ids.textOf(added)]).toEqual([added, id]);
    expect(ids.core.tables.clOrdId(added)).toBe(id);
  }
  expect(ids.used).toBe(5);
});

test("a hidden id leads nowhere, can be added again, and keeps its text until it is removed", () => {
  const ids = new Ids(16);
  const { inner } = ids;
  for (const id of ["A", "L".repeat(64)]) {
    const former = ids.add(id, 1, 7);
    inner.hideId(former);
    expect(ids.find(id, 1)).toBe(NONE);
    const again = ids.add(id, 1, 8);
    expect([ids.find(id, 1), inner.slotOfId(again)]).toEqual([again, 8]);
    expect([ids.textOf(former), inner.slotOfId(former), ids.textOf(again)]).toEqual([id, 7, id]);
    inner.removeId(former);
    expect(ids.find(id, 1)).toBe(again);
    inner.removeId(again);
    expect([ids.find(id, 1), ids.used]).toEqual([NONE, 0]);
  }
});

test("keeps up with a map over many additions and removals", () => {
  const ids = new Ids(700);
  const model = new Map<string, number>();
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  for (let turn = 0; turn < 60_000; turn++) {
    const session = random(3);
    const number = random(600);
    const id = `${number % 3 === 0 ? "LONG-".repeat(8) : "ORDER-"}${number}`;
    const key = `${session}/${id}`;
    const found = ids.find(id, session);
    expect(found === NONE ? undefined : ids.inner.slotOfId(found)).toBe(model.get(key));
    if (found !== NONE && random(2) === 0) {
      ids.inner.removeId(found);
      model.delete(key);
    } else if (found === NONE && ids.used < 700) {
      ids.add(id, session, turn);
      model.set(key, turn);
    }
    expect(ids.used).toBe(model.size);
  }
  expect(model.size).toBeGreaterThan(300);
});

test("eight ids in sequence hash side by side, all others apart", () => {
  const ids = new Ids(16);
  const hash = (id: string): number => ids.inner.hashSequentialId(ids.idAt, ids.put(id), 1);
  const run = Array.from({ length: 8 }, (_, i) => hash(`ORDER-10${i}`));
  expect(run.map((value) => value & ~7)).toEqual(Array(8).fill(run[0]! & ~7));
  expect(new Set(Array.from({ length: 1000 }, (_, i) => hash(`ORDER-${1000 + i}`))).size).toBe(1000);
  const id = "abcdefghijklmnopqrstuvwxyz012345".repeat(2);
  for (let i = 0; i < id.length; i++) expect(hash(`${id.slice(0, i)}~${id.slice(i + 1)}`)).not.toBe(hash(id));
});

test("finds all ids, and no others, while many share buckets, come and go", () => {
  const ids = new Ids(1024);
  const model = new Map<string, number>();
  // Ids of few runs of eight, in a table of a few buckets: most buckets overflow.
  const names = Array.from({ length: 1500 }, (_, i) => `${i >> 3}-${"ABCDEFGH"[i & 7]}`);
  let seed = 7;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  for (let i = 0; i < 60_000; i++) {
    const name = names[random(names.length)]!;
    const entry = model.get(name);
    expect(ids.find(name, 1)).toBe(entry ?? NONE);
    if (entry !== undefined) {
      ids.inner.removeId(entry);
      model.delete(name);
    } else if (model.size < 1024) model.set(name, ids.add(name, 1, i & 511));
  }
  for (const name of names) expect(ids.find(name, 1)).toBe(model.get(name) ?? NONE);
  for (const entry of model.values()) ids.inner.removeId(entry);
  // Nothing is left that a search would have to pass.
  const { area } = ids.core;
  const words = area.ints(ID_INDEX_AT, (area.word(ID_INDEX_BUCKETS) * ID_BUCKET_BYTES) / 4);
  for (let i = 0; i < words.length; i += ID_BUCKET_BYTES / 4)
    expect([...words.subarray(i, i + 4)]).toEqual([0, 0, 0, 0]);
});
