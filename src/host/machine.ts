import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isolatedCpus, permittedCpus, threadCpus } from "../../ffi/thread.ts";

/** What of a machine decides where threads can go and under which policy. */
export interface Machine {
  /** CPUs that the scheduler leaves alone. */
  readonly isolated: readonly number[];
  /** CPUs that the process's cpuset lets it have. */
  readonly permitted: readonly number[];
  /** CPUs that it was started on. */
  readonly started: readonly number[];
  /** Microseconds of each period that real-time threads may have together; -1: all of it. Null where it is not told. */
  readonly realTimeUs: number | null;
  readonly realTimePeriodUs: number | null;
  /** How long a CPU takes to leave the deepest idle state that it may enter. */
  readonly deepestIdleUs: number;
}

/** The machine, as the main thread sees it; what /proc and /sys say may come from a made-up tree below `root`. */
export function readMachine(root = ""): Machine {
  return {
    isolated: isolatedCpus(root),
    permitted: permittedCpus(),
    started: threadCpus(0),
    realTimeUs: numberIn(`${root}/proc/sys/kernel/sched_rt_runtime_us`),
    realTimePeriodUs: numberIn(`${root}/proc/sys/kernel/sched_rt_period_us`),
    deepestIdleUs: deepestIdleUs(`${root}/sys/devices/system/cpu/cpu0/cpuidle`),
  };
}

/** 0 where the kernel has no idle states, or is not told: in a virtual machine for one, whose CPUs sleep as the host's do. */
function deepestIdleUs(folder: string): number {
  if (!existsSync(folder)) return 0;
  const latencies = readdirSync(folder)
    .filter((state) => numberIn(`${folder}/${state}/disable`) !== 1)
    .map((state) => numberIn(`${folder}/${state}/latency`) ?? 0);
  return Math.max(0, ...latencies);
}

function numberIn(path: string): number | null {
  try {
    const text = readFileSync(path, "utf8").trim();
    return /^-?\d+$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}
