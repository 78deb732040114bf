// Values of settings that hold until a time (core/assembly/temporaries.ts).

import type { Views } from "../base/views.ts";
import type { AreaViews } from "./area-views.ts";
import { SETTING_BYTES } from "./assembly/layout.ts";
import {
  MOST_TEMPORARIES,
  TEMPORARIES_AT,
  TEMPORARY_BENEATH_AT,
  TEMPORARY_BYTES,
  TEMPORARY_COUNT,
  TEMPORARY_UNTIL_AT,
} from "./assembly/temporary-layout.ts";
import { SettingRow } from "./setting-row.ts";

/** Rows of the table, or of a copy of it. */
export class Temporaries {
  private at = 0;
  private readonly beneathRow: SettingRow;

  constructor(
    readonly views: Views,
    readonly count: number,
  ) {
    this.beneathRow = new SettingRow(views);
  }

  static of(area: AreaViews): Temporaries {
    return new Temporaries(area.table(TEMPORARIES_AT, MOST_TEMPORARIES * TEMPORARY_BYTES), area.word(TEMPORARY_COUNT));
  }

  /** Aims at a row below `count`. */
  aim(row: number): this {
    this.at = row * TEMPORARY_BYTES;
    return this;
  }

  get subject(): number {
    return this.views.ints[this.at / 4]!;
  }
  /** Of the account or symbol. */
  get index(): number {
    return this.views.ints[this.at / 4 + 1]!;
  }
  get setting(): number {
    return this.views.ints[this.at / 4 + 2]!;
  }
  get untilUs(): number {
    return this.views.doubles[(this.at + TEMPORARY_UNTIL_AT) / 8]!;
  }
  /** What holds after the end; its file value is that of the time when the temporary value was set. */
  get beneath(): SettingRow {
    return this.beneathRow.place(this.at + TEMPORARY_BENEATH_AT);
  }
  /** The row, without the file's value of what is beneath. */
  words(): Int32Array {
    return this.views.ints.subarray(this.at / 4, (this.at + TEMPORARY_BENEATH_AT + SETTING_BYTES) / 4);
  }
}

/** A temporary value as a reader has it: a copy. */
export interface TemporaryState {
  readonly subject: number;
  /** Of the row among the accounts, or of the symbol; "" for the firm. */
  readonly name: string;
  readonly setting: number;
  readonly untilUs: number;
  /** What holds after the end: an operator's value, or null: the file's. */
  readonly beneath: { readonly value: bigint; readonly by: string; readonly atUs: number } | null;
}

export function temporaryStates(
  copied: Temporaries,
  nameOf: (subject: number, index: number) => string,
): TemporaryState[] {
  return Array.from({ length: copied.count }, (_, i) => {
    const { subject, index, setting, untilUs, beneath } = copied.aim(i);
    const { value, by, atUs } = beneath;
    return {
      subject,
      name: nameOf(subject, index),
      setting,
      untilUs,
      beneath: beneath.isSet ? { value, by, atUs } : null,
    };
  });
}
