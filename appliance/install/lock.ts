import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { closeFd, lockFile, O_CREAT, O_RDWR, openFile } from "../../ffi/file.ts";
import { makeDirectory } from "./files.ts";
import { below, LOCK, OPT } from "./places.ts";

/**
 * Runs `work` under the lock that install, upgrade, rollback and uninstall share below the root.
 * Fails  with one line when another process holds it.
 */
export async function locked<T>(root: string, work: () => T | Promise<T>): Promise<T> {
  const path = below(root, LOCK);
  makeDirectory(below(root, OPT));
  const fd = openFile(path, O_RDWR | O_CREAT, 0o644);
  try {
    if (!lockFile(fd)) {
      const holder = readFileSync(path, "utf8").trim();
      throw new Error(`${path}: another install, upgrade or rollback is running (pid ${holder || "unknown"})`);
    }
    truncateSync(path, 0);
    writeFileSync(path, `${process.pid}\n`);
    return await work();
  } finally {
    closeFd(fd);
  }
}
