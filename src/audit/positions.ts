import { Views } from "../base/views.ts";
import { EntryHeader, isHollow } from "../journal/entry.ts";
import { SEGMENT_HEADER_BYTES } from "../journal/layout.ts";
import { segmentPath } from "../journal/store/archive.ts";
import { Changed } from "../journal/store/damaged.ts";
import { listSegments } from "../journal/store/reader.ts";
import { SegmentFile, WHOLE } from "../journal/store/segment-file.ts";

const CURSOR_PART = /^([a-z]+\d?):(\d{1,16})$/;
const FIRST_ENTRIES_BYTES = 64 * 1024;

/** Positions as one word, for `after`. */
export function cursorOf(positions: Readonly<Record<string, number>>): string {
  return Object.entries(positions)
    .map(([stream, position]) => `${stream}:${position}`)
    .join(",");
}

/** Reads a cursor; null when it is none of these streams. */
export function positionsOf(cursor: string, streams: readonly string[]): Record<string, number> | null {
  const positions: Record<string, number> = {};
  for (const part of cursor.split(",")) {
    const match = CURSOR_PART.exec(part);
    // Every position is a multiple of 8.
    if (match === null || !streams.includes(match[1]!) || Number(match[2]) % 8 !== 0) return null;
    positions[match[1]!] = Number(match[2]);
  }
  return positions;
}

/**
 * Where to begin reading a stream for entries from a time on: the first entry of the last segment that begins before it. Looks at
 * segments from the newest back, so that it costs no more than what is read afterwards.
 * Returns  0: the stream's begin.
 */
export function positionBefore(dir: string, stream: string, fromUs: number): number {
  const views = Views.allocate(FIRST_ENTRIES_BYTES);
  for (const segment of listSegments(dir, stream).reverse()) {
    const begin = beginOf(segmentPath(dir, stream, segment), views);
    if (begin !== null && begin.timeUs < fromUs) return begin.position;
  }
  return 0;
}

/** Position and time of a segment's first entry; null: it has none, or begins with a lost range. */
function beginOf(path: string, views: Views): { position: number; timeUs: number } | null {
  let file: SegmentFile;
  try {
    file = new SegmentFile(path, views);
  } catch (error) {
    if (error instanceof Changed) return null;
    throw error;
  }
  try {
    const { version, segment, segmentBytes } = file.header;
    if (file.size < SEGMENT_HEADER_BYTES + file.headerBytes || file.check(SEGMENT_HEADER_BYTES) !== WHOLE) return null;
    const at = file.at(SEGMENT_HEADER_BYTES, file.headerBytes);
    if (isHollow(file.views.ints, at >> 2, version)) return null;
    const { timeUs } = new EntryHeader().aim(file.views, at, version);
    return { position: segment * segmentBytes + SEGMENT_HEADER_BYTES, timeUs };
  } finally {
    file.close();
  }
}
