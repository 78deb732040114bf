import * as type from "./data-type.ts";

const ZERO = 48;
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

/** Does `bytes[from, to)`, which is not empty, look like a value of this data type (FIX 5.0SP2 Volume 1)? */
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
  for (let at = from; at < to; at++) if ((bytes[at]! - ZERO) >>> 0 > 9) return false;
  return true;
}

/** Digits with perhaps one point among them and a minus before; no plus, no exponent. */
function isDecimal(bytes: Uint8Array, from: number, to: number): boolean {
  let at = bytes[from] === MINUS ? from + 1 : from;
  let digits = to - at;
  let points = 0;
  for (; at < to; at++) {
    const c = bytes[at]!;
    if ((c - ZERO) >>> 0 <= 9) continue;
    if (c !== DOT || points === 1) return false;
    points = 1;
    digits--;
  }
  return digits > 0;
}

/** YYYYMMDD-HH:MM:SS with no or any number of decimals. */
function isTimestamp(bytes: Uint8Array, from: number, to: number): boolean {
  return to - from >= 17 && bytes[from + 8] === DASH && isDate(bytes, from) && isTime(bytes, from + 9, to);
}

function isTime(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < 8 || bytes[from + 2] !== COLON || bytes[from + 5] !== COLON) return false;
  const hour = pair(bytes, from);
  const minute = pair(bytes, from + 3);
  const second = pair(bytes, from + 6);
  // 60 is a leap second.
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
  return to - from === 8 || (bytes[from + 8] === DOT && isInt(bytes, from + 9, to));
}

/** YYYYMMDD; as many days in a month as some month has. */
function isDate(bytes: Uint8Array, from: number): boolean {
  const month = pair(bytes, from + 4);
  const day = pair(bytes, from + 6);
  return pair(bytes, from) >= 0 && pair(bytes, from + 2) >= 0 && month > 0 && month < 13 && day > 0 && day < 32;
}

/** Two digits as a number, negative or above 99 when they are none. */
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

/** HH:MM[:SS[.s…]] and then Z or +hh[:mm] or -hh[:mm]. */
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

/** Digits as a number; more than a double holds become a large one. */
export function number(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + bytes[at]! - ZERO;
  return value;
}

function inRange(value: number, low: number, high: number): boolean {
  return value >= low && value <= high;
}
