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
 * The free buffers that all lanes share, a list for each size. A list is a ring in which every position is used once in
 * 2^32 and each slot says whose turn it is, so that a buffer which comes back while another thread is about to take it
 * cannot be taken twice (ABA): what is compared and swapped is the position, not the buffer.
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
   * Returns  byte offset in the region, or EMPTY; also while a peer that was preempted has not let go of the oldest place.
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
   * Gives a buffer back to all.
   * Returns  false when it could not: there is a place for every buffer, but a peer that was preempted may sit in the next.
   * Thread   the one that has it.
   */
  give(at: number): boolean {
    const list = this.lists[this.classOf(at)]!;
    const slotAt = list.offer();
    if (slotAt === FULL) return false;
    this.ints[slotAt >> 2] = at;
    list.publish(slotAt);
    return true;
  }

  /** About how many buffers of a class are in its list. Thread: any. */
  listed(sizeClass: number): number {
    return this.lists[sizeClass]!.size();
  }

  /** What a span is for. Thread: any. */
  state(span: number): number {
    return Atomics.load(this.ints, this.states + span);
  }

  /** Moves a span's state on, if it still is what it was. Thread: any. */
  move(span: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.ints, this.states + span, from, to) === from;
  }

  /** The class of a buffer. Thread: whoever has it. */
  classOf(at: number): number {
    return this.ints[this.states + (at >> SPAN_BITS)]! - SERVING;
  }

  /** Notes whose a buffer is now. Thread: the one that took it. */
  hold(at: number, holder: number): void {
    const word = this.holders + (at >> UNIT_BITS);
    if (this.ints[word] !== 0) broken("POOL_BUFFER_TAKEN_TWICE", at);
    this.ints[word] = holder + 1;
  }

  /** The same, when it is nobody's any more. */
  letGo(at: number, holder: number): void {
    const word = this.holders + (at >> UNIT_BITS);
    if (this.ints[word] !== holder + 1) broken("POOL_BUFFER_NOT_HELD", at);
    this.ints[word] = 0;
  }

  /** The buffer behind this one in a chain. Thread: their holder. */
  next(at: number): number {
    return this.ints[this.nexts + (at >> UNIT_BITS)]!;
  }

  chain(at: number, next: number): void {
    this.ints[this.nexts + (at >> UNIT_BITS)] = next;
  }

  /** Buffers that somebody holds: what a pool at rest has none of. Cold. */
  heldCount(): number {
    const count = (this.spans * SPAN_BYTES) >> UNIT_BITS;
    let held = 0;
    for (let i = 0; i < count; i++) if (Atomics.load(this.ints, this.holders + i) !== 0) held++;
    return held;
  }

  /**
   * Puts a free span into service, one with pages if there is one: all of its buffers are the caller's. Some are left
   * for the smallest buffers, see layout.ts.
   * Returns  where it begins, or EMPTY.
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
