import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

/** Writes a file that is there as a whole or not at all. Returns what `write` returns. */
export function writeWhole<T>(path: string, write: (output: (bytes: Uint8Array) => void) => T): T {
  const fresh = `${path}.new`;
  const fd = openSync(fresh, "w", 0o640);
  try {
    const result = write((bytes) => {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    });
    renameSync(fresh, path);
    return result;
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}
