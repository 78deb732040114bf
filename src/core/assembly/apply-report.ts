import {
  EXEC_CALCULATED,
  EXEC_CANCELED,
  EXEC_DONE_FOR_DAY,
  EXEC_EXPIRED,
  EXEC_FILL,
  EXEC_IN_CLEARING_HOLD,
  EXEC_NEW,
  EXEC_PARTIAL_FILL,
  EXEC_PENDING_CANCEL,
  EXEC_PENDING_NEW,
  EXEC_PENDING_REPLACE,
  EXEC_REJECTED,
  EXEC_RELEASED_TO_CLEARING,
  EXEC_REPLACED,
  EXEC_RESTATED,
  EXEC_STATUS,
  EXEC_STOPPED,
  EXEC_SUSPENDED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  EXEC_TRIGGERED,
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REPORT_NOT_TAKEN,
  STATED_CUM_QTY,
  STATED_ORDER_QTY,
  STATED_PRICE,
  TYPE_STOP,
} from "../../record/codes.ts";
import { CAUSE_DISCONNECT, CAUSE_LOGOUT, CAUSE_SELF_TRADE } from "../../record/control-codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { COUNT_VENUE_REJECTS } from "../counters.ts";
import {
  FILLED,
  FREE,
  NOT_PENDING,
  PARTIALLY_FILLED,
  PENDING_NEW,
  PENDING_REPLACE,
  REJECTED,
} from "../orders/states.ts";
import {
  APPLIED,
  CUM_DIFFERS,
  DUPLICATE_EXECUTION,
  ILLEGAL_REPORT,
  NOT_HELD,
  ORPHAN,
  REFUSED_LATE,
  STATUS_DIFFERS,
  UNSUPPORTED,
} from "../outcomes.ts";
import { NOT_TAKEN } from "../risk/reason-codes.ts";
import { bust, correct, trade } from "./apply-fill.ts";
import { setWord, word } from "./area.ts";
import { reasonOfCause } from "./cancel-many.ts";
import { about, aboutPending, copyText, copyWords, said } from "./client-report.ts";
import { clearPending, closeOrder } from "./close-order.ts";
import { AVG_PX, CL_ORD_ID, CUM_QTY, CXL_REJ_REASON, EXEC_TYPE, NONE, ORD_STATUS, ORDER_QTY, PRICE } from "./codes.ts";
import { cxlRejReason, ordRejReason, writeReasonAlone, writeReasonAnd } from "./detail.ts";
import { isKnown, refer, remember } from "./exec-ids.ts";
import { beginHolding, endHolding } from "./exposure.ts";
import { isFormer, wasLeftOut } from "./former-reports.ts";
import { FAULT_TAG, FRESH, ORDER_SLOT, OUTCOME } from "./layout.ts";
import {
  endOf,
  ILLEGAL,
  isOpen,
  next,
  ORDER_EVENT_ACK,
  ORDER_EVENT_CANCEL,
  ORDER_EVENT_DONE,
  ORDER_EVENT_EXPIRE,
  ORDER_EVENT_REJECT,
  ORDER_EVENT_REPLACE,
  ORDER_EVENT_RESTATE,
} from "./life-cycle.ts";
import { lockAccount, lockOrder } from "./locks.ts";
import { isCountable } from "./money.ts";
import { accountNames, symbolNames } from "./names.ts";
import { Order, orderAt } from "./order.ts";
import { byOrderId } from "./order-ids.ts";
import { publishReport } from "./outbox.ts";
import { count, note } from "./state.ts";
import * as totals from "./totals.ts";
import { follow, INFORMS, keepOrderId, SETS_TERMS, takeOrderId } from "./venue-word.ts";

// Applies venues' reports: changes order state and exposure, and reports to the client. Each report of a known order leads to one
// report to the client, unless it was applied before: what the books can't take is passed on as it is.

/** CxlRejReason (102). */
const UNKNOWN_ORDER = 1;

/** Returns an outcome (core/outcomes.ts); FAULT_TAG is the field that it is about, ORDER_SLOT the order. */
export function applyReport(report: ExecutionReport, timeUs: f64): i32 {
  setWord(OUTCOME, APPLIED);
  setWord(FAULT_TAG, 0);
  const order = find(report);
  if (order === null) {
    setWord(FAULT_TAG, CL_ORD_ID);
    return ORPHAN;
  }
  const slot = order.slot;
  setWord(ORDER_SLOT, slot);
  lockOrder(slot);
  lockAccount(order.account);
  beginHolding(order);
  const outcome = applyTo(order, report, timeUs);
  endHolding(order, timeUs);
  return outcome === APPLIED ? word(OUTCOME) : outcome;
}

