import { expect, test } from "bun:test";
import fc from "fast-check";
import { Deadlines } from "../../src/lane/deadlines.ts";

const KEYS = 9;
const NEVER = Number.POSITIVE_INFINITY;

const step = fc.oneof(
  fc.record({ kind: fc.constant("set" as const), key: fc.nat(KEYS - 1), at: fc.nat(20) }),
  fc.record({ kind: fc.constant("bringForward" as const), key: fc.nat(KEYS - 1), at: fc.nat(20) }),
  fc.record({ kind: fc.constant("clear" as const), key: fc.nat(KEYS - 1) }),
  fc.record({ kind: fc.constant("take" as const) }),
);

test("it knows the earliest of its keys, whatever was set, brought forward, cleared and taken before", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const deadlines = new Deadlines(KEYS);
      const times = new Array<number>(KEYS).fill(NEVER);
      for (const one of steps) {
        if (one.kind === "set") {
          deadlines.set(one.key, one.at);
          times[one.key] = one.at;
        } else if (one.kind === "bringForward") {
          deadlines.bringForward(one.key, one.at);
          times[one.key] = Math.min(times[one.key]!, one.at);
        } else if (one.kind === "clear") {
          deadlines.set(one.key, NEVER);
          times[one.key] = NEVER;
        } else if (deadlines.firstNs < NEVER) {
          const key = deadlines.take();
          expect(times[key]).toBe(Math.min(...times));
          times[key] = NEVER;
        }
        expect(deadlines.firstNs).toBe(Math.min(...times));
        expect(times.map((_, key) => deadlines.of(key))).toEqual(times);
      }
      const rest: number[] = [];
      while (deadlines.firstNs < NEVER) rest.push(times[deadlines.take()]!);
      expect(rest).toEqual(times.filter((at) => at < NEVER).toSorted((a, b) => a - b));
    }),
    { numRuns: 1000 },
  );
});

test("keys that are due at the same time are all taken, each once", () => {
  const deadlines = new Deadlines(100);
  for (let key = 0; key < 100; key++) deadlines.set(key, 5);
  const taken = new Set<number>();
  while (deadlines.firstNs === 5) taken.add(deadlines.take());
  expect(taken.size).toBe(100);
  expect(deadlines.firstNs).toBe(NEVER);
});
