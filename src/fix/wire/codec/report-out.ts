import { aim, area } from "./area.ts";
import { writeFields } from "./execution-report-fields.ts";
import {
  CUM_QTY,
  EXEC_REF_ID_LENGTH,
  EXEC_TYPE,
  LAST_PX,
  LAST_QTY,
  ORD_REJ_REASON,
  ORD_STATUS,
  QUANTITY,
  REASON,
  TRANSACT_DIGITS,
  TRANSACT_US,
  WORDS,
} from "./execution-report.ts";
import { NOW_DIGITS_WORD, NOW_DOUBLE } from "./layout.ts";
import { begin, char, decimal, end, put, soh, tag } from "./message.ts";
import { putInt } from "./numbers.ts";
import {
  ALL_DONE,
  AS_STATUS,
  NEEDS_LAST,
  NEEDS_ORDER_QTY,
  NO_REASON,
  NOTHING_DONE,
  OF_REPLACE,
  PEER_FLAGS,
  PEER_LAST_PX,
  PEER_LAST_QTY,
  PEER_ORD_REJ_REASON,
  PEER_REASONS,
  PEER_RESTATEMENTS,
  PEER_SAID_REPLACED,
  PEER_SAID_TYPES,
  PEER_STATUSES,
  PEER_TRANS,
  PEER_TYPES,
  PEER_WRITES,
  WHOLE_SECONDS,
} from "./peer.ts";
import { NO_PRICE } from "./units.ts";

const EXECUTION_REPORT = 56;
const NO_MORE_TAGS: u32 = 0xffffffff;
const SOH: u32 = 1;
const RESTATEMENT: u32 = 0x3d_38_37_33; // "378="
/** Codes of the record. */
const CANCELED: u32 = 52;
const REJECTED: u32 = 56;
const TYPE_REPLACED: u32 = 53;
const STATUS_REPLACED: u32 = 53;
const TRADE: u32 = 70;
const TRADE_CANCEL: u32 = 72;

/**
 * Writes an ExecutionReport (8) from the record at `report`, ascending by tag, as the peer's `table` (peer.ts) says; `without` has the
 * bits of fields that are left out. `processed` negative leaves its field out.
 * `beside` is what follows (src/record/groups.ts), 0 for nothing.
 * Returns  the length of the message, which begins at `written`; with `isWhole` 0 the caller adds fields and CheckSum.
 */
export function writeExecution(
  to: usize,
  report: usize,
  table: usize,
  sequence: i32,
  processed: i32,
  without: u32,
  isWhole: u32,
  beside: usize,
): i32 {
  aim(to);
  const flags = load<u32>(table, PEER_FLAGS);
  const writes = load<u32>(table, PEER_WRITES) & ~without;
  if (load<u8>(report, TRANSACT_DIGITS) === 0) sayNow(report + TRANSACT_US, report + TRANSACT_DIGITS);
  else if ((flags & WHOLE_SECONDS) !== 0) store<u8>(report, 1, TRANSACT_DIGITS);
  if ((flags & NEEDS_ORDER_QTY) !== 0 && load<i64>(report, QUANTITY) < 0) store<i64>(report, 0, QUANTITY);
  const execType = <u32>load<u8>(report, EXEC_TYPE);
  const cumQty = load<i64>(report, CUM_QTY);
  const done = (cumQty > 0 ? 0 : NOTHING_DONE) | (cumQty >= load<i64>(report, QUANTITY) ? ALL_DONE : 0);
  const transType = <u32>load<u8>(table + execType, PEER_TRANS);
  let at = begin(EXECUTION_REPORT, sequence, processed);
  at = writeFields(at, report, writes, 0, 20);
  if (transType !== 0) at = char(at, 20, transType);
  at = writeFields(at, report, writes, 20, 31);
  if (isTrade(execType) || load<u8>(report, EXEC_REF_ID_LENGTH) !== 0 || (flags & NEEDS_LAST) !== 0)
    at = last(at, report, table, writes, (flags & NEEDS_LAST) !== 0);
  at = writeFields(at, report, writes, 32, 39);
  const status = statusOf(report, table, execType, done);
  if (status !== 0) at = char(at, 39, status);
  at = writeFields(at, report, writes, 39, 103);
  if (execType === REJECTED && (writes & load<u32>(table, PEER_ORD_REJ_REASON)) !== 0) {
    const reason = <u32>load<u8>(table + load<u8>(report, ORD_REJ_REASON), PEER_REASONS);
    if (reason !== NO_REASON) at = soh(putInt(tag(at, 103), reason));
  }
  at = writeFields(at, report, writes, 103, 150);
  const type = typeOf(report, table, execType, done);
  if (type !== 0) at = char(at, 150, type);
  at = writeFields(at, report, writes, 150, NO_MORE_TAGS);
  const why = load<u32>(report, REASON);
  if (why !== 0 && isWhole !== 0 && execType === CANCELED) at = restatement(at, load<u8>(table + (why & 255), PEER_RESTATEMENTS), beside);
  if (beside !== 0) at = put(at, beside + 4, load<u32>(beside));
  return end(at, isWhole !== 0);
}

