import type { Views } from "../base/views.ts";
import { SETTING_BYTES } from "./assembly/layout.ts";

// Of a setting (core/assembly/settings.ts), ints and longs.
const IS_SET = 6;
const VERSION = 7;
const FILE_VALUE = 0;
const VALUE = 1;
const AT_US = 2;
const BY_AT = 32;

/** A view of one setting; `place` moves it. */
export class SettingRow {
  protected at = 0;

  constructor(readonly views: Views) {}

  place(at: number): this {
    this.at = at;
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
    return this.versionAt(this.at);
  }
  get atUs(): number {
    return this.views.doubles[this.at / 8 + AT_US]!;
  }
  get by(): string {
    const { bytes } = this.views;
    const from = this.at + BY_AT;
    const end = bytes.indexOf(0, from);
    const to = from + SETTING_BYTES - BY_AT;
    return Buffer.from(bytes.subarray(from, end < 0 || end > to ? to : end)).toString();
  }

  /** Sets an operator's value at nobody's name. */
  set(value: bigint, atUs: number): void {
    this.views.longs[this.at / 8 + VALUE] = value;
    this.views.doubles[this.at / 8 + AT_US] = atUs;
    this.views.ints[this.at / 4 + IS_SET] = 1;
    this.views.ints[this.at / 4 + VERSION]! += 1;
    this.views.bytes.fill(0, this.at + BY_AT, this.at + SETTING_BYTES);
  }

  /** All of it but the file's value, for a snapshot. */
  words(): Int32Array {
    return this.views.ints.subarray(this.at / 4 + 2 * VALUE, (this.at + SETTING_BYTES) / 4);
  }

  protected versionAt(at: number): number {
    return this.views.ints[at / 4 + VERSION]!;
  }
}
