import { readdirSync } from "node:fs";
import { MIB } from "../../base/units.ts";
import { Views } from "../../base/views.ts";
import { claimedLength, EntryHeader, Unpacked } from "../entry.ts";
import { ENTRY_LOST, ENTRY_PAD, SEGMENT_HEADER_BYTES, segmentFile } from "../layout.ts";
import { COMPRESSED, listArchived, removedOf, segmentPath } from "./archive.ts";
import { Changed, Damaged, repairHint } from "./damaged.ts";
import { NOTHING, SegmentFile, type SegmentHeader, WHOLE, WRONG } from "./segment-file.ts";

/** A view of one entry; re-aimed for each. */
export interface EntryView {
  /** Format version of its segment. */
  version: number;
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
  /** Last segment that has entries, and its used length; 0 when there is none. */
  segment: number;
  usedBytes: number;
  /** Log line about an entry that was torn when the process died, or null. */
  notice: string | null;
}

const FILE_NAME = /^(.+)-(\d{8})\.journal$/;
const CHUNK_BYTES = MIB;
/** A power of two; they take well below a second. */
const ENTRIES_PER_PROGRESS = 1 << 14;

/** Segment numbers of each stream in a directory, ascending. */
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

/** Segment numbers of a stream, ascending, including the archive. */
export function listSegments(dir: string, stream: string): number[] {
  const all = new Set([...(listArchived(dir).get(stream) ?? []), ...(listStreams(dir).get(stream) ?? [])]);
  return [...all].sort((a, b) => a - b);
}

/** Part of a stream to read. */
export interface Range {
  /** Absolute position of an entry, or of the stream's end when it was recorded; earlier entries are skipped. */
  readonly from?: number;
  /** Absolute position of the first entry not to read. */
  readonly until?: number;
  /** The stream is being written: after its end, `next` may be called again. */
  readonly follow?: boolean;
  /** Segments that retention has deleted are not an error. */
  readonly partial?: boolean;
  /** Called periodically by `readStream`. */
  readonly progress?: () => void;
}

/** Reads one stream, entry by entry, also while it is being written. Memory: one chunk, or the longest entry. */
export class StreamReader {
  readonly end: StreamEnd = { entries: 0, segment: 0, usedBytes: 0, notice: null };
  private readonly entry: EntryView;
  private readonly header = new EntryHeader();
  private readonly unpacked = new Unpacked();
  private views = Views.allocate(CHUNK_BYTES);
  /** Listed segments that are not read yet. */
  private ahead: number[];
  /** Number of the last opened segment; 0 before the first. */
  private opened = 0;
  private file: SegmentFile | null = null;
  private offset = 0;
  private birth = 0;
  /** Entries of the file that were returned. */
  private inFile = 0;
  /** With `follow`: the last `next` reached the end. */
  private waiting = false;
  /** Absolute position of the next entry; 0 before the first file. */
  private here = 0;
  /** Bytes of ranges that were passed and that a repair has marked as lost. */
  lostBytes = 0;

  constructor(
    private readonly dir: string,
    private readonly stream: string,
    private readonly range: Range = {},
  ) {
    this.ahead = this.list();
    const views = this.views;
    this.entry = {
      version: 0,
      kind: 0,
      session: 0,
      sequence: 0,
      timeUs: 0,
      index: 0,
      epoch: 0,
      views,
      payloadAt: 0,
      payloadLength: 0,
      position: 0,
    };
  }

  /** The next entry, valid until the next call; null at the end. Throws Damaged. */
  next(): EntryView | null {
    if (this.waiting) this.resume();
    for (;;) {
      if (this.here >= (this.range.until ?? Number.POSITIVE_INFINITY)) {
        this.closeFile();
        return null;
      }
      if (this.file === null && !this.openNext()) return null;
      const file = this.file!;
      if (file.size - this.offset < file.headerBytes) {
        this.closeFile();
        continue;
      }
      const found = this.check(file);
      if (found === WHOLE) {
        const at = file.at(this.offset, file.headerBytes);
        if (this.take(file, at)) return this.entry;
      } else if (this.range.follow === true) {
        this.waiting = true;
        return null;
      } else if (!this.pastEnd(file, found)) {
        this.closeFile();
        this.opened = this.ahead.at(-1) ?? this.opened;
        this.ahead = [];
        return null;
      }
    }
  }

  /** Absolute position of the next entry, as far as it was read; 0 before the first file. */
  get position(): number {
    return this.here;
  }

  /** With `follow`: what is wrong where `next` has found no entry, although its writer has written one there. */
  faultHere(): Damaged {
    const { file, offset, dir } = this;
    if (file !== null)
      return new Damaged(
        `${file.path}: the entry at offset ${offset} is damaged, and later ones are written; ${repairHint(dir)}`,
      );
    const missing = `${dir}/${segmentFile(this.stream, this.opened + 1)}`;
    return new Damaged(`${missing}: missing, though it was written; restore it from a copy`);
  }

