import { RING_END_BYTES } from "../../ring/assembly/layout.ts";
import { RingEnd } from "../../ring/assembly/ring-end.ts";
import { OF_THE_PAST } from "../../record/codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport } from "../../record/assembly/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../record/assembly/order-request.ts";
import { address, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { fail, keepLate, output } from "./host.ts";
import {
  LATE_COUNT,
  LATE_REPORT_AT,
  LATE_REQUEST_AT,
  OUTBOX_GROUPS,
  OUTBOX_ROOM,
  OUTPUTS_OF_THE_PAST,
  REPORT_GROUP_RINGS_AT,
  REPORT_INDEXES_AT,
  REPORT_RING_COUNT,
  REPORT_RINGS_AT,
  REQUEST_GROUP_RINGS_AT,
  REQUEST_INDEXES_AT,
  REQUEST_RING_COUNT,
  REQUEST_RINGS_AT,
  SENT_REPORTS_AT,
  SENT_REQUESTS_AT,
  SESSION_RING_AT,
  SHOWS_OUTPUTS,
  VENUE_RING_AT,
} from "./layout.ts";

// The core's way out: reports to client sessions, requests to venues, each with an index that counts them for the life
// of the journal. In a replay, outputs that were sent before the restart are discarded, so that none is sent twice.

/** Slots that every ring must have free before the core takes an input: more than any one input writes. */
const ROOM = 4;

/** Ring of the record that is being written, NONE when it leads to none. */
let claimed: i32 = NONE;
let isLate = false;
/** The fields that came beside the input, for the request or report that it causes: their address, 0 bytes for none. */
export let carriedAt: usize = 0;
export let requestCarries: i32 = 0;
let reportCarries: i32 = 0;

// @ts-ignore: decorator
@inline
export function ringAt(rings: usize, index: i32): RingEnd {
  return changetype<RingEnd>(address(rings) + <usize>index * RING_END_BYTES);
}

// @ts-ignore: decorator
@inline
function intAt(table: usize, index: i32): usize {
  return address(table) + (<usize>index << 2);
}

function haveRoom(rings: usize, count: i32, slots: i32): bool {
  for (let i = 0; i < count; i++) if (!ringAt(rings, i).has(slots)) return false;
  return true;
}

/** True when whatever one input leads to finds room. */
export function hasRoomOut(): bool {
  return haveRoom(REQUEST_RINGS_AT, word(REQUEST_RING_COUNT), ROOM) && hasReportRoom();
}

/** The same of an input that leads to `count` requests or reports. */
export function hasRoomForMany(count: i32): bool {
  const slots = count + ROOM;
  return haveRoom(REQUEST_RINGS_AT, word(REQUEST_RING_COUNT), slots) && haveRoom(REPORT_RINGS_AT, word(REPORT_RING_COUNT), slots);
}

/**
 * True when whatever one venue's report leads to finds room: never a request. Were it to wait for room there as well,
 * core and venue agent could wait for each other, each with a full ring before it.
 */
export function hasReportRoom(): bool {
  return haveRoom(REPORT_RINGS_AT, word(REPORT_RING_COUNT), ROOM);
}

/** The same of what may come beside an input. */
export function hasGroupRoom(isRequest: bool): bool {
  return isRequest
    ? haveRoom(REQUEST_GROUP_RINGS_AT, word(REQUEST_RING_COUNT), 1)
    : haveRoom(REPORT_GROUP_RINGS_AT, word(REPORT_RING_COUNT), 1);
}

/** What is at `at` came beside the input that is taken next: what that leads to has it too, until `carryNothing`. */
export function carry(isRequest: bool, at: usize, bytes: i32): void {
  carriedAt = at;
  requestCarries = isRequest ? bytes : 0;
  reportCarries = isRequest ? 0 : bytes;
}

/** Where the fields are that came beside the request that is being taken (record/groups.ts), 0 for none. */
export function besideRequest(): usize {
  return requestCarries === 0 ? 0 : carriedAt;
}

export function carryNothing(): void {
  requestCarries = 0;
  reportCarries = 0;
}

/** Claims a cleared report to a client session. `publishReport` sends it. */
export function claimReport(session: i32): ExecutionReport {
  const at = intAt(REPORT_INDEXES_AT, session);
  const index = load<i32>(at) + 1;
  store<i32>(at, index);
  const ring = load<i32>(intAt(SESSION_RING_AT, session));
  let record = address(LATE_REPORT_AT);
  if (aim(ring, REPORT_RINGS_AT, index, SENT_REPORTS_AT, session)) record = slotOf(REPORT_RINGS_AT);
  const report = changetype<ExecutionReport>(record);
  report.clear();
  report.session = session;
  report.index = index;
  return report;
}

export function publishReport(): void {
  if (reportCarries !== 0) addTo(false);
  publish(false);
}

/**
 * Claims a cleared request to a venue, whose MsgSeqNum field counts what the core asked of that venue.
 * `publishRequest` sends it.
 */
export function claimRequest(venue: i32): OrderRequest {
  const at = intAt(REQUEST_INDEXES_AT, venue);
  const index = load<i32>(at) + 1;
  store<i32>(at, index);
  const ring = load<i32>(intAt(VENUE_RING_AT, venue));
  let record = address(LATE_REQUEST_AT);
  if (aim(ring, REQUEST_RINGS_AT, index, SENT_REQUESTS_AT, venue)) record = slotOf(REQUEST_RINGS_AT);
  const request = changetype<OrderRequest>(record);
  request.clear();
  request.session = venue;
  request.msgSeqNum = index;
  if (word(OUTPUTS_OF_THE_PAST) !== 0) request.epoch = OF_THE_PAST;
  return request;
}

export function publishRequest(): void {
  if (requestCarries !== 0) addTo(true);
  publish(true);
}

/** Decides where the next record goes. Returns true when it goes straight into the ring. */
function aim(ring: i32, rings: usize, index: i32, sent: usize, id: i32): bool {
  claimed = ring;
  isLate = false;
  if (ring === NONE) return false;
  if (word(OUTPUTS_OF_THE_PAST) === 0) return true;
  if (index - load<i32>(intAt(sent, id)) <= 0) {
    claimed = NONE;
    return false;
  }
  isLate = word(LATE_COUNT) !== 0 || !ringAt(rings, ring).has(ROOM) || !groupsFit();
  return !isLate;
}

/** In a replay only. */
function groupsFit(): bool {
  if (requestCarries === 0 && reportCarries === 0) return true;
  return hasGroupRoom(requestCarries !== 0);
}

function slotOf(rings: usize): usize {
  const at = ringAt(rings, claimed).claim();
  if (at === 0) fail(OUTBOX_ROOM, claimed);
  return at;
}

/** Into a slot of the ring beside the records', or behind a record that leads to none now. The record is published after it. */
function addTo(isRequest: bool): void {
  const bytes = isRequest ? requestCarries : reportCarries;
  const isHere = claimed === NONE || isLate;
  const late = address(isRequest ? LATE_REQUEST_AT : LATE_REPORT_AT);
  const record = isHere ? late : ringAt(isRequest ? REQUEST_RINGS_AT : REPORT_RINGS_AT, claimed).claim();
  if (isRequest) changetype<OrderRequest>(record).groupsLength = bytes;
  else changetype<ExecutionReport>(record).groupsLength = bytes;
  if (isHere) {
    memory.copy(late + (isRequest ? ORDER_REQUEST_BYTES : EXECUTION_REPORT_BYTES), carriedAt, bytes);
    return;
  }
  const ring = ringAt(isRequest ? REQUEST_GROUP_RINGS_AT : REPORT_GROUP_RINGS_AT, claimed);
  const at = ring.claim();
  if (at === 0) fail(OUTBOX_GROUPS, bytes);
  memory.copy(at, carriedAt, bytes);
  ring.publish();
}

function publish(isRequest: bool): void {
  if (claimed === NONE || isLate) publishElsewhere(isRequest);
  else ringAt(isRequest ? REQUEST_RINGS_AT : REPORT_RINGS_AT, claimed).publish();
}

function publishElsewhere(isRequest: bool): void {
  if (isLate) keepLate(isRequest, claimed, isRequest ? requestCarries : reportCarries);
  else if (word(SHOWS_OUTPUTS) !== 0) output(isRequest);
}

// The queue of late outputs, which TypeScript keeps: where the next one goes, and its end.

export function claimLate(isRequest: bool, ring: i32): usize {
  return ringAt(isRequest ? REQUEST_RINGS_AT : REPORT_RINGS_AT, ring).claim();
}

export function claimLateGroups(isRequest: bool, ring: i32): usize {
  return ringAt(isRequest ? REQUEST_GROUP_RINGS_AT : REPORT_GROUP_RINGS_AT, ring).claim();
}

export function publishLate(isRequest: bool, ring: i32, hasGroups: bool): void {
  if (hasGroups) ringAt(isRequest ? REQUEST_GROUP_RINGS_AT : REPORT_GROUP_RINGS_AT, ring).publish();
  ringAt(isRequest ? REQUEST_RINGS_AT : REPORT_RINGS_AT, ring).publish();
}

/** From now on outputs up to the sent indexes are not sent again. */
export function beginOutputsOfThePast(): void {
  setWord(OUTPUTS_OF_THE_PAST, 1);
}

/** After the replay, and whenever the queue of late outputs is shorter: the past ends with the last one. */
export function endOutputsOfThePast(): void {
  setWord(OUTPUTS_OF_THE_PAST, word(LATE_COUNT) !== 0 ? 1 : 0);
}
