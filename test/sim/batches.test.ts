import { expect, test } from "bun:test";
import { RulesMemory } from "../../src/fix/wire/rules-memory.ts";
import { takenInBatches, withoutBatches } from "./batches.ts";
import { SimGateway } from "./gateway.ts";
import { Strangers } from "./strangers.ts";
import { simulate } from "./world.ts";

const STRANGERS = 25;
const TURNS = 300;
const WORLDS = 15;

/** The first line that is not the same in both, with those before it. */
function difference(one: readonly string[], other: readonly string[]): string | null {
  const at = one.findIndex((line, i) => line !== other[i]);
  if (at < 0 && one.length === other.length) return null;
  const place = at < 0 ? one.length : at;
  const from = (lines: readonly string[]): string => lines.slice(Math.max(0, place - 3), place + 1).join("\n");
  return `with batches\n${from(one)}\nwithout\n${from(other)}`.replaceAll("\x01", "|");
}

test("whatever peers say, with and without batches they hear the same, and journal and rings have the same", () => {
  let lines = 0;
  const taken = takenInBatches();
  for (let seed = 1; seed <= STRANGERS; seed++) {
    const seen = new Strangers(seed).run(TURNS);
    const other = withoutBatches(() => new Strangers(seed).run(TURNS));
    const differs = difference(seen, other);
    if (differs !== null) throw new Error(`seed ${seed}: ${differs}`);
    lines += seen.length;
  }
  const { received, sent } = taken.end();
  // With nothing in batches it would prove nothing, and neither with everything.
  expect(received).toBeGreaterThan(100 * STRANGERS);
  expect(sent).toBeGreaterThan(100 * STRANGERS);
  expect(lines).toBeGreaterThan(1_000 * STRANGERS);
}, 360_000);

test("the simulator's runs, with crashes and all, are the same with and without batches", () => {
  for (let seed = 1; seed <= WORLDS; seed++) {
    const one: string[] = [];
    const other: string[] = [];
    const outcome = simulate(seed, one);
    const without = withoutBatches(() => simulate(seed, other));
    const differs = difference(one, other);
    if (differs !== null) throw new Error(`seed ${seed}: ${differs}`);
    expect(without).toEqual(outcome);
  }
}, 360_000);

test("long messages do not turn batches off", () => {
  const taken = takenInBatches();
  for (let seed = 1; seed <= 3; seed++) new Strangers(seed, 70_000).run(TURNS);
  const { received, sent } = taken.end();
  expect(received).toBeGreaterThan(300);
  expect(sent).toBeGreaterThan(300);
}, 360_000);

test("what messages need in the codec's memory is there before the first one", () => {
  const { take } = RulesMemory.prototype;
  const { start } = SimGateway.prototype;
  let isStarting = false;
  let taken = 0;
  RulesMemory.prototype.take = function (bytes) {
    if (!isStarting) throw new Error(`${bytes} bytes were taken for a message`);
    taken++;
    return take.call(this, bytes);
  };
  SimGateway.prototype.start = function (...args) {
    isStarting = true;
    start.apply(this, args);
    isStarting = false;
  };
  try {
    for (let seed = 1; seed <= 10; seed++) {
      new Strangers(seed).run(TURNS);
      withoutBatches(() => new Strangers(seed).run(TURNS));
    }
  } finally {
    RulesMemory.prototype.take = take;
    SimGateway.prototype.start = start;
  }
  expect(taken).toBeGreaterThan(100);
}, 360_000);
