import { broken } from "../base/broken.ts";
import type { Views } from "../base/views.ts";

/*  All rings begin with the same words; `at` is a multiple of 64 in the shared memory.
 *
 *  byte 0           128            256
 *       ┌───────────┬──────────────┬─ ─ ─
 *       │ tail      │ head         │ slots        each word has two cache lines: x86 fetches lines in pairs
 *       └───────────┴──────────────┴─ ─ ─
 */
export const CACHE_LINE = 64;
export const TAIL_AT = 0;
export const HEAD_AT = 128;
export const SLOTS_AT = 256;

/** Byte offsets are used as int32 (`at >> 2`), so no ring may end behind this. */
const LAST_BYTE = 2 ** 31;

/** Checks the size that the index arithmetic of the rings needs. */
export function checkRing(views: Views, at: number, slots: number, slotBytes: number, bytes: number): void {
  if (slots < 2 || slots > 2 ** 30 || (slots & (slots - 1)) !== 0) broken("RING_SLOTS_NOT_A_POWER_OF_TWO", slots);
  if (slotBytes < CACHE_LINE || slotBytes % CACHE_LINE !== 0) broken("RING_SLOT_NOT_WHOLE_LINES", slotBytes);
  checkPlace(views, at, bytes);
}

/** Checks that the range is aligned and inside the memory. */
export function checkPlace(views: Views, at: number, bytes: number): void {
  if (at < 0 || at % CACHE_LINE !== 0) broken("SHARED_MEMORY_NOT_ALIGNED", at);
  if (at + bytes > views.bytes.length || at + bytes > LAST_BYTE) broken("SHARED_MEMORY_TOO_SMALL", at + bytes);
}
