import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { COUNTER_NAMES } from "../../../src/core/counter-names.ts";
import { GatewayReadings, type ReadingsParts } from "../../../src/gateway/operation/readings.ts";
import { sessionLockPath } from "../../../src/journal/store/session-lock.ts";
import type { JournalLagView } from "../../../src/operation/journal-lag.ts";
import type { SessionView } from "../../../src/operation/sessions.ts";
import { published } from "../../operation/published.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "sallyport-readings-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const STREAM: JournalLagView = {
  stream: "core",
  appendedBytes: 9,
  unwrittenBytes: 2,
  unsyncedBytes: null,
  bufferBytes: 100,
  errno: 0,
};

function readings(session: Partial<SessionView> = {}, stream: Partial<JournalLagView> = {}) {
  const [view] = published().sessions.list();
  const parts = {
    ...published(),
    dir,
    counters: Float64Array.from(COUNTER_NAMES, (_, i) => i),
    sessions: { list: () => [{ ...view!, ...session }], get: () => null },
    journalLag: { streams: () => [{ ...STREAM, ...stream }] },
    dropCopies: { list: () => [], get: () => null, progress: () => null },
    latencies: () => [],
    limitCurrency: null,
    limits: () => [],
    kills: () => ["firm"],
    overrides: () => [],
    stopped: () => [{ subject: "account ACC1", by: "RISK-017 AAPL" }],
    collections: () => 3,
    memoryLimitBytes: () => 1_000,
    quotes: () => null,
    tls: () => [],
    refused: () => [],
    dataProblem: () => "",
  } satisfies Partial<Record<keyof ReadingsParts, unknown>>;
  return new GatewayReadings(parts);
}

test("takes what the parts have, and what the system says of the process, the disk and the clock", () => {
  const taken = readings().take();
  expect(taken.counters.rejects).toBe(COUNTER_NAMES.indexOf("rejects"));
  expect(taken.kills).toEqual([{ scope: "firm" }]);
  expect(taken.stopped).toEqual([{ subject: "account ACC1", by: "RISK-017 AAPL" }]);
  expect(taken.process).toMatchObject({ limitBytes: 1_000, collections: 3 });
  expect(taken.process.residentBytes).toBeGreaterThan(10e6);
  expect(taken.process.openFds).toBeGreaterThan(2);
  expect(taken.process.maxFds).toBeGreaterThanOrEqual(taken.process.openFds);
  expect(taken.process.threads).toBeGreaterThan(1);
  expect(taken.disk!.totalBytes).toBeGreaterThanOrEqual(taken.disk!.freeBytes);
  expect(taken.isJournalFull).toBe(false);
  expect(readings({}, { errno: 28 }).take().isJournalFull).toBe(true);
});

test("a data directory that is gone has no disk", () => {
  const one = readings();
  rmSync(dir, { recursive: true });
  expect(one.take().disk).toBeNull();
});

test("a session is locked while its lock is there, whatever characters its name has", () => {
  const one = readings({ name: "A/B.C" });
  const isLocked = () => one.take().sessions[0]!.isLocked;
  expect(isLocked()).toBe(false);
  const path = sessionLockPath(dir, "A/B.C");
  mkdirSync(dirname(path));
  writeFileSync(path, "");
  expect(isLocked()).toBe(true);
  rmSync(path);
  expect(isLocked()).toBe(false);
});

test("a dynamic session, and one that an operator has switched off, are not expected", () => {
  const isExpected = (session: Partial<SessionView>) => readings(session).take().sessions[0]!.isExpected;
  expect(isExpected({ isDynamic: false, tradingState: "cancel-only" })).toBe(true);
  expect(isExpected({ isDynamic: true })).toBe(false);
  expect(isExpected({ tradingState: "off" })).toBe(false);
});

test("a session's last end is said with what its peer said", () => {
  const lastDisconnect = {
    atUs: 1,
    reason: "peer logged out",
    text: "good night",
    why: 'peer logged out, it said "good night"',
    nextIn: 1,
    nextOut: 1,
    pendingBytes: 0,
    peer: "",
  };
  expect(readings({ lastDisconnect }).take().sessions[0]!.lastDisconnect).toBe('peer logged out, it said "good night"');
});
