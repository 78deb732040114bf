import { MOST_E8, NO_PRICE } from "../../record/assembly/units.ts";

/*  Prices and quantities are 1e-8 in 64 bits, at most MOST_E8 of either sign. Quantity times price is 1e-16 money in 128 bits: a
 *  high and a low part of 64 bits each. Amounts are 1e-4 money in 64 bits, at most MOST, so that sums and differences of two fit.
 */

/** Result of `notional` when the amount passes MOST. */
export const OVERFLOW: i64 = -1;
/** Largest amount, 1e-4 money: 460,000,000,000,000. */
export const MOST: i64 = 4_600_000_000_000_000_000;
/** 1e-16 money in one 1e-4 money. */
const SCALE: i64 = 1_000_000_000_000;
const WORD: f64 = 1.8446744073709552e19;
/** High part from which on no product is at most MOST. */
const TOO_HIGH: u64 = 249_367_000_000;
/** Divisions up to here need one estimate in doubles: what it is wrong by still fits into 64 bits. */
const ESTIMATED_HIGH: u64 = 1 << 47;
const ESTIMATED_BY: u64 = 1 << 61;

/** The high part of a product; the low part is the product of both. */
export function mulHigh(a: i64, b: i64): i64 {
  const a0 = <i64>(<u64>a & 0xffffffff);
  const b0 = <i64>(<u64>b & 0xffffffff);
  const a1 = a >> 32;
  const b1 = b >> 32;
  const low = <u64>a0 * <u64>b0;
  const middle = a1 * b0 + <i64>(low >>> 32);
  const other = a0 * b1 + (middle & 0xffffffff);
  return a1 * b1 + (middle >> 32) + (other >> 32);
}

/** The high part of a sum whose low parts add up to `low`, `one` being one of these. */
// @ts-ignore: decorator
@inline
export function addHigh(high: i64, other: i64, low: u64, one: u64): i64 {
  return high + other + (low < one ? 1 : 0);
}

/** What the last `divide` left. */
let left: u64 = 0;

/** Quotient, rounded down, of a number of 0 or more in two parts; the caller knows that it is about 2^63 at most. */
function divide(high: u64, low: u64, by: u64): u64 {
  if (high >= ESTIMATED_HIGH || by >= ESTIMATED_BY) return divideLarge(high, low, by);
  // Doubles divide faster than integers.
  let quotient = <u64>((<f64>high * WORD + <f64>low) / <f64>by);
  let rest = <i64>(low - quotient * by);
  if (<u64>rest >= by) {
    const off = floorOf(rest, <i64>by);
    quotient += off;
    rest -= off * <i64>by;
  }
  left = <u64>rest;
  return quotient;
}

/** Brings the number to what one estimate is right enough for, from below. */
function divideLarge(high: u64, low: u64, by: u64): u64 {
  let quotient: u64 = 0;
  while (high !== 0 && (high >= ESTIMATED_HIGH || by >= ESTIMATED_BY)) {
    const part = <u64>(((<f64>high * WORD + <f64>low) / <f64>by) * 0.999999999);
    const partLow = part * by;
    high = high - <u64>mulHigh(<i64>part, <i64>by) - (low < partLow ? 1 : 0);
    low -= partLow;
    quotient += part;
  }
  if (high !== 0) return quotient + divide(high, low, by);
  left = low % by;
  return quotient + low / by;
}

function floorOf(value: i64, by: i64): i64 {
  return value < 0 ? -((by - 1 - value) / by) : value / by;
}

/** Size of quantity times price in whole 1e-4 money, rounded up; or OVERFLOW. The quantity is 0 or more. */
export function notional(quantity: i64, priceE8: i64): i64 {
  const price = priceE8 < 0 ? -priceE8 : priceE8;
  const high = <u64>mulHigh(quantity, price);
  if (high >= TOO_HIGH) return OVERFLOW;
  const whole = <i64>divide(high, <u64>(quantity * price), SCALE) + (left === 0 ? 0 : 1);
  return whole <= MOST ? whole : OVERFLOW;
}

/** A product in whole 1e-4 money, rounded up; NO_PRICE when it does not fit. */
export function worthOf(high: i64, low: u64): i64 {
  const isNegative = high < 0;
  const sizeLow = isNegative ? 0 - low : low;
  const sizeHigh = <u64>(isNegative ? ~high + (low === 0 ? 1 : 0) : high);
  if (sizeHigh >= TOO_HIGH) return NO_PRICE;
  const whole = <i64>divide(sizeHigh, sizeLow, SCALE);
  const worth = isNegative ? -whole : whole + (left === 0 ? 0 : 1);
  return worth > MOST || worth < -MOST ? NO_PRICE : worth;
}

/** The average price, to the nearest 1e-8, of a quantity that was worth so much 1e-16 money; NO_PRICE when it is beyond any price. */
export function averageE8(high: i64, low: u64, quantity: i64): i64 {
  if (quantity === 0) return 0;
  const isNegative = high < 0;
  const sizeLow = isNegative ? 0 - low : low;
  const sizeHigh = <u64>(isNegative ? ~high + (low === 0 ? 1 : 0) : high);
  const by = <u64>quantity;
  if (sizeHigh > by >>> 1) return NO_PRICE;
  const whole = divide(sizeHigh, sizeLow, by);
  // Of two that are as near, the upper one.
  const isUp = isNegative ? left > by - left : left >= by - left;
  const size = whole + (left !== 0 && isUp ? 1 : 0);
  return size > <u64>MOST_E8 ? NO_PRICE : isNegative ? -<i64>size : <i64>size;
}

/** A million: collars are in parts per million of the reference price. */
export const PPM: i64 = 1_000_000;

/** `ppm` parts per million of a price of 0 or more, rounded down; OVERFLOW when that is beyond any price. */
export function shareOf(priceE8: i64, ppm: i64): i64 {
  return share(priceE8, ppm, 0);
}

/** As `shareOf`, rounded up. */
export function shareAbove(priceE8: i64, ppm: i64): i64 {
  return share(priceE8, ppm, PPM - 1);
}

function share(priceE8: i64, ppm: i64, more: i64): i64 {
  const whole = priceE8 / PPM;
  if (ppm !== 0 && whole > MOST_E8 / ppm) return OVERFLOW;
  const sum = whole * ppm + ((priceE8 - whole * PPM) * ppm + more) / PPM;
  return sum <= MOST_E8 ? sum : OVERFLOW;
}

/** True for a quantity, 0 included, that can be counted. */
// @ts-ignore: decorator
@inline
export function isCountable(quantity: i64): bool {
  return quantity >= 0 && quantity <= MOST_E8;
}

/** A limit of quantities, or of amounts. */
export function isLimit(value: i64): bool {
  return value > 0 && value <= MOST_E8;
}

/** Whole, above 0, and a count. */
export function isCount(value: f64): bool {
  return value > 0 && value <= 9007199254740991 && Math.floor(value) === value;
}
