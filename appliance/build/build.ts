// Builds dist/sallyport, the one executable. With --if-stale only when one of its sources is newer. The codec is compiled
// before (assemble.ts), in another process: this one may not see a file that it has made itself.
import { chmodSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeStripProof } from "./strip-proof.ts";

const ROOT = join(import.meta.dir, "..", "..");
const EXECUTABLE = join(ROOT, "dist", "sallyport");
const MADE_OF = ["src", "ffi", "appliance", "systemd", "package.json", "package-lock.json"];

if (process.argv.includes("--if-stale") && builtMs() > newestMs(MADE_OF)) process.exit(0);

await Bun.build({
  // Workers start from the same entry: the path of a second one differs between sources and executable.
  entrypoints: [join(ROOT, "appliance", "main.ts")],
  // Identifiers stay readable in stack traces; short ones are no faster.
  minify: { syntax: true, whitespace: true, identifiers: false },
  sourcemap: "linked",
  bytecode: true,
  format: "esm",
  compile: {
    outfile: EXECUTABLE,
    // The executable must not load files from the directory in which it is started.
    autoloadDotenv: false,
    autoloadBunfig: false,
    execArgv: ["--disallow-code-generation-from-strings=strict", "--no-ffi-cc"],
  },
});
stripProof(EXECUTABLE);
console.log(`dist/sallyport: ${(statSync(EXECUTABLE).size / 1e6).toFixed(1)} MB`);

/** Replaces the file by renaming, so that a running executable stays intact. */
function stripProof(path: string): void {
  const executable = readFileSync(path);
  makeStripProof(executable);
  writeFileSync(`${path}.fresh`, executable);
  chmodSync(`${path}.fresh`, 0o755);
  renameSync(`${path}.fresh`, path);
}

function builtMs(): number {
  return statSync(EXECUTABLE, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Directories count too: their time shows a removed file. */
function newestMs(paths: readonly string[]): number {
  let newest = 0;
  for (const path of paths) {
    const stat = statSync(join(ROOT, path), { throwIfNoEntry: false });
    if (stat === undefined) continue;
    newest = Math.max(newest, stat.mtimeMs);
    if (stat.isDirectory())
      newest = Math.max(newest, newestMs(readdirSync(join(ROOT, path)).map((name) => join(path, name))));
  }
  return newest;
}
