import { ENOENT, SystemError } from "../../ffi/errno.ts";
import { closeFd, O_DIRECTORY, O_RDONLY, O_RDWR, openFile, syncData, syncEntries } from "../../ffi/file.ts";

/** Descriptors that are kept back: for the next segment, a file of the reserve, and one of each more. */
const KEPT = 4;

/** The keeper's descriptors of the data directory: one to sync it, and some that are kept back for when the process has no other left. */
export class DirectoryFds {
  private fd = -1;
  private readonly kept: number[] = [];

  constructor(private readonly dir: string) {}

  open(): void {
    this.fd = openFile(this.dir, O_RDONLY | O_DIRECTORY);
    this.keep();
  }

  /** Keeps descriptors back, as far as there are any. */
  keep(): void {
    try {
      while (this.kept.length < KEPT) this.kept.push(openFile(this.dir, O_RDONLY | O_DIRECTORY));
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
    }
  }

  /** Frees those that are kept back. */
  release(): void {
    for (let i = 0; i < this.kept.length; i++) closeFd(this.kept[i]!);
    this.kept.length = 0;
  }

  /** Syncs the names of the files. Throws SystemError. */
  sync(): void {
    const synced = syncEntries(this.fd);
    if (synced < 0) throw new SystemError(`fsync ${this.dir}`, synced);
  }

  close(): void {
    this.release();
    closeFd(this.fd);
  }
}

/** Syncs a segment to the disk. One that was removed while the gateway ran is no error here: the main thread has raised an alarm. */
export function syncSegment(path: string): void {
  let fd: number;
  try {
    fd = openFile(path, O_RDWR);
  } catch (error) {
    if (error instanceof SystemError && error.errno === ENOENT) return;
    throw error;
  }
  const synced = syncData(fd);
  closeFd(fd);
  if (synced < 0) throw new SystemError(`fdatasync ${path}`, synced);
}
