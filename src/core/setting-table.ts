import { NONE } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";
import { SettingRow } from "./setting-row.ts";
import type { TemporaryState } from "./temporaries.ts";

/** Settings of the accounts, of the symbols or of the firm, as the core's code keeps them. */
export class SettingTable extends SettingRow {
  readonly count: number;
  /** Of a copied row: those of its values that have an end. */
  temporary: readonly TemporaryState[] = [];

  /** `rows`: how many accounts or symbols there are. A table of copied rows has `views` of its own. */
  constructor(area: AreaViews, subject: number, rows: number, views: Views | null = null) {
    const at = layout.SUBJECTS_AT + subject * layout.SUBJECT_BYTES;
    const count = area.word(at + layout.SETTING_COUNT);
    super(views ?? area.table(at + layout.SETTINGS_AT, rows * count * layout.SETTING_BYTES));
    this.count = count;
  }

  aim(index: number, setting: number): this {
    return this.place((index * this.count + setting) * layout.SETTING_BYTES);
  }

  /** The end of a setting's value, and what holds after it; null: it has no end. */
  endOf(setting: number): TemporaryState | null {
    return this.temporary.find((one) => one.setting === setting) ?? null;
  }

  /** Changes of all settings of this account or symbol. */
  get versions(): number {
    const from = this.at - (this.at % (this.count * layout.SETTING_BYTES));
    let sum = 0;
    for (let i = 0; i < this.count; i++) sum += this.versionAt(from + i * layout.SETTING_BYTES);
    return sum;
  }
}

/** Names in a table: accounts or symbols. */
export function nameCount(area: AreaViews, subject: number): number {
  if (subject === layout.FIRM) return 1;
  const table = subject === layout.ACCOUNTS ? layout.ACCOUNT_NAMES : layout.SYMBOL_NAMES;
  return area.word(table + layout.NAME_COUNT);
}

/** All of a subject's settings. */
export function settingTable(area: AreaViews, subject: number): SettingTable {
  return new SettingTable(area, subject, nameCount(area, subject));
}

/** Where each setting stands that an operator has ever changed. */
export function changedSettings(
  area: AreaViews,
): { subject: number; index: number; setting: number; words: Int32Array }[] {
  const changed: { subject: number; index: number; setting: number; words: Int32Array }[] = [];
  for (let subject = 0; subject < layout.SUBJECT_COUNT; subject++) {
    const table = settingTable(area, subject);
    const rows = nameCount(area, subject);
    for (let index = 0; index < rows; index++)
      for (let setting = 0; setting < table.count; setting++)
        if (table.aim(index, setting).version > 0) changed.push({ subject, index, setting, words: table.words() });
  }
  return changed;
}

/** Index of a name in a snapshot to the one here; NONE where there is none. */
export function indexHere(
  subject: number,
  index: number,
  accounts: readonly number[],
  symbols: readonly number[],
): number {
  if (subject === layout.FIRM) return index;
  return (subject === layout.ACCOUNTS ? accounts : symbols)[index] ?? NONE;
}
