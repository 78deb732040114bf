import { ascii } from "../base/ascii.ts";
import { copyId, putId } from "../base/id.ts";
import { NO_PRICE, NONE } from "../base/units.ts";
import {
  EXEC_REJECTED,
  EXEC_STATUS,
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REQUEST_REPLACE,
  RESPONSE_TO_CANCEL,
  RESPONSE_TO_REPLACE,
  STATED_AVG_PX,
  STATED_CUM_QTY,
  STATED_LEAVES_QTY,
  STATED_ORDER_QTY,
  STATED_PRICE,
  STATUS_REJECTED,
} from "../record/codes.ts";
import { type ExecutionReport, REPORT_TEXT_AT, REPORT_TEXT_BYTES } from "../record/execution-report.ts";
import type { OrderRequest } from "../record/order-request.ts";
import type { Decision } from "./decision.ts";
import { ordStatus, PENDING_REPLACE } from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import { averageE8 } from "./risk/money.ts";
import { ALREADY_PENDING } from "./risk/reason-codes.ts";
import { cxlRejReason, ordRejReason } from "./risk/reasons.ts";
import type { State } from "./state.ts";

/** OrderID (37) of an unknown order (FIX 4.4 Volume 4, OrderCancelReject). */
const NO_ORDER_ID = ascii("NONE");

/**
 * Reports to clients. OrderID (37) is the order's first number, ExecID (17) a counter, both as decimal text: unique for
 * the life of the journal, and the same in every replay.
 */
export class ClientReports {
  constructor(private readonly state: State) {}

  /**
   * Claims an ExecutionReport about the order as it stands now, under the ClOrdID of `entry` (11) and, unless NONE, of
   * `orig` (41). The caller adds what its event brought, and publishes it.
   */
  about(order: Order, execType: number, entry: number, orig: number, timeUs: number): ExecutionReport {
    const state = this.state;
    const report = state.outbox.claimReport(order.session);
    report.kind = REPORT_EXECUTION;
    report.execType = execType;
    report.ordStatus = ordStatus(order.state, order.pending, order.told);
    report.side = order.side;
    report.ordType = order.ordType;
    report.timeInForce = order.timeInForce;
    report.lastPxE8 = NO_PRICE;
    report.cumQty = order.cumQty;
    report.leavesQty = order.leavesQty;
    report.quantity = order.quantity;
    report.priceE8 = order.priceE8;
    report.avgPxE8 = averageOf(order);
    report.number = order.number;
    report.transactUs = timeUs;
    report.slot = order.slot;
    report.orderIdLength = order.copyNumber(report.views, report.orderIdAt);
    this.putExecId(report);
    this.ids(report, entry, orig);
    this.parties(order, report);
    return report;
  }

  /**
   * The same of a venue's report: with what that says, in the order's own words where it says nothing. The totals that the venue
   * says are in the order already, unless they can't be held there.
   */
  said(
    order: Order,
    report: ExecutionReport,
    execType: number,
    entry: number,
    orig: number,
    timeUs: number,
  ): ExecutionReport {
    const reply = this.about(order, execType, entry, orig, timeUs);
    const stated = report.stated;
    if (report.ordStatus !== 0) reply.ordStatus = report.ordStatus;
    if (report.side !== 0) reply.side = report.side;
    if (report.ordType !== 0) reply.ordType = report.ordType;
    if (report.timeInForce !== 0) reply.timeInForce = report.timeInForce;
    if ((stated & STATED_ORDER_QTY) !== 0) reply.quantity = report.quantity;
    if ((stated & STATED_PRICE) !== 0) reply.priceE8 = report.priceE8;
    if ((stated & STATED_CUM_QTY) !== 0) reply.cumQty = report.cumQty;
    if ((stated & STATED_LEAVES_QTY) !== 0) reply.leavesQty = report.leavesQty;
    // Also 0 beside executions, as venues without an average say: the books have their own.
    if ((stated & STATED_AVG_PX) !== 0) reply.avgPxE8 = report.avgPxE8;
    reply.lastQty = report.lastQty;
    reply.lastPxE8 = report.lastPxE8;
    reply.words = report.words;
    reply.ordRejReason = report.ordRejReason;
    this.copyWords(report, reply);
    return reply;
  }

