import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  statSync,
} from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join, resolve } from "node:path";
import { KIB, MIB } from "../../src/base/units.ts";
import { isEverywhere } from "../../src/config/address.ts";
import { listenersOf } from "../../src/config/listeners.ts";
import { inNetwork, isLoopback, readNetwork } from "../../src/config/network.ts";
import { passwordFileProblems } from "../../src/config/password-file.ts";
import { type Problem, pathText } from "../../src/config/problem.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";
import type { MemoryUse } from "../../src/gateway/memory-use.ts";
import { tlsProblems } from "../../src/tls/files.ts";
import { cpuListText, type Files, isOnline, online } from "../doctor/files.ts";

/** What a valid configuration meets here: on this machine, as this user, from this directory. */
export interface Surroundings {
  /** `run` would refuse to start. */
  readonly problems: readonly Problem[];
  /** `run` would start, and do something else than the file says. */
  readonly warnings: readonly Problem[];
}

export interface Place {
  readonly files: Files;
  readonly fileName: string;
  /** Journal directory, instead of gateway.data. */
  readonly data?: string;
}

export function surroundings(config: GatewayConfig, memory: MemoryUse, { files, fileName, data }: Place): Surroundings {
  const where = data === undefined ? "gateway.data" : "--data";
  return {
    problems: [
      ...passwordFileProblems(config),
      ...tlsProblems(config),
      ...directoryProblems(data ?? config.gateway.data).map((what) => ({ where, what })),
    ],
    warnings: [
      ...readableSecrets(config, fileName),
      ...foreignAddresses(config, files),
      ...absentCpus(config, files),
      ...scarceMemory(config, memory, files),
    ],
  };
}

/** Why a start could not use a directory for the journal; empty: it can. */
function directoryProblems(dir: string): string[] {
  const path = resolve(dir);
  if (isLinkToNothing(path)) return [`${path} is a link to nothing; give a directory`];
  if (!existsSync(path)) {
    const parent = nearestExisting(path);
    if (!statSync(parent).isDirectory()) return [`${path} can't be made: ${parent} is no directory`];
    const refusal = refusalOf(() => rmdirSync(mkdtempSync(join(parent, ".sallyport-check-"))));
    return refusal === null ? [] : [`${path} can't be made in ${parent}: ${refusal}`];
  }
  if (!statSync(path).isDirectory()) return [`${path} is no directory; give a directory`];
  const refusal = refusalOf(() => accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK));
  if (refusal !== null) return [`this user may not write in ${path}: ${refusal}`];
  // Those of another user, who once started the gateway.
  const foreign = readdirSync(path).find((name) => !mayUse(join(path, name)));
  return foreign === undefined
    ? []
    : [`this user may not write ${join(path, foreign)}; chown it to the gateway's user`];
}

export function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function isLinkToNothing(path: string): boolean {
  return !existsSync(path) && refusalOf(() => readlinkSync(path)) === null;
}

