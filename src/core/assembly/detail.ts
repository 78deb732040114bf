import { ExecutionReport, REPORT_LONG_TEXT_BYTES, REPORT_TEXT_BYTES } from "../../record/assembly/execution-report.ts";
import { MOST_E8, NO_PRICE } from "../../record/assembly/units.ts";
import { address, area } from "./area.ts";
import { NONE } from "./codes.ts";
import { putDecimalE8, putE4, putWhole } from "./decimal.ts";
import { LEVEL_ORDER, LEVEL_VENUE, VENUE_NAME_BYTES, VENUE_NAMES_AT } from "./detail-layout.ts";
import { halfOf } from "./fields-beside.ts";
import { fail } from "./host.ts";
import {
  LEVEL_ACCOUNT,
  LEVEL_FIRM,
  LEVEL_NONE,
  LEVEL_ROW,
  LEVEL_SESSION,
  LEVEL_SYMBOL,
  LEVEL_TRADER,
  REASON_BYTES,
  REASON_TEXT_AT,
  REASONS_AT,
  SCRATCH,
  TEXT_OF_REASON,
  VENUE_IDS,
} from "./layout.ts";
import { accountNames, symbolNames } from "./names.ts";
import { currencyLength, limitCurrency } from "./rates.ts";

// The numbers behind a refusal, for its text: `RISK-010 MAX_ORDER_QTY limit=1000 value=5000 level=ACCOUNT:ACC1`.

/** Kinds of numbers in a reason's text. */
const DETAIL_NONE = 0;
export const DETAIL_COUNT = 1;
export const DETAIL_MONEY = 2;
export const DETAIL_QUANTITY = 3;
/** A quantity, and what it must be a multiple of. */
export const DETAIL_STEP = 4;
const DETAIL_COLLAR = 5;
/** A collar whose width is a price. */
const DETAIL_BAND = 6;
const DETAIL_NOT_HELD = 7;
/** A currency without a rate. */
export const DETAIL_CURRENCY = 8;
/** A character of the request; a tag alone; a tag and a quantity; a tag and a price with its limit; a tag and its text. */
const DETAIL_CHAR = 9;
const DETAIL_TAG = 10;
const DETAIL_TERM = 11;
const DETAIL_TEXT = 12;
/** A field of the request with its value: a number below 48, else a character. */
const DETAIL_FIELD = 13;

let kind: i32 = DETAIL_NONE;
let limit: i64 = 0;
let got: i64 = 0;
let reference: i64 = 0;
/** Of a text: up to 24 characters, zero padded. */
let first: u64 = 0;
let second: u64 = 0;
let third: u64 = 0;
/** What the limit is of. */
let level: i32 = LEVEL_NONE;
/** The row among accounts, or the symbol. */
let index: i32 = NONE;

export function clearDetail(): void {
  kind = DETAIL_NONE;
  level = LEVEL_NONE;
}

export function setDetail(ofKind: i32, theLimit: i64, value: i64): void {
  kind = ofKind;
  limit = theLimit;
  got = value;
}

/** `ofIndex` is the index of a row among accounts, or of a symbol. A sum over several clients has a level and no numbers: none of another client is said. */
export function setLevel(ofLevel: i32, ofIndex: i32): void {
  level = ofLevel;
  index = ofIndex;
}

/** The collar as the text says it: its width, where that is above 0, else parts per million of the reference price. */
export function setCollar(ppm: i64, bandE8: i64, referenceE8: i64, priceE8: i64): void {
  if (bandE8 > 0) setDetail(DETAIL_BAND, bandE8, priceE8);
  else setDetail(DETAIL_COLLAR, ppm, priceE8);
  reference = referenceE8;
}

export function setNotHeld(tag: i32): void {
  setDetail(DETAIL_NOT_HELD, tag, 0);
}

/** A code that somebody, or something, does not take. `ofIndex`: the row among accounts, the symbol or the venue. */
export function setCode(char: i32, ofLevel: i32, ofIndex: i32): void {
  setDetail(DETAIL_CHAR, 0, char);
  setLevel(ofLevel, ofIndex);
}

/** A term of the order by its tag. */
export function setMissing(tag: i32): void {
  setDetail(DETAIL_TAG, tag, 0);
  setLevel(LEVEL_ORDER, NONE);
}

/** The same with its value, a number, and the largest one. */
export function setTerm(tag: i32, most: i64, value: i64): void {
  setDetail(DETAIL_TERM, most, value);
  reference = tag;
  setLevel(LEVEL_ORDER, NONE);
}

/** A price whose sign the symbol does not have, or that is beyond all prices. NO_PRICE: there is none. */
export function setSign(symbol: i32, tag: i32, priceE8: i64): void {
  const isBeyond = priceE8 > MOST_E8 || (priceE8 < -MOST_E8 && priceE8 !== NO_PRICE);
  if (priceE8 === NO_PRICE) setDetail(DETAIL_TAG, tag, 0);
  else setDetail(DETAIL_TERM, isBeyond ? MOST_E8 : 0, priceE8);
  reference = tag;
  setLevel(LEVEL_SYMBOL, symbol);
}

