import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { type SnapshotJob, takeSnapshot } from "../../src/snapshot.ts";

const LEAST_URGENT = 19;

/**
 * Makes a snapshot of a running gateway's journal; the gateway starts this and writes the job to its input.
 * Returns  the process's exit code.
 */
export async function snapshotCommand(): Promise<number> {
  stepBack();
  try {
    takeSnapshot((await Bun.stdin.json()) as SnapshotJob, say);
    return 0;
  } catch (error) {
    say((error as Error).message);
    return 1;
  }
}

/** It may wait, and if memory runs out this process goes, not the gateway. Where that is forbidden it works all the same. */
function stepBack(): void {
  try {
    setPriority(LEAST_URGENT);
    writeFileSync("/proc/self/oom_score_adj", "500");
  } catch {
    // As urgent as the gateway's own main thread, then.
  }
}

function say(line: string): void {
  console.error(`sallyport: ${line}`);
}
