// Compiles src/fix/wire/codec/ into the module that holds its code: `npm run assemble`, after a change of it.
import { join } from "node:path";
import { generate } from "./generate/generate.ts";

/** The compiler's own declarations take the place of the runtime's: it is imported without them. */
interface Compiler {
  main(
    options: readonly string[],
    host: { writeFile(name: string, contents: string | Uint8Array): void },
  ): Promise<{ error: Error | null; stderr: { toString(): string } }>;
}
const COMPILER: string = "assemblyscript/asc";

const ROOT = join(import.meta.dir, "..");
const SOURCE = "src/fix/wire/codec/codec.ts";
const TARGET = "src/fix/wire/codec-code.ts";
/** WebAssembly's pages of 64 KiB: the memory that is brought along may have any number of them. */
const MOST_PAGES = 65_536;

const OPTIONS = [
  ...["--outFile", "codec.wasm", "-O3", "--noAssert", "--runtime", "stub"],
  ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", String(MOST_PAGES)],
  ...["--enable", "simd,threads,bulk-memory,sign-extension,nontrapping-f2i"],
];

/** The code that belongs to the sources, as base64. */
export async function assembled(): Promise<string> {
  const asc: Compiler = (await import(COMPILER)).default;
  let code = "";
  const { error, stderr } = await asc.main([SOURCE, "--baseDir", ROOT, ...OPTIONS], {
    writeFile: (_name, contents) => {
      code = Buffer.from(contents as Uint8Array).toString("base64");
    },
  });
  if (error !== null) throw new Error(`${SOURCE}: ${error.message}\n${stderr}`);
  return code;
}

if (import.meta.main) {
  await generate();
  const code = (await assembled()).match(/.{1,112}/g)!;
  const lines = code.map((line) => `  "${line}"`).join(" +\n");
  const head = "// Made from the folder codec by `npm run assemble`.\n\n";
  await Bun.write(join(ROOT, TARGET), `${head}export const CODEC_CODE =\n${lines};\n`);
}
