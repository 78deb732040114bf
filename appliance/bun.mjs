// Runs the Bun that npm installed: node appliance/bun.mjs FILE|COMMAND ARGS…
//
// npm may refuse Bun's install script (from npm 12 it does so by default, --ignore-scripts always); node_modules/.bin/bun
// is then only a placeholder. Where the script has run it has moved the executable. Both places are looked at here.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
const name = `${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}`;
// npm installs the variant of this machine's libc only, so at most one of the first two exists.
const places = [
  `${modules}@oven/bun-${name}/bin/bun`,
  `${modules}@oven/bun-${name}-musl/bin/bun`,
  `${modules}bun/bin/bun.exe`,
];
// The placeholder is a few hundred bytes of shell script.
const executable = places.find((place) => existsSync(place) && statSync(place).size > 1_000_000);
if (executable === undefined) {
  console.error(`Bun for ${name} is not installed under ${modules}: run "npm ci" (with optional dependencies).`);
  process.exit(1);
}

/** Numbers of the parent, which is npm's shell, and of its parent. */
function ancestors() {
  const parent = process.ppid;
  try {
    // The name of the process, in brackets, may have spaces.
    const fields = readFileSync(`/proc/${parent}/stat`, "latin1").replace(/^.*\) /s, "");
    return `${parent} ${fields.split(" ")[1]}`;
  } catch {
    return `${parent}`;
  }
}

const words = process.argv.slice(2);
// ps and top show the product by its name, also when it runs from source.
const argv0 = words[0] === "appliance/main.ts" ? "sallyport" : executable;
const env = { ...process.env, SALLYPORT_LAUNCHER: String(process.pid) };
const child = spawn(executable, words, { argv0, env, stdio: "inherit" });
// A terminal's Ctrl-C reaches both; the child decides how to end, this process only waits for it.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
// What npm started ends with npm, also where that is killed: neither it nor its shell could say so.
if (process.env.npm_lifecycle_event !== undefined) {
  const started = ancestors();
  setInterval(() => {
    if (ancestors() !== started) child.kill("SIGTERM");
  }, 500).unref();
}
child.on("error", (error) => {
  console.error(`cannot run ${executable}: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
