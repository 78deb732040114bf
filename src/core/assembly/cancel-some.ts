import { Stream } from "../../journal/assembly/stream.ts";
import { MASS_CANCEL_SECURITY } from "../../record/codes.ts";
import { Control, CONTROL_BYTES, ControlAnswer } from "../../record/assembly/control.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import {
  CANCEL_BEFORE_AT,
  CANCEL_SIDE_AT,
  CANCEL_TEXT_BYTES,
  CAUSE_MASS,
  CONTROL_CANCEL_MATCHING,
  CONTROL_CANCEL_SESSION,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
  MATCHING_ACCOUNT_AT,
  MATCHING_PARTY_AT,
  MATCHING_TEXT_BYTES,
  NO_MORE_SLOTS,
} from "../../record/control-codes.ts";
import { ENTRY_CONTROL } from "../entry-kinds.ts";
import { ACCEPTED } from "../risk/reason-codes.ts";
import { address } from "./area.ts";
import { CANCELS_AT_ONCE, stampVenues, wouldCancel } from "./cancel-many.ts";
import { NONE } from "./codes.ts";
import { control } from "./core.ts";
import { JOURNAL_AT, OWN_CONTROL_AT } from "./layout.ts";
import { decideMassCancel } from "./mass-cancel.ts";
import { openOf, reopenings } from "./open-by-session.ts";
import { hasRoomForMany } from "./outbox.ts";
import { STEP_DONE, STEP_GOES_ON, STEP_WAITS } from "./steps.ts";

// OrderMassCancelRequest (q). It stays at the front of its ring while its orders are canceled, some in each turn, by commands of the core to
// itself, which are journalled as the control plane's are. Then it is journalled and answered itself: after a crash in between it counts as
// not received, its client sends it again, and what was canceled stays so.

/** Ring of the request that is under way, NONE when none is; where its next command begins, and how many orders it has canceled. */
let ring: i32 = NONE;
let slot: i32 = 0;
let canceled: i32 = 0;
/** Open orders of its session that were not looked at yet, at most: no new ones come, they stand behind it. */
let ahead: i32 = 0;
let reopeningsBefore: i32 = 0;

/**
 * Cancels some of the orders of the request at the front of a ring. The journal has room for a command. When all are done the request,
 * which then says how many, is to be taken as any other.
 * Returns  STEP_….
 */
export function cancelSome(request: OrderRequest, ofRing: i32, timeUs: f64): i32 {
  if (ring !== NONE && ring !== ofRing) return STEP_WAITS;
  if (ring === NONE) {
    if (decideMassCancel(request) !== ACCEPTED) return STEP_DONE;
    ring = ofRing;
    slot = 0;
    canceled = 0;
    ahead = openOf(request.session);
    reopeningsBefore = reopenings;
  }
  // A done order that is open again was not counted.
  if (reopenings !== reopeningsBefore) ahead = i32.MAX_VALUE;
  if (ahead > 0 && slot !== NO_MORE_SLOTS) {
    if (!hasRoomForMany(CANCELS_AT_ONCE)) return STEP_WAITS;
    cancelFrom(request, timeUs);
  }
  if (ahead > 0 && slot !== NO_MORE_SLOTS) return STEP_GOES_ON;
  ring = NONE;
  request.quantity = canceled;
  return STEP_DONE;
}

function cancelFrom(request: OrderRequest, timeUs: f64): void {
  const at = address(OWN_CONTROL_AT);
  memory.fill(at, 0, CONTROL_SLOT_BYTES);
  const command = changetype<Control>(at);
  const answer = changetype<ControlAnswer>(at + CONTROL_SLOT_BYTES);
  const text = at + CONTROL_TEXT_AT;
  const isNarrowed = (request.side | request.accountLength | request.traderLength) !== 0;
  command.kind = isNarrowed ? CONTROL_CANCEL_MATCHING : CONTROL_CANCEL_SESSION;
  command.value = slot;
  command.amount = request.session;
  command.atUs = timeUs;
  if (request.ordType === MASS_CANCEL_SECURITY) memory.copy(command.nameAt, request.symbolAt, request.symbolLength);
  store<u8>(text, CAUSE_MASS);
  store<f64>(text, Infinity, CANCEL_BEFORE_AT);
  if (isNarrowed) narrow(request, text);
  const head = isNarrowed ? MATCHING_TEXT_BYTES : CANCEL_TEXT_BYTES;
  const length = request.clOrdIdLength;
  memory.copy(text + head, request.clOrdIdAt, length);
  command.textLength = head + length;
  stampVenues(command);
  if (wouldCancel(command, answer)) take(command, answer, timeUs);
  slot = answer.value;
  canceled += answer.count;
  ahead -= answer.count + answer.left + answer.pending;
}

/** Names of accounts and their like are the same in every replay, their rows are not. */
function narrow(request: OrderRequest, text: usize): void {
  store<u8>(text, request.side, CANCEL_SIDE_AT);
  memory.copy(text + MATCHING_ACCOUNT_AT, request.accountAt, request.accountLength);
  memory.copy(text + MATCHING_PARTY_AT, request.traderAt, request.traderLength);
}

function take(command: Control, answer: ControlAnswer, timeUs: f64): void {
  const at = changetype<usize>(command);
  const journal = changetype<Stream>(address(JOURNAL_AT));
  journal.appendPacked(ENTRY_CONTROL, 0, 0, timeUs, 0, 0, at, CONTROL_BYTES + command.textLength, 0, 0);
  control(at, timeUs, changetype<usize>(answer), 0);
}
