import { expect, test } from "bun:test";
import { InnerCore } from "../inner.ts";

/** The memory of about `capacity` executions, as an order sees it whose first ones have long been others. */
class Executions extends InnerCore {
  constructor(capacity: number, withFirst = false) {
    super({ maxOrders: capacity / 4 });
    if (!withFirst) for (const id of ["FIRST", "SECOND"]) this.add(id, 0, 0.5);
  }

  /** Returns false when it was remembered already. */
  add(id: string, venue: number, number: number, slot = 0): boolean {
    const isNew = !this.has(id, venue, number, slot);
    this.inner.addExecutionOf(slot, number, this.idAt, id.length, venue);
    return isNew;
  }

  has(id: string, venue: number, number: number, slot = 0): boolean {
    return this.inner.hasExecutionOf(slot, number, this.idAt, this.put(id), venue) === 1;
  }
}

test("tells new from known by venue, order and ExecID", () => {
  const executions = new Executions(64);
  expect(executions.has("E1", 0, 1)).toBe(false);
  expect(executions.add("E1", 0, 1)).toBe(true);
  expect(executions.add("E1", 0, 1)).toBe(false);
  expect(executions.has("E1", 0, 1)).toBe(true);
  expect(executions.add("E1", 1, 1)).toBe(true);
  expect(executions.add("E1", 0, 2)).toBe(true);
  expect(executions.add("E1", 0, 1 + 2 ** 32)).toBe(true);
  expect(executions.add("E2", 0, 1)).toBe(true);
});

test("tells apart ids that are equal in all but one character, wherever it stands", () => {
  const executions = new Executions(64);
  for (const at of [0, 31, 32, 63]) {
    const long = "T".repeat(64);
    const id = `${long.slice(0, at)}x${long.slice(at + 1)}`;
    expect([executions.add(id, 0, 1), executions.has(id, 0, 1)]).toEqual([true, true]);
  }
});

test("remembers the first two of each order as long as that has its slot, whatever comes after", () => {
  const executions = new Executions(8192, true);
  const slots = 2048;
  for (let slot = 0; slot < slots; slot++) {
    expect(executions.add("E1", 3, slot, slot)).toBe(true);
    expect(executions.add("E2", 3, slot, slot)).toBe(true);
  }
  for (let i = 0; i < 100_000; i++) executions.add(`EXEC${i}`, 3, 7, 7);
  for (let slot = 0; slot < slots; slot++)
    expect([executions.add("E1", 3, slot, slot), executions.has("E2", 3, slot, slot)]).toEqual([false, true]);
  executions.inner.takeSlot(0, 1, 3, 5000);
  expect([executions.has("E1", 3, 0, 0), executions.has("E2", 3, 0, 0)]).toEqual([false, false]);
  expect(executions.has("E1", 3, 1, 1)).toBe(true);
});

test("remembers the last eighth of what fits, takes no new one for old, and forgets in the end", () => {
  const capacity = 8192;
  const executions = new Executions(capacity);
  const rounds = 6 * capacity;
  for (let i = 0; i < rounds; i++) expect(executions.add(`EXEC${i}`, 3, i)).toBe(true);
  let kept = 0;
  for (let i = rounds - capacity / 8; i < rounds; i++) if (executions.has(`EXEC${i}`, 3, i)) kept++;
  expect(kept).toBe(capacity / 8);
  let old = 0;
  for (let i = 0; i < capacity; i++) if (executions.has(`EXEC${i}`, 3, i)) old++;
  expect(old).toBeLessThan(capacity / 50);
});
