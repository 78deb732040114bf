import type { Views } from "./views.ts";

/*  An id (ClOrdID, OrderID, ExecID, Symbol, Account …) in memory: a room of 32 bytes, or of 64 for a long id.
 *
 *  byte 0                              32                              64
 *       ┌──────────────────────────────┬─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─┬─ ─
 *       │ up to 32 bytes, zero padded  │ up to 64 bytes, zero padded    │        8-byte aligned
 *       └──────────────────────────────┴─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─┴─ ─
 *
 *  Its length stands elsewhere. Behind a short id in a room of 64 bytes anything may stand.
 */

/** Longest id; a longer one is never cut. */
export const ID_BYTES = 64;
/** An id of up to this many bytes is short. */
export const SHORT_ID_BYTES = 32;
const SHORT_WORDS = SHORT_ID_BYTES / 4;
const ID_WORDS = ID_BYTES / 4;

/** Copies an id of `length` bytes, padding included. */
export function copyId(to: Int32Array, toAt: number, from: Int32Array, fromAt: number, length: number): void {
  const t = toAt >> 2;
  const f = fromAt >> 2;
  to[t] = from[f]!;
  to[t + 1] = from[f + 1]!;
  to[t + 2] = from[f + 2]!;
  to[t + 3] = from[f + 3]!;
  to[t + 4] = from[f + 4]!;
  to[t + 5] = from[f + 5]!;
  to[t + 6] = from[f + 6]!;
  to[t + 7] = from[f + 7]!;
  if (length > SHORT_ID_BYTES) for (let i = SHORT_WORDS; i < ID_WORDS; i++) to[t + i] = from[f + i]!;
}

/** True when both ids, of the same length, are equal. */
export function sameId(a: Int32Array, aAt: number, b: Int32Array, bAt: number, length: number): boolean {
  const x = aAt >> 2;
  const y = bAt >> 2;
  const words = (length + 3) >> 2;
  for (let i = 0; i < words; i++) if (a[x + i] !== b[y + i]) return false;
  return true;
}

/** Hash of an id with a seed, int32 (FNV-1a over words, murmur's finish). */
export function hashId(words: Int32Array, at: number, length: number, seed: number): number {
  let hash = seed ^ 0x811c9dc5;
  const from = at >> 2;
  const to = from + ((length + 3) >> 2);
  for (let word = from; word < to; word++) {
    hash = Math.imul(hash ^ words[word]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

/**
 * Writes `source[from, to)` as an id.
 * Fails  never: the caller has checked that it is at most ID_BYTES long.
 */
export function putId(views: Views, at: number, source: Uint8Array, from: number, to: number): void {
  const word = at >> 2;
  const ints = views.ints;
  const words = to - from > SHORT_ID_BYTES ? ID_WORDS : SHORT_WORDS;
  for (let i = 0; i < words; i++) ints[word + i] = 0;
  const bytes = views.bytes;
  for (let i = from, o = at; i < to; i++, o++) bytes[o] = source[i]!;
}

/** The id as text; for the control plane and tests. */
export function idText(bytes: Uint8Array, at: number, length: number): string {
  let text = "";
  for (let i = at; i < at + length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
