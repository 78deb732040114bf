import { expect, test } from "bun:test";
import { seedOf } from "./property.ts";

test("the seed is the same unless another is asked for", () => {
  expect(seedOf(undefined)).toBe(seedOf(""));
  expect([seedOf("0"), seedOf("7"), seedOf("2147483647")]).toEqual([0, 7, 2_147_483_647]);
  const some = Array.from({ length: 5 }, () => seedOf("random"));
  expect(some.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
  expect(new Set(some).size).toBeGreaterThan(1);
});

test.each(["-1", "2147483648", "1.5", "1e3", "x", " 1"])("%j is no seed", (text) => {
  expect(() => seedOf(text)).toThrow(
    `SALLYPORT_TEST_SEED: expected "random" or a whole number from 0 to 2147483647, got ${JSON.stringify(text)}`,
  );
});
