import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { examine, laneCpusOf, reportText } from "../../../appliance/doctor/doctor.ts";
import { cpuListText, MachineFiles } from "../../../appliance/doctor/files.ts";
import { reportSchema } from "../../../appliance/doctor/finding.ts";
import { sallyport } from "../sallyport.ts";
import { box, config, made } from "./made-up.ts";

const ISOLATED = { "/sys/devices/system/cpu/online": "0-7", "/sys/devices/system/cpu/isolated": "4-7" };

test("on a machine that tells nothing no check fails and none crashes", () => {
  const report = examine(box({}));
  expect(Value.Check(reportSchema, report)).toBe(true);
  expect(report.verdict).toBe("ok");
  expect(new Set(report.checks.map(({ verdict }) => verdict))).toEqual(new Set(["ok", "not applicable"]));
  expect(new Set(report.checks.map(({ name }) => name)).size).toBe(report.checks.length);
});

test("the worst verdict is the report's", () => {
  const full = { dir: "d", measuredAt: "/d", writtenIn: "/d", syncsUs: [], freeBytes: 1 };
  expect(examine(box(ISOLATED, { disk: full })).verdict).toBe("fail");
  expect(examine(box({ "/proc/sys/vm/swappiness": 60 })).verdict).toBe("warn");
});

test("the schema refuses what is no report", () => {
  const report = examine(box({}));
  expect(Value.Check(reportSchema, { ...report, verdict: "fine" })).toBe(false);
  expect(Value.Check(reportSchema, { ...report, checks: [{ ...report.checks[0], verdict: "" }] })).toBe(false);
  expect(Value.Check(reportSchema, { ...report, more: 1 })).toBe(false);
});

test("lanes get the configured CPUs, then isolated ones", () => {
  expect(laneCpusOf(made(ISOLATED), null)).toEqual([4, 5, 6, 7]);
  expect(laneCpusOf(made(ISOLATED), config('[lanes]\npreset = "wide"\ncpus = [1, 5]'))).toEqual([1, 4, 5, 6]);
  expect(laneCpusOf(made(ISOLATED), config('[lanes]\npreset = "two"\ncpus = [1, 9]'))).toEqual([1, 4]);
  const near = (id: number, cpus: number[], distances: Record<number, number>) => ({
    ...{ id, cpus, distances },
    ...{ totalBytes: 0, freeBytes: 0 },
  });
  const nodes = [near(0, [4, 5], { 0: 10, 1: 20 }), near(1, [6, 7], { 0: 20, 1: 10 })];
  const topology = { nodes, cards: [{ name: "eth0", node: 1, isUp: true }] };
  expect(laneCpusOf(made(ISOLATED), config('[lanes]\npreset = "two"'), topology)).toEqual([6, 7]);
  expect(laneCpusOf(made({}), config('[lanes]\npreset = "two"'))).toEqual([]);
});

test("the text has a line a check, with reason and remedy for what is wrong", () => {
  const lines = reportText(examine(box({ "/proc/sys/vm/swappiness": 60 }))).split("\n");
  const at = lines.findIndex((line) => /^ {2}WARN {2}vm\.swappiness +60$/.test(line));
  expect(at).toBeGreaterThan(0);
  expect(lines[at + 1]).toStartWith("        why: Pages of the journal");
  expect(lines[at + 2]).toStartWith("        do:  Set 1:");
  expect(lines.at(-1)).toMatch(/^0 failed, 1 warnings, \d+ ok, \d+ not applicable$/);
});

test("this machine is examined from source: one valid document, exit code 0 or 3 by its verdict", () => {
  const { exitCode, stdout, stderr } = sallyport("doctor", "--json", "--data", ".");
  const report = JSON.parse(stdout);
  expect([...Value.Errors(reportSchema, report)]).toEqual([]);
  expect({ exitCode, stderr }).toEqual({ exitCode: report.verdict === "fail" ? 3 : 0, stderr: "" });
});

test("a configuration with problems: exit code 1 and the problem", () => {
  const { exitCode, stdout, stderr } = sallyport("doctor", "--config", "absent.toml");
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
  expect(stderr).toContain("absent.toml: cannot be read: ENOENT");
});

test("CPU sets are written as the kernel writes them, and absent files are no errors", () => {
  expect([cpuListText([]), cpuListText([3]), cpuListText([5, 0, 1, 2, 7])]).toEqual(["", "3", "0-2,5,7"]);
  const files = new MachineFiles("/nowhere-at-all");
  expect([files.read("/proc/stat"), files.list("/proc")]).toEqual([undefined, []]);
});
