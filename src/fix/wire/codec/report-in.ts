import { aim, area, same } from "./area.ts";
import { NOT_PLAIN, PREFIX_AT, PREFIX_LENGTH_AT } from "./layout.ts";
import { readDecimal, readInt, readWhole } from "./numbers.ts";
import { putPadded, readChar } from "./order-in.ts";
import { endOf, find, startOf } from "./scan.ts";
import {
  CUM_QTY,
  EXEC_ID,
  EXEC_ID_LENGTH,
  EXEC_TYPE,
  HEAD_BYTES,
  KIND,
  LAST_PX,
  LAST_QTY,
  LEAVES_QTY,
  NUMBER,
  ORDER_ID,
  ORDER_ID_LENGTH,
  ORD_REJ_REASON,
  ORD_STATUS,
  PRICE,
  QUANTITY,
  REQUEST_NUMBER,
  SLOT,
  TEXT,
  TEXT_BYTES,
  TEXT_LENGTH,
} from "./execution-report.ts";
import { ID_BYTES, NO_PRICE } from "./units.ts";

const REPORT_EXECUTION = 1;
const OTHER = 99;
const DASH = 45;
const REPLACED = 53;
const NEW = 48;
const PARTIALLY_FILLED = 49;
/** ExecType of a correction and of a bust, which name another execution. */
const CORRECT = 71;
const CANCEL = 72;

/** Of the ClOrdID that was read last. */
let number: f64 = 0;
let slot: i32 = 0;
/** A number that was read was none that is plain. */
let odd: bool = false;

/**
 * Reads the ExecutionReport that was scanned into the one at `report`, in a version with ExecType and without ExecTransType; of
 * what was lately asked of the venue, as its ClOrdID says.
 * Returns  0, or NOT_PLAIN when anything is out of the ordinary.
 */
export function readExecution(at: usize, report: usize): i32 {
  aim(at);
  for (let i: usize = 0; i < 128; i += 16) v128.store(report + i, i64x2.splat(0));
  store<u64>(report, 0, HEAD_BYTES - 8);
  store<u32>(report, REPORT_EXECUTION, KIND);
  const execType = readChar(150);
  const status = readChar(39);
  if (execType <= 0 || status <= 0 || execType === CORRECT || execType === CANCEL) return NOT_PLAIN;
  const execId = lastOf(17, report + EXEC_ID);
  if (execId === 0 || !ownId(find(11))) return NOT_PLAIN;
  store<u8>(report, execId, EXEC_ID_LENGTH);
  store<u8>(report, lastOf(37, report + ORDER_ID), ORDER_ID_LENGTH);
  store<i32>(report, slot, SLOT);
  const request = number;
  if (ownId(find(41))) store<f64>(report, request, REQUEST_NUMBER);
  store<f64>(report, number, NUMBER);
  odd = false;
  const cumQty = whole(14);
  store<f64>(report, whole(32), LAST_QTY);
  store<f64>(report, price(31), LAST_PX);
  store<f64>(report, cumQty, CUM_QTY);
  store<f64>(report, whole(151), LEAVES_QTY);
  store<f64>(report, whole(38), QUANTITY);
  store<f64>(report, price(44), PRICE);
  if (odd) return NOT_PLAIN;
  store<u8>(report, execType, EXEC_TYPE);
  store<u8>(report, status !== REPLACED ? status : cumQty > 0 ? PARTIALLY_FILLED : NEW, ORD_STATUS);
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

/** Copies an id; one that is longer than 32 bytes keeps its last 32. Returns its length, 0 when it is absent. */
function lastOf(tag: u32, to: usize): u32 {
  const field = find(tag);
  if (field < 0) return 0;
  const end = endOf(field);
  const bytes = min<u32>(ID_BYTES, <u32>(end - startOf(field)));
  putPadded(to, end - bytes, bytes);
  return bytes;
}

/** True when the field is a ClOrdID that we gave: prefix, number, slot. */
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

function whole(tag: u32): f64 {
  const field = find(tag);
  if (field < 0) return 0;
  const value = readWhole(startOf(field), endOf(field));
  if (isNaN(value)) odd = true;
  return value;
}

function price(tag: u32): f64 {
  const field = find(tag);
  if (field < 0) return NO_PRICE;
  const value = readDecimal(startOf(field), endOf(field));
  if (isNaN(value)) odd = true;
  return value;
}
