import type { Views } from "../base/views.ts";
import { CACHE_LINE, checkPlace } from "./layout.ts";

/*  byte 0           128       128 + 4·bytes   128 + 5·bytes (bytes rounded up to whole lines)
 *       ┌───────────┬─────────┬─ ─ ─┬───────┐   sequence  written by the writer: values published so far, wraps as int32
 *       │ sequence  │ value 0 │     │ draft │   value     written by the writer: value n is in slot n & 3
 *       └───────────┴─────────┴─ ─ ─┴───────┘   draft     used only by the writer; keeps its fields, so that one can be changed alone
 *
 *  A seqlock with four slots: slot n & 3 is overwritten only after n + 3 was published, so a reader's copy of value n is
 *  valid if the sequence is then below n + 3. With one slot, a writer without pauses starves its readers, and a writer that
 *  dies during its copy leaves no value. Copies use atomic loads and stores word by word: on ARM, plain ones may be
 *  reordered with the sequence.
 */
const VALUES_AT = 2 * CACHE_LINE;
const SLOTS = 4;

/** Attempts of a reader to copy; each failure means that the writer published three values meanwhile. */
const TRIES = 100;

/** The latest value of a few words: one writer that never waits, and readers that never get a mix of two values. */
export class Latest {
  private readonly ints: Int32Array;
  private readonly sequenceWord: number;
  private readonly valuesWord: number;
  private readonly stride: number;
  private readonly draftAt: number;
  private readonly words: number;

  /** Size in memory for a value of `bytes` bytes. */
  static bytesFor(bytes: number): number {
    return VALUES_AT + (SLOTS + 1) * wholeLines(bytes);
  }

  /** `bytes` is a multiple of 8, `at` a multiple of 64. */
  constructor(
    readonly views: Views,
    at: number,
    readonly bytes: number,
  ) {
    checkPlace(views, at, Latest.bytesFor(bytes));
    this.ints = views.ints;
    this.sequenceWord = at >> 2;
    this.valuesWord = (at + VALUES_AT) >> 2;
    this.stride = wholeLines(bytes) >> 2;
    this.draftAt = at + VALUES_AT + SLOTS * wholeLines(bytes);
    this.words = bytes >> 2;
  }

  /**
   * Begins the next value; the draft still has the fields of the previous one.
   * Returns  byte offset of the draft.
   * Thread   the one writer.
   */
  begin(): number {
    return this.draftAt;
  }

  /**
   * Publishes the draft to the readers.
   * Thread   the one writer.
   */
  end(): void {
    const ints = this.ints;
    const next = (ints[this.sequenceWord]! + 1) | 0;
    const to = this.valuesWord + (next & (SLOTS - 1)) * this.stride;
    const draft = this.draftAt >> 2;
    for (let i = 0; i < this.words; i++) Atomics.store(ints, to + i, ints[draft + i]!);
    Atomics.store(ints, this.sequenceWord, next);
  }

  /**
   * Copies the latest value to byte offset `toAt` of `to`; zeros before the first.
   * Returns  false when the writer overtook every attempt: the copy is then invalid.
   * Thread   any.
   */
  read(to: Views, toAt: number): boolean {
    const ints = this.ints;
    const copy = to.ints;
    const first = toAt >> 2;
    for (let tries = 0; tries < TRIES; tries++) {
      const sequence = Atomics.load(ints, this.sequenceWord);
      const from = this.valuesWord + (sequence & (SLOTS - 1)) * this.stride;
      for (let i = 0; i < this.words; i++) copy[first + i] = Atomics.load(ints, from + i);
      if (((Atomics.load(ints, this.sequenceWord) - sequence) | 0) < SLOTS - 1) return true;
    }
    return false;
  }

  /**
   * Number of published values, as an int32 that wraps; shows a new value without a copy.
   * Thread   any.
   */
  version(): number {
    return Atomics.load(this.ints, this.sequenceWord);
  }
}

function wholeLines(bytes: number): number {
  return (bytes + CACHE_LINE - 1) & -CACHE_LINE;
}
