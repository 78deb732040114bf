import { Views } from "../../base/views.ts";
import { SEGMENT_HEADER_BYTES } from "../layout.ts";
import { segmentPath } from "./archive.ts";
import { Damaged } from "./damaged.ts";
import { listSegments } from "./reader.ts";
import { SegmentFile, WHOLE } from "./segment-file.ts";

const CHUNK_BYTES = 1_048_576;

/** Position of the stream's first intact entry at `from` or behind it, or null. Segments that can't be read are passed over. */
export function nextIntact(dir: string, stream: string, from: number, segmentBytes: number): number | null {
  const first = Math.floor(from / segmentBytes);
  for (const segment of listSegments(dir, stream)) {
    if (segment < first) continue;
    const begin = Math.max(from - segment * segmentBytes, SEGMENT_HEADER_BYTES);
    const offset = inSegment(segmentPath(dir, stream, segment), segment, begin);
    if (offset >= 0) return segment * segmentBytes + offset;
  }
  return null;
}

/** Offset of the first intact entry at `from` or behind it, or -1. */
function inSegment(path: string, segment: number, from: number): number {
  let file: SegmentFile;
  try {
    file = new SegmentFile(path, Views.allocate(CHUNK_BYTES));
  } catch (error) {
    if (error instanceof Damaged) return -1;
    throw error;
  }
  try {
    if (file.header.segment !== segment) return -1;
    for (let at = from; at <= file.size - file.headerBytes; at += 8)
      if (file.views.ints[file.at(at, file.headerBytes) >> 2] !== 0 && file.check(at) === WHOLE) return at;
    return -1;
  } finally {
    file.close();
  }
}

/** Position behind the last byte of the stream's files, or 0 without any. */
export function endOfFiles(dir: string, stream: string, segmentBytes: number): number {
  const last = listSegments(dir, stream).at(-1);
  if (last === undefined) return 0;
  const file = new SegmentFile(segmentPath(dir, stream, last), Views.allocate(SEGMENT_HEADER_BYTES));
  const { size } = file;
  file.close();
  return last * segmentBytes + size;
}
