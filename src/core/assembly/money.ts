import { MOST_E8, NO_PRICE } from "../../record/assembly/units.ts";
import { converted, hasRest, NO_FACTOR } from "./conversion.ts";

/*  Prices and quantities are 1e-8 in 64 bits, at most MOST_E8 of either sign. Quantity times price is 1e-16 money in 128 bits: a
 *  high and a low part of 64 bits each. Amounts are 1e-4 money in 64 bits, at most MOST, so that sums and differences of two fit.
 */

/** Result of `notional` when the amount passes MOST. */
export const OVERFLOW: i64 = -1;
/** Largest amount, 1e-4 money: 460,000,000,000,000. */
export const MOST: i64 = 4_600_000_000_000_000_000;
/** 1e-16 money in one 1e-4 money. */
const SCALE: i64 = 1_000_000_000_000;
/** In the place of a high part: what the executions of an order are worth is not held. Nothing that is held is so far below 0. */
export const UNKNOWN_WORTH: i64 = i64.MIN_VALUE;
const WORD: f64 = 1.8446744073709552e19;
/** Beyond all that is held, whatever an estimate is wrong by. */
const TOO_LARGE: f64 = 9.21e18;
/** Divisions up to here need one estimate in doubles: what it is wrong by still fits into 64 bits. */
const ESTIMATED_HIGH: i64 = 1 << 47;
const ESTIMATED_BY: i64 = 1 << 61;

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

/** What the last division left. */
let left: i64 = 0;

/** Corrects an estimated quotient; `rest` is what it leaves, of either sign. Sets `left`. */
// @ts-ignore: decorator
@inline
function corrected(estimate: i64, rest: i64, by: i64): i64 {
  left = rest;
  if (<u64>rest < <u64>by) return estimate;
  const off = rest < 0 ? -((by - 1 - rest) / by) : rest / by;
  left = rest - off * by;
  return estimate + off;
}

/** Quotient, rounded down, of a number of 0 or more in two parts; OVERFLOW when it is above any price. */
function divide(high: i64, low: u64, by: i64): i64 {
  if (high >= ESTIMATED_HIGH || by >= ESTIMATED_BY) return divideLarge(high, low, by);
  const estimate = (<f64>high * WORD + <f64>low) / <f64>by;
  if (estimate > TOO_LARGE) return OVERFLOW;
  return corrected(<i64>estimate, <i64>(low - <u64>(<i64>estimate * by)), by);
}

/** Brings the number to what one estimate is right enough for, from below. */
function divideLarge(high: i64, low: u64, by: i64): i64 {
  let quotient: i64 = 0;
  while (high !== 0 && (high >= ESTIMATED_HIGH || by >= ESTIMATED_BY)) {
    const estimate = (<f64>high * WORD + <f64>low) / <f64>by;
    if (estimate > TOO_LARGE) return OVERFLOW;
    const part = <i64>(estimate * 0.999999999);
    const partLow = <u64>(part * by);
    high = high - mulHigh(part, by) - (low < partLow ? 1 : 0);
    low -= partLow;
    quotient += part;
  }
  if (high !== 0) return quotient + divide(high, low, by);
  left = <i64>(low % <u64>by);
  return quotient + <i64>(low / <u64>by);
}

/** Quantity times the size of a price times a factor in whole 1e-4 money, rounded down; OVERFLOW when it passes MOST. Sets `left`, 0 for no rest. */
// @ts-ignore: decorator
@inline
function amountOf(quantity: i64, size: i64, factor: usize): i64 {
  return factor === NO_FACTOR ? plainAmount(quantity, size) : amountBy(quantity, size, factor);
}

function amountBy(quantity: i64, size: i64, factor: usize): i64 {
  const amount = converted(quantity, size, factor);
  left = hasRest ? 1 : 0;
  return amount <= MOST ? amount : OVERFLOW;
}

function plainAmount(quantity: i64, size: i64): i64 {
  const estimate = <f64>quantity * <f64>size * 1e-12;
  if (estimate > TOO_LARGE) return OVERFLOW;
  const whole = <i64>estimate;
  const amount = corrected(whole, quantity * size - whole * SCALE, SCALE);
  return amount <= MOST ? amount : OVERFLOW;
}

/** Size of quantity times price times a factor in whole 1e-4 money, rounded up; or OVERFLOW. The quantity is 0 or more. */
export function notional(quantity: i64, priceE8: i64, factor: usize): i64 {
  const amount = amountOf(quantity, priceE8 < 0 ? -priceE8 : priceE8, factor);
  if (amount === OVERFLOW || left === 0) return amount;
  return amount < MOST ? amount + 1 : OVERFLOW;
}

/** Quantity times price times a factor in whole 1e-4 money, rounded up; NO_PRICE when it passes MOST. */
export function worthOf(quantity: i64, priceE8: i64, factor: usize): i64 {
  if (priceE8 >= 0) {
    const amount = notional(quantity, priceE8, factor);
    return amount === OVERFLOW ? NO_PRICE : amount;
  }
  const amount = amountOf(quantity, -priceE8, factor);
  return amount === OVERFLOW ? NO_PRICE : -amount;
}

/** True when a quantity at that price is worth exactly so much. */
export function isWorth(high: i64, low: u64, quantity: i64, priceE8: i64): bool {
  return low === <u64>(quantity * priceE8) && high === mulHigh(quantity, priceE8);
}

/**
 * The average price, to the nearest 1e-8, of a quantity that was worth so much 1e-16 money; NO_PRICE when it is beyond any price, or
 * what it was worth is not held.
 */
export function averageE8(high: i64, low: u64, quantity: i64): i64 {
  if (quantity === 0) return 0;
  if (high === UNKNOWN_WORTH) return NO_PRICE;
  const isNegative = high < 0;
  if (isNegative) {
    low = 0 - low;
    high = ~high + (low === 0 ? 1 : 0);
  }
  let size = divide(high, low, quantity);
  if (size === OVERFLOW) return NO_PRICE;
  // Of two that are as near, the upper one.
  if (isNegative ? left > quantity - left : left >= quantity - left) size++;
  if (size > MOST_E8) return NO_PRICE;
  return isNegative ? -size : size;
}

/** `part` of `whole` of an amount, rounded up; OVERFLOW when it passes MOST. None is below 0. */
export function partOf(amount: i64, part: i64, whole: i64): i64 {
  const quotient = divide(mulHigh(amount, part), <u64>(amount * part), whole);
  if (quotient === OVERFLOW || quotient > MOST) return OVERFLOW;
  return left === 0 || quotient === MOST ? quotient : quotient + 1;
}

/** A million: collars are in parts per million of the reference price. */
const PPM: i64 = 1_000_000;

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

/** True for a multiple of a step above 0. */
export function isMultiple(quantity: i64, step: i64): bool {
  // Right for all but very many steps, and faster than a remainder.
  const steps = <i64>(<f64>quantity / <f64>step + 0.5);
  return steps * step === quantity || quantity % step === 0;
}

/** True for a quantity, 0 included, that can be counted. */
// @ts-ignore: decorator
@inline
export function isCountable(quantity: i64): bool {
  return quantity >= 0 && quantity <= MOST_E8;
}
