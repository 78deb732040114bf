import { aim, area, same } from "./area.ts";
import { NOT_PLAIN, PREFIX_AT, PREFIX_LENGTH_AT } from "./layout.ts";
import { readInt } from "./numbers.ts";
import { endOf, find, startOf } from "./scan.ts";
import { readFields } from "./execution-report-fields.ts";
import {
  CUM_QTY,
  EXEC_TYPE,
  HEAD_BYTES,
  KIND,
  NUMBER,
  ORD_REJ_REASON,
  ORD_STATUS,
  REPORT_EXECUTION,
  REQUEST_NUMBER,
  SLOT,
  TEXT,
  TEXT_BYTES,
  TEXT_LENGTH,
} from "./execution-report.ts";
import { readChar } from "./values.ts";

const OTHER = 99;
const DASH = 45;
const REPLACED = 53;
const NEW = 48;
const PARTIALLY_FILLED = 49;
/** ExecType of a correction and of a bust, which name another execution. */
const CORRECT = 71;
const CANCEL = 72;

/** Number and slot of the last ClOrdID read. */
let number: f64 = 0;
let slot: i32 = 0;

/**
 * Reads the scanned ExecutionReport into the record at `report`, in a version with ExecType and without ExecTransType. Its
 * ClOrdID must be one of ours.
 * Returns  0, or NOT_PLAIN.
 */
export function readExecution(at: usize, report: usize): i32 {
  aim(at);
  for (let i: usize = 0; i < HEAD_BYTES - 8; i += 16) v128.store(report + i, i64x2.splat(0));
  store<u64>(report, 0, HEAD_BYTES - 8);
  store<u32>(report, REPORT_EXECUTION, KIND);
  const execType = readChar(150);
  const status = readChar(39);
  if (execType <= 0 || status <= 0 || execType === CORRECT || execType === CANCEL) return NOT_PLAIN;
  if (!ownId(find(11)) || !readFields(report, REPORT_EXECUTION)) return NOT_PLAIN;
  store<i32>(report, slot, SLOT);
  const request = number;
  if (ownId(find(41))) store<f64>(report, request, REQUEST_NUMBER);
  store<f64>(report, number, NUMBER);
  store<u8>(report, execType, EXEC_TYPE);
  store<u8>(report, status !== REPLACED ? status : load<f64>(report, CUM_QTY) > 0 ? PARTIALLY_FILLED : NEW, ORD_STATUS);
  const reason = find(103);
  const value = reason < 0 ? -1 : readInt(startOf(reason), endOf(reason));
  store<u8>(report, value < 0 ? OTHER : value, ORD_REJ_REASON);
  const text = find(58);
  if (text >= 0) {
    const at = startOf(text);
    const bytes = min<u32>(TEXT_BYTES, <u32>(endOf(text) - at));
    memory.copy(report + TEXT, at, bytes);
    store<u8>(report, bytes, TEXT_LENGTH);
  }
  return 0;
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
