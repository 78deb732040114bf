import type { SpareSegments } from "./spare-segments.ts";

/** The keeper's state of one stream; positions are segment × segmentBytes + offset. */
export class StreamState {
  position = 0;
  synced = 0;
  populated = 0;
  released = 0;
  firstSegment = 0;
  retryNs = 0;
  /** Position and time of the last check for a burst. */
  markPosition = 0;
  markNs = 0;
  /** Its next segment could not be made, not even from the reserve. */
  lacksSegment = false;
  /** Descriptors of the newest segments, by number & 1, and whether their pages are populated (spare segments). */
  evenFd = -1;
  oddFd = -1;
  evenPopulated = false;
  oddPopulated = false;

  constructor(
    readonly name: string,
    readonly word: number,
    readonly address: number,
    readonly sameLane: boolean,
    readonly spares: SpareSegments,
  ) {}
}
