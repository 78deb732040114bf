// Preloaded by assertions.ts: loads the core and the rings without their assertions.
import { readFileSync } from "node:fs";
import { plugin } from "bun";

const ASSERTION = /^ *if \(.*\) broken\(.*\);\n/gm;

plugin({
  name: "without assertions",
  setup(build) {
    build.onLoad({ filter: /\/src\/(core|ring)\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const removed = source.match(ASSERTION)?.length ?? 0;
      if (removed > 0) console.log(`removed: ${removed}`);
      return { contents: source.replaceAll(ASSERTION, ""), loader: "ts" };
    });
  },
});
