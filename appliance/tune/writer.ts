import { closeSync, constants, openSync, writeSync } from "node:fs";

/** Writes a value into a kernel file. */
export interface Writer {
  /** Returns  null, or the errno's name when the kernel refuses. */
  write(path: string, value: string): string | null;
}

/** Writes to this machine, or to a test tree below `root`. */
export class MachineWriter implements Writer {
  constructor(private readonly root = "") {}

  write(path: string, value: string): string | null {
    try {
      // Never created: a missing file is a setting that this kernel does not have.
      const fd = openSync(this.root + path, constants.O_WRONLY | constants.O_TRUNC);
      try {
        writeSync(fd, `${value}\n`);
      } finally {
        closeSync(fd);
      }
      return null;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  EPERM: "not permitted: run it as root, outside of the service's sandbox",
  EACCES: "not permitted: run it as root, outside of the service's sandbox",
  EROFS: "mounted read-only here: a container, or a unit with ProtectKernelTunables; set it on the host",
  ENOENT: "this kernel has no such setting",
  EINVAL: "the kernel does not take this value",
  EBUSY: "in use by another program",
  EIO: "the kernel manages this interrupt itself; isolcpus=managed_irq keeps it off isolated CPUs",
  ENOSPC: "the other CPUs have no room for one more interrupt",
};

/** Explains a refusal. */
export function meaning(code: string): string {
  return MEANINGS[code] ?? "the kernel refuses";
}
