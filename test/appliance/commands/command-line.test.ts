import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, sallyport } from "../sallyport.ts";

const COMMANDS =
  "expected: run, demo, check, route, schedule, sequence, hash-password, unlock, journal, ctl, top, profile, token, report, reconcile, doctor, tune, soak, stalls, install, uninstall, upgrade, rollback, example, manual, completion, version (see: sallyport --help)";
const RUN =
  "expected: sallyport run --config FILE [--data DIR] [--log-format FORMAT] [--orphan-orders POLICY] (see: sallyport run --help)";
const DEMO = "expected: sallyport demo [--seconds N] [--json] [--sessions N] (see: sallyport demo --help)";

test.each<[words: string[], line: string]>([
  [[], `sallyport: a command is missing; ${COMMANDS}`],
  [["rum"], `sallyport: unknown command 'rum' (Did you mean run?); ${COMMANDS}`],
  [["--what"], `sallyport: unknown option '--what'; ${COMMANDS}`],
  [["run"], `sallyport run: required option '--config <FILE>' not specified; ${RUN}`],
  [["run", "--config"], `sallyport run: option '--config <FILE>' argument missing; ${RUN}`],
  [["run", "--config", "x", "--dta", "y"], `sallyport run: unknown option '--dta' (Did you mean --data?); ${RUN}`],
  // The typo is named before what is missing because of it.
  [["run", "--confg", "x"], `sallyport run: unknown option '--confg' (Did you mean --config?); ${RUN}`],
  [["run", "--confg=x"], `sallyport run: unknown option '--confg' (Did you mean --config?); ${RUN}`],
  [["run", "-config", "x"], `sallyport run: unknown option '-config' (Did you mean --config?); ${RUN}`],
  [["run", "-c", "x"], `sallyport run: unknown option '-c' (Did you mean --config?); ${RUN}`],
  [["run", "x.toml"], `sallyport run: unexpected word 'x.toml' (Did you mean --config x.toml?); ${RUN}`],
  [["run", "--config", "x", "y"], `sallyport run: unexpected word 'y'; ${RUN}`],
  [
    ["run", "--config", "x", "--log-format", "jsn"],
    `sallyport run: option '--log-format <FORMAT>' argument 'jsn' is invalid. It must be one of: text, json, journald (Did you mean json?); ${RUN}`,
  ],
  [["--config", "x", "run"], `sallyport: unknown option '--config'; it stands behind the command; ${COMMANDS}`],
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
  [["check", "--help"], ["Usage: sallyport check --config FILE [--data DIR]"]],
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
