import { readlinkSync } from "node:fs";
import { below, SERVICE, versionFile } from "../install/places.ts";
import type { ServiceManager } from "../install/service-manager.ts";
import type { UpgradeRecord } from "./record.ts";

/** A service that fails after its start does so within this time. */
const SETTLE_MS = 2_000;
const LOOK_EVERY_MS = 200;

export type Sessions = NonNullable<UpgradeRecord["sessions"]>;

/** Reads the service's status `1 of 2 client sessions on, 1 of 1 venues up; …`. Null for another text. */
export function sessionsIn(status: string): Sessions | null {
  const found = /(\d+) of \d+ client sessions on, (\d+) of \d+ venues up/.exec(status);
  return found === null ? null : { clients: Number(found[1]), venues: Number(found[2]) };
}

export function sessionsNow(manager: ServiceManager): Sessions | null {
  return sessionsIn(manager.property(SERVICE, "StatusText"));
}

/** Whether the service's process runs this version. */
export function runs(root: string, manager: ServiceManager, name: string): boolean {
  const pid = manager.property(SERVICE, "MainPID");
  try {
    return readlinkSync(`/proc/${pid}/exe`) === below(root, versionFile(name));
  } catch {
    return false;
  }
}

/**
 * Watches a ready service: it must stay ready, and the previous sessions must log on in time.
 * Returns  null, or the problem.
 */
export async function watch(manager: ServiceManager, record: UpgradeRecord): Promise<string | null> {
  const pid = manager.property(SERVICE, "MainPID");
  const began = performance.now();
  const { sessions: before, sessionsWithinS } = record;
  const patienceMs = before === null ? 0 : sessionsWithinS * 1000;
  for (;;) {
    if (!manager.isReady(SERVICE) || manager.property(SERVICE, "MainPID") !== pid)
      return "it was ready, and then ended";
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
  if (now === null) return "it does not report its sessions";
  return `${now.clients} client sessions and ${now.venues} venues were on, ${before.clients} and ${before.venues} before`;
}
