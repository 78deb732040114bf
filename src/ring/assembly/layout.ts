/*  One side's end of a ring (ring/one-to-one.ts) in the memory of compiled code; written by TypeScript (ring/ring-end.ts) before the
 *  code uses it. Addresses are byte offsets in the memory.
 */
export const RING_END_BYTES = 64;
/** Addresses of the ring's tail, head and slots. */
export const RING_TAIL_AT = 0;
export const RING_HEAD_AT = 4;
export const RING_SLOTS_AT = 8;
export const RING_MASK = 12;
export const RING_SLOT_BYTES = 16;
/** Not 0: producer and consumer share a thread. */
export const RING_ONE_THREAD = 20;
/** Slots that this side has published, or released; the other side's word as it was read last. */
export const RING_MINE = 24;
export const RING_SEEN = 28;
