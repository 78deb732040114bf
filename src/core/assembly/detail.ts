import { ExecutionReport, REPORT_TEXT_BYTES } from "../../record/assembly/execution-report.ts";
import { address, area } from "./area.ts";
import { ORDER_QTY } from "./codes.ts";
import { putDecimalE8, putE4, putWhole } from "./decimal.ts";
import { REASON_BYTES, REASON_TEXT_AT, REASONS_AT, SCRATCH } from "./layout.ts";
import { MAX_QUANTITY } from "./money.ts";

// The numbers behind a refusal, for its text: `RISK-010 MAX_ORDER_QTY limit=1000 got=5000`.

/** Kinds of numbers in a reason's text. */
const DETAIL_NONE = 0;
export const DETAIL_WHOLE = 1;
export const DETAIL_MONEY = 2;
const DETAIL_COLLAR = 3;
const DETAIL_NOT_HELD = 4;

let kind: i32 = DETAIL_NONE;
let limit: f64 = 0;
let got: f64 = 0;
let reference: f64 = 0;

export function clearDetail(): void {
  kind = DETAIL_NONE;
}

export function setDetail(ofKind: i32, theLimit: f64, value: f64): void {
  kind = ofKind;
  limit = theLimit;
  got = value;
}

export function setCollar(ppm: f64, referenceE8: f64, priceE8: f64): void {
  setDetail(DETAIL_COLLAR, ppm, priceE8);
  reference = referenceE8;
}

export function setNotHeld(tag: i32): void {
  setDetail(DETAIL_NOT_HELD, tag, 0);
}

// @ts-ignore: decorator
@inline
function reasonAt(reason: i32): usize {
  return address(REASONS_AT) + <usize>reason * REASON_BYTES;
}

/** OrdRejReason (103) of a reason, FIX 4.4. */
export function ordRejReason(reason: i32): i32 {
  return load<u8>(reasonAt(reason), 1);
}

/** CxlRejReason (102) of a reason, FIX 4.4. */
export function cxlRejReason(reason: i32): i32 {
  return load<u8>(reasonAt(reason), 2);
}

/** Writes code, name and numbers into the Text of a report. A number that does not fit whole is left out with all behind it. */
export function writeReason(report: ExecutionReport, reason: i32): void {
  writeText(report, reason, kind);
}

/** Writes code and name. */
export function writeReasonAlone(report: ExecutionReport, reason: i32): void {
  writeText(report, reason, DETAIL_NONE);
}

function writeText(report: ExecutionReport, reason: i32, detail: i32): void {
  const scratch = area + SCRATCH;
  const from = reasonAt(reason);
  let end = load<u8>(from);
  memory.copy(scratch, from + REASON_TEXT_AT, end);
  if (detail !== DETAIL_NONE) {
    const first = <i32>(putLimit(scratch + end) - scratch);
    const second = <i32>(putSecond(scratch + first) - scratch);
    const third = <i32>(putThird(scratch + second) - scratch);
    if (third <= REPORT_TEXT_BYTES) end = <u8>third;
    else if (second <= REPORT_TEXT_BYTES) end = <u8>second;
    else if (first <= REPORT_TEXT_BYTES) end = <u8>first;
  }
  memory.copy(report.textAt, scratch, end);
  report.textLength = end;
}

function putLimit(at: usize): usize {
  if (kind === DETAIL_NOT_HELD) return putWhole(put(at, TAG, 5), limit);
  at = put(at, LIMIT, 7);
  if (kind === DETAIL_WHOLE) return putWhole(at, limit);
  at = putE4(at, limit);
  return kind === DETAIL_MONEY ? at : put(at, PERCENT, 1);
}

function putSecond(at: usize): usize {
  if (kind === DETAIL_NOT_HELD) return limit === ORDER_QTY ? putQuantityHeld(at) : putPriceHeld(at);
  if (kind === DETAIL_COLLAR) return putDecimalE8(put(at, REFERENCE, 5), reference);
  at = put(at, GOT, 5);
  return kind === DETAIL_WHOLE ? putWhole(at, got) : putE4(at, got);
}

function putThird(at: usize): usize {
  return kind === DETAIL_COLLAR ? putDecimalE8(put(at, PRICE, 4), got) : at;
}

/** What OrderQty is held to: whole units. Tag, most and step are 56 characters with the code. */
function putQuantityHeld(at: usize): usize {
  at = putWhole(put(at, MAX, 5), MAX_QUANTITY);
  return put(put(at, STEP, 6), ONE, 1);
}

/** What prices are held to: eight decimals. */
function putPriceHeld(at: usize): usize {
  at = putWhole(put(at, MAX, 5), 90071992);
  return put(put(at, STEP, 6), ONE_E8, 4);
}

// Texts of up to eight characters as one number: the code puts no data into the memory that all lanes share.
const LIMIT: u64 = 0x3d_74_69_6d_69_6c_20; // " limit="
const GOT: u64 = 0x3d_74_6f_67_20; // " got="
const TAG: u64 = 0x3d_67_61_74_20; // " tag="
const MAX: u64 = 0x3d_78_61_6d_20; // " max="
const STEP: u64 = 0x3d_70_65_74_73_20; // " step="
const REFERENCE: u64 = 0x3d_66_65_72_20; // " ref="
const PRICE: u64 = 0x3d_78_70_20; // " px="
const PERCENT: u64 = 0x25; // "%"
const ONE: u64 = 0x31; // "1"
const ONE_E8: u64 = 0x38_2d_65_31; // "1e-8"

/** Writes a text of `bytes` characters, and zeros behind it; returns the place behind the text. */
function put(at: usize, text: u64, bytes: usize): usize {
  store<u64>(at, text);
  return at + bytes;
}
