import { ID_BYTES } from "../base/id.ts";
import type { Views } from "../base/views.ts";

const ZERO = 0x30;
const POINT = 0x2e;
const BILLION = 1_000_000_000;

/** A fixed text as bytes, made once at start. Cold. */
export function ascii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

function digitsOf(value: number): number {
  let digits = 1;
  for (let limit = 10; value >= limit; limit *= 10) digits++;
  return digits;
}

/** Writes a whole number below 10^9 right-aligned into [from, end), zeros in front. */
function putSmall(bytes: Uint8Array, from: number, end: number, value: number): void {
  let rest = value | 0;
  for (let o = end - 1; o >= from; o--) {
    const tenth = (rest / 10) | 0;
    bytes[o] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

function putDigits(bytes: Uint8Array, from: number, end: number, value: number): void {
  if (value < BILLION) return putSmall(bytes, from, end, value);
  const high = Math.floor(value / BILLION);
  putDigits(bytes, from, end - 9, high);
  putSmall(bytes, end - 9, end, value - high * BILLION);
}

/**
 * Writes a whole number as a zero-padded id of decimal digits.
 * Returns  its length.
 */
export function putDecimalId(views: Views, at: number, value: number): number {
  const word = at >> 2;
  for (let i = 0; i < ID_BYTES >> 2; i++) views.ints[word + i] = 0;
  const length = digitsOf(value);
  putDigits(views.bytes, at, at + length, value);
  return length;
}

/** Writes text into a bounded area; what does not fit is cut, since a text only explains. */
export class AsciiWriter {
  private bytes: Uint8Array = new Uint8Array(0);
  private from = 0;
  private to = 0;
  private end = 0;

  aim(bytes: Uint8Array, at: number, room: number): void {
    this.bytes = bytes;
    this.from = at;
    this.to = at;
    this.end = at + room;
  }

  get length(): number {
    return this.to - this.from;
  }

  put(text: Uint8Array): void {
    const bytes = this.bytes;
    let to = this.to;
    for (let i = 0; i < text.length && to < this.end; i++) bytes[to++] = text[i]!;
    this.to = to;
  }

  /** A whole number of at least 0; left out when it does not fit whole. */
  whole(value: number): void {
    const length = digitsOf(value);
    if (this.to + length > this.end) {
      this.end = this.to;
      return;
    }
    putDigits(this.bytes, this.to, this.to + length, value);
    this.to += length;
  }

  /** `value` in units of 10^-decimals, at least 0: with two decimals, more where they say something. */
  decimal(value: number, decimals: number): void {
    let scale = 1;
    for (let i = 0; i < decimals; i++) scale *= 10;
    const high = Math.floor(value / scale);
    let rest = value - high * scale;
    let shown = decimals;
    while (shown > 2 && rest % 10 === 0) {
      rest /= 10;
      shown--;
    }
    if (this.to + digitsOf(high) + 1 + shown > this.end) {
      this.end = this.to;
      return;
    }
    this.whole(high);
    this.bytes[this.to] = POINT;
    putSmall(this.bytes, this.to + 1, this.to + 1 + shown, rest);
    this.to += 1 + shown;
  }
}
