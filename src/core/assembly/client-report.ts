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
  TYPE_STOP,
} from "../../record/codes.ts";
import { ExecutionReport, REPORT_TEXT_BYTES } from "../../record/assembly/execution-report.ts";
import { copyId } from "../../record/assembly/ids.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { PENDING_REPLACE } from "../orders/states.ts";
import { ALREADY_PENDING } from "../risk/reason-codes.ts";
import { double } from "./area.ts";
import { NONE } from "./codes.ts";
import { copyCounter, lengthOfCounter, turnTo } from "./decimal.ts";
import * as decision from "./decision.ts";
import { cxlRejReason, ordRejReason, writeReason } from "./detail.ts";
import { copyEntry, lengthOfId } from "./ids.ts";
import { EXECUTION, EXECUTION_DIGITS, NUMBER, NUMBER_DIGITS } from "./layout.ts";
import { ordStatus } from "./life-cycle.ts";
import { averageE8, isWorth } from "./money.ts";
import { accountNames, symbolNames } from "./names.ts";
import { Order } from "./order.ts";
import { claimReport, publishReport } from "./outbox.ts";

/** OrderQty of an order whose client said one that can't be held: the reports have none. */
export const NO_ORDER_QTY: i64 = -1;

// Reports to clients. OrderID (37) is the order's first number, ExecID (17) a counter, both as decimal text: unique for
// the life of the journal, and the same in every replay.

/**
 * Claims an ExecutionReport about the order as it stands now, under the ClOrdID of `entry` (11) and, unless NONE, of
 * `orig` (41). The caller adds what its event brought, and publishes it.
 */
export function about(order: Order, execType: i32, entry: i32, orig: i32, timeUs: f64): ExecutionReport {
  const report = withoutAverage(order, execType, entry, orig, timeUs);
  const average = averageE8(order.worthHigh, order.worthLow, order.cumQty);
  // 0 without executions, and where it is not held or beyond any price: FIX before 5.0 requires the field.
  report.avgPxE8 = average === NO_PRICE ? 0 : average;
  return report;
}

function withoutAverage(order: Order, execType: i32, entry: i32, orig: i32, timeUs: f64): ExecutionReport {
  const report = claimReport(order.session);
  report.kind = REPORT_EXECUTION;
  report.execType = execType;
  report.ordStatus = ordStatus(order.state, order.pending, order.told);
  report.side = order.side;
  report.ordType = order.ordType;
  report.timeInForce = order.timeInForce;
  report.lastPxE8 = NO_PRICE;
  report.cumQty = order.cumQty;
  report.leavesQty = order.leavesQty;
  // 0: it was refused for its quantity.
  report.quantity = order.quantity > 0 ? order.quantity : NO_ORDER_QTY;
  report.priceE8 = order.ordType === TYPE_STOP ? NO_PRICE : order.priceE8;
  report.number = order.number;
  report.transactUs = timeUs;
  report.slot = order.slot;
  putOrderId(order, report);
  putExecId(report);
  putIds(report, entry, orig);
  parties(order, report);
  return report;
}

/**
 * The same of a venue's report: with what that says, in the order's own words where it says nothing. The totals that the venue
 * says are in the order already, unless they can't be held there.
 */
export function said(
  order: Order,
  report: ExecutionReport,
  execType: i32,
  entry: i32,
  orig: i32,
  timeUs: f64,
): ExecutionReport {
  const stated = report.stated;
  // Also 0 beside executions, as venues without an average say: the books have their own.
  const isAverage = (stated & STATED_AVG_PX) !== 0;
  const isLast = isWorth(order.worthHigh, order.worthLow, order.cumQty, report.lastPxE8);
  const reply =
    isAverage || isLast
      ? withoutAverage(order, execType, entry, orig, timeUs)
      : about(order, execType, entry, orig, timeUs);
  if (isAverage) reply.avgPxE8 = report.avgPxE8;
  else if (isLast && order.cumQty !== 0) reply.avgPxE8 = report.lastPxE8;
  if (report.ordStatus !== 0) reply.ordStatus = report.ordStatus;
  if (report.side !== 0) reply.side = report.side;
  if (report.ordType !== 0) reply.ordType = report.ordType;
  if (report.timeInForce !== 0) reply.timeInForce = report.timeInForce;
  if ((stated & STATED_ORDER_QTY) !== 0) reply.quantity = report.quantity;
  if ((stated & STATED_PRICE) !== 0) reply.priceE8 = report.priceE8;
  if ((stated & STATED_CUM_QTY) !== 0) reply.cumQty = report.cumQty;
  if ((stated & STATED_LEAVES_QTY) !== 0) reply.leavesQty = report.leavesQty;
  reply.lastQty = report.lastQty;
  reply.lastPxE8 = report.lastPxE8;
  reply.words = report.words;
  reply.ordRejReason = report.ordRejReason;
  copyWords(report, reply);
  return reply;
}

