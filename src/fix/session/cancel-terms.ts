import { NONE } from "../../base/units.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

/** CancelOnDisconnectType (35002): 0 none, 1 at a disconnect, 2 at a logout, 3 at both. */
const MOST_TYPE = 3;
/** Longest CODTimeoutWindow (35003). */
const MOST_CANCEL_WINDOW_MS = 3_600_000;

/**
 * What a client's Logon says about its open orders when its connection ends: CancelOnDisconnectType (35002) and CODTimeoutWindow
 * (35003), user-defined tags as B3 and Artio use them. They hold from that Logon until the client's next one, on this connection or another.
 */
export class CancelTerms {
  /** NONE where the Logon does not say it: the configuration counts. */
  type = NONE;
  windowMs = NONE;

  /** Takes the terms of an accepted Logon. One that answers ours leaves those that it does not say: our Logon has repeated them. */
  take(scan: Scanner, isAnswer: boolean): void {
    const type = saidIn(scan, tag.CancelOnDisconnectType);
    const windowMs = saidIn(scan, tag.CODTimeoutWindow);
    if (type !== NONE || !isAnswer) this.type = type;
    if (windowMs !== NONE || !isAnswer) this.windowMs = windowMs;
  }
}

export function isRightCancelType(scan: Scanner): boolean {
  return isWithin(scan, tag.CancelOnDisconnectType, MOST_TYPE);
}

export function isRightCancelWindow(scan: Scanner): boolean {
  return isWithin(scan, tag.CODTimeoutWindow, MOST_CANCEL_WINDOW_MS);
}

/** True for one whole number up to `most`, and where there is none. */
function isWithin(scan: Scanner, fieldTag: number, most: number): boolean {
  const field = scan.find(fieldTag);
  if (field < 0) return true;
  for (let i = field + 1; i < scan.count; i++) if (scan.tags[i] === fieldTag) return false;
  const value = scan.int(fieldTag);
  return value >= 0 && value <= most;
}

function saidIn(scan: Scanner, fieldTag: number): number {
  return scan.find(fieldTag) < 0 ? NONE : scan.int(fieldTag);
}
