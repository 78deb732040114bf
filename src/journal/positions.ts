import {
  OFFSET_WORD,
  POPULATED_OFFSET_WORD,
  POPULATED_SEGMENT_WORD,
  SEGMENT_WORD,
  SWITCHING,
  SYNCED_OFFSET_WORD,
  SYNCED_SEGMENT_WORD,
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

/** Publishes a later position; a reader between two of the stores reads an earlier one. One writer: the keeper. */
export function storeSynced(ints: Int32Array, word: number, segment: number, offset: number): void {
  if (Atomics.load(ints, word + SYNCED_SEGMENT_WORD) !== segment) {
    Atomics.store(ints, word + SYNCED_OFFSET_WORD, 0);
    Atomics.store(ints, word + SYNCED_SEGMENT_WORD, segment);
  }
  Atomics.store(ints, word + SYNCED_OFFSET_WORD, offset);
}

/** The main thread has populated all pages before this position. */
export function populatedAt(ints: Int32Array, word: number, segmentBytes: number): number {
  return ints[word + POPULATED_SEGMENT_WORD]! * segmentBytes + ints[word + POPULATED_OFFSET_WORD]!;
}

/** As `storeSynced`; one writer: the main thread. */
export function storePopulated(ints: Int32Array, word: number, segment: number, offset: number): void {
  if (Atomics.load(ints, word + POPULATED_SEGMENT_WORD) !== segment) {
    Atomics.store(ints, word + POPULATED_OFFSET_WORD, 0);
    Atomics.store(ints, word + POPULATED_SEGMENT_WORD, segment);
  }
  Atomics.store(ints, word + POPULATED_OFFSET_WORD, offset);
}
