import { signOf, storeNoPrice } from "../../base/long.ts";
import {
  EXEC_REJECTED,
  EXEC_TRADE,
  EXEC_TRADE_CANCEL,
  EXEC_TRADE_CORRECT,
  MARK_POSS_DUP,
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
import type { Aside } from "./aside.ts";
import { type CodecRules, isPlain } from "./codec-rules.ts";
import { execTypeFrom, ordStatusFrom, wordsOf } from "./exec-type.ts";
import { readReportFields } from "./execution-report-fields.ts";
import { ReportValues } from "./report-values.ts";
import type { VenueId } from "./venue-id.ts";

/** Results of `read`. */
export const REPORT_READ = 0;
/** The message is not a report. */
export const NOT_A_REPORT = -2;
/** A BusinessMessageReject that does not name a message of ours by its ClOrdID. */
export const REPORT_FOREIGN = -3;

const YES = 89;
/** `slot` of a report that names no order by a ClOrdID of ours. */
const NO_SLOT = -1;
/** CxlRejReason and OrdRejReason where the venue says none: other. */
const OTHER = 99;

/**
 * ExecutionReport, OrderCancelReject, BusinessMessageReject of a venue → ExecutionReport record. Every ExecutionReport and
 * OrderCancelReject is read, whatever it lacks.
 */
export class ReportReader {
  /** ExecType or OrdStatus of the last message where it is no single character, and so in no record; 0: both can be read. */
  unusableTag = 0;
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

  /** Tags of the last message's fields that the record has a place for and can't hold. */
  get aside(): Aside {
    return this.values.aside;
  }

  read(scan: Scanner, report: ExecutionReport, version = FIX44): number {
    return this.readPlain(scan, report, version, null) ? REPORT_READ : this.readAny(scan, report, version);
  }

  /** Reads an ExecutionReport with the codec, as `OrderReader.readPlain`. Returns false when it is not plain. */
  readPlain(scan: Scanner, report: ExecutionReport, version: FixVersion, rules: CodecRules | null): boolean {
    const codec = this.codec;
    if (codec === null || scan.msgType !== tag.EXECUTION_REPORT || !isPlain(scan, codec, rules)) return false;
    return codec.readExecution(report.at, version);
  }

  /** As `read`, without the codec. */
  readAny(scan: Scanner, report: ExecutionReport, version: FixVersion): number {
    this.values.aim(scan);
    this.unusableTag = 0;
    this.scan = scan;
    this.version = version.applVerId.length === 0 ? version : this.versionOf(scan, version);
    report.clear();
    storeNoPrice(report.views.ints, report.priceE8Index);
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
    const values = this.values;
    report.kind = REPORT_EXECUTION;
    const version = this.version;
    readReportFields(values, report);
    const ordStatus = this.word(tag.OrdStatus);
    const transType = version.hasExecTransType ? scan.char(tag.ExecTransType) : 0;
    const execType = this.word(tag.ExecType);
    const ints = report.views.ints;
    const isFill = signOf(ints, report.lastQtyIndex) > 0;
    report.execType = execTypeFrom(version, transType, execType, ordStatus, isFill);
    report.words = wordsOf(version, execType, ordStatus);
    report.ordStatus = ordStatusFrom(ordStatus, signOf(ints, report.cumQtyIndex) > 0);
    if (isCorrection(report.execType)) this.execRefId(report);
    report.ordRejReason = values.code(tag.OrdRejReason, OTHER);
    this.leaveOthers(report);
    this.common(report);
    return REPORT_READ;
  }

  /** Notes the fields that the client gets from the record in some ExecTypes only. */
  private leaveOthers(report: ExecutionReport): void {
    const execType = report.execType;
    const aside = this.values.aside;
    if (execType !== EXEC_REJECTED) aside.add(tag.OrdRejReason);
    if (execType === EXEC_TRADE || isCorrection(execType)) return;
    aside.add(tag.LastPx);
    aside.add(tag.LastQty);
  }

  private execRefId(report: ExecutionReport): void {
    report.execRefIdLength = this.values.id(tag.ExecRefID);
    this.values.copyId(report.views, report.execRefIdAt);
  }

  private cancelReject(report: ExecutionReport): number {
    const scan = this.scan;
    const values = this.values;
    report.kind = REPORT_CANCEL_REJECT;
    report.cxlRejResponseTo = positive(scan.char(tag.CxlRejResponseTo));
    report.cxlRejReason = values.code(tag.CxlRejReason, OTHER);
    report.ordStatus = this.word(tag.OrdStatus);
    readReportFields(values, report);
    this.common(report);
    return REPORT_READ;
  }

  /** Returns a single character; 0 when it is absent, or longer, which is noted. */
  private word(fieldTag: number): number {
    const value = this.scan.char(fieldTag);
    if (value >= 0) return value;
    this.unusableTag = fieldTag;
    return 0;
  }

  /** Reads TransactTime, Text and the order's numbers. */
  private common(report: ExecutionReport): void {
    const values = this.values;
    report.transactUs = values.time(tag.TransactTime);
    report.transactDigits = values.digits;
    report.stated = values.stated;
    const possDup = this.scan.find(tag.PossDupFlag) >= 0 && this.scan.char(tag.PossDupFlag) === YES;
    report.rules = possDup ? MARK_POSS_DUP : 0;
    report.unheldTag = values.unheldTag;
    this.text(report);
    this.numbers(report);
  }

  /** Reads the refusal of a message of ours; BusinessRejectRefID (379) is the ClOrdID of that message. */
  private businessReject(report: ExecutionReport): number {
    report.kind = REPORT_NOT_TAKEN;
    // It says nothing of the order whose ClOrdID it names.
    if (this.scan.char(tag.RefMsgType) === tag.ORDER_STATUS_REQUEST) return REPORT_FOREIGN;
    const field = this.scan.find(tag.BusinessRejectRefID);
    if (field < 0 || !this.own(field)) return REPORT_FOREIGN;
    report.number = this.ids.number;
    report.slot = this.ids.slot;
    this.text(report);
    return REPORT_READ;
  }

  /**
   * Reads `number` from ClOrdID. With an OrigClOrdID of ours, `number` is from OrigClOrdID and `requestNumber` from ClOrdID.
   * Without a ClOrdID of ours, OrigClOrdID alone gives the number, or nothing does.
   */
  private numbers(report: ExecutionReport): void {
    const scan = this.scan;
    const field = scan.find(tag.ClOrdID);
    const orig = scan.find(tag.OrigClOrdID);
    report.slot = NO_SLOT;
    if (field >= 0 && this.own(field)) {
      report.number = this.ids.number;
      report.slot = this.ids.slot;
    }
    if (orig < 0 || !this.own(orig)) return;
    report.requestNumber = report.number;
    report.number = this.ids.number;
    if (report.slot === NO_SLOT) report.slot = this.ids.slot;
  }

  private own(field: number): boolean {
    return this.ids.read(this.scan.bytes, this.scan.starts[field]!, this.scan.ends[field]!);
  }

  /** Reads Text, unless it is longer than its room. */
  private text(report: ExecutionReport): void {
    const scan = this.scan;
    const field = scan.find(tag.Text);
    if (field < 0) return;
    const from = scan.starts[field]!;
    const length = scan.ends[field]! - from;
    if (length > (report.execRefIdLength > 0 ? REPORT_SHORT_TEXT_BYTES : REPORT_TEXT_BYTES)) {
      this.values.aside.add(tag.Text);
      return;
    }
    const at = report.at + REPORT_TEXT_AT;
    for (let i = 0; i < length; i++) report.bytes[at + i] = scan.bytes[from + i]!;
    report.textLength = length;
  }
}

function isCorrection(execType: number): boolean {
  return execType === EXEC_TRADE_CANCEL || execType === EXEC_TRADE_CORRECT;
}

/** 0 for a value that is no single character. */
function positive(value: number): number {
  return value < 0 ? 0 : value;
}
