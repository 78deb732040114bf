import type { Views } from "../../base/views.ts";
import { ERRNO_WORD } from "../../journal/layout.ts";
import { positionAt, syncedAt, UNKNOWN, writtenAt } from "../../journal/positions.ts";
import type { JournalLag, JournalLagView } from "../../operation/journal-lag.ts";
import type { Plan } from "../../plan/plan.ts";

/** A writer is between two segments for less than this many reads. */
const TRIES = 100_000;

/** How far the journal's streams are from the disk. */
export class JournalLagViews implements JournalLag {
  constructor(
    private readonly plan: Plan,
    private readonly views: Views,
    private readonly segmentBytes: number,
    private readonly isOnDisk: boolean,
  ) {}

  streams(): JournalLagView[] {
    const { ints } = this.views;
    return this.plan.streams.map(({ name, wordsAt }) => {
      const word = wordsAt >> 2;
      // These first: they only grow, so that a lag is never less than none.
      const written = writtenAt(ints, word, this.segmentBytes);
      const synced = syncedAt(ints, word, this.segmentBytes);
      const appended = Math.max(written, this.position(word));
      return {
        stream: name,
        appendedBytes: appended,
        unwrittenBytes: appended - written,
        unsyncedBytes: this.isOnDisk ? Math.max(0, appended - synced) : null,
        bufferBytes: this.plan.bufferBytes,
        errno: Atomics.load(ints, word + ERRNO_WORD),
      };
    });
  }

  /** Where the writer is; 0 when it stays between two segments, as it does once it has stopped for want of room. */
  private position(word: number): number {
    for (let tries = 0; tries < TRIES; tries++) {
      const position = positionAt(this.views.ints, word, this.segmentBytes);
      if (position !== UNKNOWN) return position;
    }
    return 0;
  }
}
