import { ENTRY_MESSAGE } from "../../journal/layout.ts";
import { Stream } from "../../journal/assembly/stream.ts";
import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { EXEC_REJECTED, OF_THE_PAST, REPORT_EXECUTION, REQUEST_CANCEL, REQUEST_NEW, REQUEST_STATUS } from "../../record/codes.ts";
import { RingEnd } from "../../ring/assembly/ring-end.ts";
import { noteReported, noteSent } from "../../telemetry/assembly/stages.ts";
import { passBeside } from "../wire/codec/beside.ts";
import { MAX_FIELDS, MESSAGE_AT, PASSED_WORD, WRITTEN_WORD } from "../wire/codec/layout.ts";
import { put } from "../wire/codec/message.ts";
import { tagWithoutPlace, writeOrder } from "../wire/codec/order-out.ts";
import { IS_CONFIGURED, PEER_ACCEPTS, PEER_FLAGS, PEER_RULES } from "../wire/codec/peer.ts";
import { writeExecution } from "../wire/codec/report-out.ts";
import {
  AREA_AT,
  BASE,
  CANCEL_PLACE,
  EPOCH,
  GROUP_RING_END_AT,
  IS_VENUE,
  JOURNAL_ROOM,
  LONGEST,
  NEW_PLACE,
  NEXT,
  NOTE_FROM,
  NOTED,
  NOTED_POSITION,
  PEER_TABLES,
  PROCESSED,
  REFUSED,
  REPLACE_PLACE,
  REPORT_PLACE,
  RING_END_AT,
  SESSION,
  STAGED_AT,
  STAGED_BYTES,
  STAGES_AT,
  STREAM_AT,
  TIMES_AT,
  WALL_US,
  WRITTEN,
} from "./layout.ts";

// Records of the core for one session to messages in the journal and in its output, many in one call.

/** The oldest record: its place in the peer's tables, bytes of what stands beside it, and the core's count of it. */
let place: u32 = 0;
let groupBytes: i32 = 0;
let index: i32 = 0;
/** 1 when it is the report of a rejected order. */
let isRefusal: i32 = 0;

/**
 * Writes messages of up to `most` records at the ring's front that are for this session and can be written as they are. Each is
 * journalled, and its record released. The first other one is left to the caller. It ends behind a message whose position is wanted.
 * Returns  how many were written; WRITTEN has their bytes in the staged output, NEXT and BASE go on.
 */
export function send(at: usize, most: i32): i32 {
  const area = <usize>load<u32>(at, AREA_AT);
  const records = changetype<RingEnd>(at + RING_END_AT);
  const groups = changetype<RingEnd>(at + GROUP_RING_END_AT);
  const stream = changetype<Stream>(<usize>load<u32>(at, STREAM_AT));
  const session = load<i32>(at, SESSION);
  const isVenue = load<u32>(at, IS_VENUE) !== 0;
  const room = load<i32>(at, JOURNAL_ROOM);
  const processed = load<i32>(at, PROCESSED);
  const noteFrom = load<i32>(at, NOTE_FROM);
  const epoch = load<i32>(at, EPOCH);
  const stages = <usize>load<u32>(at, STAGES_AT);
  const times = <usize>load<u32>(at, TIMES_AT);
  const timeUs = load<f64>(at, WALL_US);
  const staged = <usize>load<u32>(at, STAGED_AT);
  const limit = staged + load<u32>(at, STAGED_BYTES) - load<u32>(at, LONGEST);
  records.resumeConsumer();
  groups.resumeConsumer();
  let to = staged;
  let base = load<i32>(at, BASE);
  let next = load<i32>(at, NEXT);
  let count = 0;
  let refused = 0;
  store<i32>(at, 0, NOTED);
  while (count < most && to <= limit && stream.room(room) === 1) {
    const record = records.peek();
    if (record === 0 || !isFor(record, session, isVenue)) break;
    const table = <usize>load<u32>(at + (place << 2), PEER_TABLES);
    if ((load<u32>(table, PEER_FLAGS) & IS_CONFIGURED) !== 0) break;
    let beside: usize = 0;
    let passed: u32 = 0;
    if (groupBytes !== 0) {
      const rules = <usize>load<u32>(table, PEER_RULES);
      beside = groups.peek();
      if (rules === 0 || beside === 0) break;
      base += MAX_FIELDS;
      if (passBeside(area, beside, rules, load<u32>(table, PEER_ACCEPTS), base) === 0) break;
      passed = load<u32>(area, PASSED_WORD * 4);
    }
    if (isVenue && tagWithoutPlace(record, table, passed) !== 0) break;
    const length = isVenue
      ? writeOrder(area, record, table, next, processed, passed, 1, beside)
      : writeExecution(area, record, table, next, processed, passed, 1, beside);
    const message = area + MESSAGE_AT + load<u32>(area, WRITTEN_WORD * 4);
    const position = stream.append(ENTRY_MESSAGE, session, next, timeUs, index, epoch, message, length);
    to = put(to, message, length);
    if (isVenue) noteSent(stages, changetype<OrderRequest>(record).slot);
    else noteReported(stages, times, record);
    if (groupBytes !== 0) groups.release();
    records.release();
    count++;
    refused += isRefusal;
    if (next++ >= noteFrom) {
      store<i32>(at, next - 1, NOTED);
      store<f64>(at, position, NOTED_POSITION);
      break;
    }
  }
  store<i32>(at, base, BASE);
  store<i32>(at, next, NEXT);
  store<u32>(at, <u32>(to - staged), WRITTEN);
  store<i32>(at, refused, REFUSED);
  return count;
}

/** True when the record is for the session, and of a kind that is written here. */
// @ts-ignore: decorator
@inline
function isFor(record: usize, session: i32, isVenue: bool): bool {
  if (!isVenue) {
    const report = changetype<ExecutionReport>(record);
    place = REPORT_PLACE;
    groupBytes = report.groupsLength;
    index = report.index;
    isRefusal = report.execType === EXEC_REJECTED ? 1 : 0;
    return report.session === session && report.kind === REPORT_EXECUTION;
  }
  const request = changetype<OrderRequest>(record);
  const kind = request.kind;
  isRefusal = 0;
  place = kind === REQUEST_NEW ? NEW_PLACE : kind === REQUEST_CANCEL ? CANCEL_PLACE : REPLACE_PLACE;
  groupBytes = request.groupsLength;
  // In a request to a venue, msgSeqNum counts the core's requests to this venue.
  index = request.msgSeqNum;
  return request.session === session && request.epoch !== OF_THE_PAST && kind !== REQUEST_STATUS;
}
