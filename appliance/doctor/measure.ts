import {
  closeSync,
  existsSync,
  fdatasyncSync,
  openSync,
  readFileSync,
  realpathSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type TimeSync, timeSync } from "../../ffi/time-sync.ts";
import { nearestExisting } from "../config/surroundings.ts";
import type { Disk, Executable } from "./box.ts";

/** Enough for a p99, and short enough not to disturb other programs. */
const WRITES = 200;
const WRITE_BYTES = 4_096;
const WRITES_MAX_MS = 2_000;

/** State of the kernel's clock; null when a sandbox forbids the call. */
export function measureClock(): TimeSync | null {
  try {
    return timeSync();
  } catch {
    return null;
  }
}

/**
 * Times small writes to the disk of a directory; of its nearest existing parent when it does not exist yet. A directory
 * with a journal is a gateway's, perhaps a running one's: the writes are made beside it, on the same disk.
 */
export function measureDisk(dir: string): Disk {
  const measuredAt = nearestExisting(resolve(dir));
  const free = freeBytes(measuredAt);
  if (!hasJournal(measuredAt))
    return { dir, measuredAt, writtenIn: measuredAt, syncsUs: syncTimes(measuredAt), freeBytes: free };
  const writtenIn = dirname(realpathSync(measuredAt));
  const syncsUs = isOneDisk(measuredAt, writtenIn)
    ? syncTimes(writtenIn)
    : "a file system with a journal of a gateway, where doctor writes nothing; name another directory of it with --data";
  return { dir, measuredAt, writtenIn, syncsUs, freeBytes: free };
}

function hasJournal(dir: string): boolean {
  return ["lock", "names.json"].some((name) => existsSync(join(dir, name)));
}

function isOneDisk(a: string, b: string): boolean {
  return statSync(a).dev === statSync(b).dev;
}

function syncTimes(dir: string): number[] | string {
  const path = join(dir, `.sallyport-doctor-${process.pid}`);
  let fd: number;
  try {
    fd = openSync(path, "wx", 0o600);
  } catch (error) {
    return `cannot be written to: ${(error as NodeJS.ErrnoException).code}`;
  }
  try {
    unlinkSync(path);
    return timeWrites(fd);
  } catch (error) {
    return `a write failed: ${(error as NodeJS.ErrnoException).code}`;
  } finally {
    closeSync(fd);
  }
}

/** Writes each to a new page, as the journal does. Returns the times sorted. */
function timeWrites(fd: number): number[] {
  const page = new Uint8Array(WRITE_BYTES).fill(0x5a);
  const timesUs: number[] = [];
  const end = performance.now() + WRITES_MAX_MS;
  for (let i = 0; i < WRITES && performance.now() < end; i++) {
    const before = performance.now();
    writeSync(fd, page, 0, WRITE_BYTES, i * WRITE_BYTES);
    fdatasyncSync(fd);
    timesUs.push((performance.now() - before) * 1000);
  }
  return timesUs.sort((a, b) => a - b);
}

function freeBytes(dir: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(dir);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** The file that this process runs, according to the kernel, and its checksum. */
export function measureExecutable(): Executable {
  // Only the compiled executable has its modules in an embedded file system.
  const compiled = import.meta.path.startsWith("/$bunfs/");
  try {
    const hasher = new Bun.CryptoHasher("sha256");
    if (compiled) hasher.update(readFileSync("/proc/self/exe"));
    return { path: process.execPath, compiled, sha256: compiled ? hasher.digest("hex") : null };
  } catch {
    return { path: process.execPath, compiled, sha256: null };
  }
}
