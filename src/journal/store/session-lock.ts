import { join } from "node:path";

/** File in the data directory that locks a client session. */
export function sessionLockPath(dir: string, name: string): string {
  return join(dir, "locked", encodeURIComponent(name).replaceAll(".", "%2E"));
}
