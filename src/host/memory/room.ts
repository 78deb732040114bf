import { readFileSync } from "node:fs";
import type { Log } from "../../base/log.ts";
import type { PeriodicTasks } from "../../base/periodic-tasks.ts";
import { KIB, MIB } from "../../base/units.ts";

const EVERY_MS = 1_000;
/** Share of a limit that causes an alarm. */
const ALARM_SHARE = 0.9;
/** Share that ends it. */
const CALM_SHARE = 0.85;

/** A limit of the memory of this process, and what of it is used. */
export interface MemoryLimit {
  /** Whose limit it is, and how it is changed. */
  readonly what: string;
  readonly limitBytes: number;
  /** Without what the kernel takes back by itself. */
  readonly usedBytes: number;
}

/** Reads a file, or returns "". */
export type ReadText = (path: string) => string;

const readText: ReadText = (path) => {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
};

/** Limit of the addresses of this process; null: there is none. */
export function addressLimit(read: ReadText = readText): MemoryLimit | null {
  const soft = /^Max address space +(\d+) /m.exec(read("/proc/self/limits"))?.[1];
  if (soft === undefined) return null;
  const usedBytes = Number(/^VmSize:\s+(\d+) kB$/m.exec(read("/proc/self/status"))?.[1] ?? 0) * KIB;
  return { what: "addresses (ulimit -v, LimitAS)", limitBytes: Number(soft), usedBytes };
}

/** The tightest memory limit of the control groups that this process is in; null: there is none. */
export function groupLimit(read: ReadText = readText): MemoryLimit | null {
  let tightest: MemoryLimit | null = null;
  for (const [folder, names] of groupFolders(read)) {
    const limitBytes = Number(read(`${folder}/${names.limit}`).trim() || Number.NaN);
    if (!Number.isFinite(limitBytes) || limitBytes > Number.MAX_SAFE_INTEGER / 2) continue;
    const usedBytes = Number(read(`${folder}/${names.used}`).trim()) - cacheBytes(read(`${folder}/memory.stat`));
    const limit = { what: `the control group (${folder}/${names.limit}, MemoryMax)`, limitBytes, usedBytes };
    if (tightest === null || limitBytes - usedBytes < tightest.limitBytes - tightest.usedBytes) tightest = limit;
  }
  return tightest;
}

/** Processes of this control group that the kernel has ended because memory was used up. */
export function oomKills(read: ReadText = readText): number {
  for (const [folder] of groupFolders(read)) {
    const text = read(`${folder}/memory.events`) + read(`${folder}/memory.oom_control`);
    const count = /^oom_kill (\d+)$/m.exec(text)?.[1];
    if (count !== undefined) return Number(count);
  }
  return 0;
}

/** Throws an error of one line when a limit has no room for this much more. */
export function needMemory(bytes: number, limits = [addressLimit(), groupLimit()]): void {
  for (const limit of limits) {
    if (limit === null || limit.limitBytes - limit.usedBytes >= bytes) continue;
    const { what, limitBytes, usedBytes } = limit;
    throw new Error(
      `the configuration needs at least ${mib(bytes)} more memory, and the limit of ${what} is ${mib(limitBytes)}, of which ${mib(usedBytes)} are used: raise it, or lower core.maxOrders, client.maxConnections or pool.maxMiB`,
    );
  }
}

/** An error of the engine or the kernel about memory, with the limits of this process; another error as it is. */
export function withLimits(error: Error): Error {
  if (!/Out of memory|ENOMEM/.test(error.message)) return error;
  const limits = [addressLimit(), groupLimit()].filter((limit) => limit !== null);
  if (limits.length === 0) return error;
  const texts = limits.map(
    ({ what, limitBytes, usedBytes }) => `of ${what} ${mib(limitBytes)}, ${mib(usedBytes)} used`,
  );
  return new Error(`${error.message}; the limits of memory: ${texts.join("; ")}`, { cause: error });
}

/** Raises an alarm before a limit ends the process: nothing can be said then. */
export class MemoryRoom {
  private alarmed = false;
  private end: () => void = () => {};

  constructor(
    private readonly log: Log,
    private readonly limits: () => (MemoryLimit | null)[] = () => [groupLimit(), addressLimit()],
  ) {}

  start(tasks: PeriodicTasks): void {
    if (this.limits().some((limit) => limit !== null)) this.end = tasks.every(EVERY_MS, () => this.check());
  }

  stop(): void {
    this.end();
  }

  check(): void {
    const share = ({ limitBytes, usedBytes }: MemoryLimit): number => usedBytes / limitBytes;
    const limits = this.limits().filter((limit) => limit !== null);
    const worst = limits.reduce((a, b) => (share(b) > share(a) ? b : a));
    if (this.alarmed && share(worst) < CALM_SHARE) {
      this.alarmed = false;
      this.log.info("the limits of memory have room again");
    }
    if (this.alarmed || share(worst) < ALARM_SHARE) return;
    this.alarmed = true;
    const { what, limitBytes, usedBytes } = worst;
    this.log.alarm(
      `${mib(usedBytes)} of the ${mib(limitBytes)} of ${what} are used: at the limit the process is ended without a word. Raise it`,
    );
  }
}

interface GroupNames {
  readonly limit: string;
  readonly used: string;
}

const V1: GroupNames = { limit: "memory.limit_in_bytes", used: "memory.usage_in_bytes" };
const V2: GroupNames = { limit: "memory.max", used: "memory.current" };

/** Folders of this process's control groups for memory, from its own upwards, in either version. */
function groupFolders(read: ReadText): [folder: string, names: GroupNames][] {
  const folders: [string, GroupNames][] = [];
  for (const line of read("/proc/self/cgroup").split("\n")) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const isV1 = controllers.split(",").includes("memory");
    if (!isV1 && (controllers !== "" || path === "")) continue;
    const root = isV1 ? "/sys/fs/cgroup/memory" : "/sys/fs/cgroup";
    const parts = path.split("/").filter((part) => part !== "");
    for (let length = parts.length; length >= 0; length--)
      folders.push([[root, ...parts.slice(0, length)].join("/"), isV1 ? V1 : V2]);
  }
  return folders;
}

/** Bytes of file pages that the kernel can take back. */
function cacheBytes(stat: string): number {
  const of = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, "m").exec(stat)?.[1] ?? 0);
  return of("inactive_file") + of("active_file");
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / MIB).toLocaleString("en")} MiB`;
}
