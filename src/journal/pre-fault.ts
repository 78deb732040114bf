import { populatesUnwritten, populateWrite } from "../../ffi/memory.ts";
import { KIB, MIB } from "../base/units.ts";
import { PREPARED_WORD, SEGMENT_HEADER_BYTES } from "./layout.ts";
import { positionAt, storePopulated, UNKNOWN } from "./positions.ts";

/** At 400 MiB a second of three streams, this lasts for 100 ms. */
const AHEAD_BYTES = 16 * MIB;
/** What is brought in at once: other threads that map or unmap wait meanwhile, some 20 µs. */
const STEP_BYTES = 128 * KIB;
/** A stream that has moved less since the last look leaves its keeper time enough between the messages. */
const BURST_BYTES = MIB;
const PAGE_BYTES = 4 * KIB;

/** A stream whose keeper shares its writer's lane. */
export interface LaneStream {
  readonly wordsAt: number;
  /** Where its windows begin. */
  readonly address: number;
}

class StreamProgress {
  /** What we have brought in ends here, as segment × segmentBytes + offset. */
  to = 0;
  /** Where the writer stood at the last look. */
  seen = 0;

  constructor(
    readonly word: number,
    readonly address: number,
  ) {}
}

/**
 * Brings in the pages ahead of writers from the main thread during a burst, so that a lane that keeps its own journal need not:
 * the kernel takes 0.6 µs to map one that a spare segment has, and 8 µs to make one. The keeper does so itself where this is
 * not fast enough. Nothing is written, so it does not matter if a writer overtakes it. Cold.
 */
export class PreFault {
  private readonly streams: StreamProgress[];

  constructor(
    private readonly ints: Int32Array,
    streams: readonly LaneStream[],
    private readonly segmentBytes: number,
  ) {
    this.streams = streams.map(({ wordsAt, address }) => new StreamProgress(wordsAt >> 2, address));
  }

  /** When a keeper has called; it does so again as long as the burst lasts. Does nothing where pages come only by writing. */
  populate(): void {
    if (!populatesUnwritten()) return;
    for (const stream of this.streams) {
      const position = positionAt(this.ints, stream.word, this.segmentBytes);
      if (position === UNKNOWN) continue;
      const moved = position - stream.seen;
      stream.seen = position;
      if (moved < BURST_BYTES) continue;
      if (stream.to < position) stream.to = Math.ceil(position / PAGE_BYTES) * PAGE_BYTES;
      while (stream.to - position < AHEAD_BYTES && this.populateStep(stream)) {}
    }
  }

  /** Returns  false where there is nothing more to bring in. */
  private populateStep(stream: StreamProgress): boolean {
    const segment = Math.floor(stream.to / this.segmentBytes);
    if (segment > Atomics.load(this.ints, stream.word + PREPARED_WORD)) return false;
    const offset = Math.max(stream.to - segment * this.segmentBytes, SEGMENT_HEADER_BYTES);
    const bytes = Math.min(STEP_BYTES, this.segmentBytes - offset);
    // The disk is full, or the window has been taken for another segment meanwhile.
    if (populateWrite(stream.address + (segment & 1) * this.segmentBytes + offset, bytes) < 0) return false;
    stream.to = segment * this.segmentBytes + offset + bytes;
    storePopulated(this.ints, stream.word, segment, offset + bytes);
    return true;
  }
}
