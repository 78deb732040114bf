import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { type LoadResult, loadConfig } from "./load.ts";

const REMEDIES: Record<string, string> = {
  ENOENT: "no such file; `sallyport example` prints one to start from",
  EACCES: "this user may not read it",
  EISDIR: "is a directory; expected a TOML file",
};

/** Where a configuration comes from. */
export interface ConfigSource {
  /** Absolute path. */
  readonly path: string;
  /** Of the file's bytes. */
  readonly sha256: string;
  readonly readAt: string;
}

/** A configuration as it was read from a file. */
export type ReadResult = LoadResult & { readonly source: ConfigSource };

/** Reads a file again and again; one whose text is as it was is not checked a second time. */
export function repeatedReader(fileName: string): () => ReadResult {
  let last: ReadResult | null = null;
  return () => {
    const read = readConfig(fileName, last);
    last = read;
    return read;
  };
}

/** Reads and checks a configuration file; an unreadable file is reported as a problem. */
export function readConfig(fileName: string, last: ReadResult | null = null): ReadResult {
  const readAt = new Date().toISOString();
  const path = resolve(fileName);
  try {
    const bytes = readFileSync(fileName);
    const source = { path, sha256: createHash("sha256").update(bytes).digest("hex"), readAt };
    if (last !== null && last.source.sha256 === source.sha256) return { ...last, source };
    return { ...loadConfig(bytes.toString("utf8"), fileName), source };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const remedy = REMEDIES[code] === undefined ? "" : ` (${REMEDIES[code]})`;
    const problems = [{ where: fileName, what: `cannot be read: ${code}${remedy}` }];
    return { problems, source: { path, sha256: "", readAt } };
  }
}
