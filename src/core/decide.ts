import { ID_BYTES } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { REQUEST_CANCEL, REQUEST_NEW, REQUEST_REPLACE, TIF_DAY } from "../record/codes.ts";
import type { OrderRequest } from "../record/order-request.ts";
import type { Decision } from "./decision.ts";
import { DONE_FOR_DAY, FILLED, isOpen, NOT_PENDING } from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import {
  ACCEPTED,
  ALREADY_PENDING,
  BAD_CL_ORD_ID,
  BELOW_CUM_QTY,
  DROPPED,
  DUPLICATE_CL_ORD_ID,
  JOURNAL_FULL,
  NO_ROUTE,
  NUMBER_NOT_HELD,
  TABLE_FULL,
  TERMS_CHANGED,
  TOO_LATE,
  UNKNOWN_ORDER,
  UNKNOWN_SESSION,
  VENUE_DOWN,
} from "./risk/reason-codes.ts";
import type { State } from "./state.ts";

/** Decides requests. Changes nothing but the decision that it is given. */
export class Decider {
  constructor(private readonly state: State) {}

  /** Decides into `decision`. `starved` says that the disk is full, so that nothing new can be taken. */
  decide(request: OrderRequest, timeUs: number, starved: boolean, decision: Decision): void {
    decision.clear();
    const kind = request.kind;
    if (kind === REQUEST_NEW) decision.reason = this.newOrder(request, timeUs, starved, decision);
    else if (kind === REQUEST_CANCEL) decision.reason = this.cancel(request, timeUs, decision);
    else if (kind === REQUEST_REPLACE) decision.reason = this.replace(request, timeUs, starved, decision);
    else decision.reason = this.status(request, decision);
    // A new order has its number also where it is refused.
    const changes = kind === REQUEST_CANCEL || kind === REQUEST_REPLACE;
    if (changes && decision.reason === ACCEPTED) decision.number = this.state.number.value + 1;
  }

  private newOrder(request: OrderRequest, timeUs: number, starved: boolean, decision: Decision): number {
    const state = this.state;
    const orders = state.orders;
    const ints = request.views.ints;
    const session = request.session;
    const length = request.clOrdIdLength;
    const hasId = length > 0 && length <= ID_BYTES;
    if (hasId) decision.former = orders.ids.find(ints, request.clOrdIdAt, session, length);
    if (!state.entitlements.knows(session)) return UNKNOWN_SESSION;
    const accountLength = request.accountLength;
    const symbolLength = request.symbolLength;
    if (accountLength > 0) decision.account = state.accountNames.find(ints, request.accountAt, accountLength);
    if (symbolLength > 0) decision.symbol = state.symbolNames.find(ints, request.symbolAt, symbolLength);
    if (!hasId) {
      decision.number = state.number.value + 1;
      return BAD_CL_ORD_ID;
    }
    if (decision.former !== NONE) {
      if (request.possResend === 1) return DROPPED;
      if (!this.mayUseAgain(decision.former, request, timeUs)) {
        decision.number = state.number.value + 1;
        return DUPLICATE_CL_ORD_ID;
      }
    }
    decision.number = state.number.value + 1;
    const reason = starved ? JOURNAL_FULL : this.checkNew(request, timeUs, decision);
    if (reason !== ACCEPTED) {
      if (orders.hasRoomForDone()) decision.slot = orders.candidate();
      return reason;
    }
    decision.slot = orders.candidate();
    decision.venue = state.routes.venue(decision.symbol);
    return ACCEPTED;
  }

  /**
   * True when the ClOrdID of an entry may be used again: its order is done, and the order's last request came before the
   * session's numbers were last reset, or on an earlier trading day.
   */
  private mayUseAgain(entry: number, request: OrderRequest, timeUs: number): boolean {
    const state = this.state;
    const order = state.order.aim(state.orders.ids.slotOf(entry));
    if (isOpen(order.state) || order.day === NONE) return false;
    // It works again on the next day.
    if (order.state === DONE_FOR_DAY && order.timeInForce !== TIF_DAY) return false;
    return order.epoch !== request.epoch || order.day !== state.tradingDays.of(timeUs);
  }

  private checkNew(request: OrderRequest, timeUs: number, decision: Decision): number {
    const state = this.state;
    const risk = state.risk;
    const parties = risk.checkParties(request.session, decision.account, decision.symbol);
    if (parties !== ACCEPTED) return parties;
    const ordType = request.ordType;
    const side = request.side;
    const kind = risk.checkKind(side, ordType, request.timeInForce);
    if (kind !== ACCEPTED) return kind;
    if (request.unheldTag !== 0) return notHeld(request, decision);
    const size = risk.checkSize(
      decision.account,
      decision.symbol,
      side,
      ordType,
      request.quantity,
      request.priceE8,
      timeUs,
      decision,
    );
    if (size !== ACCEPTED) return size;
    const open = risk.checkOpenOrders(decision.account, decision);
    if (open !== ACCEPTED) return open;
    const venue = state.routes.venue(decision.symbol);
    if (venue === NONE) return NO_ROUTE;
    if (!state.routes.isUp(venue)) return VENUE_DOWN;
    return state.orders.hasRoom() ? ACCEPTED : TABLE_FULL;
  }

