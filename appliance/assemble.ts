// Assembles src/fix/field-index.wat into the module that holds its code: `npm run assemble`, after a change of it.
import { join } from "node:path";
import wabt from "wabt";

const FOLDER = join(import.meta.dir, "..", "src", "fix");

/** The code that belongs to the text, as base64. */
export async function assembled(): Promise<string> {
  const text = await Bun.file(join(FOLDER, "field-index.wat")).text();
  const module = (await wabt()).parseWat("field-index.wat", text, { simd: true });
  try {
    module.validate();
    return Buffer.from(module.toBinary({}).buffer).toString("base64");
  } finally {
    module.destroy();
  }
}

if (import.meta.main) {
  const code = (await assembled()).match(/.{1,112}/g)!;
  const lines = code.map((line) => `  "${line}"`).join(" +\n");
  const head = "// Made from field-index.wat by `npm run assemble`.\n\n";
  await Bun.write(join(FOLDER, "field-index-code.ts"), `${head}export const FIELD_INDEX_CODE =\n${lines};\n`);
}
