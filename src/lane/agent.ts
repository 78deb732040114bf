/** What a lane's turn goes through. */
export interface Polled {
  readonly name: string;
  /**
   * Does a bounded amount of work.
   * Returns  how much; 0 lets the lane idle.
   */
  poll(nowNs: number): number;
}

/** One job on a lane. Agents only ever talk through rings, also when they share a lane. */
export interface Agent extends Polled {
  /** Takes its memory, reads what the journal holds of it. May allocate; nothing after it may. */
  open(nowNs: number): void;
  /** When it next must be polled though nothing arrives, in monotonic nanoseconds; Infinity when never. */
  deadlineNs(): number;
  /** Asks it to end in order (listeners close, sessions log out); it is polled on until `stopped`. */
  stop(nowNs: number): void;
  stopped(): boolean;
  /** Last act on the lane: closes what is still open. */
  close(): void;
}
