import { NO_PRICE } from "../../src/base/units.ts";
import { levelOf, rowOf } from "../../src/core/level-rows.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import { cxlRejReason, ordRejReason } from "../../src/core/risk/reasons.ts";
import * as code from "../../src/record/codes.ts";
import { CAUSE_SELF_TRADE } from "../../src/record/control-codes.ts";
import { inUnits, shown, units } from "../numbers.ts";
import type { RequestTerms } from "./driver.ts";
import { ModelChecks } from "./model-checks.ts";
import { char, dayOf, EMPTY_REPORT, isOpen, type ModelOrder } from "./model-order.ts";
import type { Out } from "./outs.ts";

/** By cause: how the ClOrdIDs of the gateway's own cancels begin. */
const PREFIXES = ["OPERATOR", "SESSION", "SESSION", "MASS", "SELF", "KILL"];

/** Which open orders the gateway cancels itself, and why. */
export interface CancelTerms {
  readonly session: number;
  readonly symbol: string;
  readonly isOfDay: boolean;
  readonly cause: number;
  readonly account?: string;
  readonly venue?: number;
  readonly side?: number;
  /** The row of a client or trader. */
  readonly party?: string;
}

/** What an OrderMassStatusRequest asks for; `asked`: its Symbol, also where all are meant. */
export interface StatusTerms {
  readonly id: string;
  readonly session: number;
  readonly scope: number;
  readonly account: string;
  readonly symbol: string;
  readonly asked: string;
  readonly side: number;
}

/** What clients ask of the model. */
export class ModelDriver extends ModelChecks {
  /** The clock was set back to this time: what was dated later is too old, or has come now. */
  clockSetBack(nowUs: number): void {
    this.references.clockSetBack(nowUs);
    this.firmMessages.clockSetBack(nowUs);
    this.executionLimits.clockSetBack(nowUs);
    this.accepted = this.accepted.map((one) => ({ ...one, atUs: Math.min(one.atUs, nowUs) }));
  }

  order(given: Required<RequestTerms>, timeUs: number): Out[] {
    this.nowUs = timeUs;
    this.settings.endAt(timeUs);
    // A session without traders takes none of an order.
    const hasTraders = (this.configured.sessionOf(given.session)?.traders ?? []).length > 0;
    const terms = hasTraders ? given : { ...given, trader: "" };
    if (terms.kind === code.REQUEST_NEW) return this.newOrder(terms, timeUs);
    if (terms.kind === code.REQUEST_STATUS) return this.status(terms);
    return this.change(terms, timeUs);
  }

  private newOrder(terms: Required<RequestTerms>, timeUs: number): Out[] {
    if (!this.configured.knows(terms.session)) {
      this.firmMessages.count(true, why.UNKNOWN_SESSION, timeUs);
      return [this.refusedOrder(terms, why.UNKNOWN_SESSION, ++this.number)];
    }
    if (terms.possResend && this.find(terms.session, terms.id) !== undefined) return [];
    const duplicate = this.isDuplicate(terms, timeUs);
    const { reason, canceled } = this.settled(() => {
      this.overrides.begin(terms, timeUs);
      return duplicate ? why.DUPLICATE_CL_ORD_ID : this.checkNew(terms, timeUs);
    }, timeUs);
    if (reason === why.ACCEPTED) this.overrides.use();
    this.countRate(terms.session, terms.account, timeUs);
    this.firmMessages.count(true, reason, timeUs);
    const number = ++this.number;
    const canKeep = this.slot() !== undefined && (this.idsUsed() < 2 * this.config.maxOrders || this.done.length > 0);
    if (reason !== why.ACCEPTED) {
      if (!duplicate && canKeep) {
        this.hide(terms);
        const order = this.take(terms, number, "Rejected", -1, timeUs);
        this.addId(order, terms.id);
        this.done.push(order.slot);
      }
      return [...canceled, this.refusedOrder(terms, reason, number)];
    }
    this.hide(terms);
    const order = this.take(terms, number, "PendingNew", this.venueOf(terms)!, timeUs);
    this.routing.taken();
    this.addId(order, terms.id);
    this.keepAccepted(terms, timeUs);
    return [...canceled, this.request(order, terms, 0, number)];
  }

  private refusedOrder(terms: Required<RequestTerms>, reason: number, number: number): Out {
    return this.refusal(terms, "8", reason, {
      orderId: String(number),
      ordRejReason: ordRejReason(reason),
      quantity: inUnits(units(terms.qty)),
      price: shown(this.limitPriceOf(terms)),
    });
  }

