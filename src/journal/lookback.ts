import { closeFd, O_RDONLY, openFile } from "../../ffi/file.ts";
import { mapFileAt } from "../../ffi/memory.ts";
import { NONE } from "../base/units.ts";
import { ENTRY_HEADER_BYTES, ENTRY_KIND_AT, ENTRY_PAD, LOOKBACK_WINDOW, SEGMENT_HEADER_BYTES, segmentFile } from "./layout.ts";
import type { StreamWriter } from "./writer.ts";

/** Reads back entries of a stream on its writer's own lane, through the stream's third window. Rare, and bounded by its caller. */
export class Lookback {
  private readonly ints: Int32Array;
  private readonly windowAt: number;
  private segment = NONE;
  private mapped = NONE;
  private offset = 0;

  constructor(
    private readonly writer: StreamWriter,
    private readonly dir: string,
  ) {
    this.ints = writer.views.ints;
    this.windowAt = LOOKBACK_WINDOW * writer.segmentBytes;
  }

  get views(): StreamWriter["views"] {
    return this.writer.views;
  }

  /** Absolute place of the next entry to look at. */
  get position(): number {
    return this.segment * this.writer.segmentBytes + this.offset;
  }

  /** Goes to an absolute position. */
  seek(position: number): void {
    this.segment = Math.floor(position / this.writer.segmentBytes);
    this.offset = position - this.segment * this.writer.segmentBytes;
  }

  /** Offset in `views` of the next entry's header, or NONE when the writer stands there. */
  next(): number {
    while (this.position < this.writer.position) {
      if (this.mapped !== this.segment) this.map();
      const at = this.windowAt + this.offset;
      const rest = this.writer.segmentBytes - this.offset;
      const length = rest < ENTRY_HEADER_BYTES ? 0 : Atomics.load(this.ints, at >> 2);
      if (length === 0) {
        this.segment++;
        this.offset = SEGMENT_HEADER_BYTES;
        continue;
      }
      this.offset += length;
      if (this.ints[(at + ENTRY_KIND_AT) >> 2] !== ENTRY_PAD) return at;
    }
    return NONE;
  }

  /** Cold: maps the segment to look at. */
  private map(): void {
    const fd = openFile(`${this.dir}/${segmentFile(this.writer.name, this.segment)}`, O_RDONLY);
    mapFileAt(this.writer.address + this.windowAt, fd, 0, this.writer.segmentBytes, false);
    closeFd(fd);
    this.mapped = this.segment;
  }
}
