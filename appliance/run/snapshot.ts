import { writeFileSync } from "node:fs";
import { setPriority } from "node:os";
import { deserialize } from "node:v8";
import { type SnapshotJob, takeSnapshot } from "../../src/recovery/snapshot.ts";

const LEAST_URGENT = 19;

/**
 * Writes a snapshot of a running gateway's journal; the gateway starts this and writes the job to standard input.
 * Returns  the process's exit code.
 */
export async function snapshotCommand(): Promise<number> {
  stepBack();
  try {
    takeSnapshot(deserialize(await Bun.stdin.bytes()) as SnapshotJob, toStderr);
    return 0;
  } catch (error) {
    toStderr((error as Error).message);
    return 1;
  }
}

/** Lowers the priority of this process, and makes it the first to be killed when memory runs out. */
function stepBack(): void {
  try {
    setPriority(LEAST_URGENT);
    writeFileSync("/proc/self/oom_score_adj", "500");
  } catch {
    // Not permitted: it runs at the gateway's priority.
  }
}

function toStderr(line: string): void {
  console.error(`sallyport: ${line}`);
}
