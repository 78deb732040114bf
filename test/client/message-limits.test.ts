import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import {
  type ClassLimits,
  MessageLimits,
  messageLimitsBytes,
  REFUSED,
  TAKEN,
  writeMessageLimits,
} from "../../src/client/message-limits.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import { Latest } from "../../src/ring/latest.ts";

const NONE: ClassLimits = { most: 0, mostToEnd: 0, windowMs: 1 };
const orders = (most: number): ClassLimits[] => [{ most, mostToEnd: 0, windowMs: 10 }, NONE, NONE];

function made(sessions: ClassLimits[][]) {
  const bytes = messageLimitsBytes(sessions.length);
  const latest = new Latest(Views.allocate(Latest.bytesFor(bytes)), 0, bytes);
  writeMessageLimits(latest, sessions);
  const limits = new MessageLimits(latest);
  for (let i = 0; i < sessions.length; i++) limits.added();
  return { latest, limits };
}

test("each session has its own limits, and new ones from the next look on", () => {
  const { latest, limits } = made([orders(1), orders(0), orders(2)]);
  expect(limits.of(1)).toBeNull();
  const first = limits.of(0)!;
  expect([first.take(tag.NEW_ORDER_SINGLE, 0), first.take(tag.NEW_ORDER_SINGLE, 0)]).toEqual([TAKEN, REFUSED]);
  expect(limits.of(2)!.take(tag.NEW_ORDER_SINGLE, 0)).toBe(TAKEN);
  writeMessageLimits(latest, [orders(3), orders(5), orders(0)]);
  expect(limits.of(1)).toBeNull();
  limits.refresh();
  expect(limits.of(2)).toBeNull();
  expect(limits.of(1)).not.toBeNull();
  // Two have come, the refused one included.
  expect([first.take(tag.NEW_ORDER_SINGLE, 0), first.take(tag.NEW_ORDER_SINGLE, 0)]).toEqual([TAKEN, REFUSED]);
});

test("a message that was refused before the start has its answer; what comes behind has not", () => {
  const { limits } = made([orders(1), orders(1)]);
  limits.recovered(0, [4, 6, 9, 9], 2);
  const answered = (sequence: number, epoch = 2, place = 0) => limits.isAnswered(place, epoch, sequence);
  expect([3, 4, 5, 6, 7, 8, 9].filter((sequence) => answered(sequence))).toEqual([4, 5, 6, 9]);
  expect(answered(4, 2, 1)).toBe(false);
  expect(answered(10)).toBe(false);
  // All of them have passed.
  expect(answered(9)).toBe(false);
});

test("numbers of another epoch are of other messages", () => {
  const { limits } = made([orders(1)]);
  limits.recovered(0, [4, 6], 2);
  expect(limits.isAnswered(0, 3, 4)).toBe(false);
});
