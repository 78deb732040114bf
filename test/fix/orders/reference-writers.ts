import { ascii } from "../../../src/base/ascii.ts";
import { decimalText } from "../../../src/base/decimal.ts";
import { NO_PRICE } from "../../../src/base/units.ts";
import { execTransType, execTypeFor, ordStatusFor } from "../../../src/fix/orders/exec-type.ts";
import type { VenueId } from "../../../src/fix/orders/venue-id.ts";
import * as tag from "../../../src/fix/wire/tags.ts";
import { type FixVersion, NO_REASON } from "../../../src/fix/wire/version.ts";
import type { Writer } from "../../../src/fix/wire/write.ts";
import {
  EXEC_CANCELED,
  EXEC_REJECTED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
  REQUEST_CANCEL,
  REQUEST_NEW,
} from "../../../src/record/codes.ts";
import type * as reports from "../../../src/record/execution-report.ts";
import { EXECUTION_REPORT } from "../../../src/record/layout/execution-report.ts";
import { ORDER_REQUEST } from "../../../src/record/layout/order-request.ts";
import type { RecordTable, Row } from "../../../src/record/layout/row.ts";
import type * as requests from "../../../src/record/order-request.ts";
import { type AnyRecord, isSized } from "../../record/tables.ts";
import { fieldsOf } from "./fields-of.ts";

// How reports and requests are written, field by field and byte by byte: what the codec's messages are compared with.

/** CxlType (125) of a cancel of all that is left. */
const FULL_CANCEL = "F".charCodeAt(0);
const AUTOMATED = "1".charCodeAt(0);

/** ExecRestatementReason (378) by our reason of a cancel: connection lost, logout, self-match prevention. */
const RESTATEMENTS: Readonly<Record<number, number>> = { 217: 12, 218: 13, 236: 19 };

/**
 * Writes the body of ExecutionReport or OrderCancelReject towards a client of that version, ascending by tag. `isWhole`: the caller adds
 * no fields.
 */
export function writeReport(
  writer: Writer,
  report: reports.ExecutionReport,
  wallUs: number,
  version: FixVersion,
  isWhole = true,
): void {
  if (report.kind === REPORT_CANCEL_REJECT) writeCancelReject(writer, report, wallUs, version);
  else {
    writeExecution(writer, report, wallUs, version);
    const said = RESTATEMENTS[report.reason % 256];
    const isCanceled = report.execType === EXEC_CANCELED;
    if (isWhole && isCanceled && said !== undefined && version.name === "FIX.5.0SP2") writer.int(378, said);
  }
}

function eraOf(version: FixVersion): number {
  return !version.hasExecTransType ? 2 : version.hasExecType ? 1 : 0;
}

function writeExecution(writer: Writer, report: reports.ExecutionReport, wallUs: number, version: FixVersion): void {
  const { execType, cumQty, words } = report;
  const isExecuted = cumQty > 0n;
  const has = fieldsOf(version.name, "8");
  // As the venue said it, where its version was like this one: 4.0, 4.1 and 4.2, later ones.
  const type = words % 128;
  const isLike = eraOf(version) === (type === 1 ? 0 : type >= 48 && type <= 96 ? 1 : 2);
  const isReplaced = words >= 128 && isLike && has.saysReplaced;
  const wasSaid = !isLike ? 0 : type > 96 ? type - 48 : type >= 48 ? type : 0;
  const rows = (above: number, below: number): void =>
    writeRows(writer, EXECUTION_REPORT, report, "8", version, above, below, wallUs);
  rows(0, tag.ExecTransType);
  if (version.hasExecTransType) writer.char(tag.ExecTransType, execTransType(execType));
  rows(tag.ExecTransType, tag.LastPx);
  if (isTrade(execType) || report.execRefIdLength > 0 || version.needsLast) last(writer, report, version);
  rows(tag.LastQty, tag.OrdStatus);
  writer.char(tag.OrdStatus, isReplaced ? 53 : ordStatusFor(version, execType, report.ordStatus, isExecuted));
  rows(tag.OrdStatus, tag.OrdRejReason);
  if (execType === EXEC_REJECTED) reason(writer, tag.OrdRejReason, has.ordRejReasons[report.ordRejReason]!);
  rows(tag.OrdRejReason, tag.ExecType);
  if (version.hasExecType && wasSaid !== 0 && has.saysType(wasSaid)) writer.char(tag.ExecType, wasSaid);
  else if (version.hasExecType)
    writer.char(tag.ExecType, execTypeFor(version, execType, report.ordStatus, isExecuted, cumQty >= report.quantity));
  rows(tag.ExecType, Number.POSITIVE_INFINITY);
}

