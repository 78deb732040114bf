import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { STEAL_DOUBLE } from "../lane/words.ts";
import { StealTime } from "./thread-counters.ts";

/** Steal time within this time before a stall may be counted for the stall. */
const EVERY_MS = 500;

/**
 * Publishes the steal time of each lane's CPU in the lane's words. A lane that stalls compares with it and need not read the
 * count before: a reading is slow on machines with many CPUs.
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
    const published: [StealTime, number][] = [];
    for (const [i, { wordsAt }] of lanes.entries()) {
      const cpu = cpus[i];
      if (typeof cpu === "number") published.push([new StealTime("/proc", cpu), (wordsAt >> 3) + STEAL_DOUBLE]);
    }
    if (published.length === 0) return;
    this.read.push(...published.map(([time]) => time));
    const publish = (): void => {
      for (const [time, at] of published) {
        time.read();
        views.doubles[at] = time.ns;
      }
    };
    publish();
    this.end = periodicTasks.every(EVERY_MS, publish);
  }

  stop(): void {
    this.end();
    for (const time of this.read.splice(0)) time.close();
  }
}
