import { deserialize } from "node:v8";
import { type SnapshotJob, takeSnapshot } from "../../src/recovery/snapshot.ts";
import { stepBack } from "./step-back.ts";

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

function toStderr(line: string): void {
  console.error(`sallyport: ${line}`);
}
