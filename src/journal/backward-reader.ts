import { existsSync, fstatSync } from "node:fs";
import { closeFd, O_RDONLY, openFile } from "../../ffi/file.ts";
import { mapFileAt, reserve, unmapToReserve, viewAt } from "../../ffi/memory.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { claimedLength, EntryHeader, headerBytesOf, isWhole } from "./entry.ts";
import {
  COPIES,
  ENTRY_LOST,
  ENTRY_PAD,
  ENTRY_RECEIVED,
  ENTRY_RESENT,
  FORMAT_VERSION,
  HEADER_VERSION_AT,
  SEGMENT_HEADER_BYTES,
  segmentFile,
} from "./layout.ts";
import type { StreamWriter } from "./writer.ts";

/**
 * Reads earlier entries of a stream on its writer's lane: the newest from the stream's buffer, older ones from the segment
 * files. A stream has one reader; each user seeks its position first. Rare, and bounded by the caller.
 */
export class BackwardReader {
  /** The entry that `next` found, and its memory, which begins at `address`. */
  readonly entry = new EntryHeader();
  views: Views;
  address: number;
  private readonly window: Views;
  private readonly windowAddress: number;
  private readonly bufferBytes: number;
  private segment = NONE;
  private mapped = NONE;
  /** Bytes of the mapped segment's file; an access beyond them faults. */
  private mappedBytes = 0;
  private mappedVersion = FORMAT_VERSION;
  private offset = 0;
  /** Bytes from the next entry to the end of its segment, and the format version of these. */
  private room = 0;
  private version = FORMAT_VERSION;

  constructor(
    private readonly writer: StreamWriter,
    private readonly dir: string,
  ) {
    this.windowAddress = reserve(writer.segmentBytes);
    this.window = new Views(viewAt(this.windowAddress, writer.segmentBytes));
    this.bufferBytes = writer.views.bytes.length / COPIES;
    this.views = writer.views;
    this.address = writer.address;
  }

  /** Absolute position of the next entry to read. */
  get position(): number {
    return this.segment * this.writer.segmentBytes + this.offset;
  }

  /** Goes to an absolute position. */
  seek(position: number): void {
    this.segment = Math.floor(position / this.writer.segmentBytes);
    this.offset = position - this.segment * this.writer.segmentBytes;
  }

  /** Aims `entry` at the next one, good until the next call. Returns false at the writer's position. */
  next(): boolean {
    while (this.position < this.writer.position) {
      const at = this.isBuffered() ? this.aimAtBuffer() : this.aimAtFile();
      const { version } = this;
      // The writer is on this thread. No Atomics.load: compiled, it is an instruction that writes, and a file is mapped read-only.
      const hasHeader = this.room >= headerBytesOf(version);
      const length = hasHeader ? claimedLength(this.views.ints, at >> 2, this.room, version) : 0;
      const kind = length > 0 ? this.entry.aim(this.views, at, version).kind : ENTRY_PAD;
      // Nobody reads the bytes of these here, so they are stepped over unchecked.
      const isSkipped = kind === ENTRY_RECEIVED || kind === ENTRY_RESENT;
      // A start from a snapshot has not checked older entries: damaged ones are skipped here.
      if (length <= 0 || (!isSkipped && !isWhole(this.views.ints, at >> 2, length, version, this.position))) {
        this.segment++;
        this.offset = SEGMENT_HEADER_BYTES;
        continue;
      }
      this.offset += length;
      if (kind !== ENTRY_PAD && kind !== ENTRY_LOST) return true;
    }
    if (this.mapped !== NONE) this.unmap();
    return false;
  }

  /** True for what the buffer still has: the writer lets nobody fall behind by more than that within one turn. */
  private isBuffered(): boolean {
    const { position, writer } = this;
    if (position < writer.firstPosition) return false;
    return writer.position - position <= this.bufferBytes >> 1 || position >= writer.written;
  }

  private aimAtBuffer(): number {
    this.views = this.writer.views;
    this.address = this.writer.address;
    this.room = this.writer.segmentBytes - this.offset;
    this.version = FORMAT_VERSION;
    return (this.position % this.bufferBytes) | 0;
  }

  private aimAtFile(): number {
    if (this.mapped !== this.segment) this.map();
    this.views = this.window;
    this.address = this.windowAddress;
    this.room = this.mappedBytes - this.offset;
    this.version = this.mappedVersion;
    // Positions are doubles; offsets are int32.
    return this.offset | 0;
  }

  /** Maps the segment; a missing one counts as empty. */
  private map(): void {
    const { segmentBytes, name } = this.writer;
    this.mapped = this.segment;
    this.mappedBytes = 0;
    const path = `${this.dir}/${segmentFile(name, this.segment)}`;
    if (!existsSync(path)) return;
    const fd = openFile(path, O_RDONLY);
    this.mappedBytes = fstatSync(fd).size;
    mapFileAt(this.windowAddress, fd, 0, segmentBytes, false);
    closeFd(fd);
    if (this.mappedBytes >= SEGMENT_HEADER_BYTES) this.mappedVersion = this.window.ints[HEADER_VERSION_AT >> 2]!;
  }

  /** Releases the memory of the window. */
  private unmap(): void {
    unmapToReserve(this.windowAddress, this.writer.segmentBytes);
    this.mapped = NONE;
  }
}
