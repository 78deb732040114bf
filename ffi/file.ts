import {
  F_OFD_GETLK,
  F_OFD_SETLK,
  F_RDLCK,
  F_UNLCK,
  F_WRLCK,
  FLOCK_LENGTH_AT,
  FLOCK_START_AT,
  LOCK_EX,
  LOCK_NB,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  SEEK_END,
  SYNC_FILE_RANGE_WRITE,
} from "./abi.ts";
import { checked, EAGAIN, EINTR, EOPNOTSUPP, errno, result, SystemError } from "./errno.ts";
import { libc } from "./libc.ts";
import { addressOf, cString, SCRATCH_BYTES } from "./memory.ts";

export { O_APPEND, O_CREAT, O_DIRECTORY, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "./abi.ts";

const ZERO_BYTES = 64 * 1024;
const zeros = new ArrayBuffer(ZERO_BYTES);
const zerosAt = addressOf(zeros);
/** A struct flock. */
const byteLock = new DataView(new ArrayBuffer(SCRATCH_BYTES));
const byteLockAt = addressOf(byteLock.buffer);

/** Opens a file, not inherited by children; `mode` applies when it is created. */
export function openFile(path: string, flags: number, mode = 0o640): number {
  const pathAt = cString(path);
  for (;;) {
    const fd = libc.open(pathAt, flags | O_CLOEXEC, mode);
    if (fd >= 0) return fd;
    if (errno() !== EINTR) throw new SystemError(`open ${path}`, errno());
  }
}

/**
 * Allocates `bytes` of disk space for a file, so that writes there cannot fail on a full disk.
 * Returns  0 or -errno (-ENOSPC, -EDQUOT); after a failure part of it may be allocated: truncate the file to free it.
 */
export function allocateFile(fd: number, bytes: number): number {
  for (;;) {
    const allocated = result(libc.fallocate(fd, 0, 0, bytes));
    if (allocated === -EOPNOTSUPP) return writeZeros(fd, bytes);
    if (allocated !== -EINTR) return allocated;
  }
}

/** Replacement of allocateFile on file systems that cannot allocate; only for empty files. */
export function writeZeros(fd: number, bytes: number): number {
  for (let at = 0; at < bytes; ) {
    const written = writeAt(fd, zerosAt, Math.min(ZERO_BYTES, bytes - at), at);
    if (written < 0) return written;
    at += written;
  }
  return truncateFile(fd, bytes);
}

/** Size of a file below 2 GiB, or -errno. */
export function sizeOf(fd: number): number {
  return result(libc.lseek(fd, 0, SEEK_END));
}

/** Shortens or extends the file. Returns 0 or -errno. */
export function truncateFile(fd: number, bytes: number): number {
  for (;;) {
    const cut = result(libc.ftruncate(fd, bytes));
    if (cut !== -EINTR) return cut;
  }
}

/** Begins the write-out of a range, without waiting. Returns 0 or -errno (not all file systems support it). */
export function beginWrite(fd: number, offset: number, bytes: number): number {
  return result(libc.sync_file_range(fd, offset, bytes, SYNC_FILE_RANGE_WRITE));
}

/** Waits until the file's bytes are on the disk. Returns 0 or -errno; after an error the bytes may be lost. */
export function syncData(fd: number): number {
  for (;;) {
    const synced = result(libc.fdatasync(fd));
    if (synced !== -EINTR) return synced;
  }
}

/** Syncs a directory's entries to the disk. */
export function syncDirectory(path: string): void {
  const fd = openFile(path, O_RDONLY | O_DIRECTORY);
  const synced = result(libc.fsync(fd));
  libc.close(fd);
  if (synced < 0) throw new SystemError(`fsync ${path}`, synced);
}

/** Waits until a directory's entries are on the disk. Returns 0 or -errno. */
export function syncEntries(fd: number): number {
  for (;;) {
    const synced = result(libc.fsync(fd));
    if (synced !== -EINTR) return synced;
  }
}

/** Makes the descriptor `fd` one of what `of` leads to, at once: its number is never free. Returns it, or -errno. */
export function turnFd(fd: number, of: number): number {
  return result(libc.dup3(of, fd, O_CLOEXEC));
}

/** Closes a descriptor; its number is free for reuse also after an error. Returns 0 or -errno. */
export function closeFd(fd: number): number {
  return result(libc.close(fd));
}

/** Locks the file for this process until it is closed. Returns  false when another process has the lock. */
export function lockFile(fd: number): boolean {
  for (;;) {
    const locked = result(libc.flock(fd, LOCK_EX | LOCK_NB));
    if (locked === 0) return true;
    if (locked === -EAGAIN) return false;
    if (locked !== -EINTR) throw new SystemError("flock", locked);
  }
}

/**
 * Takes a shared lock on one byte of a file or directory until the descriptor is closed; there need be no such byte.
 * Returns  0 or -errno (-EAGAIN: another has an exclusive one; -ENOLCK, -EINVAL: not on this file system).
 */
export function shareByte(fd: number, byte: number): number {
  return lockCall(fd, F_OFD_SETLK, F_RDLCK, byte);
}

/** False when another open file has any lock on that byte. */
export function isByteFree(fd: number, byte: number): boolean {
  return lockCall(fd, F_OFD_GETLK, F_WRLCK, byte) < 0 || byteLock.getInt16(0, true) === F_UNLCK;
}

function lockCall(fd: number, call: number, kind: number, byte: number): number {
  new Uint8Array(byteLock.buffer).fill(0, 0, 64);
  byteLock.setInt16(0, kind, true);
  byteLock.setBigInt64(FLOCK_START_AT, BigInt(byte), true);
  byteLock.setBigInt64(FLOCK_LENGTH_AT, 1n, true);
  return result(libc.fcntl(fd, call, byteLockAt));
}

/** Replaces `to` by `from` atomically, within one file system. */
export function rename(from: string, to: string): void {
  checked(`rename ${from} to ${to}`, libc.rename(cString(from, 0), cString(to, 1)));
}

/** Returns  number of bytes read (0 at the end of the file, possibly fewer than requested), or -errno. */
export function readAt(fd: number, address: number, bytes: number, offset: number): number {
  for (;;) {
    const read = result(libc.pread(fd, address, bytes, offset));
    if (read !== -EINTR) return read;
  }
}

/** Returns  number of bytes written (possibly fewer than requested), or -errno. */
export function writeAt(fd: number, address: number, bytes: number, offset: number): number {
  for (;;) {
    const written = result(libc.pwrite(fd, address, bytes, offset));
    if (written !== -EINTR) return written;
  }
}
