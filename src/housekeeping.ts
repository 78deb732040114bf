import { readdirSync } from "node:fs";
import { onlineCpus, pinThread } from "../ffi/thread.ts";
import { THREAD_WORD } from "./agent/lane-words.ts";
import type { Views } from "./base/views.ts";

const EVERY_MS = 1_000;

/** Of a plan no more than where each lane has its words. */
interface Lanes {
  readonly lanes: readonly { readonly wordsAt: number }[];
}

/**
 * Keeps every thread that is no lane (compiler, collector, pools, this one) off the lanes' CPUs. Such threads start when
 * they are first needed and inherit the mask of whoever needed them, so this is done again and again.
 */
export class Housekeeping {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly log: (line: string) => void) {}

  start(plan: Lanes, views: Views, cpus: readonly (number | null)[]): void {
    const pinned = new Set(cpus.filter((cpu) => cpu !== null));
    const rest = onlineCpus().filter((cpu) => !pinned.has(cpu));
    if (pinned.size === 0) return;
    if (rest.length === 0) {
      this.log("every CPU is given to a lane: the process's other threads share them");
      return;
    }
    const lanes = new Set(plan.lanes.map((lane) => Atomics.load(views.ints, (lane.wordsAt >> 2) + THREAD_WORD)));
    const sweep = (): void => {
      for (const name of readdirSync("/proc/self/task")) {
        const tid = Number(name);
        if (lanes.has(tid)) continue;
        try {
          pinThread(tid, rest);
        } catch {
          // The thread has ended since.
        }
      }
    };
    sweep();
    this.timer = setInterval(sweep, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
