import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";

const LEAST_URGENT = 19;

/** Lowers the priority of this process, and makes it the first to be killed when memory runs out. */
export function stepBack(): void {
  try {
    setPriority(LEAST_URGENT);
    writeFileSync("/proc/self/oom_score_adj", "500");
  } catch {
    // Not permitted: it runs at the gateway's priority.
  }
}
