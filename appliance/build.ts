// Builds dist/sallyport, the one executable. With --if-stale only when something it is made of is newer than it.
import { chmodSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generate } from "./generate/generate.ts";
import { makeStripProof } from "./strip-proof.ts";

const ROOT = join(import.meta.dir, "..");
const EXECUTABLE = join(ROOT, "dist", "sallyport");
const MADE_OF = ["src", "ffi", "appliance", "systemd", "package.json", "package-lock.json"];

await generate();
if (process.argv.includes("--if-stale") && builtMs() > newestMs(MADE_OF)) process.exit(0);

await Bun.build({
  // The worker is the same entry: a second entry's path differs between source and executable.
  entrypoints: [join(ROOT, "appliance", "main.ts")],
  // Names stay: they are read in stack traces, and shorter ones measure no faster.
  minify: { syntax: true, whitespace: true, identifiers: false },
  sourcemap: "linked",
  bytecode: true,
  format: "esm",
  compile: {
    outfile: EXECUTABLE,
    // The executable runs from any directory and must not take orders from what happens to lie there.
    autoloadDotenv: false,
    autoloadBunfig: false,
    execArgv: ["--disallow-code-generation-from-strings=strict", "--no-ffi-cc"],
  },
});
stripProof(EXECUTABLE);
console.log(`dist/sallyport: ${(statSync(EXECUTABLE).size / 1e6).toFixed(1)} MB`);

/** By renaming: one that runs just now stays as it is. */
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

/** Directories count too: a removed file is seen by its directory's time. */
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