  private change(terms: Required<RequestTerms>, timeUs: number): Out[] {
    const replaces = terms.kind === code.REQUEST_REPLACE;
    const isStranger = replaces && !this.configured.knows(terms.session);
    if (!isStranger && terms.possResend && this.find(terms.session, terms.id) !== undefined) return [];
    const duplicate = this.isDuplicate(terms, timeUs);
    const order = isStranger ? undefined : this.find(terms.session, terms.orig);
    this.overrides.begin(null, timeUs);
    const { reason, canceled } = this.settled(
      () => (isStranger ? why.UNKNOWN_SESSION : this.checkChange(order, duplicate, replaces, terms, timeUs)),
      timeUs,
    );
    this.firmMessages.count(replaces, reason, timeUs);
    if (replaces && order !== undefined) this.countRate(terms.session, this.accountOf(order), timeUs);
    if (reason !== why.ACCEPTED) {
      return [
        ...canceled,
        {
          ...EMPTY_REPORT,
          out: "cancelReject",
          session: terms.session,
          index: this.nextReport(terms.session),
          ordStatus: order === undefined ? "8" : this.statusOf(order),
          id: terms.id,
          orig: reason === why.ALREADY_PENDING ? order!.id : terms.orig,
          orderId: order === undefined ? "NONE" : String(order.number),
          symbol: order === undefined ? terms.symbol : this.symbolOf(order),
          account: order === undefined ? terms.account : this.accountOf(order),
          reason,
          cxlRejReason: cxlRejReason(reason),
          responseTo: replaces ? "2" : "1",
        },
      ];
    }
    const target = order!;
    this.hide(terms);
    target.epoch = terms.epoch;
    target.day = dayOf(timeUs);
    if (!isOpen(target)) {
      target.state = "Partial";
      this.done.splice(this.done.indexOf(target.slot), 1);
    }
    this.addId(target, terms.id);
    // A filled order may be replaced under a ClOrdID that it had on another day.
    target.hidden.delete(terms.id);
    const number = ++this.number;
    target.numbers.add(number);
    target.refused = null;
    target.pending = {
      kind: replaces ? "replace" : "cancel",
      number,
      id: terms.id,
      qty: units(terms.qty),
      px: this.priceOf(terms),
    };
    return [...canceled, this.request(target, terms, target.current, number)];
  }

  private checkChange(
    order: ModelOrder | undefined,
    duplicate: boolean,
    replaces: boolean,
    terms: Required<RequestTerms>,
    timeUs: number,
  ): number {
    if (order === undefined) return why.UNKNOWN_ORDER;
    const isIncrease = replaces && order.state === "Filled" && units(terms.qty) > order.cum;
    if (!isOpen(order) && !isIncrease) return why.TOO_LATE;
    if (order.pending !== null) return why.ALREADY_PENDING;
    if (duplicate) return why.DUPLICATE_CL_ORD_ID;
    if (!replaces) return this.up.has(order.venue) ? why.ACCEPTED : why.VENUE_DOWN;
    const parties = this.checkParties(terms.session, order.account, order.symbol, order.trader, false);
    if (parties !== why.ACCEPTED) return parties;
    const same =
      terms.side === order.side &&
      terms.type === order.type &&
      terms.tif === order.tif &&
      terms.symbol === order.symbol &&
      terms.account === order.account;
    if (!same) return why.TERMS_CHANGED;
    const market = this.checkMarket(order.account, order.symbol, order.side, order.type, order.tif, timeUs);
    if (market !== why.ACCEPTED) return market;
    const rights = this.checkRights(terms.session, order.account, order.symbol, order.side, order.type, order.tif);
    if (rights !== why.ACCEPTED) return rights;
    if (units(terms.qty) < order.cum) return why.BELOW_CUM_QTY;
    const besides = this.besides(order.session, order.trader);
    const size = this.checkSize(
      besides,
      order.account,
      order.symbol,
      order.side,
      order.type,
      units(terms.qty),
      this.priceOf(terms),
      this.triggerOf(terms),
      timeUs,
      order.factor,
    );
    if (size !== why.ACCEPTED) return size;
    const leaves = units(terms.qty) - order.cum;
    const value = this.valueOf(order.symbol, order.type, leaves, this.priceOf(terms), order.factor);
    const [held, open] = isOpen(order) ? [this.held(order), order.leaves] : [0n, 0n];
    const isBuy = order.side === code.SIDE_BUY;
    const more = this.checkExposure(order.account, order.symbol, isBuy, value - held, leaves - open);
    if (more !== why.ACCEPTED) return more;
    if (!this.up.has(order.venue)) return why.VENUE_DOWN;
    if (!this.up.takes(order.venue)) return why.VENUE_STATUS_AWAITED;
    const room = 2 * this.config.maxOrders - this.claimed();
    const hasRoom = isOpen(order) ? order.ids.length < 2 || room > 0 : Math.max(2, order.ids.length + 1) <= room;
    if (!isOpen(order) && this.isFullOfOpen(order.account, besides)) return why.OPEN_ORDERS;
    if (!hasRoom) return why.TABLE_FULL;
    return this.selfTrade.check({ ...order, price: this.priceOf(terms), isTriggered: order.cum > 0n });
  }

