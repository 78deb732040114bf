import { expect, test } from "bun:test";
import { GapQueue } from "../../../src/fix/session/gap-queue.ts";
import { bytesOf, readable } from "../wire/messages.ts";

const keep = (held: GapQueue, number: number, text: string): boolean =>
  held.keep(number, bytesOf(text), 0, text.length);
const take = (held: GapQueue, number: number): string | null =>
  held.take(number) ? readable(held.bytes, held.from, held.to) : null;

test("what is kept is taken by its number, once, in any order", () => {
  const held = new GapQueue(1024);
  expect([keep(held, 7, "seven"), keep(held, 5, "five"), keep(held, 6, "six"), held.count]).toEqual([
    true,
    true,
    true,
    3,
  ]);
  expect([take(held, 4), take(held, 5), take(held, 6), take(held, 7), take(held, 7), held.count]).toEqual([
    null,
    "five",
    "six",
    "seven",
    null,
    0,
  ]);
});

test("the same number again changes nothing", () => {
  const held = new GapQueue(10);
  expect([keep(held, 5, "first"), keep(held, 5, "again"), held.count, take(held, 5)]).toEqual([true, true, 1, "first"]);
});

test("it is bounded by bytes; room comes back when all is taken", () => {
  const held = new GapQueue(10);
  expect([keep(held, 5, "1234567"), keep(held, 6, "1234"), keep(held, 7, "123")]).toEqual([true, false, true]);
  take(held, 5);
  expect(keep(held, 6, "1234")).toBe(false);
  take(held, 7);
  expect([keep(held, 8, "1234567890"), take(held, 8)]).toEqual([true, "1234567890"]);
});

test("it is bounded by count: a number that is 1024 ahead has no place beside one that is held", () => {
  const held = new GapQueue(65_536);
  let kept = 0;
  for (let number = 10; number < 3000; number++) if (keep(held, number, "x")) kept++;
  expect([kept, held.count, take(held, 1033), take(held, 1034)]).toEqual([1024, 1024, "x", null]);
});

test("what lies below a number can be dropped, and everything", () => {
  const held = new GapQueue(1024);
  for (let number = 5; number < 9; number++) keep(held, number, `${number}`);
  held.dropBelow(7);
  expect([held.count, take(held, 6), take(held, 7)]).toEqual([2, null, "7"]);
  held.clear();
  expect([held.count, take(held, 8)]).toEqual([0, null]);
});
