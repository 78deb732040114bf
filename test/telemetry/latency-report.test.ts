import { describe, expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { LATENCY_BYTES, Latency } from "../../src/telemetry/latency.ts";
import { type LatencyFigures, LatencyReader } from "../../src/telemetry/latency-report.ts";

const NOTHING: LatencyFigures = { p50: 0, p90: 0, p99: 0, p999: 0, max: 0, mean: 0, count: 0 };
const memory = (histograms: number): Views => new Views(new SharedArrayBuffer(histograms * LATENCY_BYTES));

/** Within the 1.6 % that the buckets promise. */
function expectNear(value: number, exact: number): void {
  expect(Math.abs(value - exact) / exact).toBeLessThanOrEqual(0.016);
}

describe("LatencyReader", () => {
  test("says nothing of nothing", () => {
    const reader = new LatencyReader(memory(1), [0]);
    expect(reader.total()).toEqual(NOTHING);
    expect(reader.interval()).toEqual(NOTHING);
  });

  test("gives the percentiles in microseconds, the maximum exactly", () => {
    const views = memory(1);
    const latency = new Latency(views, 0);
    for (let i = 1; i <= 10_000; i++) latency.record(i * 1000);
    const figures = new LatencyReader(views, [0]).total();
    expectNear(figures.p50, 5_000);
    expectNear(figures.p90, 9_000);
    expectNear(figures.p99, 9_900);
    expectNear(figures.p999, 9_990);
    expectNear(figures.mean, 5_000.5);
    expect(figures.max).toBe(10_000);
    expect(figures.count).toBe(10_000);
  });

  test.each([100, 127, 128, 999, 1_000_000, 2 ** 31 - 1, 2 ** 31, 99_999_999_999])(
    "is within 1.6 %% of a time of %d ns, and never above the maximum",
    (ns) => {
      const views = memory(1);
      new Latency(views, 0).record(ns);
      const figures = new LatencyReader(views, [0]).total();
      expectNear(figures.p50 * 1000, ns);
      expect(figures.p50).toBeLessThanOrEqual(figures.max);
      expect(figures.max * 1000).toBeCloseTo(ns, 3);
    },
  );

  test("takes several recorders together", () => {
    const views = memory(2);
    const fast = new Latency(views, 0);
    const slow = new Latency(views, LATENCY_BYTES);
    for (let i = 0; i < 900; i++) fast.record(10_000);
    for (let i = 0; i < 100; i++) slow.record(5_000_000);
    const figures = new LatencyReader(views, [0, LATENCY_BYTES]).total();
    expect(figures.count).toBe(1000);
    expectNear(figures.p50, 10);
    expectNear(figures.p99, 5_000);
    expect(figures.max).toBe(5_000);
  });

  test("tells an interval from the one before", () => {
    const views = memory(1);
    const latency = new Latency(views, 0);
    const reader = new LatencyReader(views, [0]);
    for (let i = 0; i < 10; i++) latency.record(80_000_000);
    expect(reader.interval().count).toBe(10);
    for (let i = 0; i < 5; i++) latency.record(20_000);
    const figures = reader.interval();
    expect(figures.count).toBe(5);
    expectNear(figures.p999, 20);
    expectNear(figures.max, 20);
    expect(reader.interval()).toEqual(NOTHING);
    expect(reader.total().count).toBe(15);
    expect(reader.total().max).toBe(80_000);
  });

  test("keeps counts that no int32 holds", () => {
    const views = memory(1);
    new Latency(views, 0).record(1_000);
    views.doubles.fill(5e9, (128 >> 3) + 100, (128 >> 3) + 101);
    const figures = new LatencyReader(views, [0]).total();
    expect(figures.count).toBe(5e9 + 1);
    expect(figures.p50).toBe(0.1);
  });
});
