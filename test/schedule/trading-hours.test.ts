import { expect, test } from "bun:test";
import type { Calendar } from "../../src/schedule/calendar.ts";
import { NEVER_US, tradingHours } from "../../src/schedule/trading-hours.ts";

const at = (text: string): number => Date.parse(text) * 1000;
const HOUR = 3_600;
const daily = (openHour: number, closeHour: number, more: Partial<Calendar> = {}): Calendar => ({
  ...{ zone: "America/New_York", days: [1, 2, 3, 4, 5], holidays: [], halfDays: {}, resetAtOpen: false, resetAt: null },
  open: { day: 0, seconds: openHour * HOUR },
  close: { day: 0, seconds: closeHour * HOUR },
  ...more,
});

test("the session that holds an instant, else the next one, by zone, weekday and half day", () => {
  const calendar = daily(9, 16, { halfDays: { "2026-11-27": 13 * HOUR }, holidays: ["2026-11-26"] });
  const wednesday = { openUs: at("2026-11-25T14:00Z"), closeUs: at("2026-11-25T21:00Z") };
  expect(tradingHours(calendar, wednesday.openUs - 1)).toEqual({ ...wednesday, untilUs: wednesday.closeUs });
  expect(tradingHours(calendar, wednesday.openUs)).toEqual({ ...wednesday, untilUs: wednesday.closeUs });
  // At the close the next one counts: Thursday is a holiday, Friday a half day.
  const friday = { openUs: at("2026-11-27T14:00Z"), closeUs: at("2026-11-27T18:00Z") };
  expect(tradingHours(calendar, wednesday.closeUs)).toEqual({ ...friday, untilUs: friday.closeUs });
});

test("sessions that follow each other without a gap are one, and the first of them says when to ask again", () => {
  const calendar = daily(17, 17, { zone: "UTC", days: [1, 2, 3, 4, 5, 6, 7] });
  expect(tradingHours(calendar, at("2026-11-25T18:00Z"))).toEqual({
    openUs: at("2026-11-25T17:00Z"),
    closeUs: at("2026-12-03T17:00Z"),
    untilUs: at("2026-11-26T17:00Z"),
  });
});

test("a calendar without hours is always open, and one that does not open again never is", () => {
  expect(tradingHours(daily(9, 16, { open: null, close: null }), 0)).toBeNull();
  const closed = { openUs: NEVER_US, closeUs: NEVER_US, untilUs: NEVER_US };
  expect(tradingHours(daily(9, 16, { days: [] }), at("2026-11-25T18:00Z"))).toEqual(closed);
});