/** Time, symbol, account and Text of a venue's report, as far as it has them. */
export function copyWords(report: ExecutionReport, reply: ExecutionReport): void {
  if (report.transactDigits !== 0) {
    reply.transactUs = report.transactUs;
    reply.transactDigits = report.transactDigits;
  }
  const symbolLength = report.symbolLength;
  if (symbolLength > 0) {
    reply.symbolLength = symbolLength;
    copyId(reply.symbolAt, report.symbolAt, symbolLength);
  }
  const accountLength = report.accountLength;
  if (accountLength > 0) {
    reply.accountLength = accountLength;
    copyId(reply.accountAt, report.accountAt, accountLength);
  }
  copyText(reply, report);
}

/** Claims an OrderCancelReject about the order's pending request. The caller adds reason and text, and publishes it. */
export function aboutPending(order: Order, pending: i32, entry: i32, timeUs: f64): ExecutionReport {
  const report = claimReport(order.session);
  report.kind = REPORT_CANCEL_REJECT;
  report.ordStatus = ordStatus(order.state, order.pending, order.told);
  report.cxlRejResponseTo = pending === PENDING_REPLACE ? RESPONSE_TO_REPLACE : RESPONSE_TO_CANCEL;
  report.number = order.number;
  report.transactUs = timeUs;
  report.slot = order.slot;
  putOrderId(order, report);
  putIds(report, entry, order.currentId);
  parties(order, report);
  return report;
}

/** Refuses the new order that has got the last number. */
export function refuseOrder(request: OrderRequest, timeUs: f64): void {
  const report = aboutRequest(request, EXEC_REJECTED, timeUs);
  report.number = double(NUMBER);
  report.slot = decision.slot;
  report.orderIdLength = lengthOfCounter(NUMBER_DIGITS);
  copyCounter(NUMBER_DIGITS, report.orderIdAt);
  refused(report);
}

/** Answers a status request for an order that is not known. */
export function refuseStatus(request: OrderRequest, timeUs: f64): void {
  const report = aboutRequest(request, EXEC_STATUS, timeUs);
  noOrderId(report);
  refused(report);
}

/** Refuses a cancel or replace; `order` is the one it was about, or null when there is none. */
export function refuseChange(request: OrderRequest, order: Order | null, timeUs: f64): void {
  const reason = decision.reason;
  const report = claimReport(request.session);
  report.kind = REPORT_CANCEL_REJECT;
  report.cxlRejResponseTo = request.kind === REQUEST_REPLACE ? RESPONSE_TO_REPLACE : RESPONSE_TO_CANCEL;
  report.cxlRejReason = cxlRejReason(reason);
  report.reason = reason;
  report.transactUs = timeUs;
  clOrdIdOf(request, report);
  // OrigClOrdID is the order's last accepted one, where the request names the pending one instead (order state matrix D.2.c).
  if (order !== null && reason === ALREADY_PENDING) putOrig(report, order.currentId);
  else origFrom(request, report);
  if (order === null) {
    report.ordStatus = STATUS_REJECTED;
    noOrderId(report);
    partiesOf(request, report);
  } else {
    report.ordStatus = ordStatus(order.state, order.pending, order.told);
    report.number = order.number;
    report.slot = order.slot;
    putOrderId(order, report);
    parties(order, report);
  }
  writeReason(report, reason);
  publishReport();
}

