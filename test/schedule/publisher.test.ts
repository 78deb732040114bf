import { expect, test } from "bun:test";
import { Views } from "../../src/base/views.ts";
import { Latest } from "../../src/ring/latest.ts";
import type { Calendar } from "../../src/schedule/calendar.ts";
import { publishSchedule } from "../../src/schedule/publisher.ts";
import { SCHEDULE_BYTES, SessionSchedule } from "../../src/schedule/session-schedule.ts";

const NEW_YORK: Calendar = {
  zone: "America/New_York",
  open: { day: 0, seconds: 34_200 },
  close: { day: 0, seconds: 57_600 },
  days: [1, 2, 3, 4, 5],
  holidays: ["2026-11-26"],
  halfDays: { "2026-11-27": 46_800 },
  resetAtOpen: true,
  resetAt: null,
};

const micros = (text: string): number => Date.parse(text) * 1000;
const latest = (): Latest => new Latest(Views.allocate(Latest.bytesFor(SCHEDULE_BYTES)), 0, SCHEDULE_BYTES);

/** Hours as a lane sees them that looks at `text`, after they were written at `written`. */
function seen(calendar: Calendar, written: string, text = written): { open: boolean; reset: string; next: string } {
  const place = latest();
  publishSchedule(place, calendar, micros(written));
  const schedule = new SessionSchedule(place).update(micros(text));
  const utc = (us: number): string => (Number.isFinite(us) ? new Date(us / 1000).toISOString().slice(0, 16) : `${us}`);
  return { open: schedule.open, reset: utc(schedule.resetUs), next: utc(schedule.nextUs) };
}

test("before they are written it is closed", () => {
  expect(new SessionSchedule(latest()).update(micros("2026-11-24T15:00Z")).open).toBe(false);
});

test("open, closed, and the reset that is due, over days without being written again", () => {
  const from = "2026-11-24T12:00Z";
  expect(seen(NEW_YORK, from)).toEqual({ open: false, reset: "2026-11-23T14:30", next: "2026-11-24T14:30" });
  const at = (text: string) => seen(NEW_YORK, from, text);
  expect(at("2026-11-24T14:29:59.999Z").open).toBe(false);
  expect(at("2026-11-24T14:30Z")).toEqual({ open: true, reset: "2026-11-24T14:30", next: "2026-11-24T21:00" });
  expect(at("2026-11-24T20:59:59.999Z").open).toBe(true);
  expect(at("2026-11-24T21:00Z")).toEqual({ open: false, reset: "2026-11-24T14:30", next: "2026-11-25T14:30" });
  expect(at("2026-11-26T15:00Z")).toEqual({ open: false, reset: "2026-11-25T14:30", next: "2026-11-27T14:30" });
  expect(at("2026-11-27T17:59Z").open).toBe(true);
  expect(at("2026-11-27T18:00Z")).toEqual({ open: false, reset: "2026-11-27T14:30", next: "2026-11-30T14:30" });
});

test("the last reset is found behind a long holiday", () => {
  const holidays = Array.from({ length: 31 }, (_, i) => `2026-12-${String(i + 1).padStart(2, "0")}`);
  const closed = { ...NEW_YORK, holidays };
  expect(seen(closed, "2026-12-31T12:00Z").reset).toBe("2026-11-30T14:30");
});

test("what is not written again runs out closed", () => {
  expect(seen(NEW_YORK, "2026-11-24T12:00Z", "2027-01-05T15:00Z").open).toBe(false);
});

test("one look follows the clock, also backwards, and what is written anew", () => {
  const place = latest();
  publishSchedule(place, NEW_YORK, micros("2026-11-24T12:00Z"));
  const schedule = new SessionSchedule(place);
  const open = (text: string): boolean => schedule.update(micros(text)).open;
  expect([open("2026-11-24T14:00Z"), open("2026-11-24T14:00Z"), open("2026-11-24T15:00Z")]).toEqual([
    false,
    false,
    true,
  ]);
  expect([open("2026-11-24T14:00Z"), open("2026-11-24T22:00Z")]).toEqual([false, false]);
  publishSchedule(place, { ...NEW_YORK, close: { day: 0, seconds: 72_000 } }, micros("2026-11-24T22:00Z"));
  expect(open("2026-11-24T22:00Z")).toBe(true);
});

test("always open with a reset a day", () => {
  const always = { ...NEW_YORK, open: null, close: null, days: [], holidays: [], halfDays: {}, resetAt: 0 };
  expect(seen(always, "2026-11-24T12:00Z")).toEqual({
    open: true,
    reset: "2026-11-24T05:00",
    next: "2026-11-25T05:00",
  });
});
