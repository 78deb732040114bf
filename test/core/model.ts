import * as outcome from "../../src/core/outcomes.ts";
import * as why from "../../src/core/risk/reasons.ts";
import * as code from "../../src/record/codes.ts";
import type { Out, ReportTerms } from "./driver.ts";
import { ModelDriver } from "./model-driver.ts";
import { EMPTY_REPORT, isOpen, type ModelOrder, money, type State, whole } from "./model-ledger.ts";

/** The core once more, as plainly as it can be said: maps, strings, big integers, and every sum made anew. */
export class Model extends ModelDriver {
  report(terms: Required<ReportTerms>): { outcome: number; outs: Out[] } {
    const order = this.orders.get(terms.slot);
    const isOwn = (candidate: ModelOrder): boolean =>
      [terms.number, terms.requestNumber].some(
        (number) => number >= candidate.number && number <= Math.max(...candidate.numbers),
      );
    if (order === undefined || order.venue !== terms.venue || !isOwn(order))
      return { outcome: outcome.ORPHAN, outs: [] };
    const answers = order.pending !== null && [terms.number, terms.requestNumber].includes(order.pending.number);
    if (terms.kind === code.REPORT_EXECUTION) return this.execution(order, terms, answers);
    if (terms.kind === code.REPORT_CANCEL_REJECT) {
      return answers ? applied(this.refusePending(order, terms.cxlRejReason, 0, terms.text)) : ILLEGAL;
    }
    if (answers) return applied(this.refusePending(order, why.cxlRejReason(why.NOT_TAKEN), why.NOT_TAKEN, terms.text));
    if (order.state !== "PendingNew" || terms.number !== order.number) return ILLEGAL;
    this.end(order, "Rejected");
    return applied({
      ...this.about(order, "8", order.id, ""),
      reason: why.NOT_TAKEN,
      ordRejReason: why.ordRejReason(why.NOT_TAKEN),
      text: terms.text,
    });
  }

  private execution(order: ModelOrder, terms: Required<ReportTerms>, answers: boolean) {
    const open = isOpen(order);
    switch (String.fromCharCode(terms.execType)) {
      case "0":
        if (order.state !== "PendingNew") return ILLEGAL;
        order.state = "New";
        this.setVenueId(order, terms.orderId);
        return applied(this.about(order, "0", order.id, ""));
      case "F":
        return this.fill(order, terms);
      case "H":
        return this.bust(order, terms);
      case "4":
        return open || order.state === "DoneForDay" ? this.ended(order, "Canceled", "4", terms, answers) : ILLEGAL;
      case "8":
        if (order.state !== "PendingNew" && order.state !== "New") return ILLEGAL;
        return this.ended(order, "Rejected", "8", terms, answers);
      case "C":
        return open || order.state === "DoneForDay" ? this.ended(order, "Expired", "C", terms, answers) : ILLEGAL;
      case "3":
        return open ? this.ended(order, "DoneForDay", "3", terms, answers) : ILLEGAL;
      case "5":
        return open && answers && order.pending!.kind === "replace" ? this.replaced(order, terms) : ILLEGAL;
      case "D":
        return this.restated(order, terms);
      default:
        return { outcome: outcome.UNSUPPORTED, outs: [] };
    }
  }

  private fill(order: ModelOrder, terms: Required<ReportTerms>) {
    const left = order.qty - order.cum;
    const fillable = !["Filled", "Rejected"].includes(order.state);
    const key = `${order.venue}/${order.number}/${terms.execId}`;
    const known = terms.execId !== "" && this.executions.has(key);
    if (known) return DUPLICATE;
    if (!fillable || !whole(terms.lastQty) || terms.lastQty > left || terms.lastPx < 0) return ILLEGAL;
    if (terms.execId !== "") this.executions.add(key);
    order.cum += terms.lastQty;
    order.value += BigInt(terms.lastQty) * BigInt(terms.lastPx);
    this.execute(order, terms.lastQty, money(terms.lastQty, terms.lastPx));
    if (isOpen(order)) {
      if (terms.lastQty === left) this.end(order, "Filled");
      else order.state = "Partial";
    }
    const report = {
      ...this.about(order, "F", order.id, ""),
      lastQty: terms.lastQty,
      lastPx: terms.lastPx,
      text: terms.text,
    };
    return { outcome: terms.cumQty === order.cum ? outcome.APPLIED : outcome.CUM_DIFFERS, outs: [report] };
  }

