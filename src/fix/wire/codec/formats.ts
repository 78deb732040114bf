import { readTime, daysOf, twoDigits } from "./numbers.ts";
import { SET_BYTES, SET_FROM, SET_PAIRS, SET_TO } from "./rules.ts";

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const SPACE = 32;
const YES = 89;
const NO = 78;
const MOST_DIGITS = 18;

/** The data types of src/fix/dictionary/data-type.ts that are checked here. */
const TEXT: u32 = 1;
const INT: u32 = 2;
const UNSIGNED: u32 = 3;
const DECIMAL: u32 = 4;
const CHAR: u32 = 5;
const BOOLEAN: u32 = 6;
const UTC_TIMESTAMP: u32 = 7;
const DATE: u32 = 9;
const MONTH_YEAR: u32 = 10;
const DAY_OF_MONTH: u32 = 11;
const MULTIPLE: u32 = 12;
const DATA: u32 = 13;

/** True when a value has the format of its type and is in the set, if any (0: none). False also where that is not checked here. */
export function isValue(at: usize, to: usize, type: u32, set: usize): bool {
  if (type === CHAR) {
    if (to - at !== 1) return false;
    return set === 0 || hasByte(set, load<u8>(at));
  }
  if (!hasFormat(at, to, type)) return false;
  if (set === 0) return true;
  return type === MULTIPLE ? hasEach(set, at, to) : has(set, at, to);
}

function hasFormat(at: usize, to: usize, type: u32): bool {
  if (type === TEXT || type === MULTIPLE || type === DATA) return true;
  if (type === INT) return areDigits(load<u8>(at) === MINUS ? at + 1 : at, to);
  if (type === UNSIGNED) return areDigits(at, to);
  if (type === DECIMAL) return isDecimal(at, to);
  if (type === BOOLEAN) return to - at === 1 && (load<u8>(at) === YES || load<u8>(at) === NO);
  if (type === UTC_TIMESTAMP) return readTime(at, to) >= 0;
  if (type === DATE) return to - at === 8 && isDate(at);
  if (type === MONTH_YEAR) return isMonthYear(at, to);
  if (type !== DAY_OF_MONTH || to - at > 2 || !areDigits(at, to)) return false;
  const day = to - at === 1 ? load<u8>(at) - ZERO : twoDigits(at);
  return day >= 1 && day <= 31;
}

function areDigits(at: usize, to: usize): bool {
  if (at === to || to - at > <usize>MOST_DIGITS) return false;
  for (; at < to; at++) if (<u32>load<u8>(at) - ZERO > 9) return false;
  return true;
}

function isDecimal(at: usize, to: usize): bool {
  if (load<u8>(at) === MINUS) at++;
  let digits = to - at;
  let points: u32 = 0;
  for (; at < to; at++) {
    const c = <u32>load<u8>(at);
    if (c - ZERO <= 9) continue;
    if (c !== DOT || points === 1) return false;
    points = 1;
    digits--;
  }
  return digits > 0;
}

/** YYYYMMDD, a day that exists. */
function isDate(at: usize): bool {
  const century = twoDigits(at);
  const year = twoDigits(at + 2);
  const month = twoDigits(at + 4);
  const day = twoDigits(at + 6);
  if (century > 99 || year > 99 || month < 1 || month > 12 || day < 1) return false;
  return day <= daysOf(century * 100 + year, month);
}

/** YYYYMM or YYYYMMDD. */
function isMonthYear(at: usize, to: usize): bool {
  if (to - at === 8) return isDate(at);
  const month = twoDigits(at + 4);
  return to - at === 6 && twoDigits(at) <= 99 && twoDigits(at + 2) <= 99 && month >= 1 && month <= 12;
}

// @ts-ignore: decorator
@inline
function hasByte(set: usize, code: u32): bool {
  return code < 128 && ((load<u32>(set + ((code >> 5) << 2)) >> (code & 31)) & 1) !== 0;
}

/** True when the value is in the set. */
export function has(set: usize, at: usize, to: usize): bool {
  const bytes = <u32>(to - at);
  if (bytes === 1) return hasByte(set, load<u8>(at));
  if (bytes > 8) return false;
  if (bytes === 2) {
    const pair = twoDigits(at);
    if (pair >= 10 && pair <= 99) return ((load<u32>(set + SET_PAIRS + ((pair >> 5) << 2)) >> (pair & 31)) & 1) !== 0;
  }
  const value = load<u64>(at) & (<u64>-1 >> ((8 - bytes) << 3));
  const end = <usize>load<u32>(set, SET_TO);
  for (let one = <usize>load<u32>(set, SET_FROM); one < end; one += 8) if (load<u64>(one) === value) return true;
  return false;
}

/** The same of all values that are separated by spaces. */
function hasEach(set: usize, at: usize, to: usize): bool {
  for (let from = at; from <= to; from++) {
    at = from;
    while (from < to && load<u8>(from) !== SPACE) from++;
    if (from === at || !has(set, at, from)) return false;
  }
  return true;
}

/** Address of a set by its number from 1; 0 for none. */
// @ts-ignore: decorator
@inline
export function setOf(sets: usize, number: u32): usize {
  return number === 0 ? 0 : sets + (number - 1) * SET_BYTES;
}
