import { expect, test } from "bun:test";
import { NONE } from "../../../src/base/units.ts";
import { Routes } from "../../../src/core/risk/routes.ts";
import { CONFIG } from "../driver.ts";

test("a symbol goes to its own venue, else to the default one, else nowhere", () => {
  const routes = new Routes(CONFIG, 8);
  expect([routes.venue(0), routes.venue(1), routes.venue(7)]).toEqual([0, 1, NONE]);
  expect(new Routes({ ...CONFIG, defaultVenue: null }, 8).venue(1)).toBe(NONE);
  expect(() => new Routes({ ...CONFIG, defaultVenue: "NOWHERE" }, 8)).toThrow(
    "venue NOWHERE: expected one of the configured venues",
  );
});

test("a venue is down until it says otherwise", () => {
  const routes = new Routes(CONFIG, 8);
  expect([routes.isUp(0), routes.isUp(1)]).toEqual([false, false]);
  routes.setUp(1, true);
  expect([routes.isUp(0), routes.isUp(1)]).toEqual([false, true]);
  routes.setUp(99, true);
  routes.setUp(-1, true);
  expect([routes.isUp(99), routes.isUp(-1)]).toEqual([false, false]);
  routes.allDown();
  expect(routes.isUp(1)).toBe(false);
});
