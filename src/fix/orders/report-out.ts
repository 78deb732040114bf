import {
  EXEC_REJECTED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
} from "../../record/codes.ts";
import { type ExecutionReport, REPORT_TEXT_AT } from "../../record/execution-report.ts";
import type { FixSession } from "../session/session.ts";
import type { Codec } from "../wire/codec.ts";
import * as tag from "../wire/tags.ts";
import { type FixVersion, NO_REASON } from "../wire/version.ts";
import type { Writer } from "../wire/write.ts";
import { execTransType, execTypeFor, ordStatusFor } from "./exec-type.ts";

/** MsgType of a report to a client. */
export function reportType(report: ExecutionReport): number {
  return report.kind === REPORT_CANCEL_REJECT ? tag.ORDER_CANCEL_REJECT : tag.EXECUTION_REPORT;
}

/** Writes ExecutionReport records of the codec's memory as ExecutionReport or OrderCancelReject to a client, ascending by tag. */
export class ReportWriter {
  constructor(private readonly codec: Codec) {}

  /** Begins the session's next message with the fields of `report`; `isWhole`: no groups follow. The caller ends the message. */
  write(session: FixSession, report: ExecutionReport, wallUs: number, isWhole: boolean): Writer {
    const version = session.profile.version;
    if (report.kind !== REPORT_CANCEL_REJECT) return this.execution(session, report, wallUs, version, isWhole);
    const writer = session.out.begin(tag.ORDER_CANCEL_REJECT);
    writeCancelReject(writer, report, wallUs, version);
    return writer;
  }

  private execution(
    session: FixSession,
    report: ExecutionReport,
    wallUs: number,
    version: FixVersion,
    isWhole: boolean,
  ): Writer {
    const out = session.out;
    const execType = report.execType;
    const cumQty = report.cumQty;
    const codec = this.codec;
    codec.begin(session.identity.ownTexts, out.writer, wallUs);
    const length = codec.writeExecution(
      report.at,
      session.numbers.nextOut,
      out.processed,
      version.ordinal,
      version.hasExecTransType ? execTransType(execType) : 0,
      isTrade(execType) || report.execRefIdLength > 0 || version.needsLast,
      ordStatusFor(version, execType, report.ordStatus, cumQty),
      version.hasExecType ? execTypeFor(version, execType, report.ordStatus, cumQty, report.quantity) : 0,
      execType === EXEC_REJECTED ? reasonOf(version.ordRejReasons[report.ordRejReason]!) : -1,
      isWhole,
    );
    return out.take(codec, length, isWhole);
  }
}

function writeCancelReject(writer: Writer, report: ExecutionReport, wallUs: number, version: FixVersion): void {
  const isFull = version.hasCxlRejResponse;
  if (isFull) field(writer, tag.Account, report, report.accountAt, report.accountLength);
  field(writer, tag.ClOrdID, report, report.clOrdIdAt, report.clOrdIdLength);
  field(writer, tag.OrderID, report, report.orderIdAt, report.orderIdLength);
  if (version.cancelRejectHasStatus) {
    writer.char(tag.OrdStatus, ordStatusFor(version, 0, report.ordStatus, report.cumQty));
    field(writer, tag.OrigClOrdID, report, report.origClOrdIdAt, report.origClOrdIdLength);
  }
  field(writer, tag.Text, report, report.at + REPORT_TEXT_AT, report.textLength);
  if (isFull) writer.timestamp(tag.TransactTime, wallUs);
  reason(writer, tag.CxlRejReason, version.cxlRejReasons[report.cxlRejReason]!);
  if (isFull) writer.char(tag.CxlRejResponseTo, report.cxlRejResponseTo);
}

function reason(writer: Writer, reasonTag: number, value: number): void {
  if (value !== NO_REASON) writer.int(reasonTag, value);
}

function reasonOf(value: number): number {
  return value === NO_REASON ? -1 : value;
}

/** True for a trade, a bust or a correction. */
function isTrade(execType: number): boolean {
  return execType === EXEC_TRADE || execType === EXEC_TRADE_CANCEL || execType === EXEC_TRADE_CORRECT;
}

/** Writes a field from the record, unless it is empty. */
function field(writer: Writer, fieldTag: number, report: ExecutionReport, at: number, length: number): void {
  if (length > 0) writer.value(fieldTag, report.bytes, at, at + length);
}
