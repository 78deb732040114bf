import { readFileSync } from "node:fs";
import { version } from "../../package.json";
import { sha256Of } from "./files.ts";
import { versionName } from "./places.ts";

/** The one file of the product, in memory. */
export interface Executable {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** The file that this process runs. Fails when that is a plain runtime which reads the sources. */
export function ownExecutable(): Executable {
  if (!import.meta.path.startsWith("/$bunfs/")) {
    throw new Error("this runs from its sources; expected the one executable: npm run build makes dist/sallyport");
  }
  // By the kernel's word: the path may hold another file by now.
  const bytes = readFileSync("/proc/self/exe");
  const sha256 = sha256Of(bytes);
  return { name: versionName(version, sha256), sha256, bytes };
}
