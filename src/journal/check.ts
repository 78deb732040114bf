import { ENTRY_CHECK_AT, ENTRY_HEADER_BYTES } from "./layout.ts";

// As the writer computes it (assembly/check.ts).

const CHECK_WORD = ENTRY_CHECK_AT >> 2;
const HEADER_WORDS = ENTRY_HEADER_BYTES >> 2;
const POSITION_FACTOR = 0x9e3779b1;

/**
 * Check over every header word but the length and the check itself, and over the payload with its padding. `here` is the
 * entry's position in units of 8 bytes, so that what an earlier lap left in a buffer is no entry; 0 in files of version 1.
 */
export function entryCheck(ints: Int32Array, word: number, entryBytes: number, here: number): number {
  const header = checkWords(ints, word + 1, CHECK_WORD - 1, entryBytes ^ Math.imul(here, POSITION_FACTOR));
  return checkWords(ints, word + HEADER_WORDS, (entryBytes >> 2) - HEADER_WORDS, header);
}

/**
 * Checksum of an entry: four lanes of rotate, xor and add over its words, which a core computes in parallel. Each step is
 * a bijection of the lane and of the word, so any change within one word changes the result.
 */
export function checkWords(ints: Int32Array, fromWord: number, words: number, seed: number): number {
  let a = seed ^ 0x9e3779b9;
  let b = seed ^ 0x7f4a7c15;
  let c = seed ^ 0x165667b1;
  let d = seed ^ 0x27d4eb2f;
  let at = fromWord;
  const end = fromWord + words;
  for (const stop = end - 3; at < stop; at += 4) {
    a = (((a << 5) | (a >>> 27)) ^ ints[at]!) + 0x3c6ef372;
    b = (((b << 7) | (b >>> 25)) ^ ints[at + 1]!) + 0x1b873593;
    c = (((c << 11) | (c >>> 21)) ^ ints[at + 2]!) + 0x52dce729;
    d = (((d << 13) | (d >>> 19)) ^ ints[at + 3]!) + 0x38b34ae5;
    a |= 0;
    b |= 0;
    c |= 0;
    d |= 0;
  }
  for (; at < end; at++) a = ((((a << 5) | (a >>> 27)) ^ ints[at]!) + 0x3c6ef372) | 0;
  return (a ^ ((b << 9) | (b >>> 23)) ^ ((c << 17) | (c >>> 15)) ^ ((d << 25) | (d >>> 7))) | 0;
}
