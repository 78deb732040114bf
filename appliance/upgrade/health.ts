import { readlinkSync } from "node:fs";
import { below, SERVICE, versionFile } from "../install/places.ts";
import type { ServiceManager } from "../install/service-manager.ts";
import type { UpgradeRecord } from "./record.ts";

/** What starts and ends again does so within this. */
const SETTLE_MS = 2_000;
const LOOK_EVERY_MS = 200;

export type Sessions = NonNullable<UpgradeRecord["sessions"]>;

/** What the service says of itself: `1 of 2 client sessions on, 1 of 1 venues up; …`. Null where it says something else. */
export function sessionsIn(status: string): Sessions | null {
  const found = /(\d+) of \d+ client sessions on, (\d+) of \d+ venues up/.exec(status);
  return found === null ? null : { clients: Number(found[1]), venues: Number(found[2]) };
}

export function sessionsNow(manager: ServiceManager): Sessions | null {
  return sessionsIn(manager.property(SERVICE, "StatusText"));
}

/** Whether the service's process is of this version. */
export function runs(root: string, manager: ServiceManager, name: string): boolean {
  const pid = manager.property(SERVICE, "MainPID");
  try {
    return readlinkSync(`/proc/${pid}/exe`) === below(root, versionFile(name));
  } catch {
    return false;
  }
}

/**
 * Watches a service that is ready: it must stay, and the sessions of before be on again in time.
 * Returns  null, or what is wrong.
 */
export async function watch(manager: ServiceManager, record: UpgradeRecord): Promise<string | null> {
  const pid = manager.property(SERVICE, "MainPID");
  const began = performance.now();
  const { sessions: before, sessionsWithinS } = record;
  const patienceMs = before === null ? 0 : sessionsWithinS * 1000;
  for (;;) {
    if (!manager.isReady(SERVICE) || manager.property(SERVICE, "MainPID") !== pid) return "it was ready, and ended";
    const now = sessionsNow(manager);
    const back = before === null || sessionsWithinS === 0 || (now !== null && areBack(before, now));
    const passedMs = performance.now() - began;
    if (back && passedMs >= SETTLE_MS) return null;
    if (!back && passedMs >= patienceMs) return `after ${sessionsWithinS} s ${missing(before, now)}`;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

function areBack(before: Sessions, now: Sessions): boolean {
  return now.clients >= before.clients && now.venues >= before.venues;
}

function missing(before: Sessions, now: Sessions | null): string {
  if (now === null) return "it does not say which sessions are on";
  return `${now.clients} client sessions and ${now.venues} venues were on, ${before.clients} and ${before.venues} before`;
}
