import { Stream } from "../../journal/assembly/stream.ts";
import { REQUEST_MASS_CANCEL, REQUEST_MASS_STATUS } from "../../record/codes.ts";
import { Control, CONTROL_BYTES, ControlAnswer } from "../../record/assembly/control.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import {
  CONTROL_CANCEL_ORDER,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CANCEL_SESSION,
  CONTROL_CLOSE_ORDER,
  CONTROL_SLOT_BYTES,
  CONTROL_TRY_AGAIN,
  CONTROL_VENUE_SILENCE,
  CONTROL_VENUE_STATUS,
} from "../../record/control-codes.ts";
import { GROUP_SLOT_BYTES } from "../../record/groups.ts";
import { RingEnd } from "../../ring/assembly/ring-end.ts";
import {
  ENTRY_CONTROL,
  ENTRY_ORDER,
  ENTRY_OUTCOME,
  ENTRY_REPORT,
  OUTCOME_BYTES,
  OUTCOME_TAG_SHIFT,
} from "../entry-kinds.ts";
import { APPLIED, DUPLICATE_EXECUTION, ORPHAN } from "../outcomes.ts";
import { ACCEPTED, SELF_TRADE } from "../risk/reason-codes.ts";
import { shorten, stampRules } from "./apply-report.ts";
import { applyRequest } from "./apply-request.ts";
import { address, word } from "./area.ts";
import { CANCELS_AT_ONCE, wouldCancel } from "./cancel-many.ts";
import { isClockSetBack, setClockBack } from "./clock-set-back.ts";
import { beginCancel, cancelMore, isCanceling } from "./cancel-orders.ts";
import { cancelSome } from "./cancel-some.ts";
import { control, decideControl, report } from "./core.ts";
import { decide } from "./decide.ts";
import { settleParties } from "./traders.ts";
import * as decision from "./decision.ts";
import { stampFactor } from "./decided-factor.ts";
import { endTemporaries } from "./end-temporaries.ts";
import { differs, fail, journalFull } from "./host.ts";
import {
  ANSWERS_AT,
  ANSWERS_FULL,
  CONTROL_INPUT_AT,
  FAULT_TAG,
  GROUPS_OF_ORDER,
  GROUPS_OF_REPORT,
  JOURNAL_AT,
  LATE_COUNT,
  ORDER_GROUP_INPUTS_AT,
  ORDER_INPUT_COUNT,
  ORDER_INPUTS_AT,
  ORDER_SLOT,
  OUTCOME,
  REPORT_GROUP_INPUTS_AT,
  REPORT_INPUT_COUNT,
  REPORT_INPUTS_AT,
} from "./layout.ts";
import { expireOverride, useOverrides } from "./override-uses.ts";
import { expiredOverride, nextNeeded } from "./overrides.ts";
import { showFallen } from "./open-by-session.ts";
import { orderAt } from "./order.ts";
import { readStageClock } from "./stage-clock.ts";
import { markReport } from "./report-marks.ts";
import { cancelCrossing, CROSSING_ROOM, hasCrossing } from "./self-trade.ts";
import { statusSome } from "./status-some.ts";
import { STEP_DONE, STEP_GOES_ON } from "./steps.ts";
import { isStopDue, stopReached } from "./stop-account.ts";
import { isEndDue } from "./temporaries.ts";
import { carry, carryNothing, hasGroupRoom, hasReportRoom, hasRoomForMany, hasRoomOut, ringAt } from "./outbox.ts";

// Takes requests, reports and control records from their rings, journals each one, and then applies it.

