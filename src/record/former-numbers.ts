import { MOST_E8, NO_PRICE, UNIT_E8 } from "../base/units.ts";

// Numbers of the versions whose records and snapshots had doubles: quantities in whole units, prices in 1e-8, up to 2^53.

/** Their NO_PRICE. */
export const FORMER_NO_PRICE = -Number.MAX_SAFE_INTEGER;

/** A quantity, in 1e-8; null when it is above the largest one. */
export function exactQuantity(former: number): bigint | null {
  const value = BigInt(Math.trunc(former)) * UNIT_E8;
  return value > MOST_E8 ? null : value;
}

export function exactPrice(former: number): bigint {
  return former === FORMER_NO_PRICE ? NO_PRICE : BigInt(former);
}
