import { setPriority } from "node:os";
import { type SnapshotJob, takeSnapshot } from "../src/snapshot.ts";

const LEAST_URGENT = 19;

/**
 * Makes a snapshot of a running gateway's journal; the gateway starts this and writes the job to its input.
 * Returns  the process's exit code.
 */
export async function snapshotCommand(): Promise<number> {
  try {
    setPriority(LEAST_URGENT);
    takeSnapshot((await Bun.stdin.json()) as SnapshotJob, say);
    return 0;
  } catch (error) {
    say((error as Error).message);
    return 1;
  }
}

function say(line: string): void {
  console.error(`sallyport: ${line}`);
}
