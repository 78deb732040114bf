import { fileURLToPath } from "node:url";

/** Command line that starts this executable, or this source tree, again. */
export function ourselves(entry: string): string[] {
  const embedded = entry.includes("/$bunfs/");
  return embedded ? [process.execPath] : [process.execPath, fileURLToPath(entry)];
}
