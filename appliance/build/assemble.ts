// Compiles the code of a lane (AssemblyScript: core and codec) into the module that holds it. `npm run assemble` does it now; with --if-stale, and
// before every build, start, test and benchmark, it is done only where the sources have changed: it takes some seconds.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundleDashboardIfStale } from "./bundle-dashboard.ts";
import { generate } from "./generate/generate.ts";

/** The compiler's own declarations replace the runtime's: it is imported without them. */
interface Compiler {
  main(
    options: readonly string[],
    host: {
      readFile(name: string, dir: string): string | null;
      writeFile(name: string, contents: string | Uint8Array): void;
    },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}
const COMPILER: string = "assemblyscript/asc";

const ROOT = join(import.meta.dir, "..", "..");
export const SOURCE = "src/assembly/entry.ts";
export const TARGET = "src/assembly/module-code.ts";
/** What it is made of; a folder's files, or one file. */
export const SOURCES = [
  SOURCE,
  ...["src/core/assembly", "src/core/counters.ts", "src/core/entry-kinds.ts", "src/core/outcomes.ts"],
  ...["src/journal/assembly", "src/journal/layout.ts"],
  ...["src/core/orders/states.ts", "src/core/risk/reason-codes.ts"],
  ...[
    "src/fix/wire/codec",
    "src/record/assembly",
    "src/record/codes.ts",
    "src/record/control-codes.ts",
    "src/record/groups.ts",
  ],
  ...["src/ring/assembly", "src/fix/batch", "src/telemetry/assembly"],
];
/** Pages of 64 KiB: the largest memory that may be imported. */
const MOST_PAGES = 65_536;

const OPTIONS = [
  ...["--outFile", "module.wasm", "-O3", "--noAssert", "--runtime", "stub"],
  ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", String(MOST_PAGES)],
  ...["--enable", "simd,threads,bulk-memory,sign-extension,nontrapping-f2i"],
];

/** The first line of the module: says which sources and which compiler it was made by. */
function headLine(root: string): string {
  const hash = new Bun.CryptoHasher("sha256");
  const add = (path: string): void => void hash.update(path).update(readFileSync(join(root, path)));
  for (const source of SOURCES) {
    if (source.endsWith(".ts")) add(source);
    else for (const name of readdirSync(join(root, source)).sort()) add(`${source}/${name}`);
  }
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  hash.update(`${dependencies.assemblyscript} ${OPTIONS.join(" ")}`);
  return `// Made by \`npm run assemble\` of ${SOURCE} and what it imports: sources ${hash.digest("hex")}`;
}

/** True where the module is missing, or was made of other sources. `root` is the top of the tree. */
export function isStale(root: string): boolean {
  const target = join(root, TARGET);
  return !existsSync(target) || !readFileSync(target, "utf8").startsWith(`${headLine(root)}\n`);
}

/**
 * Compiles a source and what it imports; a test changes what a file says. Throws with what the compiler says.
 * Returns  the WebAssembly.
 */
export async function compile(
  source: string,
  change = (_path: string, text: string): string => text,
  options: readonly string[] = [],
): Promise<Uint8Array> {
  const asc: Compiler = (await import(COMPILER)).default;
  let code: Uint8Array | null = null;
  const { error, stderr } = await asc.main([source, "--baseDir", ROOT, ...OPTIONS, ...options], {
    readFile: (name, dir) => {
      const path = join(dir, name);
      return existsSync(path) ? change(name, readFileSync(path, "utf8")) : null;
    },
    writeFile: (_name, contents) => {
      code = contents as Uint8Array;
    },
  });
  if (code !== null && hasData(code))
    throw new Error(`${source}: has constants of text or arrays, which would lie in shared memory`);
  if (error !== null || code === null) throw new Error(`${source}: ${error?.message}\n${stderr}`);
  return code;
}

/** True for a module that fills memory when it is instantiated. */
function hasData(code: Uint8Array): boolean {
  const DATA_SECTION = 11;
  for (let at = 8; at < code.length; ) {
    if (code[at++] === DATA_SECTION) return true;
    let bytes = 0;
    for (let shift = 0, byte = 128; byte >= 128; shift += 7) {
      byte = code[at++]!;
      bytes += (byte & 127) * 2 ** shift;
    }
    at += bytes;
  }
  return false;
}

/** Compiles the sources and writes the module. Throws with what the compiler says. */
async function assemble(): Promise<void> {
  await generate();
  await bundleDashboardIfStale();
  const head = headLine(ROOT);
  const code = Buffer.from(await compile(SOURCE)).toString("base64");
  const lines = code.match(/.{1,112}/g)!.map((line) => `  "${line}"`);
  // By renaming: whoever reads it just now reads a whole one.
  const fresh = join(ROOT, `${TARGET}.${process.pid}`);
  writeFileSync(fresh, `${head}\n\nexport const MODULE_CODE =\n${lines.join(" +\n")};\n`);
  renameSync(fresh, join(ROOT, TARGET));
}

export async function assembleIfStale(): Promise<void> {
  await generate();
  await bundleDashboardIfStale();
  if (!isStale(ROOT)) return;
  console.error("compiling core and codec …");
  await assemble();
}

if (import.meta.main) await (process.argv.includes("--if-stale") ? assembleIfStale() : assemble());
