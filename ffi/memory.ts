import { type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import {
  MADV_DONTDUMP,
  MADV_DONTNEED,
  MADV_DONTNEED_LOCKED,
  MADV_HUGEPAGE,
  MADV_POPULATE_WRITE,
  MAP_ANONYMOUS,
  MAP_FIXED,
  MAP_NORESERVE,
  MAP_PRIVATE,
  MAP_SHARED,
  MPOL_BIND,
  MPOL_DEFAULT,
  MPOL_F_ADDR,
  MPOL_F_NODE,
  MPOL_MF_MOVE,
  MPOL_PREFERRED,
  PAGE_BYTES,
  PROT_NONE,
  PROT_READ,
  PROT_WRITE,
  SYS_get_mempolicy,
  SYS_mbind,
  SYS_set_mempolicy,
} from "./abi.ts";
import { checked, EINVAL, ENAMETOOLONG, result, SystemError } from "./errno.ts";
import { libc } from "./libc.ts";

/** Smallest buffer for the kernel: a smaller ArrayBuffer shares its page, and may move. */
export const SCRATCH_BYTES = 4096;

/** Largest view in this runtime: larger mappings need several windows. */
const VIEW_BYTES_MAX = 2 ** 32;

/**
 * Buffers whose address is in use. A number does not keep its memory alive, and neither does a variable that no later code
 * uses, even at the top of a module: without this set the collector would free the memory while the kernel writes there.
 */
const addressed = new Set<ArrayBufferLike>();

/**
 * The address of memory that cannot move: an ArrayBuffer, a SharedArrayBuffer, or Views over one. The memory is never freed
 * in the life of the thread, so this is only for long-lived buffers.
 * Fails  for typed arrays: small ones are in the collector's heap and may move.
 */
export function addressOf(memory: ArrayBufferLike | { readonly buffer: ArrayBufferLike }): number {
  if (ArrayBuffer.isView(memory)) throw new TypeError("addressOf: a typed array can move; give its buffer");
  const buffer = "buffer" in memory ? memory.buffer : memory;
  if (buffer.byteLength === 0) throw new RangeError("addressOf: the memory is empty, so it has no address");
  addressed.add(buffer);
  return ptr(buffer as ArrayBuffer);
}

/** Number of buffers whose address this thread has taken. */
export function addressedCount(): number {
  return addressed.size;
}

/** Ranges of the buffers whose address this thread has taken, without the first `from`. */
export function addressedRanges(from = 0): { address: number; bytes: number }[] {
  return [...addressed]
    .slice(from)
    .map((memory) => ({ address: ptr(memory as ArrayBuffer), bytes: memory.byteLength }));
}

/**
 * Allows the collector to free all buffers whose address was taken after the first `count`. The caller guarantees that these
 * addresses are not in use.
 */
export function forgetAddresses(count: number): void {
  for (const memory of [...addressed].slice(count)) addressed.delete(memory);
}

/**
 * A view of `bytes` of memory at an address, without ownership. Each thread needs its own: a view that is sent to another
 * thread arrives as a copy.
 */
export function viewAt(address: number, bytes: number): ArrayBuffer {
  if (!(address > 0 && Number.isSafeInteger(address))) throw new RangeError(`viewAt: ${address} is not an address`);
  if (!(Number.isSafeInteger(bytes) && bytes > 0 && bytes <= VIEW_BYTES_MAX))
    throw new RangeError(`viewAt: expected 1 to ${VIEW_BYTES_MAX} bytes, got ${bytes}`);
  return toArrayBuffer(address as Pointer, 0, bytes);
}

/** Copies memory; the ranges must not overlap. */
export function copyMemory(toAddress: number, fromAddress: number, bytes: number): void {
  libc.memcpy(toAddress, fromAddress, bytes);
}

/** Copies memory; the ranges may overlap. */
export function moveMemory(toAddress: number, fromAddress: number, bytes: number): void {
  libc.memmove(toAddress, fromAddress, bytes);
}

export function fillMemory(address: number, byte: number, bytes: number): void {
  libc.memset(address, byte, bytes);
}

/** Reserves addresses without memory: an access faults until something is mapped there. */
export function reserve(bytes: number): number {
  return map("mmap (reserve)", 0, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
}

/** Zeroed shared memory. */
export function mapAnonymous(bytes: number): number {
  return map("mmap (anonymous)", 0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

/**
 * Zeroed private memory whose pages are allocated at the first write; dontNeed returns them to the system. (Pages of
 * mapAnonymous are freed only when they are unmapped.)
 */
export function mapSparse(bytes: number): number {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  return map("mmap (sparse)", 0, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
}

/**
 * Maps part of a file over reserved addresses, in place of an earlier mapping. It is excluded from core dumps, because its
 * bytes are in the file.
 */
export function mapFileAt(address: number, fd: number, fileOffset: number, bytes: number, writable: boolean): void {
  const protection = writable ? PROT_READ | PROT_WRITE : PROT_READ;
  map("mmap (file)", inReserve(address), bytes, protection, MAP_SHARED | MAP_FIXED, fd, fileOffset);
  dontDump(address, bytes);
}

/** Removes the mapping and keeps the addresses reserved: an access faults again. */
export function unmapToReserve(address: number, bytes: number): void {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  map("mmap (unmap)", inReserve(address), bytes, PROT_NONE, flags, -1, 0);
}

/** Zeroed memory over addresses in use, in place of what is mapped there. */
export function mapZerosAt(address: number, bytes: number): void {
  const flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;
  map("mmap (zeros)", inReserve(address), bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
}

/** Unmaps and frees the addresses; no view of them may exist. */
export function unmap(address: number, bytes: number): void {
  checked("munmap", libc.munmap(address, bytes));
}

function map(
  call: string,
  address: number,
  bytes: number,
  prot: number,
  flags: number,
  fd: number,
  at: number,
): number {
  if (!(Number.isSafeInteger(bytes) && bytes > 0)) throw new RangeError(`${call}: ${bytes} is not a size`);
  return checked(`${call} ${bytes} bytes`, libc.mmap(address, bytes, prot, flags, fd, at));
}

/** Checks the address, because MAP_FIXED at a wrong one silently replaces its mapping. */
function inReserve(address: number): number {
  if (Number.isSafeInteger(address) && address > 0 && address % PAGE_BYTES === 0) return address;
  throw new RangeError(`mmap: ${address} is not the address of a page`);
}

/**
 * Whether the kernel supports MADV_POPULATE_WRITE (Linux 5.14), which may run while threads write there. Tested on a new page, because EINVAL also means memory that
 * is not writable, and the replacement, touching that memory, would end the process.
 */
export const populates = canPopulate();

function canPopulate(): boolean {
  const page = mapAnonymous(PAGE_BYTES);
  const populated = libc.madvise(page, PAGE_BYTES, MADV_POPULATE_WRITE);
  libc.munmap(page, PAGE_BYTES);
  return populated === 0;
}

/**
 * Populates pages, writable, so that the hot path takes no fault on them. `address` is a page's.
 * Returns  0 or -errno (-EFAULT: the disk of their file is full; -EINVAL: they are not writable).
 * Thread   any, while no thread writes the last byte of these pages (on old kernels it is overwritten with itself).
 */
export function populateWrite(address: number, bytes: number): number {
  return populates ? result(libc.madvise(address, bytes, MADV_POPULATE_WRITE)) : touchPages(address, bytes);
}

/** Replacement of populateWrite on older kernels. The memory must be writable. */
export function touchPages(address: number, bytes: number): number {
  const end = address + bytes;
  for (let page = address; page < end; page += PAGE_BYTES) {
    const last = Math.min(page + PAGE_BYTES, end) - 1;
    libc.memcpy(last, last, 1);
  }
  return 0;
}

/** Returns pages to the system (of a file: only unmaps them); the addresses stay. Returns 0 or -errno. */
export function dontNeed(address: number, bytes: number): number {
  // Plain MADV_DONTNEED fails on locked mappings, which all are after lockAll(); this works on any.
  const given = result(libc.madvise(address, bytes, MADV_DONTNEED_LOCKED));
  if (given !== -EINVAL) return given;
  // Linux before 5.18 does not support it.
  const unlocked = result(libc.madvise(address, bytes, MADV_DONTNEED));
  if (unlocked !== -EINVAL) return unlocked;
  libc.munlock(address, bytes);
  return result(libc.madvise(address, bytes, MADV_DONTNEED));
}

/** Asks for huge pages. Returns 0 or -errno. */
export function hugePages(address: number, bytes: number): number {
  return result(libc.madvise(address, bytes, MADV_HUGEPAGE));
}

/** Keeps the range out of core dumps. Returns 0 or -errno. */
export function dontDump(address: number, bytes: number): number {
  return result(libc.madvise(address, bytes, MADV_DONTDUMP));
}

const NODES_MAX = 1024;
const scratch = new ArrayBuffer(SCRATCH_BYTES);
const scratchInts = new Int32Array(scratch);
const scratchAt = addressOf(scratch);
// The kernel reads one bit less than this argument.
const NODE_BITS = NODES_MAX + 1;

/**
 * Binds pages to one NUMA node, and moves present ones there; node -1 lifts it. With `prefers`, pages come from other nodes
 * when the node has no free memory, and the kernel does not end the process. `address` is a page's.
 * Returns  0 or -errno (-EINVAL: no such node; -ENOSYS: a kernel without NUMA; -EPERM: a sandbox).
 */
export function bindToNode(address: number, bytes: number, node: number, prefers = false): number {
  if (!nodeInScratch(node)) return -EINVAL;
  if (node < 0) return result(libc.syscall(SYS_mbind, address, bytes, MPOL_DEFAULT, 0, 0, 0));
  const mode = prefers ? MPOL_PREFERRED : MPOL_BIND;
  return result(libc.syscall(SYS_mbind, address, bytes, mode, scratchAt, NODE_BITS, MPOL_MF_MOVE));
}

/** Prefers one NUMA node for this thread's new pages; node -1 lifts it. Returns 0 or -errno. */
export function preferNode(node: number): number {
  if (!nodeInScratch(node)) return -EINVAL;
  const mode = node < 0 ? MPOL_DEFAULT : MPOL_PREFERRED;
  return result(libc.syscall(SYS_set_mempolicy, mode, node < 0 ? 0 : scratchAt, node < 0 ? 0 : NODE_BITS, 0, 0, 0));
}

/** NUMA node of the page at an address (which it populates), or -errno. */
export function nodeOf(address: number): number {
  const asked = libc.syscall(SYS_get_mempolicy, scratchAt, 0, 0, address, MPOL_F_NODE | MPOL_F_ADDR, 0);
  return asked < 0 ? result(asked) : scratchInts[0]!;
}

function nodeInScratch(node: number): boolean {
  if (!Number.isInteger(node) || node >= NODES_MAX) return false;
  scratchInts.fill(0, 0, NODES_MAX / 32);
  if (node >= 0) scratchInts[node >> 5] = 1 << (node & 31);
  return true;
}

/*  Texts for the kernel: two slots, for rename(). PATH_MAX includes the zero at the end. */
const TEXT_BYTES = 4096;
const texts = new ArrayBuffer(2 * TEXT_BYTES);
const textBytes = new Uint8Array(texts);
const textsAt = addressOf(texts);
const encoder = new TextEncoder();

/**
 * A zero-terminated copy of a text, valid until this thread's next call with the same `slot`.
 * Returns  its address.
 */
export function cString(text: string, slot: 0 | 1 = 0): number {
  if (text.includes("\0"))
    throw new RangeError(`${JSON.stringify(text)}: a zero byte cannot be part of a path or name`);
  const encoded = encoder.encode(text);
  if (encoded.length >= TEXT_BYTES) throw new SystemError(`open ${text.slice(0, 64)}…`, ENAMETOOLONG);
  const at = slot * TEXT_BYTES;
  textBytes.set(encoded, at);
  textBytes[at + encoded.length] = 0;
  return textsAt + at;
}
