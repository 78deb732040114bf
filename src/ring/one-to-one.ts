import type { Views } from "../base/views.ts";
import { EMPTY, FULL } from "../base/units.ts";
import { broken } from "../base/broken.ts";

/*  byte 0       128      256                     256 + slots · slotBytes
 *       ┌────────┬────────┬──────┬──────┬─ ─ ─┬──────┐   tail  written by the producer: slots published
 *       │ tail   │ head   │ slot │ slot │     │ slot │   head  written by the consumer: slots given back
 *       └────────┴────────┴──────┴──────┴─ ─ ─┴──────┘   both wrap as int32; only tail − head has meaning
 *
 *  tail and head are two cache lines apart, so that neither side's stores disturb the other's loads.
 */
const HEAD_AT = 128;
const SLOTS_AT = 256;

/** A bounded ring from one producer to one consumer; each side makes its own object over the same memory. */
export class OneToOne {
  private readonly ints: Int32Array;
  private readonly tailWord: number;
  private readonly headWord: number;
  private readonly slotsAt: number;
  private readonly mask: number;
  /** Producer: what it has published, and the consumer's head as last seen. */
  private produced: number;
  private headSeen: number;
  /** Consumer: what it has given back, and the producer's tail as last seen. */
  private consumed: number;
  private tailSeen: number;

  /** Bytes that a ring of `slots` (a power of two) of `slotBytes` (a multiple of 64) takes. */
  static bytesFor(slots: number, slotBytes: number): number {
    return SLOTS_AT + slots * slotBytes;
  }

  constructor(
    readonly views: Views,
    at: number,
    readonly slots: number,
    private readonly slotBytes: number,
  ) {
    if (slots < 2 || (slots & (slots - 1)) !== 0) broken("ring slots", slots);
    if (slotBytes % 64 !== 0 || at % 64 !== 0) broken("ring alignment", slotBytes);
    this.ints = views.ints;
    this.tailWord = at >> 2;
    this.headWord = (at + HEAD_AT) >> 2;
    this.slotsAt = at + SLOTS_AT;
    this.mask = slots - 1;
    this.produced = Atomics.load(this.ints, this.tailWord);
    this.tailSeen = this.produced;
    this.consumed = Atomics.load(this.ints, this.headWord);
    this.headSeen = this.consumed;
  }

  /**
   * Claims the next slot for one record.
   * Returns  byte offset of the slot, or FULL while the consumer is a whole ring behind; the same slot until published.
   * Thread   the ring's one producer.
   */
  claim(): number {
    if (((this.produced - this.headSeen) | 0) >= this.slots) {
      this.headSeen = Atomics.load(this.ints, this.headWord);
      if (((this.produced - this.headSeen) | 0) >= this.slots) return FULL;
    }
    return this.slotsAt + (this.produced & this.mask) * this.slotBytes;
  }

  /** Shows the claimed slot to the consumer. */
  publish(): void {
    this.produced = (this.produced + 1) | 0;
    Atomics.store(this.ints, this.tailWord, this.produced);
  }

  /** Producer: true when at least `count` slots are free. */
  has(count: number): boolean {
    if (this.slots - ((this.produced - this.headSeen) | 0) >= count) return true;
    this.headSeen = Atomics.load(this.ints, this.headWord);
    return this.slots - ((this.produced - this.headSeen) | 0) >= count;
  }

  /** Producer: slots that are free. */
  free(): number {
    this.headSeen = Atomics.load(this.ints, this.headWord);
    return this.slots - ((this.produced - this.headSeen) | 0);
  }

  /**
   * Looks at the oldest record.
   * Returns  byte offset of its slot, or EMPTY.
   * Thread   the ring's one consumer.
   */
  peek(): number {
    if (this.consumed === this.tailSeen) {
      this.tailSeen = Atomics.load(this.ints, this.tailWord);
      if (this.consumed === this.tailSeen) return EMPTY;
    }
    return this.slotsAt + (this.consumed & this.mask) * this.slotBytes;
  }

  /** Gives the oldest slot back. */
  release(): void {
    this.consumed = (this.consumed + 1) | 0;
    Atomics.store(this.ints, this.headWord, this.consumed);
  }

  /** Producer's count of published slots, wrapping as int32. */
  get tail(): number {
    return this.produced;
  }

  /** Records in the ring, as any thread may see it. */
  size(): number {
    return (Atomics.load(this.ints, this.tailWord) - Atomics.load(this.ints, this.headWord)) | 0;
  }
}
