import { expect, test } from "bun:test";
import { World } from "./world.ts";

const SEEDS = 30;
const STEP_US = 90_000_000;

test("whatever a risk desk does, each override lets one order through, and a replay knows what ends, over crashes and a clock that is set back", () => {
  const sum = { orders: 0, fills: 0, lives: 0, commands: 0, passed: 0 };
  for (let seed = 1; seed <= SEEDS; seed++) {
    const script = (world: World, turn: number): void => {
      if (seed % 3 === 0 && turn % 100 === 0) world.wallUs += turn % 200 === 0 ? -STEP_US : STEP_US;
    };
    const world = new World(seed, null, { desk: 0.1, crashes: 0.01, script });
    try {
      const { orders, fills, lives } = world.run();
      sum.orders += orders;
      sum.fills += fills;
      sum.lives += lives;
      sum.commands += world.desk.commands;
      sum.passed += world.desk.passed;
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  // A simulation in which nothing happens would prove nothing.
  expect(sum.orders).toBeGreaterThan(5 * SEEDS);
  expect(sum.fills).toBeGreaterThan(3 * SEEDS);
  expect(sum.lives).toBeGreaterThan(2 * SEEDS);
  expect(sum.commands).toBeGreaterThan(10 * SEEDS);
  expect(sum.passed).toBeGreaterThan(SEEDS / 2);
}, 360_000);
