import { text } from "../base/ascii.ts";
import { idText } from "../base/id.ts";
import { NO_PRICE } from "../base/units.ts";
import { outcomeText } from "../core/alarms.ts";
import { reasonOf, venueOf } from "../core/decision.ts";
import * as outcomes from "../core/outcomes.ts";
import { ACCEPTED, DROPPED } from "../core/risk/reason-codes.ts";
import { reasonText } from "../core/risk/reasons.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_OUTCOME, ENTRY_REPORT } from "../journal/layout.ts";
import type { JournalNames } from "../journal/store/names.ts";
import type { EntryView } from "../journal/store/reader.ts";
import * as codes from "../record/codes.ts";
import type { Control } from "../record/control.ts";
import { CONTROL_APPLIED, CONTROL_ASSIGN_REPORT, CONTROL_CLOSE_ORDER } from "../record/control-codes.ts";
import { type ExecutionReport, REPORT_TEXT_AT } from "../record/execution-report.ts";
import type { OrderRequest } from "../record/order-request.ts";
import { stopPriceOf } from "../record/stop-price.ts";
import { EntryRecords } from "../recovery/entry-records.ts";
import { applyReport, isExecution } from "./apply-report.ts";
import { assignedReport } from "./assigned.ts";
import { isOpen, type Order } from "./order.ts";
import type { ReportSeen, RequestSeen } from "./seen.ts";
import { SIDES, TIMES_IN_FORCE, TYPES, wordOf } from "./words.ts";

/** Orders in memory at a time; each takes some hundreds of bytes. */
const MOST_ORDERS = 4_000_000;

const REQUESTS: Readonly<Record<number, RequestSeen["kind"]>> = {
  [codes.REQUEST_NEW]: "new",
  [codes.REQUEST_CANCEL]: "cancel",
  [codes.REQUEST_REPLACE]: "replace",
  [codes.REQUEST_MASS_CANCEL]: "mass cancel",
};

/** Outcomes of reports that changed nothing. */
const NOT_APPLIED: readonly number[] = [
  outcomes.ORPHAN,
  outcomes.ILLEGAL_REPORT,
  outcomes.DUPLICATE_EXECUTION,
  outcomes.UNSUPPORTED,
  outcomes.NO_QUANTITY,
  outcomes.UNKNOWN_EXECUTION,
  outcomes.NO_ROOM,
  outcomes.REFUSED_LATE,
];

/** Gets what the fold sees, in the order of the journal. */
export interface FoldListener {
  request?(seen: RequestSeen): void;
  report?(seen: ReportSeen): void;
  control?(control: Control, timeUs: number): void;
}

/** Follows the orders of a journal's core stream. Up to `keepUs` it forgets those that are done. */
export class OrderFold {
  private readonly records = new EntryRecords();
  private readonly byNumber = new Map<number, Order>();
  private readonly bySlot = new Map<number, Order>();
  /** By venue and its OrderID. */
  private readonly byVenueId = new Map<string, Order>();
  private readonly refused: Order[] = [];
  private readonly clients: ReadonlyMap<number, string>;
  private readonly venues: ReadonlyMap<number, string>;
  /** The last report, whose outcomes may follow. */
  private pending: ReportSeen | null = null;
  private applies = true;

  constructor(
    names: JournalNames,
    private readonly keepUs: number,
    private readonly listener: FoldListener = {},
  ) {
    this.clients = new Map(Object.entries(names.clients).map(([name, id]) => [id, name]));
    this.venues = new Map(Object.entries(names.venues).map(([name, id]) => [id, name]));
  }

  take(entry: EntryView): void {
    if (entry.kind === ENTRY_OUTCOME) return this.outcome(entry);
    this.flush();
    if (entry.kind === ENTRY_ORDER) this.request(entry, this.records.order(entry));
    else if (entry.kind === ENTRY_REPORT) this.report(entry, this.records.venueReport(entry));
    else if (entry.kind === ENTRY_CONTROL) this.control(entry, this.records.control(entry));
  }

  /** The journal has ended: applies the last report. */
  end(): void {
    this.flush();
  }

  /** All that it knows: those that were open or came from `keepUs` on, and refused ones, by time. */
  orders(): Order[] {
    return [...new Set(this.byNumber.values()), ...this.refused].sort((a, b) => a.receivedUs - b.receivedUs);
  }

  private request(entry: EntryView, request: OrderRequest): void {
    const reason = reasonOf(entry.index);
    if (reason === DROPPED) return;
    const isAccepted = reason === ACCEPTED;
    const isNew = request.kind === codes.REQUEST_NEW;
    const seen: RequestSeen = {
      timeUs: entry.timeUs,
      session: this.clients.get(entry.session) ?? `#${entry.session}`,
      kind: REQUESTS[request.kind] ?? "status",
      clOrdId: idText(request.bytes, request.clOrdIdAt, request.clOrdIdLength),
      origClOrdId: isNew ? "" : idText(request.bytes, request.origClOrdIdAt, request.origClOrdIdLength),
      account: idText(request.bytes, request.accountAt, request.accountLength),
      symbol: idText(request.bytes, request.symbolAt, request.symbolLength),
      side: wordOf(SIDES, request.side),
      quantity: request.quantity,
      priceE8: priceOf(request, isAccepted),
      reasonCode: reason,
      reason: isAccepted ? "" : reasonText(reason),
    };
    if (isNew) this.add(entry, request, seen);
    else if (isAccepted && request.kind === codes.REQUEST_REPLACE) {
      const { clOrdId, quantity, priceE8 } = seen;
      const order = this.bySlot.get(request.slot);
      order?.replaces.set(request.number, { clOrdId, quantity, priceE8 });
      if (order !== undefined) this.byNumber.set(request.number, order);
    }
    this.listener.request?.(seen);
  }

