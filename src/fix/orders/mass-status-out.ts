import type { ExecutionReport } from "../../record/execution-report.ts";
import type { FixSession } from "../session/session.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";
import type { MessageFields, PeerFields } from "./message-fields.ts";
import type { ReportWriter } from "./report-out.ts";

const YES = 89;
const NO = 78;

/** Writes an ExecutionReport that answers an OrderMassStatusRequest (AF) to a client; the caller ends the message. */
export function writeMassStatus(
  reports: ReportWriter,
  session: FixSession,
  report: ExecutionReport,
  wallUs: number,
  peer: PeerFields,
): void {
  const fields = peer.of(tag.EXECUTION_REPORT);
  // MassStatusReqID stands where other reports have OrigClOrdID.
  const at = report.origClOrdIdAt;
  const end = at + report.origClOrdIdLength;
  report.origClOrdIdLength = 0;
  const writer = reports.write(session, report, wallUs, fields, 0, false);
  if (fields.has(tag.MassStatusReqID)) writer.value(tag.MassStatusReqID, report.bytes, at, end);
  int(writer, fields, tag.MassStatusReqType, report.cxlRejResponseTo);
  int(writer, fields, tag.TotNumReports, report.requestNumber);
  if (fields.has(tag.LastRptRequested)) writer.char(tag.LastRptRequested, report.cxlRejReason === 0 ? NO : YES);
}

function int(writer: Writer, fields: MessageFields, fieldTag: number, value: number): void {
  if (fields.has(fieldTag)) writer.int(fieldTag, value);
}
