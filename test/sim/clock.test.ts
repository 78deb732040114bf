import { expect, test } from "bun:test";
import { Random } from "./random.ts";
import { shapeOf } from "./shape.ts";
import { World } from "./world.ts";

const SEEDS = 60;
const HOUR_US = 3_600_000_000;
/** By less and by more than a SendingTime may be off, and right again; always within one trading day, whose sums are checked. */
const STEPS_US = [HOUR_US, -2 * HOUR_US, HOUR_US, 1_000_000, -1_000_000, 90_000_000, -90_000_000];
const STEP_TURNS = 150;

/** The seed's shape; a simulated client does not expect that its messages under way are rejected for their time. */
function shapeWith(seed: number) {
  const { config, ...rest } = shapeOf(new Random(seed));
  const sessions = Object.fromEntries(
    Object.entries(config.client.sessions).map(([name, session]) => [name, { ...session, checkLatency: false }]),
  );
  return { ...rest, config: { ...config, client: { ...config.client, sessions } } };
}

test("a clock that is set again and again breaks nothing: every order and every fill still stands once everywhere", () => {
  let orders = 0;
  let fills = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const script = (world: World, turn: number): void => {
      if (turn % STEP_TURNS !== 0) return;
      const step = STEPS_US[(turn / STEP_TURNS - 1) % STEPS_US.length]!;
      world.wallUs += seed % 2 === 0 ? step : -step;
    };
    try {
      const outcome = new World(seed, null, { ...shapeWith(seed), script }).run();
      orders += outcome.orders;
      fills += outcome.fills;
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }
  expect(orders).toBeGreaterThan(15 * SEEDS);
  expect(fills).toBeGreaterThan(15 * SEEDS);
}, 360_000);
