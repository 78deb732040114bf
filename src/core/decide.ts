import { ID_BYTES } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { REQUEST_CANCEL, REQUEST_NEW, REQUEST_REPLACE } from "../record/codes.ts";
import {
  type OrderRequest,
  REQUEST_ACCOUNT_AT,
  REQUEST_CL_ORD_ID_AT,
  REQUEST_ORIG_CL_ORD_ID_AT,
  REQUEST_SYMBOL_AT,
} from "../record/order-request.ts";
import { isOpen, NOT_PENDING } from "./orders/life-cycle.ts";
import {
  ACCEPTED,
  ALREADY_PENDING,
  BAD_CL_ORD_ID,
  BELOW_CUM_QTY,
  DROPPED,
  DUPLICATE_CL_ORD_ID,
  JOURNAL_FULL,
  NO_ROUTE,
  TABLE_FULL,
  TERMS_CHANGED,
  TOO_LATE,
  UNKNOWN_ORDER,
  UNKNOWN_SESSION,
  VENUE_DOWN,
} from "./risk/reasons.ts";
import type { State } from "./state.ts";

/*  A decision is what the journal keeps beside a request:   bits 0–7 reason (0: accepted) · bits 8–30 venue id
 *
 *  A replay takes it as it stands instead of deciding again, so that limits, accounts, routes or the disk's room may
 *  have changed in between without an order that went out being unmade.
 */
const REASON_MASK = 255;
const VENUE_SHIFT = 8;

export function reasonOf(decision: number): number {
  return decision & REASON_MASK;
}

export function venueOf(decision: number): number {
  return decision >>> VENUE_SHIFT;
}

/** Decides requests. Changes nothing but its own fields, which say what the request was found to be about. */
export class Decision {
  /** Account and symbol of a new order, or NONE. */
  account = NONE;
  symbol = NONE;
  /** The slot of the order: found by a ClOrdID, or to be taken by a new one; NONE when there is none. */
  slot = NONE;
  /** The entry of the ClOrdID that was looked up, or NONE. */
  entry = NONE;
  /** The number the request will get, or 0. */
  number = 0;
  /** Notional of an accepted order, 1e-4 money. */
  notional = 0;

  constructor(private readonly state: State) {}

  /** `starved` says that the disk is full. Returns a decision. */
  decide(request: OrderRequest, timeUs: number, starved: boolean): number {
    const state = this.state;
    this.account = NONE;
    this.symbol = NONE;
    this.slot = NONE;
    this.entry = NONE;
    this.number = 0;
    state.detail.clear();
    const kind = request.kind;
    if (kind === REQUEST_NEW) return this.newOrder(request, timeUs, starved);
    if (kind === REQUEST_CANCEL) return this.numbered(this.cancel(request));
    if (kind === REQUEST_REPLACE) return this.numbered(this.replace(request, timeUs, starved));
    return this.status(request);
  }

  private newOrder(request: OrderRequest, timeUs: number, starved: boolean): number {
    const state = this.state;
    const orders = state.orders;
    const ints = request.views.ints;
    const session = request.session;
    if (!state.entitlements.knows(session)) return UNKNOWN_SESSION;
    if (request.accountLength > 0) this.account = state.accountNames.find(ints, request.at + REQUEST_ACCOUNT_AT);
    if (request.symbolLength > 0) this.symbol = state.symbolNames.find(ints, request.at + REQUEST_SYMBOL_AT);
    const length = request.clOrdIdLength;
    if (length === 0 || length > ID_BYTES) {
      this.number = state.number.value + 1;
      return BAD_CL_ORD_ID;
    }
    if (orders.ids.find(ints, request.at + REQUEST_CL_ORD_ID_AT, session, length) !== NONE) {
      if (request.possResend === 1) return DROPPED;
      this.number = state.number.value + 1;
      return DUPLICATE_CL_ORD_ID;
    }
    this.number = state.number.value + 1;
    const reason = starved ? JOURNAL_FULL : this.checkNew(request, timeUs);
    if (reason !== ACCEPTED) {
      if (orders.hasRoomForDone()) this.slot = orders.candidate();
      return reason;
    }
    this.slot = orders.candidate();
    return state.routes.venue(this.symbol) << VENUE_SHIFT;
  }

