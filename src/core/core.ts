import { NONE } from "../base/units.ts";
import { Views } from "../base/views.ts";
import { REPORT_EXECUTION, REPORT_VENUE_DOWN, REPORT_VENUE_UP, REQUEST_NEW, REQUEST_STATUS } from "../record/codes.ts";
import type { Control } from "../record/control.ts";
import { ControlAnswer } from "../record/control-answer.ts";
import {
  CONTROL_ANSWER_BYTES,
  CONTROL_CANCEL_ORDER,
  CONTROL_CLOSE_ORDER,
  CONTROL_UNKNOWN_KIND,
} from "../record/control-codes.ts";
import type { ExecutionReport } from "../record/execution-report.ts";
import type { OrderRequest } from "../record/order-request.ts";
import { ReportApplier } from "./apply-report.ts";
import { RequestApplier } from "./apply-request.ts";
import { ClientReports } from "./client-report.ts";
import { COMMANDS, setKilled } from "./commands.ts";
import {
  COUNT_ATTENTION,
  COUNT_CONTROLS,
  COUNT_CUM_DIFFERS,
  COUNT_DUPLICATE_EXECS,
  COUNT_ILLEGAL,
  COUNT_OPEN,
  COUNT_ORPHANS,
  COUNT_REPLAY_DIFFERS,
  COUNT_REPLAYED,
  COUNT_REPORTS,
  COUNT_UNSUPPORTED,
} from "./counters.ts";
import { Decider } from "./decide.ts";
import { Decision, reasonOf } from "./decision.ts";
import { ownerOf } from "./exec-ids.ts";
import { OperatorCancel } from "./operator-cancel.ts";
import type { Outbox } from "./outbox.ts";
import { APPLIED, DUPLICATE_EXECUTION, NEEDS_ATTENTION, ORPHAN, UNSUPPORTED } from "./outcomes.ts";
import { ACCEPTED, JOURNAL_FULL } from "./risk/reason-codes.ts";
import { State } from "./state.ts";
import type { CoreConfig } from "./tables.ts";

/**
 * The core owns all orders, account limits and exposures, and routes. It has no clock, socket or randomness: the same inputs in
 * the same order give the same outputs and the same state.
 *
 * A request is journalled with its decision before it is applied:
 *
 *     decide ──▶ stamp ──▶ append to the journal ──▶ apply
 *
 * A replay feeds the journalled inputs with their decisions to the same `order`, `report` and `control`.
 */
export class Core {
  readonly state: State;
  private readonly decision = new Decision();
  private readonly decider: Decider;
  private readonly requests: RequestApplier;
  private readonly reports: ReportApplier;
  private readonly operatorCancel: OperatorCancel;
  /** Answer of a command that nobody waits for: in a replay. */
  private readonly unread = new ControlAnswer(Views.allocate(CONTROL_ANSWER_BYTES));
  private replaying = false;

  /** Bytes that the tables for `maxOrders` take. */
  static bytesFor(maxOrders: number): number {
    return State.bytesFor(maxOrders);
  }

  /** `counters` has room for CORE_COUNTERS. */
  constructor(config: CoreConfig, outbox: Outbox, counters: Float64Array) {
    this.state = new State(config, outbox, counters);
    this.decider = new Decider(this.state);
    const clientReports = new ClientReports(this.state);
    this.requests = new RequestApplier(this.state, clientReports);
    this.reports = new ReportApplier(this.state, clientReports);
    this.operatorCancel = new OperatorCancel(this.state, this.requests, clientReports);
    setKilled(this.state, config.kill, 0);
  }

  /**
   * Decides a request and changes nothing; `apply` must follow before any other input. `starved` says that the disk is
   * full, so that nothing new can be taken.
   * Returns  the decision, good until the next one; the journal keeps its code as the entry's index.
   */
  decide(request: OrderRequest, timeUs: number, starved: boolean): Decision {
    this.decider.decide(request, timeUs, starved, this.decision);
    return this.decision;
  }

  /** Writes slot and number that the request was given into its record, on its way to the journal. */
  stamp(request: OrderRequest, decision: Decision): void {
    request.slot = decision.slot;
    request.number = decision.number;
  }

  /** Carries out what was decided. */
  apply(request: OrderRequest, timeUs: number, decision: Decision): void {
    this.requests.apply(request, decision, timeUs);
  }

  /** Notes the execution of a report that comes soon; `fetchExpected` brings all noted ones into the cache. */
  expectReport(report: ExecutionReport): void {
    const state = this.state;
    if (report.kind !== REPORT_EXECUTION) return;
    const ints = report.views.ints;
    const owner = ownerOf(report.session, report.execType);
    state.executions.expect(ints, report.execIdAt, report.execIdLength, owner, report.number);
  }

  fetchExpected(): void {
    this.state.executions.fetch();
  }

  /** Decides and carries out, without a journal between; in a replay carries out the journalled decision. */
  order(request: OrderRequest, timeUs: number, code = NONE): void {
    const decision = this.decide(request, timeUs, this.replaying && reasonOf(code) === JOURNAL_FULL);
    if (this.replaying) this.takeReplayed(request, decision, code);
    this.apply(request, timeUs, decision);
  }

  /** Leaves out of a venue's report what its order has anyway, before it is journalled. */
  shorten(report: ExecutionReport): void {
    this.reports.shorten(report);
  }

