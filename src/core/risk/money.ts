/*  Amounts, exact in float64. A product quantity × priceE8 easily passes 2^53 (a million shares at 10,000.00 are 10^18),
 *  so the price is split where money ends:
 *
 *      priceE8 = high · 10^4 + low                       0 <= low < 10^4
 *      quantity · priceE8 = (quantity · high) in 1e-4 money  +  (quantity · low) in 1e-8 money
 */
const SPLIT = 10_000;
/** 1e-8 money in one 1e-4 money. */
export const REST_SCALE = SPLIT;

/** Larger quantities are refused by name: up to here quantity · low stays exact, and so does its division by 10^4. */
export const MAX_QUANTITY = 100_000_000_000;
/** Prices from here on are refused by name; also the largest price a float64 holds exactly. */
export const MAX_PRICE_E8 = Number.MAX_SAFE_INTEGER;
/** Result of `notional` when the amount passes 2^53. */
export const OVERFLOW = -1;

/**
 * Quantity times price in whole 1e-4 money, rounded up.
 * Returns  the amount, or OVERFLOW.
 */
export function notional(quantity: number, priceE8: number): number {
  const high = Math.floor(priceE8 / SPLIT);
  const low = priceE8 - high * SPLIT;
  const amount = low === 0 ? quantity * high : quantity * high + Math.ceil((quantity * low) / SPLIT);
  return amount <= Number.MAX_SAFE_INTEGER ? amount : OVERFLOW;
}

/** The high part of a price: quantity times it is whole 1e-4 money. */
export function highOf(priceE8: number): number {
  return Math.floor(priceE8 / SPLIT);
}

/** The low part of a price, whose high part is known: quantity times it is 1e-8 money. */
export function lowOf(priceE8: number, high: number): number {
  return priceE8 - high * SPLIT;
}

/** How many whole 1e-4 are in a rest of 1e-8 money. */
export function carryOf(rest: number): number {
  return Math.floor(rest / SPLIT);
}

/** The average price of `quantity` that were worth `whole` 1e-4 and `rest` 1e-8 money, to the nearest 1e-8. */
export function averageE8(whole: number, rest: number, quantity: number): number {
  if (quantity === 0) return 0;
  const each = Math.floor(whole / quantity);
  const left = whole - each * quantity;
  if (left === 0 && rest === 0) return each * SPLIT;
  return each * SPLIT + Math.round((left * SPLIT + rest) / quantity);
}

/** A million: collars are in parts per million of the reference price. */
export const PPM = 1_000_000;

/** `ppm` parts per million of a price, rounded down; exact for collars up to 1000 %. */
export function shareOf(priceE8: number, ppm: number): number {
  const high = Math.floor(priceE8 / PPM);
  return high * ppm + Math.floor(((priceE8 - high * PPM) * ppm) / PPM);
}

/** As `shareOf`, rounded up. */
export function shareAbove(priceE8: number, ppm: number): number {
  const high = Math.floor(priceE8 / PPM);
  return high * ppm + Math.ceil(((priceE8 - high * PPM) * ppm) / PPM);
}

/** True when a product of whole numbers is exact. */
export function isExactProduct(a: number, b: number): boolean {
  return Math.abs(a * b) <= Number.MAX_SAFE_INTEGER;
}

/** True for a quantity, 0 included, that can be counted. */
export function isCountable(quantity: number): boolean {
  return quantity >= 0 && quantity <= Number.MAX_SAFE_INTEGER && Math.floor(quantity) === quantity;
}
