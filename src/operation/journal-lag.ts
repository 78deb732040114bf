/** How far a journal stream is from the disk. */
export interface JournalLagView {
  /** Name of the stream: its writer's. */
  readonly stream: string;
  /** Bytes appended since the journal began. */
  readonly appendedBytes: number;
  /** Appended, and not in the segment files yet. */
  readonly unwrittenBytes: number;
  /** Appended, and not synced; null: with durability "memory" nothing is synced in step. */
  readonly unsyncedBytes: number | null;
  /** Room of the stream's buffer; the writer waits when `unwrittenBytes` comes near it. */
  readonly bufferBytes: number;
  /** errno of the next segment's file, or 0. */
  readonly errno: number;
}

/** Reads the lag of journal streams. Never disturbs a lane. */
export interface JournalLag {
  streams(): JournalLagView[];
}
