import { Views } from "../base/views.ts";
import { HEAD_BYTES } from "./assembly/layout.ts";

/** TypeScript's view of a core's area (core/assembly/layout.ts): words and doubles of its head, and its tables. */
export class AreaViews {
  readonly bytes: Uint8Array;
  private readonly words: Int32Array;
  private readonly numbers: Float64Array;

  constructor(
    readonly buffer: ArrayBufferLike,
    readonly at: number,
  ) {
    this.bytes = new Uint8Array(buffer, at, HEAD_BYTES);
    this.words = new Int32Array(buffer, at, HEAD_BYTES >> 2);
    this.numbers = new Float64Array(buffer, at, HEAD_BYTES >> 3);
  }

  word(offset: number): number {
    return this.words[offset >> 2]!;
  }

  setWord(offset: number, value: number): void {
    this.words[offset >> 2] = value;
  }

  double(offset: number): number {
    return this.numbers[offset >> 3]!;
  }

  setDouble(offset: number, value: number): void {
    this.numbers[offset >> 3] = value;
  }

  /** The address that is written at `offset`. */
  address(offset: number): number {
    return this.word(offset) >>> 0;
  }

  /** The table whose address is at `offset`; `bytes` is a multiple of 8. */
  table(offset: number, bytes: number): Views {
    return new Views(this.buffer, this.address(offset), bytes);
  }

  ints(offset: number, count: number): Int32Array {
    return new Int32Array(this.buffer, this.address(offset), count);
  }

  doubles(offset: number, count: number): Float64Array {
    return new Float64Array(this.buffer, this.address(offset), count);
  }

  tableBytes(offset: number, bytes: number): Uint8Array {
    return new Uint8Array(this.buffer, this.address(offset), bytes);
  }
}
