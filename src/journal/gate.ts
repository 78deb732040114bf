import { positionAt, syncedAt, UNKNOWN } from "./positions.ts";
import type { StreamWriter } from "./writer.ts";

/** Stretches of output that wait, each for positions of its own; what comes when all are taken joins the newest. */
const MARKS = 32;

/**
 * Holds a connection's bytes back until the journal that they follow from is on the disk: the session's own stream, in
 * which each message stands, and the core's, in which stands what caused it. What is written by the time somebody asks
 * waits for all that both streams hold by then, which is never too little and at most one sync too much.
 */
export class DurableGate {
  private readonly ends = new Float64Array(new ArrayBuffer(8 * Math.max(512, MARKS)));
  private readonly own = new Float64Array(new ArrayBuffer(8 * Math.max(512, MARKS)));
  private readonly core = new Float64Array(new ArrayBuffer(8 * Math.max(512, MARKS)));
  private first = 0;
  private count = 0;
  /** Up to where output has been looked at, and up to where it may leave. */
  private seen = 0;
  private released = 0;

  constructor(
    private readonly journal: StreamWriter,
    private readonly ints: Int32Array,
    private readonly ownWord: number,
    private readonly coreWord: number,
  ) {}

  /** A connection begins. */
  begin(end: number): void {
    this.count = 0;
    this.seen = end;
    this.released = end;
  }

  /** `end`: where the output ends now. Returns up to where it may leave. */
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
