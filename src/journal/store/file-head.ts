import { closeSync, openSync, readSync } from "node:fs";
import { Views } from "../../base/views.ts";

const HEAD_BYTES = 64;

/** The first bytes of a file, zeros beyond its end. A file that was removed meanwhile has none. */
export function headOf(path: string): Views {
  const head = Views.allocate(HEAD_BYTES);
  try {
    const fd = openSync(path, "r");
    readSync(fd, head.bytes, 0, HEAD_BYTES, 0);
    closeSync(fd);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return head;
}
