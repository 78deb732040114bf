import { RUSAGE_BYTES, RUSAGE_MAJFLT_AT, RUSAGE_MINFLT_AT, RUSAGE_NIVCSW_AT, RUSAGE_THREAD } from "./abi.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

const usage = new ArrayBuffer(Math.max(SCRATCH_BYTES, RUSAGE_BYTES));
const words = new Int32Array(usage);
const usageAt = addressOf(usage);

/** Has the kernel count anew what has happened to the calling thread; about 0.3 µs. */
export function readUsage(): void {
  libc.getrusage(RUSAGE_THREAD, usageAt);
}

/** As of the last readUsage: how often the thread was pushed aside by another. */
export function forcedSwitches(): number {
  return count(RUSAGE_NIVCSW_AT);
}

/** As of the last readUsage: pages that were there and had to be mapped, or were filled with zeros. */
export function minorFaults(): number {
  return count(RUSAGE_MINFLT_AT);
}

/** As of the last readUsage: pages that had to come from a disk. */
export function majorFaults(): number {
  return count(RUSAGE_MAJFLT_AT);
}

function count(at: number): number {
  return (words[at >> 2]! >>> 0) + words[(at >> 2) + 1]! * 2 ** 32;
}
