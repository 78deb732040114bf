import { expect, test } from "bun:test";
import { Random } from "./random.ts";
import { shapeOf } from "./shape.ts";
import { World } from "./world.ts";

const SEEDS = 40;

test("Logons that wait for the venues break nothing: every order and every fill still stands once everywhere", () => {
  let orders = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { config, ...rest } = shapeOf(new Random(seed));
    const waiting = { ...config, client: { ...config.client, awaitVenuesMs: 20 * seed } };
    try {
      orders += new World(seed, null, { ...rest, config: waiting }).run().orders;
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
  expect(orders).toBeGreaterThan(SEEDS);
}, 60_000);
