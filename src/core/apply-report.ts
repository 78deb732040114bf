import { NONE } from "../base/units.ts";
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
} from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import { FillApplier } from "./apply-fill.ts";
import type { ClientReports } from "./client-report.ts";
import { COUNT_VENUE_REJECTS } from "./counters.ts";
import { ExecIds } from "./exec-ids.ts";
import { isFormer, wasLeftOut } from "./former-reports.ts";
import { clearPending, closeOrder } from "./orders/close-order.ts";
import {
  endOf,
  FILLED,
  FREE,
  ILLEGAL,
  isOpen,
  NOT_PENDING,
  next,
  ORDER_EVENT_ACK,
  ORDER_EVENT_CANCEL,
  ORDER_EVENT_DONE,
  ORDER_EVENT_EXPIRE,
  ORDER_EVENT_REJECT,
  ORDER_EVENT_REPLACE,
  ORDER_EVENT_RESTATE,
  PARTIALLY_FILLED,
  PENDING_NEW,
  PENDING_REPLACE,
  REJECTED,
} from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
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
} from "./outcomes.ts";
import { MAX_PRICE_E8, MAX_QUANTITY } from "./risk/money.ts";
import { NOT_TAKEN } from "./risk/reason-codes.ts";
import { cxlRejReason, Detail, ordRejReason } from "./risk/reasons.ts";
import type { State } from "./state.ts";
import { Totals } from "./totals.ts";
import { INFORMS, SETS_TERMS, VenueWord } from "./venue-word.ts";

/** Tags by which an alarm names what is wrong with a report. */
const AVG_PX = 6;
const CL_ORD_ID = 11;
const CUM_QTY = 14;
const ORDER_QTY = 38;
const ORD_STATUS = 39;
const PRICE = 44;
const CXL_REJ_REASON = 102;
const EXEC_TYPE = 150;

/** CxlRejReason (102). */
const UNKNOWN_ORDER = 1;

/**
 * Applies venues' reports: changes order state and exposure, and reports to the client. Each report of a known order leads to one
 * report to the client, unless it was applied before: what the books can't take is passed on as it is.
 */
export class ReportApplier {
  /** Reasons here have no limit and value to show. */
  private readonly noDetail = new Detail();
  private readonly fills: FillApplier;
  private readonly execIds: ExecIds;
  private readonly totals: Totals;
  private readonly word: VenueWord;

  constructor(
    private readonly state: State,
    private readonly clientReports: ClientReports,
  ) {
    this.execIds = new ExecIds(state);
    this.totals = new Totals(state);
    this.word = new VenueWord(state);
    this.fills = new FillApplier(state, clientReports, this.execIds, this.totals, this.word);
  }

  /** Returns an outcome (core/outcomes.ts); `state.faultTag` is the field that it is about. */
  apply(report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    state.outcome = APPLIED;
    state.faultTag = 0;
    const order = this.find(report);
    if (order === null) {
      state.faultTag = CL_ORD_ID;
      return ORPHAN;
    }
    const kind = report.kind;
    if (isFormer(report)) {
      report.ordStatus = 0;
      if (wasLeftOut(order, report, isAnswer(order, report))) return ILLEGAL_REPORT;
    }
    const unheld = report.unheldTag;
    // AvgPx is not needed to book anything.
    if (unheld !== 0 && unheld !== AVG_PX && !(kind === REPORT_EXECUTION && this.execIds.isKnown(order, report)))
      state.note(order, NOT_HELD, unheld);
    if (kind === REPORT_EXECUTION) return this.execution(order, report, timeUs);
    if (kind === REPORT_CANCEL_REJECT) return this.cancelReject(order, report, timeUs);
    return kind === REPORT_NOT_TAKEN ? this.notTaken(order, report, timeUs) : UNSUPPORTED;
  }

  /**
   * Leaves out Symbol (55) and Account (1) of a report where they are the order's: the client gets them anyway, and the
   * journal need not keep them.
   */
  shorten(report: ExecutionReport): void {
    const symbolLength = report.symbolLength;
    const accountLength = report.accountLength;
    if ((symbolLength | accountLength) === 0) return;
    const order = this.findByNumber(report);
    if (order === null) return;
    const state = this.state;
    const ints = report.views.ints;
    if (state.symbolNames.is(order.symbol, ints, report.symbolAt, symbolLength)) report.symbolLength = 0;
    if (state.accountNames.is(order.account, ints, report.accountAt, accountLength)) report.accountLength = 0;
  }

  /** Finds the order by the ClOrdID that the venue named, else by OrderID (37). */
  private find(report: ExecutionReport): Order | null {
    const order = this.findByNumber(report);
    if (order !== null) return order;
    const state = this.state;
    const found = state.orders.byOrderId(report.session, report.views.ints, report.orderIdAt, report.orderIdLength);
    return found === NONE ? null : state.order.aim(found);
  }

