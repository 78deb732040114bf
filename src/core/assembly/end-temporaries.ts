import { Stream } from "../../journal/assembly/stream.ts";
import { Control, CONTROL_BYTES } from "../../record/assembly/control.ts";
import {
  CHANGE_ANY_VERSION,
  CHANGE_RESETS,
  CONTROL_APPLIED,
  CONTROL_CHANGES_END,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
  CONTROL_TEXT_BYTES,
  MOST_CHANGES,
} from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { address, word } from "./area.ts";
import { Change } from "./change.ts";
import { control } from "./core.ts";
import { ended } from "./host.ts";
import { ACCOUNTS, FIRM, JOURNAL_AT, OWN_CONTROL_AT } from "./layout.ts";
import { accountNames, symbolNames } from "./names.ts";
import { Temporary, temporaryAt } from "./temporaries.ts";
import { TEMPORARY_COUNT } from "./temporary-layout.ts";

// Temporary values end by a command of the core to itself, which is journalled before the next order is decided. A replay ends them there,
// whatever its clock says; one whose end came while nothing ran ends before the first order after the start.

/** "END": who has asked, where it was nobody but the time. */
const END: u32 = 0x44_4e_45;
/** A change with the longest name. */
const MOST_CHANGE_BYTES: usize = 24 + 64;

/** Ends values whose time has come: as many as a command holds. The journal has room for the command. */
export function endTemporaries(timeUs: f64): void {
  const at = writeEnds(timeUs);
  const command = changetype<Control>(at);
  const journal = changetype<Stream>(address(JOURNAL_AT));
  journal.appendPacked(ENTRY_CONTROL, 0, 0, timeUs, CONTROL_APPLIED, 0, at, CONTROL_BYTES + command.textLength, 0, 0);
  control(at, timeUs, at + CONTROL_SLOT_BYTES, CONTROL_APPLIED);
  ended(at);
}

/** Writes the command that ends them. Returns its address. */
export function writeEnds(timeUs: f64): usize {
  const at = address(OWN_CONTROL_AT);
  memory.fill(at, 0, CONTROL_SLOT_BYTES);
  const command = changetype<Control>(at);
  command.kind = CONTROL_CHANGES_END;
  command.atUs = timeUs;
  store<u32>(command.nameAt, END);
  const rows = word(TEMPORARY_COUNT);
  const begin = at + CONTROL_TEXT_AT;
  let end = begin;
  for (let i = 0; i < rows; i++) {
    const row = temporaryAt(i);
    if (row.untilUs > timeUs) continue;
    if (command.value === MOST_CHANGES || end + MOST_CHANGE_BYTES > begin + CONTROL_TEXT_BYTES) break;
    end = putEnd(changetype<Change>(end), row);
    command.value++;
  }
  command.textLength = <i32>(end - begin);
  return at;
}

/** Returns where it ends. */
function putEnd(change: Change, row: Temporary): usize {
  const beneath = row.beneath;
  change.subject = row.subject;
  change.settingWord = row.setting | (beneath.isSet === 1 ? 0 : CHANGE_RESETS);
  change.value = beneath.value;
  change.version = CHANGE_ANY_VERSION;
  if (row.subject !== FIRM) {
    const names = row.subject === ACCOUNTS ? accountNames() : symbolNames();
    change.nameLength = names.lengthOf(row.index);
    memory.copy(change.nameAt, names.at(row.index), <usize>change.nameLength);
  }
  return change.end;
}
