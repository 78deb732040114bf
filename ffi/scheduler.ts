import { SCHED_FIFO, SCHED_OTHER, SCHED_PARAM_BYTES, SCHED_RESET_ON_FORK } from "./abi.ts";
import { checked, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

const param = new ArrayBuffer(SCRATCH_BYTES);
const priorityWord = new Int32Array(param, 0, SCHED_PARAM_BYTES >> 2);
const paramAt = addressOf(param);

const NAMES = ["SCHED_OTHER", "SCHED_FIFO", "SCHED_RR", "SCHED_BATCH", "", "SCHED_IDLE", "SCHED_DEADLINE"];

/** Scheduling policy of a thread. */
export interface Scheduling {
  readonly policy: string;
  /** 1 to 99 under a real-time policy, else 0. */
  readonly priority: number;
  /** Threads that it starts have the ordinary policy. */
  readonly resetsOnFork: boolean;
}

/**
 * Sets SCHED_FIFO for a thread (0: this one): it runs until it waits, before ordinary threads and those of lower priority.
 * Threads that it starts do not inherit the policy, because the engine starts helper threads at any time.
 * Returns  0 or -errno (-EPERM: RLIMIT_RTPRIO is lower, and there is no CAP_SYS_NICE).
 */
export function setFifo(tid: number, priority: number): number {
  priorityWord[0] = priority;
  return result(libc.sched_setscheduler(tid, SCHED_FIFO | SCHED_RESET_ON_FORK, paramAt));
}

/** Restores the ordinary policy. Returns 0 or -errno. */
export function setOrdinary(tid: number): number {
  priorityWord[0] = 0;
  const kept = libc.sched_getscheduler(tid) & SCHED_RESET_ON_FORK;
  return result(libc.sched_setscheduler(tid, SCHED_OTHER | kept, paramAt));
}

/** Policy of a thread (0: this one), from the kernel. */
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
