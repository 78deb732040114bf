import { NO_PRICE } from "../base/units.ts";
import {
  EXEC_REJECTED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
} from "../record/codes.ts";
import {
  type ExecutionReport,
  REPORT_ACCOUNT_AT,
  REPORT_CL_ORD_ID_AT,
  REPORT_EXEC_ID_AT,
  REPORT_EXEC_REF_ID_AT,
  REPORT_ORDER_ID_AT,
  REPORT_ORIG_CL_ORD_ID_AT,
  REPORT_SYMBOL_AT,
  REPORT_TEXT_AT,
} from "../record/execution-report.ts";
import { execTransType, execTypeFor, ordStatusFor } from "./exec-translate.ts";
import * as tag from "./tags.ts";
import { FIX44, type FixVersion, NO_REASON } from "./version.ts";
import type { Writer } from "./write.ts";

/** MsgType of a report towards a client. */
export function reportType(report: ExecutionReport): number {
  return report.kind === REPORT_CANCEL_REJECT ? tag.ORDER_CANCEL_REJECT : tag.EXECUTION_REPORT;
}

/** Writes the body of ExecutionReport or OrderCancelReject towards a client of that version, ascending by tag. */
export function writeReport(writer: Writer, report: ExecutionReport, wallUs: number, version = FIX44): void {
  if (report.kind === REPORT_CANCEL_REJECT) writeCancelReject(writer, report, wallUs, version);
  else writeExecution(writer, report, wallUs, version);
}

function writeExecution(writer: Writer, report: ExecutionReport, wallUs: number, version: FixVersion): void {
  const execType = report.execType;
  const cumQty = report.cumQty;
  field(writer, tag.Account, report, REPORT_ACCOUNT_AT, report.accountLength);
  writer.decimalE8(tag.AvgPx, report.avgPxE8);
  field(writer, tag.ClOrdID, report, REPORT_CL_ORD_ID_AT, report.clOrdIdLength);
  writer.whole(tag.CumQty, cumQty);
  field(writer, tag.ExecID, report, REPORT_EXEC_ID_AT, report.execIdLength);
  field(writer, tag.ExecRefID, report, REPORT_EXEC_REF_ID_AT, report.execRefIdLength);
  if (version.hasExecTransType) writer.char(tag.ExecTransType, execTransType(execType));
  if (isTrade(execType) || report.execRefIdLength > 0 || version.needsLast) last(writer, report);
  field(writer, tag.OrderID, report, REPORT_ORDER_ID_AT, report.orderIdLength);
  writer.whole(tag.OrderQty, report.quantity);
  writer.char(tag.OrdStatus, ordStatusFor(version, execType, report.ordStatus, cumQty));
  if (report.ordType !== 0) writer.char(tag.OrdType, report.ordType);
  if (version.hasExecType) field(writer, tag.OrigClOrdID, report, REPORT_ORIG_CL_ORD_ID_AT, report.origClOrdIdLength);
  if (report.priceE8 !== NO_PRICE) writer.decimalE8(tag.Price, report.priceE8);
  writer.char(tag.Side, report.side);
  field(writer, tag.Symbol, report, REPORT_SYMBOL_AT, report.symbolLength);
  field(writer, tag.Text, report, REPORT_TEXT_AT, report.textLength);
  if (report.timeInForce !== 0) writer.char(tag.TimeInForce, report.timeInForce);
  writer.timestamp(tag.TransactTime, wallUs);
  if (execType === EXEC_REJECTED) reason(writer, tag.OrdRejReason, version.ordRejReasons[report.ordRejReason]!);
  if (!version.hasExecType) return;
  writer.char(tag.ExecType, execTypeFor(version, execType, report.ordStatus, cumQty, report.quantity));
  writer.whole(tag.LeavesQty, report.leavesQty);
}

/** LastPx and LastShares; versions that require them in every report get zeros where nothing traded. */
function last(writer: Writer, report: ExecutionReport): void {
  writer.decimalE8(tag.LastPx, report.lastPxE8 === NO_PRICE ? 0 : report.lastPxE8);
  writer.whole(tag.LastQty, report.lastQty);
}

function writeCancelReject(writer: Writer, report: ExecutionReport, wallUs: number, version: FixVersion): void {
  const isFull = version.hasCxlRejResponse;
  if (isFull) field(writer, tag.Account, report, REPORT_ACCOUNT_AT, report.accountLength);
  field(writer, tag.ClOrdID, report, REPORT_CL_ORD_ID_AT, report.clOrdIdLength);
  field(writer, tag.OrderID, report, REPORT_ORDER_ID_AT, report.orderIdLength);
  if (version.cancelRejectHasStatus) {
    writer.char(tag.OrdStatus, ordStatusFor(version, 0, report.ordStatus, report.cumQty));
    field(writer, tag.OrigClOrdID, report, REPORT_ORIG_CL_ORD_ID_AT, report.origClOrdIdLength);
  }
  field(writer, tag.Text, report, REPORT_TEXT_AT, report.textLength);
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
function field(writer: Writer, fieldTag: number, report: ExecutionReport, at: number, length: number): void {
  if (length > 0) writer.value(fieldTag, report.bytes, report.at + at, report.at + at + length);
}
