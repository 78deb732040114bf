import { copyMemory } from "../../ffi/memory.ts";
import { EMPTY, NONE } from "../base/units.ts";
import { type Buffers, classFor } from "./buffers.ts";

/*  A first-in, first-out queue of bytes in a chain of buffers, read at `headFrom` of the first and written at `tailTo` of the last.
 *
 *      head                              tail
 *      ├─ gone ─┤headFrom ─ waiting ─┤ → ├─ waiting ─ tailTo├─ free ─┤
 *
 *  Buffer sizes grow with the backlog: a new one is of the class that holds half of the waiting bytes.
 */

/** Bytes of one session that wait. Takes buffers from the pool as it grows and returns them as it drains. */
export class Backlog {
  /** Bytes that wait. */
  bytes = 0;
  private head = NONE;
  private tail = NONE;
  private headFrom = 0;
  private tailTo = 0;

  constructor(
    private readonly buffers: Buffers,
    /** The smallest class of buffers to use. */
    private readonly least: number,
  ) {}

  /**
   * Appends `count` bytes.
   * Returns  bytes appended: fewer than `count` when the pool is exhausted.
   */
  append(fromAddress: number, count: number): number {
    let done = 0;
    while (done < count) {
      if (!this.hasRoom() && !this.grow(count - done)) break;
      const room = this.buffers.bytesOf(this.tail) - this.tailTo;
      const part = Math.min(room, count - done);
      copyMemory(this.buffers.address + this.tail + this.tailTo, fromAddress + done, part);
      this.tailTo += part;
      this.bytes += part;
      done += part;
    }
    return done;
  }

  /** Address of the first waiting byte. */
  get address(): number {
    return this.buffers.address + this.head + this.headFrom;
  }

  /** Waiting bytes at `address` that are contiguous. */
  get piece(): number {
    if (this.bytes === 0) return 0;
    return (this.head === this.tail ? this.tailTo : this.buffers.bytesOf(this.head)) - this.headFrom;
  }

  /** Removes the first `count` bytes, at most `piece`. */
  release(count: number): void {
    this.headFrom += count;
    this.bytes -= count;
    if (this.head === this.tail ? this.headFrom === this.tailTo : this.headFrom === this.buffers.bytesOf(this.head))
      this.drop();
  }

  /** Discards all bytes. */
  clear(): void {
    while (this.head !== NONE) this.drop();
    this.bytes = 0;
  }

  private hasRoom(): boolean {
    return this.tail !== NONE && this.tailTo < this.buffers.bytesOf(this.tail);
  }

  private grow(count: number): boolean {
    const at = this.buffers.take(classFor(Math.max(count, this.bytes >> 1), this.least));
    if (at === EMPTY) return false;
    const central = this.buffers.central;
    central.chain(at, NONE);
    if (this.tail === NONE) {
      this.head = at;
      this.headFrom = 0;
    } else central.chain(this.tail, at);
    this.tail = at;
    this.tailTo = 0;
    return true;
  }

  /** Returns the first buffer to the pool. */
  private drop(): void {
    const gone = this.head;
    this.head = this.buffers.central.next(gone);
    this.headFrom = 0;
    if (this.head === NONE) this.tail = NONE;
    this.buffers.give(gone);
  }
}
