import { SCHED_FIFO, SCHED_OTHER, SCHED_PARAM_BYTES, SCHED_RESET_ON_FORK } from "./abi.ts";
import { checked, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

const param = new ArrayBuffer(SCRATCH_BYTES);
const priorityWord = new Int32Array(param, 0, SCHED_PARAM_BYTES >> 2);
const paramAt = addressOf(param);

const NAMES = ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "", "SCHED_IDLE", "SCHED_DEADLINE"];

/** How the kernel's scheduler treats a thread. */
export interface Scheduling {
  readonly policy: string;
  /** 1 to 99 under a real-time policy, else 0. */
  readonly priority: number;
  /** Threads it starts are ordinary ones. */
  readonly resetsOnFork: boolean;
}

/**
 * Lets a thread (0: this one) run until it waits, before all ordinary threads and those of lower priority. Threads that
 * it starts do not inherit that: the engine starts helpers when it likes.
 * Returns  0 or -errno (-EPERM: RLIMIT_RTPRIO is lower, and there is no CAP_SYS_NICE).
 */
export function setFifo(tid: number, priority: number): number {
  priorityWord[0] = priority;
  return result(libc.sched_setscheduler(tid, SCHED_FIFO | SCHED_RESET_ON_FORK, paramAt));
}

/** Takes a real-time policy back. Returns 0 or -errno. */
export function setOrdinary(tid: number): number {
  priorityWord[0] = 0;
  const kept = libc.sched_getscheduler(tid) & SCHED_RESET_ON_FORK;
  return result(libc.sched_setscheduler(tid, SCHED_OTHER | kept, paramAt));
}

/** What the kernel says of a thread (0: this one). */
export function scheduling(tid: number): Scheduling {
  const policy = checked(`sched_getscheduler thread ${tid}`, libc.sched_getscheduler(tid));
  checked(`sched_getparam thread ${tid}`, libc.sched_getparam(tid, paramAt));
  const number = policy & ~SCHED_RESET_ON_FORK;
  return {
    policy: NAMES[number] || `policy ${number}`,
    priority: priorityWord[0]!,
    resetsOnFork: (policy & SCHED_RESET_ON_FORK) !== 0,
  };
}
