import { join } from "node:path";

export const ROOT = join(import.meta.dir, "../..");

export interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs a command line from source to its end. */
export function sallyport(...words: string[]): Ended {
  const { exitCode, stdout, stderr } = Bun.spawnSync([process.execPath, join(ROOT, "appliance/main.ts"), ...words], {
    timeout: 50_000,
  });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}
