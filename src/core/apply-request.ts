import { NO_PRICE, NONE } from "../base/units.ts";
import {
  EXEC_STATUS,
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_REPLACE,
  REQUEST_STATUS,
  TYPE_MARKET,
} from "../record/codes.ts";
import type { OrderRequest } from "../record/order-request.ts";
import type { ClientReports } from "./client-report.ts";
import {
  COUNT_CANCEL_REJECTS,
  COUNT_CANCELS,
  COUNT_DROPPED,
  COUNT_OPEN,
  COUNT_ORDERS,
  COUNT_REJECTS,
  COUNT_REPLACES,
  COUNT_STATUS_REQUESTS,
} from "./counters.ts";
import type { Decision } from "./decision.ts";
import { reopenOrder } from "./orders/close-order.ts";
import {
  isOpen,
  PARTIALLY_FILLED,
  PENDING_CANCEL,
  PENDING_NEW,
  PENDING_REPLACE,
  REJECTED,
} from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import { ACCEPTED, BAD_CL_ORD_ID, DROPPED, DUPLICATE_CL_ORD_ID, UNKNOWN_SESSION } from "./risk/reason-codes.ts";
import { secondOf } from "./risk/risk.ts";
import type { State } from "./state.ts";

/** Applies decided requests: sends accepted ones to venues, refused ones back to clients. */
export class RequestApplier {
  constructor(
    private readonly state: State,
    private readonly clientReports: ClientReports,
  ) {}

  apply(request: OrderRequest, decision: Decision, timeUs: number): void {
    const kind = request.kind;
    const reason = decision.reason;
    if (reason === DROPPED) this.state.count(COUNT_DROPPED);
    else if (kind === REQUEST_NEW) this.newOrder(request, decision, timeUs);
    else if (kind === REQUEST_STATUS) this.status(request, decision, timeUs);
    else if (reason === ACCEPTED) this.change(request, decision, timeUs);
    else this.refuseChange(request, decision, timeUs);
  }

  private newOrder(request: OrderRequest, decision: Decision, timeUs: number): void {
    const state = this.state;
    const reason = decision.reason;
    state.count(COUNT_ORDERS);
    if (reason === UNKNOWN_SESSION) {
      // The session is not configured any more: there is nobody to answer.
      state.count(COUNT_REJECTS);
      return;
    }
    this.countRate(request.session, decision.account, timeUs);
    state.number.turnTo(decision.number);
    if (reason !== ACCEPTED) {
      state.count(COUNT_REJECTS);
      if (decision.slot !== NONE && reason !== DUPLICATE_CL_ORD_ID && reason !== BAD_CL_ORD_ID)
        this.keepRefused(request, decision, timeUs);
      this.clientReports.refuseOrder(request, decision, timeUs);
      return;
    }
    const order = this.take(request, decision, timeUs);
    order.venue = decision.venue;
    order.state = PENDING_NEW;
    order.reserved = decision.notional;
    state.orders.opened(order.session);
    this.remember(request, order);
    state.accounts.countOpen(order.account, 1);
    state.accounts.reserve(order.account, order.side, order.reserved);
    state.counters[COUNT_OPEN] = state.orders.openCount;
    this.send(request, order, 0);
  }

  /** A refused order is kept, too: its ClOrdID is used, and a status request may ask for it. */
  private keepRefused(request: OrderRequest, decision: Decision, timeUs: number): void {
    const order = this.take(request, decision, timeUs);
    order.state = REJECTED;
    order.venue = NONE;
    this.remember(request, order);
    this.state.orders.retire(order);
  }

  private take(request: OrderRequest, decision: Decision, timeUs: number): Order {
    const state = this.state;
    const order = state.order;
    // Before the slot is taken: it may be that of the former order.
    if (decision.former !== NONE) state.orders.ids.hide(decision.former);
    state.orders.take(decision.slot, order);
    this.date(request, order, timeUs);
    order.keepNumber(state.number);
    order.lastNumber = decision.number;
    order.currentNumber = decision.number;
    order.quantity = request.quantity;
    order.leavesQty = decision.reason === ACCEPTED ? request.quantity : 0;
    order.priceE8 = request.ordType === TYPE_MARKET ? NO_PRICE : request.priceE8;
    order.session = request.session;
    order.account = decision.account;
    order.symbol = decision.symbol;
    order.side = request.side;
    order.ordType = request.ordType;
    order.timeInForce = request.timeInForce;
    return order;
  }

  /** Keeps when the order's newest request came: its ClOrdIDs may be used again later. */
  private date(request: OrderRequest, order: Order, timeUs: number): void {
    order.epoch = request.epoch;
    order.day = this.state.tradingDays.of(timeUs);
  }

