import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { MOST_E8 } from "../../record/assembly/units.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_TABLE_FULL,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  MOST_POSITIONS,
  POSITION_NAMES_AT,
} from "../../record/control-codes.ts";
import { accountAt } from "./accounts.ts";
import { NONE } from "./codes.ts";
import { ACCOUNTS, SYMBOLS } from "./layout.ts";
import { clientOf } from "./levels.ts";
import { lockAccount } from "./locks.ts";
import { addName, findName } from "./names.ts";
import { hasPosition, roomForPositions, startPosition, startsAs } from "./positions.ts";
import { dayOf } from "./trading-days.ts";

/*  Positions at the start of the trading day: all of a command's, or none. They stand in its text, behind each other:
 *
 *  byte 0               4              8          16        16 + account, symbol, each to a multiple of 8
 *       ┌───────────────┬──────────────┬──────────┬─────────┬────────┐   quantity  1e-8, below 0 where more was sold
 *       │ accountLength │ symbolLength │ quantity │ account │ symbol │
 *       └───────────────┴──────────────┴──────────┴─────────┴────────┘
 *
 *  The command's name is who has asked. It is decided before it is journalled, and a replay obeys the journalled result.
 */
@unmanaged
class Start {
  accountLength: i32;
  symbolLength: i32;
  quantity: i64;

  get accountNameAt(): usize {
    return changetype<usize>(this) + POSITION_NAMES_AT;
  }
  get symbolAt(): usize {
    return this.accountNameAt + ((<usize>this.accountLength + 7) & ~7);
  }
  get end(): usize {
    return this.symbolAt + ((<usize>this.symbolLength + 7) & ~7);
  }
}

/** Decides positions and changes nothing. The answer's value is the first that can't be. Returns the answer's result. */
export function decidePositions(control: Control, answer: ControlAnswer): i32 {
  const end = textAt(control) + control.textLength;
  const count = control.value;
  let at = textAt(control);
  let added = 0;
  if (count < 1 || count > MOST_POSITIONS) return CONTROL_BAD_RECORD;
  for (let i = 0; i < count; i++) {
    answer.value = i;
    if (!isWhole(at, end)) return CONTROL_BAD_RECORD;
    const start = changetype<Start>(at);
    const account = findName(ACCOUNTS, start.accountNameAt, start.accountLength);
    const symbol = findName(SYMBOLS, start.symbolAt, start.symbolLength);
    if (account === NONE || accountAt(account).isLevel || symbol === NONE) return CONTROL_UNKNOWN_NAME;
    if (start.quantity > MOST_E8 || start.quantity < -MOST_E8) return CONTROL_BAD_VALUE;
    const client = clientOf(account);
    if (!hasPosition(account, symbol)) added++;
    // Of several accounts of one client it may count one too often: what is applied always finds room.
    if (client !== NONE && !hasPosition(client, symbol)) added++;
    if (added > roomForPositions()) return CONTROL_TABLE_FULL;
    at = start.end;
  }
  answer.value = 0;
  return CONTROL_APPLIED;
}

/** Sets the positions that were decided. In a replay, names that are no longer configured are added. Returns the answer's result. */
export function applyPositions(control: Control, timeUs: f64): i32 {
  const day = dayOf(timeUs);
  let at = textAt(control);
  let result = CONTROL_UNCHANGED;
  for (let i = 0; i < control.value; i++) {
    const start = changetype<Start>(at);
    let account = findName(ACCOUNTS, start.accountNameAt, start.accountLength);
    if (account === NONE) account = addName(ACCOUNTS, start.accountNameAt, start.accountLength);
    let symbol = findName(SYMBOLS, start.symbolAt, start.symbolLength);
    if (symbol === NONE) symbol = addName(SYMBOLS, start.symbolAt, start.symbolLength);
    if (!startsAs(account, symbol, start.quantity, day)) result = CONTROL_APPLIED;
    lockAccount(account);
    startPosition(account, symbol, start.quantity, day);
    at = start.end;
  }
  return result;
}

function textAt(control: Control): usize {
  return changetype<usize>(control) + CONTROL_TEXT_AT;
}

function isWhole(at: usize, end: usize): bool {
  if (at + POSITION_NAMES_AT > end) return false;
  const start = changetype<Start>(at);
  if (<u32>(start.accountLength - 1) >= 64 || <u32>(start.symbolLength - 1) >= 64) return false;
  return start.end <= end;
}
