const COUNT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const SMALL = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1, minimumFractionDigits: 1 });

export function count(value: number): string {
  return COUNT.format(value);
}

/** An exact decimal with its thousands apart; other text stays as it is. */
export function grouped(value: string | number): string {
  const [, sign, whole, rest] = /^(-?)(\d+)(\.\d+)?$/.exec(String(value)) ?? [];
  return whole === undefined ? String(value) : `${sign}${whole.replaceAll(/\B(?=(\d{3})+$)/g, ",")}${rest ?? ""}`;
}

/** Microseconds as engineers say them: 15.8 µs, 383 µs, 1.9 ms, 2.5 s. */
export function microseconds(us: number): string {
  if (us < 100) return `${SMALL.format(us)} µs`;
  if (us < 10_000) return `${COUNT.format(us)} µs`;
  if (us < 1e6) return `${SMALL.format(us / 1e3)} ms`;
  return `${SMALL.format(us / 1e6)} s`;
}

export function bytes(value: number): string {
  if (value < 1024) return `${COUNT.format(value)} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let at = 0;
  for (value /= 1024; value >= 1024 && at < units.length - 1; value /= 1024) at++;
  return `${SMALL.format(value)} ${units[at]}`;
}

/** How long ago, in its largest unit. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** A time of the API without its day where that is today (UTC), with some digits of its second. */
export function clock(time: string | null | undefined, digits = 6): string {
  if (time === null || time === undefined || time === "") return "never";
  const today = new Date().toISOString().slice(0, 10);
  const [whole = "", fraction = ""] = time.replace("T", " ").replace("Z", "").split(".");
  const text = fraction === "" || digits === 0 ? whole : `${whole}.${fraction.slice(0, digits)}`;
  return text.startsWith(today) ? text.slice(11) : text;
}

/** Any value of an answer as text. */
export function words(value: unknown): string {
  if (value === null || value === undefined) return "none";
  if (typeof value === "object") return JSON.stringify(value);
  return typeof value === "boolean" ? (value ? "yes" : "no") : grouped(value as string | number);
}
