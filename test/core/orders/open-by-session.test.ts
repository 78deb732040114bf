import { expect, test } from "bun:test";
import { OpenBySession } from "../../../src/core/orders/open-by-session.ts";

const NONE = -1;

test("what opens is shown at once, what closes with the next change of another session, or when asked", () => {
  const shown = new Int32Array(2);
  const open = new OpenBySession(4, shown, Int32Array.from([1, NONE, 0, NONE]));
  open.opened(0);
  open.opened(0);
  open.opened(1);
  open.opened(2);
  expect([...shown]).toEqual([1, 2]);
  open.closed(0);
  open.closed(0);
  expect([...shown]).toEqual([1, 2]);
  open.closed(2);
  expect([...shown]).toEqual([1, 0]);
  open.show();
  open.show();
  expect([...shown]).toEqual([0, 0]);
  open.closed(1);
  open.show();
  expect([...open.counts]).toEqual([0, 0, 0, 0]);
});

test("more orders that close than were open stop the line", () => {
  const open = new OpenBySession(1, new Int32Array(1), Int32Array.from([0]));
  expect(() => open.closed(0)).toThrow("open orders of a session");
});
