import { readdirSync } from "node:fs";
import { CpuMask, confineThread } from "../../ffi/thread.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";

const EVERY_MS = 1_000;

/** Thread ids of this process. */
export function threads(): number[] {
  return readdirSync("/proc/self/task").map(Number);
}

/**
 * Keeps every thread that is no lane (compiler, collector, pools, the main thread) on the CPUs that no lane has. Such
 * threads start when they are first needed, with the CPU mask of the thread that needed them, so the sweep is repeated.
 */
export class ThreadSweep {
  /** Ids of the threads that were found on other CPUs. */
  readonly moved = new Set<number>();
  private readonly mask: CpuMask;
  private end: () => void = () => {};

  constructor(
    readonly cpus: readonly number[],
    /** Ids of the threads that are not moved. */
    private readonly spared: () => ReadonlySet<number>,
  ) {
    this.mask = new CpuMask(cpus);
  }

  /** Sweeps now and every second. */
  start(periodicTasks: PeriodicTasks): void {
    this.sweep();
    this.end = periodicTasks.every(EVERY_MS, () => this.sweep());
  }

  stop(): void {
    this.end();
  }

  /** Returns  the number of threads that were on other CPUs. */
  sweep(): number {
    const spared = this.spared();
    let count = 0;
    for (const tid of threads()) {
      // A thread that has ended since cannot be moved.
      if (spared.has(tid) || confineThread(tid, this.mask) !== 1) continue;
      this.moved.add(tid);
      count++;
    }
    return count;
  }
}
