import { readdirSync } from "node:fs";
import { CpuMask, confineThread } from "../../ffi/thread.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";

const EVERY_MS = 1_000;

/** Thread ids of this process. */
export function threads(): number[] {
  return readdirSync("/proc/self/task").map(Number);
}

/** The same; none while no descriptor is left to read them: then a later sweep finds them. */
function threadsNow(): number[] {
  try {
    return threads();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EMFILE" || code === "ENFILE") return [];
    throw error;
  }
}

/**
 * Changes every thread of the process but those that are spared: compiler, collector, pools, the main thread. Such threads start when
 * they are first needed, with the CPU mask and the time slice of the thread that needed them, so the sweep is repeated.
 */
export class ThreadSweep {
  /** Ids of the threads that were changed. */
  readonly changed = new Set<number>();
  private end: () => void = () => {};

  constructor(
    /** Returns  1 when the thread was changed; anything else when it was right, or has ended. */
    private readonly change: (tid: number) => number,
    /** Ids of the threads that stay as they are. */
    private readonly spared: () => ReadonlySet<number>,
  ) {}

  /** Sweeps now and every second. */
  start(periodicTasks: PeriodicTasks): void {
    this.sweep();
    this.end = periodicTasks.every(EVERY_MS, () => this.sweep());
  }

  stop(): void {
    this.end();
  }

  sweep(): void {
    const spared = this.spared();
    for (const tid of threadsNow()) if (!spared.has(tid) && this.change(tid) === 1) this.changed.add(tid);
  }
}

/** A sweep that keeps threads on these CPUs. */
export function cpuSweep(cpus: readonly number[], spared: () => ReadonlySet<number>): ThreadSweep {
  const mask = new CpuMask(cpus);
  return new ThreadSweep((tid) => confineThread(tid, mask), spared);
}
