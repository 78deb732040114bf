// Compiles the code of a lane (AssemblyScript: core and codec) into the module that holds it. `npm run assemble` does it now; with --if-stale, and
// before every build, start, test and benchmark, it is done only where the sources have changed: it takes some seconds.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
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
  ...["src/core/orders/life-cycle.ts", "src/core/orders/states.ts", "src/core/risk/reason-codes.ts"],
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

/** What was compiled, each under the hash of all that it was made of; whatever is there may be removed at any time. */
const COMPILED = join(ROOT, "dist", "compiled");
/** Most age of what is kept there. */
const KEPT_MS = 7 * 86_400_000;

/** Paths of the files in SOURCES. `root` is the top of the tree. */
function filesOf(root: string): string[] {
  return SOURCES.flatMap((source) => (source.endsWith(".ts") ? source : filesIn(root, source)));
}

function filesIn(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder)).sort();
  return names.map((name) => `${folder}/${name}`);
}

/** A hash of paths and texts, of the compiler and of how it is called. `root` is the top of the tree. */
function hashOf(root: string, texts: ReadonlyMap<string, string>, options: readonly string[]): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const [path, text] of texts) hash.update(path).update(text);
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return hash.update(`${dependencies.assemblyscript} ${options.join(" ")}`).digest("hex");
}

/** The first line of the module: says which sources and which compiler it was made by. */
function headLine(root: string): string {
  const texts = new Map(filesOf(root).map((path) => [path, readFileSync(join(root, path), "utf8")]));
  return `// Made by \`npm run assemble\` of ${SOURCE} and what it imports: sources ${hashOf(root, texts, OPTIONS)}`;
}

/** True where the module is missing, or was made of other sources. `root` is the top of the tree. */
export function isStale(root: string): boolean {
  const target = join(root, TARGET);
  return !existsSync(target) || !readFileSync(target, "utf8").startsWith(`${headLine(root)}\n`);
}

/**
 * Compiles a source and what it imports; a test changes what a file says. What was compiled of the same texts before is taken
 * from `folder`. Throws with what the compiler says.
 * Returns  the WebAssembly.
 */
export async function compile(
  source: string,
  change = (_path: string, text: string): string => text,
  options: readonly string[] = [],
  folder = COMPILED,
): Promise<Uint8Array> {
  const paths = new Set([...filesOf(ROOT), ...filesIn(ROOT, dirname(source))]);
  const texts = new Map<string, string>();
  for (const path of paths) texts.set(path, change(path, readFileSync(join(ROOT, path), "utf8")));
  const kept = join(folder, `${hashOf(ROOT, texts, [source, ...OPTIONS, ...options])}.wasm`);
  if (existsSync(kept)) return readFileSync(kept);
  const code = await compileTexts(source, texts, options);
  mkdirSync(folder, { recursive: true });
  writeWhole(kept, code);
  for (const name of readdirSync(folder)) {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat !== undefined && Date.now() - stat.mtimeMs > KEPT_MS) rmSync(join(folder, name), { force: true });
  }
  return code;
}

async function compileTexts(
  source: string,
  texts: ReadonlyMap<string, string>,
  options: readonly string[],
): Promise<Uint8Array> {
  const asc: Compiler = (await import(COMPILER)).default;
  let code: Uint8Array | null = null;
  const others: string[] = [];
  const { error, stderr } = await asc.main([source, "--baseDir", ROOT, ...OPTIONS, ...options], {
    readFile: (name, dir) => {
      if (!texts.has(name) && existsSync(join(dir, name))) others.push(name);
      return texts.get(name) ?? null;
    },
    writeFile: (_name, contents) => {
      code = contents as Uint8Array;
    },
  });
  // What it is made of decides whether it is compiled again.
  if (others.length > 0) throw new Error(`${source}: expected imports of SOURCES alone, got ${others.join(", ")}`);
  if (code !== null && hasData(code))
    throw new Error(`${source}: has constants of text or arrays, which would lie in shared memory`);
  if (error !== null || code === null) throw new Error(`${source}: ${error?.message}\n${stderr}`);
  return code;
}

/** By renaming: whoever reads it just now reads a whole one. */
function writeWhole(path: string, contents: string | Uint8Array): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
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
  writeWhole(join(ROOT, TARGET), `${head}\n\nexport const MODULE_CODE =\n${lines.join(" +\n")};\n`);
}

export async function assembleIfStale(): Promise<void> {
  await generate();
  await bundleDashboardIfStale();
  if (!isStale(ROOT)) return;
  console.error("compiling core and codec …");
  await assemble();
}

if (import.meta.main) await (process.argv.includes("--if-stale") ? assembleIfStale() : assemble());
