import { RUSAGE_BYTES, RUSAGE_MAJFLT_AT, RUSAGE_MINFLT_AT, RUSAGE_NIVCSW_AT, RUSAGE_THREAD } from "./abi.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

const usage = new ArrayBuffer(Math.max(SCRATCH_BYTES, RUSAGE_BYTES));
const words = new Int32Array(usage);
const usageAt = addressOf(usage);

/** Reads the calling thread's counters from the kernel; about 0.3 µs. */
export function readUsage(): void {
  libc.getrusage(RUSAGE_THREAD, usageAt);
}

/** Involuntary context switches, as of the last readUsage. */
export function forcedSwitches(): number {
  return count(RUSAGE_NIVCSW_AT);
}

/** Faults on pages in memory or new pages, as of the last readUsage. */
export function minorFaults(): number {
  return count(RUSAGE_MINFLT_AT);
}

/** Faults on pages that were read from a disk, as of the last readUsage. */
export function majorFaults(): number {
  return count(RUSAGE_MAJFLT_AT);
}

function count(at: number): number {
  return (words[at >> 2]! >>> 0) + words[(at >> 2) + 1]! * 2 ** 32;
}