/** Most inputs of each ring in one turn: enough for a burst, short enough for the other agents of the lane. */
const BATCH = 256;
/** Most parts of an operator's cancel of many orders in one turn. */
const CANCEL_PARTS = 4;
/** Most journal bytes of one input alone, of what was wrong with it, and of the stop of its account and trader. */
const ENTRY_ROOM = 1344;
/** Inputs for which the journal's room, and whether the disk is full, are asked at once. */
const ASKED = 32;
/** Most journal bytes of a command with its text. */
const CONTROL_ROOM = ENTRY_ROOM + CONTROL_SLOT_BYTES;
/** In the place of an answer's position: it is on no disk, and need not be. */
const NOT_JOURNALLED: f64 = -1;
/** Most journal bytes of one input with what comes beside it (record/groups.ts). */
const GROUPS_ROOM = ENTRY_ROOM + GROUP_SLOT_BYTES;

/**
 * One turn. Control records come first, then reports, so that orders are checked against current limits and prices.
 * Returns  how many inputs were taken; orders wait while outputs of a replay do.
 */
export function poll(timeUs: f64): i32 {
  // The reports of the last turn are in their rings.
  showFallen();
  if (isClockSetBack(timeUs) && hasJournalRoom(ENTRY_ROOM)) setClockBack(timeUs);
  // The gateway has ended between a report and the stop of its account.
  if (isStopDue() && hasJournalRoom(ENTRY_ROOM)) stopReached(timeUs);
  let work = pollControl(timeUs);
  while (expiredOverride(timeUs) !== -1 && hasJournalRoom(CONTROL_ROOM)) expireOverride(timeUs);
  while (isEndDue(timeUs) && hasJournalRoom(CONTROL_ROOM)) endTemporaries(timeUs);
  for (let i = 0; i < CANCEL_PARTS && isCanceling(); i++) {
    const hasRoom = word(LATE_COUNT) === 0 && hasRoomForMany(CANCELS_AT_ONCE) && hasJournalRoom(CONTROL_ROOM);
    // This turn's own parts may have filled it.
    if (i > 0 && !hasRoom) break;
    cancelMore(timeUs, hasRoom);
    work++;
  }
  const reports = word(REPORT_INPUT_COUNT);
  for (let i = 0; i < reports; i++) work += pollReports(i, timeUs);
  // A venue agent takes requests only while it has room to report, for instance that it did not take one.
  // No order meets a value that is past its end.
  if (word(LATE_COUNT) !== 0 || isEndDue(timeUs)) return work;
  const orders = word(ORDER_INPUT_COUNT);
  for (let i = 0; i < orders; i++) work += pollOrders(i, timeUs);
  return work;
}

/** For how many inputs that come alone the journal has room: many, one or none. */
function fitting(): i32 {
  if (journal().room(ASKED * ENTRY_ROOM) > 0) return ASKED;
  return hasJournalRoom(ENTRY_ROOM) ? 1 : 0;
}

/** Throws when nothing more ever can be journalled. */
function hasJournalRoom(bytes: i32): bool {
  const room = journal().room(bytes);
  if (room < 0) journalFull();
  return room > 0;
}

function journal(): Stream {
  return changetype<Stream>(address(JOURNAL_AT));
}

function pollOrders(index: i32, timeUs: f64): i32 {
  const ring = ringAt(ORDER_INPUTS_AT, index);
  let count = 0;
  let fits = 0;
  let starved = false;
  for (; count < BATCH; count++) {
    const at = ring.peek();
    if (at === 0 || !hasRoomOut()) break;
    if (fits === 0) {
      fits = fitting();
      if (fits === 0) break;
      starved = journal().starved;
      readStageClock();
    }
    fits--;
    const request = changetype<OrderRequest>(at);
    const kind = request.kind;
    if (kind === REQUEST_MASS_CANCEL || kind === REQUEST_MASS_STATUS) {
      if (!hasJournalRoom(CONTROL_ROOM)) break;
      const step = kind === REQUEST_MASS_CANCEL ? cancelSome(request, index, timeUs) : statusSome(request, index, timeUs);
      if (step === STEP_GOES_ON) count++;
      if (step !== STEP_DONE) break;
      fits = 0;
    }
    if (request.groupsLength !== 0) {
      if (!orderWithGroups(ringAt(ORDER_GROUP_INPUTS_AT, index), request, timeUs, starved)) break;
      fits = 0;
    } else if (!takeOrder(request, 0, timeUs, starved)) {
      count++;
      break;
    }
    ring.release();
  }
  return count;
}

