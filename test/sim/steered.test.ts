import { expect, test } from "bun:test";
import { World } from "./world.ts";

const SEEDS = 30;

test("whatever an operator does to sessions and venues, every order and every fill stands once", () => {
  const sum = { orders: 0, fills: 0, steered: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seed, null, { steers: 0.03 });
    try {
      const { orders, fills } = world.run();
      sum.orders += orders;
      sum.fills += fills;
      sum.steered += world.gateway.steered;
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  // A simulation in which nothing happens would prove nothing.
  expect(sum.orders).toBeGreaterThan(8 * SEEDS);
  expect(sum.fills).toBeGreaterThan(5 * SEEDS);
  expect(sum.steered).toBeGreaterThan(3 * SEEDS);
}, 360_000);
