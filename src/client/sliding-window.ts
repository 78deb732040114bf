/*  Times of the newest messages of one class, in a ring. The limit n is passed by a message whose n-th one before it is within the
 *  window: one look, whatever n is.
 *
 *   times  …  t−3   t−2   t−1   t   │ oldest  …      next: where the next message's time goes, in the place of the oldest
 */

/** Counts messages within a sliding window, exactly. A time that is as old as the window is out of it. */
export class SlidingWindow {
  windowNs = 0;
  /** More than these are refused, and more than these end the session; Infinity: no limit. */
  most = Number.POSITIVE_INFINITY;
  mostToEnd = Number.POSITIVE_INFINITY;
  private times: Float64Array = NO_TIMES;
  private next = 0;

  get isLimited(): boolean {
    return this.most !== Number.POSITIVE_INFINITY || this.mostToEnd !== Number.POSITIVE_INFINITY;
  }

  /** Sets new limits, 0 for none; the times that are known stay, as many as the limits need. */
  set(most: number, mostToEnd: number, windowNs: number): void {
    const isSame = noneIfZero(most) === this.most && noneIfZero(mostToEnd) === this.mostToEnd;
    if (isSame && windowNs === this.windowNs) return;
    const kept = Math.max(most, mostToEnd);
    const times = new Float64Array(new ArrayBuffer(8 * (kept === 0 ? 0 : kept + 1))).fill(Number.NEGATIVE_INFINITY);
    const known = this.times.length;
    for (let i = 1; i <= Math.min(known, times.length); i++) times[times.length - i] = this.times[this.before(i)]!;
    this.times = times;
    this.next = 0;
    this.windowNs = windowNs;
    this.most = noneIfZero(most);
    this.mostToEnd = noneIfZero(mostToEnd);
  }

  /** True when `count` more messages at this time pass neither limit. */
  admits(count: number, nowNs: number): boolean {
    const most = this.most < this.mostToEnd ? this.most : this.mostToEnd;
    if (most === Number.POSITIVE_INFINITY) return true;
    const back = most - count + 1;
    return back > 0 && this.times[this.before(back)]! <= nowNs - this.windowNs;
  }

  /** Counts `count` messages of this time. */
  note(count: number, nowNs: number): void {
    const times = this.times;
    const size = times.length;
    if (size === 0) return;
    let next = this.next;
    for (let i = 0; i < count; i++) {
      times[next] = nowNs;
      if (++next === size) next = 0;
    }
    this.next = next;
  }

  /** True when the newest message, of this time, passes the limit `most` or `mostToEnd`. */
  isAbove(limit: number, nowNs: number): boolean {
    return limit !== Number.POSITIVE_INFINITY && this.times[this.before(limit + 1)]! > nowNs - this.windowNs;
  }

  /** How many messages are in the window, up to one more than the higher limit. */
  countAt(nowNs: number): number {
    const fromNs = nowNs - this.windowNs;
    let least = 0;
    let most = this.times.length;
    while (least < most) {
      const middle = (least + most + 1) >>> 1;
      if (this.times[this.before(middle)]! > fromNs) least = middle;
      else most = middle - 1;
    }
    return least;
  }

  /** Place of the message that is the `back`-th newest. */
  private before(back: number): number {
    const place = this.next - back;
    return place < 0 ? place + this.times.length : place;
  }
}

const NO_TIMES = new Float64Array(new ArrayBuffer(0));

function noneIfZero(limit: number): number {
  return limit === 0 ? Number.POSITIVE_INFINITY : limit;
}
