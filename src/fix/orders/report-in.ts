import { NO_PRICE } from "../../base/units.ts";
import {
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  REPORT_CANCEL_REJECT,
  REPORT_EXECUTION,
  REPORT_NOT_TAKEN,
} from "../../record/codes.ts";
import {
  type ExecutionReport,
  REPORT_SHORT_TEXT_BYTES,
  REPORT_TEXT_AT,
  REPORT_TEXT_BYTES,
} from "../../record/execution-report.ts";
import type { Codec } from "../wire/codec.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { FIX44, type FixVersion, versionByApplId } from "../wire/version.ts";
import { execTypeFrom, ordStatusFrom } from "./exec-type.ts";
import { readReportFields } from "./execution-report-fields.ts";
import { ReportValues } from "./report-values.ts";
import type { VenueId } from "./venue-id.ts";

/** Results of `read`. */
export const REPORT_READ = 0;
/** The message is not a report. */
export const NOT_A_REPORT = -2;
/** A required field is missing; `missingTag` says which. */
export const REPORT_FAULTY = -1;
/** Well formed, but its ClOrdID is not one of ours. */
export const REPORT_FOREIGN = -3;

/** ExecutionReport, OrderCancelReject, BusinessMessageReject of a venue → ExecutionReport record. */
export class ReportReader {
  missingTag = 0;
  private readonly values = new ReportValues();
  private scan!: Scanner;
  private version: FixVersion = FIX44;

  /** `codec` reads plain ExecutionReports into records of its memory; null: this reader reads all. */
  constructor(
    private readonly ids: VenueId,
    private readonly codec: Codec | null = null,
  ) {
    if (codec !== null) codec.prefix(ids.prefix);
  }

  /** Tag of the first number that is unreadable or not exactly representable; 0: none. */
  get unreadTag(): number {
    return this.values.unreadTag;
  }

  read(scan: Scanner, report: ExecutionReport, version = FIX44): number {
    this.values.aim(scan);
    if (scan.peer !== null && this.codec !== null && scan.msgType === tag.EXECUTION_REPORT)
      if (isPlain(this.codec, version) && this.codec.readExecution(report.at)) return REPORT_READ;
    this.scan = scan;
    this.version = version.applVerId.length === 0 ? version : this.versionOf(scan, version);
    report.clear();
    report.priceE8 = NO_PRICE;
    if (scan.msgType === tag.EXECUTION_REPORT) return this.execution(report);
    if (scan.msgType === tag.ORDER_CANCEL_REJECT) return this.cancelReject(report);
    return scan.msgType === tag.BUSINESS_MESSAGE_REJECT ? this.businessReject(report) : NOT_A_REPORT;
  }

  /** Version of the message: over FIXT, ApplVerID (1128) may differ from the session's. */
  private versionOf(scan: Scanner, version: FixVersion): FixVersion {
    const field = scan.find(tag.ApplVerID);
    return field < 0 ? version : (versionByApplId(scan.bytes, scan.starts[field]!, scan.ends[field]!) ?? version);
  }

  private execution(report: ExecutionReport): number {
    const scan = this.scan;
    report.kind = REPORT_EXECUTION;
    const version = this.version;
    const execType = scan.char(tag.ExecType);
    const ordStatus = scan.char(tag.OrdStatus);
    if (execType <= 0 && version.hasExecType) return this.missing(tag.ExecType);
    if (ordStatus <= 0) return this.missing(tag.OrdStatus);
    const missing = readReportFields(this.values, report);
    if (missing !== 0) return this.missing(missing);
    const transType = version.hasExecTransType ? scan.char(tag.ExecTransType) : 0;
    report.execType = execTypeFrom(version, transType, execType, ordStatus, report.lastQty);
    report.ordStatus = ordStatusFrom(ordStatus, report.cumQty);
    if (isCorrection(report.execType)) this.execRefId(report);
    const rejectReason = scan.int(tag.OrdRejReason);
    report.ordRejReason = rejectReason < 0 ? 99 : rejectReason;
    this.text(report);
    return this.numbers(report);
  }

  private execRefId(report: ExecutionReport): void {
    report.execRefIdLength = this.values.id(tag.ExecRefID);
    this.values.copyId(report.views, report.execRefIdAt);
  }

  private cancelReject(report: ExecutionReport): number {
    const scan = this.scan;
    report.kind = REPORT_CANCEL_REJECT;
    const response = scan.char(tag.CxlRejResponseTo);
    if (response <= 0 && this.version.hasCxlRejResponse) return this.missing(tag.CxlRejResponseTo);
    report.cxlRejResponseTo = response < 0 ? 0 : response;
    const reason = scan.int(tag.CxlRejReason);
    report.cxlRejReason = reason < 0 ? 99 : reason;
    const status = scan.char(tag.OrdStatus);
    report.ordStatus = status < 0 ? 0 : status;
    readReportFields(this.values, report);
    this.text(report);
    return this.numbers(report);
  }

  /** Reads the refusal of a message of ours; BusinessRejectRefID (379) is the ClOrdID of that message. */
  private businessReject(report: ExecutionReport): number {
    report.kind = REPORT_NOT_TAKEN;
    const field = this.scan.find(tag.BusinessRejectRefID);
    if (field < 0 || !this.own(field)) return REPORT_FOREIGN;
    report.number = this.ids.number;
    report.slot = this.ids.slot;
    this.text(report);
    return REPORT_READ;
  }

  /** Reads `number` from ClOrdID. With an OrigClOrdID of ours, `number` is from OrigClOrdID and `requestNumber` from ClOrdID. */
  private numbers(report: ExecutionReport): number {
    const scan = this.scan;
    const field = scan.find(tag.ClOrdID);
    if (field < 0) return REPORT_FOREIGN;
    if (!this.own(field)) return REPORT_FOREIGN;
    report.number = this.ids.number;
    report.slot = this.ids.slot;
    const orig = scan.find(tag.OrigClOrdID);
    if (orig >= 0 && this.own(orig)) {
      report.requestNumber = report.number;
      report.number = this.ids.number;
    }
    return REPORT_READ;
  }

  private own(field: number): boolean {
    return this.ids.read(this.scan.bytes, this.scan.starts[field]!, this.scan.ends[field]!);
  }

  private missing(wanted: number): number {
    this.missingTag = wanted;
    return REPORT_FAULTY;
  }

  private text(report: ExecutionReport): void {
    const scan = this.scan;
    const field = scan.find(tag.Text);
    if (field < 0) return;
    const from = scan.starts[field]!;
    const room = report.execRefIdLength > 0 ? REPORT_SHORT_TEXT_BYTES : REPORT_TEXT_BYTES;
    const length = Math.min(room, scan.ends[field]! - from);
    const at = report.at + REPORT_TEXT_AT;
    for (let i = 0; i < length; i++) report.bytes[at + i] = scan.bytes[from + i]!;
    report.textLength = length;
  }
}

/** The codec reads versions without ExecTransType, and over FIXT only messages that cannot have an ApplVerID. */
function isPlain(codec: Codec, version: FixVersion): boolean {
  return !version.hasExecTransType && (version.applVerId.length === 0 || !codec.hasHighTag);
}

function isCorrection(execType: number): boolean {
  return execType === EXEC_TRADE_CANCEL || execType === EXEC_TRADE_CORRECT;
}
