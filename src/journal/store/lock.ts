import { createHash } from "node:crypto";
import { fstatSync, readFileSync, realpathSync, type Stats, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { SystemError } from "../../../ffi/errno.ts";
import {
  closeFd,
  isByteFree,
  lockFile,
  O_CREAT,
  O_DIRECTORY,
  O_RDONLY,
  O_RDWR,
  openFile,
  shareByte,
} from "../../../ffi/file.ts";

const NAME = "lock";
/** Bytes of the hash that gives a path its byte: below 2^48. */
const HASH_BYTES = 6;

/*  Locks of a data directory, all of the kernel's and gone with the process. A start takes each; one that is another's ends it.
 *
 *    what                                          how            holds when this was removed or replaced
 *    the directory itself                          flock          everything in it, the lock file too
 *    its file `lock`, with the pid                 flock          the directory, for processes that hold it no more
 *    each directory above, at a separate byte      shared lock    the directory itself: a new one of the same name is refused
 *
 *  The kernel keeps them at the inode, so other containers see them, whatever their namespaces. Two cases stay open. A container
 *  that mounts the directory alone shares no directory above it: there a removed and remade directory is another one. And a
 *  network file system may lock within one host only.
 */

/** The locks that this process has on a data directory. */
export class DirectoryLock {
  private readonly fds: number[] = [];
  private readonly directory: Stats;
  private file: Stats | undefined;
  /** Pid of the process that had the directory before and did not give it back; "": it did, or there was none. */
  before = "";

  /** Throws an error of one line when another process has one of the locks. */
  constructor(private readonly dir: string) {
    try {
      this.directory = this.lockItself();
      this.lockFile();
      this.lockAbove();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Returns  what of the directory was removed or replaced since, or null. */
  missing(): "directory" | "lock file" | null {
    if (!isSame(this.directory, this.dir)) return "directory";
    return this.file !== undefined && isSame(this.file, `${this.dir}/${NAME}`) ? null : "lock file";
  }

  /** Makes and locks the lock file again. Throws an error of one line. */
  makeFile(): void {
    this.lockFile();
  }

  /** The end of a clean run: the next start knows of it. */
  giveBack(): void {
    if (this.missing() === null) truncateSync(`${this.dir}/${NAME}`);
    this.close();
  }

  /** The end of a look at the directory: how the run before ended is as known as it was. */
  leave(): void {
    if (this.missing() === null) writeFileSync(`${this.dir}/${NAME}`, this.before === "" ? "" : `${this.before}\n`);
    this.close();
  }

  close(): void {
    for (const fd of this.fds.splice(0)) closeFd(fd);
  }

  private lockItself(): Stats {
    const fd = this.open(this.dir, O_RDONLY | O_DIRECTORY);
    if (!this.locks(fd)) throw this.inUse(holderOf(fd));
    return fstatSync(fd);
  }

  private lockFile(): void {
    const path = `${this.dir}/${NAME}`;
    const fd = this.open(path, O_RDWR | O_CREAT);
    const pid = readFileSync(path, "utf8").trim();
    if (!lockFile(fd)) throw this.inUse(pid);
    if (this.file === undefined) this.before = pid;
    writeFileSync(path, `${process.pid}\n`);
    this.file = fstatSync(fd);
  }

  private lockAbove(): void {
    const path = realpathSync(this.dir);
    for (let above = path, last = ""; above !== last; ) {
      last = above;
      above = dirname(above);
      if (above !== last) this.lockByte(above, relative(above, path));
    }
  }

  private lockByte(above: string, name: string): void {
    let fd: number;
    try {
      fd = this.open(above, O_RDONLY | O_DIRECTORY);
    } catch {
      // This user may not read it.
      return;
    }
    const byte = createHash("sha256").update(name).digest().readUIntBE(0, HASH_BYTES);
    // Not on every network file system.
    if (shareByte(fd, byte) < 0 || isByteFree(fd, byte)) return;
    throw new Error(
      `data directory ${this.dir}: in use by another process, although it was removed or replaced meanwhile; stop that gateway first (its log has an alarm), or give another --data directory`,
    );
  }

  private open(path: string, flags: number): number {
    const fd = openFile(path, flags);
    this.fds.push(fd);
    return fd;
  }

  /** False when another process has the lock; true also where the file system locks no directory. */
  private locks(fd: number): boolean {
    try {
      return lockFile(fd);
    } catch (error) {
      if (error instanceof SystemError) return true;
      throw error;
    }
  }

  private inUse(pid: string): Error {
    const who = pid === "" ? "" : ` (pid ${pid})`;
    return new Error(
      `data directory ${this.dir}: in use by another process${who}; stop it, or give another --data directory`,
    );
  }
}

/** Calls `use` while no gateway can use the directory, and leaves no trace; does nothing when one does. Throws what `use` throws. */
export function whileIdle(dir: string, use: () => void): void {
  const fds: number[] = [];
  const take = (path: string, flags: number): boolean => {
    const fd = openFile(path, flags);
    fds.push(fd);
    try {
      return lockFile(fd);
    } catch (error) {
      // Not every file system locks a directory.
      if (error instanceof SystemError) return true;
      throw error;
    }
  };
  try {
    if (take(dir, O_RDONLY | O_DIRECTORY) && take(`${dir}/${NAME}`, O_RDWR | O_CREAT)) use();
  } finally {
    for (const fd of fds) closeFd(fd);
  }
}

/** Whether the path still leads to that file. */
function isSame({ dev, ino }: Stats, path: string): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.ino === ino && now.dev === dev;
}

/** Pid of the process that has the lock of a file, or an empty text: it is in another container, or /proc is not there. */
function holderOf(fd: number): string {
  const { ino } = fstatSync(fd);
  try {
    const line = new RegExp(`FLOCK +ADVISORY +WRITE (\\d+) [0-9a-f]+:[0-9a-f]+:${ino} `);
    const pid = line.exec(readFileSync("/proc/locks", "utf8"))?.[1] ?? "0";
    return pid === "0" ? "" : pid;
  } catch {
    return "";
  }
}
