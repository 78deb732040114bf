import { area } from "./area.ts";
import { CLOCK_AT, CLOCK_US_AT, PAIRS_AT, WRITTEN_CLOCK_AT, WRITTEN_SECOND_AT } from "./layout.ts";
import { MOST_E8, NO_PRICE } from "./units.ts";

const ZERO = 48;
const DOT = 46;
const MINUS = 45;
const COLON = 58;

/** Not a plain number: the caller must read the message byte by byte. */
// @ts-ignore: decorator
@inline
export const UNREADABLE: i64 = NO_PRICE;

/** Digits that 64 bits hold whatever they are, and the longest number that is held: 92000000000.00000000. */
const MOST_DIGITS: u32 = 19;
const MOST_LENGTH: usize = 20;
/** Digits of a whole number whose 1e-8 64 bits hold. */
const MOST_WHOLE_DIGITS: u32 = 11;

/** Reads a decimal number of 0 or more in 1e-8; else UNREADABLE. */
export function readQuantity(at: usize, to: usize): i64 {
  return load<u8>(at) === MINUS ? UNREADABLE : readDecimal(at, to);
}

/** Reads a decimal number in 1e-8, with at most eight decimals, up to MOST_E8 of either sign; else UNREADABLE. */
export function readDecimal(at: usize, to: usize): i64 {
  const isNegative = load<u8>(at) === MINUS;
  if (isNegative) at++;
  if (at >= to || to - at > MOST_LENGTH) return UNREADABLE;
  let value: u64 = 0;
  let digits: u32 = 0;
  let scale: u64 = 100_000_000;
  for (; at < to; at++) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9) break;
    value = value * 10 + digit;
    digits++;
  }
  if (at === to) {
    if (digits > MOST_WHOLE_DIGITS) return UNREADABLE;
    value *= 100_000_000;
  } else {
    if (load<u8>(at) !== DOT) return UNREADABLE;
    for (at++; at < to; at++) {
      const digit = <u32>load<u8>(at) - ZERO;
      if (digit > 9 || scale === 1) return UNREADABLE;
      value = value * 10 + digit;
      scale /= 10;
      digits++;
    }
    if (digits === 0 || digits > MOST_DIGITS || value > <u64>MOST_E8 / scale) return UNREADABLE;
    value *= scale;
  }
  if (value > <u64>MOST_E8) return UNREADABLE;
  return isNegative ? -<i64>value : <i64>value;
}

/** Reads an unsigned int32, -1 when it is not a number. */
export function readInt(at: usize, to: usize): i32 {
  if (at >= to || to - at > 10) return -1;
  let value: u64 = 0;
  for (; at < to; at++) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value > 0x7fffffff ? -1 : <i32>value;
}

/** Reads a number of two digits; above 99 when they are not digits. */
// @ts-ignore: decorator
@inline
export function twoDigits(at: usize): u32 {
  const high = <u32>load<u8>(at) - ZERO;
  const low = <u32>load<u8>(at + 1) - ZERO;
  return high > 9 || low > 9 ? 100 : high * 10 + low;
}

/** Reads a UTCTimestamp in microseconds since 1970, -1 when it is faulty. Keeps the second's text: most messages share it. */
export function readTime(at: usize, to: usize): f64 {
  const bytes = <u32>(to - at);
  if (bytes < 17 || bytes === 18 || bytes > 30) return -1;
  const clock = area + CLOCK_AT;
  const isOther = v128.any_true(v128.xor(v128.load(at), v128.load(clock))) || load<u8>(at, 16) !== load<u8>(clock, 16);
  if (isOther && !readSecond(at)) return -1;
  let fraction: u32 = 0;
  if (bytes > 17) {
    if (load<u8>(at, 17) !== DOT) return -1;
    let scale: u32 = 100_000;
    for (at += 18; at < to; at++) {
      const digit = <u32>load<u8>(at) - ZERO;
      if (digit > 9) return -1;
      fraction += digit * scale;
      scale /= 10;
    }
  }
  return load<f64>(area, CLOCK_US_AT) + <f64>fraction;
}

/** Reads a second into `clock`; false when it is faulty. */
function readSecond(at: usize): bool {
  if (load<u8>(at, 8) !== MINUS || load<u8>(at, 11) !== 58 || load<u8>(at, 14) !== 58) return false;
  const century = twoDigits(at);
  const year = twoDigits(at + 2);
  const month = twoDigits(at + 4);
  const day = twoDigits(at + 6);
  const hour = twoDigits(at + 9);
  const minute = twoDigits(at + 12);
  const second = twoDigits(at + 15);
  if (century > 99 || year > 99 || month < 1 || month > 12 || day < 1) return false;
  if (day > daysOf(century * 100 + year, month)) return false;
  if (hour > 23 || minute > 59 || second > 60) return false;
  const days = daysFromCivil(<i32>(century * 100 + year), <i32>month, <i32>day);
  const seconds = <i64>days * 86_400 + <i64>((hour * 60 + minute) * 60 + second);
  store<f64>(area, <f64>seconds * 1e6, CLOCK_US_AT);
  memory.copy(area + CLOCK_AT, at, 17);
  return true;
}