/** The fields of one message that its table has written by their types, of tags between two. */
function writeRows(
  writer: Writer,
  table: RecordTable,
  record: reports.ExecutionReport | requests.OrderRequest,
  type: string,
  version: FixVersion,
  above: number,
  below: number,
  wallUs: number,
): void {
  const has = fieldsOf(version.name, type);
  const rows = table.rows.filter(({ tag, write }) => write?.includes(type) && tag! > above && tag! < below);
  for (const row of rows.sort((a, b) => a.tag! - b.tag!)) {
    if (!has.has(row.tag!)) continue;
    if (row.type === "time") writeTime(writer, record, has.needsTransactTime || type === "8", wallUs);
    else if (row.name === "handlInst") writeHandlInst(writer, record as requests.OrderRequest, has.needsHandlInst);
    else if (row.name === "quantity" && record.quantity < 0n) {
      if (has.needsOrderQty) decimal(writer, tag.OrderQty, 0n);
    } else writeRow(writer, row, record as unknown as AnyRecord);
  }
}

/** TransactTime as it was said; ours where the message must have one. */
function writeTime(
  writer: Writer,
  record: reports.ExecutionReport | requests.OrderRequest,
  isNeeded: boolean,
  wallUs: number,
): void {
  const { transactUs, transactDigits } = record;
  if (transactDigits === 0) {
    if (isNeeded) writer.timestamp(tag.TransactTime, wallUs);
  } else writer.time(tag.TransactTime, transactUs, transactDigits - 1);
}

function writeHandlInst(writer: Writer, { handlInst }: requests.OrderRequest, isNeeded: boolean): void {
  if (handlInst !== 0) writer.char(tag.HandlInst, handlInst);
  else if (isNeeded) writer.char(tag.HandlInst, AUTOMATED);
}

function writeRow(writer: Writer, row: Row, record: AnyRecord): void {
  const isAlways = row.always === true || row.zero === true;
  if (isSized(row)) {
    const from = record[`${row.name}At`] as number;
    const length = record[`${row.name}Length`] as number;
    if (length > 0 || isAlways) writer.value(row.tag!, record.bytes, from, from + length);
    return;
  }
  const value = record[row.name] as number | bigint;
  if (!isAlways && (value === NO_PRICE || Number(value) === 0) && !(row.type === "price" && value === 0n)) return;
  if (typeof value === "bigint") decimal(writer, row.tag!, value);
  else writer.char(row.tag!, value);
}

/** LastPx and LastShares; versions that require them in every report get zeros where nothing traded, or no price is known. */
function last(writer: Writer, report: reports.ExecutionReport, version: FixVersion): void {
  const price = report.lastPxE8 === NO_PRICE ? 0n : report.lastPxE8;
  if (report.lastPxE8 !== NO_PRICE || version.needsLast) decimal(writer, tag.LastPx, price);
  decimal(writer, tag.LastQty, report.lastQty);
}

function decimal(writer: Writer, fieldTag: number, valueE8: bigint): void {
  writer.text(fieldTag, ascii(decimalText(valueE8)));
}

function writeCancelReject(writer: Writer, report: reports.ExecutionReport, wallUs: number, version: FixVersion): void {
  const isFull = version.hasCxlRejResponse;
  if (isFull) field(writer, tag.Account, report, report.accountAt, report.accountLength);
  field(writer, tag.ClOrdID, report, report.clOrdIdAt, report.clOrdIdLength);
  field(writer, tag.OrderID, report, report.orderIdAt, report.orderIdLength);
  if (version.cancelRejectHasStatus) {
    writer.char(tag.OrdStatus, ordStatusFor(version, 0, report.ordStatus, report.cumQty > 0n));
    field(writer, tag.OrigClOrdID, report, report.origClOrdIdAt, report.origClOrdIdLength);
  }
  field(writer, tag.Text, report, report.textAt, report.textLength);
  if (isFull) writeTime(writer, report, true, wallUs);
  reason(writer, tag.CxlRejReason, fieldsOf(version.name, "9").cxlRejReasons[report.cxlRejReason]!);
  if (isFull && report.cxlRejResponseTo !== 0) writer.char(tag.CxlRejResponseTo, report.cxlRejResponseTo);
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
  if (length > 0) writer.value(fieldTag, record.bytes, at, at + length);
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
  const type = request.kind === REQUEST_NEW ? "D" : isCancel ? "F" : "G";
  const rows = (above: number, below: number): void =>
    writeRows(writer, ORDER_REQUEST, request, type, version, above, below, wallUs);
  rows(0, tag.ClOrdID);
  writer.tag(tag.ClOrdID);
  writer.endField(ids.put(writer.bytes, writer.at, request.number, request.slot));
  rows(tag.ClOrdID, tag.OrigClOrdID);
  if (type !== "D") {
    writer.tag(tag.OrigClOrdID);
    writer.endField(ids.put(writer.bytes, writer.at, request.origNumber, request.slot));
  }
  rows(tag.OrigClOrdID, tag.CxlType);
  if (isCancel && version.hasCxlType) writer.char(tag.CxlType, FULL_CANCEL);
  rows(tag.CxlType, Number.POSITIVE_INFINITY);
}
