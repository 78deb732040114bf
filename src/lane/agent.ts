/** One entry in a lane's order of turns. */
export interface Polled {
  readonly name: string;
  /**
   * Does a bounded amount of work.
   * Returns  the amount of work done; 0 lets the lane idle.
   */
  poll(nowNs: number): number;
}

/** One job on a lane. Agents communicate through rings only, also when they share a lane. */
export interface Agent extends Polled {
  /** Allocates its memory and reads its state from the journal. Nothing after `open` allocates. */
  open(nowNs: number): void;
  /** When it must be polled next even if nothing arrives, monotonic nanoseconds; Infinity: never. */
  deadlineNs(): number;
  /** Begins to shut down cleanly: listeners close, sessions log out. It is polled until `stopped`. */
  stop(nowNs: number): void;
  stopped(): boolean;
  /** Closes everything that is still open. Called last. */
  close(): void;
}