/** The same with its value, as much of it as there is room for. */
export function setText(tag: i32, at: usize, end: usize): void {
  setDetail(DETAIL_TEXT, tag, 0);
  const bytes = end - at;
  first = halfOf(at, bytes < 8 ? bytes : 8);
  second = bytes <= 8 ? 0 : halfOf(at + 8, bytes < 16 ? bytes - 8 : 8);
  third = bytes <= 16 ? 0 : halfOf(at + 16, bytes < 24 ? bytes - 16 : 8);
  got = <i64>(bytes < 24 ? bytes : 24);
  setLevel(LEVEL_ORDER, NONE);
}

/** A field that a request about many orders has, with its value, a number below 48 or a character; NONE: by its tag alone. */
export function setField(tag: i32, value: i32): void {
  setDetail(value === NONE ? DETAIL_TAG : DETAIL_FIELD, tag, value);
}

// @ts-ignore: decorator
@inline
function reasonAt(reason: i32): usize {
  return address(REASONS_AT) + <usize>reason * REASON_BYTES;
}

/** OrdRejReason (103) of a reason, FIX 5.0SP2. */
export function ordRejReason(reason: i32): i32 {
  return load<u8>(reasonAt(reason), 1);
}

/** CxlRejReason (102) of a reason, FIX 5.0SP2. */
export function cxlRejReason(reason: i32): i32 {
  return load<u8>(reasonAt(reason), 2);
}

/** Writes code, name, numbers and level into the Text of a report: at most REPORT_LONG_TEXT_BYTES, whatever they are. */
export function writeReason(report: ExecutionReport, reason: i32): void {
  keep(report, putLevel(putNumbers(putName(reason))));
}

/** Writes code and name. */
export function writeReasonAlone(report: ExecutionReport, reason: i32): void {
  keep(report, putName(reason));
}

/** Writes code and name, and as much of the text behind it as there is room for. */
export function writeReasonAnd(report: ExecutionReport, reason: i32, text: usize, length: i32): void {
  writeReasonAlone(report, reason);
  const end = report.textLength;
  const room = REPORT_TEXT_BYTES - end - 1;
  if (room <= 0) return;
  const taken = length < room ? length : room;
  const at = report.textAt + end;
  store<u8>(at, 0x20);
  memory.copy(at + 1, text, taken);
  report.textLength = end + 1 + taken;
}

function putName(reason: i32): usize {
  const scratch = area + SCRATCH;
  const from = reasonAt(reason);
  const length = <usize>load<u8>(from);
  memory.copy(scratch, from + REASON_TEXT_AT, length);
  return scratch + length;
}

/** Writes numbers and level alone, a text of REPORT_LONG_TEXT_BYTES at most, and forgets them. Returns its length. */
export function takeDetail(to: usize): i32 {
  const scratch = area + SCRATCH;
  // Each part has a space before it.
  const length = <i32>(putLevel(putNumbers(scratch)) - scratch) - 1;
  clearDetail();
  if (length > REPORT_LONG_TEXT_BYTES) fail(TEXT_OF_REASON, length);
  if (length <= 0) return 0;
  memory.copy(to, scratch + 1, length);
  return length;
}

function putNumbers(at: usize): usize {
  if (kind === DETAIL_CURRENCY) return putCurrency(at, limit);
  if (kind === DETAIL_FIELD) return putField(at);
  return kind === DETAIL_NONE ? at : putThird(putSecond(putLimit(at)));
}

/** ` 530=2`. */
function putField(at: usize): usize {
  at = put(putWhole(put(at, SPACE, 1), <f64>limit), <u64>EQUALS, 1);
  return got < FIRST_DIGIT ? putWhole(at, <f64>got) : put(at, <u64>got, 1);
}

/** The characters of a currency stand in its number. */
function putCurrency(at: usize, currency: i64): usize {
  at = put(put(at, CURRENCY, 8), Y_EQUALS, 2);
  return put(at, <u64>currency, currencyLength(currency));
}

function putLevel(at: usize): usize {
  if (level === LEVEL_NONE) return at;
  at = put(at, LEVEL, 7);
  if (level === LEVEL_FIRM) return put(at, FIRM, 4);
  if (level === LEVEL_SESSION) return put(at, SESSION, 7);
  if (level === LEVEL_TRADER) return put(at, TRADER, 6);
  if (level === LEVEL_ORDER) return put(at, ORDER, 5);
  if (level === LEVEL_VENUE) return putVenue(at);
  if (level === LEVEL_ROW) return putRow(at);
  const names = level === LEVEL_ACCOUNT ? accountNames() : symbolNames();
  at = level === LEVEL_ACCOUNT ? put(at, ACCOUNT, 8) : put(at, SYMBOL, 7);
  names.copy(index, at);
  return at + <usize>names.lengthOf(index);
}

/** A symbol may have no venue. */
function putVenue(at: usize): usize {
  at = put(at, VENUE, 5);
  if (<u32>index >= load<u32>(area + VENUE_IDS)) return at;
  const name = address(VENUE_NAMES_AT) + <usize>index * VENUE_NAME_BYTES;
  const length = <usize>load<u8>(name);
  if (length === 0) return at;
  store<u8>(at, COLON);
  memory.copy(at + 1, name + 1, length);
  return at + 1 + length;
}

