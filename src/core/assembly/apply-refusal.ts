import { EXEC_REJECTED, EXEC_STATUS } from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { COUNT_VENUE_REJECTS } from "../counters.ts";
import { FILLED, FREE, NOT_PENDING, PARTIALLY_FILLED, PENDING_NEW, REJECTED } from "../orders/states.ts";
import { APPLIED, ILLEGAL_REPORT, REFUSED_LATE, STATUS_DIFFERS } from "../outcomes.ts";
import { NOT_TAKEN } from "../risk/reason-codes.ts";
import { isAnswer, isLateAnswer, isOfToday, newestOf } from "./answers.ts";
import { word } from "./area.ts";
import { isSilent } from "./cancel-many.ts";
import { about, aboutPending, copyText, copyWords } from "./client-report.ts";
import { clearPending, closeOrder } from "./close-order.ts";
import { CL_ORD_ID, CXL_REJ_REASON, NONE, ORD_STATUS } from "./codes.ts";
import { cxlRejReason, ordRejReason, writeReasonAlone } from "./detail.ts";
import { OUTCOME } from "./layout.ts";
import { endOf, isOpen } from "./life-cycle.ts";
import { Order } from "./order.ts";
import { publishReport } from "./outbox.ts";
import { count, note } from "./state.ts";

// Applies what refuses a request: a venue's cancel reject, and that a request was not taken.

/** CxlRejReason (102). */
const UNKNOWN_ORDER = 1;

/** The venue refuses a cancel or replace. Some name neither the request nor why: the one that is pending is meant. */
export function cancelReject(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const answers = order.pending !== NOT_PENDING && isOfToday(order, report);
  const isLate = isLateAnswer(order, report);
  if (!answers && !isLate) note(order, ILLEGAL_REPORT, CL_ORD_ID);
  const reason = report.cxlRejReason;
  const end = endOf(report.ordStatus);
  if (reason === UNKNOWN_ORDER) note(order, STATUS_DIFFERS, CXL_REJ_REASON);
  else if (end !== FREE && isOpen(order.state) && !(end === FILLED && isFilledUp(order))) note(order, STATUS_DIFFERS, ORD_STATUS);
  // What a venue does not know, or rejects so late, may still be there: its notional stays held.
  const isAwaited = end === FILLED && isFilledUp(order);
  const isEnd = end !== FREE && end !== REJECTED && !isAwaited;
  const ends = isEnd && reason !== UNKNOWN_ORDER && isOpen(order.state);
  if (isLate) return refusedLate(order, report, ends ? end : FREE, timeUs);
  refusePending(order, report, answers, ends, reason, 0, timeUs);
  if (ends && isOpen(order.state)) closeOrder(order, end);
  return word(OUTCOME);
}

/** The client has had its refusal, for the venue's silence, and gets no second one: a report only where the venue says that the order has ended. */
function refusedLate(order: Order, report: ExecutionReport, end: i32, timeUs: f64): i32 {
  count(COUNT_VENUE_REJECTS);
  if (end === FREE) return word(OUTCOME) === APPLIED ? REFUSED_LATE : word(OUTCOME);
  closeOrder(order, end);
  const reply = about(order, EXEC_STATUS, order.currentId, NONE, timeUs);
  copyWords(report, reply);
  publishReport();
  return word(OUTCOME);
}

/** A request was not sent, or the venue refused the message: rejects a new order, refuses a cancel or replace. */
export function notTaken(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const reason = report.reason === 0 ? NOT_TAKEN : report.reason;
  if (isAnswer(order, report)) {
    refusePending(order, report, true, false, cxlRejReason(reason), reason, timeUs);
    return word(OUTCOME);
  }
  if (order.state !== PENDING_NEW || report.number !== order.number) {
    // A request too old to be sent again: the client has long known what became of it.
    if (report.textLength > 0) note(order, REFUSED_LATE, CL_ORD_ID);
    return REFUSED_LATE;
  }
  count(COUNT_VENUE_REJECTS);
  closeOrder(order, REJECTED);
  const reply = about(order, EXEC_REJECTED, order.currentId, NONE, timeUs);
  reply.ordRejReason = ordRejReason(reason);
  reply.reason = reason;
  explain(reply, report, reason);
  publishReport();
  return word(OUTCOME);
}

/** The client gets no message about a cancel that it did not ask for, unless the venue's answer `ends` the order. */
function refusePending(
  order: Order,
  report: ExecutionReport,
  answers: bool,
  ends: bool,
  code: i32,
  reason: i32,
  timeUs: f64,
): void {
  const cause = answers ? order.cause : 0;
  const entry = cause !== 0 ? order.currentId : answers ? order.pendingId : newestOf(order, report);
  const pending = order.pending;
  const state = order.state;
  count(COUNT_VENUE_REJECTS);
  if (answers) clearPending(order);
  if (order.pending === NOT_PENDING && isFilledUp(order)) closeOrder(order, FILLED);
  if (isSilent(cause) && !ends && order.state === state) return;
  const reply = aboutPending(order, pending, entry, timeUs);
  if (report.ordStatus !== 0) reply.ordStatus = report.ordStatus;
  if (report.cxlRejResponseTo !== 0) reply.cxlRejResponseTo = report.cxlRejResponseTo;
  reply.cxlRejReason = code;
  reply.reason = reason;
  copyWords(report, reply);
  explain(reply, report, reason);
  publishReport();
}

/** True for a filled order that a replace has opened again, or keeps open: nothing is left of it before the venue accepts more. */
function isFilledUp(order: Order): bool {
  return order.state === PARTIALLY_FILLED && order.leavesQty === 0;
}

/** Text of the venue, or our reason where it has none. */
function explain(reply: ExecutionReport, report: ExecutionReport, reason: i32): void {
  if (report.textLength > 0) copyText(reply, report);
  else if (reason !== 0) writeReasonAlone(reply, reason);
}
