import { expect, test } from "bun:test";
import { badFiles, expiring, outdatedLists, refusedHandshakes } from "../../src/alarms/checks-of-tls.ts";
import { RULES } from "../../src/alarms/rules.ts";
import type { Readings } from "../../src/operation/readings.ts";
import { settings } from "./settings.ts";

const NOW_MS = Date.UTC(2026, 10, 24, 12);
const DAY_MS = 86_400_000;

const readings = (more: Partial<Readings>): Readings =>
  ({ atMs: NOW_MS, tls: [], refused: [], ...more }) as unknown as Readings;
const side = (days: number | null, problem = "", listDays: number | null = null) => ({
  side: "client.tls",
  subject: "CN=gateway",
  untilMs: days === null ? null : NOW_MS + days * DAY_MS,
  listsUntilMs: listDays === null ? null : NOW_MS + listDays * DAY_MS,
  problem,
});

test.each([
  [31, undefined],
  [29.9, "warning"],
  [6.9, "error"],
  [0.9, "critical"],
  [-2, "critical"],
])("a certificate with %p days left is %p", (days, severity) => {
  const rule = RULES.find(({ name }) => name === "certificate-expires")!;
  const { value } = expiring()(readings({ tls: [side(days)] }))[0]!;
  expect(rule.levels(settings()).findLast(({ raise }) => value >= raise)?.severity).toBe(severity as "warning");
});

test("a side without a certificate of ours has none that expires; one that has expired is said so", () => {
  expect(expiring()(readings({ tls: [side(null)] }))).toEqual([]);
  expect(expiring()(readings({ tls: [side(-1)] }))[0]!.text).toContain("has expired at 2026-11-23 12:00 UTC");
});

test.each([
  [2, undefined],
  [0.9, "warning"],
  [-0.1, "critical"],
])("revocation lists with %p days left are %p", (days, severity) => {
  const rule = RULES.find(({ name }) => name === "revocation-list-expires")!;
  const { value, text } = outdatedLists()(readings({ tls: [side(90, "", days)] }))[0]!;
  expect(rule.levels(settings()).findLast(({ raise }) => value >= raise)?.severity).toBe(severity as "warning");
  expect(text.includes("are refused")).toBe(days < 0);
  expect(outdatedLists()(readings({ tls: [side(90)] }))).toEqual([]);
});

test("files that can't be used are found by side", () => {
  const found = badFiles()(
    readings({ tls: [side(90), { ...side(90, "client.tls.key: ENOENT"), side: "dropCopy.tls" }] }),
  );
  expect(found.map(({ subject, value }) => [subject, value])).toEqual([
    ["client.tls", 0],
    ["dropCopy.tls", 1],
  ]);
});

test("handshakes that were refused count for a minute, others do not", () => {
  const check = refusedHandshakes();
  const at = (minutes: number, count: number) =>
    check(
      readings({
        atMs: NOW_MS + minutes * 60_000,
        refused: [
          { reason: "TLS handshake failed", count, isOfTls: true },
          { reason: "address not allowed", count: 9, isOfTls: false },
        ],
      }),
    ).map(({ subject, value }) => [subject, value]);
  expect(at(0, 2)).toEqual([["TLS handshake failed", 2]]);
  expect(at(0.5, 5)).toEqual([["TLS handshake failed", 5]]);
  expect(at(2, 5)).toEqual([["TLS handshake failed", 0]]);
});
