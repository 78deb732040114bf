import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Baseline, Baselines } from "../../src/alarms/baseline.ts";
import { drawn } from "../property.ts";
import { NOON_MS } from "./calm.ts";

const HOUR_MS = 3_600_000;

describe("the usual latency", () => {
  test("is not known before thirty intervals", () => {
    const baseline = new Baseline(3);
    for (let i = 0; i < 29; i++) baseline.learn(NOON_MS, 50);
    expect(baseline.limitUs(NOON_MS)).toBeNull();
    baseline.learn(NOON_MS, 50);
    expect(baseline.usualUs(NOON_MS)).toBeCloseTo(50, 6);
    expect(baseline.limitUs(NOON_MS)).toBeCloseTo(150, 6);
  });

  test("is that of the time of day, once that is known", () => {
    const baseline = new Baseline(3);
    // The opening is ten times as slow as the rest of the day.
    for (let day = 0; day < 3; day++)
      for (let hour = 8; hour < 17; hour++)
        for (let i = 0; i < 60; i++)
          baseline.learn(NOON_MS + day * 24 * HOUR_MS + (hour - 12) * HOUR_MS, hour === 8 ? 500 : 50);
    expect(baseline.usualUs(NOON_MS)).toBeCloseTo(50, 0);
    expect(baseline.usualUs(NOON_MS - 4 * HOUR_MS)).toBeCloseTo(500, -1);
    expect(baseline.limitUs(NOON_MS - 4 * HOUR_MS)!).toBeGreaterThan(1_000);
    expect(baseline.limitUs(NOON_MS)!).toBeLessThan(500);
    // At another time the whole day counts.
    const evening = baseline.usualUs(NOON_MS + 8 * HOUR_MS)!;
    expect(evening).toBeGreaterThan(50);
    expect(evening).toBeLessThan(500);
  });

  test("is wider where it varies", () => {
    const steady = new Baseline(2);
    const varying = new Baseline(2);
    for (let i = 0; i < 400; i++) {
      steady.learn(NOON_MS, 50);
      varying.learn(NOON_MS, i % 2 === 0 ? 25 : 100);
    }
    expect(steady.limitUs(NOON_MS)).toBeCloseTo(100, 3);
    expect(varying.limitUs(NOON_MS)!).toBeGreaterThan(1_000);
  });

  test("hardly moves by an incident, and becomes what lasts", () => {
    const baseline = new Baseline(3);
    for (let i = 0; i < 400; i++) baseline.learn(NOON_MS, 50);
    for (let i = 0; i < 6; i++) baseline.learn(NOON_MS, 100_000);
    expect(baseline.usualUs(NOON_MS)!).toBeLessThan(53);
    for (let i = 0; i < 2_000; i++) baseline.learn(NOON_MS, 500);
    expect(baseline.limitUs(NOON_MS)!).toBeGreaterThan(500);
  });

  test("survives a restart, and a state of another form is refused", () => {
    const baseline = new Baseline(3);
    for (let i = 0; i < 50; i++) baseline.learn(NOON_MS, 40 + i);
    const again = new Baseline(3);
    expect(again.restore(JSON.parse(JSON.stringify(baseline.state)))).toBe(true);
    expect(again.limitUs(NOON_MS)).toBe(baseline.limitUs(NOON_MS));
    for (const wrong of [null, [], "x", Array(49).fill({ mean: "1", deviation: 0, count: 1 })])
      expect(again.restore(wrong)).toBe(false);
  });

  test("is another one for each stage, also after a restart", () => {
    const baselines = new Baselines(3);
    for (let i = 0; i < 50; i++) {
      baselines.of("decide").learn(NOON_MS, 5);
      baselines.of("send").learn(NOON_MS, 50);
    }
    const again = new Baselines(3);
    expect(again.restore(JSON.parse(JSON.stringify(baselines.state)))).toBe(true);
    expect(again.of("decide").usualUs(NOON_MS)).toBeCloseTo(5, 6);
    expect(again.of("send").usualUs(NOON_MS)).toBeCloseTo(50, 6);
    again.setFactor(10);
    expect(again.of("send").limitUs(NOON_MS)).toBeCloseTo(500, 6);
    expect(again.restore(null)).toBe(false);
    expect(again.restore({ decide: baselines.state.decide, send: [] })).toBe(false);
    expect(again.of("decide").usualUs(NOON_MS)).toBeCloseTo(5, 6);
  });

  test("has a limit of at least its factor times the usual one, whatever it learns", () => {
    const p99s = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(p99s, (values) => {
        const baseline = new Baseline(3);
        for (const [i, value] of values.entries()) baseline.learn(NOON_MS + i * 10_000, value);
        const usual = baseline.usualUs(NOON_MS);
        expect(usual === null).toBe(values.length < 30);
        if (usual === null) return;
        expect(baseline.limitUs(NOON_MS)!).toBeGreaterThanOrEqual(3 * usual * 0.999_999);
        expect(Number.isFinite(baseline.limitUs(NOON_MS)!)).toBe(true);
      }),
      drawn(),
    );
  });
});
