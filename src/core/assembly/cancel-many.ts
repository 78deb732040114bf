import { TIF_GTC, TIF_GTD } from "../../record/codes.ts";
import { Control, ControlAnswer } from "../../record/assembly/control.ts";
import { copyApart } from "../../record/assembly/ids.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import {
  CANCEL_ACCOUNT_AT,
  CANCEL_BEFORE_AT,
  CANCEL_DAY,
  CANCEL_SIDE_AT,
  CANCEL_TEXT_BYTES,
  CANCEL_VENUE_AT,
  CANCEL_VENUES_AT,
  CAUSE_DISCONNECT,
  CAUSE_KILL,
  CAUSE_MASS,
  CAUSE_OPERATOR,
  CAUSE_SELF_TRADE,
  CONTROL_APPLIED,
  CONTROL_BAD_RECORD,
  CONTROL_BAD_VALUE,
  CONTROL_CANCEL_KILLED,
  CONTROL_CANCEL_MATCHING,
  CONTROL_CANCEL_ORDERS,
  CONTROL_CANCEL_SESSION,
  CONTROL_TEXT_AT,
  CONTROL_TEXT_BYTES,
  CONTROL_UNCHANGED,
  CONTROL_UNKNOWN_NAME,
  MATCHING_ACCOUNT_AT,
  MATCHING_PARTY_AT,
  MATCHING_TEXT_BYTES,
  NO_MORE_SLOTS,
} from "../../record/control-codes.ts";
import { NOT_PENDING, PENDING_CANCEL } from "../orders/states.ts";
import {
  ALREADY_PENDING,
  CANCELED_BY_KILL_SWITCH,
  CANCELED_FOR_SELF_TRADE,
  CANCELED_AT_LOGOUT,
  CANCELED_ON_DISCONNECT,
  MASS_CANCELED,
  VENUE_DOWN,
} from "../risk/reason-codes.ts";
import { area, orderTimes, word } from "./area.ts";
import { aboutPending } from "./client-report.ts";
import { NONE } from "./codes.ts";
import { cxlRejReason, writeReasonAlone } from "./detail.ts";
import { FRESH, ORDER_TIMES_BYTES, SCRATCH, SESSION_IDS, VENUE_IDS } from "./layout.ts";
import { isOpen } from "./life-cycle.ts";
import { isOfRow } from "./mass-match.ts";
import { accountNames, symbolNames } from "./names.ts";
import { cancelFor } from "./operator-cancel.ts";
import { Order, orderAt } from "./order.ts";
import { publishReport } from "./outbox.ts";
import { isVenueUp } from "./symbols.ts";

/*  Cancels the open orders of a client session, or all that match, some at a time: the lane's other agents, and with them the
 *  other sessions, have their turns in between. Behind a client's request for many cancels its ring waits, though: the requests of its lane.
 *
 *  Which venues are up is no part of the state that snapshots keep, and no entry says that a start finds all of them down. So a command
 *  is journalled with the venues that were up when it was taken, and a replay asks those. They stand behind its text, a bit for each id
 *  up to the last that is up; `text length` has their bytes, too:
 *
 *  byte 0       1        2                     4     8        16                  16 + n
 *       ┌───────┬────────┬─────────────────────┬─────┬────────┬───────────────────┬─────────────┐
 *       │ cause │ which  │ 1 + bytes of venues │     │ before │ ClOrdID, n bytes  │ venues up   │
 *       └───────┴────────┴─────────────────────┴─────┴────────┴───────────────────┴─────────────┘
 */

/** Most orders of one command: what it leads to finds room in the rings before it is taken. */
export const CANCELS_AT_ONCE = 32;
/** Most slots that one command looks at: their rows are read in about 20 µs. */
const SLOTS_AT_ONCE = 4096;

/** Bytes of the venues behind the text of the command under way, NONE where it has none; and where they begin. */
let venueBytes: i32 = NONE;
let venuesAt: usize = 0;

/** Adds to a command which venues are up. One that is refused for its text is left as it is. */
export function stampVenues(control: Control): void {
  if (control.textLength < 2) return;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  let length = control.textLength;
  if (length < CANCEL_TEXT_BYTES) {
    memory.fill(text + <usize>length, 0, <usize>(CANCEL_TEXT_BYTES - length));
    store<f64>(text, Infinity, CANCEL_BEFORE_AT);
    length = CANCEL_TEXT_BYTES;
  }
  const at = text + <usize>length;
  const room = CONTROL_TEXT_BYTES - length;
  memory.fill(at, 0, <usize>room);
  let bytes = 0;
  const ids = word(VENUE_IDS);
  // A journal has never so many venues that there is no room for one; it would count as down.
  for (let venue = 0; venue < ids && venue < room << 3; venue++) {
    if (!isVenueUp(venue)) continue;
    bytes = (venue >> 3) + 1;
    const byte = at + <usize>(venue >> 3);
    store<u8>(byte, <u8>(<i32>load<u8>(byte) | (1 << (venue & 7))));
  }
  store<u16>(text, <u16>(bytes + 1), CANCEL_VENUES_AT);
  control.textLength = length + bytes;
}

