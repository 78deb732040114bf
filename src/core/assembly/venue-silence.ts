import { EXEC_STATUS, REQUEST_STATUS } from "../../record/codes.ts";
import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import {
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  CONTROL_UNKNOWN_ORDER,
  SILENCE_ANSWER,
  SILENCE_ASK,
  SILENCE_NUMBER_AT,
  SILENCE_RULES_AT,
  SILENCE_TEXT_BYTES,
} from "../../record/control-codes.ts";
import { FILLED, NOT_PENDING, PARTIALLY_FILLED, PENDING_CANCEL, PENDING_NEW } from "../orders/states.ts";
import { VENUE_SILENT } from "../outcomes.ts";
import { VENUE_SILENT_ON_CHANGE, VENUE_SILENT_ON_ORDER } from "../risk/reason-codes.ts";
import { word } from "./area.ts";
import { isSilent } from "./cancel-many.ts";
import { about, aboutPending } from "./client-report.ts";
import { clearPending, closeOrder } from "./close-order.ts";
import { NONE } from "./codes.ts";
import { cxlRejReason, writeReasonAlone } from "./detail.ts";
import { beginHolding, endHolding } from "./exposure.ts";
import { VENUE_IDS } from "./layout.ts";
import { isOpen } from "./life-cycle.ts";
import { lockAccount, lockOrder } from "./locks.ts";
import { accountNames, symbolNames } from "./names.ts";
import { isOrderOf } from "./operator-cancel.ts";
import { Order, orderAt } from "./order.ts";
import { copyOrderId } from "./order-ids.ts";
import { claimRequest, publishReport, publishRequest } from "./outbox.ts";
import { markForAttention } from "./state.ts";
import { endRound, isVenueUp } from "./symbols.ts";

// A venue does not answer a request. Its silence is measured on the main thread (gateway/venue-silence.ts), whose commands are journalled
// like all others: the core asks the venue for the order's status, and at last answers the client itself.

/** Asks the venue, or answers the client. Returns the answer's result; its value is 1 where the client was told. */
export function venueSilence(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  if (!isOrderOf(control)) return CONTROL_UNKNOWN_ORDER;
  if (control.textLength !== SILENCE_TEXT_BYTES) return CONTROL_BAD_RECORD;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  const what: i32 = load<u8>(text);
  if (what !== SILENCE_ASK && what !== SILENCE_ANSWER) return CONTROL_BAD_RECORD;
  const order = orderAt(control.value);
  const isPending = order.pending !== NOT_PENDING;
  // It was answered, or this is about an earlier request.
  if (!isPending && order.state !== PENDING_NEW) return CONTROL_UNCHANGED;
  // Of an order that has ended its client waits for the answer to a cancel or replace; the venue has nothing more to say of it.
  if (!isOpen(order.state) && (what === SILENCE_ASK || load<u8>(text, SILENCE_RULES_AT) === 0)) return CONTROL_UNCHANGED;
  if (order.lastNumber !== load<f64>(text, SILENCE_NUMBER_AT)) return CONTROL_UNCHANGED;
  if (what === SILENCE_ASK) {
    ask(order);
    return CONTROL_APPLIED;
  }
  if (!isPending && order.isToldSilent) return CONTROL_UNCHANGED;
  lockOrder(order.slot);
  if (!isPending) {
    answer.value = 1;
    tellNew(order, timeUs);
    return CONTROL_APPLIED;
  }
  lockAccount(order.account);
  beginHolding(order);
  answer.value = refuse(order, timeUs) ? 1 : 0;
  endHolding(order, timeUs);
  return CONTROL_APPLIED;
}

/** Asks for the status of an order that is open, whether or not a request of it is answered. Returns the answer's result. */
export function venueStatus(control: Control): i32 {
  if (!isOrderOf(control)) return CONTROL_UNKNOWN_ORDER;
  const order = orderAt(control.value);
  if (!isOpen(order.state) || !isVenueUp(order.venue)) return CONTROL_UNCHANGED;
  ask(order);
  return CONTROL_APPLIED;
}

/** A venue gets new orders. Returns the answer's result. */
export function venueReady(control: Control): i32 {
  const venue = control.amount;
  if (!(venue >= 0 && venue < <f64>word(VENUE_IDS) && Math.floor(venue) === venue)) return CONTROL_UNKNOWN_NAME;
  return endRound(<i32>venue, control.value) ? CONTROL_APPLIED : CONTROL_UNCHANGED;
}

/** Asks for the status of the order under the id by which its venue knows it. Nothing of the order changes, not even its time. */
function ask(order: Order): void {
  const request = claimRequest(order.venue);
  request.kind = REQUEST_STATUS;
  request.slot = order.slot;
  request.number = order.currentNumber;
  request.side = order.side;
  request.ordType = order.ordType;
  request.timeInForce = order.timeInForce;
  request.quantity = order.quantity;
  const accounts = accountNames();
  request.accountLength = accounts.lengthOf(order.account);
  accounts.copy(order.account, request.accountAt);
  const symbols = symbolNames();
  request.symbolLength = symbols.lengthOf(order.symbol);
  symbols.copy(order.symbol, request.symbolAt);
  const length = order.orderIdLength;
  if (length > 0) {
    request.orderIdLength = length;
    copyOrderId(order, request.orderIdAt);
  }
  publishRequest();
}

/** The order may live at its venue: it stays open. */
function tellNew(order: Order, timeUs: f64): void {
  order.isToldSilent = true;
  markForAttention(order, VENUE_SILENT);
  const report = about(order, EXEC_STATUS, order.currentId, NONE, timeUs);
  report.reason = VENUE_SILENT_ON_ORDER;
  writeReasonAlone(report, VENUE_SILENT_ON_ORDER);
  publishReport();
}

/** Refuses the pending cancel or replace: the order is as before, or has ended. Returns false where it is one that the client knows nothing of. */
function refuse(order: Order, timeUs: f64): bool {
  const pending = order.pending;
  const cause = order.cause;
  const entry = cause !== 0 ? order.currentId : order.pendingId;
  clearPending(order);
  order.isAnsweredFor = true;
  // A late report of a replace finds its terms there.
  if (pending === PENDING_CANCEL) order.pendingQuantity = 0;
  // A filled order of which the replace has asked for more.
  const isFilledUp = order.state === PARTIALLY_FILLED && order.leavesQty === 0;
  if (isFilledUp) closeOrder(order, FILLED);
  if (isSilent(cause)) return false;
  const report = aboutPending(order, pending, entry, timeUs);
  report.cxlRejReason = cxlRejReason(VENUE_SILENT_ON_CHANGE);
  report.reason = VENUE_SILENT_ON_CHANGE;
  writeReasonAlone(report, VENUE_SILENT_ON_CHANGE);
  publishReport();
  return true;
}
