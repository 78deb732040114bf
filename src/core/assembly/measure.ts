import { NO_PRICE } from "../../record/assembly/units.ts";
import { clearDetail, setDetail } from "./detail.ts";
import { setLevelOf } from "./levels.ts";
import { isOverridden } from "./overrides.ts";

// A sum of 128 bits that is held against a limit: one for all checks, made anew for each.

let low: u64 = 0;
let high: i64 = 0;

export function clear(): void {
  low = 0;
  high = 0;
}

export function add(change: i64): void {
  low += <u64>change;
  high += (change >> 63) + (low < <u64>change ? 1 : 0);
}

export function addPair(ofLow: u64, ofHigh: i64): void {
  low += ofLow;
  high += ofHigh + (low < ofLow ? 1 : 0);
}

export function subtractPair(ofLow: u64, ofHigh: i64): void {
  high -= ofHigh + (low < ofLow ? 1 : 0);
  low -= ofLow;
}

/** Adds what was executed on a day; below 0 it counts as 0. */
export function addExecuted(ofLow: u64, ofHigh: i64): void {
  if (ofHigh >= 0) addPair(ofLow, ofHigh);
}

/** Takes off what was executed on a day; below 0 it counts as 0. */
export function subtractExecuted(ofLow: u64, ofHigh: i64): void {
  if (ofHigh >= 0) subtractPair(ofLow, ofHigh);
}

/** True when the sum passes a limit of 0 or more, which may be NO_PRICE: there is none. */
function isAbove(limit: i64): bool {
  if (limit === NO_PRICE || high < 0) return false;
  return high > 0 || low > <u64>limit;
}

/**
 * True when the sum passes a limit of an account, a client or the firm, and no override lets the order through: the refusal's text is set.
 * A sum beyond 64 bits is left out of it.
 */
export function isRefused(reason: i32, detail: i32, limit: i64, row: i32): bool {
  if (!isAbove(limit)) return false;
  if (high === 0 && low <= <u64>i64.MAX_VALUE) setDetail(detail, limit, <i64>low);
  else clearDetail();
  setLevelOf(row);
  return !isOverridden(reason);
}
