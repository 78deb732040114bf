import { copyMemory } from "../../ffi/memory.ts";
import { EMPTY, NONE } from "../base/units.ts";
import { type Buffers, classFor } from "./buffers.ts";

/*  Bytes that wait, first in, first out, in a chain of buffers; the first is left and the last is entered at a mark.
 *
 *      head                              tail
 *      ├─ gone ─┤headFrom ─ waiting ─┤ → ├─ waiting ─ tailTo├─ free ─┤
 *
 *  A small backlog takes a small buffer and a long one large ones: each is of the class that holds a half of what waits.
 */

/** What one session could not send yet. Takes from the pool as it grows and gives back as it is drained. */
export class Backlog {
  /** Bytes that wait. */
  bytes = 0;
  private head = NONE;
  private tail = NONE;
  private headFrom = 0;
  private tailTo = 0;

  constructor(
    private readonly buffers: Buffers,
    /** The smallest class it takes. */
    private readonly least: number,
  ) {}

  /**
   * Copies so many bytes behind those that wait.
   * Returns  how many it took: fewer when the pool is exhausted.
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

  /** Where the first bytes that wait stand. */
  get address(): number {
    return this.buffers.address + this.head + this.headFrom;
  }

  /** How many of them stand there in one piece. */
  get piece(): number {
    if (this.bytes === 0) return 0;
    return (this.head === this.tail ? this.tailTo : this.buffers.bytesOf(this.head)) - this.headFrom;
  }

  /** So many of the first piece have gone. */
  release(count: number): void {
    this.headFrom += count;
    this.bytes -= count;
    if (this.head === this.tail ? this.headFrom === this.tailTo : this.headFrom === this.buffers.bytesOf(this.head))
      this.drop();
  }

  /** Nobody wants the rest. */
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

  /** Gives the first buffer back. */
  private drop(): void {
    const gone = this.head;
    this.head = this.buffers.central.next(gone);
    this.headFrom = 0;
    if (this.head === NONE) this.tail = NONE;
    this.buffers.give(gone);
  }
}
