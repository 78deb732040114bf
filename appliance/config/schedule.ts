import { readConfig } from "../../src/config/config-file.ts";
import { problemLine } from "../../src/config/problem.ts";
import type { CalendarConfig, GatewayConfig } from "../../src/config/schema.ts";
import { type Window, windowsFrom } from "../../src/schedule/calendar.ts";

export interface ScheduleOptions {
  readonly configFile: string;
  /** Number of openings of each session. */
  readonly count: number;
  /** Start, microseconds since 1970. */
  readonly fromUs: number;
  /** Only this client session or venue. */
  readonly session?: string;
  readonly json?: boolean;
}

/** One opening of a session; times in the zone and in UTC. */
interface Row {
  readonly open: string;
  readonly close: string;
  readonly openUtc: string;
  readonly closeUtc: string;
  /** It opened before the start of the output. */
  readonly openNow: boolean;
  /** Both sequence numbers start at 1. */
  readonly reset: boolean;
  readonly early: boolean;
}

interface SessionHours {
  readonly kind: "client" | "venue";
  readonly session: string;
  /** Null: always open. */
  readonly calendar: string | null;
  readonly zone: string | null;
  readonly resetAt: number | null;
  readonly openings: Row[];
}

/**
 * Prints when each session opens and closes next.
 * Returns  0, or 1 with the problems on stderr.
 */
export function printSchedule(options: ScheduleOptions): number {
  const { config, problems } = readConfig(options.configFile);
  if (config === undefined) {
    for (const problem of problems) console.error(problemLine(problem));
    return 1;
  }
  const all = sessionsOf(config, options);
  const shown = options.session === undefined ? all : all.filter(({ session }) => session === options.session);
  if (shown.length === 0) {
    const names = all.map(({ session }) => session).join(", ");
    console.error(`sallyport: ${options.configFile}: no session ${options.session}; there are: ${names}`);
    return 1;
  }
  if (options.json === true) console.log(JSON.stringify(shown, null, 2));
  else console.log(shown.map((one) => linesOf(one).join("\n")).join("\n\n"));
  return 0;
}

function sessionsOf(config: GatewayConfig, options: ScheduleOptions): SessionHours[] {
  const one = (kind: "client" | "venue") => {
    return ([session, { schedule }]: [string, { schedule?: string }]): SessionHours => {
      const named = schedule === undefined ? null : config.calendars[schedule]!;
      const openings = named?.open == null ? [] : openingsOf(named, options.fromUs, options.count);
      const zone = named?.zone ?? null;
      return { kind, session, calendar: schedule ?? null, zone, resetAt: named?.resetAt ?? null, openings };
    };
  };
  return [
    ...Object.entries(config.client.sessions).map(one("client")),
    ...Object.entries(config.venues).map(one("venue")),
  ];
}

/** The opening in progress at `fromUs`, if any, and the next `count`. */
function openingsOf(calendar: CalendarConfig, fromUs: number, count: number): Row[] {
  const rows: Row[] = [];
  let left = count;
  for (const window of windowsFrom(calendar, fromUs)) {
    const openNow = window.openUs <= fromUs;
    if (!openNow && left-- === 0) break;
    rows.push(rowOf(calendar, window, openNow));
  }
  return rows;
}

function rowOf(calendar: CalendarConfig, window: Window, openNow: boolean): Row {
  const local = (us: number): string =>
    at(us).toZonedDateTimeISO(calendar.zone).toString({ smallestUnit: "second", timeZoneName: "never" });
  const utc = (us: number): string => at(us).toString({ smallestUnit: "second" });
  return {
    open: local(window.openUs),
    close: local(window.closeUs),
    openUtc: utc(window.openUs),
    closeUtc: utc(window.closeUs),
    openNow,
    reset: calendar.resetAtOpen && window.begins,
    early: window.early,
  };
}

function linesOf(hours: SessionHours): string[] {
  const who = `${hours.kind} ${hours.session}`;
  if (hours.calendar === null) return [`${who}: always open`];
  const daily =
    hours.resetAt === null
      ? ""
      : `, reset at ${Temporal.PlainTime.from({ second: 0 }).add({ seconds: hours.resetAt })}`;
  const head = `${who}: ${hours.calendar} (${hours.zone}${daily})`;
  if (hours.openings.length === 0) return [`${head}: always open`];
  return [head, ...hours.openings.map(lineOf)];
}

function lineOf(row: Row): string {
  const words = [row.openNow ? "open now" : "", row.early ? "closes early" : "", row.reset ? "reset" : ""];
  const notes = words.filter((word) => word !== "").join(", ");
  const times = `${dayOf(row.open)} ${row.open} to ${dayOf(row.close)} ${row.close}  ${row.openUtc} to ${row.closeUtc}`;
  return `  ${times}  ${notes}`.trimEnd();
}

/** Short name of the weekday of a local time. */
function dayOf(local: string): string {
  return Temporal.PlainDate.from(local.slice(0, 10)).toLocaleString("en", { weekday: "short" });
}

function at(us: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(us / 1000);
}
