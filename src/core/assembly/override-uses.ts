import { Stream } from "../../journal/assembly/stream.ts";
import { Control, CONTROL_BYTES } from "../../record/assembly/control.ts";
import { CONTROL_APPLIED, CONTROL_OVERRIDE_END, CONTROL_SLOT_BYTES, CONTROL_TEXT_AT } from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { address } from "./area.ts";
import { control } from "./core.ts";
import { ended } from "./host.ts";
import { JOURNAL_AT, OWN_CONTROL_AT } from "./layout.ts";
import { OVERRIDE_EXPIRED, OVERRIDE_USED, PASSED_TEXT_AT } from "./override-layout.ts";
import { expiredOverride, idOf, nextNeeded, passedAt } from "./overrides.ts";

// Overrides end by commands of the core to itself: one that is used before its order is journalled, one that expires before the next order.

/** Journals and makes the use of what the decided order has needed. There is room in the journal. `number`: of the order. */
export function useOverrides(number: f64, timeUs: f64): void {
  for (let row = nextNeeded(); row !== -1; row = nextNeeded()) take(writeEnd(row, number), timeUs);
}

/** Ends one override that is past its end. There is room in the journal. */
export function expireOverride(timeUs: f64): void {
  const row = expiredOverride(timeUs);
  if (row !== -1) take(writeEnd(row, 0), timeUs);
}

/** Writes the command that ends one: `number`: it is used by this order; 0: it has expired. Returns its address. */
export function writeEnd(row: i32, number: f64): usize {
  const at = address(OWN_CONTROL_AT);
  memory.fill(at, 0, CONTROL_SLOT_BYTES);
  const command = changetype<Control>(at);
  command.kind = CONTROL_OVERRIDE_END;
  command.value = number === 0 ? OVERRIDE_EXPIRED : OVERRIDE_USED;
  command.amount = idOf(row);
  if (number === 0) return at;
  const passed = passedAt(row);
  const length = load<i32>(passed);
  // Whole words: the journal copies no part of one.
  command.textLength = 8 + ((length + 3) & ~3);
  store<f64>(at, number, CONTROL_TEXT_AT);
  memory.copy(at + CONTROL_TEXT_AT + 8, passed + PASSED_TEXT_AT, length);
  return at;
}

function take(at: usize, timeUs: f64): void {
  const command = changetype<Control>(at);
  command.atUs = timeUs;
  const bytes = CONTROL_BYTES + command.textLength;
  changetype<Stream>(address(JOURNAL_AT)).appendPacked(ENTRY_CONTROL, 0, 0, timeUs, CONTROL_APPLIED, 0, at, bytes, 0, 0);
  control(at, timeUs, at + CONTROL_SLOT_BYTES, CONTROL_APPLIED);
  ended(at);
}
