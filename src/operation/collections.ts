/** A garbage collection that was seen, or several between two looks. */
export interface CollectionView {
  /** `main`, or `lane 0 (client0 core venue0)`. */
  readonly thread: string;
  /** When it was seen, ISO 8601, UTC: up to half a second after it. */
  readonly seenAt: string;
  readonly count: number;
  /**
   * How long the thread stood still, microseconds: of a lane its stall, of the main thread an upper bound, and only during a
   * capture; null: not measured, or shorter than a stall.
   */
  readonly stoodStillUs: number | null;
  /** Of the thread's heap, after it. */
  readonly heapBytes: number;
}

/** Watches the collections of all threads. Main thread. */
export interface Collecting {
  /** The last ones, newest first. */
  list(): CollectionView[];
}
