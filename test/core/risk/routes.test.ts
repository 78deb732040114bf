import { expect, test } from "bun:test";
import { NONE } from "../../../src/base/units.ts";
import { InnerCore } from "../inner.ts";

test("a symbol goes to its own venue, else to the default one, else nowhere", () => {
  const { inner } = new InnerCore();
  expect([inner.venueOf(0), inner.venueOf(1), inner.venueOf(7)]).toEqual([0, 1, NONE]);
  expect(new InnerCore({ defaultVenue: null }).inner.venueOf(1)).toBe(NONE);
  expect(() => new InnerCore({ defaultVenue: "NOWHERE" })).toThrow(
    "venue NOWHERE: expected one of the configured venues",
  );
});

test("a venue is down until it says otherwise", () => {
  const { inner } = new InnerCore();
  expect([inner.isVenueUp(0), inner.isVenueUp(1)]).toEqual([0, 0]);
  inner.setVenueUp(1, 1);
  expect([inner.isVenueUp(0), inner.isVenueUp(1)]).toEqual([0, 1]);
  inner.setVenueUp(99, 1);
  inner.setVenueUp(-1, 1);
  expect([inner.isVenueUp(99), inner.isVenueUp(-1)]).toEqual([0, 0]);
  inner.allVenuesDown();
  expect(inner.isVenueUp(1)).toBe(0);
});
