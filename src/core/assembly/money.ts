import { MOST } from "./codes.ts";

/*  Amounts, exact in float64. A product quantity × priceE8 easily passes 2^53 (a million shares at 10,000.00 are 10^18),
 *  so the price is split where money ends:
 *
 *      priceE8 = high · 10^4 + low                       0 <= low < 10^4
 *      quantity · priceE8 = (quantity · high) in 1e-4 money  +  (quantity · low) in 1e-8 money
 */
const SPLIT: f64 = 10_000;
/** 1e-8 money in one 1e-4 money. */
export const REST_SCALE: f64 = SPLIT;

/** Larger quantities are refused by name: up to here quantity · low stays exact, and so does its division by 10^4. */
export const MAX_QUANTITY: f64 = 100_000_000_000;
/** Prices from here on are refused by name; also the largest price a float64 holds exactly. */
export const MAX_PRICE_E8: f64 = MOST;
/** Result of `notional` when the amount passes 2^53. */
export const OVERFLOW: f64 = -1;

/** Quantity times price in whole 1e-4 money, rounded up; or OVERFLOW. */
export function notional(quantity: f64, priceE8: f64): f64 {
  const high = Math.floor(priceE8 / SPLIT);
  const low = priceE8 - high * SPLIT;
  const amount = low === 0 ? quantity * high : quantity * high + Math.ceil((quantity * low) / SPLIT);
  return amount <= MOST ? amount : OVERFLOW;
}

/** The high part of a price: quantity times it is whole 1e-4 money. */
// @ts-ignore: decorator
@inline
export function highOf(priceE8: f64): f64 {
  return Math.floor(priceE8 / SPLIT);
}

/** The low part of a price, whose high part is known: quantity times it is 1e-8 money. */
// @ts-ignore: decorator
@inline
export function lowOf(priceE8: f64, high: f64): f64 {
  return priceE8 - high * SPLIT;
}

/** How many whole 1e-4 are in a rest of 1e-8 money. */
// @ts-ignore: decorator
@inline
export function carryOf(rest: f64): f64 {
  return Math.floor(rest / SPLIT);
}

/** The average price of `quantity` that were worth `whole` 1e-4 and `rest` 1e-8 money, to the nearest 1e-8. */
export function averageE8(whole: f64, rest: f64, quantity: f64): f64 {
  if (quantity === 0) return 0;
  const each = Math.floor(whole / quantity);
  const left = whole - each * quantity;
  if (left === 0 && rest === 0) return each * SPLIT;
  return each * SPLIT + Math.round((left * SPLIT + rest) / quantity);
}

/** A million: collars are in parts per million of the reference price. */
export const PPM: f64 = 1_000_000;

/** `ppm` parts per million of a price, rounded down; exact for collars up to 1000 %. */
export function shareOf(priceE8: f64, ppm: f64): f64 {
  const high = Math.floor(priceE8 / PPM);
  return high * ppm + Math.floor(((priceE8 - high * PPM) * ppm) / PPM);
}

/** As `shareOf`, rounded up. */
export function shareAbove(priceE8: f64, ppm: f64): f64 {
  const high = Math.floor(priceE8 / PPM);
  return high * ppm + Math.ceil(((priceE8 - high * PPM) * ppm) / PPM);
}

/** True when a product of whole numbers is exact. */
// @ts-ignore: decorator
@inline
export function isExactProduct(a: f64, b: f64): bool {
  return Math.abs(a * b) <= MOST;
}

/** True for a quantity, 0 included, that can be counted. */
// @ts-ignore: decorator
@inline
export function isCountable(quantity: f64): bool {
  return quantity >= 0 && quantity <= MOST && Math.floor(quantity) === quantity;
}

/** Whole, above 0, and at most MOST. */
export function isLimit(value: f64): bool {
  return value > 0 && value <= MOST && Math.floor(value) === value;
}
