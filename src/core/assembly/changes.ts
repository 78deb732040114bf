import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  CHANGE_ANY_VERSION,
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_CONFIGURE,
  CONTROL_NO_ROOM,
  CONTROL_TABLE_FULL,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  CONTROL_UNKNOWN_SETTING,
  CONTROL_VERSION_DIFFERS,
  MOST_CHANGES,
  STRUCTURE_ADD,
  STRUCTURE_RETIRE,
} from "../../record/control-codes.ts";
import { setWord, word } from "./area.ts";
import {
  Change,
  indexAt,
  indexOf,
  isWhole,
  lockOf,
  nameAt,
  nameLength,
  setIndex,
  takeName,
  textAt,
  textEnd,
} from "./change.ts";
import { NONE } from "./codes.ts";
import {
  ACCOUNTS,
  COLLAR_SETTING,
  COLLAR_WIDTH_SETTING,
  FILE_CHANGES,
  FIRM,
  FIRM_KILLED_SETTING,
  REFERENCE_SETTING,
  STOPPED_SETTING,
  SYMBOLS,
} from "./layout.ts";
import { lock, lockOfSymbol, unlock } from "./locks.ts";
import { addName, nameCapacity, nameCount } from "./names.ts";
import { forgetExecutionTimes } from "./repeated-executions.ts";
import { beginRoutes } from "./routing-rules.ts";
import { forgetValue, kindAt, setFileValue, Setting, settingAt, settingCount, settle, settleKill, setValue, versionOf } from "./settings.ts";
import { isKilled, setKilled } from "./state.ts";
import { applyStructure, signsOf, structureDiffers, structureProblem } from "./structure.ts";
import { canRefer, symbolAt } from "./symbols.ts";
import { endTemporary, forgetTemporary, freeTemporaries, isTemporary, mayEnd, setBeneath, setTemporary, temporaryOf } from "./temporaries.ts";

// Changes of settings and of what is configured (change.ts): decided, then made.

/** Names that the changes so far add. */
let addedAccounts: i32 = 0;
let addedSymbols: i32 = 0;

/** Decides changes and changes nothing but the command's kind. The answer's value is the first that can't be. Returns the answer's result. */
export function decideChanges(control: Control, answer: ControlAnswer): i32 {
  const end = textEnd(control);
  let result = CONTROL_UNCHANGED;
  let at = textAt(control);
  const count = control.value;
  if (count < 1 || count > MOST_CHANGES) return CONTROL_BAD_RECORD;
  addedAccounts = 0;
  addedSymbols = 0;
  beginRoutes();
  // It holds for a time, or not at all.
  if (control.kind === CONTROL_CHANGE_UNTIL && !(control.amount > control.atUs && control.amount < MOST_TIME_US)) return CONTROL_BAD_VALUE;
  let free = freeTemporaries();
  for (let i = 0; i < count; i++) {
    answer.value = i;
    if (!isWhole(control, at, end)) return CONTROL_BAD_RECORD;
    const change = changetype<Change>(at);
    if (!takeName(control, change, i === 0)) return CONTROL_BAD_RECORD;
    if (control.kind === CONTROL_CONFIGURE) {
      if (!change.isStructure && !change.inFile) return CONTROL_BAD_RECORD;
    } else if (change.isStructure) return CONTROL_UNKNOWN_SETTING;
    if (isOfTime(control.kind) && change.inFile) return CONTROL_BAD_RECORD;
    const index = futureIndex(change, i);
    setIndex(i, index);
    if (index === NO_ROOM) return CONTROL_NO_ROOM;
    const problem = problemOf(change, index);
    if (problem !== 0) return problem;
    if (control.kind === CONTROL_CHANGE_UNTIL) {
      if (!mayEnd(change.subject, change.setting)) return CONTROL_UNKNOWN_SETTING;
      // One that stands there twice counts twice.
      if (!isTemporary(temporaryOf(change.subject, index, change.setting)) && --free < 0) return CONTROL_TABLE_FULL;
    }
    if (control.kind === CONTROL_CHANGE && takesPlace(change, index)) control.kind = CONTROL_CHANGE_LASTING;
    if (willChange(control, change, index)) result = CONTROL_APPLIED;
    at = change.end;
  }
  const unsound = firstUnsound(control);
  answer.value = unsound === NONE ? 0 : unsound;
  return unsound === NONE ? result : CONTROL_BAD_VALUE;
}

