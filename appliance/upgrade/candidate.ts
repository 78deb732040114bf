import { existsSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NOT_HERE } from "../config/check.ts";
import { bytesOf, makeDirectory, replaceFile, sha256Of, syncDirectory } from "../install/files.ts";
import { Manifest } from "../install/manifest.ts";
import { below, CURRENT, OPT, PREVIOUS, versionDir, versionFile, versionName } from "../install/places.ts";
import { type ProgramResult, runProgram } from "../install/service-manager.ts";
import { removeVersion, versionAt } from "../install/versions.ts";
import { readRecord } from "./record.ts";

const INCOMING = ".incoming-";
const VERSION_MS = 20_000;
const CHECK_MS = 60_000;
/** A long journal takes minutes to read. */
const JOURNAL_MS = 3_600_000;

/** Configuration and journal that a new version must be able to read. */
export interface Live {
  readonly config: string;
  readonly data: string;
}

/**
 * Stores an executable beside the other versions, named by its own version; the running one is not touched.
 * Returns  its name. Fails  with one line when it is not an executable of this product.
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
    // Atomically, and only if it does not exist yet, because it may be running.
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
  const result = run([file, "version"], VERSION_MS, "/");
  const version = /^sallyport (\d[0-9A-Za-z.+-]*) \(Bun /.exec(result.out)?.[1];
  if (result.code === 0 && version !== undefined) return version;
  // A plain Bun takes the command for a script's name.
  if (result.err.includes('Script not found "version"')) {
    throw new Error("the new executable is a plain Bun without the product in it");
  }
  throw new Error(`the new executable does not run: ${problem(result)}`);
}

/** Makes a version check the live configuration and read the live journal, without writing. Fails  with its output. */
export function requireFit(root: string, name: string, live: Live): void {
  const file = below(root, versionFile(name));
  const cwd = existsSync(live.data) ? live.data : "/";
  const check = run([file, "check", "--config", live.config], CHECK_MS, cwd);
  // What the file needs on this machine is the service's to have: it is another user, with another directory.
  if (check.code !== 0 && check.code !== NOT_HERE)
    throw new Error(`${name} does not accept ${live.config}: ${problem(check)}`);
  console.log(`${name} accepts ${live.config}`);
  if (!existsSync(join(live.data, "names.json"))) {
    console.log(`there is no journal in ${live.data} yet`);
    return;
  }
  const journal = run([file, "journal", "verify", live.data], JOURNAL_MS, cwd);
  if (journal.code !== 0) throw new Error(`${name} cannot read the journal in ${live.data}: ${problem(journal)}`);
  console.log(`${name} reads the journal in ${live.data}`);
}

/** Removes a rejected version, unless a link names it. */
export function dropUnused(root: string, name: string): void {
  if ([versionAt(root, CURRENT), versionAt(root, PREVIOUS), readRecord(root)?.from].includes(name)) return;
  const manifest = Manifest.read(root);
  removeVersion(root, manifest, name);
  manifest.write();
}

/** Runs at the lowest priority, because the gateway may be trading. */
function run(words: string[], timeoutMs: number, cwd: string): ProgramResult {
  const nice = Bun.which("nice");
  return runProgram(nice === null ? words : [nice, "-n", "19", ...words], timeoutMs, cwd);
}

function problem({ code, err, out }: ProgramResult): string {
  const result = (err.trim() || out.trim()).split("\n").slice(0, 5).join("; ");
  return result === "" ? `it ended with ${code}` : `${result} (exit code ${code})`;
}