  /** The gateway cancels open orders itself: those of a session, -1 for all, and of an account and a venue where these are given. */
  cancelMany(terms: CancelTerms, timeUs: number): Out[] {
    const { session, symbol, isOfDay, cause, account = "", venue = -1, side = 0, party = "" } = terms;
    const outs: Out[] = [];
    const refused: Out[] = [];
    for (const order of [...this.orders.values()].sort((one, other) => one.slot - other.slot)) {
      if ((session !== -1 && order.session !== session) || !isOpen(order) || order.pending?.kind === "cancel") continue;
      if ((account !== "" && this.accountOf(order) !== account) || (venue !== -1 && order.venue !== venue)) continue;
      if ((side !== 0 && order.side !== side) || !this.isOfParty(order, party)) continue;
      if ((symbol !== "" && order.symbol !== symbol) || (isOfDay && [code.TIF_GTC, code.TIF_GTD].includes(order.tif)))
        continue;
      if (order.pending !== null || !this.up.has(order.venue)) {
        if (cause === 3) refused.push(this.notCanceled(order));
        continue;
      }
      outs.push(this.cancelFor(order, cause, timeUs));
    }
    return [...outs, ...refused];
  }

  private isOfParty(order: ModelOrder, party: string): boolean {
    if (party === "" || party === rowOf("trader", order.trader)) return true;
    const of = levelOf(party);
    if (of.level !== "client") return false;
    return this.config.clients!.find(({ name }) => name === of.name)!.accounts.includes(this.accountOf(order));
  }

  /** The open orders that an OrderMassStatusRequest asks for, by slot; "" and 0: any. */
  matching({ session, account, symbol, side }: StatusTerms): ModelOrder[] {
    return [...this.orders.values()]
      .filter((order) => order.session === session && isOpen(order) && (side === 0 || order.side === side))
      .filter((order) => account === "" || this.accountOf(order) === account)
      .filter((order) => symbol === "" || order.symbol === symbol)
      .sort((one, other) => one.slot - other.slot);
  }

  /** Tells the status of orders, of which these are the last, or with none of them that there are no others. */
  massStatus(terms: StatusTerms, orders: readonly ModelOrder[], total: number, areLast: boolean): Out[] {
    const { id, session, scope } = terms;
    const none = (): Out => this.noOrder(session, id, terms.asked, terms.side);
    const about = orders.map((order) => this.about(order, "I", order.id, id));
    const reports = about.length === 0 ? [none()] : about;
    return reports.map(({ cxlRejReason, responseTo, ...report }, i) => ({
      ...report,
      ...{ out: "massStatus", scope, total, isLast: areLast && i === reports.length - 1 ? 1 : 0 },
    }));
  }

  private noOrder(session: number, orig: string, symbol: string, side: number): Out {
    return {
      ...EMPTY_REPORT,
      session,
      index: this.nextReport(session),
      execType: "I",
      ordStatus: "8",
      side: side === 0 ? "7" : char(side),
      orig,
      orderId: "NONE",
      execId: String(++this.executionCount),
      symbol: symbol === "" ? "[N/A]" : symbol,
      quantity: inUnits(-1n),
      price: NO_PRICE,
      lastPx: NO_PRICE,
      reason: why.NO_MATCHING_ORDER,
    };
  }

