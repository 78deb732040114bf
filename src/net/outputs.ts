import { dontDump, fillMemory, mapSparse, unmap } from "../../ffi/memory.ts";

/** Buffers whose first page is there before the first message. */
const READY = 64;
const PAGE_BYTES = 4096;

/*  A lane's output buffers of one size, one for each connection that it may have. A stream has one only while it has unsent
 *  output, and the one that was given back last is lent first: so a few buffers serve all connections in turn and stay in the
 *  cache, and a connection without unsent output takes no memory.
 *
 *  region  ├── buffer 0 ──┤├── buffer 1 ──┤ …     pages come with their first use
 *  free    indexes of the buffers that are not lent, a stack
 */
export class Outputs {
  private readonly address: number;
  private readonly free: Int32Array;
  private count: number;

  constructor(
    readonly bytes: number,
    private readonly buffers: number,
  ) {
    this.address = mapSparse(bytes * buffers);
    dontDump(this.address, bytes * buffers);
    for (let i = 0; i < Math.min(READY, buffers); i++)
      fillMemory(this.address + i * bytes, 0, Math.min(bytes, PAGE_BYTES));
    this.free = new Int32Array(new ArrayBuffer(4 * buffers));
    for (let i = 0; i < buffers; i++) this.free[i] = buffers - 1 - i;
    this.count = buffers;
  }

  /** Lends a buffer. Returns  its address. */
  take(): number {
    return this.address + this.free[--this.count]! * this.bytes;
  }

  give(address: number): void {
    this.free[this.count++] = (address - this.address) / this.bytes;
  }

  /** No stream has a buffer any more. */
  close(): void {
    unmap(this.address, this.bytes * this.buffers);
  }
}