/**
 * `beside`: what came beside it, 0 for nothing. `starved`: the disk is full. Returns  false where orders that it could trade with are
 * canceled before: it is not taken yet.
 */
function takeOrder(request: OrderRequest, beside: usize, timeUs: f64, starved: bool): bool {
  const at = changetype<usize>(request);
  settleParties(request);
  decide(request, timeUs, starved);
  if (decision.reason === SELF_TRADE && hasCrossing()) {
    if (!hasJournalRoom(CROSSING_ROOM + ASKED * ENTRY_ROOM + GROUPS_ROOM) || !cancelCrossing(timeUs)) return false;
    // In the same turn: a venue that answers at once must not decide whether the order is refused.
    if (beside !== 0) carry(true, beside, request.groupsLength);
    decide(request, timeUs, starved);
    if (decision.reason === SELF_TRADE && hasCrossing()) return false;
  }
  if (decision.reason === ACCEPTED && nextNeeded() !== -1) {
    // Behind it the journal has the room that the batch has asked for.
    if (!hasJournalRoom(ASKED * ENTRY_ROOM + CONTROL_ROOM)) return false;
    useOverrides(decision.number, timeUs);
  }
  request.slot = decision.slot;
  request.number = decision.number;
  stampFactor(request);
  const code = decision.decisionCode();
  const session = request.session;
  const sequence = request.msgSeqNum;
  journal().appendPacked(ENTRY_ORDER, session, sequence, timeUs, code, request.epoch, at, request.length, beside, request.groupsLength);
  applyRequest(request, timeUs);
  return true;
}

/** Returns false while there is no room for its outputs. */
function orderWithGroups(groups: RingEnd, request: OrderRequest, timeUs: f64, starved: bool): bool {
  if (!hasGroupRoom(true) || !hasJournalRoom(GROUPS_ROOM)) return false;
  const at = groups.peek();
  if (at === 0) fail(GROUPS_OF_ORDER, request.msgSeqNum);
  carry(true, at, request.groupsLength);
  const isTaken = takeOrder(request, at, timeUs, starved);
  carryNothing();
  if (isTaken) groups.release();
  return isTaken;
}

function pollReports(index: i32, timeUs: f64): i32 {
  const ring = ringAt(REPORT_INPUTS_AT, index);
  let count = 0;
  let fits = 0;
  for (; count < BATCH; count++) {
    const at = ring.peek();
    if (at === 0 || !hasReportRoom()) break;
    if (fits === 0) {
      fits = fitting();
      if (fits === 0) break;
    }
    fits--;
    const report = changetype<ExecutionReport>(at);
    if (report.groupsLength !== 0) {
      if (!reportWithGroups(ringAt(REPORT_GROUP_INPUTS_AT, index), report, timeUs)) break;
      fits = 0;
    } else takeReport(report, 0, timeUs);
    ring.release();
  }
  return count;
}

function takeReport(record: ExecutionReport, beside: usize, timeUs: f64): void {
  const at = changetype<usize>(record);
  shorten(record);
  stampRules(record);
  markReport(record, timeUs);
  const session = record.session;
  const sequence = record.msgSeqNum;
  const bytes = record.inboundLength;
  journal().appendPacked(ENTRY_REPORT, session, sequence, timeUs, 0, record.epoch, at, bytes, beside, record.groupsLength);
  const outcome = report(at, timeUs);
  if (outcome !== APPLIED) differed(record, outcome, beside, timeUs);
  if (isStopDue()) stopReached(timeUs);
}

/** Returns false while there is no room for its outputs. */
function reportWithGroups(groups: RingEnd, report: ExecutionReport, timeUs: f64): bool {
  if (!hasGroupRoom(false) || !hasJournalRoom(GROUPS_ROOM)) return false;
  const at = groups.peek();
  if (at === 0) fail(GROUPS_OF_REPORT, report.msgSeqNum);
  carry(false, at, report.groupsLength);
  takeReport(report, at, timeUs);
  carryNothing();
  groups.release();
  return true;
}

