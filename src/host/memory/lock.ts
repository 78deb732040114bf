import { readFileSync } from "node:fs";
import { ENOMEM } from "../../../ffi/errno.ts";
import { lockAll, lockCurrent, lockRange, residentPages, unlockAll, unlockRange } from "../../../ffi/locking.ts";
import type { Range } from "./smaps.ts";

/** Result of locking. */
export interface Locked {
  /** all: present and later mappings; current: present ones; some: hot memory up to the limit. */
  readonly how: "all" | "current" | "some" | "none";
  /** Why not all was locked, or 0. */
  readonly errno: number;
  /** Locked bytes of hot memory, with `some`. */
  readonly rangeBytes: number;
  /** Empty reserve of the engine, left unlocked so that the engine can give its pages back. */
  readonly emptyBytes: number;
}

const CAP_IPC_LOCK = 14;
/** CAP_IPC_LOCK counts only in the initial user namespace, which maps every id. */
const WHOLE_MAP = "0 0 4294967295";

/** Whether a process with these texts of /proc/self may lock beyond its limit. */
export function passesLockLimit(status: string, uidMap: string): boolean {
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? 0}`);
  const isFirst = uidMap.trim().replaceAll(/\s+/g, " ") === WHOLE_MAP;
  return isFirst && (capabilities & (1n << BigInt(CAP_IPC_LOCK))) !== 0n;
}

/** Bytes that may be locked; Infinity also with CAP_IPC_LOCK. A test gives a tree with its own /proc as `root`. */
export function lockLimit(root = ""): number {
  const soft = /^Max locked memory\s+(\S+)/m.exec(textOf(`${root}/proc/self/limits`))?.[1] ?? "0";
  const mayPass = passesLockLimit(textOf(`${root}/proc/self/status`), textOf(`${root}/proc/self/uid_map`));
  return mayPass || soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * Locks what is in memory now and all of `hot`, most important first for the case of a limit. The engine's unused reserve
 * stays unlocked: the engine gives memory back by MADV_DONTNEED, which the kernel refuses for locked memory, so a locked
 * heap would only grow.
 */
export function lockMemory(hot: readonly Range[], limitBytes: number): Locked {
  // With a finite limit a later mapping could be refused, and the engine would abort.
  const isFree = limitBytes === Number.POSITIVE_INFINITY;
  const refused = isFree ? lockAll() : lockCurrent();
  if (refused < 0) return lockSome(hot, -refused);
  const emptyBytes = unlockEmpty(parseReserves(textOf("/proc/self/maps")));
  for (const { address, bytes } of hot) lockRange(address, bytes);
  return { how: isFree ? "all" : "current", errno: isFree ? 0 : ENOMEM, rangeBytes: 0, emptyBytes };
}

/** Unlocks all memory of the process. */
export function unlockMemory(): void {
  unlockAll();
}

function lockSome(hot: readonly Range[], errno: number): Locked {
  let rangeBytes = 0;
  for (const { address, bytes } of hot) if (lockRange(address, bytes) === 0) rangeBytes += bytes;
  return { how: rangeBytes > 0 ? "some" : "none", errno, rangeBytes, emptyBytes: 0 };
}

/** The engine reserves its heap in one mapping, larger than any of ours. */
const RESERVE_BYTES = 256 * 1024 * 1024;

/** Its reserves in /proc/self/maps: private, writable, anonymous, not executable. */
export function parseReserves(maps: string): Range[] {
  const reserves: Range[] = [];
  for (const [, from, to] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 *$/gm)) {
    const address = Number.parseInt(from!, 16);
    const bytes = Number.parseInt(to!, 16) - address;
    if (bytes >= RESERVE_BYTES) reserves.push({ address, bytes });
  }
  return reserves;
}

/** Each change between locked and unlocked is a mapping more, so ranges are not too small. */
const STRETCH_BYTES = 256 * 1024;
const PAGE_BYTES = 4096;

/** Unlocks the ranges of the reserves without a page in memory. Returns their bytes. */
function unlockEmpty(reserves: readonly Range[]): number {
  let sum = 0;
  for (const { address, bytes } of reserves)
    for (const { from, to } of emptyStretches(residentPages(address, bytes))) {
      const length = (to - from) * PAGE_BYTES;
      if (unlockRange(address + from * PAGE_BYTES, length) === 0) sum += length;
    }
  return sum;
}

/** Runs of STRETCH_BYTES without a page in memory, as page numbers. */
export function emptyStretches(pages: Uint8Array): { from: number; to: number }[] {
  const step = STRETCH_BYTES / PAGE_BYTES;
  const empty: { from: number; to: number }[] = [];
  for (let at = 0; at < pages.length; ) {
    const found = pages.indexOf(1, at);
    const next = found < 0 ? pages.length : found;
    const to = next === pages.length ? next : next - (next % step);
    if (to > at) empty.push({ from: at, to });
    at = (Math.floor(next / step) + 1) * step;
  }
  return empty;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
