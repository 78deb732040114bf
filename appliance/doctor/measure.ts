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
import { type KillSwitchState, killSwitchOf } from "../../src/recovery/kill-switch.ts";
import { nearestExisting } from "../config/surroundings.ts";
import type { Disk, Executable } from "./box.ts";
import { MachineFiles } from "./files.ts";

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
 * with a journal is a gateway's: the writes are made beside it, on the same disk. Where the directory is a separate disk,
 * they are made in it, but never while a gateway runs.
 */
export function measureDisk(dir: string): Disk {
  const measuredAt = nearestExisting(resolve(dir));
  const beside = dirname(realpathSync(measuredAt));
  const isOwnDisk = statSync(beside).dev !== statSync(measuredAt).dev;
  const writtenIn = hasJournal(measuredAt) && !isOwnDisk ? beside : measuredAt;
  const syncsUs = writtenIn === measuredAt && isLocked(measuredAt) ? LIVE : syncTimes(writtenIn);
  return { dir, measuredAt, writtenIn, syncsUs, freeBytes: freeBytes(measuredAt) };
}

const LIVE =
  "a gateway runs on this disk, and nothing is written into its directory; --data DIR names another one of the same disk";

/** Whether a process has the lock of a data directory. */
function isLocked(dir: string): boolean {
  const lock = statSync(join(dir, "lock"), { throwIfNoEntry: false });
  return lock !== undefined && new RegExp(`:${lock.ino} `).test(new MachineFiles().read("/proc/locks") ?? "");
}

function hasJournal(dir: string): boolean {
  return ["lock", "names.json"].some((name) => existsSync(join(dir, name)));
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

/** The same of a disk on which a gateway writes its journal: nothing is written there besides. */
export function lookAtDisk(dir: string): Disk {
  const measuredAt = resolve(dir);
  return { dir, measuredAt, writtenIn: measuredAt, syncsUs: BESIDE_JOURNAL, freeBytes: freeBytes(measuredAt) };
}

const BESIDE_JOURNAL = "not measured beside a gateway that writes its journal; sallyport doctor measures it";

/** The file that a process runs, according to the kernel, and its checksum; of this process or one of the same executable. */
export function measureExecutable(pid: number | "self" = "self"): Executable {
  // Only the compiled executable has its modules in an embedded file system.
  const compiled = import.meta.path.startsWith("/$bunfs/");
  try {
    const hasher = new Bun.CryptoHasher("sha256");
    if (compiled) hasher.update(readFileSync(`/proc/${pid}/exe`));
    return { path: process.execPath, compiled, sha256: compiled ? hasher.digest("hex") : null };
  } catch {
    return { path: process.execPath, compiled, sha256: null };
  }
}

/** The kill switch of a data directory; null: it has no journal; or why it could not be read. */
export function readKillSwitch(dir: string): KillSwitchState | null | string {
  try {
    return killSwitchOf(dir);
  } catch (error) {
    return (error as Error).message;
  }
}
