import { readFileSync } from "node:fs";
import { loadConfig } from "../../src/config/load.ts";
import type { Problem } from "../../src/config/problem.ts";
import type { GatewayConfig } from "../../src/config/schema.ts";

const REMEDIES: Record<string, string> = {
  ENOENT: "no such file; `sallyport example` prints one to start from",
  EACCES: "this user may not read it",
  EISDIR: "is a directory; expected a TOML file",
};

/** Reads and checks a configuration file; an unreadable file is reported as a problem. */
export function readConfig(
  fileName: string,
): { config: GatewayConfig; problems?: undefined } | { config?: undefined; problems: Problem[] } {
  try {
    return loadConfig(readFileSync(fileName, "utf8"), fileName);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const remedy = REMEDIES[code] === undefined ? "" : ` (${REMEDIES[code]})`;
    return { problems: [{ where: fileName, what: `cannot be read: ${code}${remedy}` }] };
  }
}
