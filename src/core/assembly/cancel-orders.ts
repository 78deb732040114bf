import { Stream } from "../../journal/assembly/stream.ts";
import { Control, CONTROL_BYTES, ControlAnswer } from "../../record/assembly/control.ts";
import {
  CONTROL_APPLIED,
  CONTROL_SLOT_BYTES,
  CONTROL_TRY_AGAIN,
  CONTROL_UNCHANGED,
  NO_MORE_SLOTS,
} from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { address } from "./area.ts";
import { stampVenues, wouldCancel } from "./cancel-many.ts";
import { control } from "./core.ts";
import { fail } from "./host.ts";
import { ANSWERS_AT, ANSWERS_FULL, CANCEL_ORDERS_AT, JOURNAL_AT } from "./layout.ts";
import { ringAt } from "./outbox.ts";

// A cancel of all open orders that match, of an operator or a kill switch (CONTROL_CANCEL_ORDERS, CONTROL_CANCEL_KILLED). The core goes through them
// itself, some in each turn: each part is a command of its own in the journal, and other commands pass in between. The first part that
// finds no room ends it, and the answer says where to go on: a venue that reads slowly keeps no command under way.

/** In the place of an answer's position: nothing was journalled. */
const NOT_JOURNALLED: f64 = -1;

let underWay: bool = false;
/** Of the command as it came, without the venues that a part adds. */
let textLength: i32 = 0;
let canceled: i32 = 0;
let left: i32 = 0;
let pending: i32 = 0;
let position: f64 = NOT_JOURNALLED;

// @ts-ignore: decorator
@inline
export function isCanceling(): bool {
  return underWay;
}

/** Takes a command, which is answered later. Returns false while another one is under way. */
export function beginCancel(command: Control): bool {
  if (underWay) return false;
  memory.copy(address(CANCEL_ORDERS_AT), changetype<usize>(command), CONTROL_SLOT_BYTES);
  underWay = true;
  textLength = command.textLength;
  canceled = 0;
  left = 0;
  pending = 0;
  position = NOT_JOURNALLED;
  return true;
}

/** Cancels some more orders, or answers. `hasRoom`: the journal and the rings take what a part may lead to. */
export function cancelMore(timeUs: f64, hasRoom: bool): void {
  const at = address(CANCEL_ORDERS_AT);
  const command = changetype<Control>(at);
  const part = changetype<ControlAnswer>(at + CONTROL_SLOT_BYTES);
  command.textLength = textLength;
  stampVenues(command);
  if (wouldCancel(command, part)) {
    if (!hasRoom) return end(command, CONTROL_TRY_AGAIN);
    const bytes = CONTROL_BYTES + command.textLength;
    const journal = changetype<Stream>(address(JOURNAL_AT));
    position = journal.appendPacked(ENTRY_CONTROL, 0, 0, timeUs, 0, 0, at, bytes, 0, 0);
    control(at, timeUs, at + CONTROL_SLOT_BYTES, 0);
  }
  if (part.result !== CONTROL_APPLIED && part.result !== CONTROL_UNCHANGED) return end(command, part.result);
  canceled += part.count;
  left += part.left;
  pending += part.pending;
  command.value = part.value;
  if (part.value === NO_MORE_SLOTS) end(command, canceled > 0 ? CONTROL_APPLIED : CONTROL_UNCHANGED);
}

function end(command: Control, result: i32): void {
  const answers = ringAt(ANSWERS_AT, 0);
  const at = answers.claim();
  // The sender never has more commands under way than the ring of answers has slots.
  if (at === 0) fail(ANSWERS_FULL, command.number);
  const answer = changetype<ControlAnswer>(at);
  answer.number = command.number;
  answer.kind = command.kind;
  answer.result = result;
  answer.value = command.value;
  answer.position = position;
  answer.count = canceled;
  answer.left = left;
  answer.pending = pending;
  answers.publish();
  underWay = false;
}
