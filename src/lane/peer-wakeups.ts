import { Wakeup } from "../../ffi/poller.ts";
import type { Views } from "../base/views.ts";
import { PARKED_WORD, WAKEUP_WORD } from "./words.ts";

/** A counter that advances when there is something for another lane: a ring's tail, or a journal position. */
export interface Moving {
  readonly tail: number;
}

/** A word of shared memory as such a counter. */
export class MovingWord implements Moving {
  constructor(
    private readonly ints: Int32Array,
    private readonly word: number,
  ) {}

  get tail(): number {
    return this.ints[this.word]!;
  }
}

/** Wakes parked lanes for which this lane has written something. */
export class PeerWakeups {
  private readonly rings: Moving[] = [];
  private readonly lanes: number[] = [];
  private readonly seen: Int32Array;
  private readonly wakeups: (Wakeup | null)[];

  constructor(
    private readonly shared: Views,
    /** Where each lane's words begin, by lane. */
    private readonly wordsAt: readonly number[],
    maxRings: number,
  ) {
    this.seen = new Int32Array(new ArrayBuffer(4 * Math.max(1024, maxRings)));
    this.wakeups = wordsAt.map(() => null);
  }

  /** `ring` is written on this lane and read on `lane`. */
  add(ring: Moving, lane: number): void {
    this.seen[this.rings.length] = ring.tail;
    this.rings.push(ring);
    this.lanes.push(lane);
  }

  /** Called once every lane is open; their descriptors are known then. */
  connect(): void {
    for (let i = 0; i < this.wordsAt.length; i++) {
      this.wakeups[i] = new Wakeup(Atomics.load(this.shared.ints, (this.wordsAt[i]! >> 2) + WAKEUP_WORD));
    }
  }

  /** Wakes the readers of rings that have advanced. Called after a turn that did work. */
  wake(): void {
    for (let i = 0; i < this.rings.length; i++) {
      const tail = this.rings[i]!.tail;
      if (tail === this.seen[i]) continue;
      this.seen[i] = tail;
      const lane = this.lanes[i]!;
      if (Atomics.load(this.shared.ints, (this.wordsAt[lane]! >> 2) + PARKED_WORD) === 1) this.wakeups[lane]!.wake();
    }
  }
}
