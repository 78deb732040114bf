import { expect, test } from "bun:test";
import { ROWS_A_TURN, walkRows } from "../../src/base/walk-rows.ts";

test("a small table is looked at at once", () => {
  const parts: unknown[] = [];
  void walkRows(ROWS_A_TURN, (...part) => parts.push(part));
  expect(parts).toEqual([[0, ROWS_A_TURN, true]]);
});

test("a large one in parts, with other work of the thread between them", async () => {
  const parts: string[] = [];
  const walk = walkRows(2 * ROWS_A_TURN + 1, (from, to, isLast) => parts.push(`${from}-${to} ${isLast}`));
  setImmediate(() => parts.push("other"));
  await walk;
  expect(parts[0]).toBe(`0-${ROWS_A_TURN} false`);
  expect(parts.indexOf("other")).toBeLessThan(3);
  expect(parts.filter((part) => part !== "other").slice(1)).toEqual([
    `${ROWS_A_TURN}-${2 * ROWS_A_TURN} false`,
    `${2 * ROWS_A_TURN}-${2 * ROWS_A_TURN + 1} true`,
  ]);
});

test("an empty one is looked at once, and what fails in a part fails the walk", async () => {
  const parts: unknown[] = [];
  await walkRows(0, (...part) => parts.push(part));
  expect(parts).toEqual([[0, 0, true]]);
  const fails = walkRows(
    3,
    (from) => {
      if (from === 2) throw new Error("row 2");
    },
    2,
  );
  expect(fails).rejects.toThrow("row 2");
  await fails.catch(() => {});
});
