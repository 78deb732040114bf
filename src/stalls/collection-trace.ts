import { heapSize } from "bun:jsc";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { COLLECTIONS_DOUBLE, HEAP_DOUBLE } from "../lane/words.ts";
import type { Collecting, CollectionView } from "../operation/collections.ts";
import { Collections } from "./collections.ts";
import { StallReader } from "./reader.ts";

const EVERY_MS = 500;
/** During a capture, and while somebody follows, the main thread looks this often; how late it is then bounds how long it stood still. */
const CLOSELY_EVERY_MS = 10;
const KEPT = 1_000;
/** A stall this long before its collection was seen may be the collection's. */
const STALL_WITHIN_US = 1_000_000;

/** A lane whose collections are watched. */
export interface TracedLane {
  readonly name: string;
  readonly wordsAt: number;
  readonly stallsAt: number;
  readonly agents: readonly { readonly name: string }[];
}

/** Keeps the last garbage collections of all threads. Main thread. */
export class CollectionTrace implements Collecting {
  private readonly seen = new Collections();
  private readonly readers: readonly StallReader[];
  private readonly counts: number[];
  private readonly kept: CollectionView[] = [];
  private readonly followers = new Set<(collection: CollectionView) => void>();
  private end: () => void = () => {};
  /** How many want close looks, and the timer of these. */
  private closeCount = 0;
  private timer: ReturnType<typeof setInterval> | undefined;
  /** The main thread's heap at the last look. */
  private heapBytes = 0;

  constructor(
    private readonly views: Views,
    private readonly lanes: readonly TracedLane[],
  ) {
    this.readers = lanes.map(
      ({ stallsAt, agents }) =>
        new StallReader(
          views,
          stallsAt,
          agents.map(({ name }) => name),
        ),
    );
    this.counts = lanes.map(() => 0);
  }

  start(periodicTasks: PeriodicTasks): void {
    this.end = periodicTasks.every(EVERY_MS, () => {
      if (this.closeCount === 0) this.check(null);
    });
  }

  stop(): void {
    this.end();
  }

  list(): CollectionView[] {
    return this.kept.toReversed();
  }

  follow(take: (collection: CollectionView) => void): () => void {
    this.followers.add(take);
    const end = this.closely();
    return () => {
      if (this.followers.delete(take)) end();
    };
  }

  /** Looks often from now on. Returns  a function that ends it, to be called once. */
  closely(): () => void {
    if (this.closeCount++ === 0) this.beginCloseLooks();
    return () => {
      if (--this.closeCount === 0) clearInterval(this.timer);
    };
  }

  private beginCloseLooks(): void {
    // What was collected before has no length.
    this.check(null);
    let lastMs = performance.now();
    this.timer = setInterval(() => {
      const nowMs = performance.now();
      this.check(Math.max(0, nowMs - lastMs - CLOSELY_EVERY_MS) * 1000);
      lastMs = nowMs;
    }, CLOSELY_EVERY_MS);
    this.timer.unref();
  }

  /** `lateUs`: how late this look is; null: not known. */
  check(lateUs: number | null): void {
    const heapBytes = heapSize();
    if (this.seen.check() > 0) {
      const isClose = lateUs !== null;
      const freedBytes = isClose ? Math.max(0, this.heapBytes - heapBytes) : null;
      this.keep({ thread: "main", count: 1, stoodStillUs: isClose ? Math.round(lateUs) : null, heapBytes, freedBytes });
    }
    this.heapBytes = heapBytes;
    for (const [i, { name, wordsAt }] of this.lanes.entries()) {
      const count = this.views.doubles[(wordsAt >> 3) + COLLECTIONS_DOUBLE]!;
      const more = count - this.counts[i]!;
      if (more <= 0) continue;
      this.counts[i] = count;
      const heapBytes = this.views.doubles[(wordsAt >> 3) + HEAP_DOUBLE]!;
      this.keep({ thread: name, count: more, stoodStillUs: this.stallOf(i), heapBytes, freedBytes: null });
    }
  }

  private stallOf(lane: number): number | null {
    const sinceUs = Date.now() * 1000 - STALL_WITHIN_US;
    const stalls = this.readers[lane]!.records().filter(({ cause, atUs }) => cause === "collection" && atUs >= sinceUs);
    return stalls.length === 0 ? null : Math.round(Math.max(...stalls.map(({ gapUs }) => gapUs)));
  }

  private keep(seen: Omit<CollectionView, "seenAt">): void {
    const collection = { ...seen, seenAt: new Date().toISOString() };
    this.kept.push(collection);
    if (this.kept.length > KEPT) this.kept.shift();
    for (const take of this.followers) take(collection);
  }
}
