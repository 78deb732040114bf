import {
  ASKS_FIRST,
  REPORT_VENUE_DOWN,
  REPORT_VENUE_UP,
  REQUEST_NEW,
  REQUEST_STATUS,
} from "../../record/codes.ts";
import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import {
  COUNT_CONTROLS,
  COUNT_CUM_DIFFERS,
  COUNT_DUPLICATE_EXECS,
  COUNT_ILLEGAL,
  COUNT_ORPHANS,
  COUNT_REPLAY_DIFFERS,
  COUNT_REPLAYED,
  COUNT_REPORTS,
  COUNT_UNMATCHED_LOST,
  COUNT_UNSUPPORTED,
} from "../counters.ts";
import { APPLIED, DUPLICATE_EXECUTION, ORPHAN, UNSUPPORTED } from "../outcomes.ts";
import { ACCEPTED, JOURNAL_FULL } from "../risk/reason-codes.ts";
import { applyReport } from "./apply-report.ts";
import { applyRequest } from "./apply-request.ts";
import { area, maxOrders, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { forgetHours, killByFile } from "./changes.ts";
import { applyCommand, decideCommand } from "./commands.ts";
import { decide } from "./decide.ts";
import * as decision from "./decision.ts";
import { clearDetail } from "./detail.ts";
import { settleParties } from "./traders.ts";
import { stampFactor, takeFactor } from "./decided-factor.ts";
import { fail } from "./host.ts";
import {
  JOURNAL_ORDERS,
  JOURNAL_SESSION,
  JOURNAL_VENUE,
  REPLAYING,
  SESSION_IDS,
  VENUE_IDS,
} from "./layout.ts";
import { beginInput, unlockAll } from "./locks.ts";
import { accountNames, symbolNames } from "./names.ts";
import { riskPriceOf } from "./order-kinds.ts";
import { orderAt } from "./order.ts";
import { hasRoom, hasRoomForDone } from "./orders.ts";
import { beginOutputsOfThePast, endOutputsOfThePast } from "./outbox.ts";
import { forgetReached } from "./repeated-executions.ts";
import { heldBy } from "./risk.ts";
import { count, isKilled, needsAttention, setCounter, setKilled, showAttention, showOpen } from "./state.ts";
import { allVenuesDown, beginRound, setVenueUp } from "./symbols.ts";
import { countUnmatched, keepUnmatched } from "./unmatched.ts";

/*  The core owns all orders, account limits and exposures, and routes. It has no clock, socket or randomness: the same inputs in
 *  the same order give the same outputs and the same state.
 *
 *  A request is journalled with its decision before it is applied:
 *
 *      decide ──▶ stamp ──▶ append to the journal ──▶ apply
 *
 *  A replay feeds the journalled inputs with their decisions to the same `order`, `report` and `control`.
 */

/**
 * Decides a request, and changes nothing but an account that it does not name; `apply` must follow before any other input. `starved`
 * says that the disk is full, so that nothing new can be taken.
 * Returns  the decision's code, which the journal keeps as the entry's index.
 */
export function decideRequest(request: usize, timeUs: f64, starved: bool): i32 {
  settleParties(changetype<OrderRequest>(request));
  decide(changetype<OrderRequest>(request), timeUs, starved);
  return decision.decisionCode();
}

/** Writes slot, number and factor that the request was given into its record, on its way to the journal. */
export function stamp(at: usize): void {
  const request = changetype<OrderRequest>(at);
  request.slot = decision.slot;
  request.number = decision.number;
  stampFactor(request);
}

/** Carries out what was decided. */
export function applyDecided(request: usize, timeUs: f64): void {
  applyRequest(changetype<OrderRequest>(request), timeUs);
}

/** Decides and carries out, without a journal between; in a replay carries out the journalled decision. */
export function order(at: usize, timeUs: f64, code: i32): void {
  const request = changetype<OrderRequest>(at);
  const isReplay = word(REPLAYING) !== 0;
  if (!isReplay) settleParties(request);
  decide(request, timeUs, isReplay && decision.reasonOf(code) === JOURNAL_FULL);
  if (isReplay) {
    forgetReached();
    takeReplayed(request, code);
  }
  applyRequest(request, timeUs);
}

/** Applies a venue's report. Returns an outcome (core/outcomes.ts). */
export function report(at: usize, timeUs: f64): i32 {
  const report = changetype<ExecutionReport>(at);
  if (word(REPLAYING) !== 0) {
    count(COUNT_REPLAYED);
    // Only the stop that is journalled behind a report counts, and it is due where the journal ends before it.
    forgetReached();
    if (<u32>report.session >= load<u32>(area + VENUE_IDS)) fail(JOURNAL_VENUE, report.session);
  }
  count(COUNT_REPORTS);
  const kind = report.kind;
  if (kind === REPORT_VENUE_UP || kind === REPORT_VENUE_DOWN) {
    if (kind === REPORT_VENUE_UP && report.slot === ASKS_FIRST) beginRound(report.session);
    else setVenueUp(report.session, kind === REPORT_VENUE_UP);
    return APPLIED;
  }
  beginInput(timeUs);
  const outcome = applyReport(report, timeUs);
  unlockAll();
  if (outcome === ORPHAN) keepUnmatched(report, timeUs);
  if (outcome !== APPLIED) countOutcome(outcome);
  return outcome;
}

/** Decides a command and changes nothing but its record. Returns the result that is journalled with it, or 0: it is decided as it is applied. */
export function decideControl(at: usize, answerAt: usize): i32 {
  changetype<ControlAnswer>(answerAt).value = 0;
  return decideCommand(changetype<Control>(at), changetype<ControlAnswer>(answerAt));
}

/**
 * Applies a command of the control plane and fills its answer, but for the answer's position. `code`: as it was decided.
 * Returns  the answer's result (record/control-codes.ts).
 */
export function control(at: usize, timeUs: f64, answerAt: usize, code: i32): i32 {
  const control = changetype<Control>(at);
  const answer = changetype<ControlAnswer>(answerAt);
  if (word(REPLAYING) !== 0) {
    count(COUNT_REPLAYED);
    forgetReached();
  }
  count(COUNT_CONTROLS);
  answer.number = control.number;
  answer.kind = control.kind;
  if (code === 0) answer.value = 0;
  answer.count = 0;
  answer.left = 0;
  answer.pending = 0;
  beginInput(timeUs);
  answer.result = applyCommand(control, timeUs, answer, code);
  unlockAll();
  return answer.result;
}

/** From now on inputs come from the journal; outputs up to the sent indexes were sent. */
export function beginReplay(): void {
  setWord(REPLAYING, 1);
  beginOutputsOfThePast();
}

/**
 * Ends the replay: all venues are down until their agents report them up, symbols with hours are closed until they are told them, `kill`
 * engages the kill switch even if it was released before, and counters start at 0.
 */
export function endReplay(kill: bool): void {
  setWord(REPLAYING, 0);
  endOutputsOfThePast();
  allVenuesDown();
  forgetHours();
  for (let i = 0; i < COUNT_REPLAYED; i++) setCounter(i, 0);
  setCounter(COUNT_UNMATCHED_LOST, 0);
  countUnmatched();
  showOpen();
  showAttention();
  if (kill && !isKilled()) killByFile();
  setKilled(isKilled(), 0);
}

function countOutcome(outcome: i32): void {
  if (outcome === ORPHAN) count(COUNT_ORPHANS);
  else if (outcome === DUPLICATE_EXECUTION) count(COUNT_DUPLICATE_EXECS);
  else if (outcome === UNSUPPORTED) count(COUNT_UNSUPPORTED);
  else count(needsAttention(outcome) ? COUNT_ILLEGAL : COUNT_CUM_DIFFERS);
}

/** Replaces today's decision by the journalled one: code, slot, number, and names no longer configured. */
function takeReplayed(request: OrderRequest, code: i32): void {
  const kind = request.kind;
  count(COUNT_REPLAYED);
  if (decision.decisionCode() !== code) {
    count(COUNT_REPLAY_DIFFERS);
    clearDetail();
  }
  decision.takeCode(code);
  decision.setSlot(request.slot);
  decision.setNumber(request.number);
  if (<u32>request.session >= load<u32>(area + SESSION_IDS)) fail(JOURNAL_SESSION, request.session);
  const isNew = kind === REQUEST_NEW;
  if (decision.reason !== ACCEPTED) {
    // A refused order that an earlier, larger table remembered need not be remembered.
    if (isNew && (request.slot >= maxOrders || !hasRoomForDone())) decision.setSlot(NONE);
    return;
  }
  if (isNew && <u32>decision.venue >= load<u32>(area + VENUE_IDS)) fail(JOURNAL_VENUE, decision.venue);
  if (request.slot >= maxOrders || (isNew && !hasRoom())) fail(JOURNAL_ORDERS, maxOrders);
  if (isNew) {
    adoptNames(request);
    const ordType = request.ordType;
    takeFactor(request);
    decision.setNotional(heldBy(decision.symbol, ordType, request.quantity, riskPriceOf(request, ordType), decision.factor));
  } else if (kind === REQUEST_STATUS && decision.entry === NONE) {
    decision.setEntry(orderAt(request.slot).currentId);
  }
}

/** Accounts and symbols that are no longer configured are added for their old orders; they take no new ones. */
function adoptNames(request: OrderRequest): void {
  const accountLength = request.accountLength;
  const symbolLength = request.symbolLength;
  let account = accountNames().find(request.accountAt, accountLength);
  if (account === NONE) account = accountNames().add(request.accountAt, accountLength);
  let symbol = symbolNames().find(request.symbolAt, symbolLength);
  if (symbol === NONE) symbol = symbolNames().add(request.symbolAt, symbolLength);
  decision.setParties(account, symbol);
}
