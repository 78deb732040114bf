import { ExecutionReport } from "../../record/assembly/execution-report.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { EXEC_STATUS } from "../../record/codes.ts";
import {
  ANSWERED_AT,
  ANSWERED_NS_AT,
  BUCKETS_AT,
  DECIDED_AT,
  HISTOGRAM_BYTES,
  LEFT_OUT_AT,
  MAX_NS_AT,
  MOST_UNITS,
  NUMBER_AT,
  RECEIVED_AT,
  RECORDED_AT,
  RUN_BYTES,
  RUN_COUNT_AT,
  RUNS,
  RUNS_AT,
  RUNS_HEADER_BYTES,
  SENT_AT,
  SENT_HEADER_BYTES,
  SENT_SLOTS,
  STAGE_ANSWER,
  STAGE_DECIDE,
  STAGE_SEND,
  STAGE_TOTAL,
  STAGE_VENUE,
  STAGES_BYTES,
  STEP_BITS,
  SUM_NS_AT,
  TIMES_HEADER_BYTES,
  TIMES_ROW_BYTES,
  UNIT_BITS,
  VENUE_AT,
} from "./layout.ts";

// Notes the times of an order's stages and counts them in histograms (layout.ts). An address of 0 stands for: nobody measures.

const TICK_BITS = 6;
/** Words of a run that are the same in all its reports, but for their count. */
const RUN_REPORTS = 24;
const RUN_VENUE = 28;

// @ts-ignore: decorator
@inline
function rowOf(times: usize, slot: i32): usize {
  return times + TIMES_HEADER_BYTES + <usize>slot * TIMES_ROW_BYTES;
}

// @ts-ignore: decorator
@inline
function ticks(ns: f64): u32 {
  return <u32>(<u64>ns >> TICK_BITS);
}

/** The core has accepted a request of the order in `slot`. `receivedNs` 0: it was not received in this run. */
export function noteDecided(times: usize, slot: i32, number: f64, venue: i32, receivedNs: f64, decidedNs: f64): void {
  if (times === 0) return;
  const row = rowOf(times, slot);
  store<u16>(row, <u16>(<u64>number), NUMBER_AT);
  store<u16>(row, <u16>venue, VENUE_AT);
  store<u32>(row, ticks(decidedNs), DECIDED_AT);
  store<f64>(row, receivedNs, RECEIVED_AT);
  // Before it came: it is not sent yet. Of the order before in this slot the number may be the same in 16 bits.
  store<u32>(row, ticks(receivedNs) - 1, SENT_AT);
  store<u16>(row, ~(<u16>(<u64>number)), RECORDED_AT);
}

/** A request of the order in `slot` is in the output of the venue whose list is at `sent`. */
export function noteSent(sent: usize, slot: i32): void {
  if (sent === 0) return;
  const count = load<u32>(sent);
  if (count >= <u32>SENT_SLOTS) {
    store<u32>(sent, load<u32>(sent, LEFT_OUT_AT) + 1, LEFT_OUT_AT);
    return;
  }
  store<i32>(sent + SENT_HEADER_BYTES + (<usize>count << 2), slot);
  store<u32>(sent, count + 1);
}

/** The same of the OrderRequest at `record`. */
export function noteRequestSent(sent: usize, record: usize): void {
  noteSent(sent, changetype<OrderRequest>(record).slot);
}

/** The venue's socket has taken all of its output. */
export function stampSent(sent: usize, times: usize, nowNs: f64): void {
  const count = load<u32>(sent);
  const now = ticks(nowNs);
  for (let i: u32 = 0; i < count; i++)
    store<u32>(rowOf(times, load<i32>(sent + SENT_HEADER_BYTES + (<usize>i << 2))), now, SENT_AT);
  store<u32>(sent, 0);
}

/** A venue agent has read a report. Its slot and number are what the venue has sent back: they may be of nothing. */
export function noteAnswered(times: usize, record: usize, nowNs: f64): void {
  if (times === 0) return;
  const report = changetype<ExecutionReport>(record);
  const slot = report.slot;
  if (<u32>slot >= load<u32>(times)) return;
  const row = rowOf(times, slot);
  const asked = load<u16>(row, NUMBER_AT);
  const named = <u16>(<u64>report.requestNumber);
  // Of the answer to a cancel or replace, some venues name the request and some the order first.
  store<u16>(row, named === asked && report.requestNumber !== 0 ? asked : <u16>(<u64>report.number), ANSWERED_AT);
  store<f64>(row, nowNs, ANSWERED_NS_AT);
}

/**
 * A report is in the output of the client whose set is at `set`. Only those are measured that a venue has caused: no refusals of ours,
 * and no answers to status requests.
 */
