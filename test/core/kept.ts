import type { StateSink, StateSource } from "../../src/core/state-io.ts";

/** A snapshot in memory; like a file, it throws where something is asked for that it was not given. */
export class Kept implements StateSink, StateSource {
  readonly all = new Map<string, Int32Array>();
  readonly lists = new Map<string, number[]>();

  words(name: string, words: Int32Array, count?: number): void {
    if (count === undefined) words.set(this.all.get(name)!);
    else this.all.set(name, words.slice(0, count));
  }
  numbers(name: string, values: readonly number[]): void;
  numbers(name: string): number[];
  numbers(name: string, values?: readonly number[]): number[] | undefined {
    if (values === undefined) return this.lists.get(name) ?? [];
    this.lists.set(name, [...values]);
    return undefined;
  }
  has(name: string): boolean {
    return this.all.has(name);
  }
  length(name: string): number {
    return this.all.get(name)!.length;
  }
}