function applyTo(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const kind = report.kind;
  if (isFormer(report)) {
    report.ordStatus = 0;
    if (wasLeftOut(order, report, isAnswer(order, report))) return ILLEGAL_REPORT;
  }
  const unheld = report.unheldTag;
  // AvgPx is not needed to book anything.
  if (unheld !== 0 && unheld !== AVG_PX && !(kind === REPORT_EXECUTION && isKnown(order, report)))
    note(order, NOT_HELD, unheld);
  if (kind === REPORT_EXECUTION) return execution(order, report, timeUs);
  if (kind === REPORT_CANCEL_REJECT) return cancelReject(order, report, timeUs);
  return kind === REPORT_NOT_TAKEN ? notTaken(order, report, timeUs) : UNSUPPORTED;
}

/**
 * Leaves out Symbol (55) and Account (1) of a report where they are the order's: the client gets them anyway, and the
 * journal need not keep them.
 */
export function shorten(report: ExecutionReport): void {
  const symbolLength = report.symbolLength;
  const accountLength = report.accountLength;
  if ((symbolLength | accountLength) === 0) return;
  const order = findByNumber(report);
  if (order === null) return;
  if (symbolNames().is(order.symbol, report.symbolAt, symbolLength)) report.symbolLength = 0;
  if (accountNames().is(order.account, report.accountAt, accountLength)) report.accountLength = 0;
}

/** Finds the order by the ClOrdID that the venue named, else by OrderID (37). */
function find(report: ExecutionReport): Order | null {
  const order = findByNumber(report);
  if (order !== null) return order;
  const found = byOrderId(report.orderIdAt, report.session, report.orderIdLength);
  return found === NONE ? null : orderAt(found);
}

/** Finds the order by slot, where venue and request number must match. */
function findByNumber(report: ExecutionReport): Order | null {
  const slot = report.slot;
  if (<u32>slot >= <u32>word(FRESH)) return null;
  const order = orderAt(slot);
  if (order.state === FREE || order.venue !== report.session) return null;
  return isOwn(order, report.number) || isOwn(order, report.requestNumber) ? order : null;
}

function execution(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const execType = report.execType;
  if (order.orderIdLength === 0) keepOrderId(order, report);
  if (execType === EXEC_TRADE) return trade(order, report, timeUs);
  if (execType === EXEC_NEW) return acknowledged(order, report, timeUs);
  if (execType === EXEC_CANCELED) return ended(order, report, ORDER_EVENT_CANCEL, timeUs);
  if (execType === EXEC_REPLACED) return replaced(order, report, timeUs);
  if (execType === EXEC_REJECTED) return ended(order, report, ORDER_EVENT_REJECT, timeUs);
  if (execType === EXEC_EXPIRED) return ended(order, report, ORDER_EVENT_EXPIRE, timeUs);
  if (execType === EXEC_DONE_FOR_DAY) return ended(order, report, ORDER_EVENT_DONE, timeUs);
  if (execType === EXEC_RESTATED) return restated(order, report, timeUs);
  if (execType === EXEC_TRADE_CANCEL) return bust(order, report, timeUs);
  if (execType === EXEC_TRADE_CORRECT) return correct(order, report, timeUs);
  if (execType === EXEC_PARTIAL_FILL || execType === EXEC_FILL) return trade(order, report, timeUs);
  return informed(order, report, execType, timeUs);
}

function acknowledged(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const to = next(order.state, ORDER_EVENT_ACK);
  if (to === ILLEGAL) return illegal(order, report, timeUs);
  order.state = to;
  keepOrderId(order, report);
  takeTotals(order, report, timeUs);
  follow(order, report, INFORMS);
  return tell(order, report, order.currentId, NONE, timeUs);
}

/** Canceled, rejected, expired, done for day: the order is done, unless it is for the day only. */
function ended(order: Order, report: ExecutionReport, event: i32, timeUs: f64): i32 {
  const to = next(order.state, event);
  const answers = isAnswer(order, report);
  if (to === ILLEGAL && !answers) return illegal(order, report, timeUs);
  const cause = event === ORDER_EVENT_CANCEL && answers ? order.cause : 0;
  // The client has not sent the request that is answered.
  const isOwn = answers && cause === 0;
  const entry = isOwn ? order.pendingId : order.currentId;
  const orig = isOwn ? order.currentId : NONE;
  if (answers) clearPending(order);
  keepOrderId(order, report);
  if (event === ORDER_EVENT_REJECT) {
    count(COUNT_VENUE_REJECTS);
    // A rejection says 0, whatever was executed before.
    if ((report.stated & STATED_CUM_QTY) !== 0 && report.cumQty !== order.cumQty)
      note(order, CUM_DIFFERS, CUM_QTY);
    if (order.cumQty !== 0) note(order, STATUS_DIFFERS, ORD_STATUS);
  } else takeTotals(order, report, timeUs);
  const wasOpen = isOpen(order.state);
  follow(order, report, INFORMS);
  const goesOn = event === ORDER_EVENT_DONE && order.told !== 0;
  if (isOpen(order.state)) {
    if (!goesOn) closeOrder(order, to);
  } else if (!wasOpen && to !== ILLEGAL) order.state = to;
  return cause === 0 ? tell(order, report, entry, orig, timeUs) : tellWhy(order, report, reasonOfCause(cause), timeUs);
}

