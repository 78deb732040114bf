import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bytesOf, makeDirectory, replaceFile, sha256Of, syncDirectory } from "../install/files.ts";
import { Manifest } from "../install/manifest.ts";
import { below, CURRENT, OPT, PREVIOUS, versionDir, versionFile, versionName } from "../install/places.ts";
import { runProgram, type Said } from "../install/service-manager.ts";
import { removeVersion, versionAt } from "../install/versions.ts";
import { readRecord } from "./record.ts";

const INCOMING = ".incoming-";
const VERSION_MS = 20_000;
const CHECK_MS = 60_000;
/** Reading a long journal takes its time. */
const JOURNAL_MS = 3_600_000;

/** The configuration and the journal that a version has to understand. */
export interface Live {
  readonly config: string;
  readonly data: string;
}

/**
 * Puts an executable beside the others under the name that it gives itself; the running one is not touched.
 * Returns  its name. Fails  with a line for the user when it is no executable of this product.
 */
export function takeIn(root: string, bytes: Uint8Array): string {
  const opt = below(root, OPT);
  for (const left of readdirSync(opt)) if (left.startsWith(INCOMING)) rmSync(join(opt, left), { recursive: true });
  const sha256 = sha256Of(bytes);
  const dir = join(opt, `${INCOMING}${sha256.slice(0, 12)}`);
  const file = join(dir, "sallyport");
  try {
    replaceFile(file, bytes, 0o755);
    const name = versionName(versionOf(file), sha256);
    const manifest = Manifest.read(root);
    manifest.settle(versionFile(name), sha256);
    manifest.write();
    // In one step, and only where it is not there yet, as it may be the one that runs.
    const there = bytesOf(below(root, versionFile(name)));
    makeDirectory(below(root, versionDir(name)));
    if (there === null || sha256Of(there) !== sha256) renameSync(file, below(root, versionFile(name)));
    syncDirectory(below(root, versionDir(name)));
    syncDirectory(opt);
    return name;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function versionOf(file: string): string {
  const said = run([file, "version"], VERSION_MS, "/");
  const version = /^sallyport (\d[0-9A-Za-z.+-]*) \(Bun /.exec(said.out)?.[1];
  if (said.code === 0 && version !== undefined) return version;
  // It takes the word for a script's name.
  if (said.err.includes('Script not found "version"')) {
    throw new Error("the new executable is a plain Bun without the product in it");
  }
  throw new Error(`the new executable does not run: ${problem(said)}`);
}

/** Lets a version check the live configuration and read the live journal; it writes neither. Fails  with what it says. */
export function requireFit(root: string, name: string, live: Live): void {
  const file = below(root, versionFile(name));
  const cwd = existsSync(live.data) ? live.data : "/";
  const check = run([file, "check", "--config", live.config], CHECK_MS, cwd);
  if (check.code !== 0) throw new Error(`${name} does not take ${live.config}: ${problem(check)}`);
  console.log(`${name} takes ${live.config}`);
  if (!existsSync(join(live.data, "names.json"))) {
    console.log(`no journal is in ${live.data} yet`);
    return;
  }
  const journal = run([file, "journal", "verify", live.data], JOURNAL_MS, cwd);
  if (journal.code !== 0) throw new Error(`${name} cannot read the journal in ${live.data}: ${problem(journal)}`);
  console.log(`${name} reads the journal in ${live.data}`);
}

/** Removes a version that did not do, unless something leads to it. */
export function dropUnused(root: string, name: string): void {
  if ([versionAt(root, CURRENT), versionAt(root, PREVIOUS), readRecord(root)?.from].includes(name)) return;
  const manifest = Manifest.read(root);
  removeVersion(root, manifest, name);
  manifest.write();
}

/** Behind the gateway in everything: it may be trading. */
function run(words: string[], timeoutMs: number, cwd: string): Said {
  const nice = Bun.which("nice");
  return runProgram(nice === null ? words : [nice, "-n", "19", ...words], timeoutMs, cwd);
}

function problem({ code, err, out }: Said): string {
  const said = (err.trim() || out.trim()).split("\n").slice(0, 5).join("; ");
  return said === "" ? `it ended with ${code}` : `${said} (exit code ${code})`;
}