const NO_ROOM = -2;
/** 2286: what has no nearer end has none. */
const MOST_TIME_US: f64 = 1e16;

/** Changes that have an end, or are at it. */
function isOfTime(kind: i32): bool {
  return kind === CONTROL_CHANGE_UNTIL || kind === CONTROL_CHANGES_END;
}

/** True for a value without an end in the place of one that has an end. */
function takesPlace(change: Change, index: i32): bool {
  return !change.isStructure && !change.inFile && isTemporary(temporaryOf(change.subject, index, change.setting));
}

/** True when something will be otherwise than it is. */
function willChange(control: Control, change: Change, index: i32): bool {
  if (change.isStructure || change.inFile) return differs(change, index);
  const row = temporaryOf(change.subject, index, change.setting);
  if (control.kind === CONTROL_CHANGES_END) return isTemporary(row);
  if (control.kind !== CONTROL_CHANGE_UNTIL) return differs(change, index);
  return !isTemporary(row) || row.untilUs !== control.amount || isOther(change, settingAt(change.subject, index, change.setting));
}

/** True when a setting has another value than the one that is asked for. */
function isOther(change: Change, setting: Setting): bool {
  if (change.resets) return setting.isSet === 1;
  return setting.isSet !== 1 || setting.value !== change.value;
}

/**
 * Index of what change number `i` is about, also where the command adds its name: a new name has the next index, and changes of it follow
 * without a name. NONE where it is not known, NO_ROOM where it cannot be added.
 */
function futureIndex(change: Change, i: i32): i32 {
  const index = indexOf(change);
  if (index !== NONE || change.subject > SYMBOLS) return index;
  if (change.nameLength === 0) return i > 0 && isNew(change.subject, indexAt(i - 1)) ? indexAt(i - 1) : NONE;
  if (!change.isStructure || change.setting !== STRUCTURE_ADD) return NONE;
  const isAccount = change.subject === ACCOUNTS;
  const next = nameCount(change.subject) + (isAccount ? addedAccounts : addedSymbols);
  if (next >= nameCapacity(change.subject)) return NO_ROOM;
  if (isAccount) addedAccounts++;
  else addedSymbols++;
  return next;
}

/** True for the index of a name that the command adds. */
function isNew(subject: i32, index: i32): bool {
  return subject <= SYMBOLS && index >= nameCount(subject);
}

/**
 * Makes the changes that were decided. In a replay, names that are no longer configured are added: what is set of them stays set. The
 * file's values of names that nobody knows are passed over.
 */
export function applyChanges(control: Control, timeUs: f64): void {
  const count = control.value;
  let at = textAt(control);
  let hasFile = false;
  for (let i = 0; i < count; i++) {
    const change = changetype<Change>(at);
    takeName(control, change, i === 0);
    const index = lockedIndex(control, change);
    setIndex(i, index);
    if (change.isStructure || change.inFile) hasFile = true;
    if (index !== NONE) apply(control, change, index, timeUs);
    at = change.end;
  }
  if (hasFile) setWord(FILE_CHANGES, word(FILE_CHANGES) + 1);
  at = textAt(control);
  for (let i = 0; i < count; i++) {
    const change = changetype<Change>(at);
    if (change.subject <= FIRM && indexAt(i) !== NONE) settle(change.subject, indexAt(i));
    at = change.end;
  }
  at = textAt(control);
  for (let i = 0; i < count; i++) {
    const change = changetype<Change>(at);
    const row = lockOf(change.subject, indexAt(i));
    // It may stand there twice.
    if (row !== 0 && (load<i32>(row) & 1) === 1) unlock(row);
    at = change.end;
  }
}

