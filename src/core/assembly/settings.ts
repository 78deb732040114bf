import { accountAt, firmRow, settleAccount } from "./accounts.ts";
import { area } from "./area.ts";
import {
  ACCOUNTS,
  FIRM,
  FIRM_KILLED_SETTING,
  FORM_BIT,
  FORM_DOUBLE,
  FORM_INT,
  FORM_LONG,
  FORM_SHORT,
  REFERENCE_SETTING,
  SETTING_BYTES,
  SETTING_COUNT,
  SETTING_IS_LIMIT,
  SETTING_IS_OF_FILE,
  SETTING_KIND_BYTES,
  SETTING_KINDS_AT,
  SETTING_MAY_BE_NONE,
  SETTING_NONE_IS_MOST,
  SETTINGS_AT,
  SUBJECT_BYTES,
  SUBJECTS_AT,
  SYMBOLS,
} from "./layout.ts";
import { OVERFLOW, shareOf } from "./money.ts";
import { settleCurrency, settleFactor } from "./rates.ts";
import { settleGroup } from "./resting.ts";
import { setKilled } from "./state.ts";
import { settleSymbol } from "./reference-sources.ts";
import { ADV_PERCENT_SETTING, AVERAGE_VOLUME_SETTING } from "./symbol-layout.ts";
import { symbolAt } from "./symbols.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";

/*  What operators may change while the core works: the file's value, and an operator's that holds in its place. 64 bytes.
 *
 *  byte 0           8        16      24      28        32                       64
 *       ┌───────────┬────────┬───────┬───────┬─────────┬────────────────────────┐   fileValue  of the configuration
 *       │ fileValue │ value  │ atUs  │ isSet │ version │ by, zero padded        │   value      of an operator, where isSet is 1
 *       └───────────┴────────┴───────┴───────┴─────────┴────────────────────────┘   version      counts its changes
 *
 *  Its description says where the value is used: in the row of the account or symbol. 32 bytes.
 *
 *  byte 0        4      8        16      24     28      32
 *       ┌────────┬──────┬────────┬───────┬──────┬───────┐   offset   in the row
 *       │ offset │ form │ least  │ most  │ mask │ flags │   mask     the bit of FORM_BIT
 *       └────────┴──────┴────────┴───────┴──────┴───────┘
 */
@unmanaged
export class Setting {
  fileValue: i64;
  value: i64;
  atUs: f64;
  isSet: i32;
  version: i32;

  /** The value that holds. */
  get current(): i64 {
    return this.isSet === 1 ? this.value : this.fileValue;
  }
  get byAt(): usize {
    return changetype<usize>(this) + BY_AT;
  }
}
const BY_AT: usize = 32;
/** Most bytes of who has set it. */
const BY_BYTES: usize = 32;

@unmanaged
class SettingKind {
  offset: i32;
  form: i32;
  least: i64;
  most: i64;
  mask: i32;
  flags: i32;

  takes(value: i64): bool {
    if (value === NO_PRICE) return (this.flags & SETTING_MAY_BE_NONE) !== 0;
    return value >= this.least && value <= this.most;
  }
  get isLimit(): bool {
    return (this.flags & SETTING_IS_LIMIT) !== 0;
  }
  get isOfFile(): bool {
    return (this.flags & SETTING_IS_OF_FILE) !== 0;
  }

  /** A new name has zeros, until the configuration's values are given: a limit that need not be there is not there, if it can't be 0. */
  held(value: i64): i64 {
    const isNone = value === 0 && this.least > 0 && (this.flags & SETTING_MAY_BE_NONE) !== 0;
    return isNone ? NO_PRICE : value;
  }
}

// @ts-ignore: decorator
@inline
function wordOf(subject: i32, offset: usize): i32 {
  return load<i32>(area + SUBJECTS_AT + <usize>subject * SUBJECT_BYTES + offset);
}

/** How many settings accounts, symbols or the firm have. */
export function settingCount(subject: i32): i32 {
  return wordOf(subject, SETTING_COUNT);
}

export function settingAt(subject: i32, index: i32, setting: i32): Setting {
  const row = <usize>(index * settingCount(subject) + setting);
  return changetype<Setting>(<usize>(<u32>wordOf(subject, SETTINGS_AT)) + row * SETTING_BYTES);
}

export function kindAt(subject: i32, setting: i32): SettingKind {
  return changetype<SettingKind>(<usize>(<u32>wordOf(subject, SETTING_KINDS_AT)) + <usize>setting * SETTING_KIND_BYTES);
}

/** Changes of an account's, a symbol's or the firm's settings. */
export function versionOf(subject: i32, index: i32): i32 {
  const count = settingCount(subject);
  let version = 0;
  for (let i = 0; i < count; i++) version += settingAt(subject, index, i).version;
  return version;
}

