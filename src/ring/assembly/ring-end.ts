// One side's end of a ring, for compiled code.

/** Throws: a slot was published that was not claimed, or one of an empty ring released. */
@external("env", "brokenRing")
declare function brokenRing(isRelease: bool, slots: i32): void;

/**
 * The producer's or the consumer's, by what is called (layout.ts). A slot is an address, 0 for none. Another user of the same end, on
 * the same thread, resumes it first.
 */
@unmanaged
export class RingEnd {
  private tail: u32;
  private head: u32;
  private slots: u32;
  private mask: i32;
  slotBytes: i32;
  private oneThread: i32;
  /** Slots published, or released. */
  mine: i32;
  /** The other side's word, as it was read last. */
  private seen: i32;

  /** Takes up what TypeScript has published, or released, since. */
  resumeProducer(): void {
    this.mine = load<i32>(this.tail);
  }

  resumeConsumer(): void {
    this.mine = load<i32>(this.head);
    this.seen = atomic.load<i32>(this.tail);
  }

  /** True when the next `count` claims cannot find the ring full. */
  has(count: i32): bool {
    if (this.mine - this.seen + count <= this.mask + 1) return true;
    this.seen = atomic.load<i32>(this.head);
    return this.mine - this.seen + count <= this.mask + 1;
  }

  /** The next slot for one record, the same until it is published; 0 while the consumer is a whole ring behind. */
  claim(): usize {
    if (!this.has(1)) return 0;
    return this.slots + <usize>(this.mine & this.mask) * this.slotBytes;
  }

  publish(): void {
    if (this.mine - this.seen > this.mask) brokenRing(false, this.mask + 1);
    this.mine++;
    // On one thread without a fence, which would wait until the journal's stores before it have reached memory.
    if (this.oneThread !== 0) store<i32>(this.tail, this.mine);
    else atomic.store<i32>(this.tail, this.mine);
  }

  /** The oldest slot, the same until it is released; 0 when the ring is empty. */
  peek(): usize {
    if (this.mine === this.seen) {
      this.seen = atomic.load<i32>(this.tail);
      if (this.mine === this.seen) return 0;
    }
    return this.slots + <usize>(this.mine & this.mask) * this.slotBytes;
  }

  /** The slot `count` behind the oldest, if it was filled at the last read of the tail by `peek`; else 0. */
  peekBehind(count: i32): usize {
    if (this.seen - this.mine <= count) return 0;
    return this.slots + <usize>((this.mine + count) & this.mask) * this.slotBytes;
  }

  release(): void {
    if (this.mine === this.seen) brokenRing(true, this.mask + 1);
    this.mine++;
    if (this.oneThread !== 0) store<i32>(this.head, this.mine);
    else atomic.store<i32>(this.head, this.mine);
  }
}
