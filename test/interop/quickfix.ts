import { existsSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/** Why QuickFIX programs cannot be built here; null when they can. */
export function whyMissing(): string | null {
  if (Bun.which("g++") === null) return "g++ is missing";
  return existsSync("/usr/include/quickfix/Application.h") ? null : "libquickfix-dev is missing";
}

/** QuickFIX's dictionary, with which it checks every message; null where there is none. Debian's package lacks it. */
export function dictionaryOf(version: string): string | null {
  const file = `${version.replace(".", "").replace(".", "")}.xml`;
  const places = [join("/usr/share/quickfix", file), join(ROOT, "../shared/fix-at/quickfix/spec", file)];
  return places.find((place) => existsSync(place)) ?? null;
}

/** Compiles a program of this folder; returns where it is. */
export async function build(name: string, directory: string): Promise<string> {
  const program = join(directory, name);
  const source = join(import.meta.dir, "quickfix", `${name}.cpp`);
  const flags = ["-std=c++14", "-Wno-deprecated", "-o", program, source, "-lquickfix", "-lpthread"];
  const built = await run(["g++", ...flags]);
  if (built.code !== 0 || built.err !== "") throw new Error(`g++ ${name}: ${built.err}`);
  return program;
}

export async function run(command: string[], mostMs = 60_000): Promise<{ code: number; out: string; err: string }> {
  const child = Bun.spawn(command, {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: mostMs,
    killSignal: "SIGKILL",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}
