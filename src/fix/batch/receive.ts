import { ENTRY_RECEIVED, RECEIVED_MESSAGE } from "../../journal/layout.ts";
import { Stream } from "../../journal/assembly/stream.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { REPORT_EXECUTION, REQUEST_CANCEL, REQUEST_NEW, REQUEST_REPLACE } from "../../record/codes.ts";
import { RingEnd } from "../../ring/assembly/ring-end.ts";
import { noteAnswered } from "../../telemetry/assembly/stages.ts";
import { takeBeside } from "../wire/codec/beside.ts";
import { check } from "../wire/codec/check.ts";
import {
  BEGIN_WORD,
  BESIDE_WORD,
  COMP_IDS_WORD,
  HIGH_WORD,
  MAX_FIELDS,
  MSG_SEQ_NUM_WORD,
  MSG_TYPE_WORD,
  REPEATED_WORD,
  REPORT_BIT,
  REQUEST_BIT,
  SENDING_TIME_DOUBLE,
  SPECIALS_WORD,
} from "../wire/codec/layout.ts";
import { readOrder } from "../wire/codec/order-in.ts";
import { readExecution } from "../wire/codec/report-in.ts";
import { ACCEPT_UNKNOWN, ACCEPT_USER } from "../wire/codec/rules.ts";
import { find, scan } from "../wire/codec/scan.ts";
import {
  ANSWER_TIMES_AT,
  AREA_AT,
  BASE,
  BESIDE_RULES,
  CANCEL_PLACE,
  CANCELS,
  CHECKS,
  CONSUMED,
  EPOCH,
  GROUP_RING_END_AT,
  JOURNAL_ROOM,
  LONGEST,
  NEEDS_SLOTS,
  NEW_PLACE,
  NEXT,
  NOW_NS,
  REPLACE_PLACE,
  REPORT_PLACE,
  RING_END_AT,
  SESSION,
  STREAM_AT,
  TOLERANCE_US,
  VALIDATION_RULES,
  VERSION,
  WALL_US,
} from "./layout.ts";

// Plain messages in sequence from their bytes to the journal and to the core's ring, many in one call.

const NEW_ORDER_SINGLE = 68;
const ORDER_CANCEL_REQUEST = 70;
const ORDER_CANCEL_REPLACE_REQUEST = 71;
const EXECUTION_REPORT = 56;
const POSS_DUP_FLAG = 43;
const PASSWORD = 554;
const NEW_PASSWORD = 925;

let receiver: usize = 0;
let area: usize = 0;
/** Of the scanned message: its place in the tables of rules, and the kind of its record. */
let place: u32 = 0;
let kind: u32 = 0;

/**
 * Takes up to `most` messages from `from` on that the session takes without an answer: plain, valid, next in sequence, of the peer and
 * of now. Each is journalled, and its record published. The first other one is left to the caller, with nothing done for it.
 * Offsets in the index count from `start`.
 * Returns  how many were taken; CONSUMED has the end of the last one, CANCELS how many were cancels, NEXT and BASE go on.
 */
export function receive(at: usize, from: usize, to: usize, start: usize, most: i32): i32 {
  receiver = at;
  area = load<u32>(at, AREA_AT);
  const records = changetype<RingEnd>(at + RING_END_AT);
  const groups = changetype<RingEnd>(at + GROUP_RING_END_AT);
  const stream = changetype<Stream>(<usize>load<u32>(at, STREAM_AT));
  const room = load<i32>(at, JOURNAL_ROOM);
  const slots = load<i32>(at, NEEDS_SLOTS);
  const longest = load<u32>(at, LONGEST);
  records.resumeProducer();
  groups.resumeProducer();
  let base = load<i32>(at, BASE);
  let next = load<i32>(at, NEXT);
  let count = 0;
  let cancels = 0;
  for (; count < most; count++) {
    if (!records.has(slots) || !groups.has(1) || stream.room(room) !== 1) break;
    base += MAX_FIELDS;
    const length = scan(area, from, to, start, base, longest);
    if (length <= 0 || !isNext(next) || !isValid()) break;
    const record = records.claim();
    if (!read(record)) break;
    const beside = load<u32>(area, BESIDE_WORD * 4) === 0 ? 0 : takeBeside(area, groups.claim());
    if (beside < 0) break;
    complete(record, next, beside);
    const epoch = load<i32>(at, EPOCH);
    const session = load<i32>(at, SESSION);
    stream.append(ENTRY_RECEIVED, session, next, load<f64>(at, WALL_US), RECEIVED_MESSAGE, epoch, from, length);
    if (beside > 0) groups.publish();
    records.publish();
    if (place === CANCEL_PLACE) cancels++;
    from += length;
    next++;
  }
  store<i32>(at, base, BASE);
  store<i32>(at, next, NEXT);
  store<i32>(at, cancels, CANCELS);
  store<u32>(at, <u32>from, CONSUMED);
  return count;
}

