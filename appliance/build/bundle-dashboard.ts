// Bundles the dashboard's TypeScript and its packages into one script, as a constant that the executable carries. It is done
// with `npm run assemble`, and before every build, start, test and benchmark where a source has changed.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "..", "..");
const SOURCES = "src/admin/dashboard/page";
const TARGET = "src/admin/dashboard/script-code.ts";

/** Of operation/ the script takes types, which leave nothing in it, and few constants. */
const FOLDERS = [SOURCES, "src/operation"];

/** Bundles what the page's main.ts imports. Throws with what the bundler says. */
export async function bundleDashboardIfStale(): Promise<void> {
  const head = headLine();
  const target = join(ROOT, TARGET);
  if (existsSync(target) && readFileSync(target, "utf8").startsWith(`${head}\n`)) return;
  const { outputs } = await Bun.build({
    entrypoints: [join(ROOT, SOURCES, "main.ts")],
    target: "browser",
    format: "esm",
    minify: true,
  });
  const code = await outputs[0]!.text();
  // By renaming: whoever reads it just now reads a whole one.
  const fresh = `${target}.${process.pid}`;
  writeFileSync(fresh, `${head}\n\nexport const SCRIPT =\n  ${JSON.stringify(code)};\n`);
  renameSync(fresh, target);
}

/** The first line of the target: says of which sources and packages it was made. */
function headLine(): string {
  const hash = new Bun.CryptoHasher("sha256");
  for (const folder of FOLDERS)
    for (const name of readdirSync(join(ROOT, folder)).sort())
      hash.update(name).update(readFileSync(join(ROOT, folder, name)));
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  hash.update(`bun ${dependencies.bun} uplot ${dependencies.uplot}`);
  return `// Made by \`npm run assemble\` of ${SOURCES}: sources ${hash.digest("hex")}`;
}
