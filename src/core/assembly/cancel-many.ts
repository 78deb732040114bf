import { TIF_GTC } from "../../record/codes.ts";
import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { copyId } from "../../record/assembly/ids.ts";
import {
  CANCEL_BEFORE_AT,
  CANCEL_DAY,
  CANCEL_TEXT_BYTES,
  CAUSE_DISCONNECT,
  CAUSE_MASS,
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  NO_MORE_SLOTS,
} from "../../record/control-codes.ts";
import { NOT_PENDING, PENDING_CANCEL } from "../orders/states.ts";
import {
  ALREADY_PENDING,
  CANCELED_AT_LOGOUT,
  CANCELED_ON_DISCONNECT,
  MASS_CANCELED,
  VENUE_DOWN,
} from "../risk/reason-codes.ts";
import { orderTimes, word } from "./area.ts";
import { aboutPending } from "./client-report.ts";
import { NONE } from "./codes.ts";
import { cxlRejReason, writeReasonAlone } from "./detail.ts";
import { FRESH, ORDER_TIMES_BYTES, SESSION_IDS } from "./layout.ts";
import { isOpen } from "./life-cycle.ts";
import { symbolNames } from "./names.ts";
import { cancelFor } from "./operator-cancel.ts";
import { Order, orderAt } from "./order.ts";
import { publishReport } from "./outbox.ts";
import { isVenueUp } from "./symbols.ts";

// Cancels the open orders of a client session, some at a time: the lane's other agents, and with them all other sessions, have their turns
// in between.

/** Most orders of one command: what it leads to finds room in the rings before it is taken. */
export const CANCELS_AT_ONCE = 32;
/** Most slots that one command looks at: their rows are read in about 20 µs. */
const SLOTS_AT_ONCE = 4096;
/** Good till a date. */
const TIF_GTD = 0x36;

/** Returns the answer's result. */
export function cancelSession(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  const id = control.amount;
  if (!(id >= 0 && id < <f64>word(SESSION_IDS) && Math.floor(id) === id)) return CONTROL_UNKNOWN_NAME;
  if (control.value < 0) return CONTROL_BAD_VALUE;
  if (control.textLength < 2) return CONTROL_BAD_RECORD;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  const cause: i32 = load<u8>(text);
  if (cause > CAUSE_MASS) return CONTROL_BAD_RECORD;
  const symbolLength = control.nameLength;
  const symbol = symbolLength === 0 ? NONE : symbolNames().find(control.nameAt, symbolLength);
  if (symbolLength !== 0 && symbol === NONE) return CONTROL_UNKNOWN_NAME;
  const isOfDay = load<u8>(text, 1) === CANCEL_DAY;
  const beforeUs = control.textLength < CANCEL_TEXT_BYTES ? Infinity : load<f64>(text, CANCEL_BEFORE_AT);
  const fresh = word(FRESH);
  const end = fresh - control.value > SLOTS_AT_ONCE ? control.value + SLOTS_AT_ONCE : fresh;
  let slot = control.value;
  for (; slot < end && answer.count + answer.left < CANCELS_AT_ONCE; slot++) {
    const order = orderAt(slot);
    if (order.session !== <i32>id || !isOpen(order.state)) continue;
    if (symbol !== NONE && order.symbol !== symbol) continue;
    if (isOfDay && isGoodTill(order.timeInForce)) continue;
    if (load<f64>(orderTimes + <usize>slot * ORDER_TIMES_BYTES) >= beforeUs) answer.pending++;
    else if (cancelOne(order, cause, timeUs, answer) && cause === CAUSE_MASS) refuse(order, control, timeUs);
  }
  answer.value = slot < fresh ? slot : NO_MORE_SLOTS;
  return answer.count > 0 ? CONTROL_APPLIED : CONTROL_UNCHANGED;
}

/** Returns  true for an order that can't be canceled now. */
function cancelOne(order: Order, cause: i32, timeUs: f64, answer: ControlAnswer): bool {
  if (order.pending === PENDING_CANCEL) answer.pending++;
  else if (order.pending !== NOT_PENDING || !isVenueUp(order.venue)) {
    answer.left++;
    return true;
  } else {
    cancelFor(order, cause, timeUs);
    answer.count++;
  }
  return false;
}

/** Tells the client that one of the orders of its OrderMassCancelRequest is not canceled; the request's ClOrdID is behind the command's text. */
function refuse(order: Order, control: Control, timeUs: f64): void {
  const reason = order.pending !== NOT_PENDING ? ALREADY_PENDING : VENUE_DOWN;
  const report = aboutPending(order, PENDING_CANCEL, order.currentId, timeUs);
  const length = control.textLength - CANCEL_TEXT_BYTES;
  if (length > 0) {
    report.clOrdIdLength = length;
    copyId(report.clOrdIdAt, changetype<usize>(control) + CONTROL_TEXT_AT + CANCEL_TEXT_BYTES, length);
  }
  report.cxlRejReason = cxlRejReason(reason);
  report.reason = reason;
  writeReasonAlone(report, reason);
  publishReport();
}

function isGoodTill(timeInForce: i32): bool {
  return timeInForce === TIF_GTC || timeInForce === TIF_GTD;
}

/** The reason that the report of a canceled order says, for a cancel with that cause; an operator's has none. */
export function reasonOfCause(cause: i32): i32 {
  if (cause === CAUSE_MASS) return MASS_CANCELED;
  return cause === CAUSE_DISCONNECT ? CANCELED_ON_DISCONNECT : CANCELED_AT_LOGOUT;
}
