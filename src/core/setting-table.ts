import { NONE } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import * as layout from "./assembly/layout.ts";

const WORDS = layout.SETTING_BYTES / 4;
// Of a setting (core/assembly/settings.ts), ints and longs.
const IS_SET = 6;
const VERSION = 7;
const FILE_VALUE = 0;
const VALUE = 1;
const AT_US = 2;
const BY_AT = 32;

/** Settings of the accounts, of the symbols or of the firm, as the core's code keeps them. */
export class SettingTable {
  readonly count: number;
  readonly views: Views;
  private at = 0;

  /** `rows`: how many accounts or symbols there are. A table of copied rows has `views` of its own. */
  constructor(area: AreaViews, subject: number, rows: number, views: Views | null = null) {
    const at = layout.SUBJECTS_AT + subject * layout.SUBJECT_BYTES;
    this.count = area.word(at + layout.SETTING_COUNT);
    this.views = views ?? area.table(at + layout.SETTINGS_AT, rows * this.count * layout.SETTING_BYTES);
  }

  aim(index: number, setting: number): this {
    this.at = (index * this.count + setting) * layout.SETTING_BYTES;
    return this;
  }

  get fileValue(): bigint {
    return this.views.longs[this.at / 8 + FILE_VALUE]!;
  }
  /** The operator's value, where it is set. */
  get value(): bigint {
    return this.views.longs[this.at / 8 + VALUE]!;
  }
  get isSet(): boolean {
    return this.views.ints[this.at / 4 + IS_SET] === 1;
  }
  get current(): bigint {
    return this.isSet ? this.value : this.fileValue;
  }
  get version(): number {
    return this.views.ints[this.at / 4 + VERSION]!;
  }
  get atUs(): number {
    return this.views.doubles[this.at / 8 + AT_US]!;
  }
  get by(): string {
    const { bytes } = this.views;
    const from = this.at + BY_AT;
    const end = bytes.indexOf(0, from);
    const to = from + layout.SETTING_BYTES - BY_AT;
    return Buffer.from(bytes.subarray(from, end < 0 || end > to ? to : end)).toString();
  }

  /** Sets an operator's value at nobody's name. */
  set(value: bigint, atUs: number): void {
    this.views.longs[this.at / 8 + VALUE] = value;
    this.views.doubles[this.at / 8 + AT_US] = atUs;
    this.views.ints[this.at / 4 + IS_SET] = 1;
    this.views.ints[this.at / 4 + VERSION]! += 1;
    this.views.bytes.fill(0, this.at + BY_AT, this.at + layout.SETTING_BYTES);
  }

  /** Changes of all settings of this account or symbol. */
  get versions(): number {
    const from = this.at - (this.at % (this.count * layout.SETTING_BYTES));
    let sum = 0;
    for (let i = 0; i < this.count; i++) sum += this.views.ints[(from + i * layout.SETTING_BYTES) / 4 + VERSION]!;
    return sum;
  }

  /** All of it but the file's value, for a snapshot. */
  words(): Int32Array {
    return this.views.ints.subarray(this.at / 4 + 2 * VALUE, this.at / 4 + WORDS);
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
