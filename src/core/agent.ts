import { broken } from "../base/broken.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { EMPTY, FULL, NONE } from "../base/units.ts";
import type { Views } from "../base/views.ts";
import type { Agent } from "../lane/agent.ts";
import { Control } from "../record/control.ts";
import { ControlAnswer } from "../record/control-answer.ts";
import { CONTROL_BYTES, CONTROL_CANCEL_ORDER } from "../record/control-codes.ts";
import { ExecutionReport } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { OrderRequest } from "../record/order-request.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import type { EventWriter } from "../telemetry/events.ts";
import { ReportAlarms } from "./alarms.ts";
import type { Core } from "./core.ts";
import {
  ENTRY_CONTROL,
  ENTRY_ORDER,
  ENTRY_OUTCOME,
  ENTRY_REPORT,
  OUTCOME_BYTES,
  OUTCOME_TAG_SHIFT,
} from "./entry-kinds.ts";
import type { InputJournal } from "./input-journal.ts";
import type { Outbox } from "./outbox.ts";
import { APPLIED, DUPLICATE_EXECUTION, ORPHAN } from "./outcomes.ts";

/** Most inputs of each ring in one poll: enough for a burst, short enough for the other agents of the lane. */
const BATCH = 256;
/** Reports of a burst whose executions are fetched into the cache together. */
const GROUP = 32;
/** Most journal bytes of one input without groups, and of what was wrong with it. */
const ENTRY_ROOM = 1024;
/** Most journal bytes of one input with groups. */
const GROUPS_ROOM = ENTRY_ROOM + GROUP_SLOT_BYTES;

/** A ring of inputs to the core. */
export interface CoreInput {
  readonly ring: OneToOne;
  /** The ring of the records' groups, in the same memory. */
  readonly groups?: OneToOne | undefined;
  /** Address of byte 0 of the ring's memory in this process. */
  readonly ringAddress: number;
}

export interface ControlAnswers {
  readonly ring: OneToOne;
  readonly wakeup: { wake(): void } | null;
}

export interface CoreAgentParts {
  readonly core: Core;
  readonly outbox: Outbox;
  readonly orders: readonly CoreInput[];
  readonly reports: readonly CoreInput[];
  readonly control: CoreInput;
  /** Where commands are answered, and how the main thread is woken to read it. */
  readonly answers: ControlAnswers;
  readonly journal: InputJournal;
  readonly time: LaneTime;
  /** Null in tests that look at counters only. */
  readonly events: EventWriter | null;
  /** Brings the core to where the journal ends (beginReplay, the inputs, endReplay), or null when there is none. */
  readonly recover: ((core: Core) => void) | null;
}

/** Takes requests, reports and control records from their rings, journals each one, and then lets the core apply it. */
export class CoreAgent implements Agent {
  readonly name = "core";
  private readonly core: Core;
  private readonly outbox: Outbox;
  private readonly journal: InputJournal;
  private readonly time: LaneTime;
  private readonly control: Control;
  private readonly answer: ControlAnswer;
  private readonly requests: OrderRequest[] = [];
  private readonly reports: ExecutionReport[] = [];
  private stopping = false;
  private idle = false;
  private readonly alarms: ReportAlarms | null;

  constructor(private readonly parts: CoreAgentParts) {
    this.core = parts.core;
    this.outbox = parts.outbox;
    this.journal = parts.journal;
    this.time = parts.time;
    this.alarms = parts.events === null ? null : new ReportAlarms(parts.events, parts.core.state);
    this.control = new Control(parts.control.ring.views);
    this.answer = new ControlAnswer(parts.answers.ring.views);
    for (let i = 0; i < parts.orders.length; i++) this.requests.push(new OrderRequest(parts.orders[i]!.ring.views));
    for (let i = 0; i < parts.reports.length; i++) this.reports.push(new ExecutionReport(parts.reports[i]!.ring.views));
  }

  open(_nowNs: number): void {
    if (this.parts.recover !== null) this.parts.recover(this.core);
  }

