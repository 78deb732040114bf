import { ascii, put } from "../base/ascii.ts";
import { broken } from "../base/broken.ts";
import { putInt, putWhole } from "../base/decimal.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { EMPTY, FULL, NO_PRICE } from "../base/units.ts";
import type { Agent } from "../lane/agent.ts";
import { EXEC_TRADE, REPORT_EXECUTION, REPORT_NOT_TAKEN } from "../record/codes.ts";
import { CONTROL_BYTES, Control } from "../record/control.ts";
import { ControlAnswer } from "../record/control-answer.ts";
import { ExecutionReport } from "../record/execution-report.ts";
import { GROUP_SLOT_BYTES } from "../record/groups.ts";
import { OrderRequest } from "../record/order-request.ts";
import type { OneToOne } from "../ring/one-to-one.ts";
import { EVENT_UNBOOKED_REPORT, EVENT_VENUE_NOTICE, type EventWriter } from "../telemetry/events.ts";
import type { Core } from "./core.ts";
import { ENTRY_CONTROL, ENTRY_ORDER, ENTRY_REPORT, type InputJournal } from "./input-journal.ts";
import type { Outbox } from "./outbox.ts";
import { APPLIED, CUM_DIFFERS, DUPLICATE_EXECUTION, ILLEGAL_REPORT, ORPHAN, UNSUPPORTED } from "./outcomes.ts";

/** Most inputs of each ring in one poll: enough for a burst, short enough for the other agents of the lane. */
const BATCH = 256;
/** Reports of a burst whose executions are fetched into the cache together. */
const GROUP = 32;
/** Most journal bytes of one input without groups. */
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
  private readonly text = new Uint8Array(new ArrayBuffer(512));

  constructor(private readonly parts: CoreAgentParts) {
    this.core = parts.core;
    this.outbox = parts.outbox;
    this.journal = parts.journal;
    this.time = parts.time;
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
      if (outcome !== APPLIED) this.logOutcome(report, outcome);
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
    if (outcome !== APPLIED) this.logOutcome(report, outcome);
    groups.release();
    return true;
  }

  /** A command has no output, so no slow client or venue delays it. */
  private pollControl(input: CoreInput): number {
    const ring = input.ring;
    const timeUs = this.time.wallUs;
    const answers = this.parts.answers;
    let count = 0;
    for (; count < BATCH; count++) {
      const at = ring.peek();
      if (at === EMPTY || !this.journal.room(ENTRY_ROOM)) break;
      const control = this.control.aim(at);
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

  /** Logs a report that was not applied as the venue meant it. */
  private logOutcome(report: ExecutionReport, outcome: number): void {
    const events = this.parts.events;
    if (events === null || isOurStale(report)) return;
    if (outcome === DUPLICATE_EXECUTION) {
      const text = COUNTED_BEFORE;
      events.emitText(EVENT_VENUE_NOTICE, report.session, report.msgSeqNum, report.number, text, 0, text.length);
      return;
    }
    const field = fieldOf(report, outcome);
    let end = this.value(field, report);
    end = put(this.text, end, OUTCOME_TEXTS[outcome]!);
    end = this.number(put(this.text, end, CL_ORD_ID), report);
    end = this.id(put(this.text, end, ORDER_ID), report, report.orderIdAt, report.orderIdLength);
    end = this.id(put(this.text, end, EXEC_ID), report, report.execIdAt, report.execIdLength);
    events.emitText(EVENT_UNBOOKED_REPORT, report.session, report.msgSeqNum, field, this.text, 0, end);
  }

  /** Writes the field's value as the record has it. */
  private value(field: number, report: ExecutionReport): number {
    const text = this.text;
    if (field === LAST_PX) return put(text, 0, NO_VALUE);
    text[0] = EQUALS;
    if (field === CL_ORD_ID_TAG) return this.number(1, report);
    if (field === LAST_QTY) return putWhole(text, 1, report.lastQty);
    if (field === CUM_QTY) return putWhole(text, 1, report.cumQty);
    text[1] = report.execType;
    return 2;
  }

  /** The end of the ClOrdID that the venue named: number and slot. */
  private number(at: number, report: ExecutionReport): number {
    const end = putWhole(this.text, at, report.requestNumber > 0 ? report.requestNumber : report.number);
    this.text[end] = DASH;
    return putInt(this.text, end + 1, Math.max(0, report.slot));
  }

  private id(at: number, report: ExecutionReport, from: number, length: number): number {
    for (let i = 0; i < length; i++) this.text[at + i] = report.bytes[from + i]!;
    return at + length;
  }
}

/** Tags by which an alarm names what a report can't be booked for. */
const CL_ORD_ID_TAG = 11;
const CUM_QTY = 14;
const LAST_PX = 31;
const LAST_QTY = 32;
const EXEC_TYPE = 150;

/** The field to look at first. */
/** An order too old to be sent again that the venue or the client has long known: nothing of the venue's is lost. */
function isOurStale(report: ExecutionReport): boolean {
  return report.kind === REPORT_NOT_TAKEN && report.msgSeqNum === 0 && report.textLength === 0;
}

function fieldOf(report: ExecutionReport, outcome: number): number {
  if (outcome === CUM_DIFFERS) return CUM_QTY;
  if (outcome === ORPHAN || report.kind !== REPORT_EXECUTION) return CL_ORD_ID_TAG;
  if (outcome !== ILLEGAL_REPORT || report.execType !== EXEC_TRADE) return EXEC_TYPE;
  return report.lastPxE8 === NO_PRICE ? LAST_PX : LAST_QTY;
}

const DASH = 45;
const EQUALS = 61;
const CL_ORD_ID = ascii("; ClOrdID=*-");
const ORDER_ID = ascii("; OrderID=");
const EXEC_ID = ascii("; ExecID=");
const NO_VALUE = ascii(" has no value that can be read:");
const COUNTED_BEFORE = ascii("ignored, its ExecID was counted before; order ");
/** Behind a field and its value. */
const OUTCOME_TEXTS: Uint8Array[] = [];
OUTCOME_TEXTS[ORPHAN] = ascii(" is of no order here");
OUTCOME_TEXTS[ILLEGAL_REPORT] = ascii(" ignored: the order's state does not allow it");
OUTCOME_TEXTS[UNSUPPORTED] = ascii(" changed nothing: a correction or a kind that is not modelled");
OUTCOME_TEXTS[CUM_DIFFERS] = ascii(" is not what its fills add up to");
