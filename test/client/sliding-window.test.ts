import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import {
  ALL_CLASS,
  CANCEL_CLASS,
  ENDS,
  ORDER_CLASS,
  REFUSED,
  SessionLimits,
  TAKEN,
} from "../../src/client/message-limits.ts";
import { SlidingWindow } from "../../src/client/sliding-window.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import { drawn } from "../property.ts";

const MS = 1_000_000;
const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 5 })), { maxLength: 200 });
const limits = fc.integer({ min: 0, max: 12 });

/** The obvious one: keeps all times, and counts them again for each message. */
function countOf(times: readonly number[], windowNs: number, nowNs: number): number {
  return times.filter((time) => time > nowNs - windowNs).length;
}

describe("a sliding window", () => {
  test("passes a limit exactly when more messages than that are in it", () => {
    fc.assert(
      fc.property(limits, limits, fc.integer({ min: 1, max: 9 }), steps, (most, mostToEnd, windowMs, moves) => {
        const window = new SlidingWindow();
        window.set(most, mostToEnd, windowMs * MS);
        const times: number[] = [];
        let nowNs = 0;
        for (const [waitMs, count] of moves) {
          nowNs += waitMs * MS;
          for (let i = 1; i <= count; i++) {
            const before = countOf(times, windowMs * MS, nowNs);
            const all = before + i;
            const admitted = (most === 0 || all <= most) && (mostToEnd === 0 || all <= mostToEnd);
            expect(window.admits(i, nowNs)).toBe(admitted);
          }
          window.note(count, nowNs);
          for (let i = 0; i < count; i++) times.push(nowNs);
          const now = countOf(times, windowMs * MS, nowNs);
          expect(window.isAbove(window.most, nowNs)).toBe(most > 0 && now > most);
          expect(window.isAbove(window.mostToEnd, nowNs)).toBe(mostToEnd > 0 && now > mostToEnd);
          const kept = Math.max(most, mostToEnd);
          expect(window.countAt(nowNs)).toBe(kept === 0 ? 0 : Math.min(now, kept + 1));
        }
      }),
      drawn(300),
    );
  });

  test("keeps what has come when its limits change", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), limits, (before, after, come) => {
        const window = new SlidingWindow();
        window.set(before, 0, 10 * MS);
        for (let i = 0; i < come; i++) window.note(1, i);
        window.set(after, 0, 20 * MS);
        window.note(1, 50);
        // Of more than the limit before was, that many and one are known.
        const known = Math.min(come, before + 1) + 1;
        expect(window.countAt(50)).toBe(Math.min(known, after + 1));
        expect(window.isAbove(window.most, 50)).toBe(known > after);
        expect(window.isAbove(window.most, 50 + 20 * MS)).toBe(false);
      }),
      drawn(300),
    );
  });
});

describe("the limits of a session", () => {
  function limited(orders: number, cancels: number, all: number, end = 0): SessionLimits {
    const session = new SessionLimits();
    for (const [kind, most] of [orders, cancels, all].entries()) session.windows[kind]!.set(most, end, 10 * MS);
    return session;
  }

  test("a cancel passes where orders are refused, by their own limit or by that of all messages", () => {
    const session = limited(2, 5, 4);
    const taken = Array.from({ length: 4 }, () => session.take(tag.NEW_ORDER_SINGLE, 0));
    expect(taken).toEqual([TAKEN, TAKEN, REFUSED, REFUSED]);
    expect(session.passed).toBe(ORDER_CLASS);
    for (const type of [tag.ORDER_CANCEL_REQUEST, tag.ORDER_MASS_CANCEL_REQUEST, tag.ORDER_STATUS_REQUEST])
      expect(session.take(type, 0)).toBe(TAKEN);
    expect(session.take(tag.USER_REQUEST, 0)).toBe(REFUSED);
    expect(session.passed).toBe(ALL_CLASS);
    expect(session.take(tag.ORDER_CANCEL_REQUEST, 0)).toBe(TAKEN);
    expect(session.take(tag.ORDER_CANCEL_REQUEST, 0)).toBe(TAKEN);
    expect(session.take(tag.ORDER_CANCEL_REQUEST, 0)).toBe(REFUSED);
    expect(session.passed).toBe(CANCEL_CLASS);
    expect(session.take(tag.NEW_ORDER_SINGLE, 10 * MS)).toBe(TAKEN);
  });

  test("what answers a message of ours counts, is not refused, and ends a flood", () => {
    const session = limited(0, 0, 1, 3);
    for (let i = 0; i < 3; i++) expect(session.take(tag.BUSINESS_MESSAGE_REJECT, 0)).toBe(TAKEN);
    expect(session.take(tag.DONT_KNOW_TRADE, 0)).toBe(ENDS);
    expect(session.passed).toBe(ALL_CLASS);
  });

  test("a batch is never larger than what passes one message at a time", () => {
    const types = [tag.NEW_ORDER_SINGLE, tag.ORDER_CANCEL_REQUEST];
    fc.assert(
      fc.property(limits, limits, limits, steps, (orders, cancels, all, moves) => {
        const batched = limited(orders, cancels, all);
        const single = limited(orders, cancels, all);
        let nowNs = 0;
        for (const [waitMs, count] of moves) {
          nowNs += waitMs * MS;
          const allowed = batched.allowance(count, nowNs);
          expect(allowed).toBeLessThanOrEqual(count);
          const sent = Array.from({ length: allowed }, (_, i) => types[(i + waitMs) % 2]!);
          batched.noteBatch(allowed, sent.filter((type) => type === tag.ORDER_CANCEL_REQUEST).length, nowNs);
          for (const type of sent) expect(single.take(type, nowNs)).toBe(TAKEN);
          // The next one is looked at by itself, with the same verdict.
          if (allowed < count)
            expect(batched.take(tag.NEW_ORDER_SINGLE, nowNs)).toBe(single.take(tag.NEW_ORDER_SINGLE, nowNs));
          for (const kind of [ORDER_CLASS, CANCEL_CLASS, ALL_CLASS])
            expect(batched.windows[kind]!.countAt(nowNs)).toBe(single.windows[kind]!.countAt(nowNs));
        }
      }),
      drawn(300),
    );
  });
});
