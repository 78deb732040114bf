import { broken } from "../base/broken.ts";
import { FULL } from "../base/units.ts";
import type { FixSession } from "../fix/session/session.ts";
import { ASKS_FIRST, EXEC_CANCELED, REPORT_EXECUTION, REPORT_NOT_TAKEN, STATUS_CANCELED } from "../record/codes.ts";
import { ExecutionReport, REPORT_TEXT_AT, REPORT_TEXT_BYTES } from "../record/execution-report.ts";
import type { OrderRequest } from "../record/order-request.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { GroupRings } from "../session/group-rings.ts";
import type { Link } from "../session/link.ts";
import { CANCELED_UNSENT } from "./refusals.ts";

/** Reports that a venue agent makes itself: a request was not taken, a venue is up or down. */
export class OwnReports {
  private readonly report: ExecutionReport;
  /** One of `notTaken` is in the ring and not journalled by the core yet; `pendingTail` is the ring's tail behind it. */
  private isPending = false;
  private pendingTail = 0;

  constructor(
    private readonly reports: OneToOne,
    private readonly groups: GroupRings,
  ) {
    this.report = new ExecutionReport(reports.views);
  }

  /** True while a request that was not taken is in the ring; asks `areJournalled` again. */
  get waits(): boolean {
    return this.isPending && !this.areJournalled();
  }

  /** True once the core has journalled all of `notTaken`: it does so before it releases the slot. */
  areJournalled(): boolean {
    const taken = this.reports.tail - this.reports.size();
    this.isPending = ((taken - this.pendingTail) | 0) < 0;
    return !this.isPending;
  }

  /** A request was not sent, or the venue has refused its message; `text[from, to)` says why. */
  notTaken(session: number, number: number, slot: number, text: Uint8Array | null, from: number, to: number): void {
    const report = this.claim(REPORT_NOT_TAKEN, session, number, slot);
    const at = report.at;
    if (text !== null && to - from > REPORT_TEXT_BYTES) {
      report.groupsLength = this.groups.takeText(text, from, to);
      this.groups.publish();
    } else if (text !== null) {
      for (let i = 0; i < to - from; i++) report.bytes[at + REPORT_TEXT_AT + i] = text[from + i]!;
      report.textLength = to - from;
    }
    this.publish();
  }

  /** The venue's throttle refuses a request (`why`: NOT_SENT_…, record/codes.ts), or it was not sent for another reason (0). */
  refused(request: OrderRequest, why: number): void {
    this.claim(REPORT_NOT_TAKEN, request.session, request.number, request.slot).reason = why;
    this.publish();
  }

  /** A cancel ends its order, of which the venue has got nothing. */
  canceledUnsent(cancel: OrderRequest): void {
    const report = this.claim(REPORT_EXECUTION, cancel.session, cancel.number, cancel.slot);
    report.execType = EXEC_CANCELED;
    report.ordStatus = STATUS_CANCELED;
    report.requestNumber = cancel.origNumber;
    for (let i = 0; i < CANCELED_UNSENT.length; i++) report.bytes[report.at + REPORT_TEXT_AT + i] = CANCELED_UNSENT[i]!;
    report.textLength = CANCELED_UNSENT.length;
    this.publish();
  }

  private claim(kind: number, session: number, number: number, slot: number): ExecutionReport {
    const at = this.reports.claim();
    if (at === FULL) return broken("ring of reports has no room", session);
    const report = this.report.aim(at);
    report.clear();
    report.kind = kind;
    report.session = session;
    report.number = number;
    report.slot = slot;
    return report;
  }

  private publish(): void {
    this.reports.publish();
    this.isPending = true;
    this.pendingTail = this.reports.tail;
  }

  /** Reports to the core that a venue is up or down. Returns false when the ring has no room: the caller repeats it later. */
  state(kind: number, link: Link<FixSession>, asksFirst = false): boolean {
    const at = this.reports.claim();
    if (at === FULL) return false;
    const report = this.report.aim(at);
    report.clear();
    report.kind = kind;
    report.session = link.id;
    report.slot = asksFirst ? ASKS_FIRST : 0;
    report.msgSeqNum = 0;
    report.epoch = link.session.numbers.epoch;
    this.reports.publish();
    return true;
  }
}
