import { daysOfMonth } from "../wire/timestamp.ts";
import * as type from "./data-type.ts";

const ZERO = 48;
const NINE = 57;
const MINUS = 45;
const PLUS = 43;
const DOT = 46;
const COLON = 58;
const DASH = 45;
const LOWER_W = 119;
const UPPER_Z = 90;
const YES = 89;
const NO = 78;
const MAX_INT_DIGITS = 18;
/** Picoseconds. */
const MAX_TIME_DECIMALS = 12;

/** True when `bytes[from, to)`, which is not empty, has the format of this data type (FIX 5.0SP2 Volume 1). */
export function hasFormat(dataType: number, bytes: Uint8Array, from: number, to: number): boolean {
  switch (dataType) {
    case type.INT:
      return isInt(bytes, bytes[from] === MINUS ? from + 1 : from, to);
    case type.UNSIGNED:
      return isInt(bytes, from, to);
    case type.DECIMAL:
      return isDecimal(bytes, from, to);
    case type.CHAR:
      return to - from === 1;
    case type.BOOLEAN:
      return to - from === 1 && (bytes[from] === YES || bytes[from] === NO);
    case type.UTC_TIMESTAMP:
      return isTimestamp(bytes, from, to);
    case type.UTC_TIME:
      return isTime(bytes, from, to);
    case type.DATE:
      return to - from === 8 && isDate(bytes, from);
    default:
      return hasRareFormat(dataType, bytes, from, to);
  }
}

function hasRareFormat(dataType: number, bytes: Uint8Array, from: number, to: number): boolean {
  switch (dataType) {
    case type.MONTH_YEAR:
      return isMonthYear(bytes, from, to);
    case type.DAY_OF_MONTH:
      return to - from <= 2 && isInt(bytes, from, to) && inRange(number(bytes, from, to), 1, 31);
    case type.TZ_TIME:
      return isZonedTime(bytes, from, to);
    case type.TZ_TIMESTAMP:
      return to - from > 9 && isDate(bytes, from) && bytes[from + 8] === DASH && isZonedTime(bytes, from + 9, to);
    default:
      return true;
  }
}

function isInt(bytes: Uint8Array, from: number, to: number): boolean {
  if (to === from || to - from > MAX_INT_DIGITS) return false;
  for (let at = from; at < to; at++) if (bytes[at]! < ZERO || bytes[at]! > NINE) return false;
  return true;
}

/** Digits with at most one decimal point and an optional minus; no plus, no exponent. */
function isDecimal(bytes: Uint8Array, from: number, to: number): boolean {
  let at = bytes[from] === MINUS ? from + 1 : from;
  let digits = to - at;
  let points = 0;
  for (; at < to; at++) {
    const c = bytes[at]!;
    if (c >= ZERO && c <= NINE) continue;
    if (c !== DOT || points === 1) return false;
    points = 1;
    digits--;
  }
  return digits > 0;
}

/** YYYYMMDD-HH:MM:SS with up to 12 decimals. */
function isTimestamp(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 17 || !isDate(bytes, from) || bytes[from + 8] !== DASH) return false;
  return isTime(bytes, from + 9, to);
}

/** HH:MM:SS with up to 12 decimals; second 60 is a leap second. */
function isTime(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 8) return false;
  const h = bytes[from]! - ZERO;
  const hh = bytes[from + 1]! - ZERO;
  const m = bytes[from + 3]! - ZERO;
  const mm = bytes[from + 4]! - ZERO;
  const s = bytes[from + 6]! - ZERO;
  const ss = bytes[from + 7]! - ZERO;
  const digits = h | hh | m | mm | s | ss | (9 - hh) | (9 - mm) | (9 - ss) | (5 - m);
  const ranges = (23 - 10 * h - hh) | (60 - 10 * s - ss);
  if ((digits | ranges) < 0 || bytes[from + 2] !== COLON || bytes[from + 5] !== COLON) return false;
  if (to - from === 8) return true;
  return bytes[from + 8] === DOT && to - from - 9 <= MAX_TIME_DECIMALS && isInt(bytes, from + 9, to);
}

/** YYYYMMDD, a day that exists. */
function isDate(bytes: Uint8Array, from: number): boolean {
  const century = pair(bytes, from);
  const year = pair(bytes, from + 2);
  const month = pair(bytes, from + 4);
  const day = pair(bytes, from + 6);
  if ((century | year | month | day) < 0) return false;
  return day >= 1 && day <= daysOfMonth(100 * century + year, month);
}

/** Two digits as a number, −1 when they are not digits. */
function pair(bytes: Uint8Array, from: number): number {
  const tens = bytes[from]! - ZERO;
  const ones = bytes[from + 1]! - ZERO;
  return (tens | ones | (9 - tens) | (9 - ones)) < 0 ? -1 : tens * 10 + ones;
}

/** YYYYMM, YYYYMMDD or YYYYMMw1 to w5. */
function isMonthYear(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  if (length === 8 && bytes[from + 6] !== LOWER_W) return isDate(bytes, from);
  if (length !== 6 && length !== 8) return false;
  if (length === 8 && !inRange(bytes[from + 7]! - ZERO, 1, 5)) return false;
  return isInt(bytes, from, from + 6) && inRange(pair(bytes, from + 4), 1, 12);
}

/** HH:MM[:SS[.s…]] followed by Z, +hh[:mm] or -hh[:mm]. */
function isZonedTime(bytes: Uint8Array, from: number, to: number): boolean {
  let zone = from + 5;
  while (zone < to && bytes[zone] !== UPPER_Z && bytes[zone] !== PLUS && bytes[zone] !== MINUS) zone++;
  if (zone >= to) return false;
  const length = to - zone;
  if (bytes[zone] === UPPER_Z ? length !== 1 : !isOffset(bytes, zone + 1, to)) return false;
  if (zone - from === 5)
    return bytes[from + 2] === COLON && inRange(pair(bytes, from), 0, 23) && inRange(pair(bytes, from + 3), 0, 59);
  return isTime(bytes, from, zone);
}

function isOffset(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from !== 2 && (to - from !== 5 || bytes[from + 2] !== COLON)) return false;
  return pair(bytes, from) >= 0 && (to - from === 2 || pair(bytes, from + 3) >= 0);
}

/** Digits as a number; beyond 2^53 it is approximate. */
export function number(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + bytes[at]! - ZERO;
  return value;
}

function inRange(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