export function noteReported(set: usize, times: usize, record: usize): void {
  if (set === 0) return;
  const report = changetype<ExecutionReport>(record);
  const slot = report.slot;
  if (report.reason !== 0 || report.execType === EXEC_STATUS || <u32>slot >= load<u32>(times)) return;
  const row = rowOf(times, slot);
  const received = load<f64>(row, RECEIVED_AT);
  const answered = load<f64>(row, ANSWERED_NS_AT);
  if (received === 0 || answered < received) return;
  const sent = load<u32>(row, SENT_AT);
  const number = load<u16>(row, NUMBER_AT);
  let step = -1;
  const isAnswer = load<u16>(row, ANSWERED_AT) === number && load<u16>(row, RECORDED_AT) !== number;
  if (isAnswer && <i32>(sent - ticks(received)) >= 0) {
    store<u16>(row, number, RECORDED_AT);
    step = 1;
  }
  addToRun(set + RUNS_AT, step, received, answered, load<u32>(row, DECIDED_AT), sent, load<u16>(row, VENUE_AT));
}

/** Adds a report to the last run when all its times are the same, else begins another. */
function addToRun(runs: usize, step: i32, received: f64, answered: f64, decided: u32, sent: u32, venue: i32): void {
  const count = load<u32>(runs, RUN_COUNT_AT);
  const run = runs + RUNS_HEADER_BYTES + <usize>count * RUN_BYTES;
  const last = run - RUN_BYTES;
  if (
    count !== 0 &&
    load<f64>(last) === received &&
    load<f64>(last, 8) === answered &&
    load<u32>(last, 16) === decided &&
    load<u32>(last, 20) === sent &&
    load<i32>(last, RUN_VENUE) === venue &&
    load<i32>(last, RUN_REPORTS) * step > 0
  ) {
    store<i32>(last, load<i32>(last, RUN_REPORTS) + step, RUN_REPORTS);
    return;
  }
  if (count >= <u32>RUNS) {
    store<u32>(runs, load<u32>(runs, LEFT_OUT_AT) + 1, LEFT_OUT_AT);
    return;
  }
  store<f64>(run, received);
  store<f64>(run, answered, 8);
  store<u32>(run, decided, 16);
  store<u32>(run, sent, 20);
  store<i32>(run, step, RUN_REPORTS);
  store<i32>(run, venue, RUN_VENUE);
  store<u32>(runs, count + 1, RUN_COUNT_AT);
}

/** The client's socket has taken all of its output: counts the set's runs, for the session and in the histograms of their venues. */
export function countReported(set: usize, venues: usize, nowNs: f64): void {
  const runs = set + RUNS_AT;
  const count = load<u32>(runs, RUN_COUNT_AT);
  let run = runs + RUNS_HEADER_BYTES;
  for (let i: u32 = 0; i < count; i++) {
    countRun(set, venues + <usize>load<i32>(run, RUN_VENUE) * STAGES_BYTES, run, nowNs);
    run += RUN_BYTES;
  }
  store<u32>(runs, 0, RUN_COUNT_AT);
}

function countRun(session: usize, venue: usize, run: usize, nowNs: f64): void {
  const received = load<f64>(run);
  const answered = load<f64>(run, 8);
  const reports = load<i32>(run, RUN_REPORTS);
  const times = <f64>(reports < 0 ? -reports : reports);
  if (reports < 0) {
    countBoth(session, venue, STAGE_ANSWER, nowNs - answered, times);
    return;
  }
  // Both in ticks since the request came; the rest of a tick belongs to the stage before.
  const base = ticks(received);
  const decided = <f64>(load<u32>(run, 16) - base) * <f64>(1 << TICK_BITS);
  const sent = <f64>(load<u32>(run, 20) - base) * <f64>(1 << TICK_BITS);
  // The turn that has read the answer may have begun before the same turn's send.
  const toAnswer = max(answered - received, sent);
  countBoth(session, venue, STAGE_DECIDE, decided, times);
  countBoth(session, venue, STAGE_SEND, sent - decided, times);
  countBoth(session, venue, STAGE_VENUE, toAnswer - sent, times);
  countBoth(session, venue, STAGE_ANSWER, nowNs - received - toAnswer, times);
  countBoth(session, venue, STAGE_TOTAL, nowNs - received, times);
}

function countBoth(session: usize, venue: usize, stage: usize, ns: f64, times: f64): void {
  add(session + stage * HISTOGRAM_BYTES, ns, times);
  add(venue + stage * HISTOGRAM_BYTES, ns, times);
}

function add(histogram: usize, ns: f64, times: f64): void {
  // A tick is longer than the shortest stage.
  const value = ns > 0 ? ns : 0;
  const at = histogram + BUCKETS_AT + (<usize>bucketOf(value) << 3);
  store<f64>(at, load<f64>(at) + times);
  store<f64>(histogram, load<f64>(histogram, SUM_NS_AT) + value * times, SUM_NS_AT);
  if (value > load<f64>(histogram, MAX_NS_AT)) store<f64>(histogram, value, MAX_NS_AT);
}

/** Bucket of a time that is not negative. */
function bucketOf(ns: f64): i32 {
  const units = <u64>ns >> UNIT_BITS;
  const v = units > <u64>MOST_UNITS ? <u32>MOST_UNITS : <u32>units;
  if (v < <u32>(2 << STEP_BITS)) return <i32>v;
  const shift = 31 - <u32>clz(v) - STEP_BITS;
  return <i32>((shift << STEP_BITS) + (v >> shift));
}
