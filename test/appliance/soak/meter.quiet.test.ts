import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { Meter } from "../../../appliance/soak/meter.ts";
import { soakReport, soakText } from "../../../appliance/soak/report.ts";
import * as words from "../../../appliance/soak/words.ts";
import { threadId } from "../../../ffi/thread.ts";
import { Views } from "../../../src/base/views.ts";
import { STEAL, Stall, StallTable } from "../../../src/stalls/table.ts";
import { ThreadCounters } from "../../../src/stalls/thread-counters.ts";

test("gaps are counted by cause with total and worst, and a run allocates nothing", () => {
  const views = new Views(new SharedArrayBuffer(words.SOAK_BYTES));
  const ledger = new ThreadCounters("/proc", threadId());
  // A threshold below any gap: every reading is attributed.
  const meter = new Meter(views, ledger, null, 0);
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
  // The last gap may wait for its cause until the end.
  meter.end();
  const facts = { cpu: 0, isolated: false, seconds: 0.04, thresholdUs: 0, notTold: ["/proc/x"] };
  const report = soakReport(views, facts);
  expect(report.causes.reduce((sum, { count }) => sum + count, 0)).toBe(readings);
  expect(report.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(readings);
  expect(report.blindMs).toBeGreaterThan(0);
  for (const { count, totalUs, worstUs } of report.causes) expect(totalUs).toBeLessThanOrEqual(count * worstUs + 1e-6);
});

test("the text has a line for each doubling and each cause", () => {
  const views = new Views(new SharedArrayBuffer(words.SOAK_BYTES));
  const bucket = (ns: number, count: number) => {
    views.doubles[((words.GAPS_AT + 128) >> 3) + ns] = count;
  };
  bucket(50, 7);
  const book = new StallTable(views, words.STALLS_AT);
  const stall = new Stall();
  for (const gapNs of [10_000, 20_000]) book.write(Object.assign(stall, { gapNs }), STEAL);
  const facts = { cpu: 3, isolated: true, seconds: 1, thresholdUs: 10, notTold: [] };
  const lines = soakText(soakReport(views, facts)).split("\n");
  expect(lines[0]).toStartWith("CPU 3 (isolated), 1.0 s");
  expect(lines).toContain("from 0 µs        7");
  expect(lines.find((line) => line.startsWith("steal"))).toMatch(/^steal +2 +30\.0 µs +20\.0 µs$/);
  expect(lines.find((line) => line.startsWith("preempted"))).toMatch(/^preempted +0 +0\.0 µs +$/);
});
