import { PROCESS_NAME } from "../process-name.ts";
import type { UpgradeOptions } from "./upgrade.ts";

/**
 * Lets a process of its own do the work, in a session of its own: a terminal that closes, Ctrl-C and a kill of the one
 * that the user sees do not reach it. Where it is killed itself, `instead` does the work here.
 * Returns  the exit code of whoever came to the end.
 */
export async function guarded(options: UpgradeOptions, instead: () => Promise<number>): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => console.error(`sallyport: ${signal}: the upgrade goes on to its end`));
  }
  const words = [
    ...(options.root === undefined ? [] : ["--root", options.root]),
    ...(options.systemctl === undefined ? [] : ["--systemctl", options.systemctl]),
  ];
  const child = Bun.spawn([...ourselves(options.entry), "finish-upgrade", ...words], {
    argv0: PROCESS_NAME,
    stdin: "ignore",
    stdout: "inherit",
    stderr: "inherit",
    detached: true,
  });
  await child.exited;
  if (child.signalCode === null && child.exitCode !== null) return child.exitCode;
  console.error(`sallyport: the process at work was ended by ${child.signalCode}; going on without it`);
  return instead();
}

/** This executable by the kernel's word, as its path may hold another by now; or the runtime and the sources. */
function ourselves(entry: string): string[] {
  return entry.includes("/$bunfs/") ? ["/proc/self/exe"] : [process.execPath, new URL(entry).pathname];
}
