/** A time of day in seconds, on a day of the week (1 Monday to 7 Sunday) or, with 0, on every day. */
export interface WeekTime {
  readonly day: number;
  readonly seconds: number;
}

export const DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const LONG_NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** Reads a date, as text or a TOML date. Returns it as 2026-12-25, or null. */
export function readDate(value: unknown): string | null {
  if (value instanceof Temporal.PlainDate) return value.toString();
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\d$/.test(value)) return null;
  try {
    return Temporal.PlainDate.from(value, { overflow: "reject" }).toString();
  } catch {
    return null;
  }
}

/** Reads 09:30 or 09:30:15, as text or a TOML time. Returns the second of the day, or null. */
export function readTime(value: unknown): number | null {
  if (value instanceof Temporal.PlainTime) {
    const whole = value.millisecond === 0 && value.microsecond === 0 && value.nanosecond === 0;
    return whole ? value.hour * 3600 + value.minute * 60 + value.second : null;
  }
  if (typeof value !== "string") return null;
  const match = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(value);
  return match === null ? null : Number(match[1]) * 3600 + Number(match[2]) * 60 + Number(match[3] ?? 0);
}

/** Reads a time of day, or one on a day of the week: `sun 17:00`, `Sunday 17:00`. */
export function readWeekTime(value: unknown): WeekTime | null {
  const plain = readTime(value);
  if (plain !== null) return { day: 0, seconds: plain };
  if (typeof value !== "string") return null;
  const match = /^([a-z]+) (\S+)$/i.exec(value);
  if (match === null) return null;
  const name = match[1]!.toLowerCase();
  const day = Math.max((DAY_NAMES as readonly string[]).indexOf(name), LONG_NAMES.indexOf(name)) + 1;
  const seconds = readTime(match[2]);
  return day === 0 || seconds === null ? null : { day, seconds };
}

/** The zone's name in the time zone database, or null when there is none. */
export function readZone(value: unknown): string | null {
  // Offsets such as +01:00 are not accepted: they have no daylight saving time.
  if (typeof value !== "string" || !/^[A-Za-z]/.test(value)) return null;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(value).timeZoneId;
  } catch {
    return null;
  }
}

/** A second of the day as text. */
export function timeText(seconds: number): string {
  const part = (value: number): string => String(value).padStart(2, "0");
  const text = `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}`;
  return seconds % 60 === 0 ? text : `${text}:${part(seconds % 60)}`;
}