  /** Finds the order by slot, where venue and request number must match. */
  private findByNumber(report: ExecutionReport): Order | null {
    const state = this.state;
    const slot = report.slot;
    if (slot < 0 || slot >= state.orders.fresh) return null;
    const order = state.order.aim(slot);
    if (order.state === FREE || order.venue !== report.session) return null;
    return isOwn(order, report.number) || isOwn(order, report.requestNumber) ? order : null;
  }

  private execution(order: Order, report: ExecutionReport, timeUs: number): number {
    const execType = report.execType;
    if (order.orderIdLength === 0) this.word.keepOrderId(order, report);
    if (execType === EXEC_TRADE) return this.fills.trade(order, report, timeUs);
    if (execType === EXEC_NEW) return this.acknowledged(order, report, timeUs);
    if (execType === EXEC_CANCELED) return this.ended(order, report, ORDER_EVENT_CANCEL, timeUs);
    if (execType === EXEC_REPLACED) return this.replaced(order, report, timeUs);
    if (execType === EXEC_REJECTED) return this.ended(order, report, ORDER_EVENT_REJECT, timeUs);
    if (execType === EXEC_EXPIRED) return this.ended(order, report, ORDER_EVENT_EXPIRE, timeUs);
    if (execType === EXEC_DONE_FOR_DAY) return this.ended(order, report, ORDER_EVENT_DONE, timeUs);
    if (execType === EXEC_RESTATED) return this.restated(order, report, timeUs);
    if (execType === EXEC_TRADE_CANCEL) return this.fills.bust(order, report, timeUs);
    if (execType === EXEC_TRADE_CORRECT) return this.fills.correct(order, report, timeUs);
    if (execType === EXEC_PARTIAL_FILL || execType === EXEC_FILL) return this.fills.trade(order, report, timeUs);
    return this.informed(order, report, execType, timeUs);
  }

  private acknowledged(order: Order, report: ExecutionReport, timeUs: number): number {
    const to = next(order.state, ORDER_EVENT_ACK);
    if (to === ILLEGAL) return this.illegal(order, report, timeUs);
    order.state = to;
    this.word.keepOrderId(order, report);
    this.takeTotals(order, report, timeUs);
    this.word.follow(order, report, INFORMS);
    return this.tell(order, report, order.currentId, NONE, timeUs);
  }

  /** Canceled, rejected, expired, done for day: the order is done, unless it is for the day only. */
  private ended(order: Order, report: ExecutionReport, event: number, timeUs: number): number {
    const state = this.state;
    const to = next(order.state, event);
    const answers = isAnswer(order, report);
    if (to === ILLEGAL && !answers) return this.illegal(order, report, timeUs);
    const entry = answers ? order.pendingId : order.currentId;
    const orig = answers ? order.currentId : NONE;
    if (answers) clearPending(state, order);
    this.word.keepOrderId(order, report);
    if (event === ORDER_EVENT_REJECT) {
      state.count(COUNT_VENUE_REJECTS);
      // A rejection says 0, whatever was executed before.
      if ((report.stated & STATED_CUM_QTY) !== 0 && report.cumQty !== order.cumQty)
        state.note(order, CUM_DIFFERS, CUM_QTY);
      if (order.cumQty !== 0) state.note(order, STATUS_DIFFERS, ORD_STATUS);
    } else this.takeTotals(order, report, timeUs);
    const wasOpen = isOpen(order.state);
    this.word.follow(order, report, INFORMS);
    const goesOn = event === ORDER_EVENT_DONE && order.told !== 0;
    if (isOpen(order.state)) {
      if (!goesOn) closeOrder(state, order, to);
    } else if (!wasOpen && to !== ILLEGAL) order.state = to;
    return this.tell(order, report, entry, orig, timeUs);
  }

  /** The venue has accepted the pending replace, perhaps with another quantity or price. */
  private replaced(order: Order, report: ExecutionReport, timeUs: number): number {
    const isConfirmed = order.pending === PENDING_REPLACE && isOfToday(order, report);
    if (!isConfirmed) {
      if (!isOpen(order.state)) return this.illegal(order, report, timeUs);
      if (this.execIds.isKnown(order, report)) return DUPLICATE_EXECUTION;
      return this.restated(order, report, timeUs);
    }
    const to = next(order.state, ORDER_EVENT_REPLACE);
    if (to === ILLEGAL) return this.illegal(order, report, timeUs);
    if (isOpen(to)) order.state = to;
    const previousId = order.currentId;
    order.currentId = order.pendingId;
    order.currentNumber = order.pendingNumber;
    const quantity = order.pendingQuantity;
    const price = order.pendingPriceE8;
    clearPending(this.state, order);
    this.takeTerms(order, report, quantity, price, timeUs);
    return this.tell(order, report, order.currentId, previousId, timeUs);
  }