  private checkNew(request: OrderRequest, timeUs: number): number {
    const state = this.state;
    const risk = state.risk;
    const parties = risk.checkParties(request.session, this.account, this.symbol);
    if (parties !== ACCEPTED) return parties;
    const ordType = request.ordType;
    const side = request.side;
    const kind = risk.checkKind(side, ordType, request.timeInForce);
    if (kind !== ACCEPTED) return kind;
    const size = risk.checkSize(this.account, this.symbol, side, ordType, request.quantity, request.priceE8, timeUs);
    if (size !== ACCEPTED) return size;
    const open = risk.checkOpenOrders(this.account);
    if (open !== ACCEPTED) return open;
    this.notional = risk.notional;
    const venue = state.routes.venue(this.symbol);
    if (venue === NONE) return NO_ROUTE;
    if (!state.routes.isUp(venue)) return VENUE_DOWN;
    return state.orders.hasRoom() ? ACCEPTED : TABLE_FULL;
  }

  /** An accepted cancel or replace gets a number. */
  private numbered(reason: number): number {
    if (reason === ACCEPTED) this.number = this.state.number.value + 1;
    return reason;
  }

  /** What cancel and replace have in common: the order must be there, open and not busy, the ClOrdID new. */
  private change(request: OrderRequest): number {
    const state = this.state;
    const ids = state.orders.ids;
    const ints = request.views.ints;
    const session = request.session;
    if (!state.entitlements.knows(session)) return UNKNOWN_SESSION;
    const length = request.clOrdIdLength;
    if (length === 0 || length > ID_BYTES) return BAD_CL_ORD_ID;
    const duplicate = ids.find(ints, request.at + REQUEST_CL_ORD_ID_AT, session, length) !== NONE;
    if (duplicate && request.possResend === 1) return DROPPED;
    const origLength = request.origClOrdIdLength;
    if (origLength === 0 || origLength > ID_BYTES) return UNKNOWN_ORDER;
    this.entry = ids.find(ints, request.at + REQUEST_ORIG_CL_ORD_ID_AT, session, origLength);
    if (this.entry === NONE) return UNKNOWN_ORDER;
    this.slot = ids.slotOf(this.entry);
    const order = state.order.aim(this.slot);
    if (!isOpen(order.state)) return TOO_LATE;
    if (order.pending !== NOT_PENDING) return ALREADY_PENDING;
    return duplicate ? DUPLICATE_CL_ORD_ID : ACCEPTED;
  }

  /** No limit, switch or full disk stands here: a cancel is never blocked. It needs a venue to go to. */
  private cancel(request: OrderRequest): number {
    const reason = this.change(request);
    if (reason !== ACCEPTED) return reason;
    return this.state.routes.isUp(this.state.order.venue) ? ACCEPTED : VENUE_DOWN;
  }

  /** The old terms were admitted when they came; here the new ones are. Both stay reserved until the venue answers. */
  private replace(request: OrderRequest, timeUs: number, starved: boolean): number {
    const state = this.state;
    const risk = state.risk;
    const order = state.order;
    const change = this.change(request);
    if (change !== ACCEPTED) return change;
    if (starved) return JOURNAL_FULL;
    const parties = risk.checkParties(request.session, order.account, order.symbol);
    if (parties !== ACCEPTED) return parties;
    if (!this.sameTerms(request)) return TERMS_CHANGED;
    if (request.quantity < order.cumQty) return BELOW_CUM_QTY;
    const size = risk.checkSize(
      order.account,
      order.symbol,
      order.side,
      order.ordType,
      request.quantity,
      request.priceE8,
      timeUs,
    );
    if (size !== ACCEPTED) return size;
    if (!state.routes.isUp(order.venue)) return VENUE_DOWN;
    return state.orders.hasRoomFor(order) ? ACCEPTED : TABLE_FULL;
  }

  /** A replace changes quantity and price; anything else is refused by name rather than left out in silence. */
  private sameTerms(request: OrderRequest): boolean {
    const state = this.state;
    const order = state.order;
    const ints = request.views.ints;
    if (request.side !== order.side || request.ordType !== order.ordType) return false;
    if (request.timeInForce !== 0 && request.timeInForce !== order.timeInForce) return false;
    if (state.symbolNames.find(ints, request.at + REQUEST_SYMBOL_AT) !== order.symbol) return false;
    return (
      request.accountLength === 0 || state.accountNames.find(ints, request.at + REQUEST_ACCOUNT_AT) === order.account
    );
  }

  private status(request: OrderRequest): number {
    const state = this.state;
    const length = request.clOrdIdLength;
    const session = request.session;
    if (!state.entitlements.knows(session)) return UNKNOWN_SESSION;
    if (length === 0 || length > ID_BYTES) return BAD_CL_ORD_ID;
    const ids = state.orders.ids;
    this.entry = ids.find(request.views.ints, request.at + REQUEST_CL_ORD_ID_AT, session, length);
    if (this.entry === NONE) return UNKNOWN_ORDER;
    this.slot = ids.slotOf(this.entry);
    return ACCEPTED;
  }
}
