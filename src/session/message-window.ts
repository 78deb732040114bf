/**
 * Bounds the messages that a session sends within any window of time. A message counts from when it is written until a window has
 * passed since its last byte has left: the peer, which counts later, never sees more. A start begins anew.
 */
export class MessageWindow {
  /** When each of the last `limit` messages has left, oldest at `next`; Infinity while it has not. */
  private readonly leftNs: Float64Array;
  private next = 0;
  private unsent = 0;

  constructor(
    readonly limit: number,
    readonly windowNs: number,
  ) {
    this.leftNs = new Float64Array(new ArrayBuffer(8 * limit)).fill(Number.NEGATIVE_INFINITY);
  }

  /** True when one more message may be written. */
  has(nowNs: number): boolean {
    return nowNs - this.leftNs[this.next]! >= this.windowNs;
  }

  /** A message is written. */
  take(): void {
    this.leftNs[this.next] = Number.POSITIVE_INFINITY;
    this.next = this.next + 1 === this.limit ? 0 : this.next + 1;
    if (this.unsent < this.limit) this.unsent++;
  }

  /** All that was written has left, at the latest now. */
  left(nowNs: number): void {
    let place = this.next;
    for (; this.unsent > 0; this.unsent--) {
      place = place === 0 ? this.limit - 1 : place - 1;
      this.leftNs[place] = nowNs;
    }
  }

  /** Messages are written, and nobody has said that they have left. */
  get waits(): boolean {
    return this.unsent > 0;
  }

  /** When one more may be written; Infinity while the oldest has not left. */
  get freeNs(): number {
    return this.leftNs[this.next]! + this.windowNs;
  }
}
