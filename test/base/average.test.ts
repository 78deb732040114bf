import { expect, test } from "bun:test";
import { averageE8 } from "../../src/base/average.ts";

test.each([
  [10n, 4n, 3n],
  [9n, 4n, 2n],
  [11n, 4n, 3n],
  [-10n, 4n, -2n],
  [-11n, 4n, -3n],
  [-9n, 4n, -2n],
  [-5n, 3n, -2n],
  [-4n, 3n, -1n],
  [0n, 3n, 0n],
  [9_200_000_000_000_000_001n * 3n + 2n, 3n, 9_200_000_000_000_000_002n],
])("%p for %p are %p each: the nearest, of two the upper one", (worth, quantity, average) => {
  expect(averageE8(worth, quantity)).toBe(average);
});