/** Sets the configuration's value; `settle` must follow. */
export function setFileValue(subject: i32, index: i32, setting: i32, value: i64): void {
  settingAt(subject, index, setting).fileValue = value;
}

/** Sets an operator's value, or (`isSet` false) goes back to the file's; `settle` must follow. */
export function setValue(setting: Setting, value: i64, isSet: bool, timeUs: f64, by: usize, byLength: i32): void {
  setting.value = isSet ? value : 0;
  setting.isSet = isSet ? 1 : 0;
  setting.atUs = timeUs;
  setting.version++;
  memory.fill(setting.byAt, 0, BY_BYTES);
  memory.copy(setting.byAt, by, <usize>byLength < BY_BYTES ? <usize>byLength : BY_BYTES);
}

/** Takes over the value of another setting, with who has set it and when; `settle` must follow. */
export function copyValue(setting: Setting, from: Setting): void {
  setting.value = from.value;
  setting.isSet = from.isSet;
  setting.atUs = from.atUs;
  setting.version++;
  memory.copy(setting.byAt, from.byAt, BY_BYTES);
}

/** Goes back to the file's value as if nobody had set another; `settle` must follow. */
export function forgetValue(setting: Setting): void {
  setting.value = 0;
  setting.isSet = 0;
}

/** Brings the firm's kill switch to what its setting says. */
export function settleKill(timeUs: f64): void {
  setKilled(settingAt(FIRM, 0, FIRM_KILLED_SETTING).current === 1, timeUs);
}

/** Brings the row of an account, a symbol or the firm to what its settings say; the firm's kill switch stays. The caller has locked it. */
export function settle(subject: i32, index: i32): void {
  const row = rowOf(subject, index);
  const count = settingCount(subject);
  let isComplete = true;
  for (let i = 0; i < count; i++) {
    const kind = kindAt(subject, i);
    const value = kind.held(settingAt(subject, index, i).current);
    put(row + kind.offset, kind, value);
    if (kind.isLimit && !kind.takes(value)) isComplete = false;
  }
  if (subject === ACCOUNTS) {
    settleAccount(accountAt(index), isComplete);
    settleGroup(index);
    settleCurrency(index);
  } else if (subject === FIRM) settleAccount(firmRow(), isComplete);
  else if (subject === SYMBOLS) {
    settleReference(index, isComplete);
    settleVolume(index);
    settleFactor(index);
  }
}

/** An operator who says that there is none takes the configuration's price away, too. */
function settleReference(symbol: i32, isSound: bool): void {
  const setting = settingAt(SYMBOLS, symbol, REFERENCE_SETTING);
  const isSet = setting.isSet === 1;
  const configured: i64 = isSet && setting.value === NO_PRICE ? NO_PRICE : setting.fileValue;
  settleSymbol(symbol, isSound, isSet ? setting.value : NO_PRICE, setting.atUs, configured);
}

/** Without a volume no order is small enough. */
function settleVolume(symbol: i32): void {
  const percent = heldAt(symbol, ADV_PERCENT_SETTING);
  const volume = heldAt(symbol, AVERAGE_VOLUME_SETTING);
  let most: i64 = i64.MAX_VALUE;
  if (percent !== NO_PRICE) most = volume === NO_PRICE ? 0 : shareOf(volume, percent);
  symbolAt(symbol).advLimit = most === OVERFLOW ? i64.MAX_VALUE : most;
}

function heldAt(symbol: i32, setting: i32): i64 {
  return kindAt(SYMBOLS, setting).held(settingAt(SYMBOLS, symbol, setting).current);
}

function rowOf(subject: i32, index: i32): usize {
  if (subject === FIRM) return changetype<usize>(firmRow());
  return subject === ACCOUNTS ? changetype<usize>(accountAt(index)) : changetype<usize>(symbolAt(index));
}

function put(at: usize, kind: SettingKind, value: i64): void {
  const form = kind.form;
  if (value === NO_PRICE && (kind.flags & SETTING_NONE_IS_MOST) !== 0) {
    if (form === FORM_LONG) store<i64>(at, i64.MAX_VALUE);
    else store<f64>(at, Infinity);
  } else if (form === FORM_LONG) store<i64>(at, value);
  else if (form === FORM_DOUBLE) store<f64>(at, <f64>value);
  else if (form === FORM_SHORT) store<u16>(at, <u16>value);
  else if (form === FORM_INT) store<i32>(at, <i32>value);
  else if (form === FORM_BIT) store<i32>(at, value === 1 ? load<i32>(at) | kind.mask : load<i32>(at) & ~kind.mask);
}
