// Runs the benchmarks, each in a separate process: bun bench/run.ts [NAME…]. With BENCH_TINY=1 each takes under a second.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Names of the benchmarks in this folder, without their helpers. */
export function benches(): string[] {
  return readdirSync(import.meta.dir)
    .filter(
      (file) =>
        file.endsWith(".ts") && /from "\.\/measure\.ts"/.test(readFileSync(join(import.meta.dir, file), "utf8")),
    )
    .map((file) => file.slice(0, -3))
    .sort();
}

/** Runs one benchmark with our output. Returns its exit code, 0 when its answer was right. */
export function runBench(name: string): number {
  const child = Bun.spawnSync([process.execPath, join(import.meta.dir, `${name}.ts`)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  return child.exitCode;
}

if (import.meta.main) {
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !benches().includes(name));
  if (unknown.length > 0) {
    console.error(`no benchmark ${unknown.join(", ")}; there are: ${benches().join(", ")}`);
    process.exit(2);
  }
  const failed = (asked.length > 0 ? asked : benches()).filter((name) => {
    console.log(`\n# ${name}`);
    return runBench(name) !== 0;
  });
  if (failed.length > 0) console.error(`\nwrong answer: ${failed.join(", ")}`);
  process.exitCode = failed.length > 0 ? 1 : 0;
}
