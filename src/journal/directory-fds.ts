import { SystemError } from "../../ffi/errno.ts";
import { closeFd, O_DIRECTORY, O_RDONLY, openFile, syncEntries, turnFd } from "../../ffi/file.ts";

/** Descriptors that are kept back: for the next segment, a file of the reserve, and one of each more. */
const KEPT = 4;

/** The keeper's descriptors of the data directory: one to sync it, and some that are kept back for when the process has no other left. */
export class DirectoryFds {
  private fd = -1;
  private readonly kept: number[] = [];

  constructor(private readonly dir: string) {}

  open(): void {
    this.fd = openFile(this.dir, O_RDONLY | O_DIRECTORY);
    for (let i = 0; i < KEPT; i++) this.kept.push(openFile(this.dir, O_RDONLY | O_DIRECTORY));
  }

  /** Frees one of those that are kept back. Returns  false when there is none. */
  release(): boolean {
    const fd = this.kept.pop();
    if (fd !== undefined) closeFd(fd);
    return fd !== undefined;
  }

  /** Takes back a descriptor that is no longer needed, so that nobody else gets it first. */
  takeBack(fd: number): void {
    if (this.kept.length < KEPT && turnFd(fd, this.fd) >= 0) this.kept.push(fd);
    else closeFd(fd);
  }

  /** Syncs the names of the files. Throws SystemError. */
  sync(): void {
    const synced = syncEntries(this.fd);
    if (synced < 0) throw new SystemError(`fsync ${this.dir}`, synced);
  }

  close(): void {
    while (this.release());
    closeFd(this.fd);
  }
}
