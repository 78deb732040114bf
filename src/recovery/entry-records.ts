import { Views } from "../base/views.ts";
import type { EntryView } from "../journal/store/reader.ts";
import { Control } from "../record/control.ts";
import { CONTROL_BYTES, CONTROL_TEXT_AT } from "../record/control-codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../record/execution-report.ts";
import { exactControl, exactReport, exactRequest } from "../record/former-numbers.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { OrderRequest } from "../record/order-request.ts";

/** Entries of format versions before have prices and quantities in doubles. */
const EXACT_SINCE = 3;
/** Behind the longest record. */
const GROUPS_AT = EXECUTION_REPORT_BYTES;

/**
 * Records of journal entries, one at a time, copied into the memory of `views`: an entry has only the used part of a record, and
 * entries of earlier versions lack later fields. These are absent in the copy.
 */
export class EntryRecords {
  /** Where the record's groups are, if it has any (`groupsLength`). */
  readonly groupsAt = GROUPS_AT;
  private readonly request: OrderRequest;
  private readonly report: ExecutionReport;
  private readonly instruction: Control;

  constructor(readonly views = Views.allocate(EXECUTION_REPORT_BYTES + GROUP_SLOT_BYTES)) {
    this.request = new OrderRequest(views).aim(0);
    this.report = new ExecutionReport(views).aim(0);
    this.instruction = new Control(views).aim(0);
  }

  /** The request of an ENTRY_ORDER, until the next call. */
  order(entry: EntryView): OrderRequest {
    this.take(this.request, entry);
    if (entry.version < EXACT_SINCE) exactRequest(this.request);
    return this.request;
  }

  /** The report of an ENTRY_REPORT, until the next call. */
  venueReport(entry: EntryView): ExecutionReport {
    this.take(this.report, entry);
    if (entry.version < EXACT_SINCE) exactReport(this.report);
    return this.report;
  }

  /** The instruction of an ENTRY_CONTROL with its text behind it, until the next call. */
  control(entry: EntryView): Control {
    this.views.ints.fill(0, 0, CONTROL_BYTES >> 2);
    // Entries are padded to whole words.
    this.copy(entry, entry.payloadAt, 0, (entry.payloadLength + 3) & ~3);
    if (entry.version < EXACT_SINCE) exactControl(this.instruction);
    return this.instruction;
  }

  /** The text behind the instruction of an ENTRY_CONTROL; a copy. */
  controlText({ views, payloadAt, payloadLength }: EntryView): Uint8Array {
    const from = payloadAt + CONTROL_TEXT_AT;
    return views.bytes.slice(from, Math.max(from, payloadAt + payloadLength));
  }

  private take(record: OrderRequest | ExecutionReport, entry: EntryView): void {
    const { views, payloadAt, payloadLength } = entry;
    const groups = record.take(views, payloadAt, payloadLength).groupsLength;
    if (groups === 0) return;
    const bytes = payloadLength - groups;
    record.take(views, payloadAt, bytes);
    this.copy(entry, payloadAt + bytes, GROUPS_AT, groups);
  }

  private copy(entry: EntryView, from: number, to: number, bytes: number): void {
    const source = entry.views.ints;
    const target = this.views.ints;
    for (let i = 0; i < bytes >> 2; i++) target[(to >> 2) + i] = source[(from >> 2) + i]!;
  }
}
