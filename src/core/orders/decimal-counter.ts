import { putWhole } from "../../base/decimal.ts";

const ZERO = 0x30;
const NINE = 0x39;
/** 2^53 has 16 digits. */
const DIGITS_WORDS = 4;

/**
 * A counter kept as decimal text too: incrementing a digit is cheaper than dividing.
 */
export class DecimalCounter {
  value = 0;
  length = 1;
  private readonly bytes: Uint8Array;
  private readonly words: Int32Array;

  constructor() {
    const buffer = new ArrayBuffer(64);
    this.bytes = new Uint8Array(buffer);
    this.words = new Int32Array(buffer);
    this.bytes[0] = ZERO;
  }

  /** Sets the value; the next one is fast, any other is computed. */
  turnTo(value: number): void {
    const last = this.length - 1;
    if (value === this.value + 1 && this.bytes[last]! < NINE) {
      this.bytes[last] = this.bytes[last]! + 1;
      this.value = value;
      return;
    }
    this.value = value;
    for (let i = 0; i < DIGITS_WORDS; i++) this.words[i] = 0;
    this.length = putWhole(this.bytes, 0, value);
  }

  /** Copies the first twelve digits to three words. */
  copyShort(to: Int32Array, word: number): void {
    const words = this.words;
    to[word] = words[0]!;
    to[word + 1] = words[1]!;
    to[word + 2] = words[2]!;
  }

  /** Copies the digits as a zero-padded id. */
  copy(to: Int32Array, at: number): void {
    const words = this.words;
    const word = at >> 2;
    to[word] = words[0]!;
    to[word + 1] = words[1]!;
    to[word + 2] = words[2]!;
    to[word + 3] = words[3]!;
    to[word + 4] = 0;
    to[word + 5] = 0;
    to[word + 6] = 0;
    to[word + 7] = 0;
  }
}
