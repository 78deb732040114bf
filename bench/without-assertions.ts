// Preloaded by assertions.ts: compiles the code, and loads the rings, without their assertions.
import { readFileSync } from "node:fs";
import { plugin } from "bun";
import { compile, SOURCE } from "../appliance/build/assemble.ts";

const ASSERTION = /^ *if \(.*\) (?:broken|fail)\(.*\);\n/gm;

function without(source: string): string {
  const removed = source.match(ASSERTION)?.length ?? 0;
  if (removed > 0) console.log(`removed: ${removed}`);
  return source.replaceAll(ASSERTION, "");
}

const compiled = await compile(SOURCE, (path, source) => (path.startsWith("src/core/") ? without(source) : source));

plugin({
  name: "without assertions",
  setup(build) {
    build.onLoad({ filter: /\/src\/ring\/.*\.ts$/ }, ({ path }) => ({
      contents: without(readFileSync(path, "utf8")),
      loader: "ts",
    }));
    build.onLoad({ filter: /\/src\/assembly\/module-code\.ts$/ }, () => ({
      contents: `export const MODULE_CODE = "${Buffer.from(compiled).toString("base64")}";`,
      loader: "ts",
    }));
  },
});
