import * as layout from "./assembly/layout.ts";
import { HEAD_AT, SLOTS_AT, TAIL_AT } from "./layout.ts";
import type { OneToOne } from "./one-to-one.ts";

/** Writes one side's end of a ring for compiled code, at `word` of `words`; it continues from the ring's own words. */
export function putRingEnd(words: Int32Array, word: number, ring: OneToOne, produces: boolean): void {
  const from = ring.views.bytes.byteOffset + ring.at;
  const tail = Atomics.load(ring.views.ints, (ring.at + TAIL_AT) >> 2);
  const head = Atomics.load(ring.views.ints, (ring.at + HEAD_AT) >> 2);
  words[word + (layout.RING_TAIL_AT >> 2)] = from + TAIL_AT;
  words[word + (layout.RING_HEAD_AT >> 2)] = from + HEAD_AT;
  words[word + (layout.RING_SLOTS_AT >> 2)] = from + SLOTS_AT;
  words[word + (layout.RING_MASK >> 2)] = ring.slots - 1;
  words[word + (layout.RING_SLOT_BYTES >> 2)] = ring.slotBytes;
  words[word + (layout.RING_ONE_THREAD >> 2)] = ring.oneThread ? 1 : 0;
  words[word + (layout.RING_MINE >> 2)] = produces ? tail : head;
  words[word + (layout.RING_SEEN >> 2)] = produces ? head : tail;
}
