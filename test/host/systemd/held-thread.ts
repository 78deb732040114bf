import { readdirSync, readFileSync } from "node:fs";
import { checked } from "../../../ffi/errno.ts";
import { libc } from "../../../ffi/libc.ts";

const arm = process.arch === "arm64";
const SYS_ptrace = arm ? 117 : 101;
const SYS_wait4 = arm ? 260 : 61;
const PTRACE_DETACH = 17;
const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const WNOHANG = 1;
const __WALL = 0x40000000;
const REAP_EVERY_MS = 20;

/**
 * One thread of another process, stopped as a debugger stops it: no signal stops a thread alone. Its process can still be
 * killed; then the tracer has to take note, or the process's end is told to nobody.
 */
export class HeldThread {
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly tid: number) {
    checked(`ptrace seize ${tid}`, ptrace(PTRACE_SEIZE, tid));
    checked(`ptrace interrupt ${tid}`, ptrace(PTRACE_INTERRUPT, tid));
    this.timer = setInterval(() => this.reap(), REAP_EVERY_MS);
  }

  /** Lets it go on, if it still is. */
  release(): void {
    clearInterval(this.timer);
    this.reap();
    ptrace(PTRACE_DETACH, this.tid);
  }

  private reap(): void {
    libc.syscall(SYS_wait4, this.tid, 0, WNOHANG | __WALL, 0, 0, 0);
  }
}

/** The thread of a name in a process. */
export function threadOf(pid: number, name: string): number {
  const found = readdirSync(`/proc/${pid}/task`).find(
    (tid) => readFileSync(`/proc/${pid}/task/${tid}/comm`, "utf8").trim() === name,
  );
  if (found === undefined) throw new Error(`process ${pid} has no thread ${name}`);
  return Number(found);
}

function ptrace(request: number, tid: number): number {
  return libc.syscall(SYS_ptrace, request, tid, 0, 0, 0, 0);
}
