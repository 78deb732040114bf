import { expect, test } from "bun:test";
import fc from "fast-check";
import { ReadyList } from "../../src/net/ready-list.ts";

const STREAMS = 7;

/** What a list should do, slowly: an array of indexes. */
class Model {
  queue: number[] = [];

  add(index: number): void {
    if (!this.queue.includes(index)) this.queue.push(index);
  }

  begin(): number {
    if (this.queue.length > 1) this.queue.push(this.queue.shift()!);
    return this.queue.length;
  }
}

/** `add`: these streams get something; `turn`: one turn, in which each visit makes others ready and may want another. */
const step = fc.oneof(
  fc.record({ kind: fc.constant("add" as const), index: fc.nat(STREAMS - 1) }),
  fc.record({
    kind: fc.constant("turn" as const),
    again: fc.array(fc.boolean(), { minLength: STREAMS, maxLength: STREAMS }),
    wakes: fc.array(fc.nat(STREAMS - 1), { minLength: STREAMS, maxLength: STREAMS }),
  }),
);

test("it lists each stream once, visits in order, and keeps those that want another turn", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = new ReadyList(STREAMS);
      const model = new Model();
      for (const one of steps) {
        if (one.kind === "add") {
          list.add(one.index);
          model.add(one.index);
        } else {
          const count = list.begin();
          expect(count).toBe(model.begin());
          for (let i = 0; i < count; i++) {
            const index = list.take();
            expect(index).toBe(model.queue.shift()!);
            const wakes = one.wakes[i]!;
            list.add(wakes);
            // One that is woken while it is visited is visited again only if it says so itself.
            if (wakes !== index) model.add(wakes);
            list.done(index, one.again[index]!);
            if (one.again[index]!) model.queue.push(index);
          }
        }
        expect(Array.from({ length: list.size }, (_, i) => list.at(i))).toEqual(model.queue);
      }
    }),
    { numRuns: 500 },
  );
});

test("streams that stay ready are first by turns", () => {
  const list = new ReadyList(3);
  for (const index of [0, 1, 2]) list.add(index);
  const firsts: number[] = [];
  for (let turn = 0; turn < 6; turn++) {
    const visited: number[] = [];
    for (let left = list.begin(); left > 0; left--) {
      visited.push(list.take());
      list.done(visited.at(-1)!, true);
    }
    expect(visited.toSorted()).toEqual([0, 1, 2]);
    firsts.push(visited[0]!);
  }
  expect(new Set(firsts.slice(0, 3)).size).toBe(3);
  expect(firsts.slice(3)).toEqual(firsts.slice(0, 3));
});
