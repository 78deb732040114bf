import { describe, expect, test } from "bun:test";
import { resolveTradingDay } from "../../src/config/core.ts";
import { dayAt, dayRange } from "../../src/reports/trading-day.ts";

const us = (text: string): number => Date.parse(text) * 1000;

describe("a trading day", () => {
  const chicago = resolveTradingDay({ begins: "17:00", zone: "America/Chicago" });

  test.each([
    ["2026-11-24", "2026-11-24T23:00:00Z", "2026-11-25T23:00:00Z"],
    // 25 and 23 hours, where the clocks change.
    ["2026-10-31", "2026-10-31T22:00:00Z", "2026-11-01T23:00:00Z"],
    ["2026-03-07", "2026-03-07T23:00:00Z", "2026-03-08T22:00:00Z"],
  ])("%s begins and ends at its zone's time", (day, from, until) => {
    expect(dayRange(day, chicago)).toEqual({ day, fromUs: us(from), untilUs: us(until) });
    expect(dayAt(us(from), chicago)).toBe(day);
    expect(dayAt(us(until) - 1, chicago)).toBe(day);
    expect(dayAt(us(until), chicago)).not.toBe(day);
  });

  test("follows the day before without a gap, for years", () => {
    let until = dayRange("2024-12-31", chicago).untilUs;
    for (let ms = Date.parse("2025-01-01"); ms < Date.parse("2028-01-01"); ms += 86_400_000) {
      const range = dayRange(new Date(ms).toISOString().slice(0, 10), chicago);
      expect(range.fromUs).toBe(until);
      until = range.untilUs;
    }
  });

  test("that is none is refused in one line", () => {
    for (const day of ["today", "2026-13-01", "20261124", ""])
      expect(() => dayRange(day, chicago)).toThrow(`day: expected a date such as 2026-11-24, got ${day}`);
  });
});
