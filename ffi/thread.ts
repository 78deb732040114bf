import { readFileSync } from "node:fs";
import { PR_GET_TIMERSLACK, PR_SET_NAME, PR_SET_TIMERSLACK, SYS_gettid } from "./abi.ts";
import { checked, EINVAL, SystemError } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, cString, SCRATCH_BYTES } from "./memory.ts";

/** CPUs are numbered below this. */
export const CPUS_MAX = 8192;
const MASK_BYTES = CPUS_MAX / 8;
const mask = new ArrayBuffer(SCRATCH_BYTES);
const maskBytes = new Uint8Array(mask);
const maskAt = addressOf(mask);

/** The kernel's number of this thread, as under /proc/self/task. */
export function threadId(): number {
  return libc.syscall(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

/** Lets a thread (0: this one) run only on these CPUs. */
export function pinThread(tid: number, cpus: readonly number[]): void {
  const call = `sched_setaffinity thread ${tid} to CPU ${cpus.join(",")}`;
  if (cpus.length === 0) throw new SystemError(call, EINVAL);
  maskBytes.fill(0, 0, MASK_BYTES);
  for (const cpu of cpus) {
    if (!(Number.isInteger(cpu) && cpu >= 0 && cpu < CPUS_MAX)) throw new SystemError(call, EINVAL);
    maskBytes[cpu >> 3]! |= 1 << (cpu & 7);
  }
  checked(call, libc.sched_setaffinity(tid, MASK_BYTES, maskAt));
}

/** The CPUs a thread (0: this one) may run on. */
export function threadCpus(tid: number): number[] {
  maskBytes.fill(0, 0, MASK_BYTES);
  checked(`sched_getaffinity thread ${tid}`, libc.sched_getaffinity(tid, MASK_BYTES, maskAt));
  const cpus: number[] = [];
  for (let cpu = 0; cpu < CPUS_MAX; cpu++) if ((maskBytes[cpu >> 3]! & (1 << (cpu & 7))) !== 0) cpus.push(cpu);
  return cpus;
}

/** Names this thread for top, ps and perf; the kernel keeps 15 bytes. */
export function setThreadName(name: string): void {
  checked("prctl PR_SET_NAME", libc.prctl(PR_SET_NAME, cString(name), 0, 0, 0));
}

/** How late timed waits of this thread may wake, so that the kernel can bundle them; it starts at 50,000. */
export function setTimerSlack(ns: number): void {
  checked("prctl PR_SET_TIMERSLACK", libc.prctl(PR_SET_TIMERSLACK, ns, 0, 0, 0));
}

export function timerSlack(): number {
  return checked("prctl PR_GET_TIMERSLACK", libc.prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
}

/** The CPUs that are switched on; where /sys is hidden, those this thread may use. */
export function onlineCpus(): number[] {
  const online = cpuList("/sys/devices/system/cpu/online");
  return online.length > 0 ? online : threadCpus(0);
}

/** The CPUs that the scheduler leaves alone (isolcpus); empty where there are none or the kernel does not tell. */
export function isolatedCpus(): number[] {
  return cpuList("/sys/devices/system/cpu/isolated");
}

function cpuList(path: string): number[] {
  try {
    return parseCpuList(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
}

/** The kernel's way of writing CPU sets: `0-2,5`. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const range of text.trim().split(",")) {
    if (range === "") continue;
    const [first, last = first] = range.split("-");
    for (let cpu = Number(first); cpu <= Number(last); cpu++) cpus.push(cpu);
  }
  return cpus;
}
