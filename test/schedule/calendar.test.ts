import { expect, test } from "bun:test";
import { type Calendar, resetsFrom, type WeekTime, windowsFrom } from "../../src/schedule/calendar.ts";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

function weekTime(text: string): WeekTime {
  const [time, day = ""] = text.split(" ").reverse();
  const [hour, minute] = time!.split(":").map(Number);
  return { day: DAYS.indexOf(day) + 1, seconds: hour! * 3600 + minute! * 60 };
}

function calendar(zone: string, open: string | null, close: string | null, more: Partial<Calendar> = {}): Calendar {
  const at = (text: string | null): WeekTime | null => (text === null ? null : weekTime(text));
  const days = [1, 2, 3, 4, 5];
  const rest = { days, holidays: [], halfDays: {}, resetAtOpen: true, resetAt: null };
  return { zone, open: at(open), close: at(close), ...rest, ...more };
}

const micros = (text: string): number => Date.parse(text) * 1000;
/** Instants as UTC to the minute. */
const utc = (us: number): string => new Date(us / 1000).toISOString().slice(0, 16);

function windows(from: Calendar, fromText: string, count: number): string[] {
  const found: string[] = [];
  for (const { openUs, closeUs, begins, early } of windowsFrom(from, micros(fromText))) {
    found.push(`${utc(openUs)} ${utc(closeUs)}${begins ? "" : " goes on"}${early ? " early" : ""}`);
    if (found.length === count) break;
  }
  return found;
}

function resets(from: Calendar, fromText: string, count: number): string[] {
  const found: string[] = [];
  for (const us of resetsFrom(from, micros(fromText))) {
    found.push(utc(us));
    if (found.length === count) break;
  }
  return found;
}

// In each: the Friday before the change and the Monday after it; the zone's times stay, their instants move.
test.each<[zone: string, from: string, ...windows: string[]]>([
  ["America/New_York", "2026-03-06T00:00Z", "2026-03-06T14:30 2026-03-06T21:00", "2026-03-09T13:30 2026-03-09T20:00"],
  ["America/New_York", "2026-10-30T00:00Z", "2026-10-30T13:30 2026-10-30T20:00", "2026-11-02T14:30 2026-11-02T21:00"],
  ["Europe/London", "2026-03-27T00:00Z", "2026-03-27T09:30 2026-03-27T16:00", "2026-03-30T08:30 2026-03-30T15:00"],
  ["Europe/London", "2026-10-23T00:00Z", "2026-10-23T08:30 2026-10-23T15:00", "2026-10-26T09:30 2026-10-26T16:00"],
  ["Australia/Sydney", "2026-04-02T12:00Z", "2026-04-02T22:30 2026-04-03T05:00", "2026-04-05T23:30 2026-04-06T06:00"],
  ["Australia/Sydney", "2026-10-01T12:00Z", "2026-10-01T23:30 2026-10-02T06:00", "2026-10-04T22:30 2026-10-05T05:00"],
])("daily in %s from %s: the clock's change moves the instants, not the times", (zone, from, ...expected) => {
  expect(windows(calendar(zone, "09:30", "16:00"), from, 2)).toEqual(expected);
});

// The night of the change, open from 22:00 to 06:00: an hour shorter in spring, an hour longer in autumn.
test.each<[zone: string, from: string, window: string, hours: number]>([
  ["America/New_York", "2026-03-08T00:00Z", "2026-03-08T03:00 2026-03-08T10:00", 7],
  ["America/New_York", "2026-11-01T00:00Z", "2026-11-01T02:00 2026-11-01T11:00", 9],
  ["Europe/London", "2026-03-28T12:00Z", "2026-03-28T22:00 2026-03-29T05:00", 7],
  ["Europe/London", "2026-10-24T12:00Z", "2026-10-24T21:00 2026-10-25T06:00", 9],
  ["Australia/Sydney", "2026-10-03T00:00Z", "2026-10-03T12:00 2026-10-03T19:00", 7],
  ["Australia/Sydney", "2026-04-04T00:00Z", "2026-04-04T11:00 2026-04-04T20:00", 9],
])("across midnight in %s from %s", (zone, from, window, hours) => {
  const everyDay = calendar(zone, "22:00", "06:00", { days: [7] });
  expect(windows(everyDay, from, 1)).toEqual([window]);
  const [open, close] = window.split(" ").map((text) => Date.parse(`${text}Z`));
  expect((close! - open!) / 3_600_000).toBe(hours);
});

