import { SETTINGS, satisfies, settingPath } from "../doctor/drop-in.ts";
import { chosen, cpuListText, type Files, interruptCpus, online } from "../doctor/files.ts";

const CPU = "/sys/devices/system/cpu";
const PAGES = "/sys/kernel/mm/transparent_hugepage/enabled";
const WORK_QUEUES = ["/sys/devices/virtual/workqueue/cpumask", "/sys/bus/workqueue/devices/writeback/cpumask"];

/** A kernel file and its new value. */
export interface Change {
  readonly what: string;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** File and value that restore the old state, when the old value cannot be written. */
  readonly undo?: { readonly path: string; readonly value: string };
}

/** All settings that can change at run time and differ from the recommendation. */
export function changes(files: Files, laneCpus: readonly number[]): Change[] {
  return [
    ...governors(files),
    ...hugePages(files),
    ...(laneCpus.length === 0 ? [] : [...workQueues(files, laneCpus), ...interrupts(files, laneCpus)]),
    ...settings(files),
  ];
}

/** Value of a kernel file: the selected choice, or its words with single spaces. */
export function held(files: Files, path: string): string | undefined {
  const text = files.read(path);
  return text === undefined ? undefined : chosen(text).replace(/\s+/g, " ");
}

function governors(files: Files): Change[] {
  return online(files).flatMap((cpu) => {
    const dir = `${CPU}/cpu${cpu}/cpufreq`;
    const before = files.read(`${dir}/scaling_governor`);
    const offered = (files.read(`${dir}/scaling_available_governors`) ?? "performance").split(/\s+/);
    if (before === undefined || before === "performance" || !offered.includes("performance")) return [];
    return [{ what: `governor of CPU ${cpu}`, path: `${dir}/scaling_governor`, before, after: "performance" }];
  });
}

function hugePages(files: Files): Change[] {
  if (held(files, PAGES) !== "always") return [];
  return [{ what: "transparent huge pages", path: PAGES, before: "always", after: "madvise" }];
}

/** Moves the kernel's work queues to CPUs without lanes. */
function workQueues(files: Files, laneCpus: readonly number[]): Change[] {
  return WORK_QUEUES.flatMap((path) => {
    const before = files.read(path);
    const rest = online(files).filter((cpu) => !laneCpus.includes(cpu));
    if (before === undefined || rest.length === 0 || !meets(before, laneCpus)) return [];
    return [{ what: `work queues (${path.split("/").at(-2)})`, path, before, after: maskText(rest) }];
  });
}

function interrupts(files: Files, laneCpus: readonly number[]): Change[] {
  const away = files
    .list("/proc/irq")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): Change[] => {
      const allowed = interruptCpus(files, Number(name));
      if (!allowed.some((cpu) => laneCpus.includes(cpu))) return [];
      const left = allowed.filter((cpu) => !laneCpus.includes(cpu));
      const to = left.length > 0 ? left : online(files).filter((cpu) => !laneCpus.includes(cpu));
      if (to.length === 0) return [];
      const path = `/proc/irq/${name}/smp_affinity_list`;
      return [{ what: `interrupt ${name}`, path, before: cpuListText(allowed), after: cpuListText(to) }];
    });
  return [...away, ...futureInterrupts(files, laneCpus)];
}

/** Default affinity of interrupts of drivers that are loaded later. */
function futureInterrupts(files: Files, laneCpus: readonly number[]): Change[] {
  const path = "/proc/irq/default_smp_affinity";
  const before = files.read(path);
  const rest = online(files).filter((cpu) => !laneCpus.includes(cpu));
  if (before === undefined || rest.length === 0 || !meets(before, laneCpus)) return [];
  return [{ what: "interrupts to come", path, before, after: maskText(rest) }];
}

/** Of each pair one is in force and the other reads 0. Zero cannot be written, so writing the partner restores it. */
const PARTNERS: Readonly<Record<string, string>> = {
  "vm.dirty_bytes": "vm.dirty_ratio",
  "vm.dirty_background_bytes": "vm.dirty_background_ratio",
};

function settings(files: Files): Change[] {
  return SETTINGS.flatMap((setting) => {
    const path = settingPath(setting.key);
    const before = held(files, path);
    if (before === undefined || satisfies(setting, before)) return [];
    const partner = PARTNERS[setting.key];
    const value = partner === undefined || before !== "0" ? undefined : files.read(settingPath(partner));
    const undo = value === undefined ? {} : { undo: { path: settingPath(partner!), value } };
    return [{ what: setting.key, path, before, after: setting.value, ...undo }];
  });
}

/** Whether a mask such as `ff,ffffffff` has one of the CPUs. */
function meets(mask: string, cpus: readonly number[]): boolean {
  if (!/^[0-9a-f,]*[0-9a-f]$/i.test(mask)) return false;
  const bits = BigInt(`0x${mask.replaceAll(",", "")}`);
  return cpus.some((cpu) => ((bits >> BigInt(cpu)) & 1n) === 1n);
}

/** CPUs as the kernel's masks: words of 32 bits, hexadecimal, the highest first. */
export function maskText(cpus: readonly number[]): string {
  const digits = cpus.reduce((mask, cpu) => mask | (1n << BigInt(cpu)), 0n).toString(16);
  return digits.padStart(Math.ceil(digits.length / 8) * 8, "0").replace(/(.{8})(?=.)/g, "$1,");
}