/** Reads where the venues of a command are. Returns the length of its text before them. */
function takeVenues(control: Control): i32 {
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  const length = control.textLength;
  const bytes = length < CANCEL_TEXT_BYTES ? NONE : <i32>load<u16>(text, CANCEL_VENUES_AT) - 1;
  venueBytes = bytes > length - CANCEL_TEXT_BYTES ? NONE : bytes;
  if (venueBytes === NONE) return length;
  venuesAt = text + <usize>(length - bytes);
  return length - bytes;
}

/** True when the venue was up as the command under way was taken; of one without venues, when it is up now. */
function wasUp(venue: i32): bool {
  if (venueBytes === NONE) return isVenueUp(venue);
  const byte = venue >> 3;
  return <u32>byte < <u32>venueBytes && ((<i32>load<u8>(venuesAt + <usize>byte) >> (venue & 7)) & 1) === 1;
}

/** What the command is about besides a session and a symbol: NONE or 0 for any. `accountOf` and `partyOf` may be the row of a client or a trader. */
let venueOf: i32 = NONE;
let accountOf: i32 = NONE;
let partyOf: i32 = NONE;
let sideOf: i32 = 0;

/** Reads them. Returns CONTROL_APPLIED, or why it can't; `length` is that of the text before the venues that were up. */
function readMatch(control: Control, length: i32): i32 {
  venueOf = NONE;
  accountOf = NONE;
  partyOf = NONE;
  sideOf = 0;
  if (control.kind === CONTROL_CANCEL_SESSION) return CONTROL_APPLIED;
  if (control.kind === CONTROL_CANCEL_MATCHING) return readMatching(control, length);
  if (length < CANCEL_ACCOUNT_AT) return CONTROL_BAD_RECORD;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  venueOf = load<i32>(text, CANCEL_VENUE_AT);
  if (venueOf < NONE || venueOf >= word(VENUE_IDS)) return CONTROL_UNKNOWN_NAME;
  if (length === CANCEL_ACCOUNT_AT) return CONTROL_APPLIED;
  accountOf = rowNamed(text + CANCEL_ACCOUNT_AT, length - CANCEL_ACCOUNT_AT);
  return accountOf === NONE ? CONTROL_UNKNOWN_NAME : CONTROL_APPLIED;
}

function readMatching(control: Control, length: i32): i32 {
  if (length < MATCHING_TEXT_BYTES) return CONTROL_BAD_RECORD;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  sideOf = load<u8>(text, CANCEL_SIDE_AT);
  const account = lengthOf(text + MATCHING_ACCOUNT_AT);
  const party = lengthOf(text + MATCHING_PARTY_AT);
  accountOf = rowNamed(text + MATCHING_ACCOUNT_AT, account);
  partyOf = rowNamed(text + MATCHING_PARTY_AT, party);
  const isKnown = (account === 0 || accountOf !== NONE) && (party === 0 || partyOf !== NONE);
  return isKnown ? CONTROL_APPLIED : CONTROL_UNKNOWN_NAME;
}

/** Length of a zero padded name. */
function lengthOf(at: usize): i32 {
  let length = 0;
  while (<u32>length < ID_BYTES && load<u8>(at + <usize>length) !== 0) length++;
  return length;
}

/** The row of a name that other bytes follow: ids are compared with their padding. */
function rowNamed(at: usize, length: i32): i32 {
  if (length === 0 || length > <i32>ID_BYTES) return NONE;
  const name = area + SCRATCH;
  memory.fill(name, 0, ID_BYTES);
  memory.copy(name, at, <usize>length);
  return accountNames().find(name, length);
}

/** True when a command would change something, or tell its client something; fills its answer, as it would be now. */
export function wouldCancel(control: Control, answer: ControlAnswer): bool {
  answer.count = 0;
  answer.left = 0;
  answer.pending = 0;
  answer.result = scan(control, 0, answer, true);
  const cause: i32 = load<u8>(changetype<usize>(control) + CONTROL_TEXT_AT);
  return answer.count > 0 || (answer.left > 0 && cause === CAUSE_MASS);
}

/** Returns the answer's result. */
export function cancelMany(control: Control, timeUs: f64, answer: ControlAnswer): i32 {
  return scan(control, timeUs, answer, false);
}

