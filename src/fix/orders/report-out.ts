import { signOf } from "../../base/long.ts";
import { NONE } from "../../base/units.ts";
import { REPORT_CANCEL_REJECT } from "../../record/codes.ts";
import type { ExecutionReport } from "../../record/execution-report.ts";
import type { FixSession } from "../session/session.ts";
import type { Codec } from "../wire/codec.ts";
import * as tag from "../wire/tags.ts";
import { type FixVersion, NO_REASON } from "../wire/version.ts";
import type { Writer } from "../wire/write.ts";
import { ordStatusFor } from "./exec-type.ts";
import type { MessageFields } from "./message-fields.ts";
import { peerTable } from "./peer-table.ts";

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
    const out = session.out;
    const version = session.profile.version;
    if (report.kind === REPORT_CANCEL_REJECT) {
      if (report.transactDigits === 0) {
        report.transactUs = wallUs;
        report.transactDigits = 1 + out.timeDecimals;
      } else if (version.timeDecimals === 0) report.transactDigits = 1;
      const writer = out.begin(tag.ORDER_CANCEL_REJECT);
      writeCancelReject(writer, report, version, fields, fields.writes & ~beside);
      return writer;
    }
    const codec = this.codec;
    const next = session.numbers.nextOut;
    const table = peerTable(codec, fields, version);
    codec.begin(session.identity.ownTexts, out.writer, wallUs);
    const length = codec.writeExecution(report.at, table, next, out.processed, beside, isWhole, passed);
    return out.take(codec, length, isWhole);
  }
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
    writer.char(
      tag.OrdStatus,
      ordStatusFor(version, 0, report.ordStatus, signOf(report.views.ints, report.cumQtyIndex) > 0),
    );
    field(writer, tag.OrigClOrdID, report, report.origClOrdIdAt, report.origClOrdIdLength);
  }
  if (has(fields, writes, tag.Text)) field(writer, tag.Text, report, report.textAt, report.textLength);
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

/** Writes a field from the record, unless it is empty. */
function field(writer: Writer, fieldTag: number, report: ExecutionReport, at: number, length: number): void {
  if (length > 0) writer.value(fieldTag, report.bytes, at, at + length);
}