/** The venue has accepted the pending replace, perhaps with another quantity or price. */
function replaced(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const isConfirmed = order.pending === PENDING_REPLACE && isOfToday(order, report);
  if (!isConfirmed) {
    if (!isOpen(order.state)) return illegal(order, report, timeUs);
    if (isKnown(order, report)) return DUPLICATE_EXECUTION;
    return restated(order, report, timeUs);
  }
  const to = next(order.state, ORDER_EVENT_REPLACE);
  if (to === ILLEGAL) return illegal(order, report, timeUs);
  if (isOpen(to)) order.state = to;
  const previousId = order.currentId;
  order.currentId = order.pendingId;
  order.currentNumber = order.pendingNumber;
  const quantity = order.pendingQuantity;
  const price = order.pendingPriceE8;
  clearPending(order);
  takeTerms(order, report, quantity, price, timeUs);
  return tell(order, report, order.currentId, previousId, timeUs);
}

/** The venue has changed the order unasked. */
function restated(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const to = next(order.state, ORDER_EVENT_RESTATE);
  if (isOpen(to)) order.state = to;
  takeTerms(order, report, order.quantity, order.priceE8, timeUs);
  return tell(order, report, order.currentId, NONE, timeUs);
}

/** Takes quantity and price of the report; these where it has none. */
function takeTerms(order: Order, report: ExecutionReport, quantity: i64, priceE8: i64, timeUs: f64): void {
  const stated = report.stated;
  keepOrderId(order, report);
  takeTotals(order, report, timeUs);
  if (isQuantity(report.quantity)) order.quantity = report.quantity;
  else {
    order.quantity = quantity;
    if ((stated & STATED_ORDER_QTY) !== 0) note(order, NOT_HELD, ORDER_QTY);
  }
  if (order.quantity < order.cumQty) order.quantity = order.cumQty;
  // The price of a stop order is its StopPx, which the record of a report does not have.
  const isStop = order.ordType === TYPE_STOP;
  const price = isStop ? NO_PRICE : totals.saidPrice(order, report.priceE8, PRICE);
  if (price !== NO_PRICE) order.priceE8 = price;
  else {
    order.priceE8 = priceE8;
    if (!isStop && (stated & STATED_PRICE) !== 0) note(order, NOT_HELD, PRICE);
  }
  follow(order, report, SETS_TERMS);
}

/** Reports that change no terms: pending states, status, what becomes of a trade in clearing, and kinds that nobody knows. */
function informed(order: Order, report: ExecutionReport, execType: i32, timeUs: f64): i32 {
  const isPending = execType === EXEC_PENDING_CANCEL || execType === EXEC_PENDING_REPLACE;
  const answers = isPending && isAboutPending(order, report);
  if (execType === EXEC_PENDING_NEW && order.state !== PENDING_NEW) return illegal(order, report, timeUs);
  if (isPending && !answers && !isOpen(order.state)) return illegal(order, report, timeUs);
  if (execType === EXEC_TRIGGERED) order.isTriggered = true;
  if (isKnownKind(execType)) {
    if (execType !== EXEC_PENDING_NEW) takeTotals(order, report, timeUs);
    follow(order, report, INFORMS);
  } else note(order, UNSUPPORTED, EXEC_TYPE);
  takeOrderId(order, report);
  const isOwn = answers && order.cause === 0;
  return tell(order, report, isOwn ? order.pendingId : order.currentId, isOwn ? order.currentId : NONE, timeUs);
}

/** A report that the order's state does not allow is passed on and changes nothing, unless it came before. */
function illegal(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  if (isKnown(order, report)) return DUPLICATE_EXECUTION;
  note(order, ILLEGAL_REPORT, EXEC_TYPE);
  return tell(order, report, order.currentId, NONE, timeUs);
}

function tell(order: Order, report: ExecutionReport, entry: i32, orig: i32, timeUs: f64): i32 {
  if (isLifeEvent(report.execType)) remember(order, report, 0, 0);
  const reply = said(order, report, report.execType, entry, orig, timeUs);
  refer(order, report, reply);
  publishReport();
  return word(OUTCOME);
}

