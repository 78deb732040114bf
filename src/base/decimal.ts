import { PRICE_SCALE } from "./units.ts";

/** Not a decimal number. */
const BAD_DECIMAL = Number.NaN;
/** A decimal number outside the fixed point: more than eight decimals, or too large. */
export const UNFIT_DECIMAL = Number.POSITIVE_INFINITY;

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;
const POWERS = new Float64Array([1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1]);

/**
 * Reads `bytes[from, to)` as a FIX float (FIX 4.4 Volume 1, data type float) in 1e-8.
 * Returns  a whole number, BAD_DECIMAL, or UNFIT_DECIMAL; never a rounded value.
 */
export function readDecimalE8(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  const negative = at < to && bytes[at] === MINUS;
  if (negative) at++;
  let mantissa = 0;
  let decimals = -1;
  let digits = 0;
  for (; at < to; at++) {
    const c = bytes[at]!;
    if (c === DOT) {
      if (decimals >= 0) return BAD_DECIMAL;
      decimals = 0;
      continue;
    }
    if (c < ZERO || c > NINE) return BAD_DECIMAL;
    digits++;
    if (decimals === 8) {
      if (c !== ZERO) return UNFIT_DECIMAL;
      continue;
    }
    if (decimals >= 0) decimals++;
    mantissa = mantissa * 10 + (c - ZERO);
    if (mantissa > Number.MAX_SAFE_INTEGER) return UNFIT_DECIMAL;
  }
  if (digits === 0) return BAD_DECIMAL;
  const value = mantissa * POWERS[decimals < 0 ? 0 : decimals]!;
  if (value > Number.MAX_SAFE_INTEGER) return UNFIT_DECIMAL;
  return negative ? -value : value;
}

/**
 * Reads `bytes[from, to)` as a whole number of units; decimals are allowed when they are zeros ("100.00").
 * Returns  the number, BAD_DECIMAL, or UNFIT_DECIMAL for a fraction or a number beyond 2^53.
 */
export function readWhole(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  let value = 0;
  let digits = 0;
  for (; at < to; at++) {
    const c = bytes[at]!;
    if (c < ZERO || c > NINE) break;
    value = value * 10 + (c - ZERO);
    digits++;
  }
  if (at < to) {
    if (bytes[at] !== DOT) return BAD_DECIMAL;
    for (at++; at < to; at++) {
      const c = bytes[at]!;
      if (c < ZERO || c > NINE) return BAD_DECIMAL;
      if (c !== ZERO) return UNFIT_DECIMAL;
    }
  }
  if (digits === 0) return BAD_DECIMAL;
  return value > Number.MAX_SAFE_INTEGER ? UNFIT_DECIMAL : value;
}

/** Reads an unsigned int such as a MsgSeqNum, up to 2^31 − 1; −1 when it is not one (FIX allows leading zeros). */
export function readInt(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || to - from > 10) return -1;
  let value = 0;
  for (let at = from; at < to; at++) {
    const c = bytes[at]! - ZERO;
    if (c < 0 || c > 9) return -1;
    value = value * 10 + c;
  }
  return value > 0x7fffffff ? -1 : value;
}

/** Writes a whole number from 0 to 2^31 − 1; returns the offset behind it. */
export function putInt(bytes: Uint8Array, at: number, value: number): number {
  let rest = value | 0;
  let width = 1;
  if (rest >= 10) width = rest < 100 ? 2 : rest < 1000 ? 3 : rest < 10_000 ? 4 : rest < 100_000 ? 5 : widthOf(rest);
  let o = at + width;
  const end = o;
  do {
    const next = (rest / 10) | 0;
    bytes[--o] = ZERO + rest - next * 10;
    rest = next;
  } while (rest !== 0);
  return end;
}

function widthOf(value: number): number {
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  if (value < 100_000_000) return 8;
  return value < 1_000_000_000 ? 9 : 10;
}

const HALF = 1_000_000_000;

/** Writes a whole number from 0 to 2^53; returns the offset behind it. */
export function putWhole(bytes: Uint8Array, at: number, value: number): number {
  if (value <= 0x7fffffff) return putInt(bytes, at, value);
  const high = Math.floor(value / HALF);
  const low = value - high * HALF;
  let o = putInt(bytes, at, high);
  o = putPadded(bytes, o, low, 9);
  return o;
}

/** Writes exactly `width` digits; returns the offset behind them. */
export function putPadded(bytes: Uint8Array, at: number, value: number, width: number): number {
  let rest = value | 0;
  for (let o = at + width - 1; o >= at; o--) {
    const next = (rest / 10) | 0;
    bytes[o] = ZERO + rest - next * 10;
    rest = next;
  }
  return at + width;
}

/** Writes a number of 1e-8 as the shortest decimal ("150.25"); returns the offset behind it. */
export function putDecimalE8(bytes: Uint8Array, at: number, valueE8: number): number {
  let o = at;
  let value = valueE8;
  if (value < 0) {
    bytes[o++] = MINUS;
    value = -value;
  }
  const whole = Math.floor(value / PRICE_SCALE);
  let fraction = (value - whole * PRICE_SCALE) | 0;
  o = putInt(bytes, o, whole);
  if (fraction === 0) return o;
  bytes[o++] = DOT;
  // A fraction that is not 0 ends in at most seven zeros: removes four, two and one of them.
  let width = 8;
  if (fraction % 10_000 === 0) {
    fraction = (fraction / 10_000) | 0;
    width = 4;
  }
  if (fraction % 100 === 0) {
    fraction = (fraction / 100) | 0;
    width -= 2;
  }
  if (fraction % 10 === 0) {
    fraction = (fraction / 10) | 0;
    width--;
  }
  return putPadded(bytes, o, fraction, width);
}
