// Dates and times as FIX writes them: 20261203 and 20261203-08:15:00.123.

const US_PER_S: f64 = 1_000_000;
const S_PER_DAY = 86_400;
const DATE_CHARS: usize = 8;
const TIME_CHARS: usize = 17;
const ZERO = 0x30;

/** Days from 1970 to a date; far in the past for what is no date. */
export function calendarDay(at: usize, end: usize): i32 {
  if (end !== at + DATE_CHARS) return i32.MIN_VALUE;
  return dayAt(at);
}

/** Microseconds since 1970 of a time, whose decimals may be of any number; far in the past for what is no time. */
export function utcUs(at: usize, end: usize): f64 {
  if (end < at + TIME_CHARS) return -Infinity;
  const day = dayAt(at);
  const hour = numberOf(at + 9, 2);
  const minute = numberOf(at + 12, 2);
  const second = numberOf(at + 15, 2);
  // A second may be a leap second.
  if (day === i32.MIN_VALUE || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -Infinity;
  let us = 0;
  let unit = 100_000;
  for (let place = at + TIME_CHARS + 1; place < end && unit > 0; place++) {
    us += (<i32>load<u8>(place) - ZERO) * unit;
    unit /= 10;
  }
  return (<f64>day * S_PER_DAY + <f64>(hour * 3_600 + minute * 60 + second)) * US_PER_S + <f64>us;
}

function dayAt(at: usize): i32 {
  const year = numberOf(at, 4);
  const month = numberOf(at + 4, 2);
  const day = numberOf(at + 6, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31) return i32.MIN_VALUE;
  // Years that begin in March: a leap day is the last one of its year. Days of an era of 400 years, and 1970-01-01 among them.
  const shifted = month > 2 ? year : year - 1;
  const era = shifted / 400;
  const ofEra = shifted - era * 400;
  const ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468;
}

/** A number with that count of digits; below 0 for anything else. */
function numberOf(at: usize, digits: usize): i32 {
  let number = 0;
  for (let i: usize = 0; i < digits; i++) {
    const digit = <i32>load<u8>(at + i) - ZERO;
    if (<u32>digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}
