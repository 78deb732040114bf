import { readFileSync } from "node:fs";
import { type LoadResult, loadConfig } from "../../src/config/load.ts";

const REMEDIES: Record<string, string> = {
  ENOENT: "no such file; `sallyport example` prints one to start from",
  EACCES: "this user may not read it",
  EISDIR: "is a directory; expected a TOML file",
};

/** Reads and checks a configuration file; an unreadable file is reported as a problem. */
export function readConfig(fileName: string): LoadResult {
  try {
    return loadConfig(readFileSync(fileName, "utf8"), fileName);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const remedy = REMEDIES[code] === undefined ? "" : ` (${REMEDIES[code]})`;
    return { problems: [{ where: fileName, what: `cannot be read: ${code}${remedy}` }] };
  }
}
