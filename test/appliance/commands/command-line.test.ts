import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, sallyport } from "../sallyport.ts";

const COMMANDS =
  "expected: run, demo, check, schedule, sequence, hash-password, unlock, journal, doctor, tune, soak, stalls, install, uninstall, upgrade, rollback, example, manual, version (see: sallyport --help)";
const RUN = "expected: sallyport run --config FILE [--data DIR] [--log-format FORMAT] (see: sallyport run --help)";
const DEMO = "expected: sallyport demo [--seconds N] [--json] [--sessions N] (see: sallyport demo --help)";

test.each<[words: string[], line: string]>([
  [[], `sallyport: a command is missing; ${COMMANDS}`],
  [["rum"], `sallyport: unknown command 'rum' (Did you mean run?); ${COMMANDS}`],
  [["--what"], `sallyport: unknown option '--what'; ${COMMANDS}`],
  [["run"], `sallyport run: required option '--config <FILE>' not specified; ${RUN}`],
  [["run", "--config"], `sallyport run: option '--config <FILE>' argument missing; ${RUN}`],
  [["run", "--config", "x", "--dta", "y"], `sallyport run: unknown option '--dta' (Did you mean --data?); ${RUN}`],
  [
    ["demo", "--seconds", "0"],
    `sallyport demo: option '--seconds <N>' argument '0' is invalid. It must be a whole number from 1 to 86400; ${DEMO}`,
  ],
  [
    ["demo", "--sessions", "1e9"],
    `sallyport demo: option '--sessions <N>' argument '1e9' is invalid. It must be a whole number from 1 to 64; ${DEMO}`,
  ],
  [
    ["journal"],
    "sallyport journal: a command is missing; expected: print, export, order, verify, repair (see: sallyport journal --help)",
  ],
  [
    ["schedule", "--config", "x", "--from", "noon"],
    "sallyport schedule: option '--from <INSTANT>' argument 'noon' is invalid. It must be an instant such as 2026-11-24T08:00:00Z; expected: sallyport schedule --config FILE [--count N] [--from INSTANT] [--session NAME] [--json] (see: sallyport schedule --help)",
  ],
  [
    ["journal", "verify"],
    "sallyport journal verify: missing required argument 'DIR'; expected: sallyport journal verify DIR (see: sallyport journal verify --help)",
  ],
])("%p is bad usage: one line, exit code 2", (words, line) => {
  expect(sallyport(...words)).toEqual({ exitCode: 2, stdout: "", stderr: `${line}\n` });
});

test.each<[words: string[], contains: string[]]>([
  [
    ["--help"],
    [
      "Usage: sallyport",
      "run ",
      "demo ",
      "check ",
      "schedule ",
      "journal ",
      "doctor ",
      "tune ",
      "example ",
      "version ",
    ],
  ],
  [
    ["run", "--help"],
    ["Usage: sallyport run --config FILE [--data DIR]", "--config", "--data", "SIGUSR1"],
  ],
  [
    ["demo", "--help"],
    ["Usage: sallyport demo", "--seconds", "--json", "--sessions"],
  ],
  [["check", "--help"], ["Usage: sallyport check --config FILE"]],
  [
    ["schedule", "--help"],
    ["Usage: sallyport schedule --config FILE [--count N]", "--count", "--from", "--session", "--json"],
  ],
  [
    ["doctor", "--help"],
    ["Usage: sallyport doctor [--config FILE]", "--data", "--json"],
  ],
  [
    ["tune", "--help"],
    ["Usage: sallyport tune", "--dry-run", "--undo", "--state", "--root"],
  ],
  [
    ["soak", "--help"],
    ["Usage: sallyport soak --seconds N", "--cpu", "--threshold"],
  ],
  [
    ["sequence", "--help"],
    ["Usage: sallyport sequence --config FILE", "--session", "--next-in", "--next-out", "--data"],
  ],
  [["hash-password", "--help"], ["Usage: sallyport hash-password"]],
  [
    ["journal", "--help"],
    ["Usage: sallyport journal", "print", "verify"],
  ],
  [
    ["journal", "print", "--help"],
    ["Usage: sallyport journal print [--session NAME] [--stream NAME] [--order ID]", "--session", "--stream"],
  ],
  [["journal", "verify", "--help"], ["Usage: sallyport journal verify DIR"]],
  [["example", "--help"], ["Usage: sallyport example"]],
  [["version", "--help"], ["Usage: sallyport version"]],
])("%p explains itself", (words, contains) => {
  const ended = sallyport(...words);
  expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
  for (const part of contains) expect(ended.stdout).toContain(part);
});

test("version", () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  for (const words of ["version", "--version"]) {
    const ended = sallyport(words);
    expect(ended).toMatchObject({ exitCode: 0, stderr: "" });
    expect(ended.stdout).toMatch(
      new RegExp(`^sallyport ${version.replaceAll(".", "\\.")} \\(Bun [0-9.]+, linux \\w+\\)\n$`),
    );
  }
});

test("example prints the file as it is", () => {
  const file = readFileSync(join(ROOT, "appliance/gateway.toml"), "utf8");
  expect(sallyport("example")).toEqual({ exitCode: 0, stdout: file, stderr: "" });
});
