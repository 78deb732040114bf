import { readFileSync } from "node:fs";
import { PR_GET_TIMERSLACK, PR_SET_NAME, PR_SET_PDEATHSIG, PR_SET_TIMERSLACK, SIGTERM, SYS_gettid } from "./abi.ts";
import { checked, EINVAL, result, SystemError } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, cString, SCRATCH_BYTES } from "./memory.ts";

/** CPU numbers are below this. */
const CPUS_MAX = 8192;
const MASK_BYTES = CPUS_MAX / 8;
const mask = new ArrayBuffer(SCRATCH_BYTES);
const maskBytes = new Uint8Array(mask);
const maskWords = new Int32Array(mask, 0, MASK_BYTES >> 2);
const maskAt = addressOf(mask);

/** The kernel's id of this thread, as in /proc/self/task. */
export function threadId(): number {
  return libc.syscall(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

/** Pins a thread (0: this one) to these CPUs. */
export function pinThread(tid: number, cpus: readonly number[]): void {
  const call = `sched_setaffinity thread ${tid} to CPU ${cpus.join(",")}`;
  fillMask(call, cpus);
  checked(call, libc.sched_setaffinity(tid, MASK_BYTES, maskAt));
}

function fillMask(call: string, cpus: readonly number[]): void {
  if (cpus.length === 0) throw new SystemError(call, EINVAL);
  maskBytes.fill(0, 0, MASK_BYTES);
  for (const cpu of cpus) {
    if (!(Number.isInteger(cpu) && cpu >= 0 && cpu < CPUS_MAX)) throw new SystemError(call, EINVAL);
    maskBytes[cpu >> 3]! |= 1 << (cpu & 7);
  }
}

/** The CPUs a thread (0: this one) may run on. */
export function threadCpus(tid: number): number[] {
  maskBytes.fill(0, 0, MASK_BYTES);
  checked(`sched_getaffinity thread ${tid}`, libc.sched_getaffinity(tid, MASK_BYTES, maskAt));
  const cpus: number[] = [];
  for (let cpu = 0; cpu < CPUS_MAX; cpu++) if ((maskBytes[cpu >> 3]! & (1 << (cpu & 7))) !== 0) cpus.push(cpu);
  return cpus;
}

/**
 * CPUs of this thread's cpuset, whatever mask it was started with. Sets the mask to all CPUs, which the kernel reduces to the
 * cpuset, and restores it.
 */
export function permittedCpus(): number[] {
  const before = threadCpus(0);
  maskBytes.fill(255, 0, MASK_BYTES);
  if (libc.sched_setaffinity(0, MASK_BYTES, maskAt) < 0) return before;
  const permitted = threadCpus(0);
  pinThread(0, before);
  return permitted;
}

/** A CPU mask encoded for the kernel, for repeated use. Lives as long as the thread. */
export class CpuMask {
  readonly words: Int32Array;
  readonly address: number;

  constructor(readonly cpus: readonly number[]) {
    fillMask(`sched_setaffinity to CPU ${cpus.join(",")}`, cpus);
    const memory = mask.slice(0);
    this.words = new Int32Array(memory, 0, MASK_BYTES >> 2);
    this.address = addressOf(memory);
  }
}

/**
 * Pins a thread to these CPUs if its mask is different.
 * Returns  1 when the mask was changed, 0 when it was right, or -errno (-ESRCH: the thread has ended).
 */
export function confineThread(tid: number, mask: CpuMask): number {
  maskBytes.fill(0, 0, MASK_BYTES);
  const asked = result(libc.sched_getaffinity(tid, MASK_BYTES, maskAt));
  if (asked < 0) return asked;
  let i = 0;
  while (i < mask.words.length && mask.words[i] === maskWords[i]) i++;
  if (i === mask.words.length) return 0;
  const set = result(libc.sched_setaffinity(tid, MASK_BYTES, mask.address));
  return set < 0 ? set : 1;
}

/** Names this thread for top, ps and perf; the kernel keeps 15 bytes. */
export function setThreadName(name: string): void {
  checked("prctl PR_SET_NAME", libc.prctl(PR_SET_NAME, cString(name), 0, 0, 0));
}

/** Has the kernel send SIGTERM to this process when the thread that started it ends, however it ends. */
export function endWithParent(): void {
  checked("prctl PR_SET_PDEATHSIG", libc.prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0));
}

/** How late timed waits of this thread may wake, so that the kernel can bundle them; it starts at 50,000. */
export function setTimerSlack(ns: number): void {
  checked("prctl PR_SET_TIMERSLACK", libc.prctl(PR_SET_TIMERSLACK, ns, 0, 0, 0));
}

export function timerSlack(): number {
  return checked("prctl PR_GET_TIMERSLACK", libc.prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
}

const CPU_DIRECTORY = "/sys/devices/system/cpu";

/** The online CPUs; where /sys is hidden, those of this thread. `root`: a test's tree in place of the machine's. */
export function onlineCpus(root = ""): number[] {
  const online = cpuList(`${root}${CPU_DIRECTORY}/online`);
  return online.length > 0 ? online : threadCpus(0);
}

/** The isolated CPUs (isolcpus); empty where there are none or the kernel does not report them. */
export function isolatedCpus(root = ""): number[] {
  return cpuList(`${root}${CPU_DIRECTORY}/isolated`);
}

function cpuList(path: string): number[] {
  try {
    return parseCpuList(readFileSync(path, "utf8"));
  } catch {
    return [];
  }
}

/** Parses the kernel's text of a CPU set: `0-2,5`. */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const range of text.trim().split(",")) {
    if (range === "") continue;
    const [first, last = first] = range.split("-");
    for (let cpu = Number(first); cpu <= Number(last); cpu++) cpus.push(cpu);
  }
  return cpus;
}

/** Inverse of parseCpuList. */
export function cpuListText(cpus: readonly number[]): string {
  const sorted = [...cpus].sort((a, b) => a - b);
  const ranges: [first: number, last: number][] = [];
  for (const cpu of sorted) {
    const range = ranges.at(-1);
    if (range !== undefined && cpu === range[1] + 1) range[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}
