// Overrides of checks, as a snapshot keeps them: granted and done ones.

import type { AreaViews } from "./area-views.ts";
import { OVERRIDE_BYTES, OVERRIDE_FREE } from "./assembly/override-layout.ts";
import type { Core } from "./core.ts";
import { overridesIn } from "./overrides.ts";
import type { StateSink, StateSource } from "./state-io.ts";

const ROW_WORDS = OVERRIDE_BYTES / 4;
/** The section of a snapshot. */
export const OVERRIDES_SECTION = "overrides";

export function saveOverrides(area: AreaViews, to: StateSink): void {
  const { ints } = overridesIn(area);
  const kept: number[] = [];
  for (let at = 0; at < ints.length; at += ROW_WORDS)
    if (ints[at] !== OVERRIDE_FREE) kept.push(...ints.subarray(at, at + ROW_WORDS));
  to.words(OVERRIDES_SECTION, Int32Array.from(kept), kept.length);
}

/** Versions before kept none. */
export function loadOverrides({ area, code }: Core, from: StateSource): void {
  if (!from.has(OVERRIDES_SECTION)) return;
  const kept = new Int32Array(from.length(OVERRIDES_SECTION));
  from.words(OVERRIDES_SECTION, kept);
  overridesIn(area).ints.set(kept);
  code.countOverrides();
}
