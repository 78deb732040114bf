import { NO_PRICE, UNIT_E8 } from "../src/base/units.ts";

/** A quantity as a number of units, or any in 1e-8; a price as a number of 1e-8, or any. */
export type Amount = number | bigint;

/** A quantity in 1e-8. */
export function units(quantity: Amount): bigint {
  if (typeof quantity === "bigint") return quantity;
  return Number.isInteger(quantity) ? BigInt(quantity) * UNIT_E8 : BigInt(Math.round(quantity * 1e8));
}

/** A price in 1e-8. */
export function price(priceE8: Amount): bigint {
  return BigInt(priceE8);
}

/** As tests say it: a number where that is exact. */
export function inUnits(quantityE8: bigint): Amount {
  if (quantityE8 % UNIT_E8 === 0n) return Number(quantityE8 / UNIT_E8);
  const number = Number(quantityE8) / 1e8;
  return Number.isSafeInteger(Number(quantityE8)) && units(number) === quantityE8 ? number : quantityE8;
}

/** A price or an amount of money as tests say it: a number where that is exact. */
export function shown(value: bigint): Amount {
  return value !== NO_PRICE && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