// 02:00 to 03:00 is skipped in New York and Sydney, 01:00 to 02:00 in London.
test.each<[what: string, zone: string, open: string, close: string, date: string, ...windows: string[]]>([
  ["opens in the gap", "America/New_York", "02:30", "03:10", "2026-03-08", "2026-03-08T07:00 2026-03-08T07:10"],
  ["closes in the gap", "America/New_York", "01:30", "02:30", "2026-03-08", "2026-03-08T06:30 2026-03-08T07:00"],
  ["opens as the gap begins", "America/New_York", "02:00", "04:00", "2026-03-08", "2026-03-08T07:00 2026-03-08T08:00"],
  [
    "lies in the gap: left out",
    "America/New_York",
    "02:15",
    "02:45",
    "2026-03-08",
    "2026-03-09T06:15 2026-03-09T06:45",
  ],
  ["opens in the gap", "Europe/London", "01:30", "03:00", "2026-03-29", "2026-03-29T01:00 2026-03-29T02:00"],
  ["closes in the gap", "Europe/London", "00:30", "01:59", "2026-03-29", "2026-03-29T00:30 2026-03-29T01:00"],
  ["opens in the gap", "Australia/Sydney", "02:30", "04:00", "2026-10-04", "2026-10-03T16:00 2026-10-03T17:00"],
  ["closes in the gap", "Australia/Sydney", "01:00", "02:30", "2026-10-04", "2026-10-03T15:00 2026-10-03T16:00"],
  [
    "opens in the hour shown twice",
    "America/New_York",
    "01:30",
    "03:00",
    "2026-11-01",
    "2026-11-01T05:30 2026-11-01T08:00",
  ],
  [
    "closes in the hour shown twice",
    "America/New_York",
    "00:30",
    "01:30",
    "2026-11-01",
    "2026-11-01T04:30 2026-11-01T05:30",
  ],
  [
    "opens in the hour shown twice",
    "Europe/London",
    "01:30",
    "03:00",
    "2026-10-25",
    "2026-10-25T00:30 2026-10-25T03:00",
  ],
  [
    "closes in the hour shown twice",
    "Europe/London",
    "00:30",
    "01:30",
    "2026-10-25",
    "2026-10-24T23:30 2026-10-25T00:30",
  ],
  [
    "opens in the hour shown twice",
    "Australia/Sydney",
    "02:30",
    "04:00",
    "2026-04-05",
    "2026-04-04T15:30 2026-04-04T18:00",
  ],
  [
    "closes in the hour shown twice",
    "Australia/Sydney",
    "01:30",
    "02:30",
    "2026-04-05",
    "2026-04-04T14:30 2026-04-04T15:30",
  ],
])("%s, %s %s to %s on %s", (_what, zone, open, close, date, ...expected) => {
  const from = new Date(Date.parse(date) - 18 * 3_600_000).toISOString();
  const everyDay = calendar(zone, open, close, { days: [1, 2, 3, 4, 5, 6, 7] });
  const found = windows(everyDay, from, 3).filter((text) => text >= expected[0]!);
  expect(found.slice(0, 1)).toEqual(expected);
});

test("no two sessions of any daily or weekly calendar overlap, nor does one end before it begins, all year", () => {
  const everyDay = [1, 2, 3, 4, 5, 6, 7];
  for (const zone of ["America/New_York", "Europe/London", "Australia/Sydney", "Africa/Cairo", "America/Santiago"]) {
    for (const [open, close] of [
      ["01:45", "01:30"],
      ["02:30", "02:15"],
      ["00:10", "23:50"],
      ["00:30", "00:15"],
    ]) {
      let before = Number.NEGATIVE_INFINITY;
      let count = 0;
      for (const window of windowsFrom(
        calendar(zone, open!, close!, { days: everyDay }),
        micros("2026-01-01T00:00Z"),
      )) {
        expect(window.openUs).toBeGreaterThanOrEqual(before);
        expect(window.closeUs).toBeGreaterThan(window.openUs);
        before = window.closeUs;
        if (++count === 365) break;
      }
      expect(count).toBe(365);
    }
  }
});

