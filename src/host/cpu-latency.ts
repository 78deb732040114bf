import { readSync, writeSync } from "node:fs";
import { SystemError } from "../../ffi/errno.ts";
import { closeFd, O_RDWR, openFile } from "../../ffi/file.ts";

const DEVICE = "/dev/cpu_dma_latency";
const REMEDY: Readonly<Record<string, string>> = {
  ENOENT: "the kernel has no such device, or PrivateDevices=yes in the unit hides it",
  EACCES: "only root may open it: give it a group by an udev rule, or set cpuLatency = off",
  EPERM: "the unit's DevicePolicy does not let it be opened: DeviceAllow=/dev/cpu_dma_latency rw",
};

/** Keeps all CPUs out of idle states with a wake-up latency above 0 µs, as long as it is held. */
export class CpuLatency {
  private fd = -1;

  constructor(private readonly path = DEVICE) {}

  get held(): boolean {
    return this.fd >= 0;
  }

  /** Returns  the result, one line for the log. */
  hold(): string {
    try {
      this.fd = openFile(this.path, O_RDWR);
      const wanted = new Int32Array(new ArrayBuffer(4));
      writeSync(this.fd, wanted);
      // The device returns the lowest latency that any process asks for.
      const holds = new Int32Array(new ArrayBuffer(4)).fill(-1);
      const read = readSync(this.fd, holds);
      if (read === 4 && holds[0] === 0) return `CPU latency: ${this.path} is held at 0 µs, read back`;
      this.release();
      return `CPU latency: not held: asked for 0 µs, ${this.path} has ${read === 4 ? holds[0] : "nothing"}`;
    } catch (error) {
      this.release();
      const code = error instanceof SystemError ? error.code : String((error as { code?: string }).code);
      const remedy = REMEDY[code] ?? "it could not be opened and written";
      return `CPU latency: not held: ${this.path}: ${code} (${remedy})`;
    }
  }

  release(): void {
    if (this.fd >= 0) closeFd(this.fd);
    this.fd = -1;
  }
}
