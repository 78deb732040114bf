import { broken } from "../base/broken.ts";
import { EMPTY, FULL } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { checkRing, HEAD_AT, SLOTS_AT, TAIL_AT } from "./layout.ts";

/*  byte 0        128       256            256 + slotBytes·slots
 *       ┌────────┬─────────┬──────┬─ ─ ─┬──────┐   tail  written by the producer: slots published
 *       │ tail   │ head    │ slot │     │ slot │   head  written by the consumer: slots released
 *       └────────┴─────────┴──────┴─ ─ ─┴──────┘   both wrap as int32; only tail − head has meaning
 *
 *  Each side caches the other's word and reads the shared one only when the cached one means full or empty, so that a busy
 *  ring moves the two lines between cores once per burst, not once per slot. Zeroed memory is an empty ring.
 */

/** A bounded queue of fixed-size slots from one thread to another (or the same). */
export class OneToOne {
  private readonly ints: Int32Array;
  private readonly mask: number;
  private readonly tailWord: number;
  private readonly headWord: number;
  private readonly slotsAt: number;
  private producerTail: number;
  private seenHead: number;
  private consumerHead: number;
  private seenTail: number;

  /** Size of a ring in memory, bytes. */
  static bytesFor(slots: number, slotBytes: number): number {
    return SLOTS_AT + slots * slotBytes;
  }

  /**
   * One end, or both when they share a thread; continues from the words in memory.
   * `slots` is a power of two, `slotBytes` a multiple of 64, `at` a multiple of 64.
   * `oneThread`: producer and consumer share a thread. Their stores then need no fence, which would wait until the
   * journal's stores before it have reached memory.
   */
  constructor(
    readonly views: Views,
    readonly at: number,
    readonly slots: number,
    readonly slotBytes: number,
    readonly oneThread = false,
  ) {
    checkRing(views, at, slots, slotBytes, OneToOne.bytesFor(slots, slotBytes));
    this.ints = views.ints;
    this.mask = slots - 1;
    this.tailWord = (at + TAIL_AT) >> 2;
    this.headWord = (at + HEAD_AT) >> 2;
    this.slotsAt = at + SLOTS_AT;
    this.producerTail = Atomics.load(this.ints, this.tailWord);
    this.seenTail = this.producerTail;
    this.consumerHead = Atomics.load(this.ints, this.headWord);
    this.seenHead = this.consumerHead;
  }

  /**
   * Claims the next slot for one record; returns the same slot until it is published.
   * Returns  byte offset of the slot, or FULL while the consumer is a whole ring behind.
   * Thread   the ring's one producer.
   */
  claim(): number {
    if (((this.producerTail - this.seenHead) | 0) >= this.slots) {
      this.seenHead = Atomics.load(this.ints, this.headWord);
      if (((this.producerTail - this.seenHead) | 0) >= this.slots) return FULL;
    }
    return this.slotsAt + (this.producerTail & this.mask) * this.slotBytes;
  }

  /**
   * Publishes the claimed slot to the consumer.
   * Thread   the ring's one producer.
   */
  publish(): void {
    if (((this.producerTail - this.seenHead) | 0) >= this.slots)
      broken("ring publish without a claimed slot", this.slots);
    this.producerTail = (this.producerTail + 1) | 0;
    if (this.oneThread) this.ints[this.tailWord] = this.producerTail;
    else Atomics.store(this.ints, this.tailWord, this.producerTail);
  }

  /**
   * Lower bound of the free slots; reads the consumer's word only when less than half seem free.
   * Thread   the ring's one producer.
   */
  free(): number {
    const free = this.slots - ((this.producerTail - this.seenHead) | 0);
    if (free << 1 >= this.slots) return free;
    this.seenHead = Atomics.load(this.ints, this.headWord);
    return this.slots - ((this.producerTail - this.seenHead) | 0);
  }

  /**
   * True when the next `count` claims cannot find the ring full.
   * Thread   the ring's one producer.
   */
  has(count: number): boolean {
    if (((this.producerTail - this.seenHead) | 0) + count <= this.slots) return true;
    this.seenHead = Atomics.load(this.ints, this.headWord);
    return ((this.producerTail - this.seenHead) | 0) + count <= this.slots;
  }

  /**
   * Takes up what compiled code has published at this end (ring/assembly/ring-end.ts).
   * Thread   the ring's one producer.
   */
  resumeProducer(): void {
    this.producerTail = this.ints[this.tailWord]!;
  }

  /**
   * The same for released slots.
   * Thread   the ring's one consumer.
   */
  resumeConsumer(): void {
    this.consumerHead = this.ints[this.headWord]!;
    this.seenTail = Atomics.load(this.ints, this.tailWord);
  }

  /**
   * Reads the oldest slot; returns the same slot until it is released.
   * Returns  byte offset of the slot, or EMPTY.
   * Thread   the ring's one consumer.
   */
  peek(): number {
    if (this.consumerHead === this.seenTail) {
      this.seenTail = Atomics.load(this.ints, this.tailWord);
      if (this.consumerHead === this.seenTail) return EMPTY;
    }
    return this.slotsAt + (this.consumerHead & this.mask) * this.slotBytes;
  }

  /**
   * Reads the slot `count` behind the oldest, if it was filled at the last read of the tail by `peek`.
   * Returns  byte offset of the slot, or EMPTY.
   * Thread   the ring's one consumer.
   */
  peekBehind(count: number): number {
    if (((this.seenTail - this.consumerHead) | 0) <= count) return EMPTY;
    return this.slotsAt + ((this.consumerHead + count) & this.mask) * this.slotBytes;
  }

  /**
   * Returns the oldest slot to the producer, which may overwrite it.
   * Thread   the ring's one consumer.
   */
  release(): void {
    if (this.consumerHead === this.seenTail) {
      // A caller that knows that a slot is filled need not have called `peek`.
      this.seenTail = Atomics.load(this.ints, this.tailWord);
      if (this.consumerHead === this.seenTail) broken("ring release of an empty ring", this.slots);
    }
    this.consumerHead = (this.consumerHead + 1) | 0;
    if (this.oneThread) this.ints[this.headWord] = this.consumerHead;
    else Atomics.store(this.ints, this.headWord, this.consumerHead);
  }

  /** Slots that the producer, on this thread, has published, as an int32 that wraps. */
  get tail(): number {
    return this.ints[this.tailWord]!;
  }

  /**
   * Approximate number of filled slots.
   * Thread   any.
   */
  size(): number {
    const head = Atomics.load(this.ints, this.headWord);
    const size = (Atomics.load(this.ints, this.tailWord) - head) | 0;
    return Math.min(size, this.slots);
  }
}
