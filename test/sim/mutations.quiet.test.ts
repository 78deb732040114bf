import { afterAll, beforeAll, expect, test } from "bun:test";
import { carryGroups } from "./groups.ts";
import { MUTATIONS } from "./mutations.ts";
import { simulate } from "./world.ts";

/** Seeds in which a fault must have been found. */
const SEEDS = 40;

// What so few seeds find was found with plain messages.
beforeAll(() => carryGroups(false));
afterAll(() => carryGroups(true));

test.each(Object.keys(MUTATIONS))(
  "the simulator finds it when %s",
  async (name) => {
    const mutation = await MUTATIONS[name]!();
    let found = 0;
    for (let seed = 1; seed <= SEEDS && found === 0; seed++) {
      try {
        simulate(seed, null, mutation);
      } catch {
        found = seed;
      }
    }
    expect(found).toBeGreaterThan(0);
  },
  60_000,
);