  private add(entry: EntryView, request: OrderRequest, seen: RequestSeen): void {
    const isAccepted = seen.reason === "";
    if (!isAccepted && entry.timeUs < this.keepUs) return;
    if (this.byNumber.size + this.refused.length >= MOST_ORDERS)
      throw new Error(`expected at most ${MOST_ORDERS.toLocaleString("en")} orders in a report, got more`);
    const { session, clOrdId, account, symbol, side, quantity, priceE8, reason } = seen;
    const order: Order = {
      receivedUs: entry.timeUs,
      session,
      clOrdId,
      currentId: clOrdId,
      number: isAccepted ? request.number : 0,
      account,
      symbol,
      side,
      type: wordOf(TYPES, request.ordType),
      timeInForce: wordOf(TIMES_IN_FORCE, request.timeInForce),
      reason,
      venue: isAccepted ? this.venueName(venueOf(entry.index)) : "",
      quantity,
      priceE8,
      venueOrderId: "",
      state: isAccepted ? "pending-new" : "refused",
      cumQty: 0n,
      worth: 0n,
      changedUs: entry.timeUs,
      needsAttention: false,
      fills: new Map(),
      replaces: new Map(),
    };
    if (!isAccepted) {
      this.refused.push(order);
      return;
    }
    this.byNumber.set(request.number, order);
    this.bySlot.set(request.slot, order);
  }

  private report(entry: EntryView, report: ExecutionReport): void {
    if (report.kind === codes.REPORT_VENUE_UP || report.kind === codes.REPORT_VENUE_DOWN) return;
    const venue = this.venueName(entry.session);
    const venueOrderId = idText(report.bytes, report.orderIdAt, report.orderIdLength);
    const order =
      this.byNumber.get(report.number) ??
      this.byNumber.get(report.requestNumber) ??
      this.byVenueId.get(`${venue} ${venueOrderId}`) ??
      null;
    this.applies = true;
    this.pending = {
      timeUs: entry.timeUs,
      venue,
      order,
      assigned: null,
      kind: report.kind,
      execType: report.execType,
      requestNumber: report.requestNumber,
      stated: report.stated,
      venueOrderId,
      execId: idText(report.bytes, report.execIdAt, report.execIdLength),
      execRefId: idText(report.bytes, report.execRefIdAt, report.execRefIdLength),
      quantity: report.quantity,
      priceE8: report.priceE8 === NO_PRICE ? null : report.priceE8,
      lastQty: report.lastQty,
      lastPxE8: report.lastPxE8 === NO_PRICE ? null : report.lastPxE8,
      cumQty: report.cumQty,
      leavesQty: report.leavesQty,
      transactUs: report.transactDigits === 0 ? null : report.transactUs,
      text: text(report.bytes, report.at + REPORT_TEXT_AT, report.at + REPORT_TEXT_AT + report.textLength),
      refusal: report.kind === codes.REPORT_CANCEL_REJECT ? report.cxlRejReason : report.ordRejReason,
      outcomes: [],
      applied: true,
    };
  }

  private outcome(entry: EntryView): void {
    if (this.pending === null) return;
    const outcome = entry.index & 255;
    this.pending.outcomes.push(outcomeText(outcome));
    if (NOT_APPLIED.includes(outcome)) this.applies = false;
    if ((outcomes.NEEDS_ATTENTION >>> outcome) & 1 && this.pending.order !== null)
      this.pending.order.needsAttention = true;
  }

  /** Applies the report that was last, now that its outcomes are known. */
  private flush(): void {
    const seen = this.pending;
    if (seen === null) return;
    this.pending = null;
    seen.applied = this.applies;
    const { order, venueOrderId, venue } = seen;
    if (order !== null && this.applies) {
      if (venueOrderId !== "") {
        order.venueOrderId = venueOrderId;
        this.byVenueId.set(`${venue} ${venueOrderId}`, order);
      }
      applyReport(order, seen);
      if (!isOpen(order) && seen.timeUs < this.keepUs) this.forget(order);
    }
    if (order !== null || isExecution(seen) || seen.text !== "") this.listener.report?.(seen);
  }

  private control(entry: EntryView, control: Control): void {
    if (control.kind === CONTROL_ASSIGN_REPORT && entry.index === CONTROL_APPLIED) {
      const text = this.records.controlText(entry);
      this.listener.report?.(assignedReport(entry.timeUs, (id) => this.venueName(id), text));
    }
    if (control.kind === CONTROL_CLOSE_ORDER) {
      const order = this.byNumber.get(control.amount);
      if (order !== undefined && isOpen(order)) {
        order.state = "canceled";
        order.changedUs = entry.timeUs;
      }
    }
    this.listener.control?.(control, entry.timeUs);
  }

  private forget(order: Order): void {
    this.byNumber.delete(order.number);
    for (const number of order.replaces.keys()) this.byNumber.delete(number);
    this.byVenueId.delete(`${order.venue} ${order.venueOrderId}`);
  }

  private venueName(id: number): string {
    return this.venues.get(id) ?? `#${id}`;
  }
}

/** Of a stop order its StopPx, as the core has it; an earlier version, which refused these orders, journalled none. */
function priceOf(request: OrderRequest, isAccepted: boolean): bigint | null {
  const isStop = request.ordType === codes.TYPE_STOP;
  const price = isStop ? stopPriceOf(request) : request.priceE8;
  return price === NO_PRICE || (isStop && price === 0n && !isAccepted) ? null : price;
}
