import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Of sun_path, without its end. */
const LONGEST_PATH = 107;
const FOLDER_MODE = 0o700;
const FOLDER = ".api";
/** Where the data directory's path is too long: its name has the id of the process that made it. */
const SHORT_FOLDER = /^sallyport-api-(\d+)-\w+$/;

/** Unix sockets of the HTTP servers behind the doors, in a directory that this user alone may enter: nobody else gets past a door. */
export class InnerSockets {
  private folder = "";
  private count = 0;

  constructor(
    private readonly dataDir: string,
    /** Where short paths are. */
    private readonly shortDir = tmpdir(),
  ) {}

  /** Makes the directory anew, and removes those of processes that were killed. Throws errors of the disk. */
  async open(): Promise<void> {
    const folder = join(this.dataDir, FOLDER);
    rmSync(folder, { recursive: true, force: true });
    const isShort = Buffer.byteLength(join(folder, "00.sock")) <= LONGEST_PATH;
    if (!isShort) await removeStale(this.shortDir);
    this.folder = isShort ? folder : mkdtempSync(join(this.shortDir, `sallyport-api-${process.pid}-`));
    if (isShort) mkdirSync(folder, { mode: FOLDER_MODE });
  }

  /** Path for another socket. */
  next(): string {
    return join(this.folder, `${this.count++}.sock`);
  }

  close(): void {
    if (this.folder !== "") rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Only directories of this user whose process has ended. A process of another PID namespace is not seen, but it listens on its sockets.
 * Throws errors of the disk.
 */
async function removeStale(dir: string): Promise<void> {
  for (const name of readdirSync(dir)) {
    const pid = SHORT_FOLDER.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    const path = join(dir, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true || stat.uid !== process.getuid?.()) continue;
    if (!(await isListening(path))) rmSync(path, { recursive: true, force: true });
  }
}

/** True when a process listens on one of the sockets of a directory. */
async function isListening(folder: string): Promise<boolean> {
  for (const name of readdirSync(folder)) if (await answers(join(folder, name))) return true;
  return false;
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once("connect", () => {
      probe.destroy();
      resolve(true);
    });
    probe.once("error", () => resolve(false));
  });
}
