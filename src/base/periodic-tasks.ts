/** Between two rounds. */
const TICK_MS = 500;

interface Task {
  readonly everyTicks: number;
  readonly run: () => void;
}

/**
 * The main thread's rounds: whatever it looks at now and then, it does at one time. Each of its wake-ups interrupts somebody
 * where CPUs are few, so there are two a second, not one for each that looks.
 */
export class PeriodicTasks {
  private readonly tasks = new Set<Task>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private count = 0;

  /** Does not keep the process from ending. */
  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Calls `run` every so often, a whole number of rounds. Returns what ends that. */
  every(everyMs: number, run: () => void): () => void {
    const every = { everyTicks: Math.max(1, Math.round(everyMs / TICK_MS)), run };
    this.tasks.add(every);
    return () => this.tasks.delete(every);
  }

  /** One round. */
  tick(): void {
    this.count++;
    for (const { everyTicks, run } of this.tasks) if (this.count % everyTicks === 0) run();
  }
}