/** Copies the Text of a venue's report. */
export function copyText(to: ExecutionReport, from: ExecutionReport): void {
  const length = from.textLength;
  if (length === 0) return;
  to.textLength = length > REPORT_TEXT_BYTES ? REPORT_TEXT_BYTES : length;
  memory.copy(to.textAt, from.textAt, REPORT_TEXT_BYTES);
}

/** ClOrdID by its entry, and OrigClOrdID unless `orig` is NONE. */
function putIds(report: ExecutionReport, entry: i32, orig: i32): void {
  const length = lengthOfId(entry);
  report.clOrdIdLength = length;
  copyEntry(entry, report.clOrdIdAt, length);
  if (orig !== NONE) putOrig(report, orig);
}

function putOrig(report: ExecutionReport, entry: i32): void {
  const length = lengthOfId(entry);
  report.origClOrdIdLength = length;
  copyEntry(entry, report.origClOrdIdAt, length);
}

function origFrom(request: OrderRequest, report: ExecutionReport): void {
  const length = request.origClOrdIdLength;
  report.origClOrdIdLength = length;
  copyId(report.origClOrdIdAt, request.origClOrdIdAt, length);
}

function clOrdIdOf(request: OrderRequest, report: ExecutionReport): void {
  const length = request.clOrdIdLength;
  report.clOrdIdLength = length;
  copyId(report.clOrdIdAt, request.clOrdIdAt, length);
}

/** Symbol and account by the order's own; an order refused for naming none of ours has none here. */
function parties(order: Order, report: ExecutionReport): void {
  const symbol = order.symbol;
  const account = order.account;
  if (symbol !== NONE) {
    const names = symbolNames();
    report.symbolLength = names.lengthOf(symbol);
    names.copy(symbol, report.symbolAt);
  }
  if (account === NONE) return;
  const names = accountNames();
  report.accountLength = names.lengthOf(account);
  names.copy(account, report.accountAt);
}

/** Symbol and account as the request has them. */
export function partiesOf(request: OrderRequest, report: ExecutionReport): void {
  const symbolLength = request.symbolLength;
  report.symbolLength = symbolLength;
  copyId(report.symbolAt, request.symbolAt, symbolLength);
  const accountLength = request.accountLength;
  report.accountLength = accountLength;
  copyId(report.accountAt, request.accountAt, accountLength);
}

/** OrderQty of a request; one that is not held is none. */
function quantityOf(request: OrderRequest): i64 {
  return request.unheldTag !== 0 && request.quantity === 0 ? NO_ORDER_QTY : request.quantity;
}

function aboutRequest(request: OrderRequest, execType: i32, timeUs: f64): ExecutionReport {
  const report = claimReport(request.session);
  report.kind = REPORT_EXECUTION;
  report.execType = execType;
  report.ordStatus = STATUS_REJECTED;
  report.side = request.side;
  report.ordType = request.ordType;
  report.timeInForce = request.timeInForce;
  report.lastPxE8 = NO_PRICE;
  report.quantity = quantityOf(request);
  report.priceE8 = request.priceE8;
  report.transactUs = timeUs;
  report.slot = NONE;
  putExecId(report);
  clOrdIdOf(request, report);
  partiesOf(request, report);
  return report;
}

function refused(report: ExecutionReport): void {
  const reason = decision.reason;
  report.ordRejReason = ordRejReason(reason);
  report.reason = reason;
  writeReason(report, reason);
  publishReport();
}

function putOrderId(order: Order, report: ExecutionReport): void {
  report.orderIdLength = 0;
  report.orderIdLength = order.copyNumber(report.orderIdAt);
}

/** Gives the report the next ExecID. */
export function putExecId(report: ExecutionReport): void {
  turnTo(EXECUTION, EXECUTION_DIGITS, double(EXECUTION) + 1);
  report.execIdLength = lengthOfCounter(EXECUTION_DIGITS);
  copyCounter(EXECUTION_DIGITS, report.execIdAt);
}

/** OrderID (37) of an unknown order: NONE (FIX 4.4 Volume 4, OrderCancelReject). */
export function noOrderId(report: ExecutionReport): void {
  report.orderIdLength = 4;
  const at = report.orderIdAt;
  v128.store(at, i64x2.splat(0));
  v128.store(at, i64x2.splat(0), 16);
  store<u32>(at, 0x45_4e_4f_4e);
}
