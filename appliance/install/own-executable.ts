import { readFileSync } from "node:fs";
import { version } from "../../package.json";
import { sha256Of } from "./files.ts";
import { versionName } from "./places.ts";

/** The executable in memory. */
export interface Executable {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** The file that this process runs. Fails when a runtime runs the sources. */
export function ownExecutable(): Executable {
  if (!import.meta.path.startsWith("/$bunfs/")) {
    throw new Error("this runs from source; expected the executable: npm run build makes dist/sallyport");
  }
  // The path may name another file by now; the kernel's link does not.
  const bytes = readFileSync("/proc/self/exe");
  const sha256 = sha256Of(bytes);
  return { name: versionName(version, sha256), sha256, bytes };
}
