import { NO_PRICE } from "../base/units.ts";
import { exactPrice, exactQuantity } from "../record/former-numbers.ts";
import { ORDER_BYTES } from "./assembly/layout.ts";
import type { StateSource } from "./state-io.ts";

// What snapshots of versions with numbers in doubles have, as 64-bit integers in the same places.

// Of an order's row, eight bytes each.
const NUMBERS = ORDER_BYTES / 8;
const QUANTITY = 2;
const OTHER_QUANTITIES = [4, 12, 21];
const PRICES = [3, 13];
const AMOUNTS = [5, 14, 22];
/** Value of its executions: 1e-4 money and a rest in 1e-8; now 1e-16 money in a high and a low part. */
const WORTH = 8;
const E12 = 1_000_000_000_000n;
const E8 = 100_000_000n;
const HALF = 64n;
const FACTS = 4;
/** Sums of an account were high · 2^50 + low. */
const HIGH_UNIT = 1n << 50n;

/** True for a snapshot of those versions: accounts were no words. */
export function hasFormerNumbers(from: StateSource): boolean {
  return !from.has("accounts");
}

/** Makes the rows of orders exact, in their place. */
export function exactOrders(rows: Int32Array): void {
  const { buffer, byteOffset, byteLength } = rows;
  const doubles = new Float64Array(buffer, byteOffset, byteLength / 8);
  const longs = new BigInt64Array(buffer, byteOffset, byteLength / 8);
  for (let row = 0; row < doubles.length; row += NUMBERS) {
    const worth = BigInt(doubles[row + WORTH]!) * E12 + BigInt(doubles[row + WORTH + 1]!) * E8;
    // Only refused orders had one above the largest: 0, as from a journal.
    longs[row + QUANTITY] = exactQuantity(doubles[row + QUANTITY]!) ?? 0n;
    for (const at of OTHER_QUANTITIES) longs[row + at] = quantityOf(doubles[row + at]!);
    for (const at of PRICES) longs[row + at] = exactPrice(doubles[row + at]!);
    for (const at of AMOUNTS) longs[row + at] = BigInt(doubles[row + at]!);
    longs[row + WORTH] = worth >> HALF;
    longs[row + WORTH + 1] = BigInt.asIntN(64, worth);
  }
}

/** The same of what stands beside executions. */
export function exactFacts(facts: Float64Array): void {
  const longs = new BigInt64Array(facts.buffer, facts.byteOffset, facts.length);
  for (let fact = 0; fact < facts.length; fact += FACTS) {
    const isChange = facts[fact + 1]! > 0;
    // The number of a change's root is a double still.
    if (!isChange) longs[fact + 2] = quantityOf(facts[fact + 2]!);
    longs[fact + 3] = isChange ? NO_PRICE : exactPrice(facts[fact + 3]!);
  }
}

/** What an account's row has from `second` on, of the numbers that its state was kept in. */
export function exactAccount(
  state: readonly number[],
  high: readonly number[],
  position: readonly number[],
): BigInt64Array {
  const longs = new BigInt64Array(16);
  const doubles = new Float64Array(longs.buffer);
  const sum = (low: number, of: number): bigint => BigInt(of) * HIGH_UNIT + BigInt(low);
  const put = (at: number, toHigh: number, value: bigint): void => {
    longs[at] = BigInt.asIntN(64, value);
    longs[at + toHigh] = value >> HALF;
  };
  for (let i = 0; i < 3; i++) doubles[i] = state[i]!;
  longs[3] = BigInt(state[3]!);
  longs[4] = BigInt(state[4]!);
  const sums = [0, 1, 2, 3].map((i) => sum(state[5 + i]!, high[i] ?? 0) * (i < 2 ? 1n : E8));
  for (const [i, value] of sums.entries()) put(5 + i, 4, value);
  // Versions without trading days had no position apart from the sums since the account began.
  put(13, 1, position.length === 0 ? sums[2]! - sums[3]! : sum(position[0]!, position[1]!) * E8);
  doubles[15] = position[2] ?? 0;
  return longs;
}

function quantityOf(former: number): bigint {
  const value = exactQuantity(former);
  if (value === null)
    throw new Error(
      `a snapshot of an earlier version has a quantity of ${former}; this one holds up to 92,000,000,000`,
    );
  return value;
}
