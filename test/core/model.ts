import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import * as outcome from "../../src/core/outcomes.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import { cxlRejReason, ordRejReason } from "../../src/core/risk/reasons.ts";
import * as code from "../../src/record/codes.ts";
import { type Amount, inUnits, price, shown, units } from "../numbers.ts";
import type { ReportTerms } from "./driver.ts";
import { MOST_MONEY } from "./model-checks.ts";
import { ModelDriver } from "./model-driver.ts";
import { EMPTY_REPORT, isOpen, type ModelOrder, money, type State, size } from "./model-order.ts";
import { ModelUnmatched } from "./model-unmatched.ts";
import type { Out } from "./outs.ts";

/** A venue's report without OrdStatus, LeavesQty and AvgPx: what the venue says in those is the matrices' test. */
export type ModelReport = Required<
  Omit<
    ReportTerms,
    "status" | "leavesQty" | "avgPx" | "unheldTag" | "former" | "rules" | "cumQty" | "symbol" | "account" | "side"
  >
> & {
  cumQty: Amount | undefined;
};

/** What a report leads to: records, or that it is of no order or came before. */
interface Result {
  silent: number | null;
  outs: Out[];
}

const DUPLICATE: Result = { silent: outcome.DUPLICATE_EXECUTION, outs: [] };
/** States that an end may lead from, by ExecType. */
const ENDS: Record<string, { to: State; from: State[] }> = {
  4: { to: "Canceled", from: ["PendingNew", "New", "Partial", "DoneForDay"] },
  8: { to: "Rejected", from: ["PendingNew", "New", "Partial"] },
  C: { to: "Expired", from: ["PendingNew", "New", "Partial", "DoneForDay"] },
  3: { to: "DoneForDay", from: ["PendingNew", "New", "Partial"] },
};

/** By cause: what the report of a cancel says that the client has not asked for. */
const CAUSES = [
  0,
  why.CANCELED_ON_DISCONNECT,
  why.CANCELED_AT_LOGOUT,
  why.MASS_CANCELED,
  why.CANCELED_FOR_SELF_TRADE,
  why.CANCELED_BY_KILL_SWITCH,
];

/** The core once more, as plainly as it can be said: maps, strings, big integers, and every sum made anew. */
export class Model extends ModelDriver {
  readonly unmatched = new ModelUnmatched((of, sign, qty, worth) =>
    this.execute(of, sign * qty, sign * worth, sign * size(worth)),
  );

  report(terms: ModelReport): Result {
    const order = this.addressed(terms);
    if (order === undefined) {
      this.keepStray(terms);
      return { silent: outcome.ORPHAN, outs: [] };
    }
    const { cum, worth } = order;
    const result = this.reportOf(order, terms);
    this.execute(order, order.cum - cum, order.worth - worth, size(order.worth) - size(worth));
    this.executionLimits.stopReached();
    return result;
  }

  private keepStray(terms: ModelReport): void {
    const { venue, kind, execId, execRefId, orderId, quantity, transactUs, cumQty = 0 } = terms;
    if (kind !== code.REPORT_EXECUTION && kind !== code.REPORT_CANCEL_REJECT) return;
    const execType = String.fromCharCode(terms.execType);
    const isExecution = kind === code.REPORT_EXECUTION && "FHG".includes(execType);
    const rest = [kind, orderId, units(quantity), price(terms.price), transactUs, units(cumQty)].join("/");
    const said = { lastQty: units(terms.lastQty), lastPx: price(terms.lastPx), side: 0, symbol: "" };
    this.unmatched.keep({ venue, execType, isExecution, orderId, execId, execRefId, rest, ...said }, this.nowUs);
  }

  private reportOf(order: ModelOrder, terms: ModelReport): Result {
    const answers = order.pending !== null && [terms.number, terms.requestNumber].includes(order.pending.number);
    if (terms.kind === code.REPORT_EXECUTION) return this.execution(order, terms, answers);
    if (terms.kind === code.REPORT_CANCEL_REJECT) {
      // The client has had its refusal.
      const namesNone = terms.number === 0 && terms.requestNumber === 0;
      if (this.isLate(order, terms) || (namesNone && order.pending === null && order.refused !== null))
        return { silent: outcome.REFUSED_LATE, outs: [] };
      const isAnswer = order.pending !== null && this.isOfToday(order, terms);
      const isNewest = [terms.number, terms.requestNumber].includes(Math.max(...order.numbers));
      const id = isNewest ? order.ids.at(-1)! : order.id;
      return this.refusePending(order, isAnswer, terms.cxlRejReason, 0, terms.text, id);
    }
    const reason = terms.reason === 0 ? why.NOT_TAKEN : terms.reason;
    if (answers) return this.refusePending(order, true, cxlRejReason(reason), reason, terms.text);
    if (order.state !== "PendingNew" || terms.number !== order.number)
      return { silent: outcome.REFUSED_LATE, outs: [] };
    this.end(order, "Rejected");
    return told({
      ...this.about(order, "8", order.id, ""),
      reason,
      ordRejReason: ordRejReason(reason),
      text: terms.text,
    });
  }

