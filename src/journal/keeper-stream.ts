/** Segments of one stream whose files may be open at a time: one is written out, the next ones are prepared. */
export const OPEN_SEGMENTS = 4;

/** The keeper's state of one stream; positions are segment × segmentBytes + offset. */
export class StreamState {
  position = 0;
  /** On the disk with durability "disk": in the log, and in the segment files. */
  synced = 0;
  onDisk = 0;
  written = 0;
  /** Ends of entries: the last one before `written`, or there, that is known, and the one that is written up to next. */
  boundary = 0;
  target = 0;
  /** The segment that is written out. */
  segment = 0;
  /** Write-out to the disk has begun up to here. */
  begun = 0;
  begunNs = 0;
  /** Highest segment that is prepared. */
  prepared = 0;
  /** When the first of the bytes that are not written was seen. */
  sinceNs = 0;
  retryNs = 0;
  /** Its next segment could not be made, not even from the reserve. */
  lacksSegment = false;
  /** Descriptors of its newest segments, by number modulo OPEN_SEGMENTS; -1: none. */
  readonly fds: number[] = new Array<number>(OPEN_SEGMENTS).fill(-1);

  constructor(
    readonly name: string,
    readonly word: number,
    /** Address of its buffer. */
    readonly address: number,
    /** Place of its buffer in the buffer file. */
    readonly index: number,
  ) {}
}
