import { expect, test } from "bun:test";
import { LatencyReadings } from "../../../src/gateway/operation/latency-readings.ts";
import type { LatencyViews } from "../../../src/gateway/operation/latency-views.ts";
import { LATENCY_STAGES } from "../../../src/operation/latency.ts";

/** Latencies of which a test says how many there are. */
function views() {
  const seen = { count: 0, samples: 0 };
  const reader = {
    cumulative: () => ({ counts: [], count: seen.count, sumNs: 0 }),
    sample: () => void seen.samples++,
    interval: () => ({ count: seen.count, p99: 10 * seen.samples }),
  };
  const histogram = (stage: string) =>
    stage === "venue" ? null : { buckets: [{ leUs: 1, count: 1 }], count: seen.count, sumUs: 7 };
  return { seen, latencies: { reader: () => reader, histogram } as unknown as LatencyViews };
}

test("an interval ends after two seconds with 200 orders, else after a minute", () => {
  const { seen, latencies } = views();
  const readings = new LatencyReadings(latencies, 0);
  const numberAt = (ms: number) => readings.take(ms)[0]!.interval.number;
  seen.count = 200;
  expect([numberAt(1_999), numberAt(2_000), numberAt(4_000)]).toEqual([0, 1, 1]);
  seen.count = 399;
  expect([numberAt(61_999), numberAt(62_000)]).toEqual([1, 2]);
  seen.count = 599;
  expect(numberAt(64_000)).toBe(3);
  expect(readings.take(64_500)[0]!.interval).toEqual({ number: 3, count: 599, p99Us: 30 });
});

test("a histogram ends with all values, and a stage without one is left out", () => {
  const { seen, latencies } = views();
  seen.count = 5;
  const taken = new LatencyReadings(latencies, 0).take(0);
  expect(taken.map(({ stage }) => stage)).toEqual(LATENCY_STAGES.filter((stage) => stage !== "venue"));
  expect(taken[0]).toMatchObject({
    buckets: [
      { leUs: 1, count: 1 },
      { leUs: Number.POSITIVE_INFINITY, count: 5 },
    ],
    count: 5,
    sumUs: 7,
  });
});