  /** Closes the file before the end was reached. */
  close(): void {
    this.closeFile();
  }

  private openNext(): boolean {
    const listed = this.ahead.length === 0;
    // The writer may have added segments since the list was made.
    if (listed) this.ahead = this.list();
    const segment = this.ahead[0];
    if (segment === undefined) return this.noMore();
    const { opened } = this;
    const wanted = opened > 0 && segment > opened + 1 ? Math.max(opened, this.removed()) + 1 : segment;
    if (segment > wanted) {
      const missing = `${this.dir}/${segmentFile(this.stream, wanted)}`;
      throw new Damaged(
        `${missing}: missing, though later ones are there; restore it from a copy, or ${repairHint(this.dir)}`,
      );
    }
    const file = this.open(segment, listed);
    // A start replaces empty segments at a stream's end, and retention archives and deletes segments.
    if (file === null) {
      this.ahead = [];
      return !listed && this.openNext();
    }
    this.ahead.shift();
    this.opened = segment;
    this.file = file;
    this.inFile = 0;
    if (file.header.segment !== segment) {
      throw new Damaged(
        `${file.path}: its header has segment ${file.header.segment}: the file was renamed; restore its name, or ${repairHint(this.dir)}`,
      );
    }
    if (this.birth !== 0 && file.header.birth !== this.birth) {
      throw new Damaged(
        `${file.path}: belongs to another data directory; move it elsewhere, or ${repairHint(this.dir)}`,
      );
    }
    this.birth = file.header.birth;
    this.begin(file, opened === 0);
    return true;
  }

  /** Opens a segment; null when it was removed since it was listed, or while a reader follows the stream. */
  private open(segment: number, listed: boolean): SegmentFile | null {
    try {
      return new SegmentFile(segmentPath(this.dir, this.stream, segment), this.views);
    } catch (error) {
      if (error instanceof Changed && (this.range.follow === true || !listed)) return null;
      throw error;
    }
  }

  private check(file: SegmentFile): number {
    try {
      return file.check(this.offset);
    } catch (error) {
      if (error instanceof Changed && this.range.follow === true) return NOTHING;
      throw error;
    }
  }

  /** Returns  false at the stream's end; throws when the end is before the recorded `from`. */
  private noMore(): false {
    if ((this.range.from ?? 0) === 0 || this.here > 0) return false;
    throw new Damaged(
      `${this.dir}: the last segments of stream ${this.stream} are missing: a snapshot covers more; restore them from a copy`,
    );
  }

  /** Seeks the file's first entry, or in the first file the position `from`. */
  private begin(file: SegmentFile, first: boolean): void {
    const { segment, segmentBytes } = file.header;
    const from = first ? (this.range.from ?? 0) : 0;
    const wanted = from === 0 ? this.removed() + 1 : Math.floor(from / segmentBytes);
    if (first && segment > wanted) {
      const missing = `${this.dir}/${segmentFile(this.stream, wanted)}`;
      throw new Damaged(`${missing}: missing, though later ones are there; restore it, or ${repairHint(this.dir)}`);
    }
    this.offset = from === 0 ? SEGMENT_HEADER_BYTES : from - segment * segmentBytes;
    this.here = segment * segmentBytes + this.offset;
    if (from === 0) return;
    if (this.offset > file.size) {
      throw new Damaged(
        `${file.path}: has ${file.size} bytes, but a snapshot covers ${this.offset}; restore it from a copy`,
      );
    }
    this.end.segment = segment;
    this.end.usedBytes = this.offset;
  }

  /** With `partial`: the last segment that retention has deleted. */
  private removed(): number {
    return this.range.partial === true ? (removedOf(this.dir)[this.stream] ?? 0) : 0;
  }

  /** The stream's segments that are still to be read. */
  private list(): number[] {
    const segments = listSegments(this.dir, this.stream).filter((segment) => segment > this.opened);
    const { from = 0 } = this.range;
    if (from === 0 || segments.length === 0) return segments;
    const { segmentBytes } = this.firstHeader(segments[0]!);
    return segments.filter((segment) => segment >= Math.floor(from / segmentBytes));
  }

  private firstHeader(segment: number): SegmentHeader {
    const file = new SegmentFile(segmentPath(this.dir, this.stream, segment), Views.allocate(SEGMENT_HEADER_BYTES));
    file.close();
    return file.header;
  }

  /** Continues after the end. A start may have cut the file, or replaced it by an empty one. */
  private resume(): void {
    const file = this.file;
    this.waiting = false;
    if (file === null) return;
    file.refresh();
    if (!file.replaced) return;
    this.closeFile();
    if (this.offset > SEGMENT_HEADER_BYTES) return;
    this.opened--;
    this.ahead = [];
  }

