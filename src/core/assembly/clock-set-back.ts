import { Stream } from "../../journal/assembly/stream.ts";
import { Control, CONTROL_BYTES } from "../../record/assembly/control.ts";
import { CONTROL_APPLIED, CONTROL_CLOCK_SET_BACK, CONTROL_SLOT_BYTES } from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { address } from "./area.ts";
import { control } from "./core.ts";
import { JOURNAL_AT, OWN_CONTROL_AT } from "./layout.ts";
import { hasDuplicateAfter } from "./duplicates.ts";
import { hasFirmMessageAfter } from "./firm-messages.ts";
import { hasReferenceAfter } from "./reference-sources.ts";
import { hasExecutionAfter } from "./repeated-executions.ts";

/*  The core's clock may be set back while it runs, or before a start. What was dated before lies ahead of it then. One rule for all of that:
 *
 *       a reference price    is too old      until its source says a new one
 *       what a window holds  has come now    so that the window is neither empty, nor full for longer than its length
 *
 *  The core makes it so by a command to itself, which is journalled: a replay does the same at the same place. Up to AHEAD_US nothing is
 *  done: a clock that is corrected by so little changes no decision.
 */
const AHEAD_US: f64 = 1_000_000;

/** Time of the last turn; before the first one everything that was loaded may lie ahead. */
let lastUs: f64 = Infinity;

/** True when something is dated ahead of the clock. */
// @ts-ignore: decorator
@inline
export function isClockSetBack(timeUs: f64): bool {
  const isBack = timeUs < lastUs && hasAnyAfter(timeUs + AHEAD_US);
  if (!isBack) lastUs = timeUs;
  return isBack;
}

function hasAnyAfter(timeUs: f64): bool {
  if (hasReferenceAfter(timeUs) || hasFirmMessageAfter(timeUs)) return true;
  return hasExecutionAfter(timeUs) || hasDuplicateAfter(timeUs);
}

/** Journals the command and applies it. The journal has room for it. */
export function setClockBack(timeUs: f64): void {
  lastUs = timeUs;
  const at = address(OWN_CONTROL_AT);
  memory.fill(at, 0, CONTROL_SLOT_BYTES);
  const command = changetype<Control>(at);
  command.kind = CONTROL_CLOCK_SET_BACK;
  command.atUs = timeUs;
  const journal = changetype<Stream>(address(JOURNAL_AT));
  journal.appendPacked(ENTRY_CONTROL, 0, 0, timeUs, CONTROL_APPLIED, 0, at, CONTROL_BYTES, 0, 0);
  control(at, timeUs, at + CONTROL_SLOT_BYTES, CONTROL_APPLIED);
}
