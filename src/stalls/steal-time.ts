import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { STEAL_DOUBLE } from "../lane/words.ts";
import { StealTime } from "./thread-counters.ts";

/** What is stolen within it before a stall may be taken for the cause of one that nothing else explains. */
const EVERY_MS = 500;

/**
 * Shows every lane what the hypervisor has taken of its CPU so far, so that a lane that stalls knows what it was before
 * without having read it: reading takes long on a machine with many CPUs.
 */
export class StealTimePublisher {
  private end: () => void = () => {};
  private readonly read: StealTime[] = [];

  start(
    lanes: readonly { readonly wordsAt: number }[],
    views: Views,
    cpus: readonly (number | null)[],
    periodicTasks: PeriodicTasks,
  ): void {
    const shown: [StealTime, number][] = [];
    for (const [i, { wordsAt }] of lanes.entries()) {
      const cpu = cpus[i];
      if (typeof cpu === "number") shown.push([new StealTime("/proc", cpu), (wordsAt >> 3) + STEAL_DOUBLE]);
    }
    if (shown.length === 0) return;
    this.read.push(...shown.map(([time]) => time));
    const show = (): void => {
      for (const [time, at] of shown) {
        time.read();
        views.doubles[at] = time.ns;
      }
    };
    show();
    this.end = periodicTasks.every(EVERY_MS, show);
  }

  stop(): void {
    this.end();
    for (const time of this.read.splice(0)) time.close();
  }
}
