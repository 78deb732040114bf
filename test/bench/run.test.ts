import { expect, test } from "bun:test";
import { join } from "node:path";
import { benches } from "../../bench/run.ts";

const BENCH = join(import.meta.dir, "..", "..", "bench");

/** It bounds, it does not measure: another file's tests run beside. */
const WITHIN_MS = 120_000;

test.each(benches())(
  "%s runs tiny and its answer is right",
  async (name) => {
    const child = Bun.spawn([process.execPath, join(BENCH, `${name}.ts`)], {
      env: { ...process.env, BENCH_TINY: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = (await child.stdout.text()) + (await child.stderr.text());
    expect(await child.exited, output).toBe(0);
    expect(output).toMatch(/^.+: [\d.,]+ \S+/m);
  },
  WITHIN_MS,
);

test("finds them", () => expect(benches()).toContain("rings"));

test("an unknown name is refused with the names there are", () => {
  const child = Bun.spawnSync([process.execPath, join(BENCH, "run.ts"), "no-such"], { stderr: "pipe" });
  expect(child.exitCode).toBe(2);
  expect(child.stderr.toString()).toContain("no benchmark no-such");
});