  private cancelFor(order: ModelOrder, cause: number, timeUs: number): Out {
    const number = ++this.number;
    const id = `${PREFIXES[cause]}-${number}`;
    order.day = dayOf(timeUs);
    if (cause > 0 && order.newestIsOurs && order.ids.at(-1) !== order.id) order.ids.pop();
    this.addId(order, id);
    order.newestIsOurs = cause > 0;
    order.refused = null;
    order.numbers.add(number);
    order.pending = { kind: "cancel", number, id, qty: 0n, px: 0n, cause };
    const terms = { kind: code.REQUEST_CANCEL, id, qty: 0 } as Required<RequestTerms>;
    return this.request(order, terms, order.current, number);
  }

  /** Decides until no order is left that is canceled for this one. */
  private settled(check: () => number, timeUs: number): { reason: number; canceled: Out[] } {
    const canceled: Out[] = [];
    for (;;) {
      const reason = check();
      const order = reason === why.SELF_TRADE ? this.selfTrade.next() : undefined;
      if (order === undefined) return { reason, canceled };
      canceled.push(this.cancelFor(order, CAUSE_SELF_TRADE, timeUs));
    }
  }

  private notCanceled(order: ModelOrder): Out {
    const reason = order.pending === null ? why.VENUE_DOWN : why.ALREADY_PENDING;
    return {
      ...EMPTY_REPORT,
      out: "cancelReject",
      session: order.session,
      index: this.nextReport(order.session),
      ordStatus: this.statusOf(order),
      id: order.id,
      orig: order.id,
      orderId: String(order.number),
      symbol: this.symbolOf(order),
      account: this.accountOf(order),
      reason,
      cxlRejReason: cxlRejReason(reason),
      responseTo: "1",
    };
  }

  private status(terms: Required<RequestTerms>): Out[] {
    this.firmMessages.count(false, why.ACCEPTED, this.nowUs);
    const isKnown = this.configured.knows(terms.session);
    const order = isKnown ? this.find(terms.session, terms.id) : undefined;
    if (order !== undefined) {
      const report = this.about(order, "I", terms.id, "");
      if (report.symbol !== "") return [report];
      return [{ ...report, symbol: terms.symbol, account: terms.account }];
    }
    const reason = isKnown ? why.UNKNOWN_ORDER : why.UNKNOWN_SESSION;
    return [
      this.refusal(terms, "I", reason, {
        orderId: "NONE",
        ordRejReason: ordRejReason(reason),
        quantity: inUnits(units(terms.qty)),
        price: shown(this.limitPriceOf(terms)),
      }),
    ];
  }

  private refusal(terms: Required<RequestTerms>, execType: string, reason: number, more: Out): Out {
    return {
      ...EMPTY_REPORT,
      out: "execution",
      session: terms.session,
      index: this.nextReport(terms.session),
      execType,
      ordStatus: "8",
      side: char(terms.side),
      id: terms.id,
      execId: String(++this.executionCount),
      symbol: terms.symbol,
      account: terms.account,
      lastPx: NO_PRICE,
      reason,
      ...more,
    };
  }

  /** An OrderStatusRequest of the gateway to the order's venue. */
  protected statusRequest(order: ModelOrder): Out {
    const terms = { kind: code.REQUEST_STATUS, id: "", qty: 0 } as Required<RequestTerms>;
    return { ...this.request(order, terms, 0, order.current), price: 0 };
  }

  private request(order: ModelOrder, terms: Required<RequestTerms>, origNumber: number, number: number): Out {
    const index = (this.requestIndex.get(order.venue) ?? 0) + 1;
    this.requestIndex.set(order.venue, index);
    const replaces = terms.kind === code.REQUEST_REPLACE;
    return {
      out: "request",
      venue: order.venue,
      index,
      kind: terms.kind,
      number,
      origNumber,
      slot: order.slot,
      side: char(order.side),
      type: char(order.type),
      tif: char(order.tif),
      // A cancel says what its client says, the order's where that says none.
      quantity: inUnits(
        replaces || (terms.kind === code.REQUEST_CANCEL && units(terms.qty) !== 0n) ? units(terms.qty) : order.qty,
      ),
      price: shown(order.type === code.TYPE_STOP ? NO_PRICE : replaces ? this.priceOf(terms) : order.px),
      id: terms.id,
      account: order.account,
      symbol: order.symbol,
      orderId: terms.kind === code.REQUEST_NEW ? "" : order.venueId,
    };
  }
}
