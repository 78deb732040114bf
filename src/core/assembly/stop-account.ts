import { Stream } from "../../journal/assembly/stream.ts";
import { Control, CONTROL_BYTES } from "../../record/assembly/control.ts";
import {
  CHANGE_ANY_VERSION,
  CHANGE_NAME_AT,
  CONTROL_APPLIED,
  CONTROL_CHANGE,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
} from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { address, word } from "./area.ts";
import { Change } from "./change.ts";
import { control } from "./core.ts";
import {
  ACCOUNTS,
  JOURNAL_AT,
  OWN_CONTROL_AT,
  REACHED_ACCOUNT,
  REACHED_SYMBOL,
  REACHED_TRADER,
  STOPPED_SETTING,
} from "./layout.ts";
import { accountNames, symbolNames } from "./names.ts";
import { forgetReached } from "./repeated-executions.ts";

// An account or trader that has reached its limit of executions is stopped by a command of the core to itself, which is journalled as an
// operator's: a replay stops it there, whatever the limit of today is, and it stays so until somebody enables it again. One execution may
// stop both, with one command.

/** Who has set it: this, and the symbol. */
const REPEATED: u64 = 0x37_31_30_2d_4b_53_49_52; // "RISK-017"
const SPACE = 0x20;
const BY_BYTES = 64;

// @ts-ignore: decorator
@inline
export function isStopDue(): bool {
  return word(REACHED_ACCOUNT) !== 0 || word(REACHED_TRADER) !== 0;
}

/** Stops the account and the trader that the last report has brought to their limits. The journal has room for the command. */
export function stopReached(timeUs: f64): void {
  const at = address(OWN_CONTROL_AT);
  memory.fill(at, 0, CONTROL_SLOT_BYTES);
  const command = changetype<Control>(at);
  command.kind = CONTROL_CHANGE;
  command.atUs = timeUs;
  putReason(command.nameAt, word(REACHED_SYMBOL) - 1);
  putChange(command, word(REACHED_ACCOUNT) - 1);
  putChange(command, word(REACHED_TRADER) - 1);
  const journal = changetype<Stream>(address(JOURNAL_AT));
  journal.appendPacked(ENTRY_CONTROL, 0, 0, timeUs, CONTROL_APPLIED, 0, at, CONTROL_BYTES + command.textLength, 0, 0);
  control(at, timeUs, at + CONTROL_SLOT_BYTES, CONTROL_APPLIED);
  forgetReached();
}

/** Adds the stop of a row, where it is one. */
function putChange(command: Control, row: i32): void {
  if (row < 0) return;
  const change = changetype<Change>(changetype<usize>(command) + CONTROL_TEXT_AT + command.textLength);
  change.subject = ACCOUNTS;
  change.settingWord = STOPPED_SETTING;
  change.value = 1;
  change.version = CHANGE_ANY_VERSION;
  change.nameLength = accountNames().lengthOf(row);
  memory.copy(change.nameAt, accountNames().at(row), <usize>change.nameLength);
  command.textLength += CHANGE_NAME_AT + ((change.nameLength + 7) & ~7);
  command.value++;
}

/** As much of the symbol as a name has room for. */
function putReason(at: usize, symbol: i32): void {
  store<u64>(at, REPEATED);
  store<u8>(at, <u8>SPACE, 8);
  const length = symbolNames().lengthOf(symbol);
  memory.copy(at + 9, symbolNames().at(symbol), <usize>(length > BY_BYTES - 9 ? BY_BYTES - 9 : length));
}
