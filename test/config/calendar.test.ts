import { expect, test } from "bun:test";
import { loadConfig } from "../../src/config/load.ts";
import { problemsOf, SMALL } from "./small.ts";

const HOURS = 'open = "09:30"\nclose = "16:00"';

function withCalendar(lines: string, schedule = ""): string {
  return `${SMALL.replace("[venues.SIM]", `${schedule}\n[venues.SIM]`)}\n[calendars.X]\n${lines}\n`;
}

test("a calendar with its defaults in place", () => {
  const { config } = loadConfig(withCalendar(`zone = "america/new_york"\n${HOURS}`, 'schedule = "X"'), "file.toml");
  expect(config?.client.sessions.CLIENT?.schedule).toBe("X");
  expect(config?.venues.SIM?.schedule).toBeUndefined();
  expect({ ...config?.calendars.X }).toEqual({
    zone: "America/New_York",
    open: { day: 0, seconds: 34_200 },
    close: { day: 0, seconds: 57_600 },
    days: [1, 2, 3, 4, 5],
    holidays: [],
    halfDays: {},
    resetAtOpen: true,
    resetAt: null,
    phases: [],
  });
});

const PHASES = `zone = "UTC"
[[calendars.X.phases]]
name = "opening"
from = "09:00"
to = "09:30"
orderTypes = ["limit"]
timesInForce = ["day", "at-opening"]
[[calendars.X.phases]]
name = "night"
from = "23:00"
to = "01:00:30"
orderTypes = []
`;

test("phases of a market", () => {
  const { config } = loadConfig(withCalendar(PHASES), "file.toml");
  const [opening, night] = config!.calendars.X!.phases;
  expect(opening).toEqual({
    ...{ name: "opening", fromS: 32_400, toS: 34_200 },
    ...{ orderTypes: ["limit"], timesInForce: ["day", "at-opening"] },
  });
  expect([night!.fromS, night!.toS, night!.orderTypes]).toEqual([82_800, 3_630, []]);
  expect(night!.timesInForce).toContain("gtc");
});

test.each([
  [['"09:30"', '"09:00"'], 'calendars.X.phases[0].to: expected another time than from, got "09:00"'],
  [
    ['"01:00:30"', '"09:00:01"'],
    'calendars.X.phases[1]: expected a time outside of the phase "opening", got "23:00" to "09:00:01"',
  ],
  [
    ['"night"', '"opening"'],
    'calendars.X.phases[1].name: expected another name than the phases before it, got "opening"',
  ],
  [['["limit"]', '["limits"]'], "calendars.X.phases[0].orderTypes[0]: expected"],
  [['name = "night"\n', ""], "calendars.X.phases[1].name: missing"],
] as const)("%s: what is wrong with a phase is named", ([from, to], problem) => {
  const { problems } = loadConfig(withCalendar(PHASES.replace(from, to)), "file.toml");
  expect(problems!.map(({ where, what }) => `${where}: ${what}`).join("\n")).toStartWith(problem);
});

test.each([
  ['open = "17:00"\nclose = "17:00:00"', [1, 2, 3, 4, 5, 6, 7]],
  ['open = "17:00"\nclose = "17:00"\ndays = ["mon", "fri"]', [1, 5]],
  ['open = "sun 17:00"\nclose = "sunday 17:00"', [1, 2, 3, 4, 5, 6, 7]],
])("a calendar that closes when it opens: %s", (hours, days) => {
  const { config } = loadConfig(withCalendar(`zone = "UTC"\n${hours}`), "file.toml");
  expect(config?.calendars.X?.days).toEqual(days);
});

test("dates and times as text or as TOML has them, days short or long", () => {
  const { config } = loadConfig(
    withCalendar(`
zone = "UTC"
open = 09:30:15
close = "16:00:30"
days = ["sat", "sun"]
holidays = [2026-12-25, "2027-01-01"]
resetAtOpen = false
resetAt = 12:00:00
halfDays = { 2026-11-27 = "13:00", "2026-12-24" = 13:30:00 }
[calendars.WEEK]
zone = "Europe/London"
open = "Sunday 17:00"
close = "FRI 17:00"`),
    "file.toml",
  );
  expect(config?.calendars.X).toMatchObject({
    open: { day: 0, seconds: 34_215 },
    close: { day: 0, seconds: 57_630 },
    days: [6, 7],
    holidays: ["2026-12-25", "2027-01-01"],
    resetAtOpen: false,
    resetAt: 43_200,
    halfDays: { "2026-11-27": 46_800, "2026-12-24": 48_600 },
  });
  expect(config?.calendars.WEEK).toMatchObject({
    open: { day: 7, seconds: 61_200 },
    close: { day: 5, seconds: 61_200 },
  });
});

const ZONE = 'zone = "UTC"';
const TIME = '"09:30" or "09:30:15": a time of day from 00:00:00 to 23:59:59';
const WEEK_TIME = `${TIME}, for a weekly session after its day: "sun 17:00"`;
const A_ZONE = 'the name of a time zone such as "America/New_York", "Europe/London" or "UTC"';

