import { expect, test } from "bun:test";
import { simulate } from "./world.ts";

/** `npm run sim -- --seeds N` runs more, and shows the log of one that fails. */
const SEEDS = 150;

test("whatever breaks, every order and every fill stands once with client, venue and core", () => {
  const sum = { lives: 0, orders: 0, fills: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    try {
      const { lives, orders, fills } = simulate(seed);
      sum.lives += lives;
      sum.orders += orders;
      sum.fills += fills;
    } catch (error) {
      throw new Error(`npm run sim -- --seed ${seed} --seeds 1: ${(error as Error).message}`, { cause: error });
    }
  }
  // A simulation in which nothing happens would prove nothing.
  expect(sum.lives).toBeGreaterThan(1.5 * SEEDS);
  expect(sum.orders).toBeGreaterThan(15 * SEEDS);
  expect(sum.fills).toBeGreaterThan(15 * SEEDS);
}, 360_000);

test("a seed runs the same every time, with its log and without", () => {
  for (const seed of [11, 13, 71]) {
    const first: string[] = [];
    const second: string[] = [];
    const outcomes = [simulate(seed, first), simulate(seed, second), simulate(seed)];
    expect(outcomes[1]).toEqual(outcomes[0]!);
    expect(outcomes[2]).toEqual(outcomes[0]!);
    expect(second).toEqual(first);
    expect(first.length).toBeGreaterThan(50);
  }
});
