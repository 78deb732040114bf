import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  CHANGE_ANY_VERSION,
  CHANGE_IN_FILE,
  CHANGE_NAME_AT,
  CHANGE_RESETS,
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  CONTROL_UNKNOWN_SETTING,
  CONTROL_VERSION_DIFFERS,
  MOST_CHANGES,
} from "../../record/control-codes.ts";
import { address, word } from "./area.ts";
import { NONE } from "./codes.ts";
import {
  ACCOUNTS,
  CHANGED_AT,
  COLLAR_SETTING,
  COLLAR_WIDTH_SETTING,
  FIRM,
  FIRM_KILLED_SETTING,
  REFERENCE_SETTING,
  REPLAYING,
  SUBJECT_COUNT,
  SYMBOLS,
} from "./layout.ts";
import { lock, lockOfAccount, lockOfSymbol, unlock } from "./locks.ts";
import { addName, findName } from "./names.ts";
import { kindAt, setFileValue, Setting, settingAt, settingCount, settle, setValue, versionOf } from "./settings.ts";
import { isKilled, setKilled } from "./state.ts";
import { symbolAt } from "./symbols.ts";

/*  The changes of one command: all of them hold from the next order on, or none. They stand in its text, behind each other:
 *
 *  byte 0         4         8        16         20           24      24 + name, to a multiple of 8
 *       ┌─────────┬─────────┬────────┬──────────┬────────────┬──────┐   subject  ACCOUNTS, SYMBOLS or FIRM
 *       │ subject │ setting │ value  │ version  │ nameLength │ name │   setting  its number, with CHANGE_RESETS where the
 *       └─────────┴─────────┴────────┴──────────┴────────────┴──────┘            file's value shall hold again, and CHANGE_IN_FILE
 *                                                                                where the file has another value
 *  version  which the account or symbol must have, or CHANGE_ANY_VERSION
 *
 *  The command's name is who has asked. A command is decided before it is journalled, and the journal has the result: a replay obeys
 *  that, whatever the configuration of today says.
 */
@unmanaged
class Change {
  subject: i32;
  settingWord: i32;
  value: i64;
  version: i32;
  nameLength: i32;

  get setting(): i32 {
    return this.settingWord & ~(CHANGE_RESETS | CHANGE_IN_FILE);
  }
  get resets(): bool {
    return (this.settingWord & CHANGE_RESETS) !== 0;
  }
  get inFile(): bool {
    return (this.settingWord & CHANGE_IN_FILE) !== 0;
  }
  get nameAt(): usize {
    return changetype<usize>(this) + CHANGE_NAME_AT;
  }
  get end(): usize {
    return this.nameAt + ((<usize>this.nameLength + 7) & ~7);
  }
}

/** Decides changes and changes nothing. The answer's value is the first that can't be. Returns the answer's result. */
export function decideChanges(control: Control, answer: ControlAnswer): i32 {
  const end = textEnd(control);
  let result = CONTROL_UNCHANGED;
  let at = textAt(control);
  const count = control.value;
  if (count < 1 || count > MOST_CHANGES) return CONTROL_BAD_RECORD;
  for (let i = 0; i < count; i++) {
    answer.value = i;
    if (!isWhole(at, end)) return CONTROL_BAD_RECORD;
    const change = changetype<Change>(at);
    const index = indexOf(change);
    setIndex(i, index);
    const problem = index === NONE ? CONTROL_UNKNOWN_NAME : problemOf(change, index);
    if (problem !== 0) return problem;
    if (differs(change, index)) result = CONTROL_APPLIED;
    at = change.end;
  }
  const unsound = firstUnsound(control);
  answer.value = unsound === NONE ? 0 : unsound;
  return unsound === NONE ? result : CONTROL_BAD_VALUE;
}

/** Makes the changes that were decided. In a replay, names that are no longer configured are added: what is set of them stays set. */
export function applyChanges(control: Control, timeUs: f64): void {
  const count = control.value;
  let at = textAt(control);
  for (let i = 0; i < count; i++) {
    const change = changetype<Change>(at);
    let index = indexOf(change);
    if (change.inFile && word(REPLAYING) !== 0) {
      // The file of today counts, not that of the past.
      setIndex(i, NONE);
      at = change.end;
      continue;
    }
    if (index === NONE) index = addName(change.subject, change.nameAt, change.nameLength);
    setIndex(i, index);
    const row = lockOf(change.subject, index);
    if (row !== 0) lock(row);
    const setting = settingAt(change.subject, index, change.setting);
    if (change.inFile) setFileValue(change.subject, index, change.setting, change.value);
    else if (change.setting < settingCount(change.subject) && differs(change, index)) {
      setValue(setting, change.value, !change.resets, timeUs, control.nameAt, control.nameLength);
      // One that was engaged in another way has no setting that says so: what does not differ leaves it alone.
      if (change.subject === FIRM) settle(FIRM, 0, timeUs);
    }
    at = change.end;
  }
  at = textAt(control);
  for (let i = 0; i < count; i++) {
    const change = changetype<Change>(at);
    if (change.subject !== FIRM && indexAt(i) !== NONE) settle(change.subject, indexAt(i), timeUs);
    at = change.end;
  }
  at = textAt(control);
  for (let i = 0; i < count; i++) {
    const change = changetype<Change>(at);
    const row = indexAt(i) === NONE ? 0 : lockOf(change.subject, indexAt(i));
    // It may stand there twice.
    if (row !== 0 && (load<i32>(row) & 1) === 1) unlock(row);
    at = change.end;
  }
}

