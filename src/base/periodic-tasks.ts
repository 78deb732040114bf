/** Time between two ticks. */
const TICK_MS = 500;

interface Task {
  readonly everyTicks: number;
  readonly run: () => void;
}

/**
 * Runs the main thread's periodic tasks on one timer. Each wake-up of the main thread may interrupt a lane on a machine with
 * few CPUs, so there are two a second, not one for each task.
 */
export class PeriodicTasks {
  private readonly tasks = new Set<Task>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private count = 0;

  /** Starts the timer, which does not keep the process alive. */
  start(): void {
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Calls `run` at this interval, rounded to whole ticks. Returns a function that ends it. */
  every(everyMs: number, run: () => void): () => void {
    const task = { everyTicks: Math.max(1, Math.round(everyMs / TICK_MS)), run };
    this.tasks.add(task);
    return () => this.tasks.delete(task);
  }

  /** Runs the tasks that are due. */
  tick(): void {
    this.count++;
    for (const { everyTicks, run } of this.tasks) if (this.count % everyTicks === 0) run();
  }
}
