import { NONE } from "../base/units.ts";
import {
  EXEC_CANCELED,
  EXEC_DONE_FOR_DAY,
  EXEC_EXPIRED,
  EXEC_NEW,
  EXEC_PENDING_CANCEL,
  EXEC_PENDING_NEW,
  EXEC_PENDING_REPLACE,
  EXEC_REJECTED,
  EXEC_REPLACED,
  EXEC_STATUS,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REPORT_NOT_TAKEN,
} from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import type { FillApplier } from "./apply-fill.ts";
import type { ClientReports } from "./client-report.ts";
import { COUNT_VENUE_REJECTS } from "./counters.ts";
import { clearPending, closeOrder } from "./orders/close-order.ts";
import {
  FILLED,
  FREE,
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
  PENDING_CANCEL,
  PENDING_NEW,
  PENDING_REPLACE,
  REJECTED,
} from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import { APPLIED, ILLEGAL_REPORT, ORPHAN, UNSUPPORTED } from "./outcomes.ts";
import { MAX_QUANTITY } from "./risk/money.ts";
import { cxlRejReason, Detail, NOT_TAKEN, ordRejReason } from "./risk/reasons.ts";
import type { State } from "./state.ts";

/** ExecType (150): the venue has changed the order unasked. */
const EXEC_RESTATED = "D".charCodeAt(0);

/** Applies venues' reports: changes order state and exposure, and reports to the client. */
export class ReportApplier {
  /** Reasons here have no limit and value to show. */
  private readonly noDetail = new Detail();

  constructor(
    private readonly state: State,
    private readonly clientReports: ClientReports,
    private readonly fills: FillApplier,
  ) {}

  /** Returns an outcome (core/outcomes.ts); all but APPLIED and CUM_DIFFERS have changed no state. */
  apply(report: ExecutionReport, timeUs: number): number {
    const order = this.find(report);
    if (order === null) return ORPHAN;
    const kind = report.kind;
    if (kind === REPORT_EXECUTION && report.execType === EXEC_TRADE) return this.fills.fill(order, report, timeUs);
    if (kind === REPORT_EXECUTION) return this.execution(order, report, timeUs);
    if (kind === REPORT_CANCEL_REJECT) return this.cancelReject(order, report, timeUs);
    return kind === REPORT_NOT_TAKEN ? this.notTaken(order, report, timeUs) : UNSUPPORTED;
  }

  /** Finds the order by slot; venue and request number must match. */
  private find(report: ExecutionReport): Order | null {
    const state = this.state;
    const slot = report.slot;
    if (slot < 0 || slot >= state.orders.fresh) return null;
    const order = state.order.aim(slot);
    if (order.state === FREE || order.venue !== report.session) return null;
    return isOwn(order, report.number) || isOwn(order, report.requestNumber) ? order : null;
  }

  private execution(order: Order, report: ExecutionReport, timeUs: number): number {
    const execType = report.execType;
    if (execType === EXEC_TRADE) return this.fills.fill(order, report, timeUs);
    if (execType === EXEC_NEW) return this.acknowledged(order, report, timeUs);
    if (execType === EXEC_CANCELED) return this.ended(order, report, ORDER_EVENT_CANCEL, timeUs);
    if (execType === EXEC_REPLACED) return this.replaced(order, report, timeUs);
    if (execType === EXEC_REJECTED) return this.ended(order, report, ORDER_EVENT_REJECT, timeUs);
    if (execType === EXEC_EXPIRED) return this.ended(order, report, ORDER_EVENT_EXPIRE, timeUs);
    if (execType === EXEC_DONE_FOR_DAY) return this.ended(order, report, ORDER_EVENT_DONE, timeUs);
    if (execType === EXEC_RESTATED) return this.restated(order, report, timeUs);
    if (execType === EXEC_TRADE_CANCEL) return this.fills.bust(order, report, timeUs);
    return this.informed(order, report, execType, timeUs);
  }

