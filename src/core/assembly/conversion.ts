/*  A factor: what quantity times price is multiplied with, so that it is money of the limits' currency. 16 bytes.
 *
 *  byte 0             8          16
 *       ┌─────────────┬──────────┐   multiplier  of the contract, 1e-8
 *       │ multiplier  │ rate     │   rate        units of the limits' currency for one of the symbol's, 1e-8
 *       └─────────────┴──────────┘
 *  The address of a factor is NO_FACTOR where both are 1.
 */
@unmanaged
export class Factor {
  multiplier: i64;
  rate: i64;
}
export const NO_FACTOR: usize = 0;

/*  Quantity times price times multiplier times rate is 1e-32 money in 256 bits: four words, the lowest one first. It becomes 1e-4 money by
 *  a division by 10 to the 28th, in steps of up to ten to the 9th: what is left of a word and half of the next one fit into 64 bits.
 */
let word0: u64 = 0;
let word1: u64 = 0;
let word2: u64 = 0;
let word3: u64 = 0;
/** What the division of the last word left; and true when one of all divisions left anything. */
let left: u64 = 0;
export let hasRest: bool = false;

const LOW: u64 = 0xffffffff;
const E9: u64 = 1_000_000_000;
const E1: u64 = 10;
/** Result of `converted` for what has no room in 64 bits. */
const TOO_LARGE: i64 = i64.MAX_VALUE;

/** Amounts below are found by one estimate in doubles, which is wrong by less than 1. */
const ESTIMATED: f64 = 281_474_976_710_656;
/** A product of two that is not above it in doubles has less than 64 bits. */
const ONE_WORD: f64 = 9.2e18;
/** 10 to the 28th: 1e-32 money in one 1e-4 money; in two parts. */
const SCALE_LOW: u64 = 4_477_988_020_393_345_024;
const SCALE_HIGH: u64 = 542_101_086;

/** Quantity times the size of a price times a factor in whole 1e-4 money, rounded down; the largest number for more. Sets `hasRest`. */
export function converted(quantity: i64, size: i64, factor: usize): i64 {
  const by = changetype<Factor>(factor);
  const estimate = <f64>quantity * <f64>size * (<f64>by.multiplier * <f64>by.rate) * 1e-28;
  if (estimate < ESTIMATED) return corrected(<u64>estimate, quantity, size, by.multiplier, by.rate);
  multiply(quantity, size, by.multiplier, by.rate);
  hasRest = false;
  divideBy(E9);
  divideBy(E9);
  divideBy(E9);
  divideBy(E1);
  if ((word1 | word2 | word3) !== 0 || word0 > <u64>TOO_LARGE) return TOO_LARGE;
  return <i64>word0;
}

/** What the estimate leaves of the product has less than 128 bits, so that these suffice of both. */
function corrected(estimate: u64, a: i64, b: i64, c: i64, d: i64): i64 {
  const aLow = <u64>(a * b);
  const cLow = <u64>(c * d);
  const low = aLow * cLow;
  let high = highOf(aLow, cLow) + cLow * highOf(<u64>a, <u64>b);
  // Most factors fit into one word.
  if (<f64>c * <f64>d > ONE_WORD) high += aLow * highOf(<u64>c, <u64>d);
  const wholeLow = estimate * SCALE_LOW;
  const wholeHigh = highOf(estimate, SCALE_LOW) + estimate * SCALE_HIGH;
  const restLow = low - wholeLow;
  const restHigh = <i64>(high - wholeHigh - (low < wholeLow ? 1 : 0));
  if (restHigh < 0) {
    // One too many: the rest is that much below 0, and at least 1 below it.
    hasRest = restLow !== 0 - SCALE_LOW || <u64>restHigh !== ~SCALE_HIGH;
    return <i64>estimate - 1;
  }
  const isOneMore = <u64>restHigh > SCALE_HIGH || (<u64>restHigh === SCALE_HIGH && restLow >= SCALE_LOW);
  hasRest = isOneMore ? restLow !== SCALE_LOW || <u64>restHigh !== SCALE_HIGH : (restLow | <u64>restHigh) !== 0;
  return <i64>estimate + (isOneMore ? 1 : 0);
}

/** Sets the words to the product of four numbers of 0 or more. */
function multiply(a: i64, b: i64, c: i64, d: i64): void {
  const aLow = <u64>(a * b);
  const aHigh = highOf(<u64>a, <u64>b);
  const cLow = <u64>(c * d);
  const cHigh = highOf(<u64>c, <u64>d);
  word0 = aLow * cLow;
  word1 = highOf(aLow, cLow);
  word2 = 0;
  word3 = 0;
  if (cHigh !== 0) {
    addToWord1(aLow * cHigh);
    addToWord2(highOf(aLow, cHigh));
  }
  if (aHigh === 0) return;
  addToWord1(aHigh * cLow);
  addToWord2(highOf(aHigh, cLow));
  if (cHigh === 0) return;
  addToWord2(aHigh * cHigh);
  word3 += highOf(aHigh, cHigh);
}

function addToWord1(value: u64): void {
  word1 += value;
  if (word1 < value) addToWord2(1);
}

function addToWord2(value: u64): void {
  word2 += value;
  if (word2 < value) word3++;
}

/** The high part of a product. */
function highOf(a: u64, b: u64): u64 {
  const a0 = a & LOW;
  const b0 = b & LOW;
  const a1 = a >>> 32;
  const b1 = b >>> 32;
  const middle = a1 * b0 + ((a0 * b0) >>> 32);
  const other = a0 * b1 + (middle & LOW);
  return a1 * b1 + (middle >>> 32) + (other >>> 32);
}

/** Divides the words by a number of up to 32 bits. */
function divideBy(by: u64): void {
  left = 0;
  if (word3 !== 0) word3 = divided(word3, by);
  if ((word2 | left) !== 0) word2 = divided(word2, by);
  if ((word1 | left) !== 0) word1 = divided(word1, by);
  word0 = divided(word0, by);
  if (left !== 0) hasRest = true;
}

/** One word, behind what the words above it left. */
function divided(value: u64, by: u64): u64 {
  const upper = (left << 32) | (value >>> 32);
  const high = upper / by;
  const lower = ((upper - high * by) << 32) | (value & LOW);
  const low = lower / by;
  left = lower - low * by;
  return (high << 32) | low;
}
