/**
 * Reads a time: `20261124-09:30:00.5` as in FIX, `2026-11-24T09:30:00Z`, `09:30` of today, or `now`; UTC.
 * Returns  microseconds since 1970. Throws one line.
 */
export function timeOf(text: string, nowMs = Date.now()): number {
  if (text === "now") return nowMs * 1000;
  if (text === "") text = "nothing";
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const fix = /^(\d{4})(\d\d)(\d\d)(?:-(.+))?$/.exec(text);
  const day = fix === null ? (/^\d{4}-\d\d-\d\d/.exec(text)?.[0] ?? today) : `${fix[1]}-${fix[2]}-${fix[3]}`;
  const clock =
    (fix === null ? text.replace(/^\d{4}-\d\d-\d\d[T ]?/, "").replace(/Z$/, "") : (fix[4] ?? "")) || "00:00";
  const parts = /^(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,6})\d*)?)?$/.exec(clock);
  const ms = parts === null ? Number.NaN : Date.parse(`${day}T${parts[1]}:${parts[2] ?? "00"}Z`);
  if (Number.isNaN(ms))
    throw new Error(`${text}: not a time; expected YYYYMMDD-HH:MM:SS, YYYY-MM-DDTHH:MM:SSZ, HH:MM or now (UTC)`);
  return ms * 1000 + Number((parts?.[3] ?? "0").padEnd(6, "0"));
}

/** YYYYMMDD-HH:MM:SS.uuuuuu in UTC, as FIX writes it. */
export function timeText(timeUs: number): string {
  const iso = isoText(timeUs);
  return `${iso.slice(0, 10).replaceAll("-", "")}-${iso.slice(11, 26)}`;
}

/** ISO 8601 in UTC with microseconds: `2026-11-24T09:30:00.000001Z`. */
export function isoText(timeUs: number): string {
  const ms = Math.floor(timeUs / 1000);
  const micros = String(Math.floor(timeUs - ms * 1000)).padStart(3, "0");
  return `${new Date(ms).toISOString().slice(0, 23)}${micros}Z`;
}
