import { expect, test } from "bun:test";
import { World } from "./world.ts";

const SEEDS = 25;

test("whatever venues leave unanswered, and rates become, every order and every fill stands once", () => {
  const sum = { orders: 0, fills: 0, asked: 0, answered: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const world = new World(seed, null, { silences: 0.3, rates: 0.02, slowness: 0.3 });
    try {
      const { orders, fills } = world.run();
      sum.orders += orders;
      sum.fills += fills;
      for (const venue of world.venues) sum.asked += venue.asked;
      for (const client of world.clients) sum.answered += client.answeredFor;
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  // A simulation in which nothing happens would prove nothing.
  expect(sum.orders).toBeGreaterThan(8 * SEEDS);
  expect(sum.fills).toBeGreaterThan(5 * SEEDS);
  expect(sum.asked).toBeGreaterThan(5 * SEEDS);
  expect(sum.answered).toBeGreaterThan(SEEDS);
}, 120_000);