  /** Control records first, then reports, so that orders are checked against current limits and prices. */
  poll(_nowNs: number): number {
    const parts = this.parts;
    const openBySession = this.core.state.orders.openBySession;
    // The reports of the last turn are in their rings.
    if (openBySession !== null) openBySession.show();
    let work = this.pollControl(parts.control);
    if (this.outbox.behind) {
      this.outbox.drain();
      // A venue agent takes requests only while it has room to report, for instance that it did not take one.
      for (let i = 0; i < parts.reports.length; i++) this.pollReports(parts.reports[i]!, this.reports[i]!);
      return 1;
    }
    for (let i = 0; i < parts.reports.length; i++) work += this.pollReports(parts.reports[i]!, this.reports[i]!);
    for (let i = 0; i < parts.orders.length; i++) work += this.pollOrders(parts.orders[i]!, this.requests[i]!);
    this.idle = work === 0;
    return work;
  }

  deadlineNs(): number {
    return Number.POSITIVE_INFINITY;
  }

  stop(_nowNs: number): void {
    this.stopping = true;
    this.idle = false;
  }

  /** Stops after a turn without input: what other agents send while they stop is still taken. */
  stopped(): boolean {
    return this.stopping && this.idle;
  }

  close(): void {}

  /** True when there is room for the next input's journal entry and for all outputs it may have. */
  private ready(): boolean {
    return this.outbox.hasRoom() && this.journal.room(ENTRY_ROOM);
  }

  private pollOrders(input: CoreInput, request: OrderRequest): number {
    const core = this.core;
    const ring = input.ring;
    const timeUs = this.time.wallUs;
    let count = 0;
    for (; count < BATCH; count++) {
      const at = ring.peek();
      if (at === EMPTY || !this.ready()) break;
      request.aim(at);
      if (request.groupsLength !== 0) {
        if (!this.orderWithGroups(input, request, timeUs)) break;
        ring.release();
        continue;
      }
      const decision = core.decide(request, timeUs, this.journal.starved);
      core.stamp(request, decision);
      this.journal.append(
        ENTRY_ORDER,
        request.session,
        request.msgSeqNum,
        timeUs,
        decision.code,
        request.epoch,
        input.ringAddress + at,
        request.length,
      );
      core.apply(request, timeUs, decision);
      ring.release();
    }
    return count;
  }

  private pollReports(input: CoreInput, report: ExecutionReport): number {
    const ring = input.ring;
    const timeUs = this.time.wallUs;
    let count = 0;
    for (; count < BATCH; count++) {
      const at = ring.peek();
      if (at === EMPTY || !this.outbox.hasReportRoom() || !this.journal.room(ENTRY_ROOM)) break;
      if ((count & (GROUP - 1)) === 0) this.expectReports(ring, report);
      report.aim(at);
      if (report.groupsLength !== 0) {
        if (!this.reportWithGroups(input, report, timeUs)) break;
        ring.release();
        continue;
      }
      this.core.shorten(report);
      this.journal.append(
        ENTRY_REPORT,
        report.session,
        report.msgSeqNum,
        timeUs,
        0,
        report.epoch,
        input.ringAddress + at,
        report.inboundLength,
      );
      const outcome = this.core.report(report, timeUs);
      if (outcome !== APPLIED) this.differs(input, report, outcome, report.views, NONE, timeUs);
      ring.release();
    }
    return count;
  }

  /** Fetches the executions of several reports together, so that their cache misses overlap. */
  private expectReports(ring: OneToOne, report: ExecutionReport): void {
    for (let i = 1; i < GROUP; i++) {
      const at = ring.peekBehind(i);
      if (at === EMPTY) break;
      this.core.expectReport(report.aim(at));
    }
    this.core.fetchExpected();
  }

