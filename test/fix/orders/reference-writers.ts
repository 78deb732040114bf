import { NO_PRICE } from "../../../src/base/units.ts";
import { execTransType, execTypeFor, ordStatusFor } from "../../../src/fix/orders/exec-type.ts";
import type { VenueId } from "../../../src/fix/orders/venue-id.ts";
import * as tag from "../../../src/fix/wire/tags.ts";
import { type FixVersion, NO_REASON } from "../../../src/fix/wire/version.ts";
import type { Writer } from "../../../src/fix/wire/write.ts";
import {
  EXEC_REJECTED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
  REQUEST_CANCEL,
  REQUEST_NEW,
} from "../../../src/record/codes.ts";
import * as reports from "../../../src/record/execution-report.ts";
import * as requests from "../../../src/record/order-request.ts";

// How reports and requests are written, field by field and byte by byte: what the codec's messages are compared with.

/** CxlType (125) of a cancel of all that is left. */
const FULL_CANCEL = "F".charCodeAt(0);
const AUTOMATED = "1".charCodeAt(0);

/** Writes the body of ExecutionReport or OrderCancelReject towards a client of that version, ascending by tag. */
export function writeReport(
  writer: Writer,
  report: reports.ExecutionReport,
  wallUs: number,
  version: FixVersion,
): void {
  if (report.kind === REPORT_CANCEL_REJECT) writeCancelReject(writer, report, wallUs, version);
  else writeExecution(writer, report, wallUs, version);
}

function writeExecution(writer: Writer, report: reports.ExecutionReport, wallUs: number, version: FixVersion): void {
  const { execType, cumQty } = report;
  field(writer, tag.Account, report, reports.REPORT_ACCOUNT_AT, report.accountLength);
  writer.decimalE8(tag.AvgPx, report.avgPxE8);
  field(writer, tag.ClOrdID, report, reports.REPORT_CL_ORD_ID_AT, report.clOrdIdLength);
  writer.whole(tag.CumQty, cumQty);
  field(writer, tag.ExecID, report, reports.REPORT_EXEC_ID_AT, report.execIdLength);
  field(writer, tag.ExecRefID, report, reports.REPORT_EXEC_REF_ID_AT, report.execRefIdLength);
  if (version.hasExecTransType) writer.char(tag.ExecTransType, execTransType(execType));
  if (isTrade(execType) || report.execRefIdLength > 0 || version.needsLast) last(writer, report);
  field(writer, tag.OrderID, report, reports.REPORT_ORDER_ID_AT, report.orderIdLength);
  writer.whole(tag.OrderQty, report.quantity);
  writer.char(tag.OrdStatus, ordStatusFor(version, execType, report.ordStatus, cumQty));
  if (report.ordType !== 0) writer.char(tag.OrdType, report.ordType);
  if (version.hasExecType)
    field(writer, tag.OrigClOrdID, report, reports.REPORT_ORIG_CL_ORD_ID_AT, report.origClOrdIdLength);
  if (report.priceE8 !== NO_PRICE) writer.decimalE8(tag.Price, report.priceE8);
  writer.char(tag.Side, report.side);
  field(writer, tag.Symbol, report, reports.REPORT_SYMBOL_AT, report.symbolLength);
  field(writer, tag.Text, report, reports.REPORT_TEXT_AT, report.textLength);
  if (report.timeInForce !== 0) writer.char(tag.TimeInForce, report.timeInForce);
  writer.timestamp(tag.TransactTime, wallUs);
  if (execType === EXEC_REJECTED) reason(writer, tag.OrdRejReason, version.ordRejReasons[report.ordRejReason]!);
  if (!version.hasExecType) return;
  writer.char(tag.ExecType, execTypeFor(version, execType, report.ordStatus, cumQty, report.quantity));
  writer.whole(tag.LeavesQty, report.leavesQty);
}

