import {
  LIMIT_WORD,
  OFFSET_WORD,
  SEGMENT_WORD,
  SWITCHING,
  SYNCED_OFFSET_WORD,
  SYNCED_SEGMENT_WORD,
  WRITTEN_OFFSET_WORD,
  WRITTEN_SEGMENT_WORD,
} from "./layout.ts";

/** The writer is switching to its next segment: try again. */
export const UNKNOWN = -1;

/** Position of a stream's writer, or UNKNOWN; `word` is the first of the stream's words. Thread: any. */
export function positionAt(ints: Int32Array, word: number, segmentBytes: number): number {
  const segment = Atomics.load(ints, word + SEGMENT_WORD);
  const offset = Atomics.load(ints, word + OFFSET_WORD);
  if (offset === SWITCHING || Atomics.load(ints, word + SEGMENT_WORD) !== segment) return UNKNOWN;
  return segment * segmentBytes + offset;
}

/** All bytes before this position are on the disk, and possibly some behind it. */
export function syncedAt(ints: Int32Array, word: number, segmentBytes: number): number {
  const segment = Atomics.load(ints, word + SYNCED_SEGMENT_WORD);
  return segment * segmentBytes + Atomics.load(ints, word + SYNCED_OFFSET_WORD);
}

/** All bytes before this position are in the segment files, and possibly some behind it. */
export function writtenAt(ints: Int32Array, word: number, segmentBytes: number): number {
  const segment = Atomics.load(ints, word + WRITTEN_SEGMENT_WORD);
  return segment * segmentBytes + Atomics.load(ints, word + WRITTEN_OFFSET_WORD);
}

/** Publishes a later position; a reader between two of the stores reads an earlier one. One writer: the keeper. */
export function storeSynced(ints: Int32Array, word: number, segment: number, offset: number): void {
  store(ints, word + SYNCED_SEGMENT_WORD, word + SYNCED_OFFSET_WORD, segment, offset);
}

/** As `storeSynced`. */
export function storeWritten(ints: Int32Array, word: number, segment: number, offset: number): void {
  store(ints, word + WRITTEN_SEGMENT_WORD, word + WRITTEN_OFFSET_WORD, segment, offset);
}

function store(ints: Int32Array, segmentWord: number, offsetWord: number, segment: number, offset: number): void {
  if (Atomics.load(ints, segmentWord) !== segment) {
    Atomics.store(ints, offsetWord, 0);
    Atomics.store(ints, segmentWord, segment);
  }
  Atomics.store(ints, offsetWord, offset);
}

/** A position in units of 8 bytes, as int32 that wraps: only differences have meaning. */
export function inEights(position: number): number {
  return (position / 8) | 0;
}

/**
 * Publishes how far the writer may write: an eighth of the buffer stays free, so that a reader on the writer's lane is never
 * overtaken within its turn; and `end` is the end of the prepared segments.
 */
export function storeLimit(ints: Int32Array, word: number, written: number, bufferBytes: number, end: number): void {
  Atomics.store(ints, word + LIMIT_WORD, inEights(Math.min(written + bufferBytes - (bufferBytes >> 3), end)));
}
