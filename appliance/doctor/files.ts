import { readdirSync, readFileSync } from "node:fs";
import { parseCpuList } from "../../ffi/thread.ts";

export { cpuListText } from "../../ffi/thread.ts";

/** What a check sees of /proc, /sys and /etc. A file that is absent or forbidden reads as undefined or an empty list, never as an error. */
export interface Files {
  /** The text of a file without white space around it. */
  read(path: string): string | undefined;
  /** The names in a directory. */
  list(path: string): string[];
}

/** Files of this machine, or of a test tree below `root`. */
export class MachineFiles implements Files {
  constructor(private readonly root = "") {}

  read(path: string): string | undefined {
    try {
      return readFileSync(this.root + path, "utf8").trim();
    } catch {
      return undefined;
    }
  }

  list(path: string): string[] {
    try {
      return readdirSync(this.root + path).sort();
    } catch {
      return [];
    }
  }
}

const SELF = "/proc/self/";

/** The same for another process: what /proc says of itself is said of that one. */
export class FilesOf implements Files {
  private readonly machine = new MachineFiles();

  constructor(private readonly pid: number) {}

  read(path: string): string | undefined {
    return this.machine.read(path.startsWith(SELF) ? `/proc/${this.pid}/${path.slice(SELF.length)}` : path);
  }

  list(path: string): string[] {
    return this.machine.list(path);
  }
}

const CPU = "/sys/devices/system/cpu";

/** The CPUs a file lists; undefined where there is no such file. */
export function cpuSet(files: Files, path: string): number[] | undefined {
  const text = files.read(path);
  return text === undefined || text === "(null)" ? undefined : parseCpuList(text);
}

export function online(files: Files): number[] {
  return cpuSet(files, `${CPU}/online`) ?? [];
}

/** Whether a CPU is there; true where the kernel does not report its CPUs. */
export function isOnline(files: Files, one: number): boolean {
  const there = online(files);
  return there.length === 0 || there.includes(one);
}

export function isolated(files: Files): number[] {
  return cpuSet(files, `${CPU}/isolated`) ?? [];
}

/** Value of a parameter of the kernel's command line; undefined when it is not set. */
export function bootOption(files: Files, name: string): string | undefined {
  for (const word of (files.read("/proc/cmdline") ?? "").split(/\s+/)) {
    if (word === name) return "";
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
  }
  return undefined;
}

/** The choice in brackets of files such as `always [madvise] never`. */
export function chosen(text: string): string {
  return /\[([^\]]*)\]/.exec(text)?.[1] ?? text;
}

/** Network interfaces with a device. */
export function cards(files: Files): string[] {
  return files.list("/sys/class/net").filter((name) => files.list(`/sys/class/net/${name}/device`).length > 0);
}

/** Interrupts of a card; those of a virtual card belong to its parent bus device. */
export function interruptsOf(files: Files, card: string): number[] {
  const own = files.list(`/sys/class/net/${card}/device/msi_irqs`);
  const above = own.length > 0 ? own : files.list(`/sys/class/net/${card}/device/../msi_irqs`);
  return above.map(Number).filter((number) => Number.isInteger(number));
}

/** CPUs that may serve an interrupt. */
export function interruptCpus(files: Files, interrupt: number): number[] {
  return cpuSet(files, `/proc/irq/${interrupt}/smp_affinity_list`) ?? [];
}
