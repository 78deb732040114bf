import {
  SCHED_ATTR_BYTES,
  SCHED_ATTR_POLICY_AT,
  SCHED_ATTR_RUNTIME_AT,
  SCHED_FIFO,
  SCHED_OTHER,
  SCHED_PARAM_BYTES,
  SCHED_RESET_ON_FORK,
  SYS_sched_getattr,
  SYS_sched_setattr,
} from "./abi.ts";
import { checked, EOPNOTSUPP, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, SCRATCH_BYTES } from "./memory.ts";

const param = new ArrayBuffer(SCRATCH_BYTES);
const priorityWord = new Int32Array(param, 0, SCHED_PARAM_BYTES >> 2);
const paramAt = addressOf(param);

/** struct sched_attr of the kernel's first version: no later field is needed. */
const attr = new ArrayBuffer(SCHED_ATTR_BYTES);
const attrWords = new Uint32Array(attr);
const attrAt = addressOf(attr);
const POLICY_WORD = SCHED_ATTR_POLICY_AT >> 2;
const SLICE_WORD = SCHED_ATTR_RUNTIME_AT >> 2;

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

/** The shortest time slice that the kernel grants. */
export const SHORTEST_SLICE_NS = 100_000;

/**
 * Requests a time slice for an ordinary thread (0: this one); 0 ns: the system's own. Threads that it starts inherit it, its
 * nice value stays. A thread of another policy is not changed.
 * Returns  1 when it was changed, 0 when there was nothing to change, or -errno (-EOPNOTSUPP: Linux before 6.12 takes no
 *          requests, -ESRCH: the thread has ended).
 */
export function requestSlice(tid: number, ns: number): number {
  const before = timeSlice(tid);
  if (before < 0) return before;
  if (attrWords[POLICY_WORD] !== SCHED_OTHER || before === ns) return 0;
  attrWords[SLICE_WORD] = ns;
  const set = result(libc.syscall(SYS_sched_setattr, tid, attrAt, 0, 0, 0, 0));
  if (set < 0) return set;
  // Earlier kernels ignore the request.
  const now = timeSlice(tid);
  if (now < 0) return now;
  return ns !== 0 && now !== ns ? -EOPNOTSUPP : 1;
}

/** Time slice of an ordinary thread (0: this one) in ns; 0 where the kernel does not report it; or -errno. */
export function timeSlice(tid: number): number {
  const asked = result(libc.syscall(SYS_sched_getattr, tid, attrAt, SCHED_ATTR_BYTES, 0, 0, 0));
  return asked < 0 ? asked : attrWords[SLICE_WORD]!;
}
