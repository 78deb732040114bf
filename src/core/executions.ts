import { hashId } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";

/*  Which executions were counted: a venue that resends (PossDup, a replayed stream) must not fill an order twice.
 *
 *  ring   [hash A | hash B] of the last `capacity` executions, overwritten oldest first
 *  index  open addressing over [ring place + 1 (0: empty) | hash A], at most half full, with backward-shift deletion
 *
 *  The 64 bits are mixed from venue, order number and ExecID (17); the ids themselves are not kept. Among n remembered
 *  executions a new one is taken for an old one with odds of n in 2^64: for four million, one in 4·10^12.
 */
/** Numbers are whole doubles; each half of one is mixed in. */
const WORD = 4_294_967_296;
const SEED_A = 0x2545f491;
const SEED_B = 0x9e3779b9 | 0;

/** The executions that were counted lately. */
export class Executions {
  private readonly ring: Int32Array;
  private readonly index: Int32Array;
  private readonly capacity: number;
  private readonly mask: number;
  private oldest = 0;
  private count = 0;
  /** The hashes looked for last. */
  private a = 0;
  private b = 0;

  /** Bytes that a memory of this many executions takes. */
  static bytesFor(capacity: number): number {
    return capacity * 8 + indexSlots(capacity) * 8;
  }

  constructor(capacity: number) {
    this.capacity = capacity;
    this.ring = Views.allocate(capacity * 8).ints;
    const slots = indexSlots(capacity);
    this.index = Views.allocate(slots * 8).ints;
    this.mask = slots * 2 - 1;
  }

  /**
   * Remembers an execution of an order.
   * Returns  false when it was remembered already.
   */
  add(from: Int32Array, at: number, venue: number, number: number): boolean {
    let free = this.place(from, at, venue, number);
    if (free < 0) return false;
    const a = this.a;
    const b = this.b;
    const ring = this.ring;
    const index = this.index;
    const mask = this.mask;
    if (this.count === this.capacity) {
      this.forget(this.oldest);
      // What stood behind the forgotten one has moved up, so the free place may now be nearer.
      free = (a << 1) & mask;
      while (index[free] !== 0) free = (free + 2) & mask;
    } else this.count++;
    ring[this.oldest << 1] = a;
    ring[(this.oldest << 1) + 1] = b;
    index[free] = this.oldest + 1;
    index[free + 1] = a;
    if (++this.oldest === this.capacity) this.oldest = 0;
    return true;
  }

  /** True when it is remembered. */
  has(from: Int32Array, at: number, venue: number, number: number): boolean {
    return this.place(from, at, venue, number) < 0;
  }

  /** Leaves both hashes in `a` and `b`. Returns the free place in the index, or -1 when the execution is there. */
  private place(from: Int32Array, at: number, venue: number, number: number): number {
    const order = Math.imul((number | 0) ^ Math.imul((number / WORD) | 0, 0x01000193), 0x85ebca6b);
    const seed = order ^ Math.imul(venue, 0x27d4eb2f);
    const a = hashId(from, at, SEED_A ^ seed);
    const b = hashId(from, at, SEED_B + Math.imul(seed, 0x165667b1));
    this.a = a;
    this.b = b;
    const ring = this.ring;
    const index = this.index;
    const mask = this.mask;
    for (let place = (a << 1) & mask; ; place = (place + 2) & mask) {
      const found = index[place]! - 1;
      if (found < 0) return place;
      if (index[place + 1] === a && ring[(found << 1) + 1] === b) return NONE;
    }
  }

  private forget(oldest: number): void {
    const ring = this.ring;
    const index = this.index;
    const mask = this.mask;
    let hole = (ring[oldest << 1]! << 1) & mask;
    while (index[hole] !== oldest + 1) hole = (hole + 2) & mask;
    for (let place = (hole + 2) & mask; index[place] !== 0; place = (place + 2) & mask) {
      const home = (index[place + 1]! << 1) & mask;
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      index[hole] = index[place]!;
      index[hole + 1] = index[place + 1]!;
      hole = place;
    }
    index[hole] = 0;
  }

  /** Mixes what is remembered into `hash`. Cold. */
  digest(hash: number): number {
    for (let i = 0; i < this.count * 2; i++) hash = Math.imul(hash ^ this.ring[i]!, 0x01000193);
    return Math.imul(hash ^ this.oldest, 0x01000193);
  }
}

function indexSlots(capacity: number): number {
  let slots = 1024;
  while (slots < capacity * 2) slots *= 2;
  return slots;
}
