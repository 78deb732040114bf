import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  CONTROL_APPLIED,
  CONTROL_ASSIGN_REPORT,
  CONTROL_BAD_VALUE,
  CONTROL_CHANGE,
  CONTROL_CHANGE_LASTING,
  CONTROL_CHANGE_UNTIL,
  CONTROL_CHANGES_END,
  CONTROL_CLOCK_SET_BACK,
  CONTROL_CONFIGURE,
  CONTROL_RELEASE_ORDER,
  CONTROL_CANCEL_MATCHING,
  CONTROL_CANCEL_ORDER,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CANCEL_SESSION,
  CONTROL_CLOSE_ORDER,
  CONTROL_DISMISS_REPORT,
  CONTROL_KILL,
  CONTROL_MASS_STATUS,
  CONTROL_OPERATOR_ACTION,
  CONTROL_OVERRIDE,
  CONTROL_OVERRIDE_END,
  CONTROL_POSITIONS,
  CONTROL_QUOTES,
  CONTROL_REFERENCE_PRICE,
  CONTROL_SESSION_TRADING,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_KIND,
  CONTROL_UNKNOWN_NAME,
  CONTROL_VENUE_READY,
  CONTROL_VENUE_SILENCE,
  CONTROL_VENUE_STATUS,
  CONTROL_VENUE_TRADING,
} from "../../record/control-codes.ts";
import { word } from "./area.ts";
import { cancelMany, stampVenues } from "./cancel-many.ts";
import { applyChanges, decideChanges, instruct, killFirm, referenceOf } from "./changes.ts";
import { NONE } from "./codes.ts";
import { dateDuplicates } from "./duplicates.ts";
import { dateFirmMessages } from "./firm-messages.ts";
import {
  SESSION_IDS,
  SESSION_MARKS_AT,
  SESSION_TRADING_AT,
  VENUE_IDS,
  VENUE_MARKS_AT,
  VENUE_TRADING_AT,
} from "./layout.ts";
import { tellStatuses } from "./mass-status.ts";
import { symbolNames } from "./names.ts";
import { operatorCancel, releaseOrder } from "./operator-cancel.ts";
import { forgetReferencesAfter } from "./forget-references.ts";
import { dateExecutions } from "./repeated-executions.ts";
import { applyOverride, decideOverride, decideOverrideEnd, endOverride } from "./overrides.ts";
import { applyPositions, decidePositions } from "./start-of-day.ts";
import { takeQuotes } from "./quotes.ts";
import { isKilled } from "./state.ts";
import { symbolAt } from "./symbols.ts";
import { isTradingState, markTrading, setTrading } from "./trading.ts";
import { applyUnmatched, decideUnmatched } from "./unmatched.ts";
import { venueReady, venueSilence, venueStatus } from "./venue-silence.ts";

/** Decides a command whose result is journalled with it, and changes nothing but its record. Returns the result, or 0 for the other kinds. */
export function decideCommand(control: Control, answer: ControlAnswer): i32 {
  const kind = control.kind;
  if (kind === CONTROL_POSITIONS) return decidePositions(control, answer);
  if (kind === CONTROL_CANCEL_SESSION) stampVenues(control);
  if (kind === CONTROL_OVERRIDE) return decideOverride(control);
  if (kind === CONTROL_OVERRIDE_END) return decideOverrideEnd(control);
  if (isOfUnmatched(kind)) return decideUnmatched(control);
  return isOfChanges(kind) ? decideChanges(control, answer) : 0;
}

/** Applies a command, and sets the answer's value. `code`: as it was decided, or 0. Returns the answer's result. */
export function applyCommand(control: Control, timeUs: f64, answer: ControlAnswer, code: i32): i32 {
  const kind = control.kind;
  if (isOfChanges(kind)) return change(control, timeUs, answer, code);
  if (kind === CONTROL_POSITIONS) return positions(control, timeUs, answer, code);
  if (kind === CONTROL_OVERRIDE) return grantOverride(control, timeUs, code);
  if (kind === CONTROL_OVERRIDE_END) return finishOverride(control, timeUs, code);
  if (isOfUnmatched(kind)) return endUnmatched(control, timeUs, code);
  if (kind === CONTROL_QUOTES) return takeQuotes(control, timeUs, answer);
  if (kind === CONTROL_KILL) return kill(control, timeUs, answer);
  if (kind === CONTROL_REFERENCE_PRICE) return referencePrice(control, timeUs);
  if (kind === CONTROL_RELEASE_ORDER) return releaseOrder(control);
  if (kind === CONTROL_CANCEL_ORDER || kind === CONTROL_CLOSE_ORDER) return operatorCancel(control, timeUs, answer);
  if (isCancelOfMany(kind)) return cancelMany(control, timeUs, answer);
  if (kind === CONTROL_MASS_STATUS) return tellStatuses(control, timeUs);
  if (kind === CONTROL_VENUE_SILENCE) return venueSilence(control, timeUs, answer);
  if (kind === CONTROL_VENUE_STATUS) return venueStatus(control);
  if (kind === CONTROL_VENUE_READY) return venueReady(control);
  if (kind === CONTROL_OPERATOR_ACTION) return CONTROL_APPLIED;
  if (kind === CONTROL_CLOCK_SET_BACK) return clockSetBack(timeUs);
  if (kind === CONTROL_SESSION_TRADING)
    return trading(SESSION_TRADING_AT, SESSION_MARKS_AT, word(SESSION_IDS), control, timeUs, answer);
  if (kind === CONTROL_VENUE_TRADING)
    return trading(VENUE_TRADING_AT, VENUE_MARKS_AT, word(VENUE_IDS), control, timeUs, answer);
  return CONTROL_UNKNOWN_KIND;
}

