/*  A binary heap of keys by their times, the earliest first; `placeOf` finds a key in it. A key's time may be too early:
 *  whoever takes it asks when it is really due and sets it again. So a message that moves a deadline back costs nothing.
 *
 *  heap     0 │ 1 2 │ 3 4 5 6 │ …   keys; the children of place p are at 2p + 1 and 2p + 2
 *  placeOf  by key: its place in `heap`, or -1
 *  times    by key, monotonic nanoseconds; Infinity while it is not in `heap`
 */

const ABSENT = -1;

/** When each of some keys is due next. */
export class Deadlines {
  private readonly heap: Int32Array;
  private readonly placeOf: Int32Array;
  private readonly times: Float64Array;
  private count = 0;
  /** When the earliest key is due; Infinity while there is none. */
  firstNs = Number.POSITIVE_INFINITY;

  constructor(keys: number) {
    this.heap = new Int32Array(keys);
    this.placeOf = new Int32Array(keys).fill(ABSENT);
    this.times = new Float64Array(keys).fill(Number.POSITIVE_INFINITY);
  }

  /** When the key is due; Infinity when it is not. */
  of(key: number): number {
    return this.times[key]!;
  }

  /** The key is due at this time, not at another; Infinity: not at all. */
  set(key: number, atNs: number): void {
    const place = this.placeOf[key]!;
    const before = this.times[key]!;
    this.times[key] = atNs;
    if (atNs === Number.POSITIVE_INFINITY) {
      if (place !== ABSENT) this.remove(key, place);
    } else if (place === ABSENT) this.rise(key, this.count++);
    else if (atNs < before) this.rise(key, place);
    else this.sink(key, place);
    this.firstNs = this.count === 0 ? Number.POSITIVE_INFINITY : this.times[this.heap[0]!]!;
  }

  /** The key is due at this time if it was not due before that anyway. */
  bringForward(key: number, atNs: number): void {
    if (atNs < this.times[key]!) this.set(key, atNs);
  }

  /** Takes the earliest key; only while `firstNs` is finite. */
  take(): number {
    const key = this.heap[0]!;
    this.set(key, Number.POSITIVE_INFINITY);
    return key;
  }

  private remove(key: number, place: number): void {
    this.placeOf[key] = ABSENT;
    const last = this.heap[--this.count]!;
    if (last === key) return;
    if (place > 0 && this.times[last]! < this.times[this.heap[(place - 1) >> 1]!]!) this.rise(last, place);
    else this.sink(last, place);
  }

  /** Moves a key up from a place that is free. */
  private rise(key: number, from: number): void {
    const at = this.times[key]!;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const other = this.heap[parent]!;
      if (this.times[other]! <= at) break;
      this.put(other, place);
      place = parent;
    }
    this.put(key, place);
  }

  /** Moves a key down from a place that is free. */
  private sink(key: number, from: number): void {
    const at = this.times[key]!;
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.times[this.heap[child + 1]!]! < this.times[this.heap[child]!]!) child++;
      const other = this.heap[child]!;
      if (this.times[other]! >= at) break;
      this.put(other, place);
      place = child;
    }
    this.put(key, place);
  }

  private put(key: number, place: number): void {
    this.heap[place] = key;
    this.placeOf[key] = place;
  }
}
