// Computes when a session is open from its calendar. Lanes read only the resulting instants (session-schedule.ts).
// Every time of day is in the calendar's zone. Where clocks change, a skipped time counts as the moment of the skip, and a
// repeated time as the first of the two: no session ends before it begins, and no two overlap. An empty session is left out.

/** A time of day, on a day of the week (1 Monday to 7 Sunday) or, with 0, on every day that the calendar names. */
export interface WeekTime {
  readonly day: number;
  readonly seconds: number;
}

/** When sessions are open. A daily session has the date of its close: `days`, `holidays` and `halfDays` are such dates. */
export interface Calendar {
  /** IANA name. */
  readonly zone: string;
  /** Both null: always open. Both with a day: one session a week. */
  readonly open: WeekTime | null;
  readonly close: WeekTime | null;
  readonly days: readonly number[];
  /** Dates, as 2026-12-25. */
  readonly holidays: readonly string[];
  /** Second of the day of the early close, by date. */
  readonly halfDays: Readonly<Record<string, number>>;
  readonly resetAtOpen: boolean;
  /** Second of the day at which the numbers are reset within a session, or null. */
  readonly resetAt: number | null;
}

/** From `openUs` up to, not including, `closeUs`; microseconds since 1970. */
export interface Window {
  readonly openUs: number;
  readonly closeUs: number;
  /** A session begins here; false where a weekly session resumes after a holiday. */
  readonly begins: boolean;
  /** It closes early: a half day. */
  readonly early: boolean;
}

/** Days to search for the next session. */
const DAYS_AHEAD = 800;
const WEEK_DAYS = 7;
const US_PER_MS = 1000;

/** The times at which the calendar's sessions are open, in order, beginning with the first that ends after `fromUs`. */
export function* windowsFrom(calendar: Calendar, fromUs: number): Generator<Window> {
  const { open, close } = calendar;
  if (open === null || close === null) {
    yield { openUs: Number.NEGATIVE_INFINITY, closeUs: Number.POSITIVE_INFINITY, begins: false, early: false };
    return;
  }
  const windows = open.day === 0 ? daily(calendar, open, close, fromUs) : weekly(calendar, open, close, fromUs);
  for (const window of windows) if (window.closeUs > fromUs) yield window;
}

/** The instants at which the numbers are reset, in order, beginning in the window that holds `fromUs`, or before it. */
export function* resetsFrom(calendar: Calendar, fromUs: number): Generator<number> {
  for (const window of windowsFrom(calendar, fromUs)) {
    if (calendar.resetAtOpen && window.begins) yield window.openUs;
    if (calendar.resetAt === null) continue;
    const first = dateAt(Math.max(window.openUs, fromUs), calendar.zone).subtract({ days: 1 });
    for (let i = 0; i < DAYS_AHEAD; i++) {
      const atUs = instantOf(first.add({ days: i }), calendar.resetAt, calendar.zone);
      if (atUs >= window.closeUs) break;
      if (atUs > window.openUs) yield atUs;
    }
  }
}

function* daily(calendar: Calendar, open: WeekTime, close: WeekTime, fromUs: number): Generator<Window> {
  const first = dateAt(fromUs, calendar.zone).subtract({ days: 1 });
  const sameDay = open.seconds < close.seconds;
  for (let i = 0; i < DAYS_AHEAD; i++) {
    const date = first.add({ days: i });
    const name = date.toString();
    if (!calendar.days.includes(date.dayOfWeek) || calendar.holidays.includes(name)) continue;
    const half = calendar.halfDays[name];
    const openUs = instantOf(sameDay ? date : date.subtract({ days: 1 }), open.seconds, calendar.zone);
    const closeUs = instantOf(date, half ?? close.seconds, calendar.zone);
    if (openUs < closeUs) yield { openUs, closeUs, begins: true, early: half !== undefined };
  }
}

function* weekly(calendar: Calendar, open: WeekTime, close: WeekTime, fromUs: number): Generator<Window> {
  const today = dateAt(fromUs, calendar.zone);
  const back = ((today.dayOfWeek - open.day + WEEK_DAYS) % WEEK_DAYS) + WEEK_DAYS;
  const first = today.subtract({ days: back });
  const ahead = (close.day - open.day + WEEK_DAYS) % WEEK_DAYS;
  const length = ahead === 0 && close.seconds <= open.seconds ? WEEK_DAYS : ahead;
  for (let i = 0; i < DAYS_AHEAD; i += WEEK_DAYS) yield* week(calendar, first.add({ days: i }), length, open, close);
}

/** One week's session, cut where dates in it are holidays or half days. */
function* week(
  calendar: Calendar,
  from: Temporal.PlainDate,
  length: number,
  open: WeekTime,
  close: WeekTime,
): Generator<Window> {
  const { zone } = calendar;
  let openUs = instantOf(from, open.seconds, zone);
  const closeUs = instantOf(from.add({ days: length }), close.seconds, zone);
  let begins = true;
  for (let i = 0; i <= length; i++) {
    const date = from.add({ days: i });
    const name = date.toString();
    const half = calendar.halfDays[name];
    if (half === undefined && !calendar.holidays.includes(name)) continue;
    const cutUs = Math.min(instantOf(date, half ?? 0, zone), closeUs);
    if (openUs < cutUs) {
      yield { openUs, closeUs: cutUs, begins, early: cutUs < closeUs };
      begins = false;
    }
    openUs = Math.max(openUs, instantOf(date.add({ days: 1 }), 0, zone));
  }
  if (openUs < closeUs) yield { openUs, closeUs, begins, early: false };
}

/** The date in the zone at an instant. */
export function dateAt(us: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(Math.floor(us / US_PER_MS))
    .toZonedDateTimeISO(zone)
    .toPlainDate();
}

/** The instant of a second of a date in the zone, by the rule at the top; microseconds since 1970. */
export function instantOf(date: Temporal.PlainDate, seconds: number, zone: string): number {
  const time = { hour: Math.floor(seconds / 3600), minute: Math.floor(seconds / 60) % 60, second: seconds % 60 };
  const local = date.toPlainDateTime(time);
  const first = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  // A skipped time is resolved to a time before the skip.
  const at = first.toPlainDateTime().equals(local) ? first : first.getTimeZoneTransition("next")!;
  return at.epochMilliseconds * US_PER_MS;
}
