import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { Latest } from "../ring/latest.ts";
import { type Calendar, resetsFrom, windowsFrom } from "./calendar.ts";
import { SCHEDULE_BYTES, SCHEDULE_RESETS, SCHEDULE_RESETS_DOUBLE, SCHEDULE_WINDOWS } from "./session-schedule.ts";

const EVERY_MS = 60_000;
/** The last reset is searched this far back: no session is closed for longer. */
const SEARCH_BACK_US = 60 * 86_400 * 1e6;

/** Computes the next opens, closes and resets of a calendar and publishes them to the lanes. */
export function publishSchedule(latest: Latest, calendar: Calendar, nowUs: number): void {
  const double = latest.begin() >> 3;
  const { doubles } = latest.views;
  doubles.fill(Number.POSITIVE_INFINITY, double, double + SCHEDULE_BYTES / 8);
  let at = double;
  for (const { openUs, closeUs } of windowsFrom(calendar, nowUs)) {
    doubles[at] = openUs;
    doubles[at + 1] = closeUs;
    at += 2;
    if (at === double + 2 * SCHEDULE_WINDOWS) break;
  }
  const first = double + SCHEDULE_RESETS_DOUBLE;
  doubles[first] = Number.NEGATIVE_INFINITY;
  at = first + 1;
  for (const us of resetsFrom(calendar, nowUs - SEARCH_BACK_US)) {
    if (us <= nowUs) doubles[first] = us;
    else doubles[at++] = us;
    if (at === first + SCHEDULE_RESETS) break;
  }
  latest.end();
}

/** Publishes the schedule of every calendar to the lanes, once a minute. Main thread. */
export class SchedulePublisher {
  private end: () => void = () => {};

  constructor(
    private readonly views: Views,
    private calendars: Readonly<Record<string, Calendar>>,
    /** Where each calendar's schedule is, by the calendar's name. */
    private readonly places: Readonly<Record<string, number>>,
  ) {}

  /** Publishes before the lanes run, and from then on periodically. */
  start(periodicTasks: PeriodicTasks): void {
    this.publish();
    if (Object.keys(this.calendars).length > 0) this.end = periodicTasks.every(EVERY_MS, () => this.publish());
  }

  stop(): void {
    this.end();
  }

  /** Publishes other hours under the same names; sessions see them in their next turn. */
  replace(calendars: Readonly<Record<string, Calendar>>): void {
    this.calendars = calendars;
    this.publish();
  }

  publish(): void {
    for (const [name, calendar] of Object.entries(this.calendars)) {
      publishSchedule(new Latest(this.views, this.places[name]!, SCHEDULE_BYTES), calendar, Date.now() * 1000);
    }
  }
}
