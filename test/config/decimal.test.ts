import { expect, test } from "bun:test";
import { readDecimal } from "../../src/config/decimal.ts";

const MAX = 90_071_992;

test.each<[value: unknown, places: number, expected: bigint | string]>([
  ["150.25", 8, 15_025_000_000n],
  [150.25, 8, 15_025_000_000n],
  // 0.1 + 0.2 is not 0.3 in a double, but each of these is what was written.
  [0.1, 8, 10_000_000n],
  [0.3, 8, 30_000_000n],
  [1.1, 8, 110_000_000n],
  ["1.100000000000", 8, 110_000_000n],
  ["0.00000001", 8, 1n],
  [0.00000001, 8, 1n],
  [1.5e-7, 8, 15n],
  ["007.5", 8, 750_000_000n],
  [90_071_992, 8, 9_007_199_200_000_000n],
  ["90071992.00000000", 8, 9_007_199_200_000_000n],
  [5, 4, 50_000n],
  ["2.5", 4, 25_000n],
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
  ["-1", 8, "range"],
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
  expect(readDecimal(value, { places, max: MAX })).toBe(expected as never);
});

test.each<[value: unknown, from: "zero" | "negative", expected: bigint | string]>([
  [0, "zero", 0n],
  ["0.00", "zero", 0n],
  ["0.000000001", "zero", "places"],
  [-1, "zero", "range"],
  ["-0.5", "zero", "range"],
  ["-37.63", "negative", -3_763_000_000n],
  [-37.63, "negative", -3_763_000_000n],
  [-1.5e-7, "negative", -15n],
  ["-90071992", "negative", -9_007_199_200_000_000n],
  ["-90071992.1", "negative", "range"],
  [-90_071_993, "negative", "range"],
  ["--1", "negative", "form"],
  ["-", "negative", "form"],
])("%p from %s is %p", (value, from, expected) => {
  expect(readDecimal(value, { places: 8, max: MAX, from })).toBe(expected as never);
});
