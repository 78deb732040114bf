import { expect, test } from "bun:test";
import type { CtlRow } from "../../../appliance/ctl/row.ts";
import { ctlRows } from "../../../appliance/ctl/rows.ts";
import { RunningTable, tableLines } from "../../../appliance/ctl/table.ts";

const NOW = Date.parse("2026-12-02T10:00:00Z");
const TERMINAL = { width: 80, nowMs: NOW };
const WHY =
  "the desk called: their algorithm sends orders that it does not know of, until they have found out why that is so";

const rowOf = (name: string): CtlRow => ctlRows.find((row) => row.name === name)!;

const ENTRIES: Readonly<Record<string, Record<string, unknown>>> = {
  actions: {
    at: "2026-12-02T09:58:07.123456Z",
    who: "alice.the.operator",
    action: "kill-switch.engage-and-cancel",
    target: "account:ACCOUNT-OF-A-CLIENT-1",
    result: "refused: the core has no such setting of this account",
    why: WHY,
  },
  silences: {
    id: "12",
    rule: "session-down-in-its-hours",
    subject: "session A-CLIENT-WITH-A-LONG-NAME",
    until: "2026-12-03T10:00:00.000Z",
    by: "alice.the.operator",
    why: WHY,
  },
  alarms: {
    id: "7",
    severity: "critical",
    state: "acknowledged",
    since: "2026-12-01T23:59:59.000Z",
    rule: "report-needing-attention",
    subject: "account A-CLIENT-WITH-A-LONG-NAME",
    text: WHY,
  },
  confirmations: {
    confirmation: 1796159638842000,
    action: "kill-switch.lift",
    target: "account:A-CLIENT",
    who: "alice.the.operator",
    expiresAt: "2026-12-02T10:05:00.000Z",
    why: WHY,
  },
  doctor: {
    verdict: "warn",
    name: "transparent huge pages",
    seen: "a long line about what was seen on this machine, with the CPUs of lanes 1 2 3 4 and their numbers",
    remedy: WHY,
  },
  "kill-switch": {
    scope: "session:A-CLIENT-WITH-A-LONG-NAME",
    engaged: true,
    by: "alice.the.operator",
    at: "2026-12-02T09:58:07.123456Z",
    why: WHY,
  },
};

test.each(Object.keys(ENTRIES))("a long line of %s fits 80 columns, and its reason is there as a whole", (name) => {
  const lines = tableLines(rowOf(name), [ENTRIES[name]], TERMINAL);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
  const below = lines.slice(2);
  expect(below.every((line) => line.startsWith("    "))).toBe(true);
  expect(below.map((line) => line.trim()).join(" ")).toEndWith(WHY);
});

test("every row with lines below has an entry in this test", () => {
  const rows = ctlRows.filter(({ below }) => below !== undefined).map(({ name }) => name);
  expect(rows.sort()).toEqual(Object.keys(ENTRIES).sort());
});

test("times are those of today, or have their date", () => {
  const [, first] = tableLines(rowOf("actions"), [ENTRIES.actions], TERMINAL);
  expect(first).toStartWith("09:58:07  ");
  const [, other] = tableLines(rowOf("alarms"), [ENTRIES.alarms], TERMINAL);
  expect(other).toContain("  2026-12-01 23:59  ");
});

test("where there is no terminal nothing is cut", () => {
  const [, line] = tableLines(rowOf("actions"), [ENTRIES.actions], { width: Number.POSITIVE_INFINITY, nowMs: NOW });
  for (const key of ["who", "action", "target", "result"]) expect(line).toContain(String(ENTRIES.actions![key]));
});

test("the columns of other rows are as they were: figures to the right, times to the microsecond", () => {
  const rows = [
    { at: "2026-12-02T09:58:07.123456Z", lane: 0, gapUs: 120, cause: "steal", agent: "core" },
    { at: "2026-12-02T09:58:08.123456Z", lane: 0, gapUs: 9, cause: "collection", agent: null },
  ];
  expect(tableLines(rowOf("stalls"), rows, TERMINAL)).toEqual([
    "time                         lane   µs  cause       agent",
    "2026-12-02T09:58:07.123456Z     0  120  steal       core",
    "2026-12-02T09:58:08.123456Z     0    9  collection",
  ]);
});

test("a table that grows keeps its columns", () => {
  const table = new RunningTable(rowOf("collections"));
  expect(table.heading()).toBe("seen  thread  count  stood still µs  freed bytes  heap bytes");
  const entry = { seenAt: "10:00", thread: "main", count: 1, stoodStillUs: null, freedBytes: 10, heapBytes: 20 };
  expect(table.entry(entry)).toBe("10:00  main    1                      10           20");
  expect(table.entry({ ...entry, thread: "lane 0 (core)" })).toContain("lane 0 (core)  1");
});