  /** The venue has not answered the order's newest request: it is asked for the status, or its client answered. */
  silence(slot: number, request: number, asks: boolean): Out[] {
    const order = this.orders.get(slot)!;
    const { pending } = order;
    const isUnanswered = pending !== null || order.state === "PendingNew";
    if (!isUnanswered || Math.max(...order.numbers) !== request) return [];
    if (asks && !isOpen(order)) return [];
    if (asks) return [this.statusRequest(order)];
    if (pending === null) {
      if (order.isToldSilent) return [];
      order.isToldSilent = true;
      return [{ ...this.about(order, "I", order.id, ""), reason: why.VENUE_SILENT_ON_ORDER }];
    }
    const reason = why.VENUE_SILENT_ON_CHANGE;
    const { outs } = this.refusePending(order, true, cxlRejReason(reason), reason, "");
    order.refused = pending;
    return outs;
  }

  /** The report answers the request that was refused last because the venue did not answer it. */
  private isLate({ pending, refused }: ModelOrder, { number, requestNumber }: ModelReport): boolean {
    return pending === null && refused !== null && [number, requestNumber].includes(refused.number);
  }

  /** By slot and number, else by the venue's OrderID. */
  private addressed(terms: ModelReport): ModelOrder | undefined {
    const order = this.orders.get(terms.slot);
    const isOwn =
      order?.venue === terms.venue &&
      [terms.number, terms.requestNumber].some(
        (number) => number >= order.number && number <= Math.max(...order.numbers),
      );
    return isOwn ? order : this.orders.get(this.byVenueId.get(`${terms.venue}/${terms.orderId}`) ?? -1);
  }

  private isOfToday(order: ModelOrder, terms: ModelReport): boolean {
    return [terms.number, terms.requestNumber].every((number) =>
      [0, order.number, order.current, order.pending?.number ?? 0].includes(number),
    );
  }

  /** A Replaced that names the pending request is meant for it, whatever else it names. */
  private isMeant(order: ModelOrder, terms: ModelReport): boolean {
    const isNamed = [terms.number, terms.requestNumber].includes(order.pending!.number);
    return isNamed || this.isOfToday(order, terms);
  }

  private execution(order: ModelOrder, terms: ModelReport, answers: boolean): Result {
    if (order.venueId === "") this.setVenueId(order, terms.orderId);
    const execType = String.fromCharCode(terms.execType);
    if (execType === "F") return this.fill(order, terms);
    if (execType === "H") return this.bust(order, terms);
    if (execType === "5") return this.replaced(order, terms);
    if (execType === "D") return this.restated(order, terms, order.qty, order.px, order.id, "");
    if (execType === "0") {
      if (order.state !== "PendingNew") return this.illegal(order, terms);
      order.state = "New";
      this.setVenueId(order, terms.orderId);
      this.takeTotals(order, terms);
      this.goOn(order, false);
      return this.tell(order, terms, order.id, "");
    }
    const { to, from } = ENDS[execType]!;
    const isLegal = from.includes(order.state);
    if (!isLegal && !answers) return this.illegal(order, terms);
    const cause = execType === "4" && answers ? (order.pending?.cause ?? 0) : 0;
    const isOwn = answers && cause === 0;
    const id = isOwn ? order.pending!.id : order.id;
    if (answers) order.pending = null;
    this.setVenueId(order, terms.orderId);
    if (execType !== "8") this.takeTotals(order, terms);
    if (isOpen(order)) this.end(order, to);
    else if (isLegal) order.state = to;
    const result = this.tell(order, terms, id, isOwn ? order.id : "");
    return cause === 0 ? result : { ...result, outs: result.outs.map((out) => ({ ...out, reason: CAUSES[cause]! })) };
  }

