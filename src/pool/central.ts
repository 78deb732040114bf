import { broken } from "../base/broken.ts";
import { EMPTY, FULL } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import { ManyToMany } from "../ring/many-to-many.ts";
import {
  CLASSES,
  FREE,
  KEPT_SHARE,
  listSlots,
  type PoolPlan,
  placesOf,
  READY,
  SERVING,
  SLOT_BYTES,
  SMALLEST,
  SPAN_BYTES,
  UNIT_BYTES,
} from "./layout.ts";

const UNIT_BITS = Math.log2(UNIT_BYTES);
const SPAN_BITS = Math.log2(SPAN_BYTES);

/**
 * The free buffers that all lanes share, a list per class. A list is a many-to-many ring: it compares and swaps positions,
 * each used once in 2^32, not buffers. So a buffer that returns while another thread is taking it is not taken twice (ABA).
 */
export class Central {
  readonly spans: number;
  private readonly lists: ManyToMany[] = [];
  private readonly ints: Int32Array;
  private readonly kept: number;
  private readonly states: number;
  private readonly holders: number;
  private readonly nexts: number;

  constructor(views: Views, plan: PoolPlan) {
    const places = placesOf(plan);
    this.spans = plan.spans;
    this.ints = views.ints;
    this.kept = Math.floor(plan.spans / KEPT_SHARE);
    this.states = places.states >> 2;
    this.holders = places.holders >> 2;
    this.nexts = places.nexts >> 2;
    for (let i = 0; i < CLASSES; i++)
      this.lists.push(new ManyToMany(views, places.lists[i]!, listSlots(plan.spans, i), SLOT_BYTES));
  }

  /**
   * Takes the longest unused buffer of a class.
   * Returns  byte offset in the region, or EMPTY, also while a preempted thread still holds the oldest slot.
   * Thread   any.
   */
  poll(sizeClass: number): number {
    const list = this.lists[sizeClass]!;
    const slotAt = list.poll();
    if (slotAt === EMPTY) return EMPTY;
    const at = this.ints[slotAt >> 2]!;
    list.release(slotAt);
    return at;
  }

  /**
   * Puts a buffer into its list.
   * Returns  false while a preempted thread still holds the next slot; there are enough slots for all buffers.
   * Thread   the one that has the buffer.
   */
  give(at: number): boolean {
    const list = this.lists[this.classOf(at)]!;
    const slotAt = list.offer();
    if (slotAt === FULL) return false;
    this.ints[slotAt >> 2] = at;
    list.publish(slotAt);
    return true;
  }

  /** Approximate number of buffers in a class's list. Thread: any. */
  listed(sizeClass: number): number {
    return this.lists[sizeClass]!.size();
  }

  /** State of a span, see layout.ts. Thread: any. */
  state(span: number): number {
    return Atomics.load(this.ints, this.states + span);
  }

  /** Changes a span's state if it still is `from`. Thread: any. */
  move(span: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.ints, this.states + span, from, to) === from;
  }

  /** Class of a buffer. Thread: its holder. */
  classOf(at: number): number {
    return this.ints[this.states + (at >> SPAN_BITS)]! - SERVING;
  }

  /** Notes the holder of a buffer. Thread: the one that took it. */
  setHolder(at: number, holder: number): void {
    const word = this.holders + (at >> UNIT_BITS);
    if (this.ints[word] !== 0) broken("POOL_BUFFER_TAKEN_TWICE", at);
    this.ints[word] = holder + 1;
  }

  /** Notes that a buffer has no holder any more. Thread: its holder. */
  clearHolder(at: number, holder: number): void {
    const word = this.holders + (at >> UNIT_BITS);
    if (this.ints[word] !== holder + 1) broken("POOL_BUFFER_NOT_HELD", at);
    this.ints[word] = 0;
  }

  /** Next buffer in a chain. Thread: their holder. */
  next(at: number): number {
    return this.ints[this.nexts + (at >> UNIT_BITS)]!;
  }

  chain(at: number, next: number): void {
    this.ints[this.nexts + (at >> UNIT_BITS)] = next;
  }

  /** Number of buffers that have a holder; 0 in a pool at rest. */
  heldCount(): number {
    const count = (this.spans * SPAN_BYTES) >> UNIT_BITS;
    let held = 0;
    for (let i = 0; i < count; i++) if (Atomics.load(this.ints, this.holders + i) !== 0) held++;
    return held;
  }

  /**
   * Puts a free span into service, preferably one whose pages are populated; all of its buffers are the caller's. Some spans
   * are reserved for the smallest class, see layout.ts.
   * Returns  byte offset of the span, or EMPTY.
   * Thread   any.
   */
  serve(sizeClass: number): number {
    if (sizeClass > SMALLEST && this.unused() <= this.kept) return EMPTY;
    const ready = this.change(READY, sizeClass);
    return ready === EMPTY ? this.change(FREE, sizeClass) : ready;
  }

  private unused(): number {
    let unused = 0;
    for (let span = 0; span < this.spans; span++) if (this.state(span) < SERVING) unused++;
    return unused;
  }

  private change(state: number, sizeClass: number): number {
    for (let span = 0; span < this.spans; span++)
      if (this.state(span) === state && this.move(span, state, SERVING + sizeClass)) return span << SPAN_BITS;
    return EMPTY;
  }
}
