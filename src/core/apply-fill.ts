import { broken } from "../base/broken.ts";
import { copyId } from "../base/id.ts";
import { NONE } from "../base/units.ts";
import { EXEC_TRADE } from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import type { ClientReports } from "./client-report.ts";
import { COUNT_FILLS } from "./counters.ts";
import { closeOrder } from "./orders/close-order.ts";
import { DecimalCounter } from "./orders/decimal-counter.ts";
import {
  ILLEGAL,
  isOpen,
  NEW,
  next,
  ORDER_EVENT_BUST,
  ORDER_EVENT_FILL,
  ORDER_EVENT_LAST_FILL,
  PENDING_REPLACE,
} from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import { APPLIED, CUM_DIFFERS, DUPLICATE_EXECUTION, ILLEGAL_REPORT, UNSUPPORTED } from "./outcomes.ts";
import { carryOf, highOf, lowOf, REST_SCALE } from "./risk/money.ts";
import type { State } from "./state.ts";

/** Money is exact up to here. */
const MOST = Number.MAX_SAFE_INTEGER;

/** Applies trades and busts. */
export class FillApplier {
  /** Set by `weigh`: the trade's value in 1e-4 money, rounded up, and the value of the order's fills with it. */
  private value = 0;
  private whole = 0;
  private rest = 0;
  private readonly reference = new DecimalCounter();

  constructor(
    private readonly state: State,
    private readonly clientReports: ClientReports,
  ) {}

  /**
   * Applies a trade by its LastQty. Where the venue's CumQty differs, our sum stays and the outcome is CUM_DIFFERS.
   * A trade of more than LeavesQty, or whose value passes 2^53, is an ILLEGAL_REPORT.
   */
  fill(order: Order, report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    const quantity = report.lastQty;
    const price = report.lastPxE8;
    const leaves = order.leavesQty;
    const to = next(order.state, quantity === leaves ? ORDER_EVENT_LAST_FILL : ORDER_EVENT_FILL);
    if (to === ILLEGAL || quantity > leaves || !this.weigh(order, quantity, price, 1)) {
      return this.isKnown(order, report) ? DUPLICATE_EXECUTION : ILLEGAL_REPORT;
    }
    if (!this.isNew(order, report)) return DUPLICATE_EXECUTION;
    const wasOpen = isOpen(order.state);
    order.cumWhole = this.whole;
    order.cumRest = this.rest;
    order.cumQty += quantity;
    if (order.cumQty > order.quantity) broken("executed quantity of an order", order.number);
    state.accounts.execute(order.account, order.side, quantity, this.value);
    if (!wasOpen) order.state = to;
    else if (isOpen(to)) {
      order.state = to;
      this.hold(order);
    } else closeOrder(state, order, to);
    state.count(COUNT_FILLS);
    const reply = this.clientReports.about(order, EXEC_TRADE, order.currentId, NONE, timeUs);
    reply.lastQty = quantity;
    reply.lastPxE8 = price;
    this.clientReports.copyText(reply, report);
    state.outbox.publishReport();
    return report.cumQty === order.cumQty ? APPLIED : CUM_DIFFERS;
  }

  /**
   * Applies a bust. Without quantity and price the report is passed on to the client and changes nothing else.
   * A final state stays final: a venue that works the quantity again says so in further reports.
   */
  bust(order: Order, report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    const quantity = report.lastQty;
    const price = report.lastPxE8;
    const to = next(order.state, ORDER_EVENT_BUST);
    if (to === ILLEGAL) return this.isKnown(order, report) ? DUPLICATE_EXECUTION : ILLEGAL_REPORT;
    if (quantity > order.cumQty || !this.weigh(order, quantity, price, -1)) {
      return this.passOn(order, report, timeUs);
    }
    if (!this.isNew(order, report)) return DUPLICATE_EXECUTION;
    order.cumWhole = this.whole;
    order.cumRest = this.rest;
    order.cumQty -= quantity;
    if (order.cumQty < 0) broken("executed quantity of an order", order.number);
    state.accounts.execute(order.account, order.side, -quantity, -this.value);
    order.state = isOpen(to) && order.cumQty === 0 ? NEW : to;
    if (isOpen(to)) this.hold(order);
    this.reportToClient(order, report, timeUs);
    return APPLIED;
  }

