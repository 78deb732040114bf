/** Where the parts of a state are written; a snapshot's file is one. */
export interface StateSink {
  numbers(name: string, values: readonly number[]): void;
  /** The first `count` of `words`. */
  words(name: string, words: Int32Array, count: number): void;
}

/** What was written, by the same names. */
export interface StateSource {
  numbers(name: string): number[];
  /** True when words were written under that name. */
  has(name: string): boolean;
  /** How many words were written. */
  length(name: string): number;
  /** Reads them to the start of `into`. */
  words(name: string, into: Int32Array): void;
}