  /** Time, symbol, account and Text of a venue's report, as far as it has them. */
  copyWords(report: ExecutionReport, reply: ExecutionReport): void {
    const to = reply.views.ints;
    const from = report.views.ints;
    if (report.transactDigits !== 0) {
      reply.transactUs = report.transactUs;
      reply.transactDigits = report.transactDigits;
    }
    if (report.symbolLength > 0) {
      reply.symbolLength = report.symbolLength;
      copyId(to, reply.symbolAt, from, report.symbolAt, report.symbolLength);
    }
    if (report.accountLength > 0) {
      reply.accountLength = report.accountLength;
      copyId(to, reply.accountAt, from, report.accountAt, report.accountLength);
    }
    this.copyText(reply, report);
  }

  /** Claims an OrderCancelReject about the order's pending request. The caller adds reason and text, and publishes it. */
  aboutPending(order: Order, pending: number, entry: number, timeUs: number): ExecutionReport {
    const state = this.state;
    const report = state.outbox.claimReport(order.session);
    report.kind = REPORT_CANCEL_REJECT;
    report.ordStatus = ordStatus(order.state, order.pending, order.told);
    report.cxlRejResponseTo = pending === PENDING_REPLACE ? RESPONSE_TO_REPLACE : RESPONSE_TO_CANCEL;
    report.number = order.number;
    report.transactUs = timeUs;
    report.slot = order.slot;
    report.orderIdLength = order.copyNumber(report.views, report.orderIdAt);
    this.ids(report, entry, order.currentId);
    this.parties(order, report);
    return report;
  }

  /** Refuses the new order that has got the last number. */
  refuseOrder(request: OrderRequest, decision: Decision, timeUs: number): void {
    const report = this.aboutRequest(request, EXEC_REJECTED, timeUs);
    report.number = this.state.number.value;
    report.slot = decision.slot;
    const numbers = this.state.number;
    numbers.copy(report.views.ints, report.orderIdAt);
    report.orderIdLength = numbers.length;
    this.refused(report, decision);
  }

  /** Answers a status request for an order that is not known. */
  refuseStatus(request: OrderRequest, decision: Decision, timeUs: number): void {
    const report = this.aboutRequest(request, EXEC_STATUS, timeUs);
    this.noOrderId(report);
    this.refused(report, decision);
  }

  /** Refuses a cancel or replace; `order` is the one it was about, or null when there is none. */
  refuseChange(request: OrderRequest, decision: Decision, order: Order | null, timeUs: number): void {
    const state = this.state;
    const reason = decision.reason;
    const report = state.outbox.claimReport(request.session);
    report.kind = REPORT_CANCEL_REJECT;
    report.cxlRejResponseTo = request.kind === REQUEST_REPLACE ? RESPONSE_TO_REPLACE : RESPONSE_TO_CANCEL;
    report.cxlRejReason = cxlRejReason(reason);
    report.reason = reason;
    report.transactUs = timeUs;
    this.clOrdIdOf(request, report);
    // OrigClOrdID is the order's last accepted one, where the request names the pending one instead (order state matrix D.2.c).
    if (order !== null && reason === ALREADY_PENDING) this.origOf(report, order.currentId);
    else this.origFrom(request, report);
    if (order === null) {
      report.ordStatus = STATUS_REJECTED;
      this.noOrderId(report);
      this.partiesOf(request, report);
    } else {
      report.ordStatus = ordStatus(order.state, order.pending, order.told);
      report.number = order.number;
      report.slot = order.slot;
      report.orderIdLength = order.copyNumber(report.views, report.orderIdAt);
      this.parties(order, report);
    }
    decision.detail.write(report, reason);
    state.outbox.publishReport();
  }

  /** Copies the Text of a venue's report. */
  copyText(to: ExecutionReport, from: ExecutionReport): void {
    const length = from.textLength;
    if (length === 0) return;
    to.textLength = length > REPORT_TEXT_BYTES ? REPORT_TEXT_BYTES : length;
    const target = (to.at + REPORT_TEXT_AT) >> 2;
    const source = (from.at + REPORT_TEXT_AT) >> 2;
    for (let i = 0; i < REPORT_TEXT_BYTES >> 2; i++) to.views.ints[target + i] = from.views.ints[source + i]!;
  }

