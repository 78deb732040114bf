import type { PeriodicTasks } from "../base/periodic-tasks.ts";
import type { Views } from "../base/views.ts";
import { Latest } from "../ring/latest.ts";
import { type Calendar, resetsFrom, windowsFrom } from "./calendar.ts";
import { SCHEDULE_BYTES, SCHEDULE_RESETS, SCHEDULE_RESETS_DOUBLE, SCHEDULE_WINDOWS } from "./session-schedule.ts";

const EVERY_MS = 60_000;
/** The longest that a session may have been closed before: the last reset is looked for so far back. */
const LOOK_BACK_US = 60 * 86_400 * 1e6;

/** Works out the next opens, closes and resets of one calendar, and shows them to the lanes. Cold. */
export function writeHours(latest: Latest, calendar: Calendar, nowUs: number): void {
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
  for (const us of resetsFrom(calendar, nowUs - LOOK_BACK_US)) {
    if (us <= nowUs) doubles[first] = us;
    else doubles[at++] = us;
    if (at === first + SCHEDULE_RESETS) break;
  }
  latest.end();
}

/** The main thread's part in the sessions' schedules: keeps the hours of every calendar written ahead. */
export class SchedulePublisher {
  private end: () => void = () => {};

  constructor(
    private readonly views: Views,
    private readonly calendars: Readonly<Record<string, Calendar>>,
    /** Where each calendar's hours are, by its name. */
    private readonly places: Readonly<Record<string, number>>,
  ) {}

  /** Writes what lanes need before they begin to turn, and goes on. */
  start(periodicTasks: PeriodicTasks): void {
    this.write();
    if (Object.keys(this.calendars).length > 0) this.end = periodicTasks.every(EVERY_MS, () => this.write());
  }

  stop(): void {
    this.end();
  }

  private write(): void {
    for (const [name, calendar] of Object.entries(this.calendars)) {
      writeHours(new Latest(this.views, this.places[name]!, SCHEDULE_BYTES), calendar, Date.now() * 1000);
    }
  }
}