test("weekends, holidays and half days", () => {
  const nyse = calendar("America/New_York", "09:30", "16:00", {
    holidays: ["2026-11-26", "2026-12-25"],
    halfDays: { "2026-11-27": 13 * 3600 },
  });
  expect(windows(nyse, "2026-11-25T15:00Z", 4)).toEqual([
    "2026-11-25T14:30 2026-11-25T21:00",
    "2026-11-27T14:30 2026-11-27T18:00 early",
    "2026-11-30T14:30 2026-11-30T21:00",
    "2026-12-01T14:30 2026-12-01T21:00",
  ]);
  expect(windows(nyse, "2026-12-24T21:00Z", 1)).toEqual(["2026-12-28T14:30 2026-12-28T21:00"]);
});

test("the close itself is outside, the microsecond before it inside", () => {
  const london = calendar("Europe/London", "08:00", "16:30");
  const close = micros("2026-11-24T16:30Z");
  const first = (us: number) => utc(windowsFrom(london, us).next().value!.openUs);
  expect(first(close - 1)).toBe("2026-11-24T08:00");
  expect(first(close)).toBe("2026-11-25T08:00");
});

test("a session across midnight belongs to the date on which it closes", () => {
  const cme = calendar("America/Chicago", "17:00", "16:00", {
    holidays: ["2026-11-26"],
    halfDays: { "2026-11-27": 12 * 3600 },
  });
  // Monday's opens on Sunday; Thanksgiving's, which would open on Wednesday, is left out; Friday's opens on Thursday.
  expect(windows(cme, "2026-11-22T12:00Z", 5)).toEqual([
    "2026-11-22T23:00 2026-11-23T22:00",
    "2026-11-23T23:00 2026-11-24T22:00",
    "2026-11-24T23:00 2026-11-25T22:00",
    "2026-11-26T23:00 2026-11-27T18:00 early",
    "2026-11-29T23:00 2026-11-30T22:00",
  ]);
});

test("weekly, over the turn of a year and both changes of the clock", () => {
  const fx = calendar("America/New_York", "sun 17:00", "fri 17:00");
  expect(windows(fx, "2026-12-30T00:00Z", 2)).toEqual([
    "2026-12-27T22:00 2027-01-01T22:00",
    "2027-01-03T22:00 2027-01-08T22:00",
  ]);
  expect(windows(fx, "2026-03-02T00:00Z", 2)).toEqual([
    "2026-03-01T22:00 2026-03-06T22:00",
    "2026-03-08T21:00 2026-03-13T21:00",
  ]);
  expect(windows(fx, "2026-10-30T21:00Z", 1)).toEqual(["2026-11-01T22:00 2026-11-06T22:00"]);
});

test("a week that begins late in the week wraps; one from a day to the same day lasts seven days", () => {
  expect(windows(calendar("UTC", "fri 22:00", "mon 06:00"), "2026-11-21T00:00Z", 2)).toEqual([
    "2026-11-20T22:00 2026-11-23T06:00",
    "2026-11-27T22:00 2026-11-30T06:00",
  ]);
  expect(windows(calendar("UTC", "sat 12:00", "sat 11:00"), "2026-11-24T00:00Z", 1)).toEqual([
    "2026-11-21T12:00 2026-11-28T11:00",
  ]);
  expect(windows(calendar("UTC", "sat 11:00", "sat 12:00"), "2026-11-24T00:00Z", 1)).toEqual([
    "2026-11-28T11:00 2026-11-28T12:00",
  ]);
});

