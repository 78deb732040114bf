import type { FieldDescription } from "./description.ts";

const ASCII = 128;
const SPACE = 32;

/**
 * Sets of allowed values, numbered from 1. A value of one character is a bit of the set's four words; longer values are
 * compared one by one.
 */
export class ValueSets {
  /** Values by set less one. */
  readonly lists: readonly (readonly string[])[];
  private readonly single: Int32Array;
  private readonly longFrom: Int32Array;
  private readonly longTo: Int32Array;
  private readonly starts: Int32Array;
  private readonly bytes: Uint8Array;

  constructor(fields: readonly FieldDescription[]) {
    this.lists = fields.map(({ values }) => values);
    const sets = fields.length + 1;
    this.single = new Int32Array(new ArrayBuffer(16 * sets));
    this.longFrom = new Int32Array(new ArrayBuffer(4 * sets));
    this.longTo = new Int32Array(new ArrayBuffer(4 * sets));
    const starts: number[] = [];
    let text = "";
    for (const [i, { values }] of fields.entries()) {
      const set = i + 1;
      this.longFrom[set] = starts.length;
      for (const value of values) {
        const code = value.charCodeAt(0);
        if (value.length === 1 && code < ASCII) this.single[4 * set + (code >> 5)]! |= 1 << (code & 31);
        else {
          starts.push(text.length);
          text += value;
        }
      }
      this.longTo[set] = starts.length;
    }
    this.starts = Int32Array.from([...starts, text.length]);
    this.bytes = Uint8Array.from(text, (c) => c.charCodeAt(0));
  }

  /** True when `bytes[from, to)` is in the set. */
  has(set: number, bytes: Uint8Array, from: number, to: number): boolean {
    if (to - from === 1) return this.hasByte(set, bytes[from]!);
    const end = this.longTo[set]!;
    for (let i = this.longFrom[set]!; i < end; i++) if (this.is(i, bytes, from, to)) return true;
    return false;
  }

  /** True when all space-separated values in `bytes[from, to)` are in the set. */
  hasEach(set: number, bytes: Uint8Array, from: number, to: number): boolean {
    let at = from;
    while (at <= to) {
      const begin = at;
      while (at < to && bytes[at] !== SPACE) at++;
      if (!this.has(set, bytes, begin, at)) return false;
      at++;
    }
    return true;
  }

  hasByte(set: number, code: number): boolean {
    return code < ASCII && (this.single[4 * set + (code >> 5)]! & (1 << (code & 31))) !== 0;
  }

  private is(value: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.starts[value]!;
    const length = to - from;
    if (this.starts[value + 1]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.bytes[start + i] !== bytes[from + i]) return false;
    return true;
  }
}