  /** Applies a venue's report. Returns an outcome (core/outcomes.ts). */
  report(report: ExecutionReport, timeUs: number): number {
    const state = this.state;
    if (this.replaying) {
      state.count(COUNT_REPLAYED);
      this.prepareVenue(report.session);
    }
    state.count(COUNT_REPORTS);
    const kind = report.kind;
    if (kind === REPORT_VENUE_UP || kind === REPORT_VENUE_DOWN) {
      state.routes.setUp(report.session, kind === REPORT_VENUE_UP);
      return APPLIED;
    }
    const outcome = this.reports.apply(report, timeUs);
    if (outcome !== APPLIED) this.countOutcome(outcome);
    return outcome;
  }

  /**
   * Applies a command of the control plane and fills its answer, but for the answer's position.
   * Returns  the answer's result (record/control-answer.ts).
   */
  control(control: Control, timeUs: number, answer: ControlAnswer = this.unread): number {
    const state = this.state;
    if (this.replaying) state.count(COUNT_REPLAYED);
    state.count(COUNT_CONTROLS);
    const kind = control.kind;
    const command = kind >= 0 && kind < COMMANDS.length ? COMMANDS[kind] : undefined;
    const ofOrder = kind === CONTROL_CANCEL_ORDER || kind === CONTROL_CLOSE_ORDER;
    answer.number = control.number;
    answer.kind = kind;
    answer.value = 0;
    if (ofOrder) answer.result = this.operatorCancel.apply(control, timeUs, answer);
    else answer.result = command === undefined ? CONTROL_UNKNOWN_KIND : command.apply(state, control, timeUs, answer);
    return answer.result;
  }

  /** From now on inputs come from the journal; outputs up to these indexes were sent. See Outbox. */
  beginReplay(sentReports: ArrayLike<number>, sentRequests: ArrayLike<number>): void {
    this.replaying = true;
    this.state.outbox.beginReplay(sentReports, sentRequests);
  }

  /**
   * Ends the replay: all venues are down until their agents report them up, `risk.kill` engages the kill switch even if
   * it was released before, and counters start at 0.
   */
  endReplay(): void {
    const state = this.state;
    this.replaying = false;
    state.outbox.endReplay();
    state.routes.allDown();
    for (let i = 0; i < COUNT_REPLAYED; i++) state.counters[i] = 0;
    state.counters[COUNT_OPEN] = state.orders.openCount;
    state.counters[COUNT_ATTENTION] = state.orders.attentionCount;
    setKilled(state, state.risk.killed || state.config.kill, 0);
  }

  /** One number of all that inputs have led to; equal in two cores that took the same inputs. */
  digest(): number {
    return this.state.digest();
  }

  private countOutcome(outcome: number): void {
    const state = this.state;
    if (outcome === ORPHAN) state.count(COUNT_ORPHANS);
    else if (outcome === DUPLICATE_EXECUTION) state.count(COUNT_DUPLICATE_EXECS);
    else if (outcome === UNSUPPORTED) state.count(COUNT_UNSUPPORTED);
    else state.count((NEEDS_ATTENTION >>> outcome) & 1 ? COUNT_ILLEGAL : COUNT_CUM_DIFFERS);
  }

  /** Replaces today's decision by the journalled one: code, slot, number, and names no longer configured. */
  private takeReplayed(request: OrderRequest, decision: Decision, code: number): void {
    const state = this.state;
    const orders = state.orders;
    const kind = request.kind;
    state.count(COUNT_REPLAYED);
    if (decision.code !== code) {
      state.count(COUNT_REPLAY_DIFFERS);
      decision.detail.clear();
    }
    decision.code = code;
    decision.slot = request.slot;
    decision.number = request.number;
    if (request.session >= state.outbox.sessionIds) throw new Error(outOfBounds("client session", request.session));
    if (decision.reason !== ACCEPTED) {
      // A refused order that an earlier, larger table remembered need not be remembered.
      if (kind === REQUEST_NEW && (request.slot >= orders.maxOrders || !orders.hasRoomForDone())) decision.slot = NONE;
      return;
    }
    const isNew = kind === REQUEST_NEW;
    if (isNew) this.prepareVenue(decision.venue);
    if (request.slot >= orders.maxOrders || (isNew && !orders.hasRoom())) {
      throw new Error("core.maxOrders: expected room for the open orders of the journal, got " + orders.maxOrders);
    }
    if (isNew) {
      this.adoptNames(request, decision);
      decision.notional = state.risk.held(decision.symbol, request.ordType, request.quantity, request.priceE8);
    } else if (kind === REQUEST_STATUS && decision.entry === NONE) {
      decision.entry = state.order.aim(request.slot).currentId;
    }
  }

  /** Accounts and symbols that are no longer configured are added for their old orders; they take no new ones. */
  private adoptNames(request: OrderRequest, decision: Decision): void {
    const state = this.state;
    const ints = request.views.ints;
    const accountLength = request.accountLength;
    const symbolLength = request.symbolLength;
    let account = state.accountNames.find(ints, request.accountAt, accountLength);
    if (account === NONE) account = state.accountNames.add(ints, request.accountAt, accountLength);
    let symbol = state.symbolNames.find(ints, request.symbolAt, symbolLength);
    if (symbol === NONE) symbol = state.symbolNames.add(ints, request.symbolAt, symbolLength);
    decision.account = account;
    decision.symbol = symbol;
  }

  private prepareVenue(venue: number): void {
    if (venue >= this.state.outbox.venueIds) throw new Error(outOfBounds("venue", venue));
  }
}

function outOfBounds(what: string, id: number): string {
  return "the journal has orders of " + what + " " + id + ", which names.json does not know";
}
