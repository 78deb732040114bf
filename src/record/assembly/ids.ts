// Ids in memory (base/id.ts), for the compiled code: up to 32 bytes zero padded in a room of 32, longer ones in one of 64.
import { ID_BYTES, SHORT_ID_BYTES } from "./units.ts";

/** Copies an id of `length` bytes, padding included. */
// @ts-ignore: decorator
@inline
export function copyId(to: usize, from: usize, length: i32): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  if (<u32>length > SHORT_ID_BYTES) copyTail(to, from);
}

/** Copies an id that other bytes follow; its room `to` is zero padded. */
export function copyApart(to: usize, from: usize, length: i32): void {
  memory.fill(to, 0, <u32>length > SHORT_ID_BYTES ? ID_BYTES : SHORT_ID_BYTES);
  memory.copy(to, from, <usize>length);
}

function copyTail(to: usize, from: usize): void {
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
}

/** True when both ids, of the same length, are equal. */
export function sameId(a: usize, b: usize, length: i32): bool {
  const end = a + ((length + 3) & ~3);
  for (; a < end; a += 4, b += 4) if (load<i32>(a) !== load<i32>(b)) return false;
  return true;
}

/** Hash of an id with a seed (FNV-1a over words, murmur's finish). */
export function hashId(at: usize, length: i32, seed: i32): i32 {
  let hash: i32 = seed ^ 0x811c9dc5;
  const to = at + ((length + 3) & ~3);
  for (; at < to; at += 4) {
    hash = (hash ^ load<i32>(at)) * 0x01000193;
    hash ^= <i32>(<u32>hash >>> 15);
  }
  hash = (hash ^ <i32>(<u32>hash >>> 16)) * 0x85ebca6b;
  return hash ^ <i32>(<u32>hash >>> 13);
}

/**
 * As hashId, but ids that differ only in the low three bits of their last character differ only in the low three bits of
 * the hash: eight sequential ids are then neighbours in a table, in one cache line when a slot has eight bytes.
 */
export function hashSequentialId(at: usize, length: i32, seed: i32): i32 {
  const last = at + length - 1;
  const lastWord = last & ~3;
  const shift = <i32>((last & 3) << 3);
  const word = load<i32>(lastWord);
  const low = (word >> shift) & 7;
  let hash: i32 = seed ^ 0x811c9dc5;
  for (; at < lastWord; at += 4) {
    hash = (hash ^ load<i32>(at)) * 0x01000193;
    hash ^= <i32>(<u32>hash >>> 15);
  }
  hash = (hash ^ (word & ~(7 << shift))) * 0x01000193;
  hash = (hash ^ <i32>(<u32>hash >>> 16)) * 0x85ebca6b;
  return ((hash ^ <i32>(<u32>hash >>> 13)) & ~7) | low;
}