/** True for the peer's next message, of a type that has a record, sent now and for the first time. */
function isNext(next: i32): bool {
  const type = load<u32>(area, MSG_TYPE_WORD * 4);
  if (type === NEW_ORDER_SINGLE) isOf(NEW_PLACE, REQUEST_NEW);
  else if (type === EXECUTION_REPORT) isOf(REPORT_PLACE, REPORT_EXECUTION);
  else if (type === ORDER_CANCEL_REPLACE_REQUEST) isOf(REPLACE_PLACE, REQUEST_REPLACE);
  else if (type === ORDER_CANCEL_REQUEST) isOf(CANCEL_PLACE, REQUEST_CANCEL);
  else return false;
  if (load<i32>(area, MSG_SEQ_NUM_WORD * 4) !== next) return false;
  if (load<u32>(area, BEGIN_WORD * 4) === 0 || load<u32>(area, COMP_IDS_WORD * 4) === 0) return false;
  const sent = load<f64>(area, SENDING_TIME_DOUBLE * 8);
  if (sent < 0 || Math.abs(sent - load<f64>(receiver, WALL_US)) > load<f64>(receiver, TOLERANCE_US)) return false;
  return find(POSS_DUP_FLAG) < 0 && find(PASSWORD) < 0 && find(NEW_PASSWORD) < 0;
}

// @ts-ignore: decorator
@inline
function isOf(inTables: u32, record: u32): void {
  place = inTables;
  kind = record;
}

/** True when the message is valid, and the rules say of all its fields where they go. */
function isValid(): bool {
  const rules = load<u32>(receiver + (place << 2), BESIDE_RULES);
  if (rules === 0) return false;
  const checks = load<u32>(receiver, CHECKS);
  if (checks !== 0) {
    const own = load<u32>(receiver + (place << 2), VALIDATION_RULES);
    return own !== 0 && check(area, own, checks) !== 0;
  }
  const special = load<u32>(area, SPECIALS_WORD * 4) & ((place === REPORT_PLACE ? REPORT_BIT : REQUEST_BIT) << kind);
  const isHeld = (special | load<u32>(area, HIGH_WORD * 4) | load<u32>(area, REPEATED_WORD * 4)) === 0;
  return isHeld || check(area, rules, ACCEPT_USER | ACCEPT_UNKNOWN) !== 0;
}

function read(record: usize): bool {
  const version = load<u32>(receiver, VERSION);
  if (place === REPORT_PLACE) return readExecution(area, record, version) === 0;
  return readOrder(area, record, kind, version) === 0;
}

/** Adds what the message does not say. */
function complete(record: usize, sequence: i32, beside: i32): void {
  const session = load<i32>(receiver, SESSION);
  const epoch = load<i32>(receiver, EPOCH);
  if (place === REPORT_PLACE) {
    const report = changetype<ExecutionReport>(record);
    report.session = session;
    report.msgSeqNum = sequence;
    report.epoch = epoch;
    if (beside > 0) report.groupsLength = beside;
    noteAnswered(load<u32>(receiver, ANSWER_TIMES_AT), record, load<f64>(receiver, NOW_NS));
    return;
  }
  const request = changetype<OrderRequest>(record);
  request.session = session;
  request.msgSeqNum = sequence;
  request.epoch = epoch;
  request.receivedUs = load<f64>(receiver, WALL_US);
  request.receivedNs = load<f64>(receiver, NOW_NS);
  if (beside > 0) request.groupsLength = beside;
}
