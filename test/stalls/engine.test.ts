import { fullGC } from "bun:jsc";
import { expect, test } from "bun:test";
import { Collections } from "../../src/stalls/collections.ts";
import { Compiles, functionsOf, methodsOf } from "../../src/stalls/compiles.ts";
import { until } from "../eventually.ts";

const OBJECTS = 200_000;
let sink: unknown;

test("a collection is seen once, and none that was not", () => {
  const collections = new Collections();
  fullGC();
  expect(collections.check()).toBe(1);
  expect(collections.check()).toBe(0);
  fullGC();
  fullGC();
  expect(collections.check()).toBe(1);
});

test("one that leaves the heap as large as before is seen", () => {
  const collections = new Collections();
  let seen = 0;
  // The larger the heap of the whole test run has become, the longer until it is collected.
  for (let i = 0; i < 1000 * OBJECTS && seen < 3; i++) {
    sink = { i };
    if (i % 1000 === 0) seen += collections.check();
  }
  expect(sink).toBeDefined();
  expect(seen).toBeGreaterThan(2);
});

test("a million looks bring none about", () => {
  const collections = new Collections();
  fullGC();
  collections.check();
  let seen = 0;
  for (let i = 0; i < 1_000_000; i++) seen += collections.check();
  expect(seen).toBe(0);
});

class Adder {
  sum: unknown = 0;
  add(value: number): void {
    this.sum = (this.sum as number) + value;
  }
}

test("a function that is compiled anew is counted", async () => {
  const adder = new Adder();
  const compiles = new Compiles(methodsOf([[adder]]));
  // The compiler has a thread of its own: how soon that is done is the machine's affair, and the time limit's.
  const compiled = (value: number) =>
    until("compiled code", () => {
      for (let i = 0; i < 3_000_000; i++) adder.add(value);
      return compiles.checkAll() > 0;
    });
  await compiled(1);
  expect([compiles.again, compiles.checkAll()]).toEqual([0, 0]);
  await compiled(0.5);
  expect(compiles.again).toBeGreaterThan(0);
}, 60_000);

test("methods are found by class, through objects and lists, each once", () => {
  class Inner {
    value = 1;
    get double(): number {
      return 2 * this.value;
    }
  }
  class Outer extends Adder {
    readonly inner = [new Inner(), new Inner()];
    readonly self = this;
  }
  const names = [...methodsOf([new Outer(), new Outer()])].map((method) => method.name).sort();
  expect(names).toEqual(["add", "get double"]);
});

test("a module's functions are found, its classes are not", () => {
  const named = () => 1;
  expect(functionsOf({ named, Adder, value: 3 })).toEqual([named]);
});