  private bust(order: ModelOrder, terms: Required<ReportTerms>) {
    const key = `${order.venue}/${order.number}/${terms.execId}`;
    const known = terms.execId !== "" && this.executions.has(key);
    if (known) return DUPLICATE;
    if (["PendingNew", "New", "Rejected"].includes(order.state)) return ILLEGAL;
    if (terms.execId !== "") this.executions.add(key);
    const value = BigInt(Math.max(0, terms.lastQty)) * BigInt(Math.max(0, terms.lastPx));
    const simple = whole(terms.lastQty) && terms.lastQty <= order.cum && terms.lastPx >= 0 && value <= order.value;
    if (simple) {
      order.cum -= terms.lastQty;
      order.value -= value;
      this.execute(order, -terms.lastQty, -money(terms.lastQty, terms.lastPx));
      if (order.state === "Partial" && order.cum === 0) order.state = "New";
    }
    const report = {
      ...this.about(order, "H", order.id, ""),
      lastQty: terms.lastQty,
      lastPx: terms.lastPx,
      text: terms.text,
    };
    return { outcome: simple ? outcome.APPLIED : outcome.UNSUPPORTED, outs: [report] };
  }

  private ended(order: ModelOrder, state: State, execType: string, terms: Required<ReportTerms>, answers: boolean) {
    const id = answers ? order.pending!.id : order.id;
    if (answers) order.pending = null;
    if (isOpen(order)) this.end(order, state);
    else order.state = state;
    this.setVenueId(order, terms.orderId);
    return applied({
      ...this.about(order, execType, id, answers ? order.id : ""),
      ordRejReason: execType === "8" ? terms.ordRejReason : 0,
      text: terms.text,
    });
  }

  private replaced(order: ModelOrder, terms: Required<ReportTerms>) {
    const pending = order.pending!;
    const previous = order.id;
    order.pending = null;
    order.id = pending.id;
    order.current = pending.number;
    order.qty = Math.max(order.cum, whole(terms.quantity) ? terms.quantity : pending.qty);
    order.px = terms.price > 0 ? terms.price : pending.px;
    this.setVenueId(order, terms.orderId);
    if (order.qty === order.cum) this.end(order, "Filled");
    else order.state = order.state === "Partial" ? "Partial" : "New";
    return applied({ ...this.about(order, "5", order.id, previous), text: terms.text });
  }

  private restated(order: ModelOrder, terms: Required<ReportTerms>) {
    const qty = whole(terms.quantity) ? terms.quantity : order.qty;
    if (!isOpen(order) || qty <= order.cum) return ILLEGAL;
    order.qty = qty;
    order.px = terms.price > 0 ? terms.price : order.px;
    order.state = order.state === "Partial" ? "Partial" : "New";
    this.setVenueId(order, terms.orderId);
    return applied({ ...this.about(order, "D", order.id, ""), text: terms.text });
  }

  private refusePending(order: ModelOrder, cxlRejReason: number, reason: number, text: string): Out {
    const pending = order.pending!;
    order.pending = null;
    return {
      ...EMPTY_REPORT,
      out: "cancelReject",
      session: order.session,
      index: this.nextReport(order.session),
      ordStatus: this.statusOf(order),
      id: pending.id,
      orig: order.id,
      orderId: String(order.number),
      symbol: order.symbol,
      account: order.account,
      reason,
      cxlRejReason,
      responseTo: pending.kind === "replace" ? "2" : "1",
      text,
    };
  }
}

const ILLEGAL = { outcome: outcome.ILLEGAL_REPORT, outs: [] as Out[] };
const DUPLICATE = { outcome: outcome.DUPLICATE_EXECUTION, outs: [] as Out[] };

function applied(out: Out) {
  return { outcome: outcome.APPLIED, outs: [out] };
}
