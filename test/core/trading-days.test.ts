import { expect, test } from "bun:test";
import { resolveTradingDay } from "../../src/config/core.ts";
import { type TradingDayConfig, UTC_DAYS } from "../../src/core/config.ts";
import { type Inner, InnerCore } from "./inner.ts";

const us = (text: string): number => Temporal.Instant.from(text).epochMilliseconds * 1000;

function daysOf(tradingDay: TradingDayConfig): Inner {
  return new InnerCore({ tradingDay }).inner;
}

/** The date of the trading day of an instant. */
function dayOf(days: Inner, instant: string): string {
  return Temporal.PlainDate.from("1970-01-01")
    .add({ days: days.dayOf(us(instant)) })
    .toString();
}

test("trading days begin at midnight UTC, in whatever order they are asked for", () => {
  const days = daysOf(UTC_DAYS);
  expect(dayOf(days, "2026-12-01T00:00:00Z")).toBe("2026-12-01");
  expect(dayOf(days, "2026-12-01T23:59:59.999Z")).toBe("2026-12-01");
  expect(dayOf(days, "2026-12-02T00:00:00Z")).toBe("2026-12-02");
  expect(dayOf(days, "2026-11-30T23:59:59.999Z")).toBe("2026-11-30");
});

test("a day of a zone begins at the same local time in summer and winter, and has the date on which it begins", () => {
  const days = daysOf(resolveTradingDay({ begins: "17:00", zone: "America/New_York" }));
  expect(dayOf(days, "2026-07-01T20:59:59Z")).toBe("2026-06-30");
  expect(dayOf(days, "2026-07-01T21:00:00Z")).toBe("2026-07-01");
  expect(dayOf(days, "2026-12-01T21:59:59Z")).toBe("2026-11-30");
  expect(dayOf(days, "2026-12-01T22:00:00Z")).toBe("2026-12-01");
  expect(dayOf(days, "2026-07-01T21:00:00Z")).toBe("2026-07-01");
});

test("every hour of thirty years is in the day that the zone says", () => {
  for (const zone of ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Tokyo"]) {
    const days = daysOf(resolveTradingDay({ begins: "05:30", zone }));
    for (let at = us("2021-01-01T00:30:00Z"); at < us("2051-01-01T00:00:00Z"); at += 3_600_000_000 * 7) {
      const local = Temporal.Instant.fromEpochMilliseconds(at / 1000)
        .toZonedDateTimeISO(zone)
        .toPlainDateTime();
      const begun = local.subtract({ hours: 5, minutes: 30 }).toPlainDate().toString();
      expect([zone, at, dayOf(days, new Date(at / 1000).toISOString())]).toEqual([zone, at, begun]);
    }
  }
});
