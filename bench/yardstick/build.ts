import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const OUT = join(import.meta.dir, "../../dist/yardstick");

interface Program {
  readonly compiler: string;
  /** Below this folder; the compiler runs in `folder`. */
  readonly folder: string;
  readonly arguments: readonly string[];
}

const PROGRAMS: Readonly<Record<string, Program>> = {
  wire: { compiler: "gcc", folder: ".", arguments: ["-O2", "-o", join(OUT, "wire"), "wire.c"] },
  relay: { compiler: "gcc", folder: ".", arguments: ["-O2", "-o", join(OUT, "relay"), "relay.c"] },
  "gateway-go": { compiler: "go", folder: "gateway-go", arguments: ["build", "-o", join(OUT, "gateway-go"), "."] },
};

/** Compiles one program of the yardstick if it is stale. Returns its path, or null after saying why it can't be built. */
export function built(name: string): string | null {
  const { compiler, folder, arguments: rest } = PROGRAMS[name]!;
  const cwd = join(import.meta.dir, folder);
  const path = join(OUT, name);
  if (existsSync(path) && statSync(path).mtimeMs > newest(cwd)) return path;
  mkdirSync(OUT, { recursive: true });
  if (Bun.which(compiler) === null) return notBuilt(name, `there is no ${compiler}`);
  const child = Bun.spawnSync([compiler, ...rest], { cwd, stdio: ["ignore", "ignore", "pipe"] });
  if (child.exitCode === 0) return path;
  return notBuilt(name, child.stderr.toString().trim());
}

function notBuilt(name: string, why: string): null {
  console.log(`not built: ${name} (${why})`);
  return null;
}

function newest(folder: string): number {
  return Math.max(...readdirSync(folder).map((file) => statSync(join(folder, file)).mtimeMs));
}
