import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import type { FixSession } from "../../src/fix/session/session.ts";
import type { Link } from "../../src/session/link.ts";
import { Throttle, type ThrottleSettings, throttleBytes } from "../../src/venue/throttle.ts";

const WINDOW_NS = 1e9;

function throttled(messages: number) {
  const settings: ThrottleSettings = {
    ...{ messages, windowMs: 1_000, mode: "reject", queueLength: 1, expireMs: 1_000, cancels: 1 },
  };
  const stream = { unsent: 0, room: () => true };
  const link = { live: true, overflow: false, stream, maxMessageBytes: 1, counts: {}, window: null };
  const views = Views.allocate(throttleBytes(settings));
  return new Throttle(settings, views, 0, link as unknown as Link<FixSession>);
}

/** How many OrderStatusRequests leave at a time. */
function asksAt(throttle: Throttle, nowNs: number): number {
  let count = 0;
  for (; throttle.admitsAsk(nowNs); count++) throttle.takeAsk();
  throttle.follow(nowNs);
  return count;
}

test.each([
  [1, 1],
  [2, 1],
  [9, 4],
  [100, 50],
])("of a window of %d messages OrderStatusRequests take %d", (messages, most) => {
  const throttle = throttled(messages);
  for (let window = 0; window < 3; window++) {
    const nowNs = 10 * WINDOW_NS + window * WINDOW_NS;
    expect(asksAt(throttle, nowNs)).toBe(most);
    expect(asksAt(throttle, nowNs + WINDOW_NS / 2)).toBe(0);
    expect(throttle.admits(nowNs + WINDOW_NS / 2)).toBe(messages > 1);
  }
});

test("they leave what is taken to orders", () => {
  const throttle = throttled(4);
  for (let i = 0; i < 3; i++) throttle.window.take();
  throttle.follow(WINDOW_NS);
  expect(asksAt(throttle, WINDOW_NS)).toBe(1);
  expect(throttle.admits(WINDOW_NS)).toBe(false);
});