  /** The venue has changed the order unasked. */
  private restated(order: Order, report: ExecutionReport, timeUs: number): number {
    const to = next(order.state, ORDER_EVENT_RESTATE);
    if (isOpen(to)) order.state = to;
    this.takeTerms(order, report, order.quantity, order.priceE8, timeUs);
    return this.tell(order, report, order.currentId, NONE, timeUs);
  }

  /** Takes quantity and price of the report; these where it has none. */
  private takeTerms(order: Order, report: ExecutionReport, quantity: number, priceE8: number, timeUs: number): void {
    const state = this.state;
    const stated = report.stated;
    this.word.keepOrderId(order, report);
    this.takeTotals(order, report, timeUs);
    if (isQuantity(report.quantity)) order.quantity = report.quantity;
    else {
      order.quantity = quantity;
      if ((stated & STATED_ORDER_QTY) !== 0) state.note(order, NOT_HELD, ORDER_QTY);
    }
    if (order.quantity < order.cumQty) order.quantity = order.cumQty;
    if (report.priceE8 > 0 && report.priceE8 <= MAX_PRICE_E8) order.priceE8 = report.priceE8;
    else {
      order.priceE8 = priceE8;
      if ((stated & STATED_PRICE) !== 0) state.note(order, NOT_HELD, PRICE);
    }
    this.word.follow(order, report, SETS_TERMS);
  }

  /** Reports that change no terms: pending states, status, what becomes of a trade in clearing, and kinds that nobody knows. */
  private informed(order: Order, report: ExecutionReport, execType: number, timeUs: number): number {
    const isPending = execType === EXEC_PENDING_CANCEL || execType === EXEC_PENDING_REPLACE;
    const answers = isPending && isAboutPending(order, report);
    if (execType === EXEC_PENDING_NEW && order.state !== PENDING_NEW) return this.illegal(order, report, timeUs);
    if (isPending && !answers && !isOpen(order.state)) return this.illegal(order, report, timeUs);
    if (isKnownKind(execType)) {
      if (execType !== EXEC_PENDING_NEW) this.takeTotals(order, report, timeUs);
      this.word.follow(order, report, INFORMS);
    } else this.state.note(order, UNSUPPORTED, EXEC_TYPE);
    this.word.takeOrderId(order, report);
    const entry = answers ? order.pendingId : order.currentId;
    return this.tell(order, report, entry, answers ? order.currentId : NONE, timeUs);
  }

  /** A report that the order's state does not allow is passed on and changes nothing, unless it came before. */
  private illegal(order: Order, report: ExecutionReport, timeUs: number): number {
    if (this.execIds.isKnown(order, report)) return DUPLICATE_EXECUTION;
    this.state.note(order, ILLEGAL_REPORT, EXEC_TYPE);
    return this.tell(order, report, order.currentId, NONE, timeUs);
  }

  private tell(order: Order, report: ExecutionReport, entry: number, orig: number, timeUs: number): number {
    const state = this.state;
    if (isLifeEvent(report.execType)) this.execIds.remember(order, report, 0, 0);
    const reply = this.clientReports.said(order, report, report.execType, entry, orig, timeUs);
    this.execIds.refer(order, report, reply);
    state.outbox.publishReport();
    return state.outcome;
  }

  private takeTotals(order: Order, report: ExecutionReport, timeUs: number): void {
    this.totals.begin(order);
    this.totals.takeVenues(report, false);
    this.totals.keep(timeUs);
  }

  /** The venue refuses a cancel or replace. Some name neither the request nor why: the one that is pending is meant. */
  private cancelReject(order: Order, report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    const answers = order.pending !== NOT_PENDING && isOfToday(order, report);
    if (!answers) state.note(order, ILLEGAL_REPORT, CL_ORD_ID);
    const reason = report.cxlRejReason;
    const end = endOf(report.ordStatus);
    if (reason === UNKNOWN_ORDER) state.note(order, STATUS_DIFFERS, CXL_REJ_REASON);
    else if (end !== FREE && isOpen(order.state)) state.note(order, STATUS_DIFFERS, ORD_STATUS);
    this.refusePending(order, report, answers, reason, 0, timeUs);
    // What a venue does not know, or rejects so late, may still be there: its notional stays held.
    if (end !== FREE && end !== REJECTED && reason !== UNKNOWN_ORDER && isOpen(order.state))
      closeOrder(state, order, end);
    return state.outcome;
  }