/** Index of what a change is about, whose row is locked before others can find it; NONE: there is nothing to change. */
function lockedIndex(control: Control, change: Change): i32 {
  const found = indexOf(change);
  const isMissing = found === NONE && change.subject <= SYMBOLS;
  const isAdded = change.isStructure ? change.setting === STRUCTURE_ADD : !change.inFile && !isOfFile(change);
  if (isMissing && (!isAdded || control.kind === CONTROL_CHANGES_END)) return NONE;
  const index = isMissing ? nameCount(change.subject) : found;
  if (isMissing && index === nameCapacity(change.subject)) return addName(change.subject, nameAt(), nameLength());
  const row = lockOf(change.subject, index);
  if (row !== 0) lock(row);
  if (isMissing) addName(change.subject, nameAt(), nameLength());
  return index;
}

/** What no operator sets: it adds no name that is not configured. */
function isOfFile(change: Change): bool {
  return <u32>change.setting < <u32>settingCount(change.subject) && kindAt(change.subject, change.setting).isOfFile;
}

function apply(control: Control, change: Change, index: i32, timeUs: f64): void {
  const subject = change.subject;
  if (change.isStructure) {
    applyStructure(change, index);
    return;
  }
  if (change.setting >= settingCount(subject)) return;
  if (change.inFile) setFileValue(subject, index, change.setting, change.value);
  else if (control.kind === CONTROL_CHANGES_END) endTemporary(subject, index, change.setting);
  else if (control.kind === CONTROL_CHANGE_UNTIL) {
    if (willChange(control, change, index))
      setTemporary(subject, index, change.setting, change.value, !change.resets, control.amount, timeUs, control.nameAt, control.nameLength);
  } else if (control.kind === CONTROL_CHANGE && takesPlace(change, index)) {
    // Of a journal of a version before: there it held only after the other's end.
    const row = temporaryOf(subject, index, change.setting);
    if (isOther(change, row.beneath)) setBeneath(row, change.value, !change.resets, timeUs, control.nameAt, control.nameLength);
  } else if (differs(change, index)) {
    forgetTemporary(subject, index, change.setting);
    const setting = settingAt(subject, index, change.setting);
    setValue(setting, change.value, !change.resets, timeUs, control.nameAt, control.nameLength);
    if (subject === ACCOUNTS && change.setting === STOPPED_SETTING) forgetExecutionTimes(index);
    // One that was engaged in another way has no setting that says so: what does not differ leaves it alone.
    if (change.isFirmKill) settleKill(timeUs);
  }
}