function isOfChanges(kind: i32): bool {
  if (kind === CONTROL_CHANGE || kind === CONTROL_CHANGE_LASTING || kind === CONTROL_CONFIGURE) return true;
  return kind === CONTROL_CHANGE_UNTIL || kind === CONTROL_CHANGES_END;
}

function isCancelOfMany(kind: i32): bool {
  if (kind === CONTROL_CANCEL_SESSION || kind === CONTROL_CANCEL_MATCHING) return true;
  return kind === CONTROL_CANCEL_ORDERS || kind === CONTROL_CANCEL_KILLED;
}

function isOfUnmatched(kind: i32): bool {
  return kind === CONTROL_ASSIGN_REPORT || kind === CONTROL_DISMISS_REPORT;
}

/** Sets the trading state of a session or a venue with an id below `ids`; the text is who asks, the answer's value how it is. */
function trading(
  table: usize,
  marks: usize,
  ids: i32,
  control: Control,
  timeUs: f64,
  answer: ControlAnswer,
): i32 {
  const id = control.amount;
  const state = control.value;
  if (!(id >= 0 && id < <f64>ids && Math.floor(id) === id)) return CONTROL_UNKNOWN_NAME;
  if (!isTradingState(state)) return CONTROL_BAD_VALUE;
  answer.value = state;
  if (!setTrading(table, <i32>id, state)) return CONTROL_UNCHANGED;
  markTrading(marks, <i32>id, timeUs, changetype<usize>(control) + CONTROL_TEXT_AT, control.textLength);
  return CONTROL_APPLIED;
}

/** What is dated later than this: reference prices are too old, what windows hold has come now. */
function clockSetBack(timeUs: f64): i32 {
  forgetReferencesAfter(timeUs);
  dateFirmMessages(timeUs);
  dateExecutions(timeUs);
  dateDuplicates(timeUs);
  return CONTROL_APPLIED;
}

function change(control: Control, timeUs: f64, answer: ControlAnswer, code: i32): i32 {
  const result = code === 0 ? decideChanges(control, answer) : code;
  if (result === CONTROL_APPLIED || result === CONTROL_UNCHANGED) applyChanges(control, timeUs);
  return result;
}

function grantOverride(control: Control, timeUs: f64, code: i32): i32 {
  const result = code === 0 ? decideOverride(control) : code;
  if (result === CONTROL_APPLIED) applyOverride(control, timeUs);
  return result;
}

function finishOverride(control: Control, timeUs: f64, code: i32): i32 {
  const result = code === 0 ? decideOverrideEnd(control) : code;
  if (result === CONTROL_APPLIED) endOverride(control, timeUs);
  return result;
}

function endUnmatched(control: Control, timeUs: f64, code: i32): i32 {
  const result = code === 0 ? decideUnmatched(control) : code;
  if (result === CONTROL_APPLIED) applyUnmatched(control, timeUs);
  return result;
}

function positions(control: Control, timeUs: f64, answer: ControlAnswer, code: i32): i32 {
  const result = code === 0 ? decidePositions(control, answer) : code;
  return result === CONTROL_APPLIED ? applyPositions(control, timeUs) : result;
}

/** Engages the kill switch (value 1) or releases it (0); the answer's value says how it is. */
function kill(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  const value = control.value;
  if (value !== 0 && value !== 1) return CONTROL_BAD_VALUE;
  const before = isKilled();
  if (before !== (value === 1)) killFirm(value === 1, timeUs, control.nameAt, control.nameLength);
  answer.value = value;
  return before === isKilled() ? CONTROL_UNCHANGED : CONTROL_APPLIED;
}

/** Sets the reference price of a symbol; from then on the configuration's no longer counts. */
function referencePrice(control: Control, timeUs: f64): i32 {
  const symbol = symbolNames().find(control.nameAt, control.nameLength);
  if (symbol === NONE) return CONTROL_UNKNOWN_NAME;
  const priceE8 = control.price;
  const row = symbolAt(symbol);
  if (priceE8 !== NO_PRICE && !row.canRefer(priceE8, row.collar, row.band)) return CONTROL_BAD_VALUE;
  // The same price counts from now on, where it could be too old.
  const same = referenceOf(symbol).isSet === 1 && row.base === priceE8 && row.operatorStaleMs === i64.MAX_VALUE;
  instruct(symbol, priceE8, timeUs);
  return same ? CONTROL_UNCHANGED : CONTROL_APPLIED;
}
