import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Bytes of a file, or null where there is none. */
export function bytesOf(path: string): Uint8Array | null {
  return orNull(() => readFileSync(path));
}

/** Where a symbolic link points; null where there is none. */
export function linkOf(path: string): string | null {
  return orNull(() => readlinkSync(path));
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    throw error;
  }
}

export function sha256Of(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** Replaces a file atomically: after a crash or power cut the old or the new file is there. */
export function replaceFile(path: string, bytes: Uint8Array, mode: number, owner: Owner | null = null): void {
  makeDirectory(dirname(path));
  const fresh = freshName(path);
  rmSync(fresh, { force: true });
  const fd = openSync(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    // Owner first, then permissions.
    if (owner !== null) fchownSync(fd, owner.uid, owner.gid);
    fchmodSync(fd, mode);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(fresh, path);
  syncDirectory(dirname(path));
}

/** Replaces a symbolic link atomically. */
export function replaceLink(path: string, target: string): void {
  makeDirectory(dirname(path));
  const fresh = freshName(path);
  rmSync(fresh, { force: true });
  symlinkSync(target, fresh);
  renameSync(fresh, path);
  syncDirectory(dirname(path));
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

/** Creates a directory and its parents with this mode, whatever the umask is. */
export function makeDirectory(path: string, mode = 0o755): void {
  const umask = process.umask(0o022);
  try {
    mkdirSync(path, { recursive: true, mode });
  } finally {
    process.umask(umask);
  }
}

/** A temporary name that systemd ignores: units, sysctl.d, sysusers.d and tmpfiles.d select by suffix. */
function freshName(path: string): string {
  return join(dirname(path), `.${basename(path)}.fresh`);
}

/** Syncs the entries of a directory to the disk. */
export function syncDirectory(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  } catch (error) {
    // It was removed with its last file.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