  private fill(order: ModelOrder, terms: ModelReport): Result {
    if (this.isKnown(order, terms)) return DUPLICATE;
    this.goBy(order, terms);
    const { cum } = order;
    const isCounted = this.add(order, units(terms.lastQty), this.meant(order, terms.lastPx), 1n);
    this.takeTotals(order, terms, isCounted);
    if (units(terms.lastQty) > 0n && units(terms.lastQty) <= MOST_E8)
      this.references.execution(
        order.symbol,
        this.meant(order, terms.lastPx),
        this.nowUs,
        terms.transactUs,
        terms.possDup,
      );
    if (units(terms.lastQty) > 0n || order.cum > cum) this.executionLimits.count(order, this.nowUs);
    this.remember(order, terms);
    this.goOn(order, true);
    return told(this.said(order, terms, order.id, ""));
  }

  private bust(order: ModelOrder, terms: ModelReport): Result {
    if (this.isKnown(order, terms)) return DUPLICATE;
    this.goBy(order, terms);
    this.add(order, units(terms.lastQty), this.meant(order, terms.lastPx), -1n);
    this.references.forget(order.symbol, this.meant(order, terms.lastPx));
    this.takeTotals(order, terms);
    this.remember(order, terms);
    this.goOn(order, true);
    return told(this.said(order, terms, order.id, ""));
  }

  /** Executions under the order's own ClOrdID say its OrderID. */
  private goBy(order: ModelOrder, terms: ModelReport): void {
    if ((terms.requestNumber || terms.number) === order.current) this.setVenueId(order, terms.orderId);
  }

  /** 0 is none where the symbol has no such prices. */
  private meant(order: ModelOrder, said: Amount): bigint {
    const { prices = "above-zero" } = this.symbol(order.symbol);
    return price(said) === 0n && prices === "above-zero" ? NO_PRICE : price(said);
  }

  /** What an order is worth without a price that is known: the average so far, else its own. */
  private usualPx(order: ModelOrder): bigint {
    if (order.cum > 0n && order.isValued) return this.average(order);
    return order.px === NO_PRICE ? 0n : order.px;
  }

  /** Returns false for a quantity that is more than there is: it is not counted. */
  private add(order: ModelOrder, qty: bigint, px: bigint, sign: 1n | -1n): boolean {
    if (qty === 0n || qty > MOST_E8) return true;
    if (sign > 0n && qty > MOST_E8 - order.cum) return false;
    const worth = px === NO_PRICE ? this.usualPx(order) : px;
    const sum = order.cum + sign * qty;
    const cum = sum > 0n ? sum : 0n;
    if (cum === 0n) this.book(order, 0n, 0n, 0n);
    else
      this.book(
        order,
        cum,
        order.value + sign * qty * worth,
        order.worth + sign * money(qty, worth, order.factor),
        money(qty, worth, order.factor),
      );
    return true;
  }

  /** `isCounted`: so is all that the report itself says. */
  private takeTotals(order: ModelOrder, terms: ModelReport, isCounted = true): void {
    if (terms.cumQty === undefined || units(terms.cumQty) === order.cum || units(terms.cumQty) > MOST_E8) return;
    const cum = units(terms.cumQty);
    if (!isCounted) order.isValued = false;
    const worth = this.usualPx(order);
    if (cum === 0n || order.isValued) {
      order.isValued = true;
      this.book(order, cum, cum * worth, money(cum, worth, order.factor));
      return;
    }
    const change = cum - order.cum;
    const one = money(size(change), worth, order.factor);
    this.book(order, cum, order.value, order.worth + (change < 0n ? -one : one), one);
  }

  /** An amount beyond all money is noted, not booked. */
  private book(order: ModelOrder, cum: bigint, value: bigint, worth: bigint, one = worth): void {
    order.cum = cum;
    if (cum === 0n) order.isValued = true;
    if (size(one) > MOST_MONEY || size(worth) > MOST_MONEY) order.isValued = false;
    else {
      order.value = value;
      order.worth = worth;
    }
  }

  /** An open order stays open with the rest, or `ends` with nothing left. */
  private goOn(order: ModelOrder, ends: boolean): void {
    if (!isOpen(order)) return;
    order.leaves = order.qty > order.cum ? order.qty - order.cum : 0n;
    if (order.leaves === 0n && ends && !this.asksForMore(order)) this.end(order, "Filled");
    else if (order.cum > 0n) order.state = "Partial";
    else if (ends || order.state === "Partial") order.state = "New";
  }

  /** A filled order waits for the answer to a replace that asks for more than is executed. */
  private asksForMore({ pending, cum }: ModelOrder): boolean {
    return pending?.kind === "replace" && cum > 0n && pending.qty > cum;
  }

