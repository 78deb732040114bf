// Compilations of our functions.

import { numberOfDFGCompiles } from "bun:jsc";

type Anything = Record<PropertyKey, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: any function at all
type AnyFunction = (...args: any[]) => any;

/** Counts how often functions are compiled by an optimizing tier; again means that an assumption of the compiler failed. */
export class Compiles {
  /** Compilations seen of functions that had been compiled before. */
  again = 0;
  private readonly functions: AnyFunction[];
  private readonly seen: Int32Array;
  private next = 0;

  constructor(functions: Iterable<AnyFunction>) {
    this.functions = [...functions];
    this.seen = new Int32Array(this.functions.length);
    this.checkAll();
  }

  get count(): number {
    return this.functions.length;
  }

  /** Checks the next function in turn. Returns  its compilations since its last check. */
  check(): number {
    const i = this.next;
    if (this.functions.length === 0) return 0;
    this.next = i + 1 === this.functions.length ? 0 : i + 1;
    const count = numberOfDFGCompiles(this.functions[i]!);
    const before = this.seen[i]!;
    this.seen[i] = count;
    if (count <= before) return 0;
    if (before > 0) this.again++;
    return count - before;
  }

  /** Checks every function. Returns  compilations since their last checks. */
  checkAll(): number {
    let more = 0;
    for (let i = 0; i < this.functions.length; i++) more += this.check();
    return more;
  }
}

/** Methods of every object reachable from `roots`. */
export function methodsOf(roots: Iterable<unknown>): Set<AnyFunction> {
  const seen = new Set<unknown>();
  const methods = new Set<AnyFunction>();
  const waiting: unknown[] = [...roots];
  for (let value = waiting.pop(); value !== undefined; value = waiting.pop()) {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue;
    seen.add(value);
    for (const key of Object.keys(value)) {
      const inner = (value as Anything)[key];
      if (typeof inner === "object" && inner !== null) waiting.push(inner);
    }
    for (let at = Object.getPrototypeOf(value); at !== null && !isBuiltIn(at); at = Object.getPrototypeOf(at)) {
      if (seen.has(at)) break;
      seen.add(at);
      for (const { value: method, get, set } of Object.values(Object.getOwnPropertyDescriptors(at))) {
        for (const one of [method, get, set]) if (typeof one === "function" && !isClass(one)) methods.add(one);
      }
    }
  }
  return methods;
}

/** The functions that a module exports. */
export function functionsOf(module: object): AnyFunction[] {
  return Object.values(module).filter((value) => typeof value === "function" && !isClass(value));
}

function isBuiltIn(prototype: object): boolean {
  return [Object.prototype, Array.prototype, Map.prototype, Set.prototype].includes(prototype as never);
}

function isClass(value: AnyFunction): boolean {
  return Object.getOwnPropertyDescriptor(value, "prototype")?.writable === false;
}
