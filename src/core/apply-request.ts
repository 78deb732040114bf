import { copyId } from "../base/id.ts";
import { NO_PRICE, NONE } from "../base/units.ts";
import {
  EXEC_STATUS,
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_REPLACE,
  REQUEST_STATUS,
  TYPE_MARKET,
} from "../record/codes.ts";
import {
  type OrderRequest,
  REQUEST_ACCOUNT_AT,
  REQUEST_CL_ORD_ID_AT,
  REQUEST_ORDER_ID_AT,
  REQUEST_SYMBOL_AT,
} from "../record/order-request.ts";
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
import type { Decision } from "./decide.ts";
import { PENDING_CANCEL, PENDING_NEW, PENDING_REPLACE, REJECTED } from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import { ACCEPTED, BAD_CL_ORD_ID, DROPPED, DUPLICATE_CL_ORD_ID, UNKNOWN_SESSION } from "./risk/reasons.ts";
import { secondOf } from "./risk/risk.ts";
import type { State } from "./state.ts";

/** Carries out decided requests: orders out to venues, refusals back to clients. */
export class RequestApplier {
  constructor(
    private readonly state: State,
    private readonly admission: Decision,
    private readonly replies: ClientReports,
  ) {}

  /** `reason` and `venue` are the decision's; the admission's fields say the rest. */
  apply(request: OrderRequest, reason: number, venue: number, timeUs: number): void {
    const kind = request.kind;
    if (reason === DROPPED) this.state.count(COUNT_DROPPED);
    else if (kind === REQUEST_NEW) this.newOrder(request, reason, venue, timeUs);
    else if (kind === REQUEST_STATUS) this.status(request, reason, timeUs);
    else if (reason === ACCEPTED) this.change(request, timeUs);
    else this.refuseChange(request, reason, timeUs);
  }

  private newOrder(request: OrderRequest, reason: number, venue: number, timeUs: number): void {
    const state = this.state;
    const admission = this.admission;
    state.count(COUNT_ORDERS);
    if (reason === UNKNOWN_SESSION) {
      // Nobody to tell: the session is none of today's.
      state.count(COUNT_REJECTS);
      return;
    }
    this.countRate(request.session, admission.account, timeUs);
    state.number.turnTo(admission.number);
    if (reason !== ACCEPTED) {
      state.count(COUNT_REJECTS);
      if (admission.slot !== NONE && reason !== DUPLICATE_CL_ORD_ID && reason !== BAD_CL_ORD_ID)
        this.keepRefused(request);
      this.replies.refuseOrder(request, reason, admission.slot, timeUs);
      return;
    }
    const order = this.take(request);
    order.venue = venue;
    order.state = PENDING_NEW;
    order.reserved = admission.notional;
    state.orders.opened();
    this.remember(request, order);
    state.accounts.countOpen(order.account, 1);
    state.accounts.reserve(order.account, order.side, order.reserved);
    state.counters[COUNT_OPEN] = state.orders.openCount;
    this.send(request, order, 0);
  }

  /** A refused order is remembered too: its ClOrdID is used, and its status may be asked for. */
  private keepRefused(request: OrderRequest): void {
    const order = this.take(request);
    order.state = REJECTED;
    order.venue = NONE;
    this.remember(request, order);
    this.state.orders.retire(order);
  }

  private take(request: OrderRequest): Order {
    const state = this.state;
    const admission = this.admission;
    const order = state.order;
    state.orders.take(admission.slot, order);
    order.keepNumber(state.number);
    order.lastNumber = admission.number;
    order.currentNumber = admission.number;
    order.quantity = request.quantity;
    order.priceE8 = request.ordType === TYPE_MARKET ? NO_PRICE : request.priceE8;
    order.session = request.session;
    order.account = admission.account;
    order.symbol = admission.symbol;
    order.side = request.side;
    order.ordType = request.ordType;
    order.timeInForce = request.timeInForce;
    return order;
  }

  private remember(request: OrderRequest, order: Order): void {
    const at = request.at + REQUEST_CL_ORD_ID_AT;
    order.currentId = this.state.orders.addId(order, request.views.ints, at, request.clOrdIdLength);
  }

  /** An accepted cancel or replace. */
  private change(request: OrderRequest, timeUs: number): void {
    const state = this.state;
    const order = state.order.aim(this.admission.slot);
    const replaces = request.kind === REQUEST_REPLACE;
    state.count(replaces ? COUNT_REPLACES : COUNT_CANCELS);
    const at = request.at + REQUEST_CL_ORD_ID_AT;
    order.pendingId = state.orders.addId(order, request.views.ints, at, request.clOrdIdLength);
    state.number.turnTo(this.admission.number);
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

  private refuseChange(request: OrderRequest, reason: number, timeUs: number): void {
    const state = this.state;
    const replaces = request.kind === REQUEST_REPLACE;
    state.count(replaces ? COUNT_REPLACES : COUNT_CANCELS);
    state.count(COUNT_CANCEL_REJECTS);
    if (reason === UNKNOWN_SESSION) return;
    const slot = this.admission.slot;
    const order = slot === NONE ? null : state.order.aim(slot);
    if (replaces && order !== null) this.countRate(request.session, order.account, timeUs);
    this.replies.refuseChange(request, reason, order, timeUs);
  }

  private status(request: OrderRequest, reason: number, timeUs: number): void {
    const state = this.state;
    state.count(COUNT_STATUS_REQUESTS);
    if (reason === UNKNOWN_SESSION) return;
    if (reason !== ACCEPTED) {
      this.replies.refuseStatus(request, reason, timeUs);
      return;
    }
    const order = state.order.aim(this.admission.slot);
    const report = this.replies.about(order, EXEC_STATUS, this.admission.entry, NONE, timeUs);
    if (order.symbol === NONE) this.replies.partiesOf(request, report);
    state.outbox.publishReport();
  }

  /** Counts towards an account's rate only what comes from a session that may use it. */
  private countRate(session: number, account: number, timeUs: number): void {
    const state = this.state;
    if (account === NONE || !state.entitlements.allows(session, account)) return;
    state.accounts.countOrder(account, secondOf(timeUs));
  }

  /** Writes the request to the order's venue, with the order's own terms where a cancel may have left them out. */
  private send(request: OrderRequest, order: Order, origNumber: number): void {
    const state = this.state;
    const out = state.outbox.claimRequest(order.venue);
    const to = out.views.ints;
    const from = request.views.ints;
    const kind = request.kind;
    out.kind = kind;
    out.side = order.side;
    out.ordType = order.ordType;
    out.timeInForce = order.timeInForce;
    out.slot = order.slot;
    out.quantity = kind === REQUEST_CANCEL ? order.quantity : request.quantity;
    out.priceE8 = kind === REQUEST_REPLACE ? order.pendingPriceE8 : order.priceE8;
    out.receivedUs = request.receivedUs;
    out.number = state.number.value;
    out.origNumber = origNumber;
    out.clOrdIdLength = request.clOrdIdLength;
    copyId(to, out.at + REQUEST_CL_ORD_ID_AT, from, request.at + REQUEST_CL_ORD_ID_AT);
    out.accountLength = state.accountNames.copy(order.account, out.views.doubles, out.at + REQUEST_ACCOUNT_AT);
    out.symbolLength = state.symbolNames.copy(order.symbol, out.views.doubles, out.at + REQUEST_SYMBOL_AT);
    if (kind !== REQUEST_NEW && order.orderIdLength > 0) {
      out.orderIdLength = order.orderIdLength;
      order.copyOrderId(to, out.at + REQUEST_ORDER_ID_AT);
    }
    state.outbox.publishRequest();
  }
}
