import { expect, test } from "bun:test";
import { NO_PRICE } from "../../../src/base/units.ts";
import { InnerCore } from "../inner.ts";

/** The memory of about `capacity` executions. */
class Executions extends InnerCore {
  constructor(capacity: number) {
    super({ maxOrders: capacity / 4 });
  }

  /** Returns false when it was remembered already. */
  add(id: string, venue: number, number: number): boolean {
    const isNew = !this.has(id, venue, number);
    this.inner.addExecution(this.idAt, id.length, venue, number, 0, 0n, NO_PRICE);
    return isNew;
  }

  has(id: string, venue: number, number: number): boolean {
    return this.inner.hasExecution(this.idAt, this.put(id), venue, number) === 1;
  }

  expect(id: string, venue: number, number: number): void {
    this.inner.expectExecution(this.idAt, this.put(id), venue, number);
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

test("is not changed by looks ahead, at whatever numbers", () => {
  const executions = new Executions(8192);
  const like = new Executions(8192);
  for (let i = 0; i < 3000; i++) {
    for (const number of [i, i + 5000, -i, i + 0.5, i * 2 ** 40, Number.NaN, Number.POSITIVE_INFINITY])
      executions.expect(`EXEC${i}`, i % 3, number);
    if (i % 20 === 0) executions.inner.fetchExpected();
    expect(executions.add(`EXEC${i}`, i % 3, i)).toBe(like.add(`EXEC${i}`, i % 3, i));
  }
  expect(executions.core.digest()).toBe(like.core.digest());
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
