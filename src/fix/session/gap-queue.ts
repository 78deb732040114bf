/*  Messages behind a gap wait here until it is closed. A message has the place of its number:
 *
 *  place   number & (PLACES − 1)  →  number (0: free), first byte, last byte + 1
 *  bytes   ├── message ──┤├── message ──┤├── free ──┤      filled in the order of arrival, from the start again once it is empty
 */
const PLACES = 1024;

/** The bounded queue of these messages; one that does not fit is asked for again. */
export class GapQueue {
  /** Messages held. */
  count = 0;
  readonly bytes: Uint8Array;
  /** Of the message taken last. */
  from = 0;
  to = 0;
  private readonly numbers = new Int32Array(PLACES);
  private readonly froms = new Int32Array(PLACES);
  private readonly tos = new Int32Array(PLACES);
  private at = 0;

  /** `index`: its place among the queues that are shared. */
  constructor(
    bytes: number,
    readonly index = 0,
  ) {
    this.bytes = new Uint8Array(new ArrayBuffer(bytes));
  }

  /** Keeps a copy of `source[from, to)`; false when there is no room for it. */
  keep(number: number, source: Uint8Array, from: number, to: number): boolean {
    const place = number & (PLACES - 1);
    if (this.numbers[place] === number) return true;
    const end = this.at + to - from;
    if (this.numbers[place] !== 0 || end > this.bytes.length) return false;
    const bytes = this.bytes;
    for (let i = from, o = this.at; i < to; i++, o++) bytes[o] = source[i]!;
    this.numbers[place] = number;
    this.froms[place] = this.at;
    this.tos[place] = end;
    this.at = end;
    this.count++;
    return true;
  }

  has(number: number): boolean {
    return this.numbers[number & (PLACES - 1)] === number;
  }

  /** True when a message with a lower number is held. */
  hasBelow(number: number): boolean {
    for (let place = 0; place < PLACES; place++) {
      if (this.numbers[place] !== 0 && this.numbers[place]! < number) return true;
    }
    return false;
  }

  /** Removes the message with this number; it stays in `bytes[from, to)` until the next `keep`. */
  take(number: number): boolean {
    const place = number & (PLACES - 1);
    if (this.numbers[place] !== number) return false;
    this.from = this.froms[place]!;
    this.to = this.tos[place]!;
    this.free(place);
    return true;
  }

  /** Removes all messages below this number. */
  dropBelow(number: number): void {
    for (let place = 0; place < PLACES && this.count > 0; place++) {
      if (this.numbers[place] !== 0 && this.numbers[place]! < number) this.free(place);
    }
  }

  clear(): void {
    this.numbers.fill(0);
    this.count = 0;
    this.at = 0;
  }

  private free(place: number): void {
    this.numbers[place] = 0;
    this.count--;
    if (this.count === 0) this.at = 0;
  }
}
