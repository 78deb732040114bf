/** A garbage collection that was seen, or several between two looks. */
export interface CollectionView {
  /** `main`, or `lane 0 (client0 core venue0)`. */
  readonly thread: string;
  /** When it was seen, ISO 8601, UTC: up to half a second after it. */
  readonly seenAt: string;
  readonly count: number;
  /**
   * How long the thread stood still, microseconds: of a lane its stall, of the main thread an upper bound, and only during a
   * capture or while somebody follows; null: not measured, or shorter than a stall.
   */
  readonly stoodStillUs: number | null;
  /** Of the thread's heap, after it. */
  readonly heapBytes: number;
  /** Of the main thread's heap, since at most 10 ms before; null: of a lane, or not measured. */
  readonly freedBytes: number | null;
}

/** Watches the collections of all threads. Main thread. */
export interface Collecting {
  /** The last ones, newest first. */
  list(): CollectionView[];
  /** Calls `take` with each one that is seen from now on, within some 10 ms. Returns  a function that ends it. */
  follow(take: (collection: CollectionView) => void): () => void;
}
