import { MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT, MLOCK_ONFAULT, PAGE_BYTES, SYS_mlock2 } from "./abi.ts";
import { checked, result } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf } from "./memory.ts";

/**
 * Locks the process's memory, present and future pages. ONFAULT: without it the kernel would populate the runtime's reserve
 * of 6 GB.
 * Returns  0 or -errno (-ENOMEM, -EPERM: LimitMEMLOCK is too low; -EAGAIN: only a part was locked).
 */
export function lockAll(): number {
  return result(libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT));
}

/** As lockAll, but without later mappings, so that no mapping fails by the limit. Returns 0 or -errno. */
export function lockCurrent(): number {
  return result(libc.mlockall(MCL_CURRENT | MCL_ONFAULT));
}

export function unlockAll(): number {
  return result(libc.munlockall());
}

/** Locks the present pages of a range, and the others at their first fault. Returns 0 or -errno. */
export function lockRange(address: number, bytes: number): number {
  return result(libc.syscall(SYS_mlock2, address, bytes, MLOCK_ONFAULT, 0, 0, 0));
}

export function unlockRange(address: number, bytes: number): number {
  return result(libc.munlock(address, bytes));
}

/** Pages of one mincore call: 256 MiB. */
const PAGES_AT_ONCE = 65_536;
const resident = new ArrayBuffer(PAGES_AT_ONCE);
const residentBytes = new Uint8Array(resident);
const residentAt = addressOf(resident);

/**
 * Returns  a byte for each page of a range: 1 when it is in memory. `address` is a page's.
 * Fails    SystemError when part of the range is not mapped.
 */
export function residentPages(address: number, bytes: number): Uint8Array {
  const pages = new Uint8Array(Math.ceil(bytes / PAGE_BYTES));
  for (let page = 0; page < pages.length; page += PAGES_AT_ONCE) {
    const count = Math.min(PAGES_AT_ONCE, pages.length - page);
    const at = address + page * PAGE_BYTES;
    checked(`mincore ${count} pages`, libc.mincore(at, count * PAGE_BYTES, residentAt));
    // The kernel uses only the lowest bit of each byte.
    pages.set(residentBytes.subarray(0, count), page);
  }
  return pages;
}
