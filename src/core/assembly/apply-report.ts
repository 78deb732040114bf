import {
  EXEC_CANCELED,
  EXEC_DONE_FOR_DAY,
  EXEC_EXPIRED,
  EXEC_FILL,
  EXEC_NEW,
  EXEC_PARTIAL_FILL,
  EXEC_PENDING_CANCEL,
  EXEC_PENDING_NEW,
  EXEC_PENDING_REPLACE,
  EXEC_REJECTED,
  EXEC_REPLACED,
  EXEC_RESTATED,
  EXEC_STATUS,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  EXEC_TRIGGERED,
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REPORT_NOT_TAKEN,
  REPORT_RULES,
  REPORT_RULES_BITS,
  STATED_CUM_QTY,
  STATED_ORDER_QTY,
  STATED_PRICE,
  STATUS_PENDING_NEW,
  STATUS_REJECTED,
  TYPE_STOP,
} from "../../record/codes.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { COUNT_VENUE_REJECTS } from "../counters.ts";
import {
  NEW,
  PENDING_NEW,
  PENDING_REPLACE,
} from "../orders/states.ts";
import {
  APPLIED,
  CUM_DIFFERS,
  DUPLICATE_EXECUTION,
  ILLEGAL_REPORT,
  NOT_HELD,
  ORPHAN,
  STATUS_DIFFERS,
  UNSUPPORTED,
} from "../outcomes.ts";
import { isAboutPending, isAnswer, isLateAnswer, isOfToday } from "./answers.ts";
import { bust, correct, trade } from "./apply-fill.ts";
import { cancelReject, notTaken } from "./apply-refusal.ts";
import { setWord, word } from "./area.ts";
import { reasonOfCause } from "./cancel-many.ts";
import { said } from "./client-report.ts";
import { clearPending, closeOrder } from "./close-order.ts";
import { AVG_PX, CL_ORD_ID, CUM_QTY, EXEC_TYPE, NONE, ORD_STATUS, ORDER_QTY, PRICE } from "./codes.ts";
import { writeReasonAlone, writeReasonAnd } from "./detail.ts";
import { isKnown, refer, remember } from "./exec-ids.ts";
import { beginHolding, endHolding } from "./exposure.ts";
import { findByNumber, findOrder } from "./find-order.ts";
import { isFormer, wasLeftOut } from "./former-reports.ts";
import { FAULT_TAG, ORDER_SLOT, OUTCOME } from "./layout.ts";
import {
  canTrade,
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
import { Order } from "./order.ts";
import { publishReport } from "./outbox.ts";
import { isKnownKind, isLifeEvent } from "./report-kinds.ts";
import { count, note } from "./state.ts";
import * as totals from "./totals.ts";
import { follow, INFORMS, keepOrderId, SETS_TERMS, takeOrderId } from "./venue-word.ts";

// Applies venues' reports: changes order state and exposure, and reports to the client. Each report of a known order leads to one
// report to the client, unless it was applied before: what the books can't take is passed on as it is.

/** OrdRejReason (103): unknown order. */
const NO_SUCH_ORDER = 5;

/** Returns an outcome (core/outcomes.ts); FAULT_TAG is the field that it is about, ORDER_SLOT the order. */
export function applyReport(report: ExecutionReport, timeUs: f64): i32 {
  setWord(OUTCOME, APPLIED);
  setWord(FAULT_TAG, 0);
  const order = findOrder(report);
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

/** Notes in a report whose meaning has changed by which rules it is taken: a replay goes by those. */
export function stampRules(report: ExecutionReport): void {
  if (report.kind !== REPORT_EXECUTION) return;
  if (report.execType === EXEC_STATUS) report.rules |= REPORT_RULES;
  if (report.execType !== EXEC_REPLACED) return;
  const order = findOrder(report);
  if (order !== null && isAnswer(order, report) && !isOfToday(order, report)) report.rules |= REPORT_RULES;
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
  // A status may have said so before.
  const isLate = order.isKnownByStatus && isOpen(order.state);
  const to = isLate ? order.state : next(order.state, ORDER_EVENT_ACK);
  if (to === ILLEGAL) return illegal(order, report, timeUs);
  order.isKnownByStatus = false;
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

/** The venue has accepted the pending replace, or the newest one, which was refused for its silence; perhaps with other terms. */
function replaced(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  const isLate = order.pendingQuantity > 0 && isLateAnswer(order, report);
  // In versions before, one that names another request, too, confirmed none: that may be one which was refused for the venue's silence.
  const isMeant = isOfToday(order, report) || ((report.rules & REPORT_RULES_BITS) !== 0 && isAnswer(order, report));
  const isConfirmed = order.pending === PENDING_REPLACE && isMeant;
  if (!isConfirmed && !isLate) {
    if (!isOpen(order.state)) return illegal(order, report, timeUs);
    if (isKnown(order, report)) return DUPLICATE_EXECUTION;
    return restated(order, report, timeUs);
  }
  const to = next(order.state, ORDER_EVENT_REPLACE);
  if (to === ILLEGAL) return illegal(order, report, timeUs);
  if (isOpen(to)) order.state = to;
  const previousId = order.currentId;
  order.currentId = isLate ? order.ids : order.pendingId;
  order.currentNumber = isLate ? order.lastNumber : order.pendingNumber;
  order.isAnsweredFor = false;
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
  // In versions before, a status did no more than other reports that inform.
  if (execType === EXEC_STATUS && (report.rules & REPORT_RULES_BITS) !== 0 && isOpen(order.state)) {
    const status = report.ordStatus;
    const isNew = order.state === PENDING_NEW;
    if (isNew && status === STATUS_REJECTED) return refusedByStatus(order, report, timeUs);
    if (status === STATUS_REJECTED && report.ordRejReason === NO_SUCH_ORDER) {
      // As by a cancel reject: what the venue does not know may still be there.
      note(order, STATUS_DIFFERS, ORD_STATUS);
      return tell(order, report, order.currentId, NONE, timeUs);
    }
    if (isNew && status !== STATUS_PENDING_NEW && canTrade(status)) {
      order.state = NEW;
      order.isKnownByStatus = true;
    }
  }
  if (isKnownKind(execType)) {
    if (execType !== EXEC_PENDING_NEW) takeTotals(order, report, timeUs);
    follow(order, report, INFORMS);
  } else note(order, UNSUPPORTED, EXEC_TYPE);
  takeOrderId(order, report);
  const isOwn = answers && order.cause === 0;
  return tell(order, report, isOwn ? order.pendingId : order.currentId, isOwn ? order.currentId : NONE, timeUs);
}

/** The venue says of a new order, when asked, that it does not have it: the client gets the rejection that it waits for. */
function refusedByStatus(order: Order, report: ExecutionReport, timeUs: f64): i32 {
  report.execType = EXEC_REJECTED;
  report.words = 0;
  return ended(order, report, ORDER_EVENT_REJECT, timeUs);
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

function isQuantity(value: i64): bool {
  return value > 0 && isCountable(value);
}
