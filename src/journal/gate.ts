import { positionAt, syncedAt, UNKNOWN } from "./positions.ts";
import type { StreamWriter } from "./writer.ts";

/** Most ranges of output that wait, each with its journal positions; when all are in use, more output joins the newest. */
const MARKS = 32;

/**
 * Holds a connection's output until the journal entries before it are on the disk: in the session's own stream, which
 * records each message, and in the core's, which records its cause. Output waits for all entries that both streams have
 * at the call of `limit`: never too few, and at most one sync too many.
 */
export class DurableGate {
  private readonly ends = new Float64Array(new ArrayBuffer(8 * Math.max(512, MARKS)));
  private readonly own = new Float64Array(new ArrayBuffer(8 * Math.max(512, MARKS)));
  private readonly core = new Float64Array(new ArrayBuffer(8 * Math.max(512, MARKS)));
  private first = 0;
  private count = 0;
  /** End of the output that `limit` has seen, and end of the output that may be sent. */
  private seen = 0;
  private released = 0;

  constructor(
    private readonly journal: StreamWriter,
    private readonly ints: Int32Array,
    private readonly ownWord: number,
    private readonly coreWord: number,
  ) {}

  /** Begins a connection whose output starts at `end`. */
  begin(end: number): void {
    this.count = 0;
    this.seen = end;
    this.released = end;
  }

  /** `end`: end of the output. Returns the end of the output that may be sent. */
  limit(end: number): number {
    if (end > this.seen) this.note(end);
    if (this.count > 0) this.release();
    return this.released;
  }

  private note(end: number): void {
    const core = positionAt(this.ints, this.coreWord, this.journal.segmentBytes);
    if (core === UNKNOWN) return;
    if (this.count < MARKS) this.count++;
    const at = (this.first + this.count - 1) % MARKS;
    this.ends[at] = end;
    this.own[at] = this.journal.position;
    this.core[at] = core;
    this.seen = end;
  }

  private release(): void {
    const segmentBytes = this.journal.segmentBytes;
    const own = syncedAt(this.ints, this.ownWord, segmentBytes);
    const core = syncedAt(this.ints, this.coreWord, segmentBytes);
    while (this.count > 0 && this.own[this.first]! <= own && this.core[this.first]! <= core) {
      this.released = this.ends[this.first]!;
      this.first = (this.first + 1) % MARKS;
      this.count--;
    }
  }
}