/** ExecRestatementReason (378) of a cancel that the client has not asked for, unless the venue has said one, which is beside. */
function restatement(at: usize, value: u32, beside: usize): usize {
  if (value === 0) return at;
  if (beside !== 0) {
    const end = beside + 4 + load<u32>(beside) - 4;
    for (let from = beside + 4; from < end; from++) {
      const isFirst = from === beside + 4 || load<u8>(from - 1) === SOH;
      if (isFirst && load<u32>(from) === RESTATEMENT) return at;
    }
  }
  return soh(putInt(tag(at, 378), value));
}

/** TransactTime is now, in the precision of the session. */
export function sayNow(us: usize, digits: usize): void {
  store<f64>(us, load<f64>(area, NOW_DOUBLE * 8));
  store<u8>(digits, load<u8>(area, NOW_DIGITS_WORD * 4));
}

/** LastPx and LastQty. A LastPx that the venue did not say is 0 only where there must be one. */
function last(at: usize, report: usize, table: usize, writes: u32, isNeeded: bool): usize {
  const price = load<i64>(report, LAST_PX);
  if ((price !== NO_PRICE || isNeeded) && (writes & load<u32>(table, PEER_LAST_PX)) !== 0)
    at = decimal(at, 31, price === NO_PRICE ? 0 : price);
  if ((writes & load<u32>(table, PEER_LAST_QTY)) !== 0) at = decimal(at, 32, load<i64>(report, LAST_QTY));
  return at;
}

/** True for a trade, a bust or a correction. */
// @ts-ignore: decorator
@inline
function isTrade(execType: u32): bool {
  return execType >= TRADE && execType <= TRADE_CANCEL;
}

/** OrdStatus (39): 5 where the venue said that and the peer's version has it. */
// @ts-ignore: decorator
@inline
function statusOf(report: usize, table: usize, execType: u32, done: u32): u32 {
  if (load<u8>(table + load<u8>(report, WORDS), PEER_SAID_REPLACED) !== 0) return STATUS_REPLACED;
  const place = (done & NOTHING_DONE) | (execType === TYPE_REPLACED ? OF_REPLACE : 0);
  return load<u8>(table + (place << 8) + load<u8>(report, ORD_STATUS), PEER_STATUSES);
}

/** ExecType (150): as the venue said it where the peer's version has it in that sense. */
// @ts-ignore: decorator
@inline
function typeOf(report: usize, table: usize, execType: u32, done: u32): u32 {
  const said = load<u8>(table + load<u8>(report, WORDS), PEER_SAID_TYPES);
  if (said !== 0) return said;
  const type = load<u8>(table + (done << 8) + execType, PEER_TYPES);
  if (type !== AS_STATUS) return type;
  return load<u8>(table + ((done & NOTHING_DONE) << 8) + load<u8>(report, ORD_STATUS), PEER_STATUSES);
}
