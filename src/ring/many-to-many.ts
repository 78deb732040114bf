import { EMPTY, FULL } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { CACHE_LINE, checkRing, HEAD_AT, SLOTS_AT, TAIL_AT } from "./layout.ts";

/*  byte 0        128       256
 *       ┌────────┬─────────┬──────────┬──────────┬─ ─    tail  positions claimed by producers, moved by compare-and-swap
 *       │ tail   │ head    │ sequence │ slot     │       head  positions claimed by consumers, moved by compare-and-swap
 *       └────────┴─────────┴──────────┴──────────┴─ ─    sequence  written by the thread that has claimed the slot
 *                           64 bytes   slotBytes         all wrap as int32
 *
 *  The sequence of a slot is its state, counted in laps of the ring (lap = position minus the slot's index, so that zeroed
 *  memory is an empty ring):
 *      lap          free for the producer of this lap
 *      lap + 1      filled, for the consumer of this lap
 *      lap + slots  free for the next lap
 *  D. Vyukov's bounded queue: one CAS to claim, one store to publish. A thread waits for a preempted one only at the slot
 *  that this one has claimed.
 */

/** Lost races in a row before the result is FULL or EMPTY; each one means progress of another thread, so it is not reached in practice. */
const LOST_RACES = 1000;

/** A bounded queue of fixed-size slots between any number of producers and consumers. */
export class ManyToMany {
  private readonly ints: Int32Array;
  private readonly mask: number;
  private readonly tailWord: number;
  private readonly headWord: number;
  private readonly firstAt: number;
  private readonly stride: number;

  /** Size of a ring in memory, bytes. */
  static bytesFor(slots: number, slotBytes: number): number {
    return SLOTS_AT + slots * (slotBytes + CACHE_LINE);
  }

  /** `slots` is a power of two; `slotBytes` and `at` are multiples of 64. */
  constructor(
    readonly views: Views,
    at: number,
    readonly slots: number,
    readonly slotBytes: number,
  ) {
    checkRing(views, at, slots, slotBytes, ManyToMany.bytesFor(slots, slotBytes));
    this.ints = views.ints;
    this.mask = slots - 1;
    this.tailWord = (at + TAIL_AT) >> 2;
    this.headWord = (at + HEAD_AT) >> 2;
    this.firstAt = at + SLOTS_AT + CACHE_LINE;
    this.stride = slotBytes + CACHE_LINE;
  }

  /**
   * Claims a slot for one record; it must be published soon.
   * Returns  byte offset of the slot, or FULL.
   * Thread   any.
   */
  offer(): number {
    for (let lost = 0; lost < LOST_RACES; lost++) {
      const position = Atomics.load(this.ints, this.tailWord);
      const index = position & this.mask;
      const slotAt = this.firstAt + index * this.stride;
      const turn = (Atomics.load(this.ints, sequenceWord(slotAt)) - (position - index)) | 0;
      if (turn < 0) return FULL;
      if (turn === 0 && this.take(this.tailWord, position)) return slotAt;
    }
    return FULL;
  }

  /**
   * Publishes the claimed slot at `slotAt` to the consumers.
   * Thread   the one that claimed it.
   */
  publish(slotAt: number): void {
    const word = sequenceWord(slotAt);
    Atomics.store(this.ints, word, (this.ints[word]! + 1) | 0);
  }

  /**
   * Claims the oldest filled slot; it must be released.
   * Returns  byte offset of the slot, or EMPTY (also while the producer of the oldest slot has not published it).
   * Thread   any.
   */
  poll(): number {
    for (let lost = 0; lost < LOST_RACES; lost++) {
      const position = Atomics.load(this.ints, this.headWord);
      const index = position & this.mask;
      const slotAt = this.firstAt + index * this.stride;
      const turn = (Atomics.load(this.ints, sequenceWord(slotAt)) - (position - index) - 1) | 0;
      if (turn < 0) return EMPTY;
      if (turn === 0 && this.take(this.headWord, position)) return slotAt;
    }
    return EMPTY;
  }

  /**
   * Returns the polled slot at `slotAt` to the producers.
   * Thread   the one that claimed it.
   */
  release(slotAt: number): void {
    const word = sequenceWord(slotAt);
    Atomics.store(this.ints, word, (this.ints[word]! + this.mask) | 0);
  }

  /**
   * Approximate number of claimed and filled slots.
   * Thread   any.
   */
  size(): number {
    const head = Atomics.load(this.ints, this.headWord);
    const size = (Atomics.load(this.ints, this.tailWord) - head) | 0;
    return Math.min(size, this.slots);
  }

  private take(word: number, position: number): boolean {
    return Atomics.compareExchange(this.ints, word, position, (position + 1) | 0) === position;
  }
}

/** The sequence is one cache line before its slot. */
function sequenceWord(slotAt: number): number {
  return (slotAt - CACHE_LINE) >> 2;
}
