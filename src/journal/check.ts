// As the writer computes it (assembly/check.ts).

const POSITION_FACTOR = 0x9e3779b1;

/**
 * Check over the header of `words` ints at `word`, whose last one is the check. `here` is the entry's position in units of 8 bytes,
 * so that what an earlier lap left in a buffer is no entry.
 */
export function headerCheck(ints: Int32Array, word: number, words: number, here: number): number {
  let h = Math.imul(here, POSITION_FACTOR) ^ 0x165667b1;
  for (let i = 0; i < words - 1; i++) h = mixed(h, ints[word + i]!);
  return h;
}

/** Check over a whole entry. */
export function entryCheck(ints: Int32Array, word: number, words: number, headerWords: number, here: number): number {
  return mixed(headerCheck(ints, word, headerWords, here), payloadCheck(ints, word + headerWords, words - headerWords));
}

/** Over blocks of 16 bytes, even and odd ones apart. Any change within one word changes the result. */
function payloadCheck(ints: Int32Array, word: number, words: number): number {
  const end = word + words;
  const odd = blocksCheck(ints, word + 4, end, 0x7f4a7c15);
  return blocksCheck(ints, word, end, 0x9e3779b9) ^ ((odd << 13) | (odd >>> 19));
}

/** Four lanes of rotate, xor and add over every other block; of the last one perhaps half, with zeros behind. */
function blocksCheck(ints: Int32Array, word: number, end: number, seed: number): number {
  let a = seed | 0;
  let b = a;
  let c = a;
  let d = a;
  let at = word;
  for (const stop = end - 3; at < stop; at += 8) {
    a = ((((a << 5) | (a >>> 27)) ^ ints[at]!) + 0x3c6ef372) | 0;
    b = ((((b << 5) | (b >>> 27)) ^ ints[at + 1]!) + 0x1b873593) | 0;
    c = ((((c << 5) | (c >>> 27)) ^ ints[at + 2]!) + 0x52dce729) | 0;
    d = ((((d << 5) | (d >>> 27)) ^ ints[at + 3]!) + 0x38b34ae5) | 0;
  }
  if (at < end) {
    a = ((((a << 5) | (a >>> 27)) ^ ints[at]!) + 0x3c6ef372) | 0;
    b = ((((b << 5) | (b >>> 27)) ^ ints[at + 1]!) + 0x1b873593) | 0;
    c = (((c << 5) | (c >>> 27)) + 0x52dce729) | 0;
    d = (((d << 5) | (d >>> 27)) + 0x38b34ae5) | 0;
  }
  return a ^ ((b << 9) | (b >>> 23)) ^ ((c << 17) | (c >>> 15)) ^ ((d << 25) | (d >>> 7));
}

function mixed(h: number, word: number): number {
  return ((((h << 5) | (h >>> 27)) ^ word) + 0x3c6ef372) | 0;
}

/** Check of headers of files, and of entries of versions 1 and 2: four lanes. */
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
