// Unmatched reports, as a snapshot keeps them: open ones, and what has become of the others.

import type { AreaViews } from "./area-views.ts";
import {
  UNMATCHED_ASSIGNED,
  UNMATCHED_BYTES,
  UNMATCHED_FREE,
  UNMATCHED_NUMBER,
  UNMATCHED_TAKEN_BACK,
} from "./assembly/unmatched-layout.ts";
import type { Core } from "./core.ts";
import type { StateSink, StateSource } from "./state-io.ts";
import { unmatchedIn } from "./unmatched.ts";

const ROW_WORDS = UNMATCHED_BYTES / 4;
/** Sections of a snapshot: the number of the newest one, and the rows. */
const NUMBER_SECTION = "unmatchedNumber";
export const UNMATCHED_SECTION = "unmatchedReports";

export function saveUnmatched(area: AreaViews, to: StateSink): void {
  const { ints } = unmatchedIn(area);
  const kept: number[] = [];
  for (let at = 0; at < ints.length; at += ROW_WORDS)
    if (ints[at] !== UNMATCHED_FREE) kept.push(...ints.subarray(at, at + ROW_WORDS));
  to.numbers(NUMBER_SECTION, [area.double(UNMATCHED_NUMBER)]);
  to.words(UNMATCHED_SECTION, Int32Array.from(kept), kept.length);
}

/** Versions before kept none. */
export function loadUnmatched({ area, code }: Core, from: StateSource): void {
  if (!from.has(UNMATCHED_SECTION)) return;
  const kept = new Int32Array(from.length(UNMATCHED_SECTION));
  from.words(UNMATCHED_SECTION, kept);
  unmatchedIn(area).ints.set(kept);
  area.setDouble(UNMATCHED_NUMBER, from.numbers(NUMBER_SECTION)[0]!);
  code.countUnmatched();
}

/** True when a snapshot that has the section keeps one that was assigned. */
export function hasAssigned(from: StateSource): boolean {
  const kept = new Int32Array(from.length(UNMATCHED_SECTION));
  from.words(UNMATCHED_SECTION, kept);
  for (let at = 0; at < kept.length; at += ROW_WORDS)
    if (kept[at] === UNMATCHED_ASSIGNED || kept[at] === UNMATCHED_TAKEN_BACK) return true;
  return false;
}
