import { readFileSync } from "node:fs";
import { ENOMEM } from "../../../ffi/errno.ts";
import { lockAll, lockCurrent, lockRange, residentPages, unlockAll, unlockRange } from "../../../ffi/locking.ts";
import type { Range } from "./smaps.ts";

/** What came of locking. */
export interface Locked {
  /** all: what is in memory, and what is mapped later; current: not that; some: hot memory as far as the limit went. */
  readonly how: "all" | "current" | "some" | "none";
  /** Why not all, or 0. */
  readonly errno: number;
  /** Of the hot ranges, with `some`. */
  readonly rangeBytes: number;
  /** Reserved by the engine and empty: left unlocked, so that what comes there can go again. */
  readonly emptyBytes: number;
}

const CAP_IPC_LOCK = 14;
/** The right to lock counts in the first user namespace only, whose map is the whole of it. */
const WHOLE_MAP = "0 0 4294967295";

/** Whether a process with these texts of /proc/self may lock more than its limit says. */
export function passesLockLimit(status: string, uidMap: string): boolean {
  const capabilities = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? 0}`);
  const isFirst = uidMap.trim().replaceAll(/\s+/g, " ") === WHOLE_MAP;
  return isFirst && (capabilities & (1n << BigInt(CAP_IPC_LOCK))) !== 0n;
}

/** How many bytes may be locked, after /proc; infinitely many also for who may pass over the limit. `root`: a made-up tree. */
export function lockLimit(root = ""): number {
  const soft = /^Max locked memory\s+(\S+)/m.exec(textOf(`${root}/proc/self/limits`))?.[1] ?? "0";
  const mayPass = passesLockLimit(textOf(`${root}/proc/self/status`), textOf(`${root}/proc/self/uid_map`));
  return mayPass || soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * Locks what is in memory now and all of `hot`; most wanted first, in case that not all of it may be. What the engine has
 * reserved and not used stays unlocked: it gives memory back by MADV_DONTNEED, which the kernel refuses for locked
 * memory, and so a locked heap would only ever grow.
 */
export function lockMemory(hot: readonly Range[], limitBytes: number): Locked {
  // Against a finite limit each later mapping counts as well, and the engine ends where one of those is refused.
  const isFree = limitBytes === Number.POSITIVE_INFINITY;
  const refused = isFree ? lockAll() : lockCurrent();
  if (refused < 0) return lockSome(hot, -refused);
  const emptyBytes = unlockEmpty(parseReserves(textOf("/proc/self/maps")));
  for (const { address, bytes } of hot) lockRange(address, bytes);
  return { how: isFree ? "all" : "current", errno: isFree ? 0 : ENOMEM, rangeBytes: 0, emptyBytes };
}

/** For who locked no more than for a while. */
export function unlockMemory(): void {
  unlockAll();
}

function lockSome(hot: readonly Range[], errno: number): Locked {
  let rangeBytes = 0;
  for (const { address, bytes } of hot) if (lockRange(address, bytes) === 0) rangeBytes += bytes;
  return { how: rangeBytes > 0 ? "some" : "none", errno, rangeBytes, emptyBytes: 0 };
}

/** The engine's heaps are reserved in one piece, far larger than anything of ours. */
const RESERVE_BYTES = 256 * 1024 * 1024;

/** Where they are, by /proc/self/maps: private, writable, without a file, and no code. */
export function parseReserves(maps: string): Range[] {
  const reserves: Range[] = [];
  for (const [, from, to] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw-p \S+ \S+ 0 *$/gm)) {
    const address = Number.parseInt(from!, 16);
    const bytes = Number.parseInt(to!, 16) - address;
    if (bytes >= RESERVE_BYTES) reserves.push({ address, bytes });
  }
  return reserves;
}

/** Locked and unlocked stretches alternate, each a mapping of its own: not too fine. */
const STRETCH_BYTES = 256 * 1024;
const PAGE_BYTES = 4096;

/** Unlocks the stretches of the reserves that have no page in memory. Returns how many bytes. */
function unlockEmpty(reserves: readonly Range[]): number {
  let sum = 0;
  for (const { address, bytes } of reserves)
    for (const { from, to } of emptyStretches(residentPages(address, bytes))) {
      const length = (to - from) * PAGE_BYTES;
      if (unlockRange(address + from * PAGE_BYTES, length) === 0) sum += length;
    }
  return sum;
}

/** Runs of whole stretches without a page, as page numbers from and to. */
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