test.each<[lines: string, ...problems: string[]]>([
  [HOURS, `calendars.X.zone: missing; expected ${A_ZONE}`],
  [`zone = "America/New_Yrok"\n${HOURS}`, `calendars.X.zone: expected ${A_ZONE}, got "America/New_Yrok"`],
  [`zone = "+01:00"\n${HOURS}`, `calendars.X.zone: expected ${A_ZONE}, got "+01:00"`],
  [`${ZONE}\nopen = "09:30"`, "calendars.X.close: missing; expected a time beside open"],
  [`${ZONE}\nclose = "09:30"`, "calendars.X.open: missing; expected a time beside close"],
  [`${ZONE}\nopen = "24:00"\nclose = "16:00"`, `calendars.X.open: expected ${WEEK_TIME}, got "24:00"`],
  [`${ZONE}\nopen = "9:30"\nclose = "16:00"`, `calendars.X.open: expected ${WEEK_TIME}, got "9:30"`],
  [`${ZONE}\nopen = "sunny 17:00"\nclose = "16:00"`, `calendars.X.open: expected ${WEEK_TIME}, got "sunny 17:00"`],
  [
    `${ZONE}\nopen = "sun 17:00"\nclose = "17:00"`,
    'calendars.X.close: expected a day of the week too, as open has one, got "17:00"',
  ],
  [
    `${ZONE}\nopen = "17:00"\nclose = "fri 17:00"`,
    'calendars.X.close: expected no day of the week, as open has none, got "fri 17:00"',
  ],
  [
    `${ZONE}\nopen = "sun 17:00"\nclose = "fri 17:00"\ndays = ["mon"]`,
    "calendars.X.days: expected none beside a weekly open; remove it",
  ],
  [`${ZONE}\ndays = ["mon"]`, "calendars.X.days: expected none beside no open and close; remove it"],
  [
    `${ZONE}\n${HOURS}\ndays = ["mon", "monday"]`,
    'calendars.X.days[1]: expected "mon" or "tue" or "wed" or "thu" or "fri" or "sat" or "sun", got "monday"',
  ],
  [
    `${ZONE}\n${HOURS}\nholidays = ["2026-12-25", "2026-02-30"]`,
    'calendars.X.holidays[1]: expected a date such as "2026-12-25", got "2026-02-30"',
  ],
  [
    `${ZONE}\n${HOURS}\nholidays = ["christmas"]`,
    'calendars.X.holidays[0]: expected a date such as "2026-12-25", got "christmas"',
  ],
  [`${ZONE}\nholidays = ["2026-12-25"]`, "calendars.X.holidays: expected none without open and close; remove it"],
  [
    `${ZONE}\n${HOURS}\nhalfDays = { friday = "13:00" }`,
    'calendars.X.halfDays.friday: expected entries such as 2026-11-27 = "13:00", got "friday"',
  ],
  [
    `${ZONE}\n${HOURS}\nhalfDays = { 2026-02-30 = "13:00" }`,
    "calendars.X.halfDays.2026-02-30: expected a date that exists",
  ],
  [
    `${ZONE}\n${HOURS}\nhalfDays = { 2026-11-27 = "1 pm" }`,
    `calendars.X.halfDays.2026-11-27: expected ${TIME}, got "1 pm"`,
  ],
  [
    `${ZONE}\n${HOURS}\nhalfDays = { 2026-11-27 = "16:00" }`,
    'calendars.X.halfDays.2026-11-27: expected a time after open (09:30) and before close (16:00), got "16:00"',
  ],
  [
    `${ZONE}\n${HOURS}\nhalfDays = { 2026-11-27 = "09:30" }`,
    'calendars.X.halfDays.2026-11-27: expected a time after open (09:30) and before close (16:00), got "09:30"',
  ],
  [
    `${ZONE}\nopen = "17:00"\nclose = "16:00"\nhalfDays = { 2026-11-27 = "16:30" }`,
    'calendars.X.halfDays.2026-11-27: expected a time before close (16:00), got "16:30"',
  ],
  [
    `${ZONE}\n${HOURS}\nholidays = ["2026-11-27"]\nhalfDays = { 2026-11-27 = "13:00" }`,
    "calendars.X.halfDays.2026-11-27: expected a date that is not in holidays too",
  ],
  [`${ZONE}\n${HOURS}\nresetAt = "noon"`, `calendars.X.resetAt: expected ${TIME}, got "noon"`],
  [`${ZONE}\n${HOURS}\nholyday = []`, 'calendars.X.holyday: unknown key; did you mean "holidays"?'],
])("%#: what is wrong with a calendar is named", (lines, ...problems) => {
  expect(problemsOf(withCalendar(lines))).toEqual(problems);
});

test("a half day across midnight may close at any time before the close", () => {
  const lines = 'zone = "UTC"\nopen = "17:00"\nclose = "16:00"\nhalfDays = { 2026-11-27 = "00:30" }';
  expect(problemsOf(withCalendar(lines))).toEqual([]);
});

test("a schedule names a calendar", () => {
  const what = 'expected the name of a calendar in calendars, got "Y"';
  const wrong = 'schedule = "Y"';
  expect(problemsOf(withCalendar(`${ZONE}\n${HOURS}`, wrong))).toEqual([`client.sessions.CLIENT.schedule: ${what}`]);
  const venue = withCalendar(`${ZONE}\n${HOURS}`).replace("[routing]", `${wrong}\n[routing]`);
  expect(problemsOf(venue)).toEqual([`venues.SIM.schedule: ${what}`]);
});