  private acknowledged(order: Order, report: ExecutionReport, timeUs: number): number {
    const to = next(order.state, ORDER_EVENT_ACK);
    if (to === ILLEGAL) return ILLEGAL_REPORT;
    order.state = to;
    this.keepOrderId(order, report);
    this.clientReports.about(order, EXEC_NEW, order.currentId, NONE, timeUs);
    this.state.outbox.publishReport();
    return APPLIED;
  }

  /** Canceled, rejected, expired, done for day: the order is closed. */
  private ended(order: Order, report: ExecutionReport, event: number, timeUs: number): number {
    const to = next(order.state, event);
    if (to === ILLEGAL) return ILLEGAL_REPORT;
    const answers = isAnswer(order, report);
    const entry = answers ? order.pendingId : order.currentId;
    const orig = answers ? order.currentId : NONE;
    if (answers) clearPending(this.state, order);
    if (isOpen(order.state)) closeOrder(this.state, order, to);
    else order.state = to;
    this.keepOrderId(order, report);
    const reply = this.clientReports.about(order, report.execType, entry, orig, timeUs);
    if (event === ORDER_EVENT_REJECT) {
      this.state.count(COUNT_VENUE_REJECTS);
      reply.ordRejReason = report.ordRejReason;
    }
    this.clientReports.copyText(reply, report);
    this.state.outbox.publishReport();
    return APPLIED;
  }

  /** The venue has accepted the pending replace, perhaps with another quantity or price. */
  private replaced(order: Order, report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    const to = next(order.state, ORDER_EVENT_REPLACE);
    if (to === ILLEGAL || order.pending !== PENDING_REPLACE || !isAnswer(order, report)) return ILLEGAL_REPORT;
    const quantity = isQuantity(report.quantity) ? report.quantity : order.pendingQuantity;
    const price = report.priceE8 > 0 ? report.priceE8 : order.pendingPriceE8;
    if (!this.canHold(order, quantity > order.cumQty ? quantity : order.cumQty, price)) return ILLEGAL_REPORT;
    const previousId = order.currentId;
    order.currentId = order.pendingId;
    order.currentNumber = order.pendingNumber;
    clearPending(state, order);
    this.keepOrderId(order, report);
    this.setTerms(order, Math.max(quantity, order.cumQty), price);
    if (order.leavesQty === 0) closeOrder(state, order, FILLED);
    else order.state = to;
    const reply = this.clientReports.about(order, EXEC_REPLACED, order.currentId, previousId, timeUs);
    this.clientReports.copyText(reply, report);
    state.outbox.publishReport();
    return APPLIED;
  }

  /** The venue has changed the order unasked. */
  private restated(order: Order, report: ExecutionReport, timeUs: number): number {
    const to = next(order.state, ORDER_EVENT_RESTATE);
    const quantity = isQuantity(report.quantity) ? report.quantity : order.quantity;
    const price = report.priceE8 > 0 ? report.priceE8 : order.priceE8;
    if (to === ILLEGAL || quantity <= order.cumQty || !this.canHold(order, quantity, price)) return ILLEGAL_REPORT;
    order.state = to;
    this.setTerms(order, quantity, price);
    this.keepOrderId(order, report);
    const reply = this.clientReports.about(order, EXEC_RESTATED, order.currentId, NONE, timeUs);
    this.clientReports.copyText(reply, report);
    this.state.outbox.publishReport();
    return APPLIED;
  }