  /** Returns false while there is no room for its outputs. */
  private orderWithGroups(input: CoreInput, request: OrderRequest, timeUs: number): boolean {
    if (!this.outbox.hasGroupRoom(true) || !this.journal.room(GROUPS_ROOM)) return false;
    const core = this.core;
    const groups = input.groups!;
    const groupsAt = groups.peek();
    if (groupsAt === EMPTY) broken("groups of an order", request.msgSeqNum);
    const decision = core.decide(request, timeUs, this.journal.starved);
    core.stamp(request, decision);
    this.journal.appendBoth(
      ENTRY_ORDER,
      request.session,
      request.msgSeqNum,
      timeUs,
      decision.code,
      request.epoch,
      input.ringAddress + request.at,
      request.length,
      input.ringAddress + groupsAt,
      request.groupsLength,
    );
    this.outbox.carry(true, groups.views, groupsAt, request.groupsLength);
    core.apply(request, timeUs, decision);
    this.outbox.carryNothing();
    groups.release();
    return true;
  }

  /** Returns false while there is no room for its outputs. */
  private reportWithGroups(input: CoreInput, report: ExecutionReport, timeUs: number): boolean {
    if (!this.outbox.hasGroupRoom(false) || !this.journal.room(GROUPS_ROOM)) return false;
    const groups = input.groups!;
    const groupsAt = groups.peek();
    if (groupsAt === EMPTY) broken("groups of a report", report.msgSeqNum);
    this.core.shorten(report);
    this.journal.appendBoth(
      ENTRY_REPORT,
      report.session,
      report.msgSeqNum,
      timeUs,
      0,
      report.epoch,
      input.ringAddress + report.at,
      report.inboundLength,
      input.ringAddress + groupsAt,
      report.groupsLength,
    );
    this.outbox.carry(false, groups.views, groupsAt, report.groupsLength);
    const outcome = this.core.report(report, timeUs);
    this.outbox.carryNothing();
    if (outcome !== APPLIED) this.differs(input, report, outcome, groups.views, groupsAt, timeUs);
    groups.release();
    return true;
  }

  /** A report was not applied as the venue meant it: an alarm, and an entry of the order that it is about. */
  private differs(
    input: CoreInput,
    report: ExecutionReport,
    outcome: number,
    beside: Views,
    besideAt: number,
    timeUs: number,
  ): void {
    if (this.alarms !== null) this.alarms.raise(report, outcome, beside, besideAt);
    const state = this.core.state;
    if (outcome === ORPHAN || outcome === DUPLICATE_EXECUTION || state.outcome === APPLIED) return;
    report.number = state.order.number;
    this.journal.append(
      ENTRY_OUTCOME,
      report.session,
      report.msgSeqNum,
      timeUs,
      outcome | (state.faultTag << OUTCOME_TAG_SHIFT),
      report.epoch,
      input.ringAddress + report.at,
      OUTCOME_BYTES,
    );
  }

  /** Only a command about an order has an output: no slow client or venue delays another. */
  private pollControl(input: CoreInput): number {
    const ring = input.ring;
    const timeUs = this.time.wallUs;
    const answers = this.parts.answers;
    let count = 0;
    for (; count < BATCH; count++) {
      const at = ring.peek();
      if (at === EMPTY || !this.journal.room(ENTRY_ROOM)) break;
      const control = this.control.aim(at);
      if (control.kind >= CONTROL_CANCEL_ORDER && (this.outbox.behind || !this.outbox.hasRoom())) break;
      const answerAt = answers.ring.claim();
      // The sender never has more commands under way than the ring of answers has slots.
      if (answerAt === FULL) broken("CONTROL_ANSWERS_FULL", control.number);
      const answer = this.answer.aim(answerAt);
      answer.position = this.journal.append(ENTRY_CONTROL, 0, 0, timeUs, 0, 0, input.ringAddress + at, CONTROL_BYTES);
      this.core.control(control, timeUs, answer);
      answers.ring.publish();
      ring.release();
    }
    if (count > 0 && answers.wakeup !== null) answers.wakeup.wake();
    return count;
  }
}