  /** ClOrdID by its entry, and OrigClOrdID unless `orig` is NONE. */
  private ids(report: ExecutionReport, entry: number, orig: number): void {
    const ids = this.state.orders.ids;
    const ints = report.views.ints;
    const length = ids.lengthOf(entry);
    report.clOrdIdLength = length;
    ids.copy(entry, ints, report.clOrdIdAt, length);
    if (orig !== NONE) this.origOf(report, orig);
  }

  private origOf(report: ExecutionReport, entry: number): void {
    const ids = this.state.orders.ids;
    const length = ids.lengthOf(entry);
    report.origClOrdIdLength = length;
    ids.copy(entry, report.views.ints, report.origClOrdIdAt, length);
  }

  private origFrom(request: OrderRequest, report: ExecutionReport): void {
    const length = request.origClOrdIdLength;
    report.origClOrdIdLength = length;
    copyId(report.views.ints, report.origClOrdIdAt, request.views.ints, request.origClOrdIdAt, length);
  }

  private clOrdIdOf(request: OrderRequest, report: ExecutionReport): void {
    const length = request.clOrdIdLength;
    report.clOrdIdLength = length;
    copyId(report.views.ints, report.clOrdIdAt, request.views.ints, request.clOrdIdAt, length);
  }

  /** Symbol and account by the order's own; an order refused for naming none of ours has none here. */
  private parties(order: Order, report: ExecutionReport): void {
    const state = this.state;
    const doubles = report.views.doubles;
    const symbol = order.symbol;
    const account = order.account;
    if (symbol !== NONE) {
      report.symbolLength = state.symbolNames.lengthOf(symbol);
      state.symbolNames.copy(symbol, doubles, report.symbolAt);
    }
    if (account === NONE) return;
    report.accountLength = state.accountNames.lengthOf(account);
    state.accountNames.copy(account, doubles, report.accountAt);
  }

  /** Symbol and account as the request has them. */
  partiesOf(request: OrderRequest, report: ExecutionReport): void {
    const to = report.views.ints;
    const from = request.views.ints;
    const symbolLength = request.symbolLength;
    report.symbolLength = symbolLength;
    copyId(to, report.symbolAt, from, request.symbolAt, symbolLength);
    const accountLength = request.accountLength;
    report.accountLength = accountLength;
    copyId(to, report.accountAt, from, request.accountAt, accountLength);
  }

  private aboutRequest(request: OrderRequest, execType: number, timeUs: number): ExecutionReport {
    const state = this.state;
    const report = state.outbox.claimReport(request.session);
    report.kind = REPORT_EXECUTION;
    report.execType = execType;
    report.ordStatus = STATUS_REJECTED;
    report.side = request.side;
    report.ordType = request.ordType;
    report.timeInForce = request.timeInForce;
    report.lastPxE8 = NO_PRICE;
    report.quantity = request.quantity;
    report.priceE8 = request.priceE8;
    report.transactUs = timeUs;
    report.slot = NONE;
    this.putExecId(report);
    this.clOrdIdOf(request, report);
    this.partiesOf(request, report);
    return report;
  }

  private refused(report: ExecutionReport, decision: Decision): void {
    const reason = decision.reason;
    report.ordRejReason = ordRejReason(reason);
    report.reason = reason;
    decision.detail.write(report, reason);
    this.state.outbox.publishReport();
  }

  private putExecId(report: ExecutionReport): void {
    const execution = this.state.execution;
    execution.turnTo(execution.value + 1);
    execution.copy(report.views.ints, report.execIdAt);
    report.execIdLength = execution.length;
  }

  private noOrderId(report: ExecutionReport): void {
    putId(report.views, report.orderIdAt, NO_ORDER_ID, 0, NO_ORDER_ID.length);
    report.orderIdLength = NO_ORDER_ID.length;
  }
}

/** AvgPx of what is executed; 0 without executions, and where it is beyond any price. */
function averageOf(order: Order): number {
  const average = averageE8(order.cumWhole, order.cumRest, order.cumQty);
  return Math.abs(average) < Number.MAX_SAFE_INTEGER ? average : 0;
}