  /** Reports that change no terms: pending states and corrections are passed on, others are ignored. */
  private informed(order: Order, report: ExecutionReport, execType: number, timeUs: number): number {
    const state = this.state;
    if (execType === EXEC_STATUS) return APPLIED;
    if (execType === EXEC_PENDING_NEW) {
      if (order.state !== PENDING_NEW) return ILLEGAL_REPORT;
      this.keepOrderId(order, report);
      return APPLIED;
    }
    if (execType === EXEC_PENDING_CANCEL || execType === EXEC_PENDING_REPLACE) {
      const wanted = execType === EXEC_PENDING_CANCEL ? PENDING_CANCEL : PENDING_REPLACE;
      if (order.pending !== wanted || !isOpen(order.state)) return ILLEGAL_REPORT;
      this.clientReports.about(order, execType, order.pendingId, order.currentId, timeUs);
      state.outbox.publishReport();
      return APPLIED;
    }
    if (execType !== EXEC_TRADE_CORRECT) return UNSUPPORTED;
    // The corrected fill is not known here: the report is passed on, exposure stays.
    return this.fills.passOn(order, report, timeUs);
  }

  private cancelReject(order: Order, report: ExecutionReport, timeUs: number): number {
    if (!isAnswer(order, report)) return ILLEGAL_REPORT;
    this.refusePending(order, report, report.cxlRejReason, 0, timeUs);
    return APPLIED;
  }

  /** A request was not sent, or the venue refused the message: rejects a new order, refuses a cancel or replace. */
  private notTaken(order: Order, report: ExecutionReport, timeUs: number): number {
    if (isAnswer(order, report)) {
      this.refusePending(order, report, cxlRejReason(NOT_TAKEN), NOT_TAKEN, timeUs);
      return APPLIED;
    }
    if (order.state !== PENDING_NEW || report.number !== order.number) return ILLEGAL_REPORT;
    this.state.count(COUNT_VENUE_REJECTS);
    closeOrder(this.state, order, REJECTED);
    const reply = this.clientReports.about(order, EXEC_REJECTED, order.currentId, NONE, timeUs);
    reply.ordRejReason = ordRejReason(NOT_TAKEN);
    reply.reason = NOT_TAKEN;
    this.explain(reply, report, NOT_TAKEN);
    this.state.outbox.publishReport();
    return APPLIED;
  }

  private refusePending(order: Order, report: ExecutionReport, code: number, reason: number, timeUs: number): void {
    const state = this.state;
    const entry = order.pendingId;
    const pending = order.pending;
    state.count(COUNT_VENUE_REJECTS);
    clearPending(state, order);
    const reply = this.clientReports.aboutPending(order, pending, entry, timeUs);
    reply.cxlRejReason = code;
    reply.reason = reason;
    this.explain(reply, report, reason);
    state.outbox.publishReport();
  }

  /** Text of the venue, or our reason where it has none. */
  private explain(reply: ExecutionReport, report: ExecutionReport, reason: number): void {
    if (report.textLength > 0) this.clientReports.copyText(reply, report);
    else if (reason !== 0) this.noDetail.write(reply, reason);
  }

  private keepOrderId(order: Order, report: ExecutionReport): void {
    const length = report.orderIdLength;
    if (length > 0) this.state.orders.keepOrderId(order, report.views.ints, report.orderIdAt, length);
  }

  /** False when the account's open notional would not be exact with these terms in place of today's and the pending ones. */
  private canHold(order: Order, quantity: number, priceE8: number): boolean {
    const state = this.state;
    const more = state.risk.held(order.symbol, order.ordType, quantity - order.cumQty, priceE8);
    return state.accounts.canHold(order.account, order.side, more - order.reserved - order.pendingReserved);
  }

  /** Sets quantity and price of an open order, and the notional it reserves. */
  private setTerms(order: Order, quantity: number, priceE8: number): void {
    const state = this.state;
    order.quantity = quantity;
    order.priceE8 = priceE8;
    const held = state.risk.held(order.symbol, order.ordType, order.leavesQty, priceE8);
    state.accounts.reserve(order.account, order.side, held - order.reserved);
    order.reserved = held;
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

function isQuantity(value: number): boolean {
  return value > 0 && value <= MAX_QUANTITY && Math.floor(value) === value;
}
