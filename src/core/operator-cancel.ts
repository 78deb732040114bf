import { ascii, put } from "../base/ascii.ts";
import { putWhole } from "../base/decimal.ts";
import { Views } from "../base/views.ts";
import { EXEC_CANCELED, REQUEST_CANCEL } from "../record/codes.ts";
import type { Control } from "../record/control.ts";
import type { ControlAnswer } from "../record/control-answer.ts";
import {
  CONTROL_APPLIED,
  CONTROL_CLOSE_ORDER,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_ORDER,
} from "../record/control-codes.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../record/order-request.ts";
import type { RequestApplier } from "./apply-request.ts";
import type { ClientReports } from "./client-report.ts";
import { Decision } from "./decision.ts";
import { closeOrder } from "./orders/close-order.ts";
import { CANCELED, isOpen, NOT_PENDING } from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import { CLOSED_BY_OPERATOR } from "./risk/reason-codes.ts";
import { Detail } from "./risk/reasons.ts";
import type { State } from "./state.ts";

/** Begin of the ClOrdID of an operator's cancel; the request's number follows. */
const PREFIX = ascii("OPERATOR-");

/** Cancels one order at its venue, or closes it in the books alone, at the operator's command. */
export class OperatorCancel {
  private readonly request = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES)).aim(0);
  private readonly decision = new Decision();
  private readonly detail = new Detail();

  constructor(
    private readonly state: State,
    private readonly requests: RequestApplier,
    private readonly clientReports: ClientReports,
  ) {}

  /** Returns  the answer's result; its value is 1 while a request for the order is under way at the venue. */
  apply(control: Control, timeUs: number, answer: ControlAnswer): number {
    const state = this.state;
    const slot = control.value;
    if (slot < 0 || slot >= state.orders.fresh) return CONTROL_UNKNOWN_ORDER;
    const order = state.order.aim(slot);
    if (order.number !== control.amount) return CONTROL_UNKNOWN_ORDER;
    if (!isOpen(order.state)) return CONTROL_UNCHANGED;
    if (control.kind === CONTROL_CLOSE_ORDER) {
      this.close(order, timeUs);
      return CONTROL_APPLIED;
    }
    answer.value = 1;
    if (order.pending !== NOT_PENDING) return CONTROL_UNCHANGED;
    this.cancel(order, timeUs);
    return CONTROL_APPLIED;
  }

  /** The order's state at its venue is not known: the books end it, and its client's report says so. */
  private close(order: Order, timeUs: number): void {
    const state = this.state;
    closeOrder(state, order, CANCELED);
    const report = this.clientReports.about(order, EXEC_CANCELED, order.currentId, -1, timeUs);
    report.reason = CLOSED_BY_OPERATOR;
    this.detail.write(report, CLOSED_BY_OPERATOR);
    state.outbox.publishReport();
  }

  private cancel(order: Order, timeUs: number): void {
    const request = this.request;
    const decision = this.decision;
    const bytes = request.views.bytes;
    bytes.fill(0);
    decision.clear();
    decision.slot = order.slot;
    decision.entry = order.currentId;
    decision.number = this.state.number.value + 1;
    request.kind = REQUEST_CANCEL;
    request.session = order.session;
    request.epoch = order.epoch;
    request.slot = order.slot;
    request.number = decision.number;
    const at = request.clOrdIdAt;
    request.clOrdIdLength = putWhole(bytes, put(bytes, at, PREFIX), decision.number) - at;
    this.requests.apply(request, decision, timeUs);
  }
}
