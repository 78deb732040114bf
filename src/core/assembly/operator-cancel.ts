import { EXEC_CANCELED, REQUEST_CANCEL } from "../../record/codes.ts";
import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import {
  CONTROL_APPLIED,
  CONTROL_CLOSE_ORDER,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_ORDER,
  CAUSE_KILL,
  CAUSE_MASS,
  CAUSE_OPERATOR,
  CAUSE_SELF_TRADE,
} from "../../record/control-codes.ts";
import { CANCELED, FREE, NOT_PENDING } from "../orders/states.ts";
import { CLOSED_BY_OPERATOR, MARKED_DEAD } from "../risk/reason-codes.ts";
import { applyRequest } from "./apply-request.ts";
import { address, double, word } from "./area.ts";
import { about } from "./client-report.ts";
import { closeOrder } from "./close-order.ts";
import { NONE } from "./codes.ts";
import { putWhole } from "./decimal.ts";
import * as decision from "./decision.ts";
import { writeReasonAlone, writeReasonAnd } from "./detail.ts";
import { FRESH, NUMBER, OPERATOR_REQUEST_AT } from "./layout.ts";
import { isOpen } from "./life-cycle.ts";
import { lockAccount, lockOrder } from "./locks.ts";
import { Order, orderAt } from "./order.ts";
import { forgetNewest } from "./orders.ts";
import { publishReport } from "./outbox.ts";
import { release } from "./state.ts";

/**
 * Cancels one order at its venue, or closes it in the books alone, at the operator's command.
 * Returns  the answer's result; its value is 1 while a request for the order is under way at the venue.
 */
export function operatorCancel(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  if (!isOrderOf(control)) return CONTROL_UNKNOWN_ORDER;
  const order = orderAt(control.value);
  if (!isOpen(order.state)) return CONTROL_UNCHANGED;
  if (control.kind === CONTROL_CLOSE_ORDER) {
    close(order, timeUs, control);
    return CONTROL_APPLIED;
  }
  answer.value = 1;
  if (order.pending !== NOT_PENDING) return CONTROL_UNCHANGED;
  const cause = control.textLength === 0 ? CAUSE_OPERATOR : <i32>load<u8>(changetype<usize>(control) + CONTROL_TEXT_AT);
  cancelFor(order, cause, timeUs);
  return CONTROL_APPLIED;
}

/** An order no longer needs attention. Returns the answer's result. */
export function releaseOrder(control: Control): i32 {
  if (!isOrderOf(control)) return CONTROL_UNKNOWN_ORDER;
  const order = orderAt(control.value);
  if (order.attention === 0) return CONTROL_UNCHANGED;
  lockOrder(order.slot);
  release(order);
  return CONTROL_APPLIED;
}

/** True when the command's slot holds the order that it is about. */
export function isOrderOf(control: Control): bool {
  const slot = control.value;
  if (<u32>slot >= <u32>word(FRESH)) return false;
  const order = orderAt(slot);
  return order.state !== FREE && order.number === control.amount;
}

/** The order's state at its venue is not known: the books end it, and its client's report says so, and why where the command has a text. */
function close(order: Order, timeUs: f64, control: Control): void {
  lockOrder(order.slot);
  lockAccount(order.account);
  closeOrder(order, CANCELED);
  const report = about(order, EXEC_CANCELED, order.currentId, NONE, timeUs);
  const why = control.textLength;
  report.reason = why === 0 ? CLOSED_BY_OPERATOR : MARKED_DEAD;
  if (why === 0) writeReasonAlone(report, CLOSED_BY_OPERATOR);
  else writeReasonAnd(report, MARKED_DEAD, changetype<usize>(control) + CONTROL_TEXT_AT, why);
  publishReport();
}

/** Sends the venue of an order that is open, with nothing pending, a cancel of our own. */
export function cancelFor(order: Order, cause: i32, timeUs: f64): void {
  const at = address(OPERATOR_REQUEST_AT);
  const request = changetype<OrderRequest>(at);
  const number = double(NUMBER) + 1;
  request.clear();
  decision.clearDecision();
  decision.setSlot(order.slot);
  decision.setEntry(order.currentId);
  decision.setNumber(number);
  request.kind = REQUEST_CANCEL;
  request.session = order.session;
  request.epoch = order.epoch;
  request.slot = order.slot;
  request.number = number;
  const id = request.clOrdIdAt;
  v128.store(id, i64x2.splat(0));
  v128.store(id, i64x2.splat(0), 16);
  request.clOrdIdLength = <i32>(putWhole(putCause(id, cause), number) - id);
  lockOrder(order.slot);
  // One of our own that was refused is tried again, perhaps many times. An operator's was told to the client.
  const isOurs = cause !== CAUSE_OPERATOR;
  if (isOurs && order.newestIsOurs && order.ids !== order.currentId) forgetNewest(order);
  applyRequest(request, timeUs);
  order.cause = cause;
  order.newestIsOurs = isOurs;
}

/** Begins the ClOrdID of a cancel of our own; the request's number follows. */
function putCause(id: usize, cause: i32): usize {
  const word = wordOf(cause);
  store<u64>(id, word);
  const length = 8 - <usize>(clz(word) >>> 3);
  store<u8>(id + length, 0x2d);
  return id + length + 1;
}

function wordOf(cause: i32): u64 {
  if (cause === CAUSE_OPERATOR) return OPERATOR;
  if (cause === CAUSE_MASS) return MASS;
  if (cause === CAUSE_KILL) return KILL;
  return cause === CAUSE_SELF_TRADE ? SELF : SESSION;
}

const OPERATOR: u64 = 0x52_4f_54_41_52_45_50_4f; // "OPERATOR"
const SESSION: u64 = 0x4e_4f_49_53_53_45_53; // "SESSION"
const MASS: u64 = 0x53_53_41_4d; // "MASS"
const SELF: u64 = 0x46_4c_45_53; // "SELF"
const KILL: u64 = 0x4c_4c_49_4b; // "KILL"