  private replaced(order: ModelOrder, terms: ModelReport): Result {
    const isLate = this.isLate(order, terms) && order.refused!.kind === "replace";
    const pending = isLate ? order.refused : order.pending;
    if (pending?.kind !== "replace" || (!isLate && !this.isMeant(order, terms))) {
      if (!isOpen(order)) return this.illegal(order, terms);
      if (this.isKnown(order, terms)) return DUPLICATE;
      return this.restated(order, terms, order.qty, order.px, order.id, "");
    }
    if (!isOpen(order) && !["Filled", "DoneForDay"].includes(order.state)) return this.illegal(order, terms);
    const previous = order.id;
    order.pending = null;
    order.refused = null;
    order.id = pending.id;
    order.current = pending.number;
    return this.restated(order, terms, pending.qty, pending.px, order.id, previous);
  }

  private restated(order: ModelOrder, terms: ModelReport, qty: bigint, px: bigint, id: string, orig: string): Result {
    this.setVenueId(order, terms.orderId);
    if (isOpen(order) && order.state === "PendingNew") order.state = "New";
    this.takeTotals(order, terms);
    const wanted = units(terms.quantity) > 0n ? units(terms.quantity) : qty;
    order.qty = wanted > order.cum ? wanted : order.cum;
    // Of a stop order its price is StopPx, which a report of the model does not say.
    const said = order.type === code.TYPE_STOP ? NO_PRICE : this.meant(order, terms.price);
    order.px = said === NO_PRICE ? px : said;
    if (isOpen(order)) {
      this.goOn(order, false);
      if (order.leaves === 0n && !this.asksForMore(order)) this.end(order, "Filled");
    }
    return this.tell(order, terms, id, orig);
  }

  private illegal(order: ModelOrder, terms: ModelReport): Result {
    return this.isKnown(order, terms) ? DUPLICATE : this.tell(order, terms, order.id, "");
  }

  private tell(order: ModelOrder, terms: ModelReport, id: string, orig: string): Result {
    this.remember(order, terms);
    return told(this.said(order, terms, id, orig));
  }

  private keyOf(order: ModelOrder, terms: ModelReport): string {
    return `${order.venue}/${order.number}/${terms.execType}/${terms.execId}`;
  }

  private isKnown(order: ModelOrder, terms: ModelReport): boolean {
    return terms.execId !== "" && this.executions.has(this.keyOf(order, terms));
  }

  private remember(order: ModelOrder, terms: ModelReport): void {
    if (terms.execId !== "") this.executions.add(this.keyOf(order, terms));
  }

  /** In the venue's words where it has any. */
  private said(order: ModelOrder, terms: ModelReport, id: string, orig: string): Out {
    const about = this.about(order, String.fromCharCode(terms.execType), id, orig);
    return {
      ...about,
      quantity: terms.quantity > 0 ? inUnits(units(terms.quantity)) : about.quantity!,
      price: terms.price === NO_PRICE ? about.price! : shown(price(terms.price)),
      cumQty: terms.cumQty === undefined ? about.cumQty! : inUnits(units(terms.cumQty)),
      lastQty: inUnits(units(terms.lastQty)),
      lastPx: shown(price(terms.lastPx)),
      ordRejReason: terms.ordRejReason,
      text: terms.text,
    };
  }

  /** `other`: the ClOrdID where it does not answer the pending request. */
  private refusePending(
    order: ModelOrder,
    answers: boolean,
    cxlRejReason: number,
    reason: number,
    text: string,
    other = "",
  ): Result {
    const kind = order.pending?.kind;
    const cause = answers ? (order.pending!.cause ?? 0) : 0;
    const id = cause > 0 ? order.id : answers ? order.pending!.id : other;
    if (answers) order.pending = null;
    const isFilledUp = order.pending === null && order.state === "Partial" && order.leaves === 0n;
    if (isFilledUp) this.end(order, "Filled");
    else if (cause !== 0 && cause !== 3) return { silent: null, outs: [] };
    return told({
      ...EMPTY_REPORT,
      out: "cancelReject",
      session: order.session,
      index: this.nextReport(order.session),
      ordStatus: this.statusOf(order),
      id,
      orig: order.id,
      orderId: String(order.number),
      symbol: order.symbol,
      account: order.account,
      reason,
      cxlRejReason,
      responseTo: kind === "replace" ? "2" : "1",
      text,
    });
  }
}

function told(out: Out): Result {
  return { silent: null, outs: [out] };
}
