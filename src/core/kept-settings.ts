// What operators have set, as a snapshot keeps it.

import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import type { Core } from "./core.ts";
import { valuesBeneath } from "./kept-temporaries.ts";
import { changedSettings, indexHere, settingTable } from "./setting-table.ts";
import type { StateSink, StateSource } from "./state-io.ts";

const SETTING_WORDS = layout.SETTING_BYTES / 4 - 2;
/** Subject, index and setting stand before. */
export const KEPT_WORDS = 3 + SETTING_WORDS;

export function saveSettings(area: AreaViews, to: StateSink): void {
  const beneath = valuesBeneath(area);
  const kept = changedSettings(area).flatMap(({ subject, index, setting, words }) => {
    const value = beneath.get(`${subject} ${index} ${setting}`) ?? words;
    return [subject, index, setting, ...value];
  });
  to.words("settings", Int32Array.from(kept), kept.length);
}

/** Versions before had reference prices alone: returns false for them. `accounts` and `symbols`: the index here of each there. */
export function loadSettings(
  { area, code }: Core,
  from: StateSource,
  accounts: readonly number[],
  symbols: readonly number[],
): boolean {
  if (!from.has("settings")) return false;
  const kept = new Int32Array(from.length("settings"));
  from.words("settings", kept);
  for (let at = 0; at < kept.length; at += KEPT_WORDS) {
    const [subject, there, setting] = kept.subarray(at, at + 3) as unknown as [number, number, number];
    const index = indexHere(subject, there, accounts, symbols);
    const table = settingTable(area, subject);
    // A setting of a later version limits nothing here.
    if (setting >= table.count || index === NONE) continue;
    table
      .aim(index, setting)
      .words()
      .set(kept.subarray(at + 3, at + KEPT_WORDS));
    // The firm's kill switch is kept for itself, with its time.
    code.settle(subject, index);
  }
  return true;
}

/** The firm's kill switch was engaged by an earlier version, or by a file that no longer says so: its setting says it from now on. */
export function settleFirm({ area }: Core): void {
  const firm = settingTable(area, layout.FIRM).aim(0, layout.FIRM_KILLED_SETTING);
  if (area.word(layout.KILLED) === 1 && firm.current !== 1n) firm.set(1n, area.double(layout.KILLED_US));
}
