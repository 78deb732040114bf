import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type LoadResult, loadConfig } from "../../src/config/load.ts";

const REMEDIES: Record<string, string> = {
  ENOENT: "no such file; `sallyport example` prints one to start from",
  EACCES: "this user may not read it",
  EISDIR: "is a directory; expected a TOML file",
};

/** What was read from a file, and of which text. */
export type ReadConfig = LoadResult & {
  /** SHA-256 of the text, hexadecimal; "" where it could not be read. */
  readonly sha256: string;
};

/** Reads and checks a configuration file; an unreadable file is reported as a problem. */
export function readConfig(fileName: string): ReadConfig {
  try {
    const text = readFileSync(fileName, "utf8");
    return { ...loadConfig(text, fileName), sha256: createHash("sha256").update(text).digest("hex") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const remedy = REMEDIES[code] === undefined ? "" : ` (${REMEDIES[code]})`;
    return { problems: [{ where: fileName, what: `cannot be read: ${code}${remedy}` }], sha256: "" };
  }
}
