import { GapQueue } from "./gap-queue.ts";

/** Room for messages behind a gap where nothing is configured. */
const HELD_BYTES = 262_144;

/** Queues that several sessions share: a session has one only while it holds messages behind a gap. */
export class GapQueues {
  private readonly queues: GapQueue[] = [];
  private readonly free: Int32Array;
  private count: number;

  constructor(bytes: number, queues: number) {
    this.free = new Int32Array(new ArrayBuffer(4 * queues));
    for (let i = 0; i < queues; i++) {
      this.queues.push(new GapQueue(bytes, i));
      this.free[i] = queues - 1 - i;
    }
    this.count = queues;
  }

  /** Of a session that shares with nobody. */
  static forOne(): GapQueues {
    return new GapQueues(HELD_BYTES, 1);
  }

  /** Lends an empty queue, or null while all are lent: what it would hold is asked for again. */
  take(): GapQueue | null {
    return this.count === 0 ? null : this.queues[this.free[--this.count]!]!;
  }

  /** Its last message may still be read until the next `take`. */
  give(queue: GapQueue): void {
    this.free[this.count++] = queue.index;
  }
}
