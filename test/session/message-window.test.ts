import { expect, test } from "bun:test";
import fc from "fast-check";
import { MessageWindow } from "../../src/session/message-window.ts";

test("a window takes its number of messages, and one more for each that has left long enough ago", () => {
  const window = new MessageWindow(2, 100);
  expect(window.has(0)).toBe(true);
  window.take();
  window.take();
  expect([window.has(0), window.waits, window.freeNs]).toEqual([false, true, Number.POSITIVE_INFINITY]);
  // Nobody has said that they have left.
  expect(window.has(1_000)).toBe(false);
  window.left(1_000);
  expect([window.waits, window.freeNs, window.has(1_099), window.has(1_100)]).toEqual([false, 1_100, false, true]);
});

test("no window has more than its number, counted where the messages have left", () => {
  const steps = fc.array(fc.record({ us: fc.nat(40), wish: fc.nat(4), leaves: fc.boolean() }), { maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 60 }), steps, (limit, windowNs, turns) => {
      const window = new MessageWindow(limit, windowNs);
      const left: number[] = [];
      let unsent = 0;
      let now = 0;
      for (const { us, wish, leaves } of turns) {
        now += us;
        if (leaves && unsent > 0) {
          // They have left at any time before it is noticed; now is the latest.
          left.push(...Array.from({ length: unsent }, () => now));
          unsent = 0;
          window.left(now);
        }
        for (let i = 0; i < wish && window.has(now); i++) {
          window.take();
          unsent++;
        }
      }
      for (const from of left)
        expect(left.filter((at) => at >= from && at < from + windowNs).length).toBeLessThanOrEqual(limit);
    }),
  );
});