  /** A request was not sent, or the venue refused the message: rejects a new order, refuses a cancel or replace. */
  private notTaken(order: Order, report: ExecutionReport, timeUs: number): number {
    if (isAnswer(order, report)) {
      this.refusePending(order, report, true, cxlRejReason(NOT_TAKEN), NOT_TAKEN, timeUs);
      return this.state.outcome;
    }
    if (order.state !== PENDING_NEW || report.number !== order.number) {
      // A request too old to be sent again: the client has long known what became of it.
      if (report.textLength > 0) this.state.note(order, REFUSED_LATE, CL_ORD_ID);
      return REFUSED_LATE;
    }
    this.state.count(COUNT_VENUE_REJECTS);
    closeOrder(this.state, order, REJECTED);
    const reply = this.clientReports.about(order, EXEC_REJECTED, order.currentId, NONE, timeUs);
    reply.ordRejReason = ordRejReason(NOT_TAKEN);
    reply.reason = NOT_TAKEN;
    this.explain(reply, report, NOT_TAKEN);
    this.state.outbox.publishReport();
    return this.state.outcome;
  }

  private refusePending(
    order: Order,
    report: ExecutionReport,
    answers: boolean,
    code: number,
    reason: number,
    timeUs: number,
  ): void {
    const state = this.state;
    const entry = answers ? order.pendingId : newestOf(order, report);
    const pending = order.pending;
    state.count(COUNT_VENUE_REJECTS);
    if (answers) clearPending(state, order);
    // A replace of a filled order: nothing is left of it.
    if (order.state === PARTIALLY_FILLED && order.leavesQty === 0) closeOrder(state, order, FILLED);
    const reply = this.clientReports.aboutPending(order, pending, entry, timeUs);
    if (report.ordStatus !== 0) reply.ordStatus = report.ordStatus;
    if (report.cxlRejResponseTo !== 0) reply.cxlRejResponseTo = report.cxlRejResponseTo;
    reply.cxlRejReason = code;
    reply.reason = reason;
    this.clientReports.copyWords(report, reply);
    this.explain(reply, report, reason);
    state.outbox.publishReport();
  }

  /** Text of the venue, or our reason where it has none. */
  private explain(reply: ExecutionReport, report: ExecutionReport, reason: number): void {
    if (report.textLength > 0) this.clientReports.copyText(reply, report);
    else if (reason !== 0) this.noDetail.write(reply, reason);
  }
}

function isOwn(order: Order, number: number): boolean {
  return number >= order.number && number <= order.lastNumber;
}

/** True when the report answers the pending request. */
function isAnswer(order: Order, report: ExecutionReport): boolean {
  const pending = order.pendingNumber;
  return pending !== 0 && (report.number === pending || report.requestNumber === pending);
}

/** The ClOrdID of the newest request when the report names that, else the one that the order goes by. */
function newestOf(order: Order, report: ExecutionReport): number {
  const last = order.lastNumber;
  return report.number === last || report.requestNumber === last ? order.ids : order.currentId;
}

/** True when the report names no request that is over: the pending one, the order as it is now, or none at all. */
function isOfToday(order: Order, report: ExecutionReport): boolean {
  return isCurrent(order, report.number) && isCurrent(order, report.requestNumber);
}

function isCurrent(order: Order, number: number): boolean {
  return number === 0 || number === order.pendingNumber || number === order.currentNumber || number === order.number;
}

function isQuantity(value: number): boolean {
  return value > 0 && value <= MAX_QUANTITY && Math.floor(value) === value;
}

/** True when the report names the pending request, or nothing but the OrderID. */
function isAboutPending(order: Order, report: ExecutionReport): boolean {
  if (isAnswer(order, report)) return true;
  return order.pending !== NOT_PENDING && report.number === 0 && report.requestNumber === 0;
}

/** Kinds that say what they mean by their totals and status. */
function isKnownKind(execType: number): boolean {
  if (execType === EXEC_PENDING_NEW || execType === EXEC_PENDING_CANCEL) return true;
  if (execType === EXEC_PENDING_REPLACE || execType === EXEC_STATUS) return true;
  if (execType === EXEC_STOPPED || execType === EXEC_SUSPENDED || execType === EXEC_CALCULATED) return true;
  if (execType === EXEC_TRIGGERED || execType === EXEC_IN_CLEARING_HOLD) return true;
  return execType === EXEC_RELEASED_TO_CLEARING;
}

/** Kinds that happen once, so that a second one with the same ExecID is a repetition. */
function isLifeEvent(execType: number): boolean {
  if (execType === EXEC_NEW || execType === EXEC_CANCELED || execType === EXEC_REJECTED) return true;
  if (execType === EXEC_EXPIRED || execType === EXEC_DONE_FOR_DAY) return true;
  return execType === EXEC_REPLACED || execType === EXEC_RESTATED;
}