/** Sets a symbol's reference price at nobody's name, as commands of earlier versions do; NO_PRICE: there is none any more. */
export function instruct(symbol: i32, priceE8: i64, timeUs: f64): void {
  const at = lockOfSymbol(symbol);
  lock(at);
  setValue(referenceOf(symbol), priceE8, true, timeUs, 0, 0);
  settle(SYMBOLS, symbol, timeUs);
  unlock(at);
}

export function referenceOf(symbol: i32): Setting {
  return settingAt(SYMBOLS, symbol, REFERENCE_SETTING);
}

/** The configuration engages the firm's kill switch at a start. */
export function killByFile(): void {
  settingAt(FIRM, 0, FIRM_KILLED_SETTING).isSet = 0;
  setKilled(true, 0);
}

/** Engages or lifts the firm's kill switch; `by` may be empty. */
export function killFirm(isKilled: bool, timeUs: f64, by: usize, byLength: i32): void {
  setValue(settingAt(FIRM, 0, FIRM_KILLED_SETTING), isKilled ? 1 : 0, true, timeUs, by, byLength);
  settle(FIRM, 0, timeUs);
}

function problemOf(change: Change, index: i32): i32 {
  const subject = change.subject;
  const setting = change.setting;
  if (<u32>setting >= <u32>settingCount(subject)) return CONTROL_UNKNOWN_SETTING;
  // The firm's kill switch stands in the file as it is at a start.
  if (change.inFile && subject === FIRM) return CONTROL_UNKNOWN_SETTING;
  if (change.version !== CHANGE_ANY_VERSION && change.version !== versionOf(subject, index))
    return CONTROL_VERSION_DIFFERS;
  return change.resets || kindAt(subject, setting).takes(change.value) ? 0 : CONTROL_BAD_VALUE;
}

function differs(change: Change, index: i32): bool {
  const setting = settingAt(change.subject, index, change.setting);
  // The file may have engaged it again at a start.
  if (change.subject === FIRM) return isKilled() !== ((change.resets ? setting.fileValue : change.value) === 1);
  if (change.inFile) return setting.fileValue !== change.value;
  if (change.resets) return setting.isSet === 1;
  return setting.isSet !== 1 || setting.value !== change.value;
}

/** The first change after which a symbol's reference price and collar do not go together, or NONE. */
function firstUnsound(control: Control): i32 {
  let at = textAt(control);
  for (let i = 0; i < control.value; i++) {
    const change = changetype<Change>(at);
    if (change.subject === SYMBOLS && !isSound(control, indexAt(i))) return i;
    at = change.end;
  }
  return NONE;
}

function isSound(control: Control, symbol: i32): bool {
  const reference = after(control, symbol, REFERENCE_SETTING);
  const collar = after(control, symbol, COLLAR_SETTING);
  const width = after(control, symbol, COLLAR_WIDTH_SETTING);
  return reference === NO_PRICE || symbolAt(symbol).canRefer(reference, collar, width);
}

/** What a symbol's setting will be. */
function after(control: Control, symbol: i32, setting: i32): i64 {
  const row = settingAt(SYMBOLS, symbol, setting);
  let value = row.current;
  let at = textAt(control);
  for (let i = 0; i < control.value; i++) {
    const change = changetype<Change>(at);
    if (change.subject === SYMBOLS && indexAt(i) === symbol && change.setting === setting)
      value = change.inFile && row.isSet === 1 ? row.value : change.resets ? row.fileValue : change.value;
    at = change.end;
  }
  return value;
}

function textAt(control: Control): usize {
  return changetype<usize>(control) + CONTROL_TEXT_AT;
}

function textEnd(control: Control): usize {
  return textAt(control) + control.textLength;
}

/** True when a change stands there whole. */
function isWhole(at: usize, end: usize): bool {
  if (at + CHANGE_NAME_AT > end) return false;
  const change = changetype<Change>(at);
  if (<u32>change.subject >= <u32>SUBJECT_COUNT || <u32>change.nameLength > 64) return false;
  return change.end <= end;
}

function indexOf(change: Change): i32 {
  return change.subject === FIRM ? 0 : findName(change.subject, change.nameAt, change.nameLength);
}

function lockOf(subject: i32, index: i32): usize {
  if (subject === ACCOUNTS) return lockOfAccount(index);
  return subject === SYMBOLS ? lockOfSymbol(index) : 0;
}

function setIndex(change: i32, index: i32): void {
  store<i32>(address(CHANGED_AT) + (<usize>change << 2), index);
}

function indexAt(change: i32): i32 {
  return load<i32>(address(CHANGED_AT) + (<usize>change << 2));
}
