import type { Views } from "../base/views.ts";
import { CACHE_LINE, checkPlace } from "./layout.ts";

/*  byte 0           128        128 + bytes    128 + 2·bytes (bytes rounded up to whole lines)
 *       ┌───────────┬──────────┬──────────┐   sequence  written by the writer: odd while `shown` changes, wraps as int32
 *       │ sequence  │ shown    │ draft    │   shown     written by the writer, read by anyone
 *       └───────────┴──────────┴──────────┘   draft     the writer's alone; keeps its values, so that a field can be changed alone
 *
 *  `shown` is copied word by word with atomic loads and stores: plain ones may pass the sequence word on ARM. The copy is
 *  short, however long the writer takes between begin() and end().
 */
const SHOWN_AT = 2 * CACHE_LINE;

/** Copies a reader tries before it gives up; the writer is inside its copy only for well under a microsecond. */
const TRIES = 1000;

/** The latest value of a few words: one writer that never waits, readers that never see half of one value and half of another. */
export class Latest {
  private readonly ints: Int32Array;
  private readonly sequenceWord: number;
  private readonly shownWord: number;
  private readonly draftAt: number;
  private readonly words: number;

  /** Bytes that one value of `bytes` bytes takes. */
  static bytesFor(bytes: number): number {
    return SHOWN_AT + 2 * wholeLines(bytes);
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
    this.shownWord = (at + SHOWN_AT) >> 2;
    this.draftAt = at + SHOWN_AT + wholeLines(bytes);
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
    // A writer that died inside its copy left the sequence odd; its successor goes on from there.
    const odd = ints[this.sequenceWord]! | 1;
    Atomics.store(ints, this.sequenceWord, odd);
    const draft = this.draftAt >> 2;
    for (let i = 0; i < this.words; i++) Atomics.store(ints, this.shownWord + i, ints[draft + i]!);
    Atomics.store(ints, this.sequenceWord, (odd + 1) | 0);
  }

  /**
   * Copies the latest value to byte offset `toAt` of `to`; zeros when none was written yet.
   * Returns  false when the writer was in the way each time: the copy is then worthless.
   * Thread   any.
   */
  read(to: Views, toAt: number): boolean {
    const ints = this.ints;
    const copy = to.ints;
    const first = toAt >> 2;
    for (let tries = 0; tries < TRIES; tries++) {
      const before = Atomics.load(ints, this.sequenceWord);
      if ((before & 1) === 0) {
        for (let i = 0; i < this.words; i++) copy[first + i] = Atomics.load(ints, this.shownWord + i);
        if (Atomics.load(ints, this.sequenceWord) === before) return true;
      }
      Atomics.pause();
    }
    return false;
  }

  /**
   * Changes with every value shown (and while one is being copied); for "has it changed?" only.
   * Thread   any.
   */
  version(): number {
    return Atomics.load(this.ints, this.sequenceWord);
  }
}

function wholeLines(bytes: number): number {
  return (bytes + CACHE_LINE - 1) & -CACHE_LINE;
}
