import { heapStats } from "bun:jsc";
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ledger } from "../../../appliance/soak/ledger.ts";
import { causeOf, Meter } from "../../../appliance/soak/meter.ts";
import { soakReport, soakText } from "../../../appliance/soak/report.ts";
import * as words from "../../../appliance/soak/words.ts";
import { threadId } from "../../../ffi/thread.ts";
import { Views } from "../../../src/base/views.ts";

const PROC = mkdtempSync(join(tmpdir(), "sallyport-soak-"));
afterAll(() => rmSync(PROC, { recursive: true }));

/** A made-up /proc with one thread, number 7, named as awkwardly as names can be. */
function proc(stat: string): string {
  mkdirSync(join(PROC, "self/task/7"), { recursive: true });
  const thread = (name: string, text: string) => writeFileSync(join(PROC, "self/task/7", name), text);
  thread("status", "Name:\tx\nvoluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t123\nx86_Thread_features:\t\n");
  thread("schedstat", "999 4567890 12\n");
  thread("stat", "7 (a) R b) R 1 2 3 4 5 6 11 12 13 14 15\n");
  writeFileSync(join(PROC, "stat"), stat);
  return PROC;
}

test("the kernel's counts are read: switches, waiting, faults, steal of the one CPU", () => {
  const stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu1 1 2 3 4 5 6 7 8 0 0\ncpu12 1 2 3 4 5 6 7 31 0 0\nintr 1 2\n";
  const ledger = new Ledger(proc(stat), 7, 12);
  ledger.read();
  expect(ledger).toMatchObject({
    switches: 123,
    waitNs: 4567890,
    minorFaults: 11,
    majorFaults: 13,
    stealNs: 31 * 10_000_000,
    absent: [],
  });
  writeFileSync(join(PROC, "self/task/7/schedstat"), "1000 5000000 13\n");
  ledger.read();
  expect(ledger.waitNs).toBe(5000000);
  ledger.close();
});

test("what the kernel does not tell stays zero and is named", () => {
  const ledger = new Ledger(join(PROC, "nowhere"), 7, 0);
  ledger.read();
  expect(ledger).toMatchObject({ switches: 0, waitNs: 0, minorFaults: 0, majorFaults: 0, stealNs: 0 });
  expect(ledger.absent.length).toBe(4);
  const old = new Ledger(proc("cpu  1 2 3\ncpu0 1 2 3\n"), 7, 0);
  old.read();
  expect([old.stealNs, old.switches]).toEqual([0, 123]);
  old.close();
});

test.each([
  [{}, words.UNKNOWN],
  [{ minor: 1 }, words.MINOR_FAULT],
  [{ minor: 1, switches: 1 }, words.PREEMPTED],
  [{ major: 1, switches: 1 }, words.MAJOR_FAULT],
  [{ major: 1, collections: 1 }, words.COLLECTION],
  [{ collections: 1, steal: 1e7 }, words.STEAL],
  [{ steal: 1e7, wait: 60_000 }, words.PREEMPTED],
  [{ steal: 1e7, wait: 10_000 }, words.STEAL],
  [{ wait: 10_000 }, words.UNKNOWN],
] as [Record<string, number>, number][])("a gap of 100 µs with %p is put down to cause %d", (seen, cause) => {
  const { switches = 0, wait = 0, steal = 0, collections = 0, major = 0, minor = 0 } = seen;
  expect(causeOf(100_000, switches, wait, steal, collections, major, minor)).toBe(cause);
});

test("gaps are counted by cause with total and worst, and a run allocates nothing", () => {
  const views = new Views(new SharedArrayBuffer(words.SOAK_BYTES));
  const ledger = new Ledger("/proc", threadId(), 0);
  // A threshold below any gap: every reading is attributed.
  const meter = new Meter(views, ledger, 0);
  meter.warmUp();
  meter.run(20e6);
  Bun.gc(true);
  const before = heapStats().objectCount;
  meter.run(20e6);
  const grown = heapStats().objectCount - before;
  const readings = views.doubles[words.TURNS_DOUBLE]!;
  expect(readings).toBeGreaterThan(20);
  // What a collection leaves for the next look is made anew, a handful of objects; one a reading would be more.
  expect(grown).toBeLessThan(100);
  const facts = { cpu: 0, isolated: false, seconds: 0.04, thresholdUs: 0, notTold: ["/proc/x"] };
  const report = soakReport(views, facts);
  expect(report.causes.reduce((sum, { count }) => sum + count, 0)).toBe(readings);
  expect(report.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(readings);
  expect(report.blindMs).toBeGreaterThan(0);
  for (const { count, totalUs, worstUs } of report.causes) expect(totalUs).toBeLessThanOrEqual(count * worstUs + 1e-6);
  ledger.close();
});

test("the text has a line for each doubling and each cause", () => {
  const views = new Views(new SharedArrayBuffer(words.SOAK_BYTES));
  const bucket = (ns: number, count: number) => {
    views.doubles[((words.GAPS_AT + 128) >> 3) + ns] = count;
  };
  bucket(50, 7);
  views.doubles[words.CAUSES_DOUBLE + 1 * 3] = 2;
  views.doubles[words.CAUSES_DOUBLE + 1 * 3 + 1] = 30_000;
  views.doubles[words.CAUSES_DOUBLE + 1 * 3 + 2] = 20_000;
  const facts = { cpu: 3, isolated: true, seconds: 1, thresholdUs: 10, notTold: [] };
  const lines = soakText(soakReport(views, facts)).split("\n");
  expect(lines[0]).toStartWith("CPU 3 (isolated), 1.0 s");
  expect(lines).toContain("from 0 µs        7");
  expect(lines.find((line) => line.startsWith("steal"))).toMatch(/^steal +2 +30\.0 µs +20\.0 µs$/);
  expect(lines.find((line) => line.startsWith("preempted"))).toMatch(/^preempted +0 +0\.0 µs +$/);
});
