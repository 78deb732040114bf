import { PerMinute } from "./per-minute.ts";
import type { Check } from "./rule.ts";

const DAY_MS = 86_400_000;

/** Certificates by the days that are left, negative: the fewer, the higher. */
export function expiring(): Check {
  return ({ tls, atMs }) =>
    tls.flatMap(({ side, subject, untilMs }) => {
      if (untilMs === null) return [];
      const days = (untilMs - atMs) / DAY_MS;
      const until = minuteText(untilMs);
      const text =
        days < 0
          ? `certificate ${subject} has expired at ${until} UTC`
          : `certificate ${subject} expires in ${days.toFixed(days < 10 ? 1 : 0)} days, at ${until} UTC`;
      return [{ subject: side, value: -days, text }];
    });
}

/** Revocation lists by the days that are left, negative: the fewer, the higher. */
export function outdatedLists(): Check {
  return ({ tls, atMs }) =>
    tls.flatMap(({ side, listsUntilMs }) => {
      if (listsUntilMs === null) return [];
      const days = (listsUntilMs - atMs) / DAY_MS;
      const until = minuteText(listsUntilMs);
      const text =
        days < 0
          ? `a revocation list was to be replaced by ${until} UTC: certificates of its authority are refused`
          : `a revocation list is out of date in ${(24 * days).toFixed(1)} hours, at ${until} UTC`;
      return [{ subject: side, value: -days, text }];
    });
}

function minuteText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
}

/** Files that can't be used. */
export function badFiles(): Check {
  return ({ tls }) =>
    tls.map(({ side, problem }) => ({
      subject: side,
      value: Number(problem !== ""),
      text: `${problem}; handshakes use the previous files`,
    }));
}

/** Connections of the last minute that were refused before a Logon because of TLS. */
export function refusedHandshakes(): Check {
  const perMinute = new PerMinute();
  return ({ refused, atMs }) =>
    refused
      .filter(({ isOfTls }) => isOfTls)
      .map(({ reason, count }) => {
        // None was refused before the first.
        const value = perMinute.take(reason, count, atMs, 0);
        return { subject: reason, value, text: `${value} in the last minute` };
      });
}
