import { area } from "./area.ts";

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const MINUS = 45;

/** Writes `width` digits; returns the place behind them. */
function putPadded(at: usize, value: u32, width: u32): usize {
  const end = at + width;
  for (let to = end; to > at; ) {
    const next = value / 10;
    store<u8>(--to, ZERO + value - next * 10);
    value = next;
  }
  return end;
}

/** Writes a whole number from 0 to 2^53; returns the place behind it. */
export function putWhole(at: usize, value: f64): usize {
  return putLong(at, <u64>value);
}

function putLong(at: usize, value: u64): usize {
  let width: u32 = 1;
  // Ten to the 19th is the highest power in 64 bits.
  for (let limit: u64 = 10; width < 19 && value >= limit; limit *= 10) width++;
  const end = at + width;
  for (let to = end; to > at; ) {
    const next = value / 10;
    store<u8>(--to, ZERO + <u32>(value - next * 10));
    value = next;
  }
  return end;
}

/** Writes a number of 1e-8 as the shortest decimal; returns the place behind it. */
export function putDecimalE8(at: usize, valueE8: i64): usize {
  if (valueE8 < 0) {
    store<u8>(at++, MINUS);
    valueE8 = -valueE8;
  }
  const value = <u64>valueE8;
  at = putLong(at, value / 100_000_000);
  let fraction = <u32>(value % 100_000_000);
  if (fraction === 0) return at;
  let decimals: u32 = 8;
  while (fraction % 10 === 0) {
    fraction /= 10;
    decimals--;
  }
  store<u8>(at, DOT);
  return putPadded(at + 1, fraction, decimals);
}

/** Writes 1e-4 units of 0 or more as a decimal: all four decimals, or none. */
export function putE4(at: usize, valueE4: i64): usize {
  const value = <u64>valueE4;
  at = putLong(at, value / 10_000);
  const rest = <u32>(value % 10_000);
  if (rest === 0) return at;
  store<u8>(at, DOT);
  return putPadded(at + 1, rest, 4);
}

/** Copies twelve bytes of digits as a zero-padded id. */
// @ts-ignore: decorator
@inline
export function copyDigits(to: usize, from: usize): void {
  v128.store(to, i64x2.splat(0), 16);
  store<i64>(to, load<i64>(from));
  store<i64>(to, <i64>load<u32>(from, 8), 8);
}

export function digitsOf(number: f64): i32 {
  let digits = 1;
  for (let limit: f64 = 10; number >= limit; limit *= 10) digits++;
  return digits;
}

/*  A counter that is kept as decimal text too, since raising a digit is cheaper than dividing: its value, a double, and 16 bytes
 *  of digits, zero padded, with their length in the byte behind.
 */
const LENGTH: usize = 16;

/** Sets a counter; the next number is fast, any other is computed. */
export function turnTo(value: usize, digits: usize, to: f64): void {
  digits += area;
  value += area;
  const last = digits + load<u8>(digits, LENGTH) - 1;
  const digit = <i32>load<u8>(last);
  if (to === load<f64>(value) + 1 && digit < NINE) {
    store<u8>(last, <u8>(digit + 1));
    store<f64>(value, to);
    return;
  }
  store<f64>(value, to);
  v128.store(digits, i64x2.splat(0));
  store<u8>(digits, <u8>(putWhole(digits, to) - digits), LENGTH);
}

// @ts-ignore: decorator
@inline
export function lengthOfCounter(digits: usize): i32 {
  return <i32>load<u8>(area + digits, LENGTH);
}

/** Copies the digits as a zero-padded id. */
// @ts-ignore: decorator
@inline
export function copyCounter(digits: usize, to: usize): void {
  v128.store(to, v128.load(area + digits));
  v128.store(to, i64x2.splat(0), 16);
}
