import { heapStats } from "bun:jsc";
import { expect, setDefaultTimeout, test } from "bun:test";
import { fuzzFraming } from "./framing.ts";
import { fuzzBatch } from "./run.ts";

setDefaultTimeout(60_000);

/** A few seconds' worth; `npm run test:fuzz -- --inputs 10000000` does more. */
const BATCH_INPUTS = 5_000;

test("whatever a peer sends, the session keeps its numbers and what it answers is well-formed", () => {
  let applications = 0;
  let connections = 0;
  let carried = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const result = fuzzBatch(seed, BATCH_INPUTS);
    applications += result.applications;
    connections += result.connections;
    carried += result.carried;
  }
  // It would be no test if nothing came through, or if every input ended the connection.
  expect(applications).toBeGreaterThan(12 * BATCH_INPUTS * 0.2);
  expect(carried).toBeGreaterThan(12 * BATCH_INPUTS * 0.01);
  expect(connections).toBeLessThan(12 * BATCH_INPUTS * 0.2);
});

test("what is found in a stream of bytes does not depend on the pieces in which it arrives", () => {
  for (let seed = 1; seed <= 5; seed++) expect(fuzzFraming(seed, 20_000)).toBe(20_000);
});

test("inputs leave nothing behind", () => {
  const live = () => {
    Bun.gc(true);
    return heapStats().objectCount;
  };
  fuzzBatch(1, BATCH_INPUTS);
  const before = live();
  for (let seed = 2; seed < 6; seed++) fuzzBatch(seed, BATCH_INPUTS);
  expect(live() - before).toBeLessThan(2_000);
});
