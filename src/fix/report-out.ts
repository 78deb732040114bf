import { NO_PRICE } from "../base/units.ts";
import { EXEC_REJECTED, EXEC_TRADE, REPORT_CANCEL_REJECT } from "../record/codes.ts";
import {
  type ExecutionReport,
  REPORT_ACCOUNT_AT,
  REPORT_CL_ORD_ID_AT,
  REPORT_EXEC_ID_AT,
  REPORT_ORDER_ID_AT,
  REPORT_ORIG_CL_ORD_ID_AT,
  REPORT_SYMBOL_AT,
  REPORT_TEXT_AT,
} from "../record/execution-report.ts";
import * as tag from "./tags.ts";
import type { Writer } from "./write.ts";

/** MsgType of a report towards a client. */
export function reportType(report: ExecutionReport): number {
  return report.kind === REPORT_CANCEL_REJECT ? tag.ORDER_CANCEL_REJECT : tag.EXECUTION_REPORT;
}

/** Writes the body of ExecutionReport or OrderCancelReject towards a client (FIX 4.4 Volume 4), ascending by tag. */
export function writeReport(writer: Writer, report: ExecutionReport, wallUs: number): void {
  if (report.kind === REPORT_CANCEL_REJECT) writeCancelReject(writer, report, wallUs);
  else writeExecution(writer, report, wallUs);
}

function writeExecution(writer: Writer, report: ExecutionReport, wallUs: number): void {
  const execType = report.execType;
  const trade = execType === EXEC_TRADE;
  field(writer, tag.Account, report, REPORT_ACCOUNT_AT, report.accountLength);
  writer.decimalE8(tag.AvgPx, report.avgPxE8);
  field(writer, tag.ClOrdID, report, REPORT_CL_ORD_ID_AT, report.clOrdIdLength);
  writer.whole(tag.CumQty, report.cumQty);
  field(writer, tag.ExecID, report, REPORT_EXEC_ID_AT, report.execIdLength);
  if (trade) {
    writer.decimalE8(tag.LastPx, report.lastPxE8);
    writer.whole(tag.LastQty, report.lastQty);
  }
  field(writer, tag.OrderID, report, REPORT_ORDER_ID_AT, report.orderIdLength);
  writer.whole(tag.OrderQty, report.quantity);
  writer.char(tag.OrdStatus, report.ordStatus);
  if (report.ordType !== 0) writer.char(tag.OrdType, report.ordType);
  field(writer, tag.OrigClOrdID, report, REPORT_ORIG_CL_ORD_ID_AT, report.origClOrdIdLength);
  if (report.priceE8 !== NO_PRICE) writer.decimalE8(tag.Price, report.priceE8);
  writer.char(tag.Side, report.side);
  field(writer, tag.Symbol, report, REPORT_SYMBOL_AT, report.symbolLength);
  field(writer, tag.Text, report, REPORT_TEXT_AT, report.textLength);
  if (report.timeInForce !== 0) writer.char(tag.TimeInForce, report.timeInForce);
  writer.timestamp(tag.TransactTime, wallUs);
  if (execType === EXEC_REJECTED) writer.int(tag.OrdRejReason, report.ordRejReason);
  writer.char(tag.ExecType, execType);
  writer.whole(tag.LeavesQty, report.leavesQty);
}

function writeCancelReject(writer: Writer, report: ExecutionReport, wallUs: number): void {
  field(writer, tag.Account, report, REPORT_ACCOUNT_AT, report.accountLength);
  field(writer, tag.ClOrdID, report, REPORT_CL_ORD_ID_AT, report.clOrdIdLength);
  field(writer, tag.OrderID, report, REPORT_ORDER_ID_AT, report.orderIdLength);
  writer.char(tag.OrdStatus, report.ordStatus);
  field(writer, tag.OrigClOrdID, report, REPORT_ORIG_CL_ORD_ID_AT, report.origClOrdIdLength);
  field(writer, tag.Text, report, REPORT_TEXT_AT, report.textLength);
  writer.timestamp(tag.TransactTime, wallUs);
  writer.int(tag.CxlRejReason, report.cxlRejReason);
  writer.char(tag.CxlRejResponseTo, report.cxlRejResponseTo);
}

/** A field copied from the record; left out when it is empty. */
function field(writer: Writer, fieldTag: number, report: ExecutionReport, at: number, length: number): void {
  if (length > 0) writer.value(fieldTag, report.bytes, report.at + at, report.at + at + length);
}