/** Sets a symbol's reference price at nobody's name, as commands of earlier versions do; NO_PRICE: there is none any more. */
export function instruct(symbol: i32, priceE8: i64, timeUs: f64): void {
  const at = lockOfSymbol(symbol);
  lock(at);
  setValue(referenceOf(symbol), priceE8, true, timeUs, 0, 0);
  settle(SYMBOLS, symbol);
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

/** The hours of markets that commands have given are those of an earlier calendar: a symbol that has hours is closed until it is told them. */
export function forgetHours(): void {
  for (let symbol = 0; symbol < nameCount(SYMBOLS); symbol++) {
    const row = lockOfSymbol(symbol);
    let isGiven = false;
    lock(row);
    for (let i = 0; i < settingCount(SYMBOLS); i++) {
      const setting = settingAt(SYMBOLS, symbol, i);
      if (setting.isSet === 0 || !kindAt(SYMBOLS, i).isOfFile) continue;
      forgetValue(setting);
      isGiven = true;
    }
    if (isGiven) settle(SYMBOLS, symbol);
    unlock(row);
  }
}

/** Engages or lifts the firm's kill switch; `by` may be empty. */
export function killFirm(isKilled: bool, timeUs: f64, by: usize, byLength: i32): void {
  setValue(settingAt(FIRM, 0, FIRM_KILLED_SETTING), isKilled ? 1 : 0, true, timeUs, by, byLength);
  settleKill(timeUs);
}

function problemOf(change: Change, index: i32): i32 {
  if (change.isStructure) return structureProblem(change, index);
  if (index === NONE) return CONTROL_UNKNOWN_NAME;
  const subject = change.subject;
  const setting = change.setting;
  if (<u32>setting >= <u32>settingCount(subject)) return CONTROL_UNKNOWN_SETTING;
  // The firm's kill switch stands in the file as it is at a start.
  if (change.inFile && change.isFirmKill) return CONTROL_UNKNOWN_SETTING;
  if (change.version !== CHANGE_ANY_VERSION && change.version !== versionAt(subject, index))
    return CONTROL_VERSION_DIFFERS;
  return change.resets || kindAt(subject, setting).takes(change.value) ? 0 : CONTROL_BAD_VALUE;
}

function versionAt(subject: i32, index: i32): i32 {
  return isNew(subject, index) ? 0 : versionOf(subject, index);
}

function differs(change: Change, index: i32): bool {
  if (change.isStructure) return structureDiffers(change, index);
  if (isNew(change.subject, index)) return true;
  const setting = settingAt(change.subject, index, change.setting);
  // The file may have engaged it again at a start.
  if (change.isFirmKill) return isKilled() !== ((change.resets ? setting.fileValue : change.value) === 1);
  if (change.inFile) return setting.fileValue !== change.value;
  // A value without an end takes the place of one that has an end, whatever that one is.
  if (isTemporary(temporaryOf(change.subject, index, change.setting))) return true;
  return isOther(change, setting) || (!change.resets && isNewer(change, index));
}

/** The same reference price counts from now on, where it could be too old. */
function isNewer(change: Change, symbol: i32): bool {
  const isReference = change.subject === SYMBOLS && change.setting === REFERENCE_SETTING;
  return isReference && symbolAt(symbol).operatorStaleMs !== i64.MAX_VALUE;
}

/** The first change after which a symbol's reference price and collar do not go together, or NONE. */
function firstUnsound(control: Control): i32 {
  let at = textAt(control);
  for (let i = 0; i < control.value; i++) {
    const change = changetype<Change>(at);
    if (change.subject === SYMBOLS && isOfCollar(change) && !isSound(control, indexAt(i))) return i;
    at = change.end;
  }
  return NONE;
}

/** A symbol that is not sound any more takes changes of what is nothing to its collar. */
function isOfCollar(change: Change): bool {
  const setting = change.setting;
  if (change.isStructure) return setting !== STRUCTURE_RETIRE;
  return setting === REFERENCE_SETTING || setting === COLLAR_SETTING || setting === COLLAR_WIDTH_SETTING;
}

function isSound(control: Control, symbol: i32): bool {
  const reference = after(control, symbol, REFERENCE_SETTING);
  const collar = after(control, symbol, COLLAR_SETTING);
  const width = after(control, symbol, COLLAR_WIDTH_SETTING);
  return reference === NO_PRICE || canRefer(signsAfter(control, symbol), reference, collar, width);
}

/** What a symbol's setting will be. */
function after(control: Control, symbol: i32, setting: i32): i64 {
  const isAdded = isNew(SYMBOLS, symbol);
  const row = settingAt(SYMBOLS, symbol, setting);
  let value: i64 = isAdded ? 0 : row.current;
  let at = textAt(control);
  for (let i = 0; i < control.value; i++) {
    const change = changetype<Change>(at);
    if (change.subject === SYMBOLS && indexAt(i) === symbol && !change.isStructure && change.setting === setting)
      value =
        change.inFile && !isAdded && row.isSet === 1 ? row.value : change.resets ? row.fileValue : change.value;
    at = change.end;
  }
  return value;
}

/** Signs that a symbol's prices will have. */
function signsAfter(control: Control, symbol: i32): i32 {
  let signs = isNew(SYMBOLS, symbol) ? 0 : symbolAt(symbol).prices;
  let at = textAt(control);
  for (let i = 0; i < control.value; i++) {
    const change = changetype<Change>(at);
    const isMeant = change.subject === SYMBOLS && indexAt(i) === symbol && change.isStructure;
    if (isMeant && change.setting === STRUCTURE_ADD) signs = signsOf(change);
    at = change.end;
  }
  return signs;
}
