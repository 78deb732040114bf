import { NONE } from "../../base/units.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

/** CancelOnDisconnectType (35002): 0 none, 1 at a disconnect, 2 at a logout, 3 at both. */
const MOST_TYPE = 3;
/** Longest CODTimeoutWindow (35003). */
const MOST_CANCEL_WINDOW_MS = 3_600_000;

/**
 * What a client's Logon says about its open orders when its connection ends: CancelOnDisconnectType (35002) and CODTimeoutWindow
 * (35003), user-defined tags as B3 and Artio use them. They hold from that Logon until the next one.
 */
export class CancelTerms {
  /** NONE where the Logon does not say it: the configuration counts. */
  type = NONE;
  windowMs = NONE;

  /** Takes the terms of an accepted Logon. */
  take(scan: Scanner): void {
    this.type = saidIn(scan, tag.CancelOnDisconnectType);
    this.windowMs = saidIn(scan, tag.CODTimeoutWindow);
  }
}

export function isRightCancelType(scan: Scanner): boolean {
  return isWithin(scan, tag.CancelOnDisconnectType, MOST_TYPE);
}

export function isRightCancelWindow(scan: Scanner): boolean {
  return isWithin(scan, tag.CODTimeoutWindow, MOST_CANCEL_WINDOW_MS);
}

/** True for a whole number up to `most`, and where there is none. */
function isWithin(scan: Scanner, fieldTag: number, most: number): boolean {
  if (scan.find(fieldTag) < 0) return true;
  const value = scan.int(fieldTag);
  return value >= 0 && value <= most;
}

function saidIn(scan: Scanner, fieldTag: number): number {
  return scan.find(fieldTag) < 0 ? NONE : scan.int(fieldTag);
}
