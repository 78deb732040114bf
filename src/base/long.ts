// Whole numbers of 64 bits in memory, little endian, for code that must not allocate: a bigint is an object. `at` is the index of
// the lower half in `ints`.

const WORD = 4_294_967_296;

/** -1, 0 or 1. */
export function signOf(ints: Int32Array, at: number): number {
  const high = ints[at + 1]!;
  if (high < 0) return -1;
  return high === 0 && ints[at] === 0 ? 0 : 1;
}

/** The nearest double. */
export function numberAt(ints: Int32Array, at: number): number {
  return ints[at + 1]! * WORD + (ints[at]! >>> 0);
}

/** True when that double is exactly the number. */
export function isExact(ints: Int32Array, at: number): boolean {
  const high = ints[at + 1]! * WORD;
  return numberAt(ints, at) - high === ints[at]! >>> 0;
}

/** Upper half of NO_PRICE, which no number that is held has. */
const NO_PRICE_HIGH = -0x8000_0000;

export function isNoPrice(ints: Int32Array, at: number): boolean {
  return ints[at + 1] === NO_PRICE_HIGH;
}

export function storeNoPrice(ints: Int32Array, at: number): void {
  ints[at] = 0;
  ints[at + 1] = NO_PRICE_HIGH;
}