/** The same of a cancel that the client has not asked for: with why it was sent, and behind that what the venue says. */
function tellWhy(order: Order, report: ExecutionReport, reason: i32, timeUs: f64): i32 {
  if (isLifeEvent(report.execType)) remember(order, report, 0, 0);
  const reply = said(order, report, report.execType, order.currentId, NONE, timeUs);
  reply.reason = reason;
  if (report.textLength > 0) writeReasonAnd(reply, reason, report.textAt, report.textLength);
  else writeReasonAlone(reply, reason);
  refer(order, report, reply);
  publishReport();
  return word(OUTCOME);
}

function takeTotals(order: Order, report: ExecutionReport, timeUs: f64): void {
  totals.begin(order);
  totals.takeVenues(report, false);
  totals.keep(timeUs);
}

/** The venue refuses a cancel or replace. Some name neither the request nor why: the one that is pending is meant. */
function cancelReject(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const answers = order.pending !== NOT_PENDING && isOfToday(order, report);
  if (!answers) note(order, ILLEGAL_REPORT, CL_ORD_ID);
  const reason = report.cxlRejReason;
  const end = endOf(report.ordStatus);
  if (reason === UNKNOWN_ORDER) note(order, STATUS_DIFFERS, CXL_REJ_REASON);
  else if (end !== FREE && isOpen(order.state) && !(end === FILLED && isFilledUp(order))) note(order, STATUS_DIFFERS, ORD_STATUS);
  // What a venue does not know, or rejects so late, may still be there: its notional stays held.
  const isAwaited = end === FILLED && isFilledUp(order);
  const isEnd = end !== FREE && end !== REJECTED && !isAwaited;
  const ends = isEnd && reason !== UNKNOWN_ORDER && isOpen(order.state);
  refusePending(order, report, answers, ends, reason, 0, timeUs);
  if (ends && isOpen(order.state)) closeOrder(order, end);
  return word(OUTCOME);
}

/** A request was not sent, or the venue refused the message: rejects a new order, refuses a cancel or replace. */
function notTaken(order: Order, report: ExecutionReport, timeUs: f64): i32 {
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
  const isSilent = cause === CAUSE_DISCONNECT || cause === CAUSE_LOGOUT || cause === CAUSE_SELF_TRADE;
  if (isSilent && !ends && order.state === state) return;
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

function isOwn(order: Order, number: f64): bool {
  return number >= order.number && number <= order.lastNumber;
}

/** True when the report answers the pending request. */
function isAnswer(order: Order, report: ExecutionReport): bool {
  const pending = order.pendingNumber;
  return pending !== 0 && (report.number === pending || report.requestNumber === pending);
}

/** The ClOrdID of the newest request when the report names that, else the one that the order goes by. */
function newestOf(order: Order, report: ExecutionReport): i32 {
  const last = order.lastNumber;
  return report.number === last || report.requestNumber === last ? order.ids : order.currentId;
}

/** True when the report names no request that is over: the pending one, the order as it is now, or none at all. */
function isOfToday(order: Order, report: ExecutionReport): bool {
  return isCurrent(order, report.number) && isCurrent(order, report.requestNumber);
}

function isCurrent(order: Order, number: f64): bool {
  return number === 0 || number === order.pendingNumber || number === order.currentNumber || number === order.number;
}

function isQuantity(value: i64): bool {
  return value > 0 && isCountable(value);
}

/** True when the report names the pending request, or nothing but the OrderID. */
function isAboutPending(order: Order, report: ExecutionReport): bool {
  if (isAnswer(order, report)) return true;
  return order.pending !== NOT_PENDING && report.number === 0 && report.requestNumber === 0;
}

/** Kinds that say what they mean by their totals and status. */
function isKnownKind(execType: i32): bool {
  if (execType === EXEC_PENDING_NEW || execType === EXEC_PENDING_CANCEL) return true;
  if (execType === EXEC_PENDING_REPLACE || execType === EXEC_STATUS) return true;
  if (execType === EXEC_STOPPED || execType === EXEC_SUSPENDED || execType === EXEC_CALCULATED) return true;
  if (execType === EXEC_TRIGGERED || execType === EXEC_IN_CLEARING_HOLD) return true;
  return execType === EXEC_RELEASED_TO_CLEARING;
}

/** Kinds that happen once, so that a second one with the same ExecID is a repetition. */
function isLifeEvent(execType: i32): bool {
  if (execType === EXEC_NEW || execType === EXEC_CANCELED || execType === EXEC_REJECTED) return true;
  if (execType === EXEC_EXPIRED || execType === EXEC_DONE_FOR_DAY) return true;
  return execType === EXEC_REPLACED || execType === EXEC_RESTATED;
}
