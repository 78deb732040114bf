import { existsSync, fstatSync } from "node:fs";
import { closeFd, O_RDONLY, openFile } from "../../ffi/file.ts";
import { mapFileAt, unmapToReserve } from "../../ffi/memory.ts";
import { NONE } from "../base/units.ts";
import {
  BACKWARD_WINDOW,
  ENTRY_HEADER_BYTES,
  ENTRY_KIND_AT,
  ENTRY_LOST,
  ENTRY_PAD,
  ENTRY_RECEIVED,
  ENTRY_RESENT,
  SEGMENT_HEADER_BYTES,
  segmentFile,
} from "./layout.ts";
import { claimedLength, WHOLE, wholeAt } from "./store/segment-file.ts";
import type { StreamWriter } from "./writer.ts";

/**
 * Reads earlier entries of a stream on its writer's lane, through the stream's third window. A stream has one reader; each
 * user seeks its position first. Rare, and bounded by the caller.
 */
export class BackwardReader {
  private readonly ints: Int32Array;
  private readonly windowAt: number;
  private segment = NONE;
  private mapped = NONE;
  /** Bytes of the mapped segment's file; an access beyond them faults. */
  private mappedBytes = 0;
  private offset = 0;

  constructor(
    private readonly writer: StreamWriter,
    private readonly dir: string,
  ) {
    this.ints = writer.views.ints;
    this.windowAt = BACKWARD_WINDOW * writer.segmentBytes;
  }

  /** Address of `views`. */
  get address(): number {
    return this.writer.address;
  }

  get views(): StreamWriter["views"] {
    return this.writer.views;
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

  /** Offset in `views` of the next entry's header, valid until the next call, or NONE at the writer's position. */
  next(): number {
    while (this.position < this.writer.position) {
      if (this.mapped !== this.segment) this.map();
      // Positions are doubles; offsets in the windows are int32.
      const at = (this.windowAt + this.offset) | 0;
      // The writer is on this thread. No Atomics.load: compiled, it is an instruction that writes, and this mapping is read-only.
      const room = this.mappedBytes - this.offset;
      const length = room < ENTRY_HEADER_BYTES ? 0 : claimedLength(this.ints, at >> 2, room);
      const kind = this.ints[(at + ENTRY_KIND_AT) >> 2];
      // Nobody reads the bytes of these here, so they are stepped over unchecked.
      const isSkipped = kind === ENTRY_RECEIVED || kind === ENTRY_RESENT;
      // A start from a snapshot has not checked older entries: damaged ones are skipped here.
      if (length <= 0 || (!isSkipped && wholeAt(this.ints, at >> 2, length) !== WHOLE)) {
        this.segment++;
        this.offset = SEGMENT_HEADER_BYTES;
        continue;
      }
      this.offset += length;
      if (kind !== ENTRY_PAD && kind !== ENTRY_LOST) return at;
    }
    if (this.mapped !== NONE) this.unmap();
    return NONE;
  }

  /** Maps the segment; a missing one counts as empty. */
  private map(): void {
    const { segmentBytes, address, name } = this.writer;
    this.mapped = this.segment;
    this.mappedBytes = 0;
    const path = `${this.dir}/${segmentFile(name, this.segment)}`;
    if (!existsSync(path)) return;
    const fd = openFile(path, O_RDONLY);
    this.mappedBytes = fstatSync(fd).size;
    mapFileAt(address + this.windowAt, fd, 0, segmentBytes, false);
    closeFd(fd);
  }

  /** Releases the memory of the window. */
  private unmap(): void {
    unmapToReserve(this.writer.address + this.windowAt, this.writer.segmentBytes);
    this.mapped = NONE;
  }
}