/** The error code with which a call fails, or null. */
function refusalOf(call: () => void): string | null {
  try {
    call();
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

function mayUse(file: string): boolean {
  const code = refusalOf(() => accessSync(file, constants.R_OK | constants.W_OK));
  // A running gateway may have removed it meanwhile.
  return code === null || code === "ENOENT";
}

/** Secrets in files that every user of the machine may read; one finding for each file, at its first secret. */
function readableSecrets(config: GatewayConfig, fileName: string): Problem[] {
  const venues = Object.entries(config.venues);
  const inFile = [
    ...venues.flatMap(([name, { password }]) => (password === undefined ? [] : [["venues", name, "password"]])),
    ...Object.entries(config.client.sessions).flatMap(([name, { passwordHash }]) =>
      passwordHash === undefined ? [] : [["client", "sessions", name, "passwordHash"]],
    ),
  ];
  return [
    ...readableFile(fileName, inFile),
    ...venues.flatMap(([name, { passwordFile }]) =>
      passwordFile === undefined ? [] : readableFile(passwordFile, [["venues", name, "passwordFile"]]),
    ),
  ];
}

function readableFile(file: string, [first, ...others]: readonly (readonly string[])[]): Problem[] {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
  if (first === undefined || (mode & 0o004) === 0) return [];
  const more = others.length === 0 ? "" : `, with this secret and ${others.length} more`;
  const what = `every user may read ${file} (mode ${(mode & 0o777).toString(8)})${more}; chmod o= ${file}`;
  return [{ where: pathText(first), what }];
}

/** Addresses to listen on that no interface has; it may get them before the start. */
function foreignAddresses(config: GatewayConfig, files: Files): Problem[] {
  const own = ownAddresses().map((address) => readNetwork(address)!);
  if (own.length === 0 || files.read("/proc/sys/net/ipv4/ip_nonlocal_bind") === "1") return [];
  return listenersOf(config).flatMap(({ key, addresses }) =>
    addresses.flatMap(({ host }, i) => {
      const { address } = readNetwork(host.split("%")[0]!)!;
      if (isEverywhere(host) || isLoopback(address) || own.some((range) => inNetwork(address, range))) return [];
      const where = pathText(addresses.length === 1 ? key : [...key, i]);
      return [{ where, what: `${host} is no address of this machine now; without it run can't start` }];
    }),
  );
}

/** Addresses of this machine's interfaces; none where a sandbox hides them. */
function ownAddresses(): string[] {
  try {
    return Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).map(({ address }) => address.split("%")[0]!),
    );
  } catch {
    return [];
  }
}

/** CPUs of lanes that this machine lacks. */
function absentCpus({ lanes }: GatewayConfig, files: Files): Problem[] {
  return lanes.place.flatMap(({ cpu, agents }, i) => {
    if (cpu === null || isOnline(files, cpu)) return [];
    const where = lanes.preset === "explicit" ? `lanes.place[${i}].cpu` : `lanes.cpus[${i}]`;
    const what = `CPU ${cpu} is not on this machine (${cpuListText(online(files))}): the lane of ${agents.join(", ")} runs unpinned`;
    return [{ where, what }];
  });
}

function scarceMemory({ memory }: GatewayConfig, use: MemoryUse, files: Files): Problem[] {
  const mib = (bytes: number): string => `${Math.ceil(bytes / MIB).toLocaleString("en-US")} MiB`;
  const found: Problem[] = [];
  const limitBytes = memory.limitMiB * MIB;
  if (limitBytes > 0 && limitBytes < use.privateBytes)
    found.push({
      where: "memory.limitMiB",
      what: `${memory.limitMiB} is less than the gateway takes before its first order, about ${mib(use.privateBytes)}`,
    });
  const bytes = use.privateBytes + use.codeBytes;
  const there = Math.min(machineBytes(files), groupBytes(files));
  if (bytes <= there) return found;
  const largest = use.items.reduce((most, one) => (one.bytes > most.bytes ? one : most));
  return [
    ...found,
    {
      where: largest.key,
      what: `the gateway takes about ${mib(bytes)} of memory, and there are ${mib(there)} here; ${largest.what} take ${mib(largest.bytes)}`,
    },
  ];
}

function machineBytes(files: Files): number {
  const kib = /^MemTotal:\s+(\d+) kB/m.exec(files.read("/proc/meminfo") ?? "")?.[1];
  return kib === undefined ? Number.POSITIVE_INFINITY : Number(kib) * KIB;
}

/** Limit of this process's memory cgroup. */
function groupBytes(files: Files): number {
  const group = /^0::(.*)$/m.exec(files.read("/proc/self/cgroup") ?? "")?.[1] ?? "/";
  const most = Number(files.read(join("/sys/fs/cgroup", group, "memory.max")) ?? "max");
  return Number.isNaN(most) ? Number.POSITIVE_INFINITY : most;
}
