import { Stream } from "../../journal/assembly/stream.ts";
import { Control, CONTROL_BYTES } from "../../record/assembly/control.ts";
import { CAUSE_SELF_TRADE, CONTROL_CANCEL_ORDER, CONTROL_SLOT_BYTES, CONTROL_TEXT_AT } from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { address } from "./area.ts";
import { CANCELS_AT_ONCE } from "./cancel-many.ts";
import { NONE } from "./codes.ts";
import { control } from "./core.ts";
import { JOURNAL_AT, OWN_CONTROL_AT } from "./layout.ts";
import { orderAt } from "./order.ts";
import { carryNothing, hasRoomForMany } from "./outbox.ts";
import { nextCrossing } from "./self-trade-check.ts";

// Orders that are canceled for a new one, or a replace, that could trade with them. It stays at the front of its ring while they are canceled,
// some in each turn, by commands of the core to itself, which are journalled as an operator's; behind the last one, in the same turn, it is
// decided again.

/** Most journal bytes of one of the commands. */
const COMMAND_ROOM = CONTROL_BYTES + 64;
/** Most journal bytes of one turn. */
export const CROSSING_ROOM = CANCELS_AT_ONCE * COMMAND_ROOM;
const TEXT_BYTES = 1;

/** True when orders are to be canceled for the request that was refused last. */
export function hasCrossing(): bool {
  return nextCrossing() !== NONE;
}

/** Cancels some of them. The journal has CROSSING_ROOM. Returns  false where there is no room for what that leads to: nothing is done. */
export function cancelCrossing(timeUs: f64): bool {
  // What came beside the request is not the cancels'.
  carryNothing();
  if (!hasRoomForMany(CANCELS_AT_ONCE)) return false;
  for (let i = 0; i < CANCELS_AT_ONCE; i++) {
    const slot = nextCrossing();
    if (slot === NONE) return true;
    cancelOne(slot, timeUs);
  }
  return true;
}

function cancelOne(slot: i32, timeUs: f64): void {
  const at = address(OWN_CONTROL_AT);
  memory.fill(at, 0, CONTROL_SLOT_BYTES);
  const command = changetype<Control>(at);
  command.kind = CONTROL_CANCEL_ORDER;
  command.value = slot;
  command.amount = orderAt(slot).number;
  command.atUs = timeUs;
  command.textLength = TEXT_BYTES;
  store<u8>(at, CAUSE_SELF_TRADE, CONTROL_TEXT_AT);
  const journal = changetype<Stream>(address(JOURNAL_AT));
  journal.appendPacked(ENTRY_CONTROL, 0, 0, timeUs, 0, 0, at, CONTROL_BYTES + TEXT_BYTES, 0, 0);
  control(at, timeUs, at + CONTROL_SLOT_BYTES, 0);
}
