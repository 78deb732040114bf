import { endWithParent } from "../../ffi/thread.ts";

/** Set by appliance/bun.mjs to its process number. */
const LAUNCHER = "SALLYPORT_LAUNCHER";

/** From source, the process that started Bun is all that a user sees: when it is killed, this process ends as well. */
export function endWithLauncher(): void {
  const launcher = Number(process.env[LAUNCHER] ?? 0);
  if (launcher === 0) return;
  if (launcher === process.ppid) endWithParent();
  // It may have been killed before the kernel knew.
  if (!exists(launcher)) process.kill(process.pid, "SIGTERM");
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
