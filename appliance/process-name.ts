import { writeFileSync } from "node:fs";

export const PROCESS_NAME = "sallyport";

/**
 * Names this process for ps, top, ss and pgrep: the runtime calls it bun when it runs from source, and the kernel calls it
 * exe when it was started as /proc/self/exe. A file of the kernel does this without libc, which needs the JIT compiler.
 */
export function nameProcess(): void {
  try {
    writeFileSync("/proc/self/comm", PROCESS_NAME);
  } catch {
    // Without /proc the process keeps its old name, which harms nothing.
  }
}
