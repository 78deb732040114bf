/** Results of `readDecimal`. */
export const HELD = 0;
/** Not a decimal number. */
export const BAD_DECIMAL = -1;
/** A decimal number that is not held exactly: with more than eight decimals, or above 92,000,000,000. */
export const UNHELD_DECIMAL = 1;

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const DECIMALS = 8;
const SCALE = 100_000_000;
const MOST_WHOLE = 92_000_000_000;
const WORD = 4_294_967_296;

/**
 * Reads `bytes[from, to)` as a FIX float (FIX 4.4 Volume 1, data type float) and stores it in 1e-8 at `ints[at]` and the one behind,
 * never rounded. What is not held is not stored.
 * Returns  HELD, BAD_DECIMAL or UNHELD_DECIMAL.
 */
export function readDecimal(bytes: Uint8Array, from: number, to: number, ints: Int32Array, at: number): number {
  const isNegative = from < to && bytes[from] === MINUS;
  let i = isNegative ? from + 1 : from;
  const first = i;
  let whole = 0;
  for (; i < to && bytes[i] !== DOT; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return BAD_DECIMAL;
    // What is beyond the range stays so.
    if (whole <= MOST_WHOLE) whole = whole * 10 + digit;
  }
  const digits = i - first;
  let fraction = 0;
  let decimals = 0;
  let isFine = false;
  for (i++; i < to; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return BAD_DECIMAL;
    if (decimals++ < DECIMALS) fraction = fraction * 10 + digit;
    else if (digit !== 0) isFine = true;
  }
  if (digits + decimals === 0) return BAD_DECIMAL;
  for (; decimals < DECIMALS; decimals++) fraction *= 10;
  if (isFine || whole > MOST_WHOLE || (whole === MOST_WHOLE && fraction > 0)) return UNHELD_DECIMAL;
  store(ints, at, whole, fraction, isNegative);
  return HELD;
}

/** Stores whole · 10^8 + fraction: by twice twenty bits of the whole, whose products a double holds. */
function store(ints: Int32Array, at: number, whole: number, fraction: number, isNegative: boolean): void {
  const upper = Math.floor(whole / 1_048_576) * SCALE;
  const lower = (whole % 1_048_576) * SCALE + fraction + (upper % 4096) * 1_048_576;
  let low = (lower % WORD) | 0;
  let high = Math.floor(upper / 4096) + Math.floor(lower / WORD);
  if (isNegative) {
    low = -low | 0;
    high = low === 0 ? -high : ~high;
  }
  ints[at] = low;
  ints[at + 1] = high;
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
export function putDecimal(bytes: Uint8Array, at: number, valueE8: bigint): number {
  const size = valueE8 < 0n ? -valueE8 : valueE8;
  let o = at;
  if (valueE8 < 0n) bytes[o++] = MINUS;
  o = putWhole(bytes, o, Number(size / 100_000_000n));
  return putFraction(bytes, o, Number(size % 100_000_000n));
}

/** The same of a whole double, whose value may be above 2^53 where it is exact. */
export function putDecimalE8(bytes: Uint8Array, at: number, valueE8: number): number {
  if (!Number.isSafeInteger(valueE8)) return putDecimal(bytes, at, BigInt(valueE8));
  let o = at;
  const size = Math.abs(valueE8);
  if (valueE8 < 0) bytes[o++] = MINUS;
  const whole = Math.floor(size / SCALE);
  o = putInt(bytes, o, whole);
  return putFraction(bytes, o, size - whole * SCALE);
}

/** Writes a fraction in 1e-8 with its dot, unless it is 0. */
function putFraction(bytes: Uint8Array, at: number, valueE8: number): number {
  let fraction = valueE8 | 0;
  if (fraction === 0) return at;
  bytes[at] = DOT;
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
  return putPadded(bytes, at + 1, fraction, width);
}

/** A number of 1e-8 as the shortest decimal. */
export function decimalText(valueE8: bigint): string {
  const size = valueE8 < 0n ? -valueE8 : valueE8;
  const fraction = String(size % 100_000_000n)
    .padStart(8, "0")
    .replace(/0+$/, "");
  return `${valueE8 < 0n ? "-" : ""}${size / 100_000_000n}${fraction === "" ? "" : `.${fraction}`}`;
}
