import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Of sun_path, without its end. */
const LONGEST_PATH = 107;
const FOLDER_MODE = 0o700;
const FOLDER = ".api";

/** Unix sockets of the HTTP servers behind the doors, in a directory that this user alone may enter: nobody else gets past a door. */
export class InnerSockets {
  private folder = "";
  private count = 0;

  constructor(private readonly dataDir: string) {}

  /** Makes the directory anew. Throws errors of the disk. */
  open(): void {
    const folder = join(this.dataDir, FOLDER);
    rmSync(folder, { recursive: true, force: true });
    const isShort = Buffer.byteLength(join(folder, "00.sock")) <= LONGEST_PATH;
    this.folder = isShort ? folder : mkdtempSync(join(tmpdir(), "sallyport-api-"));
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