  /** What cancel and replace have in common: the order must be there, open and not busy, the ClOrdID new. */
  private change(request: OrderRequest, timeUs: number, decision: Decision): number {
    const state = this.state;
    const ids = state.orders.ids;
    const ints = request.views.ints;
    const session = request.session;
    const length = request.clOrdIdLength;
    const hasId = length > 0 && length <= ID_BYTES;
    if (hasId) decision.former = ids.find(ints, request.clOrdIdAt, session, length);
    if (!state.entitlements.knows(session)) return UNKNOWN_SESSION;
    if (!hasId) return BAD_CL_ORD_ID;
    if (decision.former !== NONE && request.possResend === 1) return DROPPED;
    const origLength = request.origClOrdIdLength;
    if (origLength === 0 || origLength > ID_BYTES) return UNKNOWN_ORDER;
    decision.entry = ids.find(ints, request.origClOrdIdAt, session, origLength);
    if (decision.entry === NONE) return UNKNOWN_ORDER;
    decision.slot = ids.slotOf(decision.entry);
    const isDuplicate = decision.former !== NONE && !this.mayUseAgain(decision.former, request, timeUs);
    const order = state.order.aim(decision.slot);
    if (!isOpen(order.state) && !isIncrease(order, request)) return TOO_LATE;
    if (order.pending !== NOT_PENDING) return ALREADY_PENDING;
    return isDuplicate ? DUPLICATE_CL_ORD_ID : ACCEPTED;
  }

  /** No limit, kill switch or full disk applies to a cancel. It needs a venue to go to. */
  private cancel(request: OrderRequest, timeUs: number, decision: Decision): number {
    const reason = this.change(request, timeUs, decision);
    if (reason !== ACCEPTED) return reason;
    return this.state.routes.isUp(this.state.order.venue) ? ACCEPTED : VENUE_DOWN;
  }

  /** The old terms were admitted when they came; here the new ones are. Both stay reserved until the venue answers. */
  private replace(request: OrderRequest, timeUs: number, starved: boolean, decision: Decision): number {
    const state = this.state;
    const risk = state.risk;
    const order = state.order;
    const change = this.change(request, timeUs, decision);
    if (change !== ACCEPTED) return change;
    if (starved) return JOURNAL_FULL;
    const parties = risk.checkParties(request.session, order.account, order.symbol);
    if (parties !== ACCEPTED) return parties;
    if (!this.sameTerms(request)) return TERMS_CHANGED;
    if (request.unheldTag !== 0) return notHeld(request, decision);
    if (request.quantity < order.cumQty) return BELOW_CUM_QTY;
    const size = risk.checkSize(
      order.account,
      order.symbol,
      order.side,
      order.ordType,
      request.quantity,
      request.priceE8,
      timeUs,
      decision,
    );
    if (size !== ACCEPTED) return size;
    if (!state.routes.isUp(order.venue)) return VENUE_DOWN;
    if (isOpen(order.state)) return state.orders.hasRoomFor(order) ? ACCEPTED : TABLE_FULL;
    const open = risk.checkOpenOrders(order.account, decision);
    if (open !== ACCEPTED) return open;
    return state.orders.canReopenFor(order) ? ACCEPTED : TABLE_FULL;
  }

  /** A replace changes quantity and price; anything else is refused by name rather than left out in silence. */
  private sameTerms(request: OrderRequest): boolean {
    const state = this.state;
    const order = state.order;
    const ints = request.views.ints;
    if (request.side !== order.side || request.ordType !== order.ordType) return false;
    if (request.timeInForce !== 0 && request.timeInForce !== order.timeInForce) return false;
    if (state.symbolNames.find(ints, request.symbolAt, request.symbolLength) !== order.symbol) return false;
    const length = request.accountLength;
    return length === 0 || state.accountNames.find(ints, request.accountAt, length) === order.account;
  }

  private status(request: OrderRequest, decision: Decision): number {
    const state = this.state;
    const length = request.clOrdIdLength;
    const session = request.session;
    if (!state.entitlements.knows(session)) return UNKNOWN_SESSION;
    if (length === 0 || length > ID_BYTES) return BAD_CL_ORD_ID;
    const ids = state.orders.ids;
    decision.entry = ids.find(request.views.ints, request.clOrdIdAt, session, length);
    if (decision.entry === NONE) return UNKNOWN_ORDER;
    decision.slot = ids.slotOf(decision.entry);
    return ACCEPTED;
  }
}

/** True for a replace that asks for more of a filled order, which the venue may still accept (order state matrix C.1.c). */
function isIncrease(order: Order, request: OrderRequest): boolean {
  return request.kind === REQUEST_REPLACE && order.state === FILLED && request.quantity > order.cumQty;
}

function notHeld(request: OrderRequest, decision: Decision): number {
  decision.detail.setNotHeld(request.unheldTag);
  return NUMBER_NOT_HELD;
}
