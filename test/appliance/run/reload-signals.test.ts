import { expect, test } from "bun:test";
import { reloadLines } from "../../../appliance/run/reload-signals.ts";
import type { ReloadReport } from "../../../src/operation/reload.ts";

const REPORT: ReloadReport = {
  file: "/etc/gateway.toml",
  sha256: "0123456789abcdef",
  dryRun: false,
  result: "applied",
  changes: [],
  problems: [],
  warnings: [],
};

test("each change is one line; what is not in force is a warning", () => {
  const lines = reloadLines("SIGHUP", {
    ...REPORT,
    changes: [
      { key: "pool.idleS", before: "10", after: "20", effect: "applied", how: "at once" },
      { key: "lanes.idle", before: '"park"', after: '"spin"', effect: "restart", how: "threads are laid out" },
      { key: "risk.x", before: "1", after: "2", effect: "operator", how: "an operator has set 3" },
    ],
    warnings: ["risk.kill: engaged"],
  });
  expect(lines.map(({ level, what }) => `${level} ${what}`)).toEqual([
    "info SIGHUP: /etc/gateway.toml (SHA-256 0123456789ab): 3 changes: 1 applied, 1 as an operator has set them, 1 not in force without a restart",
    "info pool.idleS: 10 → 20, at once",
    'warning lanes.idle: "park" → "spin": needs a restart: threads are laid out',
    "warning risk.x: 1 → 2: not applied: an operator has set 3",
    "warning risk.kill: engaged",
  ]);
});

test("a file that is refused is one error with the first problem", () => {
  const problems = ["risk.kill: expected true or false, got 3", "pool: unknown key"];
  expect(reloadLines("SIGHUP", { ...REPORT, result: "refused", problems })).toEqual([
    {
      level: "error",
      what: "SIGHUP: /etc/gateway.toml is refused, nothing has changed: risk.kill: expected true or false, got 3 (and 1 more: sallyport check --config /etc/gateway.toml)",
    },
  ]);
});

test("one that is refused partway does not say that nothing has changed", () => {
  const problems = ["refused partway: venues: no answer; in force already: limits"];
  const lines = reloadLines("SIGHUP", { ...REPORT, result: "refused", problems, inForceAlready: ["limits"] });
  expect(lines).toEqual([{ level: "error", what: `SIGHUP: /etc/gateway.toml is refused: ${problems[0]}` }]);
});

test("what a reload sets again is said where the file has no change", () => {
  const report = { ...REPORT, changes: [], result: "applied" as const, warnings: ["this one sets again limits"] };
  expect(reloadLines("SIGHUP", report).map(({ what }) => what)).toEqual([
    "SIGHUP: /etc/gateway.toml (SHA-256 0123456789ab) has nothing else than what is in force",
    "this one sets again limits",
  ]);
});

test("many changes end in one line that counts the rest", () => {
  const changes = Array.from({ length: 50 }, (_, i) => ({
    key: `symbols.S${i}.enabled`,
    before: "true",
    after: "false",
    effect: "applied" as const,
    how: "from the next order",
  }));
  const lines = reloadLines("SIGHUP", { ...REPORT, changes });
  expect(lines).toHaveLength(42);
  expect(lines.at(-1)!.what).toStartWith("and 10 more");
});
