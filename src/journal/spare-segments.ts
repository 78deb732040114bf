import { rmSync } from "node:fs";
import { SystemError } from "../../ffi/errno.ts";
import { allocateFile, closeFd, O_CREAT, O_RDWR, O_TRUNC, openFile, writeAt } from "../../ffi/file.ts";
import { addressOf } from "../../ffi/memory.ts";
import { KIB } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { UNMADE_SUFFIX } from "./layout.ts";

const PIECE_BYTES = 256 * KIB;
const zerosAddress = addressOf(Views.allocate(PIECE_BYTES));

/** A segment's file with disk space and pages, without a header and a name. */
export interface SpareSegment {
  readonly fd: number;
  readonly path: string;
}

/**
 * Segments of one stream that are made before they are needed. The cost of a segment is its pages, which the page cache
 * allocates and clears one by one. With a spare segment a burst pays only for mapping. The next start removes leftovers.
 */
export class SpareSegments {
  private readonly ready: SpareSegment[] = [];
  private making: SpareSegment | null = null;
  private madeBytes = 0;
  private count = 0;
  /** The disk was full at the last attempt: no more attempts until a segment is taken. */
  private noRoom = false;

  constructor(
    private readonly dir: string,
    private readonly stream: string,
    private readonly segmentBytes: number,
    private readonly wanted: number,
  ) {}

  /** A segment is missing, and the disk was not full at the last attempt. */
  get wanting(): boolean {
    return this.ready.length < this.wanted && !this.noRoom;
  }

  get readyCount(): number {
    return this.ready.length;
  }

  /** Makes all missing segments. Called before the lane runs. */
  fill(): void {
    while (this.wanting) this.step(PIECE_BYTES);
  }

  /** Writes this many more bytes of the next segment; gives up when the disk is full. */
  step(bytes: number): void {
    if (this.making === null) this.begin();
    const making = this.making;
    if (making === null) return;
    const piece = Math.min(bytes, PIECE_BYTES, this.segmentBytes - this.madeBytes);
    const written = writeAt(making.fd, zerosAddress, piece, this.madeBytes);
    if (written < 0) {
      this.giveUp(making);
      return;
    }
    this.madeBytes += written;
    if (this.madeBytes < this.segmentBytes) return;
    this.ready.push(making);
    this.making = null;
  }

  /** Hands a segment to the caller; null when none is ready. */
  take(): SpareSegment | null {
    this.noRoom = false;
    return this.ready.shift() ?? null;
  }

  /** Removes the segments that were not taken. */
  close(): void {
    if (this.making !== null) this.ready.push(this.making);
    this.making = null;
    for (const spare of this.ready) remove(spare);
    this.ready.length = 0;
  }

  private begin(): void {
    const path = `${this.dir}/${this.stream}-spare${this.count++}.journal${UNMADE_SUFFIX}`;
    this.madeBytes = 0;
    let fd: number;
    try {
      fd = openFile(path, O_RDWR | O_CREAT | O_TRUNC);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      this.noRoom = true;
      return;
    }
    const making = { fd, path };
    if (allocateFile(making.fd, this.segmentBytes) < 0) this.giveUp(making);
    else this.making = making;
  }

  private giveUp(making: SpareSegment): void {
    remove(making);
    this.making = null;
    this.noRoom = true;
  }
}

function remove(spare: SpareSegment): void {
  closeFd(spare.fd);
  rmSync(spare.path, { force: true });
}
