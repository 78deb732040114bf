import { closeSync, fsyncSync, openSync, renameSync, writeSync } from "node:fs";
import { syncDirectory } from "../../../ffi/file.ts";

/** Replaces a file of a directory as a whole: after a power cut it has the old text or the new one. Throws an error of one line. */
export function replaceFile(dir: string, name: string, text: string): void {
  const path = `${dir}/${name}`;
  try {
    const fd = openSync(`${path}.new`, "w", 0o640);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(`${path}.new`, path);
    syncDirectory(dir);
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}; make room and let this user write there`);
  }
}
