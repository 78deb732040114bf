import { afterAll, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Value } from "@sinclair/typebox/value";
import { type Report, reportSchema } from "../../appliance/doctor/finding.ts";
import { type SoakReport, soakSchema } from "../../appliance/soak/report.ts";
import { configOf, executable, temporary } from "./gateway.ts";
import { freePort } from "./ports.ts";

const DIR = temporary();
afterAll(() => rmSync(DIR, { recursive: true }));
const WITHIN_MS = 30_000;

function run(...words: string[]) {
  const { exitCode, stdout, stderr } = Bun.spawnSync([executable(), ...words], { cwd: DIR, timeout: WITHIN_MS });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

test(
  "doctor --json: one valid document about this machine, the configuration and the executable itself",
  () => {
    const file = join(DIR, "gateway.toml");
    writeFileSync(
      file,
      configOf({ clientPort: freePort(), venuePort: freePort(), lanes: 'cpus = [0]\nidle = "park"' }),
    );
    const { exitCode, stdout, stderr } = run("doctor", "--json", "--config", file, "--data", DIR);
    const report = JSON.parse(stdout) as Report;
    expect([...Value.Errors(reportSchema, report)]).toEqual([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: report.verdict === "fail" ? 3 : 0, stderr: "" });
    expect(report.laneCpus).toEqual([0]);
    const seen = (name: string) => report.checks.find((check) => check.name === name)!;
    expect(seen("lane CPUs")).toMatchObject({ verdict: "ok", seen: "CPU 0" });
    expect(seen("fdatasync p99").seen).toContain(DIR);
    expect(seen("vm.swappiness").why).toContain("swap");
    const sum = createHash("sha256").update(readFileSync(executable())).digest("hex");
    expect(seen("binary integrity")).toMatchObject({ verdict: "ok", seen: expect.stringContaining(`sha256 ${sum}`) });
  },
  WITHIN_MS,
);

test("tune --dry-run: says what it would set, and sets nothing", () => {
  const swappiness = () => readFileSync("/proc/sys/vm/swappiness", "utf8").trim();
  const before = swappiness();
  const state = join(DIR, "tune.json");
  const { exitCode, stdout, stderr } = run("tune", "--dry-run", "--state", state);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).toMatch(/^(nothing to do|would set .* -> .*)$/m);
  expect(stdout.includes("vm.swappiness")).toBe(before !== "1");
  expect([swappiness(), existsSync(state)]).toEqual([before, false]);
});

test(
  "soak --json: every reading of the clock is in the histogram, and two on one CPU push each other aside",
  async () => {
    const measure = async () => {
      const words = ["soak", "--seconds", "1", "--cpu", "0", "--json"];
      const child = Bun.spawn([executable(), ...words], {
        cwd: DIR,
        stdout: "pipe",
        stderr: "pipe",
        timeout: WITHIN_MS,
      });
      const said = await new Response(child.stdout).text();
      expect([await child.exited, await new Response(child.stderr).text()]).toEqual([
        0,
        expect.stringMatching(/^(CPU 0 is not isolated.*\n)?$/),
      ]);
      return JSON.parse(said) as SoakReport;
    };
    for (const report of await Promise.all([measure(), measure()])) {
      expect([...Value.Errors(soakSchema, report)]).toEqual([]);
      expect(report).toMatchObject({ cpu: 0, thresholdUs: 10, notTold: [] });
      expect(report.readings).toBeGreaterThan(1000);
      expect(report.gapUs.count).toBe(report.readings);
      expect(report.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(report.readings);
      const preempted = report.causes.find(({ cause }) => cause === "preempted")!;
      expect(preempted.count).toBeGreaterThan(0);
      expect(preempted.worstUs).toBeGreaterThanOrEqual(report.thresholdUs);
      expect(Math.max(...report.causes.map(({ worstUs }) => worstUs))).toBeCloseTo(report.gapUs.max, 6);
    }
  },
  WITHIN_MS,
);
