import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeFd, lockFile, O_RDWR, openFile } from "../../ffi/file.ts";
import { removeBuffers } from "../../src/journal/store/buffers.ts";

const PREFIX = "sallyport-demo-";
/** One that is younger may have no lock yet. */
const SETTLED_MS = 60_000;

/**
 * Reads until the other end of the pipe is gone, however that happened, and removes the directory, and the journal's buffers
 * to which it has a link.
 */
const GUARD =
  'trap "" HUP INT TERM; while read -r _; do :; done; rm -f -- "$(readlink "$1/data/buffers")"; exec rm -rf -- "$1"';

/**
 * A temporary directory for a journal that does not outlive the process, also not one that is killed: a shell waits for
 * the end of the process and removes it. Where there is no shell, the next demo removes it.
 */
export class DataDirectory {
  readonly path: string;
  /** Where the journal goes. */
  readonly data: string;
  private readonly guard: Bun.Subprocess<"pipe", "ignore", "ignore"> | null;

  constructor() {
    removeLeft(tmpdir());
    this.path = mkdtempSync(join(tmpdir(), PREFIX));
    this.data = join(this.path, "data");
    this.guard = startGuard(this.path);
  }

  async remove(): Promise<void> {
    rmSync(this.path, { recursive: true, force: true });
    await this.guard?.stdin.end();
    await this.guard?.exited;
  }
}

function startGuard(path: string): Bun.Subprocess<"pipe", "ignore", "ignore"> | null {
  try {
    const words = ["/bin/sh", "-c", GUARD, "sh", path];
    // In a separate session, so that a signal to the demo's group does not end it.
    return Bun.spawn(words, { cwd: "/", stdin: "pipe", stdout: "ignore", stderr: "ignore", detached: true });
  } catch {
    return null;
  }
}

/** Removes the directories of demos that have ended without doing so: nobody holds the journal's lock. */
function removeLeft(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(parent, name);
    try {
      if (Date.now() - statSync(path).mtimeMs <= SETTLED_MS || isHeld(join(path, "data/lock"))) continue;
      removeBuffers(join(path, "data"));
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Another user's, or another demo has removed it meanwhile.
    }
  }
}

function isHeld(lock: string): boolean {
  let fd: number;
  try {
    fd = openFile(lock, O_RDWR);
  } catch {
    return false;
  }
  const held = !lockFile(fd);
  closeFd(fd);
  return held;
}
