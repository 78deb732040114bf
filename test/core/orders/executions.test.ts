import { expect, test } from "bun:test";
import { ascii } from "../../../src/base/ascii.ts";
import { putId } from "../../../src/base/id.ts";
import { Views } from "../../../src/base/views.ts";
import { Executions } from "../../../src/core/orders/executions.ts";

const id = Views.allocate(64);
let length = 0;

function put(text: string): void {
  const bytes = ascii(text);
  length = bytes.length;
  putId(id, 0, bytes, 0, length);
}

test("tells new from known by venue, order and ExecID", () => {
  const executions = new Executions(64);
  put("E1");
  expect(executions.has(id.ints, 0, length, 0, 1)).toBe(false);
  expect(executions.add(id.ints, 0, length, 0, 1)).toBe(true);
  expect(executions.add(id.ints, 0, length, 0, 1)).toBe(false);
  expect(executions.has(id.ints, 0, length, 0, 1)).toBe(true);
  expect(executions.add(id.ints, 0, length, 1, 1)).toBe(true);
  expect(executions.add(id.ints, 0, length, 0, 2)).toBe(true);
  expect(executions.add(id.ints, 0, length, 0, 1 + 2 ** 32)).toBe(true);
  put("E2");
  expect(executions.add(id.ints, 0, length, 0, 1)).toBe(true);
});

test("tells apart ids that are equal in all but one character, wherever it stands", () => {
  const executions = new Executions(64);
  for (const at of [0, 31, 32, 63]) {
    const long = "T".repeat(64);
    put(`${long.slice(0, at)}x${long.slice(at + 1)}`);
    expect([executions.add(id.ints, 0, length, 0, 1), executions.has(id.ints, 0, length, 0, 1)]).toEqual([true, true]);
  }
});

test("is not changed by looks ahead, at whatever numbers", () => {
  const executions = new Executions(8192);
  const like = new Executions(8192);
  for (let i = 0; i < 3000; i++) {
    put(`EXEC${i}`);
    for (const number of [i, i + 5000, -i, i + 0.5, i * 2 ** 40, Number.NaN, Number.POSITIVE_INFINITY])
      executions.expect(id.ints, 0, length, i % 3, number);
    if (i % 20 === 0) executions.fetch();
    expect(executions.add(id.ints, 0, length, i % 3, i)).toBe(like.add(id.ints, 0, length, i % 3, i));
  }
  expect(executions.digest(1)).toBe(like.digest(1));
});

test("remembers the last eighth of what fits, takes no new one for old, and forgets in the end", () => {
  const capacity = 8192;
  const executions = new Executions(capacity);
  const rounds = 6 * capacity;
  for (let i = 0; i < rounds; i++) {
    put(`EXEC${i}`);
    expect(executions.add(id.ints, 0, length, 3, i)).toBe(true);
  }
  let kept = 0;
  for (let i = rounds - capacity / 8; i < rounds; i++) {
    put(`EXEC${i}`);
    if (executions.has(id.ints, 0, length, 3, i)) kept++;
  }
  expect(kept).toBe(capacity / 8);
  let old = 0;
  for (let i = 0; i < capacity; i++) {
    put(`EXEC${i}`);
    if (executions.has(id.ints, 0, length, 3, i)) old++;
  }
  expect(old).toBeLessThan(capacity / 50);
});
