import { copyId } from "../base/id.ts";
import { EXEC_FILL, EXEC_PARTIAL_FILL, EXEC_TRADE, EXEC_TRADE_CANCEL, EXEC_TRADE_CORRECT } from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import { DecimalCounter } from "./orders/decimal-counter.ts";
import type { Order } from "./orders/order.ts";
import type { State } from "./state.ts";

const LAST_PX = 31;
const LAST_QTY = 32;

/**
 * Who an ExecID belongs to: venues may use one again for a report of another kind (17=0 in all that are no trade).
 */
export function ownerOf(venue: number, execType: number): number {
  return isTrade(execType) ? venue : venue + (execType << 16);
}

function isTrade(execType: number): boolean {
  return execType === EXEC_TRADE || execType === EXEC_PARTIAL_FILL || execType === EXEC_FILL;
}

/** ExecIDs (17) of venues' reports and what they executed, by report. */
export class ExecIds {
  private readonly reference = new DecimalCounter();

  constructor(private readonly state: State) {}

  /** True when the report was applied before. One without ExecID always counts as new. */
  isKnown(order: Order, report: ExecutionReport): boolean {
    if (report.execIdLength === 0) return false;
    const owner = ownerOf(order.venue, report.execType);
    return this.state.executions.has(report.views.ints, report.execIdAt, report.execIdLength, owner, order.number);
  }

  /** Tag of the first number in which a trade that is known differs from what it comes to; 0: none. */
  otherThanBefore(order: Order, report: ExecutionReport): number {
    const executions = this.state.executions;
    const owner = ownerOf(order.venue, report.execType);
    if (!executions.lookUp(report.views.ints, report.execIdAt, report.execIdLength, owner, order.number)) return 0;
    if (executions.quantity === 0) return 0;
    if (report.lastQty !== executions.quantity) return LAST_QTY;
    return report.lastPxE8 === executions.priceE8 ? 0 : LAST_PX;
  }

  /** Remembers that the report is applied, and will be told to the client next. */
  remember(order: Order, report: ExecutionReport, quantity: number, priceE8: number): void {
    if (report.execIdLength === 0) return;
    const state = this.state;
    const owner = ownerOf(order.venue, report.execType);
    const next = state.execution.value + 1;
    const ints = report.views.ints;
    state.executions.add(ints, report.execIdAt, report.execIdLength, owner, order.number, next, quantity, priceE8);
  }

  /** The same of a bust or correction of the execution that `lookUp` has found. */
  rememberChange(order: Order, report: ExecutionReport): void {
    if (report.execIdLength === 0) return;
    const state = this.state;
    const owner = ownerOf(order.venue, report.execType);
    const next = state.execution.value + 1;
    state.executions.addTo(report.views.ints, report.execIdAt, report.execIdLength, owner, order.number, next);
  }

  /** Looks up what the execution of ExecRefID (19) comes to: a fill, or one of its corrections. False when it is not known. */
  lookUp(order: Order, report: ExecutionReport): boolean {
    if (report.execRefIdLength === 0) return false;
    const executions = this.state.executions;
    const ints = report.views.ints;
    const at = report.execRefIdAt;
    const length = report.execRefIdLength;
    const venue = order.venue;
    const number = order.number;
    if (executions.lookUp(ints, at, length, ownerOf(venue, EXEC_TRADE), number)) return true;
    if (executions.lookUp(ints, at, length, ownerOf(venue, EXEC_TRADE_CORRECT), number)) return true;
    return executions.lookUp(ints, at, length, ownerOf(venue, EXEC_TRADE_CANCEL), number);
  }

  /** ExecRefID: the ExecID that the client knows, or the venue's where that is no longer known. */
  refer(order: Order, report: ExecutionReport, reply: ExecutionReport): void {
    if (report.execRefIdLength === 0) return;
    const from = report.views.ints;
    const at = report.execRefIdAt;
    const length = report.execRefIdLength;
    const reported = this.reportedAs(order, from, at, length);
    if (reported === 0) {
      reply.execRefIdLength = length;
      copyId(reply.views.ints, reply.execRefIdAt, from, at, length);
      return;
    }
    this.reference.turnTo(reported);
    reply.execRefIdLength = this.reference.length;
    this.reference.copy(reply.views.ints, reply.execRefIdAt);
  }

  private reportedAs(order: Order, from: Int32Array, at: number, length: number): number {
    const executions = this.state.executions;
    const venue = order.venue;
    const number = order.number;
    const fill = executions.reportedAs(from, at, length, ownerOf(venue, EXEC_TRADE), number);
    if (fill !== 0) return fill;
    const correction = executions.reportedAs(from, at, length, ownerOf(venue, EXEC_TRADE_CORRECT), number);
    return correction !== 0
      ? correction
      : executions.reportedAs(from, at, length, ownerOf(venue, EXEC_TRADE_CANCEL), number);
  }
}
