import { populatesUnwritten, populateWrite } from "../../ffi/memory.ts";
import { KIB, MIB } from "../base/units.ts";
import { PREPARED_WORD, SEGMENT_HEADER_BYTES } from "./layout.ts";
import { positionAt, storePopulated, UNKNOWN } from "./positions.ts";

/** At 400 MiB a second of three streams, this lasts for 100 ms. */
const AHEAD_BYTES = 16 * MIB;
/** Populated in one call, about 20 µs, during which other threads that map or unmap wait. */
const STEP_BYTES = 128 * KIB;
/** The keeper needs no help with a stream that has moved less since the last call. */
const BURST_BYTES = MIB;
const PAGE_BYTES = 4 * KIB;

/** A stream whose keeper shares its writer's lane. */
export interface LaneStream {
  readonly wordsAt: number;
  /** Address of its windows. */
  readonly address: number;
}

class StreamProgress {
  /** End of the pages that we have populated, as segment × segmentBytes + offset. */
  to = 0;
  /** The writer's position at the last call. */
  seen = 0;

  constructor(
    readonly word: number,
    readonly address: number,
  ) {}
}

/**
 * Populates the pages ahead of writers from the main thread during a burst, for a lane that also runs the keeper. The kernel
 * takes 0.6 µs to map a page of a spare segment, and 8 µs to make a new one. If this is too slow, the keeper populates them
 * itself. Nothing is written, so a writer may overtake it.
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

  /** Called when a keeper wakes the main thread, repeatedly during a burst. Does nothing on kernels where populating writes. */
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

  /** Returns  false when no more pages can be populated. */
  private populateStep(stream: StreamProgress): boolean {
    const segment = Math.floor(stream.to / this.segmentBytes);
    if (segment > Atomics.load(this.ints, stream.word + PREPARED_WORD)) return false;
    const offset = Math.max(stream.to - segment * this.segmentBytes, SEGMENT_HEADER_BYTES);
    const bytes = Math.min(STEP_BYTES, this.segmentBytes - offset);
    // The disk is full, or the window was remapped to another segment.
    if (populateWrite(stream.address + (segment & 1) * this.segmentBytes + offset, bytes) < 0) return false;
    stream.to = segment * this.segmentBytes + offset + bytes;
    storePopulated(this.ints, stream.word, segment, offset + bytes);
    return true;
  }
}
