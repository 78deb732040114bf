/** Between two rounds. */
const ROUND_MS = 500;

interface Visit {
  readonly everyRounds: number;
  readonly look: () => void;
}

/**
 * The main thread's rounds: whatever it looks at now and then, it does at one time. Each of its wake-ups interrupts somebody
 * where CPUs are few, so there are two a second, not one for each that looks.
 */
export class PeriodicTasks {
  private readonly visits = new Set<Visit>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private count = 0;

  /** Does not keep the process from ending. */
  start(): void {
    this.timer = setInterval(() => this.go(), ROUND_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Calls `look` every so often, a whole number of rounds. Returns what ends that. */
  every(everyMs: number, look: () => void): () => void {
    const every = { everyRounds: Math.max(1, Math.round(everyMs / ROUND_MS)), look };
    this.visits.add(every);
    return () => this.visits.delete(every);
  }

  /** One round. */
  go(): void {
    this.count++;
    for (const { everyRounds, look } of this.visits) if (this.count % everyRounds === 0) look();
  }
}
