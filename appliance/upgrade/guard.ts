import { PROCESS_NAME } from "../process-name.ts";

/** Options that the child process needs. */
interface GuardOptions {
  readonly entry: string;
  readonly root?: string | undefined;
  readonly systemctl?: string | undefined;
}

/**
 * Starts the work in a child process in a new session: a closed terminal, Ctrl-C or a kill of the visible process
 * does not reach it. If the child is killed, `instead` does the work here.
 * Returns  the exit code of the process that finished.
 */
export async function guarded(options: GuardOptions, instead: () => Promise<number>): Promise<number> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => console.error(`sallyport: ${signal}: the upgrade continues to its end`));
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
  console.error(`sallyport: the upgrade's process was ended by ${child.signalCode}; continuing without it`);
  return instead();
}

/** Command of this executable by the kernel's link, as its path may name another by now; or the runtime with the sources. */
function ourselves(entry: string): string[] {
  return entry.includes("/$bunfs/") ? ["/proc/self/exe"] : [process.execPath, new URL(entry).pathname];
}
