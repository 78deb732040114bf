// Values that operators have set until a time, as a snapshot keeps them. Its settings have what holds after the end: a version that does not
// know of ends goes on with that.

import { NONE } from "../base/units.ts";
import type { AreaViews } from "./area-views.ts";
import { SETTING_BYTES } from "./assembly/layout.ts";
import { MOST_TEMPORARIES, TEMPORARIES_AT, TEMPORARY_BYTES, TEMPORARY_COUNT } from "./assembly/temporary-layout.ts";
import type { Core } from "./core.ts";
import { indexHere, settingTable } from "./setting-table.ts";
import type { StateSink, StateSource } from "./state-io.ts";
import { Temporaries } from "./temporaries.ts";

const ROW_WORDS = TEMPORARY_BYTES / 4;
/** Of a setting, without the file's value. */
const VALUE_WORDS = SETTING_BYTES / 4 - 2;
/** A row of the table, then the setting with its temporary value. */
const KEPT_WORDS = ROW_WORDS + VALUE_WORDS;
/** Where the name of a snapshot's section of them is looked for. */
export const TEMPORARIES_SECTION = "temporaries";

export function saveTemporaries(area: AreaViews, to: StateSink): void {
  const table = Temporaries.of(area);
  const kept: number[] = [];
  for (let row = 0; row < table.count; row++) {
    const { subject, index, setting } = table.aim(row);
    kept.push(...table.words(), ...settingTable(area, subject).aim(index, setting).words());
  }
  to.words(TEMPORARIES_SECTION, Int32Array.from(kept), kept.length);
}

/** Behind the settings; earlier versions kept none. `accounts` and `symbols`: the index here of each there. */
export function loadTemporaries(
  { area, code }: Core,
  from: StateSource,
  accounts: readonly number[],
  symbols: readonly number[],
): void {
  if (!from.has(TEMPORARIES_SECTION)) return;
  const kept = new Int32Array(from.length(TEMPORARIES_SECTION));
  from.words(TEMPORARIES_SECTION, kept);
  const rows = area.ints(TEMPORARIES_AT, MOST_TEMPORARIES * ROW_WORDS);
  let count = 0;
  for (let at = 0; at < kept.length; at += KEPT_WORDS) {
    const row = kept.subarray(at, at + ROW_WORDS);
    const [subject, there, setting] = row as unknown as [number, number, number];
    const index = indexHere(subject, there, accounts, symbols);
    const table = settingTable(area, subject);
    if (setting >= table.count || index === NONE) continue;
    rows.set(row, count * ROW_WORDS);
    rows[count * ROW_WORDS + 1] = index;
    count++;
    table
      .aim(index, setting)
      .words()
      .set(kept.subarray(at + ROW_WORDS, at + KEPT_WORDS));
    code.settle(subject, index);
  }
  area.setWord(TEMPORARY_COUNT, count);
  code.findTemporaryEnd();
}

/** What settings are without their temporary values: by subject, index and setting. */
export function valuesBeneath(area: AreaViews): ReadonlyMap<string, Int32Array> {
  const table = Temporaries.of(area);
  const beneath = new Map<string, Int32Array>();
  for (let row = 0; row < table.count; row++) {
    const { subject, index, setting } = table.aim(row);
    beneath.set(`${subject} ${index} ${setting}`, table.beneath.words());
  }
  return beneath;
}
