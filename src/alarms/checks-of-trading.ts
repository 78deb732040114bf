import type { Readings, UpReading } from "../operation/readings.ts";
import { PerMinute } from "./per-minute.ts";
import type { AlarmSettings, Check, Finding } from "./rule.ts";

type SessionReading = Readings["sessions"][number];

/** Points below a percentage at which its level is left. */
export const HYSTERESIS_POINTS = 5;

const LINKS = {
  session: ({ sessions }: Readings) => sessions,
  venue: ({ venues }: Readings) => venues,
  "drop copy": ({ dropCopies }: Readings) => dropCopies,
} as const;

/** Client sessions, venues or drop copy sessions that are down while they should be up. */
export function links(kind: keyof typeof LINKS, { sessionGraceS }: AlarmSettings): Check {
  const linksOf: (readings: Readings) => readonly UpReading[] = LINKS[kind];
  /** By name: when its schedule was last seen closed, and what the uptime was. */
  const closed = new Map<string, { readonly atMs: number; readonly uptimeS: number }>();
  /** 1: it is down; 0: it is not; NaN: it has yet to log on, and what was known of it before holds. */
  const downOf = ({ name, state, isExpected, lastLogonMs }: UpReading, { atMs, uptimeS }: Readings): number => {
    if (state === "closed") closed.set(name, { atMs, uptimeS });
    if (state === "logged on" || state === "closed" || !isExpected) return 0;
    const before = closed.get(name) ?? { atMs: 0, uptimeS: 0 };
    // A peer that has been logged on in these hours is not in its time of grace any more.
    const wasOn = lastLogonMs !== null && lastLogonMs > before.atMs;
    return wasOn || uptimeS - before.uptimeS >= sessionGraceS ? 1 : Number.NaN;
  };
  return (readings) => {
    const findings: Finding[] = [];
    for (const link of linksOf(readings)) {
      const value = downOf(link, readings);
      if (value === 0) continue;
      const why = link.lastDisconnect === "" ? "" : `; its last connection ended: ${link.lastDisconnect}`;
      findings.push({ subject: `${kind} ${link.name}`, value, text: `${link.state} in its hours${why}` });
    }
    return findings;
  };
}

/** Copies that are behind for longer than the configuration allows. */
export function copiesBehind({ copying }: Readings): Finding[] {
  if (copying === null) return [];
  const { behindS, behindBytes, maxBehindS } = copying;
  const text = `${behindS.toFixed(1)} s behind the reports of the clients, ${behindBytes.toLocaleString("en")} bytes of their journal`;
  return [{ subject: "", value: Number(behindS > maxBehindS), text }];
}

/** What stops the copies. */
export function copiesStopped({ copying }: Readings): Finding[] {
  const fault = copying?.fault ?? null;
  return fault === null ? [] : [{ subject: fault.agent, value: 1, text: fault.reason }];
}

/** Used percent of each limit that is near its lowest percentage. */
export function limits({ limitPercents }: AlarmSettings): Check {
  const least = limitPercents[0]! - HYSTERESIS_POINTS;
  const number = (value: number): string => value.toLocaleString("en");
  return (readings) =>
    readings.limits.flatMap(({ level, name, limit, used, most }) => {
      const percent = most > 0 ? (100 * used) / most : 100;
      if (percent < least) return [];
      const text = `${Math.floor(percent)} % used: ${number(used)} of ${number(most)}`;
      return [{ subject: `${level === "firm" ? level : `${level} ${name}`} ${limit}`, value: percent, text }];
    });
}

/** Rejected part of the new orders of the last minute, percent; 0 where they are few. */
export function rejects({ rejectsAtLeast }: AlarmSettings): Check {
  const perMinute = new PerMinute();
  return ({ counters, atMs }) => {
    const rejected = perMinute.take("rejects", (counters.rejects ?? 0) + (counters.venueRejects ?? 0), atMs);
    const orders = perMinute.take("orders", counters.orders ?? 0, atMs);
    const percent = rejected < rejectsAtLeast || orders === 0 ? 0 : (100 * rejected) / orders;
    const text = `${rejected.toLocaleString("en")} of ${orders.toLocaleString("en")} new orders of the last minute were rejected (${Math.floor(percent)} %)`;
    return [{ subject: "", value: percent, text }];
  };
}

/** Client sessions of which a count grew in the last minute. Of thousands of sessions few have one, so the others cost no object. */
function grown(
  countOf: (session: SessionReading) => number,
  textOf: (growth: number, session: SessionReading) => string,
): Check {
  const perMinute = new PerMinute();
  return ({ sessions, atMs }) => {
    const findings: Finding[] = [];
    for (const session of sessions) {
      const growth = perMinute.take(session.name, countOf(session), atMs, 0);
      if (growth > 0) findings.push({ subject: `session ${session.name}`, value: 1, text: textOf(growth, session) });
    }
    return findings;
  };
}

/** DontKnowTrade messages of the last minute, by client session. */
export function dontKnows(): Check {
  return grown(
    ({ dontKnowTrades }) => dontKnowTrades,
    (count) => `${count} DontKnowTrade ${count === 1 ? "message" : "messages"} in the last minute`,
  );
}

/** Messages of the last minute that were refused because too many came, by client session. */
export function throttled(): Check {
  return grown(
    ({ messagesThrottled }) => messagesThrottled,
    (count) => `${count} ${count === 1 ? "message was" : "messages were"} refused in the last minute: too many came`,
  );
}

/** Logouts of the last minute because too many messages came, by client session. */
export function floods(): Check {
  return grown(
    ({ floodLogouts }) => floodLogouts,
    (count, { messagesThrottled }) =>
      `logged out ${count === 1 ? "once" : `${count} times`} in the last minute because too many messages came; ${messagesThrottled} of its messages were refused for that since the start`,
  );
}

/** A venue that has not answered for too long. */
export function silenceOf({ name, openOrders, silentS, answerWithinS, throttle }: Readings["venues"][number]): Finding {
  const orders = openOrders === 1 ? "1 order waits" : `${openOrders.toLocaleString("en")} orders wait`;
  const held = throttle === null ? 0 : throttle.queued + throttle.cancelsWaiting;
  const requests = held === 1 ? "1 request is" : `${held.toLocaleString("en")} requests are`;
  const unsent = held === 0 ? "" : `; ${requests} not sent yet, because of its throttle`;
  const text = `${orders} for an answer, the first for ${Math.floor(silentS)} seconds${unsent}`;
  return { subject: `venue ${name}`, value: Number(silentS > answerWithinS), text };
}

/** How full the queue of a venue's throttle is. */
export function queueOf({ name, throttle }: Readings["venues"][number]): Finding[] {
  if (throttle === null || throttle.queueLength === 0) return [];
  const { queued, queueLength } = throttle;
  const percent = (100 * queued) / queueLength;
  const text = `${queued.toLocaleString("en")} of ${queueLength.toLocaleString("en")} places of the venue's queue are used`;
  return [{ subject: `venue ${name}`, value: percent, text }];
}
