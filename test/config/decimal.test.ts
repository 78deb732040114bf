import { expect, test } from "bun:test";
import { readDecimal } from "../../src/config/decimal.ts";

const MAX = 90_071_992;

test.each<[value: unknown, places: number, expected: number | string]>([
  ["150.25", 8, 15_025_000_000],
  [150.25, 8, 15_025_000_000],
  // 0.1 + 0.2 is not 0.3 in a double, but each of these is what was written.
  [0.1, 8, 10_000_000],
  [0.3, 8, 30_000_000],
  [1.1, 8, 110_000_000],
  ["1.100000000000", 8, 110_000_000],
  ["0.00000001", 8, 1],
  [0.00000001, 8, 1],
  [1.5e-7, 8, 15],
  ["007.5", 8, 750_000_000],
  [90_071_992, 8, 9_007_199_200_000_000],
  ["90071992.00000000", 8, 9_007_199_200_000_000],
  [5, 4, 50_000],
  ["2.5", 4, 25_000],
  ["90071992.00000001", 8, "range"],
  ["90071993", 8, "range"],
  [1e22, 8, "range"],
  ["999999999999999999999999999999", 8, "range"],
  [0, 8, "range"],
  [-0, 8, "range"],
  ["0.00", 8, "range"],
  [-1, 8, "range"],
  [Number.POSITIVE_INFINITY, 8, "range"],
  [Number.NaN, 8, "range"],
  ["150.123456789", 8, "places"],
  [150.123456789, 8, "places"],
  [1e-9, 8, "places"],
  ["0.12345", 4, "places"],
  ["-1", 8, "form"],
  ["+1", 8, "form"],
  ["1e5", 8, "form"],
  ["1,5", 8, "form"],
  [".5", 8, "form"],
  ["5.", 8, "form"],
  ["", 8, "form"],
  [" 1", 8, "form"],
  [true, 8, "form"],
  [undefined, 8, "form"],
])("%p with %p decimals is %p", (value, places, expected) => {
  expect(readDecimal(value, places, MAX)).toBe(expected as never);
});
