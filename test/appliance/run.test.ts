import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuWarnings, startFault } from "../../appliance/run.ts";
import { loadConfig } from "../../src/config/load.ts";
import { ROOT, sallyport } from "./sallyport.ts";

const DIR = mkdtempSync(join(tmpdir(), "sallyport-run-"));
afterAll(() => rmSync(DIR, { recursive: true }));

const example = await Bun.file(join(ROOT, "appliance/gateway.toml")).text();

test("a configuration with problems: one line that names the first, exit code 1", () => {
  const path = join(DIR, "bad.toml");
  writeFileSync(
    path,
    example.replace("maxOrderQty = 10_000", "maxOrderQty = 0").replace('default = "SIM"', 'default = "X"'),
  );
  expect(sallyport("run", "--config", path)).toEqual({
    exitCode: 1,
    stdout: "",
    stderr: `sallyport: risk.accounts.ACC1.maxOrderQty: expected a whole number from 1 to 1,000,000,000, got 0 (and 1 more: sallyport check --config ${path})\n`,
  });
});

test("a CPU that is not there is a warning", () => {
  const { config } = loadConfig(example.replace('preset = "one"', 'preset = "two"\ncpus = [0, 99]'), "gateway.toml");
  expect(cpuWarnings(config!, [0, 1])).toEqual([
    "warning: CPU 99 of the lane with keeper is not there: it runs unpinned",
  ]);
});

test("a fault at the start is one line; that the JIT is off is explained", () => {
  expect(startFault(new Error("listen 127.0.0.1:9001:\n  EADDRINUSE"))).toBe("listen 127.0.0.1:9001: EADDRINUSE");
  expect(startFault(new TypeError("bun:ffi requires the JIT"))).toContain("MemoryDenyWriteExecute=no");
});

test("without the JIT the gateway says so and does not start", () => {
  const child = Bun.spawnSync(
    [process.execPath, join(ROOT, "appliance/main.ts"), "run", "--config", join(ROOT, "appliance/gateway.toml")],
    { cwd: DIR, env: { ...process.env, BUN_JSC_useJIT: "0" }, timeout: 20_000 },
  );
  expect(child.stderr.toString()).toMatch(/^sallyport: the JIT is off, .*\n$/);
  expect(child.exitCode).toBe(1);
});