  private closeFile(): void {
    if (this.file === null) return;
    if (!this.file.path.endsWith(COMPRESSED)) this.views = this.file.views;
    this.file.close();
    this.file = null;
  }

  /** Aims the view at the intact entry at byte `at` of the buffer and advances. Returns false for a pad. */
  private take(file: SegmentFile, at: number): boolean {
    const { version, segment, segmentBytes } = file.header;
    const position = segment * segmentBytes + this.offset;
    const length = claimedLength(file.views.ints, at >> 2, file.size - this.offset, version);
    this.offset += length;
    this.here = position + length;
    this.end.segment = segment;
    this.end.usedBytes = this.offset;
    const header = this.header.aim(file.views, at, version);
    if (header.kind === ENTRY_LOST) this.lostBytes += length;
    if (header.kind === ENTRY_PAD || header.kind === ENTRY_LOST) return false;
    this.inFile++;
    const entry = this.entry;
    entry.version = version;
    entry.kind = header.kind;
    entry.session = header.session;
    entry.sequence = header.sequence;
    entry.timeUs = header.timeUs;
    entry.index = header.index;
    entry.epoch = header.epoch;
    entry.position = position;
    if (header.isPacked) {
      entry.payloadLength = this.unpacked.take(file.views, header);
      entry.views = this.unpacked.views;
      entry.payloadAt = 0;
    } else {
      entry.payloadLength = header.payloadLength;
      entry.views = file.views;
      entry.payloadAt = header.payloadAt;
    }
    this.end.entries++;
    return true;
  }

  /**
   * Handles a position without an intact entry. It is damage when a later segment has entries or an intact entry follows
   * in this one. Otherwise the stream ends here; an entry that was torn when the process died is not part of it.
   * Returns  true to check again, because the writer has advanced or the file was cut.
   */
  private pastEnd(file: SegmentFile, found: number): boolean {
    const at = this.offset;
    // A start may have cut the file here.
    file.refresh();
    if (file.size - at < file.headerBytes) return true;
    const hasMore = this.laterSegmentHasEntries() || this.entryFollows(file, at);
    file.load(at, file.headerBytes);
    const now = file.check(at);
    if (now === WHOLE) return true;
    if (hasMore) {
      const what = found === NOTHING ? "a gap before later entries" : "the entry is damaged";
      const place = `it would be entry ${(this.inFile + 1).toLocaleString("en")} of the file, and intact ones follow`;
      throw new Damaged(`${file.path}: ${what} at offset ${at}; ${place}: ${repairHint(this.dir)}`);
    }
    const word = file.at(at, file.headerBytes) >> 2;
    let begun = now === WRONG;
    for (let i = 1; i < file.headerBytes >> 2; i++) if (file.views.ints[word + i] !== 0) begun = true;
    if (begun) {
      this.end.notice = `${file.path}: the entry at offset ${at} was incomplete when the process ended; it is ignored`;
    }
    return false;
  }

  private laterSegmentHasEntries(): boolean {
    const current = this.file!.header.segment;
    const later = (listStreams(this.dir).get(this.stream) ?? []).filter((segment) => segment > current);
    return later.some((segment) => hasEntries(`${this.dir}/${segmentFile(this.stream, segment)}`));
  }

  /** Whether an intact entry follows anywhere behind `at`. */
  private entryFollows(file: SegmentFile, at: number): boolean {
    for (let i = at + 8; i <= file.size - file.headerBytes; i += 8) {
      if (file.views.ints[file.at(i, file.headerBytes) >> 2] !== 0 && file.check(i) === WHOLE) return true;
    }
    return false;
  }
}

/** Whether a segment has an entry, possibly an incomplete one. */
function hasEntries(path: string): boolean {
  let file: SegmentFile;
  try {
    file = new SegmentFile(path, Views.allocate(8192));
  } catch (error) {
    if (error instanceof Changed) return false;
    throw error;
  }
  try {
    if (file.size < SEGMENT_HEADER_BYTES + file.headerBytes) return false;
    return file.views.ints[file.at(SEGMENT_HEADER_BYTES, file.headerBytes) >> 2] !== 0;
  } finally {
    file.close();
  }
}

/** Calls `take` for each entry of a stream in order. The view is valid only during the call. Throws Damaged. */
export function readStream(
  dir: string,
  stream: string,
  take: (entry: EntryView) => void,
  range: Range = {},
): StreamEnd {
  const reader = new StreamReader(dir, stream, range);
  try {
    for (let entry = reader.next(); entry !== null; entry = reader.next()) {
      take(entry);
      if ((reader.end.entries & (ENTRIES_PER_PROGRESS - 1)) === 0) range.progress?.();
    }
  } finally {
    reader.close();
  }
  return reader.end;
}