test("a week pauses for a holiday and after an early close, and only its beginning resets", () => {
  const fx = calendar("America/New_York", "sun 17:00", "fri 17:00", {
    holidays: ["2026-12-25", "2026-12-22"],
    halfDays: { "2026-12-24": 13 * 3600 },
  });
  expect(windows(fx, "2026-12-20T12:00Z", 4)).toEqual([
    "2026-12-20T22:00 2026-12-22T05:00 early",
    "2026-12-23T05:00 2026-12-24T18:00 goes on early",
    "2026-12-27T22:00 2027-01-01T22:00",
    "2027-01-03T22:00 2027-01-08T22:00",
  ]);
  expect(resets(fx, "2026-12-20T12:00Z", 3)).toEqual(["2026-12-20T22:00", "2026-12-27T22:00", "2027-01-03T22:00"]);
});

test("resets: at each opening, at a time of day within a session, or never", () => {
  const london = (more: Partial<Calendar>) => calendar("Europe/London", "08:00", "16:30", more);
  expect(resets(london({}), "2026-11-24T09:00Z", 3)).toEqual([
    "2026-11-24T08:00",
    "2026-11-25T08:00",
    "2026-11-26T08:00",
  ]);
  expect(resets(london({ resetAt: 12 * 3600 }), "2026-11-24T09:00Z", 3)).toEqual([
    "2026-11-24T08:00",
    "2026-11-24T12:00",
    "2026-11-25T08:00",
  ]);
  const outside = london({ resetAt: 20 * 3600, resetAtOpen: false });
  expect(resetsFrom(outside, micros("2026-11-24T09:00Z")).next().done).toBe(true);
  const week = calendar("America/New_York", "sun 17:00", "fri 17:00", { resetAt: 17 * 3600 });
  expect(resets(week, "2026-11-01T23:00Z", 6)).toEqual([
    "2026-11-01T22:00",
    "2026-11-02T22:00",
    "2026-11-03T22:00",
    "2026-11-04T22:00",
    "2026-11-05T22:00",
    "2026-11-08T22:00",
  ]);
});

test("without open and close it is always open, and can be reset daily all the same", () => {
  const always = calendar("America/New_York", null, null, { resetAt: 2.5 * 3600 });
  const only = [...windowsFrom(always, micros("2026-03-06T00:00Z"))];
  expect(only).toEqual([
    { openUs: Number.NEGATIVE_INFINITY, closeUs: Number.POSITIVE_INFINITY, begins: false, early: false },
  ]);
  const found = resets(always, "2026-03-07T00:00Z", 5);
  expect(found.filter((text) => text > "2026-03-07T00:00").slice(0, 3)).toEqual([
    "2026-03-07T07:30",
    "2026-03-08T07:00",
    "2026-03-09T06:30",
  ]);
});

test("a calendar in which every day is a holiday ends", () => {
  const never = calendar("UTC", "08:00", "09:00", { days: [] });
  expect([...windowsFrom(never, micros("2026-01-01T00:00Z"))]).toEqual([]);
});

test("open = close is always open, with a new session each day, over changes of the clock and weekends", () => {
  const days = { days: [1, 2, 3, 4, 5, 6, 7] };
  const found = windows(calendar("America/New_York", "17:00", "17:00", days), "2026-03-06T12:00Z", 4);
  expect(found).toEqual([
    "2026-03-05T22:00 2026-03-06T22:00",
    "2026-03-06T22:00 2026-03-07T22:00",
    "2026-03-07T22:00 2026-03-08T21:00",
    "2026-03-08T21:00 2026-03-09T21:00",
  ]);
  expect(resets(calendar("America/New_York", "17:00", "17:00", days), "2026-03-07T12:00Z", 3)).toEqual([
    "2026-03-06T22:00",
    "2026-03-07T22:00",
    "2026-03-08T21:00",
  ]);
});

test("open = close on one day of the week is always open, with a new session each week", () => {
  expect(windows(calendar("UTC", "sun 17:00", "sun 17:00"), "2026-03-06T12:00Z", 2)).toEqual([
    "2026-03-01T17:00 2026-03-08T17:00",
    "2026-03-08T17:00 2026-03-15T17:00",
  ]);
});
