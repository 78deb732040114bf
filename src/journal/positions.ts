import {
  OFFSET_WORD,
  POPULATED_OFFSET_WORD,
  POPULATED_SEGMENT_WORD,
  SEGMENT_WORD,
  SWITCHING,
  SYNCED_OFFSET_WORD,
  SYNCED_SEGMENT_WORD,
} from "./layout.ts";

/** The writer is just going on to its next segment: ask again. */
export const UNKNOWN = -1;

/** Where a stream's writer stands, seen from any thread; `word` is the first of the stream's words. */
export function positionAt(ints: Int32Array, word: number, segmentBytes: number): number {
  const segment = Atomics.load(ints, word + SEGMENT_WORD);
  const offset = Atomics.load(ints, word + OFFSET_WORD);
  if (offset === SWITCHING || Atomics.load(ints, word + SEGMENT_WORD) !== segment) return UNKNOWN;
  return segment * segmentBytes + offset;
}

/** All before it is on the disk; perhaps a little more is. */
export function syncedAt(ints: Int32Array, word: number, segmentBytes: number): number {
  const segment = Atomics.load(ints, word + SYNCED_SEGMENT_WORD);
  return segment * segmentBytes + Atomics.load(ints, word + SYNCED_OFFSET_WORD);
}

/** Shows a later position; a reader between two of the stores sees an earlier one. One writer: the keeper. */
export function storeSynced(ints: Int32Array, word: number, segment: number, offset: number): void {
  if (Atomics.load(ints, word + SYNCED_SEGMENT_WORD) !== segment) {
    Atomics.store(ints, word + SYNCED_OFFSET_WORD, 0);
    Atomics.store(ints, word + SYNCED_SEGMENT_WORD, segment);
  }
  Atomics.store(ints, word + SYNCED_OFFSET_WORD, offset);
}

/** The main thread has brought in the pages before it, or a little more. */
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
