import { address, area, double, setDouble, setWord, word } from "./area.ts";
import { ACCOUNTS, FIRM, FIRM_KILLED_SETTING, REFERENCE_SETTING, SETTING_BYTES, STOPPED_SETTING, SYMBOLS } from "./layout.ts";
import { lock, unlock } from "./locks.ts";
import { copyValue, kindAt, Setting, settingAt, setValue } from "./settings.ts";
import {
  MOST_TEMPORARIES,
  TEMPORARIES_AT,
  TEMPORARY_BENEATH_AT,
  TEMPORARY_BYTES,
  TEMPORARY_COUNT,
  TEMPORARY_END_US,
  TEMPORARY_LOCK,
} from "./temporary-layout.ts";

// Values that hold until a time. The setting has the temporary one, as an operator's; a row here has what holds after it. A value ends by
// a command of the core to itself (end-temporaries.ts), so that a replay ends it where it ended.

@unmanaged
export class Temporary {
  subject: i32;
  index: i32;
  setting: i32;
  unused: i32;
  untilUs: f64;

  get beneath(): Setting {
    return changetype<Setting>(changetype<usize>(this) + TEMPORARY_BENEATH_AT);
  }
}

const NOWHERE = changetype<Temporary>(0);

export function temporaryAt(row: i32): Temporary {
  return changetype<Temporary>(address(TEMPORARIES_AT) + <usize>row * TEMPORARY_BYTES);
}

/** The row of a setting, or one at address 0: its value has no end. */
export function temporaryOf(subject: i32, index: i32, setting: i32): Temporary {
  const count = word(TEMPORARY_COUNT);
  for (let i = 0; i < count; i++) {
    const row = temporaryAt(i);
    if (row.setting === setting && row.index === index && row.subject === subject) return row;
  }
  return NOWHERE;
}

// @ts-ignore: decorator
@inline
export function isTemporary(row: Temporary): bool {
  return changetype<usize>(row) !== 0;
}

export function freeTemporaries(): i32 {
  return MOST_TEMPORARIES - word(TEMPORARY_COUNT);
}

/** Kill switches and stops last until somebody lifts them; a reference price has an age; the file's calendars say when a symbol opens. */
export function mayEnd(subject: i32, setting: i32): bool {
  if (subject === FIRM && setting === FIRM_KILLED_SETTING) return false;
  if (subject === ACCOUNTS && setting === STOPPED_SETTING) return false;
  if (subject === SYMBOLS && setting === REFERENCE_SETTING) return false;
  return !kindAt(subject, setting).isOfFile;
}

/** Sets a value until `untilUs`; there is room for its row. `settle` must follow. */
export function setTemporary(
  subject: i32,
  index: i32,
  number: i32,
  value: i64,
  isSet: bool,
  untilUs: f64,
  timeUs: f64,
  by: usize,
  byLength: i32,
): void {
  const setting = settingAt(subject, index, number);
  lock(area + TEMPORARY_LOCK);
  let row = temporaryOf(subject, index, number);
  if (!isTemporary(row)) {
    const count = word(TEMPORARY_COUNT);
    row = temporaryAt(count);
    memory.fill(changetype<usize>(row), 0, TEMPORARY_BYTES);
    row.subject = subject;
    row.index = index;
    row.setting = number;
    memory.copy(changetype<usize>(row.beneath), changetype<usize>(setting), SETTING_BYTES);
    setWord(TEMPORARY_COUNT, count + 1);
  }
  row.untilUs = untilUs;
  findEnd();
  setValue(setting, value, isSet, timeUs, by, byLength);
  unlock(area + TEMPORARY_LOCK);
}

/** Sets what holds after the temporary value of a row. */
export function setBeneath(row: Temporary, value: i64, isSet: bool, timeUs: f64, by: usize, byLength: i32): void {
  lock(area + TEMPORARY_LOCK);
  setValue(row.beneath, value, isSet, timeUs, by, byLength);
  settingAt(row.subject, row.index, row.setting).version++;
  unlock(area + TEMPORARY_LOCK);
}

/** What was beneath holds again; `settle` must follow. Does nothing where the value has no end. */
export function endTemporary(subject: i32, index: i32, number: i32): void {
  const row = temporaryOf(subject, index, number);
  if (!isTemporary(row)) return;
  lock(area + TEMPORARY_LOCK);
  copyValue(settingAt(subject, index, number), row.beneath);
  remove(row);
  unlock(area + TEMPORARY_LOCK);
}

/** What is beneath is forgotten: the setting's value has no end any more. Does nothing where it had none. */
export function forgetTemporary(subject: i32, index: i32, number: i32): void {
  const row = temporaryOf(subject, index, number);
  if (!isTemporary(row)) return;
  lock(area + TEMPORARY_LOCK);
  remove(row);
  unlock(area + TEMPORARY_LOCK);
}

function remove(row: Temporary): void {
  const last = word(TEMPORARY_COUNT) - 1;
  const lastRow = temporaryAt(last);
  memory.copy(changetype<usize>(row), changetype<usize>(lastRow), TEMPORARY_BYTES);
  memory.fill(changetype<usize>(lastRow), 0, TEMPORARY_BYTES);
  setWord(TEMPORARY_COUNT, last);
  findEnd();
}

/** True when a temporary value is at its end. */
// @ts-ignore: decorator
@inline
export function isEndDue(timeUs: f64): bool {
  return word(TEMPORARY_COUNT) !== 0 && timeUs >= double(TEMPORARY_END_US);
}

/** Finds the first end anew. */
export function findEnd(): void {
  const count = word(TEMPORARY_COUNT);
  let endUs: f64 = Infinity;
  for (let i = 0; i < count; i++) {
    const untilUs = temporaryAt(i).untilUs;
    if (untilUs < endUs) endUs = untilUs;
  }
  setDouble(TEMPORARY_END_US, endUs);
}
