import { readdirSync } from "node:fs";
import { CpuMask, confineThread } from "../../ffi/thread.ts";
import type { PeriodicTasks } from "../base/periodic-tasks.ts";

const EVERY_MS = 1_000;

/** The numbers of this process's threads. */
export function threads(): number[] {
  return readdirSync("/proc/self/task").map(Number);
}

/**
 * Keeps every thread that is no lane (compiler, collector, pools, the main thread) on the CPUs that no lane has. Such
 * threads start when they are first needed and inherit the mask of whoever needed them, so this is done again and again.
 */
export class ThreadSweep {
  /** Threads that were found elsewhere, by their numbers. */
  readonly moved = new Set<number>();
  private readonly mask: CpuMask;
  private end: () => void = () => {};

  constructor(
    readonly cpus: readonly number[],
    /** Threads that are left where they are. */
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

  /** Returns  the number of threads that it found elsewhere. */
  sweep(): number {
    const spared = this.spared();
    let count = 0;
    for (const tid of threads()) {
      // What has ended since cannot be moved, and need not be.
      if (spared.has(tid) || confineThread(tid, this.mask) !== 1) continue;
      this.moved.add(tid);
      count++;
    }
    return count;
  }
}