  private remember(request: OrderRequest, order: Order): void {
    const at = request.clOrdIdAt;
    order.currentId = this.state.orders.addId(order, request.views.ints, at, request.clOrdIdLength);
  }

  /** An accepted cancel or replace. */
  private change(request: OrderRequest, decision: Decision, timeUs: number): void {
    const state = this.state;
    const order = state.order.aim(decision.slot);
    const replaces = request.kind === REQUEST_REPLACE;
    state.count(replaces ? COUNT_REPLACES : COUNT_CANCELS);
    if (decision.former !== NONE) state.orders.ids.hide(decision.former);
    this.date(request, order, timeUs);
    // A filled order of which more is asked for; nothing is left of it before the venue accepts.
    if (!isOpen(order.state)) reopenOrder(state, order, PARTIALLY_FILLED);
    const at = request.clOrdIdAt;
    order.pendingId = state.orders.addId(order, request.views.ints, at, request.clOrdIdLength);
    state.number.turnTo(decision.number);
    order.pendingNumber = state.number.value;
    order.lastNumber = state.number.value;
    order.pending = replaces ? PENDING_REPLACE : PENDING_CANCEL;
    if (replaces) {
      this.countRate(request.session, order.account, timeUs);
      order.pendingQuantity = request.quantity;
      order.pendingPriceE8 = order.ordType === TYPE_MARKET ? NO_PRICE : request.priceE8;
      const leaves = request.quantity - order.cumQty;
      order.pendingReserved = state.risk.held(order.symbol, order.ordType, leaves, request.priceE8);
      state.accounts.reserve(order.account, order.side, order.pendingReserved);
    }
    this.send(request, order, order.currentNumber);
  }

  private refuseChange(request: OrderRequest, decision: Decision, timeUs: number): void {
    const state = this.state;
    const replaces = request.kind === REQUEST_REPLACE;
    state.count(replaces ? COUNT_REPLACES : COUNT_CANCELS);
    state.count(COUNT_CANCEL_REJECTS);
    if (decision.reason === UNKNOWN_SESSION) return;
    const slot = decision.slot;
    const order = slot === NONE ? null : state.order.aim(slot);
    if (replaces && order !== null) this.countRate(request.session, order.account, timeUs);
    this.clientReports.refuseChange(request, decision, order, timeUs);
  }

  private status(request: OrderRequest, decision: Decision, timeUs: number): void {
    const state = this.state;
    const reason = decision.reason;
    state.count(COUNT_STATUS_REQUESTS);
    if (reason === UNKNOWN_SESSION) return;
    if (reason !== ACCEPTED) {
      this.clientReports.refuseStatus(request, decision, timeUs);
      return;
    }
    const order = state.order.aim(decision.slot);
    const report = this.clientReports.about(order, EXEC_STATUS, decision.entry, NONE, timeUs);
    if (order.symbol === NONE) this.clientReports.partiesOf(request, report);
    state.outbox.publishReport();
  }

  /** Counts the order towards the account's rate, if the session may use that account. */
  private countRate(session: number, account: number, timeUs: number): void {
    const state = this.state;
    if (account === NONE || !state.entitlements.allows(session, account)) return;
    state.accounts.countOrder(account, secondOf(timeUs));
  }

  /** Sends the request to the order's venue; terms that a cancel may lack come from the order. */
  private send(request: OrderRequest, order: Order, origNumber: number): void {
    const state = this.state;
    const out = state.outbox.claimRequest(order.venue);
    const kind = request.kind;
    out.carry(request);
    out.side = order.side;
    out.ordType = order.ordType;
    out.timeInForce = order.timeInForce;
    out.slot = order.slot;
    out.quantity = kind === REQUEST_CANCEL && request.quantity === 0 ? order.quantity : request.quantity;
    out.priceE8 = kind === REQUEST_REPLACE ? order.pendingPriceE8 : order.priceE8;
    out.number = state.number.value;
    out.origNumber = origNumber;
    out.accountLength = state.accountNames.lengthOf(order.account);
    state.accountNames.copy(order.account, out.views.doubles, out.accountAt);
    out.symbolLength = state.symbolNames.lengthOf(order.symbol);
    state.symbolNames.copy(order.symbol, out.views.doubles, out.symbolAt);
    if (kind !== REQUEST_NEW && order.orderIdLength > 0) {
      out.orderIdLength = order.orderIdLength;
      state.orders.copyOrderId(order, out.views.ints, out.orderIdAt);
    }
    state.outbox.publishRequest();
  }
}