/** `isTrial`: nothing is canceled. */
function scan(control: Control, timeUs: f64, answer: ControlAnswer, isTrial: bool): i32 {
  const id = control.amount;
  const isOfSession = control.kind === CONTROL_CANCEL_SESSION || control.kind === CONTROL_CANCEL_MATCHING;
  const ofAny = !isOfSession && id === <f64>NONE;
  if (!ofAny && !(id >= 0 && id < <f64>word(SESSION_IDS) && Math.floor(id) === id)) return CONTROL_UNKNOWN_NAME;
  if (control.value < 0) return CONTROL_BAD_VALUE;
  if (control.textLength < 2) return CONTROL_BAD_RECORD;
  const text = changetype<usize>(control) + CONTROL_TEXT_AT;
  const cause: i32 = load<u8>(text);
  if (!isCauseOf(control.kind, cause)) return CONTROL_BAD_RECORD;
  const symbolLength = control.nameLength;
  const symbol = symbolLength === 0 ? NONE : symbolNames().find(control.nameAt, symbolLength);
  if (symbolLength !== 0 && symbol === NONE) return CONTROL_UNKNOWN_NAME;
  const isOfDay = load<u8>(text, 1) === CANCEL_DAY;
  const length = takeVenues(control);
  const match = readMatch(control, length);
  if (match !== CONTROL_APPLIED) return match;
  const beforeUs = length < CANCEL_TEXT_BYTES ? Infinity : load<f64>(text, CANCEL_BEFORE_AT);
  const head = control.kind === CONTROL_CANCEL_MATCHING ? MATCHING_TEXT_BYTES : CANCEL_TEXT_BYTES;
  const fresh = word(FRESH);
  const end = fresh - control.value > SLOTS_AT_ONCE ? control.value + SLOTS_AT_ONCE : fresh;
  let slot = control.value;
  // Each order of a client's request that can't be canceled leads to a report, too.
  const counted = cause === CAUSE_MASS;
  for (; slot < end && answer.count + (counted ? answer.left : 0) < CANCELS_AT_ONCE; slot++) {
    const order = orderAt(slot);
    if ((!ofAny && order.session !== <i32>id) || !isOpen(order.state)) continue;
    if (symbol !== NONE && order.symbol !== symbol) continue;
    if (venueOf !== NONE && order.venue !== venueOf) continue;
    if (!isOfRow(order, accountOf) || !isOfRow(order, partyOf)) continue;
    if (sideOf !== 0 && order.side !== sideOf) continue;
    if (isOfDay && isGoodTill(order.timeInForce)) continue;
    if (load<f64>(orderTimes + <usize>slot * ORDER_TIMES_BYTES) >= beforeUs) answer.pending++;
    else if (order.pending === PENDING_CANCEL) answer.pending++;
    else if (order.pending !== NOT_PENDING || !wasUp(order.venue)) {
      answer.left++;
      if (counted && !isTrial) refuse(order, control, head, length - head, timeUs);
    } else {
      answer.count++;
      if (!isTrial) cancelFor(order, cause, timeUs);
    }
  }
  answer.value = slot < fresh ? slot : NO_MORE_SLOTS;
  return answer.count > 0 ? CONTROL_APPLIED : CONTROL_UNCHANGED;
}

/**
 * Tells the client that one of the orders of its OrderMassCancelRequest is not canceled; `length` is that of the request's ClOrdID, which
 * is behind `head` bytes of the command's text.
 */
function refuse(order: Order, control: Control, head: i32, length: i32, timeUs: f64): void {
  const reason = order.pending !== NOT_PENDING ? ALREADY_PENDING : VENUE_DOWN;
  const report = aboutPending(order, PENDING_CANCEL, order.currentId, timeUs);
  if (length > 0) {
    report.clOrdIdLength = length;
    copyApart(report.clOrdIdAt, changetype<usize>(control) + CONTROL_TEXT_AT + <usize>head, length);
  }
  report.cxlRejReason = cxlRejReason(reason);
  report.reason = reason;
  writeReasonAlone(report, reason);
  publishReport();
}

function isGoodTill(timeInForce: i32): bool {
  return timeInForce === TIF_GTC || timeInForce === TIF_GTD;
}

function isCauseOf(kind: i32, cause: i32): bool {
  if (kind === CONTROL_CANCEL_KILLED) return cause === CAUSE_KILL;
  return kind === CONTROL_CANCEL_ORDERS ? cause === CAUSE_OPERATOR : cause <= CAUSE_MASS;
}

/** True for a cancel of which its client gets no report, unless it ends the order. */
export function isSilent(cause: i32): bool {
  return cause !== CAUSE_OPERATOR && cause !== CAUSE_MASS;
}

/** The reason that the report of a canceled order says, for a cancel with that cause; an operator's has none. */
export function reasonOfCause(cause: i32): i32 {
  if (cause === CAUSE_MASS) return MASS_CANCELED;
  if (cause === CAUSE_KILL) return CANCELED_BY_KILL_SWITCH;
  if (cause === CAUSE_SELF_TRADE) return CANCELED_FOR_SELF_TRADE;
  return cause === CAUSE_DISCONNECT ? CANCELED_ON_DISCONNECT : CANCELED_AT_LOGOUT;
}