/** Days of a month. */
export function daysOf(year: u32, month: u32): u32 {
  if (month === 2) return (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  // 30 days: months 4, 6, 9 and 11.
  return 31 - ((0x0a50 >> month) & 1);
}

/** Days since 1970-01-01 of a civil date (proleptic Gregorian; Howard Hinnant's days_from_civil). */
function daysFromCivil(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
}

/**
 * Decimals of the seconds in a UTCTimestamp, 0, 3 or 6, where its number of microseconds is exactly that text again; else -1: it
 * has other decimals, a leap second, or a day that does not exist.
 */
export function decimalsOf(at: usize, to: usize): i32 {
  const bytes = <i32>(to - at);
  if (bytes !== 17 && bytes !== 21 && bytes !== 24) return -1;
  if (load<u8>(at, 15) > 53) return -1;
  const day = twoDigits(at + 6);
  if (day > 28 && day > daysIn(twoDigits(at + 4), twoDigits(at) * 100 + twoDigits(at + 2))) return -1;
  return bytes === 17 ? 0 : bytes - 18;
}

function daysIn(month: u32, year: u32): u32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Writes microseconds since 1970 as a UTCTimestamp with 0, 3, 6 or 9 decimals of the seconds. Keeps the second's text. */
export function putTime(at: usize, us: f64, decimals: u32): usize {
  const clock = area + WRITTEN_CLOCK_AT;
  const whole = <i64>us;
  const second = whole / 1_000_000;
  if (load<i64>(area, WRITTEN_SECOND_AT) !== second) turnTo(clock, second);
  v128.store(at, v128.load(clock));
  store<u8>(at, load<u8>(clock, 16), 16);
  if (decimals === 0) return at + 17;
  store<u8>(at, DOT, 17);
  const micros = <u32>(whole - second * 1_000_000);
  if (decimals === 3) return putDigits(at + 18, micros / 1000, 3);
  at = putDigits(at + 18, micros, 6);
  return decimals === 6 ? at : putDigits(at, <u32>((us - <f64>whole) * 1000), 3);
}

/** Writes the text of a second since 1970 at `clock`. */
function turnTo(clock: usize, second: i64): void {
  const days = <i32>(second / 86_400);
  const inDay = <u32>(second - <i64>days * 86_400);
  // civil_from_days, the inverse of daysFromCivil, for days from 1970 on.
  const z = <u32>(days + 719_468);
  const era = z / 146_097;
  const dayOfEra = z - era * 146_097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shifted = (5 * dayOfYear + 2) / 153;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  putDigits(clock, yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
  putDigits(clock + 4, month, 2);
  putDigits(clock + 6, dayOfYear - (153 * shifted + 2) / 5 + 1, 2);
  store<u8>(clock, MINUS, 8);
  putDigits(clock + 9, inDay / 3600, 2);
  store<u8>(clock, COLON, 11);
  putDigits(clock + 12, (inDay / 60) % 60, 2);
  store<u8>(clock, COLON, 14);
  putDigits(clock + 15, inDay % 60, 2);
  store<i64>(area, second, WRITTEN_SECOND_AT);
}

function widthOf(value: u32): u32 {
  if (value < 100_000) return value < 10 ? 1 : value < 100 ? 2 : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  return value < 100_000_000 ? 8 : value < 1_000_000_000 ? 9 : 10;
}

/** Writes `width` digits; returns the place behind them. */
export function putDigits(at: usize, value: u32, width: u32): usize {
  const end = at + width;
  const pairs = area + PAIRS_AT;
  at = end;
  for (; width >= 2; width -= 2) {
    const rest = value / 100;
    at -= 2;
    store<u16>(at, load<u16>(pairs + ((value - rest * 100) << 1)));
    value = rest;
  }
  if (width === 1) store<u8>(at - 1, ZERO + value);
  return end;
}

export function putInt(at: usize, value: u32): usize {
  return putDigits(at, value, widthOf(value));
}

/** Writes a whole number from 0 to 2^53. */
export function putWhole(at: usize, value: f64): usize {
  return putLong(at, <u64>value);
}

function putLong(at: usize, whole: u64): usize {
  if (whole <= 0x7fffffff) return putInt(at, <u32>whole);
  const high = whole / 1_000_000_000;
  return putDigits(putInt(at, <u32>high), <u32>(whole - high * 1_000_000_000), 9);
}

/** Writes a number of 1e-8 as the shortest decimal. */
export function putDecimal(at: usize, valueE8: i64): usize {
  if (valueE8 < 0) {
    store<u8>(at++, MINUS);
    valueE8 = -valueE8;
  }
  // A product is faster than a division, and wrong by one at most.
  let whole = <i64>(<f64>valueE8 * 1e-8);
  let rest = valueE8 - whole * 100_000_000;
  if (rest < 0) {
    whole--;
    rest += 100_000_000;
  } else if (rest >= 100_000_000) {
    whole++;
    rest -= 100_000_000;
  }
  at = putLong(at, <u64>whole);
  let fraction = <u32>rest;
  if (fraction === 0) return at;
  store<u8>(at++, DOT);
  // A fraction above 0 ends in at most seven zeros: removes four, two and one of them.
  let width: u32 = 8;
  if (fraction % 10_000 === 0) {
    fraction /= 10_000;
    width = 4;
  }
  if (fraction % 100 === 0) {
    fraction /= 100;
    width -= 2;
  }
  if (fraction % 10 === 0) {
    fraction /= 10;
    width--;
  }
  return putDigits(at, fraction, width);
}
