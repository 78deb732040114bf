import { describe, expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import {
  bucketStartNs,
  bucketsWord,
  LATENCY_BUCKETS,
  LATENCY_BYTES,
  Latency,
  latencyBucket,
} from "../../src/telemetry/latency.ts";

describe("latencyBucket", () => {
  test("puts every bucket's first and last value into that bucket, without gaps", () => {
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) {
      const start = bucketStartNs(bucket);
      const end = bucketStartNs(bucket + 1);
      expect(end).toBeGreaterThan(start);
      expect(latencyBucket(start)).toBe(bucket);
      expect(latencyBucket(end - 1)).toBe(bucket);
      expect(latencyBucket(end - 0.25)).toBe(bucket);
    }
  });

  test("is never wider than 1.6 % of its values from 100 ns to 100 s", () => {
    for (let bucket = latencyBucket(100); bucket <= latencyBucket(100e9); bucket++) {
      const start = bucketStartNs(bucket);
      const width = bucketStartNs(bucket + 1) - start;
      expect(Math.max(width - 1, 0) / start).toBeLessThanOrEqual(0.016);
    }
    expect(latencyBucket(100e9)).toBeLessThan(LATENCY_BUCKETS);
  });

  test("takes what no clock should give", () => {
    for (const ns of [0, -1, -(2 ** 40), Number.NaN, Number.NEGATIVE_INFINITY]) expect(latencyBucket(ns)).toBe(0);
    for (const ns of [2 ** 37, 2 ** 53, Number.POSITIVE_INFINITY]) expect(latencyBucket(ns)).toBe(LATENCY_BUCKETS - 1);
  });
});

describe("Latency", () => {
  test("counts into its own memory only", () => {
    const at = 64;
    const views = Views.allocate(at + LATENCY_BYTES + 64);
    const latency = new Latency(views, at);
    for (const ns of [-5, 0, 100, 100, 127.9, 1e12, Number.NaN]) latency.record(ns);
    const count = (bucket: number): number => views.doubles[bucketsWord(at) + bucket]!;
    expect([count(0), count(100), count(127), count(LATENCY_BUCKETS - 1)]).toEqual([3, 2, 1, 1]);
    let total = 0;
    for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++) total += count(bucket);
    expect(total).toBe(7);
    expect(views.bytes.subarray(0, at).every((byte) => byte === 0)).toBe(true);
    expect(views.bytes.subarray(at + LATENCY_BYTES).every((byte) => byte === 0)).toBe(true);
  });

  test("refuses memory that it does not fit in", () => {
    expect(() => new Latency(Views.allocate(LATENCY_BYTES), 64)).toThrow("TOO_SMALL");
    expect(() => new Latency(Views.allocate(2 * LATENCY_BYTES), 8)).toThrow("NOT_ALIGNED");
  });
});