/** LastPx and LastShares; versions that require them in every report get zeros where nothing traded. */
function last(writer: Writer, report: reports.ExecutionReport): void {
  writer.decimalE8(tag.LastPx, report.lastPxE8 === NO_PRICE ? 0 : report.lastPxE8);
  writer.whole(tag.LastQty, report.lastQty);
}

function writeCancelReject(writer: Writer, report: reports.ExecutionReport, wallUs: number, version: FixVersion): void {
  const isFull = version.hasCxlRejResponse;
  if (isFull) field(writer, tag.Account, report, reports.REPORT_ACCOUNT_AT, report.accountLength);
  field(writer, tag.ClOrdID, report, reports.REPORT_CL_ORD_ID_AT, report.clOrdIdLength);
  field(writer, tag.OrderID, report, reports.REPORT_ORDER_ID_AT, report.orderIdLength);
  if (version.cancelRejectHasStatus) {
    writer.char(tag.OrdStatus, ordStatusFor(version, 0, report.ordStatus, report.cumQty));
    field(writer, tag.OrigClOrdID, report, reports.REPORT_ORIG_CL_ORD_ID_AT, report.origClOrdIdLength);
  }
  field(writer, tag.Text, report, reports.REPORT_TEXT_AT, report.textLength);
  if (isFull) writer.timestamp(tag.TransactTime, wallUs);
  reason(writer, tag.CxlRejReason, version.cxlRejReasons[report.cxlRejReason]!);
  if (isFull) writer.char(tag.CxlRejResponseTo, report.cxlRejResponseTo);
}

function reason(writer: Writer, reasonTag: number, value: number): void {
  if (value !== NO_REASON) writer.int(reasonTag, value);
}

/** A trade, or one that is taken back or corrected. */
function isTrade(execType: number): boolean {
  return execType === EXEC_TRADE || execType === EXEC_TRADE_CANCEL || execType === EXEC_TRADE_CORRECT;
}

/** A field copied from the record; left out when it is empty. */
function field(
  writer: Writer,
  fieldTag: number,
  record: reports.ExecutionReport | requests.OrderRequest,
  at: number,
  length: number,
): void {
  if (length > 0) writer.value(fieldTag, record.bytes, record.at + at, record.at + at + length);
}

/** Writes the body of NewOrderSingle, OrderCancelRequest or OrderCancelReplaceRequest towards a venue of that version. */
export function writeRequest(
  writer: Writer,
  request: requests.OrderRequest,
  ids: VenueId,
  wallUs: number,
  version: FixVersion,
): void {
  const isCancel = request.kind === REQUEST_CANCEL;
  field(writer, tag.Account, request, requests.REQUEST_ACCOUNT_AT, request.accountLength);
  writer.tag(tag.ClOrdID);
  writer.endField(ids.put(writer.bytes, writer.at, request.number, request.slot));
  if (!isCancel) writer.char(tag.HandlInst, AUTOMATED);
  field(writer, tag.OrderID, request, requests.REQUEST_ORDER_ID_AT, request.orderIdLength);
  writer.whole(tag.OrderQty, request.quantity);
  if (!isCancel) writer.char(tag.OrdType, request.ordType);
  if (request.kind !== REQUEST_NEW) {
    writer.tag(tag.OrigClOrdID);
    writer.endField(ids.put(writer.bytes, writer.at, request.origNumber, request.slot));
  }
  if (!isCancel && request.priceE8 !== NO_PRICE) writer.decimalE8(tag.Price, request.priceE8);
  writer.char(tag.Side, request.side);
  const symbolAt = request.at + requests.REQUEST_SYMBOL_AT;
  writer.value(tag.Symbol, request.bytes, symbolAt, symbolAt + request.symbolLength);
  if (!isCancel) writer.char(tag.TimeInForce, request.timeInForce);
  if (version.hasTransactTime) writer.timestamp(tag.TransactTime, wallUs);
  if (isCancel && version.hasCxlType) writer.char(tag.CxlType, FULL_CANCEL);
}
