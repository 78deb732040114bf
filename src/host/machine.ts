import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isolatedCpus, permittedCpus, threadCpus } from "../../ffi/thread.ts";

/** Properties of the machine that decide where threads run and under which policy. */
export interface Machine {
  /** CPUs on which the scheduler places no thread by itself. */
  readonly isolated: readonly number[];
  /** CPUs in the process's cpuset. */
  readonly permitted: readonly number[];
  /** CPUs of the process at its start. */
  readonly started: readonly number[];
  /** Microseconds of each period that real-time threads may have together; -1: all of it. Null where /proc is hidden. */
  readonly realTimeUs: number | null;
  readonly realTimePeriodUs: number | null;
  /** Time that a CPU takes to leave its deepest enabled idle state. */
  readonly deepestIdleUs: number;
}

/** Reads the machine on the main thread; a test gives a tree with its own /proc and /sys as `root`. */
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

/** 0 where the kernel lists no idle states, as in a virtual machine, whose CPUs sleep as the host's do. */
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
