import type { Rounds } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { STEAL_DOUBLE } from "../lane/words.ts";
import { StolenTime } from "./thread-counters.ts";

/** What is stolen within it before a stall may be taken for the cause of one that nothing else explains. */
const EVERY_MS = 500;

/**
 * Shows every lane what the hypervisor has taken of its CPU so far, so that a lane that stalls knows what it was before
 * without having read it: reading takes long on a machine with many CPUs.
 */
export class Stolen {
  private end: () => void = () => {};
  private readonly read: StolenTime[] = [];

  start(
    lanes: readonly { readonly wordsAt: number }[],
    views: Views,
    cpus: readonly (number | null)[],
    rounds: Rounds,
  ): void {
    const shown: [StolenTime, number][] = [];
    for (const [i, { wordsAt }] of lanes.entries()) {
      const cpu = cpus[i];
      if (typeof cpu === "number") shown.push([new StolenTime("/proc", cpu), (wordsAt >> 3) + STEAL_DOUBLE]);
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
    this.end = rounds.visit(EVERY_MS, show);
  }

  stop(): void {
    this.end();
    for (const time of this.read.splice(0)) time.close();
  }
}
