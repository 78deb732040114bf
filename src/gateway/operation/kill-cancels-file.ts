import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "../../journal/store/replace-file.ts";
import { type KillScope, readScope, scopeText } from "../../operation/kill-switch.ts";

/** In the data directory: scopes whose kill switch cancels their open orders, and since when. */
const KILL_CANCELS_FILE = "kill-cancels.json";
const VERSION = 1;

export interface KilledScope {
  readonly scope: KillScope;
  /** ISO 8601. */
  readonly since: string;
}

/** What the run before has left; none where there is no file. Throws an error of one line when it is not ours. */
export function readKillCancels(dir: string): KilledScope[] {
  const path = join(dir, KILL_CANCELS_FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const wrong = (got: string): Error =>
    new Error(`${path}: expected version ${VERSION} and a list of scopes, got ${got}`);
  let read: { readonly version?: unknown; readonly scopes?: unknown };
  try {
    read = JSON.parse(text) as typeof read;
  } catch {
    throw wrong("no JSON");
  }
  if (read?.version !== VERSION || !Array.isArray(read.scopes)) throw wrong(text.slice(0, 80));
  return read.scopes.map((one: { readonly scope?: unknown; readonly since?: unknown }) => {
    const scope = readScope(String(one?.scope));
    if (scope === null) throw wrong(JSON.stringify(one));
    return { scope, since: String(one.since) };
  });
}

/** Throws an error of one line. */
export function writeKillCancels(dir: string, killed: readonly KilledScope[]): void {
  const scopes = killed.map(({ scope, since }) => ({ scope: scopeText(scope), since }));
  replaceFile(dir, KILL_CANCELS_FILE, `${JSON.stringify({ version: VERSION, scopes })}\n`);
}