/** A report was not applied as the venue meant it: an alarm, and an entry of the order that it is about, or of none. */
function differed(report: ExecutionReport, outcome: i32, beside: usize, timeUs: f64): void {
  const at = changetype<usize>(report);
  differs(at, outcome, beside === 0 ? -1 : <i32>beside);
  const isOfNone = outcome === ORPHAN;
  if (outcome === DUPLICATE_EXECUTION || (!isOfNone && word(OUTCOME) === APPLIED)) return;
  report.number = isOfNone ? 0 : orderAt(word(ORDER_SLOT)).number;
  const index = outcome | (word(FAULT_TAG) << OUTCOME_TAG_SHIFT);
  const session = report.session;
  journal().appendPacked(ENTRY_OUTCOME, session, report.msgSeqNum, timeUs, index, report.epoch, at, OUTCOME_BYTES, 0, 0);
}

/**
 * Only a command about an order has an output: no slow client or venue delays another. One about all orders of a session does not wait for
 * room, since the kill switch may stand behind it.
 */
function pollControl(timeUs: f64): i32 {
  const ring = ringAt(CONTROL_INPUT_AT, 0);
  const answers = ringAt(ANSWERS_AT, 0);
  let count = 0;
  for (; count < BATCH; count++) {
    const at = ring.peek();
    if (at === 0 || !hasJournalRoom(CONTROL_ROOM)) break;
    const command = changetype<Control>(at);
    const isOfSession = command.kind === CONTROL_CANCEL_SESSION;
    if (isOfOrder(command.kind) && (word(LATE_COUNT) !== 0 || !hasRoomOut())) break;
    if (isOfMany(command.kind) && beginCancel(command)) {
      ring.release();
      continue;
    }
    const answerAt = answers.claim();
    // The sender never has more commands under way than the ring of answers has slots.
    if (answerAt === 0) fail(ANSWERS_FULL, command.number);
    const answer = changetype<ControlAnswer>(answerAt);
    const code = decideControl(at, answerAt);
    if (isOfMany(command.kind)) tryAgain(command, answer);
    else if (!isOfSession || isToTake(command, answer)) {
      const bytes = CONTROL_BYTES + command.textLength;
      answer.position = journal().appendPacked(ENTRY_CONTROL, 0, 0, timeUs, code, 0, at, bytes, 0, 0);
      control(at, timeUs, answerAt, code);
    }
    answers.publish();
    ring.release();
  }
  return count;
}

/** True for a cancel that the core carries out itself, some orders in each turn. */
function isOfMany(kind: i32): bool {
  return kind === CONTROL_CANCEL_ORDERS || kind === CONTROL_CANCEL_KILLED;
}

function isOfOrder(kind: i32): bool {
  return kind === CONTROL_CANCEL_ORDER || kind === CONTROL_CLOSE_ORDER || kind === CONTROL_VENUE_SILENCE || kind === CONTROL_VENUE_STATUS;
}

/** Answers a command about all orders of a session that changes nothing, or finds no room: it is not journalled. */
function isToTake(command: Control, answer: ControlAnswer): bool {
  answer.number = command.number;
  answer.kind = command.kind;
  answer.position = NOT_JOURNALLED;
  if (!wouldCancel(command, answer)) return false;
  if (word(LATE_COUNT) === 0 && hasRoomForMany(CANCELS_AT_ONCE)) return true;
  tryAgain(command, answer);
  return false;
}

/** The command is not taken: it may be sent again. */
function tryAgain(command: Control, answer: ControlAnswer): void {
  answer.number = command.number;
  answer.kind = command.kind;
  answer.position = NOT_JOURNALLED;
  answer.result = CONTROL_TRY_AGAIN;
  answer.value = command.value;
  answer.count = 0;
  answer.left = 0;
  answer.pending = 0;
}
