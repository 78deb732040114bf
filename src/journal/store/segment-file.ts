import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Views } from "../../base/views.ts";
import { claimedLength, headerBytesOf, isHollow, isWhole } from "../entry.ts";
import {
  FORMAT_VERSION,
  FORMAT_VERSION_1,
  HEADER_BIRTH_AT,
  HEADER_CHECK_AT,
  HEADER_SEGMENT_AT,
  HEADER_SEGMENT_BYTES_AT,
  HEADER_VERSION_AT,
  MAGIC_0,
  MAGIC_1,
  SEGMENT_HEADER_BYTES,
} from "../layout.ts";
import { headerCheck } from "../segment.ts";
import { COMPRESSED } from "./archive.ts";
import { Changed, Damaged, repairHint } from "./damaged.ts";

/** What positions in a segment depend on. */
export interface SegmentPlace {
  readonly version: number;
  readonly segment: number;
  readonly segmentBytes: number;
}

/** Contents of a segment's header. */
export interface SegmentHeader extends SegmentPlace {
  readonly birth: number;
}

/** True for the format versions that this binary reads. */
export function isReadable(version: number): boolean {
  return version >= FORMAT_VERSION_1 && version <= FORMAT_VERSION;
}

/** Checks the header at the start of `ints`. Throws Damaged. */
export function checkHeader(path: string, ints: Int32Array, bytes: number): SegmentHeader {
  const hint = repairHint(dirname(path));
  if (bytes < SEGMENT_HEADER_BYTES || ints[0] !== MAGIC_0 || ints[1] !== MAGIC_1) {
    throw new Damaged(`${path}: not a Sallyport journal file; move it elsewhere, or ${hint}`);
  }
  const version = ints[HEADER_VERSION_AT >> 2]!;
  if (!isReadable(version)) {
    throw new Damaged(
      `${path}: format version ${version}, this binary reads ${FORMAT_VERSION_1} to ${FORMAT_VERSION}; use the binary that wrote it, or ${hint}`,
    );
  }
  if (ints[HEADER_CHECK_AT >> 2] !== headerCheck(ints)) {
    throw new Damaged(`${path}: its header is damaged (offset 0); ${hint}`);
  }
  return {
    version,
    segment: ints[HEADER_SEGMENT_AT >> 2]!,
    segmentBytes: ints[HEADER_SEGMENT_BYTES_AT >> 2]!,
    birth: ints[HEADER_BIRTH_AT >> 2]!,
  };
}

/** One segment file, read through a sliding buffer. */
export class SegmentFile {
  readonly header: SegmentHeader;
  size: number;
  views: Views;
  /** File offset of the buffer's first byte, and number of valid bytes in it. */
  private from = 0;
  private length = 0;
  /** Contents of an archived segment; null: read from `fd`. */
  private readonly archived: Views | null;
  private readonly fd: number;

  constructor(
    readonly path: string,
    views: Views,
  ) {
    this.views = views;
    this.archived = path.endsWith(COMPRESSED) ? unpack(path) : null;
    if (this.archived !== null) {
      this.fd = -1;
      this.views = this.archived;
      this.size = this.archived.buffer.byteLength;
      this.length = this.size;
      this.header = checkHeader(path, this.views.ints, this.size);
      return;
    }
    try {
      this.fd = openSync(path, "r");
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") throw new Changed(`${path}: was removed; read it again`);
      throw new Damaged(`${path}: ${message}; make it readable to this user`);
    }
    this.size = this.sizeNow();
    try {
      const bytes = Math.min(SEGMENT_HEADER_BYTES, this.size);
      this.load(0, bytes);
      this.header = checkHeader(path, this.views.ints, bytes);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Byte in `views` of file offset `at`, with at least `bytes` loaded; the file must have them. */
  at(at: number, bytes: number): number {
    if (at < this.from || at + bytes > this.from + this.length) this.load(at, bytes);
    return at - this.from;
  }

  /** Loads the buffer from file offset `at`. */
  load(at: number, bytes: number): void {
    if (this.archived !== null) return;
    if (bytes > this.views.buffer.byteLength) this.views = Views.allocate(bytes);
    const wanted = Math.min(this.views.buffer.byteLength, this.size - at);
    this.from = at;
    this.length = 0;
    while (this.length < wanted) {
      const count = readSync(this.fd, this.views.bytes, this.length, wanted - this.length, at + this.length);
      if (count <= 0) throw new Changed(`${this.path}: became shorter while it was read; read it again`);
      this.length += count;
    }
  }

  /** Drops the buffer and reads the size again: the file may have grown, or been cut by a start. */
  refresh(): void {
    if (this.archived !== null) return;
    this.length = 0;
    this.size = this.sizeNow();
  }

  /** True when the path has another file now, or none. */
  get replaced(): boolean {
    if (this.archived !== null) return false;
    return statSync(this.path, { throwIfNoEntry: false })?.ino !== fstatSync(this.fd).ino;
  }

  private sizeNow(): number {
    const status = fstatSync(this.fd);
    return status.isFile() ? status.size & ~7 : 0;
  }

  /** Length of its entries' headers. */
  get headerBytes(): number {
    return headerBytesOf(this.header.version);
  }

  /** State of the entry at file offset `at`: WHOLE, NOTHING or WRONG. */
  check(at: number): number {
    const { version, segment, segmentBytes } = this.header;
    const headerBytes = headerBytesOf(version);
    const word = this.at(at, headerBytes) >> 2;
    const length = claimedLength(this.views.ints, word, this.size - at, version);
    if (length <= 0) return length === 0 ? NOTHING : WRONG;
    const checked = isHollow(this.views.ints, word, version) ? headerBytes : length;
    const again = this.at(at, checked) >> 2;
    return isWhole(this.views.ints, again, length, version, segment * segmentBytes + at) ? WHOLE : WRONG;
  }

  close(): void {
    if (this.archived === null) closeSync(this.fd);
  }
}

function unpack(path: string): Views {
  try {
    const bytes = Bun.zstdDecompressSync(readFileSync(path));
    const views = Views.allocate(bytes.length);
    views.bytes.set(bytes);
    return views;
  } catch (error) {
    throw new Damaged(`${path}: ${(error as Error).message}; restore it from a copy`);
  }
}

/** States of an offset of a segment. */
export const WHOLE = 0;
export const NOTHING = 1;
export const WRONG = 2;
