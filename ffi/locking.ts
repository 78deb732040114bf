import { MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT, MLOCK_ONFAULT, PAGE_BYTES, SYS_mlock2 } from "./abi.ts";
import { checked, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf } from "./memory.ts";

/**
 * Locks what the process has in memory, and what it will bring in. Without ONFAULT the runtime's reserve of 6 GB would be
 * brought in at once.
 * Returns  0 or -errno (-ENOMEM, -EPERM: LimitMEMLOCK is too low; -EAGAIN: not all of it).
 */
export function lockAll(): number {
  return result(libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
}

/** As lockAll, but what is mapped later is not locked, so that mapping never fails by the limit. Returns 0 or -errno. */
export function lockCurrent(): number {
  return result(libc.mlockall(MCL_CURRENT | MCL_ONFAULT));
}

export function unlockAll(): number {
  return result(libc.munlockall());
}

/** Locks the pages of a range that are there, and the others when they come. Returns 0 or -errno. */
export function lockRange(address: number, bytes: number): number {
  return result(libc.syscall(SYS_mlock2, address, bytes, MLOCK_ONFAULT, 0, 0, 0));
}

export function unlockRange(address: number, bytes: number): number {
  return result(libc.munlock(address, bytes));
}

/** So many pages are asked for at a time: 256 MiB. */
const PAGES_AT_ONCE = 65_536;
const told = new ArrayBuffer(PAGES_AT_ONCE);
const toldBytes = new Uint8Array(told);
const toldAt = addressOf(told);

/**
 * Whether the pages of a range are in memory, a byte of 1 for each that is. `address` is a page's. Cold.
 * Fails  SystemError where part of it is not mapped.
 */
export function residentPages(address: number, bytes: number): Uint8Array {
  const pages = new Uint8Array(Math.ceil(bytes / PAGE_BYTES));
  for (let page = 0; page < pages.length; page += PAGES_AT_ONCE) {
    const count = Math.min(PAGES_AT_ONCE, pages.length - page);
    const at = address + page * PAGE_BYTES;
    checked(`mincore ${count} pages`, libc.mincore(at, count * PAGE_BYTES, toldAt));
    // Of each byte the kernel uses the lowest bit alone.
    pages.set(toldBytes.subarray(0, count), page);
  }
  return pages;
}
