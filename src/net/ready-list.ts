/*  The indexes of ready streams, each once, in the order in which they are to be visited. A ring as large as there are
 *  indexes, so that it is never full:
 *
 *  queue   ├── free ──┤ head ── ready ── head + count ├── free ──┤
 *  listed  by index: 1 from `add` until `done` says that nothing is left
 */

/** The streams of one agent that have something to do. A turn visits these, however many are connected. */
export class ReadyList {
  private readonly queue: Int32Array;
  private readonly listed: Uint8Array;
  private readonly mask: number;
  private head = 0;
  private count = 0;

  constructor(streams: number) {
    let size = 1;
    while (size < streams) size *= 2;
    this.queue = new Int32Array(size);
    this.listed = new Uint8Array(size);
    this.mask = size - 1;
  }

  get size(): number {
    return this.count;
  }

  /** The stream is visited in the next turn at the latest. One that is listed already keeps its place. */
  add(index: number): void {
    if (this.listed[index] === 1) return;
    this.listed[index] = 1;
    this.push(index);
  }

  /**
   * Begins a turn. The stream that came first in the turn before comes last in this one.
   * Returns  how many streams this turn takes; those that are added meanwhile wait for the next.
   */
  begin(): number {
    if (this.count > 1) this.push(this.pop());
    return this.count;
  }

  /** Takes the next stream; `done` must follow. */
  take(): number {
    return this.pop();
  }

  /** Ends a visit; `again`: the stream has more to do than this turn may. */
  done(index: number, again: boolean): void {
    if (again) this.push(index);
    else this.listed[index] = 0;
  }

  /** The stream at `place`, counted from the one that is visited next. */
  at(place: number): number {
    return this.queue[(this.head + place) & this.mask]!;
  }

  private push(index: number): void {
    this.queue[(this.head + this.count) & this.mask] = index;
    this.count++;
  }

  private pop(): number {
    const index = this.queue[this.head]!;
    this.head = (this.head + 1) & this.mask;
    this.count--;
    return index;
  }
}
