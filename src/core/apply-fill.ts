import { NO_PRICE, NONE } from "../base/units.ts";
import { EXEC_STATUS, EXEC_TRADE, STATED_CUM_QTY } from "../record/codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import type { ClientReports } from "./client-report.ts";
import { COUNT_FILLS } from "./counters.ts";
import type { ExecIds } from "./exec-ids.ts";
import { endOf, FILLED, FREE, isOpen, REJECTED } from "./orders/life-cycle.ts";
import type { Order } from "./orders/order.ts";
import {
  DUPLICATE_EXECUTION,
  NO_QUANTITY,
  OVERFILLED,
  STATUS_DIFFERS,
  UNKNOWN_EXECUTION,
  VALUE_UNKNOWN,
} from "./outcomes.ts";
import { isCountable } from "./risk/money.ts";
import type { State } from "./state.ts";
import type { Totals } from "./totals.ts";
import { EXECUTES, INFORMS, type VenueWord } from "./venue-word.ts";

const EXEC_REF_ID = 19;
const LAST_PX = 31;
const LAST_QTY = 32;
const ORD_STATUS = 39;

/**
 * Applies executions: trades, busts, corrections. They have happened, whatever state the order is in, so that all that can be counted
 * exactly is counted.
 */
export class FillApplier {
  constructor(
    private readonly state: State,
    private readonly clientReports: ClientReports,
    private readonly execIds: ExecIds,
    private readonly totals: Totals,
    private readonly word: VenueWord,
  ) {}

  trade(order: Order, report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    const totals = this.totals;
    if (this.execIds.isKnown(order, report)) return this.repeated(order, report, timeUs);
    const quantity = wholeOf(report.lastQty);
    const price = report.lastPxE8;
    totals.begin(order);
    if (quantity === 0) state.note(order, NO_QUANTITY, LAST_QTY);
    else {
      if (price === NO_PRICE) state.note(order, VALUE_UNKNOWN, LAST_PX);
      totals.add(quantity, price, 1);
    }
    totals.takeVenues(report, quantity === 0);
    this.execIds.remember(order, report, quantity, price);
    if (order.state === REJECTED) state.note(order, STATUS_DIFFERS, ORD_STATUS);
    state.count(COUNT_FILLS);
    this.finish(order, report, EXEC_TRADE, timeUs);
    return state.outcome;
  }

  /**
   * Applies a bust (Trade Cancel). LastQty is what is taken back; where it is 0 or missing, all of the execution that ExecRefID names;
   * where that is not known, the venue's totals say what is left.
   */
  bust(order: Order, report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    const totals = this.totals;
    const execIds = this.execIds;
    if (execIds.isKnown(order, report)) return DUPLICATE_EXECUTION;
    const isFound = execIds.lookUp(order, report);
    const said = wholeOf(report.lastQty);
    let quantity = said;
    let price = report.lastPxE8 === 0 ? NO_PRICE : report.lastPxE8;
    totals.begin(order);
    if (isFound && state.executions.quantity > 0) {
      const executed = state.executions.quantity;
      if (said === 0 || said > executed) quantity = executed;
      price = state.executions.priceE8;
      state.executions.correct(executed - quantity, price);
    }
    if (quantity > 0) totals.add(quantity, price, -1);
    this.takeTotals(order, report, quantity === 0);
    if (isFound) execIds.rememberChange(order, report);
    else execIds.remember(order, report, 0, NO_PRICE);
    this.finish(order, report, report.execType, timeUs);
    return state.outcome;
  }

  /**
   * Applies a correction: the execution that ExecRefID names has been LastQty at LastPx; what the report lacks of these stays. An
   * execution that is not known is corrected by the venue's totals.
   */
  correct(order: Order, report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    const totals = this.totals;
    const execIds = this.execIds;
    if (execIds.isKnown(order, report)) return DUPLICATE_EXECUTION;
    const said = wholeOf(report.lastQty);
    const saidPrice = report.lastPxE8 === 0 && said === 0 ? NO_PRICE : report.lastPxE8;
    const isFound = execIds.lookUp(order, report) && state.executions.isMeasured;
    const isSaid = said > 0 || saidPrice !== NO_PRICE;
    totals.begin(order);
    if (isFound) {
      const executed = state.executions.quantity;
      const executedPx = state.executions.priceE8;
      const quantity = said > 0 ? said : executed;
      const price = saidPrice === NO_PRICE ? executedPx : saidPrice;
      if (executed > 0) totals.add(executed, executedPx, -1);
      if (quantity > 0) totals.add(quantity, price, 1);
      this.takeTotals(order, report, !isSaid);
      const left = isSaid ? quantity : executed + totals.cumQty - order.cumQty;
      state.executions.correct(left > 0 ? left : 0, price);
      execIds.rememberChange(order, report);
    } else {
      this.takeTotals(order, report, true);
      execIds.remember(order, report, said, saidPrice);
    }
    this.finish(order, report, report.execType, timeUs);
    return state.outcome;
  }

  /** A trade that was counted before. Its end of the order is not lost, where it comes with the second one only. */
  private repeated(order: Order, report: ExecutionReport, timeUs: number): number {
    const end = endOf(report.ordStatus);
    const goesOn = end === FREE || end === FILLED || report.leavesQty > 0;
    this.state.faultTag = this.execIds.otherThanBefore(order, report);
    if (goesOn || !isOpen(order.state)) return DUPLICATE_EXECUTION;
    this.word.follow(order, report, INFORMS);
    this.clientReports.said(order, report, EXEC_STATUS, order.currentId, NONE, timeUs);
    this.state.outbox.publishReport();
    return this.state.outcome;
  }

  /** `explains`: the report itself does not say what was executed; without totals nothing does. */
  private takeTotals(order: Order, report: ExecutionReport, explains: boolean): void {
    if (explains && (report.stated & STATED_CUM_QTY) === 0) this.state.note(order, UNKNOWN_EXECUTION, EXEC_REF_ID);
    this.totals.takeVenues(report, explains);
  }

  private finish(order: Order, report: ExecutionReport, execType: number, timeUs: number): void {
    const state = this.state;
    const before = order.cumQty;
    this.word.takeOrderId(order, report);
    this.totals.keep(timeUs);
    if (order.cumQty > order.quantity && order.cumQty > before) state.note(order, OVERFILLED, LAST_QTY);
    this.word.follow(order, report, EXECUTES);
    const reply = this.clientReports.said(order, report, execType, order.currentId, NONE, timeUs);
    this.execIds.refer(order, report, reply);
    state.outbox.publishReport();
  }
}

/** A quantity that can be counted; else 0. */
function wholeOf(quantity: number): number {
  return isCountable(quantity) ? quantity : 0;
}
