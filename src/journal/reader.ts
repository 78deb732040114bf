import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";
import { Views } from "../base/views.ts";
import {
  ENTRY_HEADER_BYTES,
  ENTRY_PAD,
  FORMAT_VERSION,
  HEADER_CHECK_AT,
  HEADER_SEGMENT_AT,
  HEADER_SEGMENT_BYTES_AT,
  HEADER_VERSION_AT,
  MAGIC_0,
  MAGIC_1,
  SEGMENT_HEADER_BYTES,
} from "./layout.ts";
import { headerCheck } from "./segment.ts";
import { entryCheck } from "./writer.ts";

/** Something in the journal is not as it was written. The message names file and offset. */
export class Damaged extends Error {
  override readonly name = "Damaged";
}

/** A view of one entry; re-aimed for each. */
export interface EntryView {
  kind: number;
  session: number;
  sequence: number;
  timeUs: number;
  index: number;
  epoch: number;
  views: Views;
  payloadAt: number;
  payloadLength: number;
  position: number;
}

/** Where a stream ends. */
export interface StreamEnd {
  entries: number;
  /** Last segment, and how much of it is used; segment 0 when there is none. */
  segment: number;
  usedBytes: number;
  /** Said of an entry that was being written when the process died. */
  notice: string | null;
}

const FILE_NAME = /^(.+)-(\d{8})\.journal$/;

/** Segment numbers of each stream in a directory, ascending. Cold. */
export function listStreams(dir: string): Map<string, number[]> {
  const streams = new Map<string, number[]>();
  for (const file of readdirSync(dir).sort()) {
    const match = FILE_NAME.exec(file);
    if (match === null) continue;
    const segments = streams.get(match[1]!) ?? [];
    segments.push(Number(match[2]));
    streams.set(match[1]!, segments);
  }
  return streams;
}

/** Reads one segment file into `memory`, which is made larger if it must. Checks its header. */
function load(path: string, memory: Views | null): { views: Views; bytes: number } {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch (error) {
    throw new Damaged(`${path}: ${(error as Error).message}; make it readable to this user`);
  }
  try {
    const size = fstatSync(fd).size;
    const bytes = size & ~7;
    const views = memory !== null && memory.buffer.byteLength >= bytes ? memory : Views.allocate(bytes);
    for (let at = 0; at < bytes; ) {
      const count = readSync(fd, views.bytes, at, bytes - at, at);
      if (count === 0) break;
      at += count;
    }
    checkHeader(path, views, bytes);
    return { views, bytes };
  } finally {
    closeSync(fd);
  }
}

function checkHeader(path: string, views: Views, bytes: number): void {
  const ints = views.ints;
  if (bytes < SEGMENT_HEADER_BYTES || ints[0] !== MAGIC_0 || ints[1] !== MAGIC_1) {
    throw new Damaged(`${path}: not a Sallyport journal file; move it elsewhere, or give another --data directory`);
  }
  const version = ints[HEADER_VERSION_AT >> 2]!;
  if (version !== FORMAT_VERSION) {
    throw new Damaged(`${path}: format version ${version}, this binary reads ${FORMAT_VERSION}; use the binary that wrote it`);
  }
  if (ints[HEADER_CHECK_AT >> 2] !== headerCheck(ints)) throw new Damaged(`${path}: its header is damaged; restore the file from a copy`);
}

/** Visits every entry of a stream in order. The view is only good during the call. Throws Damaged. Cold. */
export function readStream(dir: string, stream: string, visit: (entry: EntryView) => void): StreamEnd {
  const segments = listStreams(dir).get(stream) ?? [];
  const end: StreamEnd = { entries: 0, segment: 0, usedBytes: 0, notice: null };
  let memory: Views | null = null;
  for (const segment of segments) {
    const path = `${dir}/${stream}-${String(segment).padStart(8, "0")}.journal`;
    const loaded = load(path, memory);
    memory = loaded.views;
    if (memory.ints[HEADER_SEGMENT_AT >> 2] !== segment) throw new Damaged(`${path}: its header says segment ${memory.ints[HEADER_SEGMENT_AT >> 2]}; it was renamed`);
    end.segment = segment;
    readSegment(path, loaded.views, loaded.bytes, end, visit);
  }
  return end;
}

function readSegment(path: string, views: Views, bytes: number, end: StreamEnd, visit: (entry: EntryView) => void): void {
  const base = end.segment * views.ints[HEADER_SEGMENT_BYTES_AT >> 2]!;
  const entry: EntryView = { kind: 0, session: 0, sequence: 0, timeUs: 0, index: 0, epoch: 0, views, payloadAt: 0, payloadLength: 0, position: 0 };
  const { ints, doubles } = views;
  let at = SEGMENT_HEADER_BYTES;
  while (bytes - at >= ENTRY_HEADER_BYTES) {
    const word = at >> 2;
    const length = ints[word]!;
    if (length === 0) break;
    const pad = ints[word + 1] === ENTRY_PAD;
    const checked = pad ? ENTRY_HEADER_BYTES : length;
    if (length < ENTRY_HEADER_BYTES || (length & 7) !== 0 || at + length > bytes || ints[word + 9] !== entryCheck(ints, word, checked)) {
      throw new Damaged(`${path}: the entry at offset ${at} is damaged; restore the file from a copy`);
    }
    if (!pad) {
      entry.kind = ints[word + 1]!;
      entry.session = ints[word + 2]!;
      entry.sequence = ints[word + 3]!;
      entry.timeUs = doubles[(at >> 3) + 2]!;
      entry.payloadLength = ints[word + 6]!;
      entry.index = ints[word + 7]!;
      entry.epoch = ints[word + 8]!;
      entry.payloadAt = at + ENTRY_HEADER_BYTES;
      entry.position = base + at;
      visit(entry);
      end.entries++;
    }
    at += length;
  }
  end.usedBytes = at;
  end.notice = unfinished(ints, at, bytes) ? `${path}: an entry was being written at offset ${at} when the process ended; it is left out` : null;
}

/** True when something stands where the next entry would begin, its length not yet. */
function unfinished(ints: Int32Array, at: number, bytes: number): boolean {
  for (let word = (at >> 2) + 1; word < Math.min(bytes, at + ENTRY_HEADER_BYTES) >> 2; word++) if (ints[word] !== 0) return true;
  return false;
}
