import { aim, area, same } from "./area.ts";
import { HAS_EXEC_TYPE, HAS_TRANS_TYPE, NOT_PLAIN, PREFIX_AT, PREFIX_LENGTH_AT } from "./layout.ts";
import { readInt } from "./numbers.ts";
import { endOf, find, startOf } from "./scan.ts";
import { readFields } from "./execution-report-fields.ts";
import {
  CUM_QTY,
  EXEC_TYPE,
  HEAD_BYTES,
  KIND,
  LAST_QTY,
  NUMBER,
  ORD_REJ_REASON,
  ORD_STATUS,
  REPORT_EXECUTION,
  REQUEST_NUMBER,
  RULES,
  SLOT,
  TEXT,
  TEXT_BYTES,
  TEXT_LENGTH,
  TRANSACT_DIGITS,
  TRANSACT_US,
  WORDS,
} from "./execution-report.ts";
import { isOfVersion, readChar, readTransactTime, setAside } from "./values.ts";

const OTHER = 99;
const YES = 89;
/** MARK_POSS_DUP of record/codes.ts. */
const MARK_POSS_DUP = 16;
const DASH = 45;
const REPLACED = 53;
const NEW = 48;
const PARTIALLY_FILLED = 49;
/** ExecTypes and OrdStatus: a fill is F, in early versions 1 or 2; a bust and a correction name another execution. */
const TRADE = 70;
const FILL = 50;
const STATUS = 73;
const CORRECT = 71;
const CANCEL = 72;
/** ExecTransTypes. */
const BUSTS = 49;
const CORRECTS = 50;
const SAYS_STATUS = 51;
const REJECTED = 56;
/** In `words` (src/fix/orders/exec-type.ts): FIX.4.0; a later version than 4.2 said 1 or 2; OrdStatus was 5. */
const EARLY = 1;
const LATE = 48;
const SAID_REPLACED = 128;
/** A reason above this does not fit the record. */
const MOST_REASON = 254;

/** Number and slot of the last ClOrdID read. */
let number: f64 = 0;
let slot: i32 = 0;

/**
 * Reads the scanned ExecutionReport into the record at `report`. Its ClOrdID must be one of ours. The caller takes the fields that
 * the record does not hold. `version` is a word of APPL_VER and HAS_….
 * Returns  0, or NOT_PLAIN.
 */
export function readExecution(at: usize, report: usize, version: u32): i32 {
  aim(at);
  for (let i: usize = 0; i < HEAD_BYTES - 8; i += 16) v128.store(report + i, i64x2.splat(0));
  store<u64>(report, 0, HEAD_BYTES - 8);
  store<u32>(report, REPORT_EXECUTION, KIND);
  const said = readChar(150);
  const status = readChar(39);
  const hasTransType = (version & HAS_TRANS_TYPE) !== 0;
  const transType = hasTransType ? readChar(20) : 0;
  if (said < 0 || said > 127 || status <= 0 || transType < 0 || !isOfVersion(version)) return NOT_PLAIN;
  if (!ownId(find(11)) || !readFields(report, REPORT_EXECUTION)) return NOT_PLAIN;
  store<i32>(report, slot, SLOT);
  const request = number;
  if (ownId(find(41))) store<f64>(report, request, REQUEST_NUMBER);
  store<f64>(report, number, NUMBER);
  const hasType = !hasTransType || (version & HAS_EXEC_TYPE) !== 0;
  const execType = typeOf(transType, hasType ? said : 0, status, load<i64>(report, LAST_QTY));
  if (execType === CORRECT || execType === CANCEL) return NOT_PLAIN;
  store<u8>(report, execType, EXEC_TYPE);
  let words: u32 = !hasType ? EARLY : hasTransType ? said : said === PARTIALLY_FILLED || said === FILL ? LATE + said : 0;
  if (status === REPLACED) words |= SAID_REPLACED;
  store<u8>(report, words, WORDS);
  store<u8>(report, status !== REPLACED ? status : load<i64>(report, CUM_QTY) > 0 ? PARTIALLY_FILLED : NEW, ORD_STATUS);
  const reason = find(103);
  const value = reason < 0 ? OTHER : readInt(startOf(reason), endOf(reason));
  if (value < 0 || value > MOST_REASON) return NOT_PLAIN;
  store<u8>(report, value, ORD_REJ_REASON);
  if (execType !== REJECTED) setAside(reason);
  if (execType !== TRADE) {
    setAside(find(31));
    setAside(find(32));
  }
  if (!readTransactTime(60, report + TRANSACT_US, report + TRANSACT_DIGITS)) return NOT_PLAIN;
  const possDup = find(43);
  if (possDup >= 0 && readChar(43) === YES) store<u8>(report, MARK_POSS_DUP, RULES);
  const text = find(58);
  if (text >= 0) {
    const at = startOf(text);
    const bytes = <u32>(endOf(text) - at);
    if (bytes > <u32>TEXT_BYTES) {
      setAside(text);
      return 0;
    }
    memory.copy(report + TEXT, at, bytes);
    store<u8>(report, bytes, TEXT_LENGTH);
  }
  return 0;
}

/** Our ExecType from ExecTransType, ExecType, OrdStatus and LastQty. */
function typeOf(transType: u32, said: u32, status: u32, lastQty: i64): u32 {
  if (transType === BUSTS) return CANCEL;
  if (transType === CORRECTS) return CORRECT;
  if (transType === SAYS_STATUS) return STATUS;
  if (said !== 0) return said === PARTIALLY_FILLED || said === FILL ? TRADE : said;
  if (lastQty > 0) return TRADE;
  return status === PARTIALLY_FILLED || status === FILL ? STATUS : status;
}

/** True when the field is a ClOrdID of ours: prefix, number, slot. */
function ownId(field: i32): bool {
  if (field < 0) return false;
  let at = startOf(field);
  const to = endOf(field);
  const prefix = <u32>load<u8>(area, PREFIX_LENGTH_AT);
  if (<u32>(to - at) <= prefix || !same(at, area + PREFIX_AT, prefix)) return false;
  at += prefix;
  const from = at;
  let value: u64 = 0;
  for (; at < to; at++) {
    const digit = <u32>load<u8>(at) - 48;
    if (digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === from || at - from > 16 || at >= to || load<u8>(at) !== DASH) return false;
  const place = readInt(at + 1, to);
  if (place < 0) return false;
  number = <f64>value;
  slot = place;
  return true;
}
