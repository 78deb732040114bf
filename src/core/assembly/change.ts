import { Control } from "../../record/assembly/control.ts";
import {
  CHANGE_IN_FILE,
  CHANGE_NAME_AT,
  CHANGE_RESETS,
  CHANGE_STRUCTURE,
  CONTROL_CONFIGURE,
  CONTROL_TEXT_AT,
} from "../../record/control-codes.ts";
import { address, word } from "./area.ts";
import { NONE } from "./codes.ts";
import {
  ACCOUNT_NAMES,
  ACCOUNTS,
  CHANGED_AT,
  FIRM,
  FIRM_KILLED_SETTING,
  NAME_CAPACITY,
  ROUTES,
  SESSION_IDS,
  SESSIONS,
  SUBJECT_COUNT,
  SYMBOLS,
} from "./layout.ts";
import { lockOfAccount, lockOfSymbol } from "./locks.ts";
import { findName } from "./names.ts";

/*  The changes of one command: all of them hold from the next order on, or none. They stand in its text, behind each other:
 *
 *  byte 0         4         8        16         20           24      24 + name, to a multiple of 8
 *       ┌─────────┬─────────┬────────┬──────────┬────────────┬──────┐   subject  ACCOUNTS, SYMBOLS, FIRM, SESSIONS, ROUTES
 *       │ subject │ setting │ value  │ version  │ nameLength │ name │   setting  its number, with CHANGE_RESETS where the
 *       └─────────┴─────────┴────────┴──────────┴────────────┴──────┘            file's value shall hold again, CHANGE_IN_FILE where
 *                                                                                the file has another value; or CHANGE_STRUCTURE and
 *                                                                                what is configured otherwise (structure.ts)
 *  version  which the account or symbol must have, or CHANGE_ANY_VERSION
 *  name     empty in a CONTROL_CONFIGURE: that of the change before it
 *
 *  The command's name is who has asked. A command is decided before it is journalled, and the journal has the result: a replay obeys
 *  that, whatever the configuration of today says.
 */
@unmanaged
export class Change {
  subject: i32;
  settingWord: i32;
  value: i64;
  version: i32;
  nameLength: i32;

  get setting(): i32 {
    return this.settingWord & ~(CHANGE_RESETS | CHANGE_IN_FILE | CHANGE_STRUCTURE);
  }
  get resets(): bool {
    return (this.settingWord & CHANGE_RESETS) !== 0;
  }
  get inFile(): bool {
    return (this.settingWord & CHANGE_IN_FILE) !== 0;
  }
  get isStructure(): bool {
    return (this.settingWord & CHANGE_STRUCTURE) !== 0;
  }
  get isFirmKill(): bool {
    return this.subject === FIRM && !this.isStructure && this.setting === FIRM_KILLED_SETTING;
  }
  get nameAt(): usize {
    return changetype<usize>(this) + CHANGE_NAME_AT;
  }
  get end(): usize {
    return this.nameAt + ((<usize>this.nameLength + 7) & ~7);
  }
}

/** The change that has the name of the one under way. */
let named: Change = changetype<Change>(0);

export function textAt(control: Control): usize {
  return changetype<usize>(control) + CONTROL_TEXT_AT;
}

export function textEnd(control: Control): usize {
  return textAt(control) + control.textLength;
}

/** True when a change of this command stands there whole. */
export function isWhole(control: Control, at: usize, end: usize): bool {
  if (at + CHANGE_NAME_AT > end) return false;
  const change = changetype<Change>(at);
  const isConfigure = control.kind === CONTROL_CONFIGURE;
  const isNoSetting = change.subject === SESSIONS || change.subject === ROUTES;
  const isKnown = isNoSetting && isConfigure && change.isStructure;
  if (<u32>change.subject >= <u32>SUBJECT_COUNT && !isKnown) return false;
  return <u32>change.nameLength <= 64 && change.end <= end;
}

/** Notes whose name a change has. Returns false for one that has none, and no change before it to take it from. */
export function takeName(control: Control, change: Change, isFirst: bool): bool {
  if (control.kind !== CONTROL_CONFIGURE || change.nameLength !== 0) {
    named = change;
    return true;
  }
  return !isFirst && named.subject === change.subject;
}

/** Address and length of the name that `takeName` has noted. */
export function nameAt(): usize {
  return named.nameAt;
}

export function nameLength(): i32 {
  return named.nameLength;
}

/** Index of what a change is about, NONE where it is not known; `takeName` came before. */
export function indexOf(change: Change): i32 {
  const subject = change.subject;
  if (subject === FIRM || subject === ROUTES) return 0;
  if (subject === SESSIONS) return isSessionId(change.value) ? <i32>change.value : NONE;
  return findName(subject, named.nameAt, named.nameLength);
}

export function isSessionId(id: i64): bool {
  return id >= 0 && id < <i64>word(SESSION_IDS);
}

/** The lock of a row, 0 where it has none. */
export function lockOf(subject: i32, index: i32): usize {
  if (index === NONE) return 0;
  if (subject === ACCOUNTS) return lockOfAccount(index);
  if (subject === FIRM) return lockOfAccount(word(ACCOUNT_NAMES + NAME_CAPACITY));
  return subject === SYMBOLS ? lockOfSymbol(index) : 0;
}

// What each change of the command under way is about.

export function setIndex(change: i32, index: i32): void {
  store<i32>(address(CHANGED_AT) + (<usize>change << 2), index);
}

export function indexAt(change: i32): i32 {
  return load<i32>(address(CHANGED_AT) + (<usize>change << 2));
}
