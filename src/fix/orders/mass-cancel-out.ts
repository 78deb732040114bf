import { type ExecutionReport, REPORT_TEXT_AT } from "../../record/execution-report.ts";
import type { FixSession } from "../session/session.ts";
import * as tag from "../wire/tags.ts";

/** MassActionReportID (1369) is a required field from here on: FIX.5.0SP1. */
const HAS_MASS_ACTION_ID = 6;
const REFUSED = 48;

/** Writes an OrderMassCancelReport (r) to a client; the caller ends the message. The same id serves as OrderID (37). */
export function writeMassCancel(session: FixSession, report: ExecutionReport, wallUs: number): void {
  const bytes = report.bytes;
  const out = session.out;
  const writer = out.begin(tag.ORDER_MASS_CANCEL_REPORT);
  const isRefused = report.ordStatus === REFUSED;
  const idAt = report.execIdAt;
  const idEnd = idAt + report.execIdLength;
  writer.value(tag.ClOrdID, bytes, report.clOrdIdAt, report.clOrdIdAt + report.clOrdIdLength);
  writer.value(tag.OrderID, bytes, idAt, idEnd);
  if (report.symbolLength > 0) writer.value(tag.Symbol, bytes, report.symbolAt, report.symbolAt + report.symbolLength);
  if (report.side !== 0) writer.char(tag.Side, report.side);
  if (isRefused)
    writer.value(tag.Text, bytes, report.at + REPORT_TEXT_AT, report.at + REPORT_TEXT_AT + report.textLength);
  writer.time(tag.TransactTime, wallUs, out.timeDecimals);
  writer.char(tag.MassCancelRequestType, report.execType);
  writer.char(tag.MassCancelResponse, report.ordStatus);
  if (isRefused) writer.int(tag.MassCancelRejectReason, report.ordRejReason);
  else writer.int(tag.TotalAffectedOrders, report.views.ints[report.cumQtyIndex]!);
  if (session.profile.version.ordinal >= HAS_MASS_ACTION_ID) writer.value(tag.MassActionReportID, bytes, idAt, idEnd);
}
