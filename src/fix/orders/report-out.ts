import { isBelow, isNoPrice, signOf } from "../../base/long.ts";
import { NONE } from "../../base/units.ts";
import {
  EXEC_REJECTED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
  STATUS_REPLACED,
} from "../../record/codes.ts";
import { type ExecutionReport, REPORT_TEXT_AT } from "../../record/execution-report.ts";
import type { FixSession } from "../session/session.ts";
import { HAS_LAST_PX, HAS_LAST_QTY } from "../wire/codec/layout.ts";
import type { Codec } from "../wire/codec.ts";
import * as tag from "../wire/tags.ts";
import { type FixVersion, NO_REASON } from "../wire/version.ts";
import type { Writer } from "../wire/write.ts";
import { execTransType, execTypeFor, ordStatusFor, saidReplaced, saidType } from "./exec-type.ts";
import type { MessageFields } from "./message-fields.ts";

/** MsgType of a report to a client. */
export function reportType(report: ExecutionReport): number {
  return report.kind === REPORT_CANCEL_REJECT ? tag.ORDER_CANCEL_REJECT : tag.EXECUTION_REPORT;
}

/** Writes ExecutionReport records of the codec's memory as ExecutionReport or OrderCancelReject to a client, ascending by tag. */
export class ReportWriter {
  constructor(private readonly codec: Codec) {}

  /**
   * Begins the session's next message with the fields of `report`; `beside` has the bits of those that the caller writes. `isWhole`:
   * nothing follows but what is at `passed`, unless that is NONE. The caller ends the message.
   */
  write(
    session: FixSession,
    report: ExecutionReport,
    wallUs: number,
    fields: MessageFields,
    beside: number,
    isWhole: boolean,
    passed = NONE,
  ): Writer {
    const version = session.profile.version;
    const out = session.out;
    const writes = fields.writes & ~beside;
    if (report.transactDigits === 0) {
      report.transactUs = wallUs;
      report.transactDigits = 1 + out.timeDecimals;
    } else if (version.timeDecimals === 0) report.transactDigits = 1;
    if (report.kind !== REPORT_CANCEL_REJECT)
      return this.execution(session, report, wallUs, version, fields, writes, isWhole, passed);
    const writer = out.begin(tag.ORDER_CANCEL_REJECT);
    writeCancelReject(writer, report, version, fields, writes);
    return writer;
  }

  private execution(
    session: FixSession,
    report: ExecutionReport,
    wallUs: number,
    version: FixVersion,
    fields: MessageFields,
    writes: number,
    isWhole: boolean,
    passed: number,
  ): Writer {
    const out = session.out;
    const execType = report.execType;
    const codec = this.codec;
    const hasLast = isTrade(execType) || report.execRefIdLength > 0 || version.needsLast;
    const hasReason = execType === EXEC_REJECTED && has(fields, writes, tag.OrdRejReason);
    codec.begin(session.identity.ownTexts, out.writer, wallUs);
    const length = codec.writeExecution(
      report.at,
      session.numbers.nextOut,
      out.processed,
      writes,
      version.hasExecTransType ? execTransType(execType) : 0,
      hasLast ? lastOf(report, version, fields, writes) : 0,
      statusOf(report, version, fields),
      version.hasExecType ? typeOf(report, version, fields) : 0,
      hasReason ? reasonOf(fields.ordRejReasons[report.ordRejReason]!) : -1,
      isWhole,
      passed,
    );
    return out.take(codec, length, isWhole);
  }
}

/** OrdStatus (39): 5 where the venue said that and the client's version has it. */
function statusOf(report: ExecutionReport, version: FixVersion, fields: MessageFields): number {
  if (fields.saysReplaced && saidReplaced(version, report.words)) return STATUS_REPLACED;
  return ordStatusFor(version, report.execType, report.ordStatus, isExecuted(report));
}

/** ExecType (150): as the venue said it where the client's version has it in that sense. */
function typeOf(report: ExecutionReport, version: FixVersion, fields: MessageFields): number {
  const said = saidType(version, report.words);
  if (said !== 0 && fields.saysType(said)) return said;
  const isFull = !isBelow(report.views.ints, report.cumQtyIndex, report.quantityIndex);
  return execTypeFor(version, report.execType, report.ordStatus, isExecuted(report), isFull);
}

function isExecuted(report: ExecutionReport): boolean {
  return signOf(report.views.ints, report.cumQtyIndex) > 0;
}

/** Bits of LastPx and LastQty, as far as they are written from the record. A LastPx that the venue did not say is 0 only where it must be. */
function lastOf(report: ExecutionReport, version: FixVersion, fields: MessageFields, writes: number): number {
  const hasPrice = !isNoPrice(report.views.ints, report.lastPxE8Index) || version.needsLast;
  const price = hasPrice && has(fields, writes, tag.LastPx) ? HAS_LAST_PX : 0;
  return price | (has(fields, writes, tag.LastQty) ? HAS_LAST_QTY : 0);
}

function writeCancelReject(
  writer: Writer,
  report: ExecutionReport,
  version: FixVersion,
  fields: MessageFields,
  writes: number,
): void {
  if (has(fields, writes, tag.Account)) field(writer, tag.Account, report, report.accountAt, report.accountLength);
  field(writer, tag.ClOrdID, report, report.clOrdIdAt, report.clOrdIdLength);
  field(writer, tag.OrderID, report, report.orderIdAt, report.orderIdLength);
  if (version.cancelRejectHasStatus) {
    writer.char(tag.OrdStatus, ordStatusFor(version, 0, report.ordStatus, isExecuted(report)));
    field(writer, tag.OrigClOrdID, report, report.origClOrdIdAt, report.origClOrdIdLength);
  }
  if (has(fields, writes, tag.Text)) field(writer, tag.Text, report, report.at + REPORT_TEXT_AT, report.textLength);
  if (has(fields, writes, tag.TransactTime))
    writer.time(tag.TransactTime, report.transactUs, report.transactDigits - 1);
  if (has(fields, writes, tag.CxlRejReason))
    reason(writer, tag.CxlRejReason, fields.cxlRejReasons[report.cxlRejReason]!);
  if (has(fields, writes, tag.CxlRejResponseTo) && report.cxlRejResponseTo !== 0)
    writer.char(tag.CxlRejResponseTo, report.cxlRejResponseTo);
}

function has(fields: MessageFields, writes: number, fieldTag: number): boolean {
  return (writes & fields.bitOf(fieldTag)) !== 0;
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
