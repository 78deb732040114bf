import { EMPTY, NONE } from "../base/units.ts";
import type { MainWakeup } from "../ring/main-wakeup.ts";
import type { Central } from "./central.ts";
import { CACHED, EXHAUSTED, GIVEN, IN_USE, PEAK, TAKEN } from "./counters.ts";
import { CLASS_BYTES, CLASSES, LARGEST, perSpan, SMALLEST } from "./layout.ts";

/** Most free buffers of each class in a lane's cache, and most bytes of them. */
const CACHE_BUFFERS = 16;
const CACHE_BYTES = 512 * 1024;
/** The part of the cache that is filled from, or moved to, the central list at a time. */
const SHARE = 2;
/** A cache that was not used for this long is moved to the central lists. */
const REST_NS = 1_000_000_000;
/** Attempts at a list that has buffers but gives none, because another thread was preempted while it used the list. */
const ATTEMPTS = 64;

/*  Places of a buffer, and moves between them:
 *
 *      lane's cache  ⇄  session       take, give: a stack of the lane, no shared memory is touched
 *           ⇅
 *      central list                   half a cache at a time when it is empty or full; all of it after a second without use
 */

/** One lane's access to the pool. Thread: that lane. */
export class Buffers {
  /** The cache of free buffers: a stack per class. */
  private readonly stacks: Int32Array;
  private readonly counts: Int32Array;
  private readonly rooms: Int32Array;
  /** A chain of buffers that could not be put into their central list yet. */
  private strays = NONE;
  private usedNs = 0;
  private used = false;

  constructor(
    readonly central: Central,
    /** Where the region is mapped. */
    readonly address: number,
    readonly counters: Float64Array,
    private readonly lane: number,
    /** Wakes the main thread when a span went into service: it prepares the next. */
    private readonly mainWakeup: MainWakeup | null = null,
  ) {
    this.stacks = new Int32Array(new ArrayBuffer(4096));
    this.counts = new Int32Array(new ArrayBuffer(4096));
    this.rooms = new Int32Array(new ArrayBuffer(4096));
    for (let i = 0; i < CLASSES; i++)
      this.rooms[i] = Math.max(SHARE, Math.min(CACHE_BUFFERS, CACHE_BYTES / CLASS_BYTES[i]!));
  }

  /**
   * Takes a buffer of this class, else of a smaller, else of a larger one. The smallest class is given only on request.
   * Returns  byte offset in the region, or EMPTY when the pool is exhausted.
   */
  take(sizeClass: number): number {
    this.used = true;
    const count = this.counts[sizeClass]! - 1;
    if (count < 0) return this.takeElsewhere(sizeClass);
    this.counts[sizeClass] = count;
    return this.taken(this.stacks[sizeClass * CACHE_BUFFERS + count]!, sizeClass);
  }

  /** Returns a buffer that this lane took. */
  give(at: number): void {
    const sizeClass = this.central.classOf(at);
    this.central.clearHolder(at, this.lane);
    const counters = this.counters;
    counters[GIVEN]!++;
    counters[IN_USE]! -= CLASS_BYTES[sizeClass]!;
    if (this.counts[sizeClass] === this.rooms[sizeClass]) this.share(sizeClass, this.rooms[sizeClass]! / SHARE);
    this.push(sizeClass, at);
    this.used = true;
  }

  bytesOf(at: number): number {
    return CLASS_BYTES[this.central.classOf(at)]!;
  }

  /** Periodically moves the cache to the central lists when this lane has not used it recently. */
  rest(nowNs: number): void {
    if (this.used) {
      this.used = false;
      this.usedNs = nowNs;
    } else if (this.counters[CACHED] === 0) return;
    else if (nowNs - this.usedNs > REST_NS) this.shareAll();
    this.counters[CACHED] = this.cachedBytes();
  }

  /** True while `rest` must be called again. */
  get restless(): boolean {
    return this.used || this.counters[CACHED]! > 0;
  }

  private cachedBytes(): number {
    let bytes = 0;
    for (let i = 0; i < CLASSES; i++) bytes += this.counts[i]! * CLASS_BYTES[i]!;
    for (let at = this.strays; at !== NONE; at = this.central.next(at)) bytes += this.bytesOf(at);
    return bytes;
  }

