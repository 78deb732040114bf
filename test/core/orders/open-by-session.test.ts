import { expect, test } from "bun:test";
import { sharedMemory } from "../../../src/assembly/module.ts";
import { NONE } from "../../../src/base/units.ts";
import { coreBytes, sizesOf } from "../../../src/core/area.ts";
import { OPEN_COUNTS_AT } from "../../../src/core/assembly/layout.ts";
import { Core } from "../../../src/core/core.ts";
import { CORE_COUNTERS } from "../../../src/core/counters.ts";
import { noRings } from "../../../src/core/own-rings.ts";
import { CONFIG } from "../driver.ts";
import { type Inner, InnerCore, withInner } from "../inner.ts";

test("what opens is shown at once, what closes with the next change of another session, or when asked", () => {
  const config = { ...CONFIG, sessionIds: 4 };
  const at = 8 * CORE_COUNTERS + 80;
  const bytes = coreBytes(sizesOf(config, 0, 0));
  const memory = sharedMemory(at + bytes);
  const openOrders = { at: 8 * CORE_COUNTERS, places: Int32Array.from([1, NONE, 0, NONE]) };
  const core = withInner(() => new Core(config, { memory, at, bytes, countersAt: 0, openOrders }, noRings(config)));
  const shown = new Int32Array(memory.buffer, openOrders.at, 2);
  const inner = core.code as Inner;
  for (const session of [0, 0, 1, 2]) inner.openedOf(session);
  expect([...shown]).toEqual([1, 2]);
  inner.closedOf(0);
  inner.closedOf(0);
  expect([...shown]).toEqual([1, 2]);
  inner.closedOf(2);
  expect([...shown]).toEqual([1, 0]);
  inner.showFallen();
  inner.showFallen();
  expect([...shown]).toEqual([0, 0]);
  inner.closedOf(1);
  inner.showFallen();
  expect([...core.area.ints(OPEN_COUNTS_AT, 4)]).toEqual([0, 0, 0, 0]);
});

test("more orders that close than were open stop the line", () => {
  const { inner } = new InnerCore();
  expect(() => inner.closedOf(0)).toThrow("open orders of a session");
});