  /** Reports a bust or correction to the client without applying it. */
  passOn(order: Order, report: ExecutionReport, timeUs: number): number {
    if (!this.isNew(order, report)) return DUPLICATE_EXECUTION;
    this.reportToClient(order, report, timeUs);
    return UNSUPPORTED;
  }

  private reportToClient(order: Order, report: ExecutionReport, timeUs: number): void {
    const reply = this.clientReports.about(order, report.execType, order.currentId, NONE, timeUs);
    reply.lastQty = report.lastQty;
    reply.lastPxE8 = report.lastPxE8;
    this.clientReports.copyText(reply, report);
    if (report.execRefIdLength > 0) this.refer(order, report, reply);
    this.state.outbox.publishReport();
  }

  /** ExecRefID: the ExecID that the client knows, or the venue's where that is no longer known. */
  private refer(order: Order, report: ExecutionReport, reply: ExecutionReport): void {
    const from = report.views.ints;
    const at = report.execRefIdAt;
    const length = report.execRefIdLength;
    const reported = this.state.executions.reportedAs(from, at, length, order.venue, order.number);
    if (reported === 0) {
      reply.execRefIdLength = length;
      copyId(reply.views.ints, reply.execRefIdAt, from, at, length);
      return;
    }
    this.reference.turnTo(reported);
    reply.execRefIdLength = this.reference.length;
    this.reference.copy(reply.views.ints, reply.execRefIdAt);
  }

  /** Computes the value of a trade and of the order's fills with it (`sign` 1) or without it (−1). False when it is not exact. */
  private weigh(order: Order, quantity: number, priceE8: number, sign: number): boolean {
    if (!(quantity > 0) || Math.floor(quantity) !== quantity) return false;
    if (!(priceE8 >= 0) || Math.floor(priceE8) !== priceE8) return false;
    const high = highOf(priceE8);
    const low = quantity * lowOf(priceE8, high);
    const rest = order.cumRest + sign * low;
    const carry = rest === 0 ? 0 : carryOf(rest);
    this.value = low === 0 ? quantity * high : quantity * high + Math.ceil(low / REST_SCALE);
    this.whole = order.cumWhole + sign * quantity * high + carry;
    this.rest = rest - carry * REST_SCALE;
    return this.value <= MOST && this.whole <= MOST && this.whole >= 0;
  }

  /** Adjusts the notional that an open order reserves: for LeavesQty, and for the pending replace. */
  private hold(order: Order): void {
    const state = this.state;
    const risk = state.risk;
    let change = risk.held(order.symbol, order.ordType, order.leavesQty, order.priceE8) - order.reserved;
    order.reserved += change;
    if (order.reserved < 0) broken("notional held by an order", order.number);
    if (order.pending === PENDING_REPLACE) {
      const leaves = order.pendingQuantity > order.cumQty ? order.pendingQuantity - order.cumQty : 0;
      const held = risk.held(order.symbol, order.ordType, leaves, order.pendingPriceE8);
      change += held - order.pendingReserved;
      order.pendingReserved = held;
    }
    state.accounts.reserve(order.account, order.side, change);
  }

  /** Remembers the ExecID; false when it is known already. A report without ExecID always counts as new. */
  private isNew(order: Order, report: ExecutionReport): boolean {
    const length = report.execIdLength;
    if (length === 0) return true;
    const next = this.state.execution.value + 1;
    const ints = report.views.ints;
    return this.state.executions.add(ints, report.execIdAt, length, order.venue, order.number, next);
  }

  private isKnown(order: Order, report: ExecutionReport): boolean {
    const length = report.execIdLength;
    if (length === 0) return false;
    return this.state.executions.has(report.views.ints, report.execIdAt, length, order.venue, order.number);
  }
}