/** The name of a row is `CLIENT=NAME` and the like (core/level-rows.ts); its text has a colon there. */
function putRow(at: usize): usize {
  const names = accountNames();
  names.copy(index, at);
  let sign = at;
  while (load<u8>(sign) !== EQUALS) sign++;
  store<u8>(sign, COLON);
  return at + <usize>names.lengthOf(index);
}

/** Takes the text that ends at `end`. */
function keep(report: ExecutionReport, end: usize): void {
  const scratch = area + SCRATCH;
  const length = <i32>(end - scratch);
  if (length > REPORT_LONG_TEXT_BYTES) fail(TEXT_OF_REASON, length);
  report.textLength = length;
  memory.copy(report.textAt, scratch, length);
}

function putLimit(at: usize): usize {
  if (kind === DETAIL_CHAR) return at;
  if (kind === DETAIL_TAG || kind === DETAIL_TEXT) return putWhole(put(at, TAG, 5), <f64>limit);
  if (kind === DETAIL_TERM) return putDecimalE8(put(putWhole(put(at, TAG, 5), <f64>reference), LIMIT, 7), limit);
  if (kind === DETAIL_NOT_HELD) return putWhole(put(at, TAG, 5), <f64>limit);
  if (kind === DETAIL_STEP) return putDecimalE8(put(at, STEP, 6), limit);
  at = put(at, LIMIT, 7);
  if (kind === DETAIL_COUNT) return putWhole(at, <f64>limit);
  if (kind === DETAIL_QUANTITY || kind === DETAIL_BAND) return putDecimalE8(at, limit);
  at = putE4(at, limit);
  return kind === DETAIL_MONEY ? at : put(at, PERCENT, 1);
}

function putSecond(at: usize): usize {
  if (kind === DETAIL_TAG) return at;
  if (kind === DETAIL_CHAR) return put(put(at, VALUE, 7), <u64>got, 1);
  if (kind === DETAIL_TEXT) {
    at = put(at, VALUE, 7);
    put(put(put(at, first, 8), second, 8), third, 8);
    return at + <usize>got;
  }
  // The largest price and quantity, and the smallest step between two.
  if (kind === DETAIL_NOT_HELD) return put(put(put(put(at, MAX, 5), MOST, 4), STEP, 6), ONE_E8, 4);
  if (kind === DETAIL_COLLAR || kind === DETAIL_BAND) return putDecimalE8(put(at, REFERENCE, 5), reference);
  at = put(at, VALUE, 7);
  if (kind === DETAIL_COUNT) return putWhole(at, <f64>got);
  return kind === DETAIL_MONEY ? putE4(at, got) : putDecimalE8(at, got);
}

function putThird(at: usize): usize {
  if (kind === DETAIL_MONEY) return limitCurrency() === 0 ? at : putCurrency(at, limitCurrency());
  return kind === DETAIL_COLLAR || kind === DETAIL_BAND ? putDecimalE8(put(at, VALUE, 7), got) : at;
}

const SPACE: u64 = 0x20;
const FIRST_DIGIT: i64 = 0x30;
const COLON: u8 = 0x3a;
const EQUALS: u8 = 0x3d;

// Texts of up to eight characters as one number: the code puts no data into the memory that all lanes share.
const LIMIT: u64 = 0x3d_74_69_6d_69_6c_20; // " limit="
const VALUE: u64 = 0x3d_65_75_6c_61_76_20; // " value="
const LEVEL: u64 = 0x3d_6c_65_76_65_6c_20; // " level="
const CURRENCY: u64 = 0x63_6e_65_72_72_75_63_20; // " currenc"
const Y_EQUALS: u64 = 0x3d_79; // "y="
const FIRM: u64 = 0x4d_52_49_46; // "FIRM"
const SESSION: u64 = 0x4e_4f_49_53_53_45_53; // "SESSION"
const TRADER: u64 = 0x52_45_44_41_52_54; // "TRADER"
const ACCOUNT: u64 = 0x3a_54_4e_55_4f_43_43_41; // "ACCOUNT:"
const SYMBOL: u64 = 0x3a_4c_4f_42_4d_59_53; // "SYMBOL:"
const ORDER: u64 = 0x52_45_44_52_4f; // "ORDER"
const VENUE: u64 = 0x45_55_4e_45_56; // "VENUE"
const TAG: u64 = 0x3d_67_61_74_20; // " tag="
const MAX: u64 = 0x3d_78_61_6d_20; // " max="
const STEP: u64 = 0x3d_70_65_74_73_20; // " step="
const REFERENCE: u64 = 0x3d_66_65_72_20; // " ref="
const PERCENT: u64 = 0x25; // "%"
const MOST: u64 = 0x39_65_32_39; // "92e9"
const ONE_E8: u64 = 0x38_2d_65_31; // "1e-8"

/** Writes a text of `bytes` characters, and zeros behind it; returns the place behind the text. */
function put(at: usize, text: u64, bytes: usize): usize {
  store<u64>(at, text);
  return at + bytes;
}
