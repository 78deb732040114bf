import type { Views } from "../base/views.ts";
import { CACHE_LINE, checkPlace } from "./layout.ts";

/*  byte 0           128       128 + 4·bytes   128 + 5·bytes (bytes rounded up to whole lines)
 *       ┌───────────┬─────────┬─ ─ ─┬───────┐   sequence  written by the writer: values shown so far, wraps as int32
 *       │ sequence  │ value 0 │     │ draft │   value     written by the writer: value n stands in place n & 3
 *       └───────────┴─────────┴─ ─ ─┴───────┘   draft     the writer's alone; keeps its fields, so that one can be changed alone
 *
 *  A seqlock with four places: place n & 3 is written again only after n + 3 was shown, so a reader that copied value n is
 *  right if the sequence is then below n + 3. With one place, a writer without pauses starves its readers, and one that dies
 *  inside its copy leaves them nothing. Copies go word by word with atomic loads and stores: plain ones may pass the
 *  sequence on ARM.
 */
const VALUES_AT = 2 * CACHE_LINE;
const PLACES = 4;

/** Copies a reader tries; each lost one means that the writer showed three values meanwhile. */
const TRIES = 100;

/** The latest value of a few words: one writer that never waits, readers that never see half of one value and half of another. */
export class Latest {
  private readonly ints: Int32Array;
  private readonly sequenceWord: number;
  private readonly valuesWord: number;
  private readonly stride: number;
  private readonly draftAt: number;
  private readonly words: number;

  /** Bytes that a value of `bytes` bytes takes with its places. */
  static bytesFor(bytes: number): number {
    return VALUES_AT + (PLACES + 1) * wholeLines(bytes);
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
    this.draftAt = at + VALUES_AT + PLACES * wholeLines(bytes);
    this.words = bytes >> 2;
  }

  /**
   * Where to write the next value; what was written there last still stands there.
   * Returns  byte offset of the draft.
   * Thread   the one writer.
   */
  begin(): number {
    return this.draftAt;
  }

  /**
   * Shows the draft to the readers.
   * Thread   the one writer.
   */
  end(): void {
    const ints = this.ints;
    const next = (ints[this.sequenceWord]! + 1) | 0;
    const to = this.valuesWord + (next & (PLACES - 1)) * this.stride;
    const draft = this.draftAt >> 2;
    for (let i = 0; i < this.words; i++) Atomics.store(ints, to + i, ints[draft + i]!);
    Atomics.store(ints, this.sequenceWord, next);
  }

  /**
   * Copies the latest value to byte offset `toAt` of `to`; zeros when none was shown yet.
   * Returns  false when the writer overtook every try: the copy is then worthless.
   * Thread   any.
   */
  read(to: Views, toAt: number): boolean {
    const ints = this.ints;
    const copy = to.ints;
    const first = toAt >> 2;
    for (let tries = 0; tries < TRIES; tries++) {
      const sequence = Atomics.load(ints, this.sequenceWord);
      const from = this.valuesWord + (sequence & (PLACES - 1)) * this.stride;
      for (let i = 0; i < this.words; i++) copy[first + i] = Atomics.load(ints, from + i);
      if (((Atomics.load(ints, this.sequenceWord) - sequence) | 0) < PLACES - 1) return true;
    }
    return false;
  }

  /**
   * How many values were shown, as an int32 that wraps; tells whether there is news without a copy.
   * Thread   any.
   */
  version(): number {
    return Atomics.load(this.ints, this.sequenceWord);
  }
}

function wholeLines(bytes: number): number {
  return (bytes + CACHE_LINE - 1) & -CACHE_LINE;
}