  /** Moves the whole cache to the central lists, as far as these take it. */
  shareAll(): void {
    let stray = this.strays;
    this.strays = NONE;
    while (stray !== NONE) {
      const next = this.central.next(stray);
      this.toAll(stray);
      stray = next;
    }
    for (let i = 0; i < CLASSES; i++) this.share(i, this.counts[i]!);
    this.counters[CACHED] = this.cachedBytes();
  }

  private taken(at: number, sizeClass: number): number {
    this.central.setHolder(at, this.lane);
    const counters = this.counters;
    const inUse = counters[IN_USE]! + CLASS_BYTES[sizeClass]!;
    counters[TAKEN]!++;
    counters[IN_USE] = inUse;
    if (inUse > counters[PEAK]!) counters[PEAK] = inUse;
    return at;
  }

  /** Takes a buffer when the cache has none of this class. */
  private takeElsewhere(sizeClass: number): number {
    let at = this.takeOf(sizeClass);
    if (at === EMPTY) at = this.takeAny(sizeClass);
    if (at !== EMPTY) return this.taken(at, this.central.classOf(at));
    this.counters[EXHAUSTED]!++;
    return EMPTY;
  }

  /** Takes a buffer of another class. Rare: the pool is nearly exhausted. */
  private takeAny(sizeClass: number): number {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      let at = this.takeStray(sizeClass);
      const least = sizeClass === SMALLEST ? SMALLEST : SMALLEST + 1;
      for (let other = sizeClass; at === EMPTY && other >= least; other--) at = this.takeOf(other);
      for (let other = sizeClass + 1; at === EMPTY && other <= LARGEST; other++) at = this.takeOf(other);
      if (at !== EMPTY || !this.anyListed(least)) return at;
      Atomics.pause();
    }
    return EMPTY;
  }

  private anyListed(least: number): boolean {
    for (let i = least; i < CLASSES; i++) if (this.central.listed(i) > 0) return true;
    return false;
  }

  private takeOf(sizeClass: number): number {
    if (this.counts[sizeClass] === 0) this.refill(sizeClass);
    const count = this.counts[sizeClass]! - 1;
    if (count < 0) return EMPTY;
    this.counts[sizeClass] = count;
    return this.stacks[sizeClass * CACHE_BUFFERS + count]!;
  }

  private takeStray(sizeClass: number): number {
    const at = this.strays;
    if (at === NONE || (sizeClass > SMALLEST && this.central.classOf(at) === SMALLEST)) return EMPTY;
    this.strays = this.central.next(at);
    return at;
  }

  private push(sizeClass: number, at: number): void {
    this.stacks[sizeClass * CACHE_BUFFERS + this.counts[sizeClass]!] = at;
    this.counts[sizeClass]!++;
  }

  /** Fills half the cache from the central list; cuts a new span only if the list is empty. */
  private refill(sizeClass: number): void {
    for (let i = 0; i < this.rooms[sizeClass]! / SHARE; i++) {
      const at = this.central.poll(sizeClass);
      if (at !== EMPTY) this.push(sizeClass, at);
      else if (i > 0 || !this.cut(sizeClass)) return;
    }
  }

  private cut(sizeClass: number): boolean {
    const first = this.central.serve(sizeClass);
    if (first === EMPTY) return false;
    if (this.mainWakeup !== null) this.mainWakeup.wake();
    const bytes = CLASS_BYTES[sizeClass]!;
    for (let i = 1; i < perSpan(sizeClass); i++) this.toAll(first + i * bytes);
    this.push(sizeClass, first);
    return true;
  }

  private share(sizeClass: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const left = this.counts[sizeClass]! - 1;
      this.counts[sizeClass] = left;
      this.toAll(this.stacks[sizeClass * CACHE_BUFFERS + left]!);
    }
  }

  /** Puts a free buffer into its central list, or keeps it as a stray until there is a place. */
  private toAll(at: number): void {
    if (this.central.give(at)) return;
    this.central.chain(at, this.strays);
    this.strays = at;
  }
}

/** The smallest class, from `least` on, whose buffers hold this many bytes; the largest if none does. */
export function classFor(bytes: number, least: number): number {
  for (let i = least; i < LARGEST; i++) if (CLASS_BYTES[i]! >= bytes) return i;
  return LARGEST;
}
