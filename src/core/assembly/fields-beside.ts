import { NO_PRICE } from "../../record/assembly/units.ts";
import { GROUPS_TEXT_AT } from "../../record/groups.ts";
import { carriedAt, requestCarries } from "./outbox.ts";

// A field of a request's body that its record has no place for: it came beside the record (record/groups.ts).

/** The value that was found last, as two words of eight characters, zero padded. */
export let firstHalf: u64 = 0;
export let secondHalf: u64 = 0;

const SOH = 1;
const EQUALS = 0x3d;
const ZERO = 0x30;
/** Longest value that is found. */
const MOST_BYTES: usize = 16;

/** Finds a field of the body that is in no repeating group. Returns false where the request has none, or a longer value. */
export function findBeside(tag: i32): bool {
  const at = placeOf(tag);
  return at !== 0 && take(at, placeEnd - at);
}

/** True when the request has that field with another value than this one of up to eight characters, zero padded. */
export function differsBeside(tag: i32, value: u64): bool {
  const at = placeOf(tag);
  return at !== 0 && (!take(at, placeEnd - at) || firstHalf !== value || secondHalf !== 0);
}

const MINUS = 0x2d;
const POINT = 0x2e;
const DECIMALS = 8;
/** Digits of which any number fits into 64 bits. */
const MOST_DIGITS = 18;

/**
 * The number of that field in 1e-8, NO_PRICE where the request has none: 1.5 and 1.50 are one. Of a value that is not held exactly a mix of its
 * characters, which tells it from others.
 */
export function priceBeside(tag: i32): i64 {
  const at = placeOf(tag);
  if (at === 0) return NO_PRICE;
  const value = decimalIn(at, placeEnd);
  return value === UNHELD ? mixed(at, placeEnd) : value;
}

/** Of a value that is no number, or not held exactly. */
export const UNHELD: i64 = i64.MAX_VALUE;

/** A number in 1e-8, or UNHELD. */
export function decimalIn(at: usize, end: usize): i64 {
  const isNegative = at < end && load<u8>(at) === MINUS;
  let value: i64 = 0;
  let digits = 0;
  let decimals = -1;
  for (let place = isNegative ? at + 1 : at; place < end; place++) {
    const char = load<u8>(place);
    if (char === POINT && decimals < 0) decimals = 0;
    else {
      const digit = <i32>char - ZERO;
      if (digit < 0 || digit > 9 || (decimals === DECIMALS && digit !== 0)) return UNHELD;
      if (decimals === DECIMALS) continue;
      value = value * 10 + digit;
      if (value !== 0) digits++;
      if (decimals >= 0) decimals++;
      if (digits + DECIMALS - (decimals < 0 ? 0 : decimals) > MOST_DIGITS) return UNHELD;
    }
  }
  for (let i = decimals < 0 ? 0 : decimals; i < DECIMALS; i++) value *= 10;
  return isNegative ? -value : value;
}

function mixed(at: usize, end: usize): i64 {
  let mix: u64 = 0xcbf29ce484222325;
  for (let place = at; place < end; place++) mix = (mix ^ load<u8>(place)) * 0x100000001b3;
  return <i64>mix;
}

/** The end of the value that was found last. */
let placeEnd: usize = 0;

/** Where the value of a field is, 0 where the request has none. */
function placeOf(tag: i32): usize {
  beginFields();
  while (nextField())
    if (fieldTag === tag) {
      placeEnd = fieldEnd;
      return fieldAt;
    }
  return 0;
}

/** The field that `nextField` has found: its tag, where its value begins and ends. */
export let fieldTag: i32 = 0;
export let fieldAt: usize = 0;
export let fieldEnd: usize = 0;
/** The next field, and its mark; the end of all; the length of the data that the next one is. */
let next: usize = 0;
let mark: usize = 0;
let textEnd: usize = 0;
let dataBytes: usize = 0;

/** Begins at the first field that came beside the request. */
export function beginFields(): void {
  next = carriedAt + GROUPS_TEXT_AT;
  textEnd = next;
  if (requestCarries !== 0) {
    const bytes = load<u32>(carriedAt);
    // Of a length that can't be, nothing is read.
    if (bytes < <u32>requestCarries) textEnd += bytes;
  }
  mark = textEnd;
  dataBytes = 0;
}

/** Finds the next field that is in no repeating group; false at the end. */
export function nextField(): bool {
  let at = next;
  while (at < textEnd) {
    let tag = 0;
    for (; at < textEnd && load<u8>(at) !== EQUALS; at++) tag = tag * 10 + (<i32>load<u8>(at) - ZERO);
    const value = ++at;
    at += dataBytes;
    while (at < textEnd && load<u8>(at) !== SOH) at++;
    dataBytes = isLength(tag) ? numberAt(value, at) : 0;
    const isInGroup = load<u8>(mark++) !== 0;
    if (!isInGroup) {
      fieldTag = tag;
      fieldAt = value;
      fieldEnd = at;
      next = at + 1;
      return true;
    }
    at++;
  }
  next = at;
  return false;
}

function take(at: usize, bytes: usize): bool {
  if (bytes === 0 || bytes > MOST_BYTES) return false;
  firstHalf = halfOf(at, bytes < 8 ? bytes : 8);
  secondHalf = bytes > 8 ? halfOf(at + 8, bytes - 8) : 0;
  return true;
}

/** Up to eight characters as a word, zero padded. */
export function halfOf(at: usize, bytes: usize): u64 {
  let half: u64 = 0;
  for (let i: usize = 0; i < bytes; i++) half |= <u64>load<u8>(at + i) << (i << 3);
  return half;
}

function numberAt(at: usize, end: usize): usize {
  let number: usize = 0;
  for (; at < end; at++) number = number * 10 + (<usize>load<u8>(at) - ZERO);
  return number;
}

/** True for the length of a data field, which follows it and may hold any bytes, SOH too. */
function isLength(tag: i32): bool {
  switch (tag) {
    case 90:
    case 93:
    case 95:
    case 212:
    case 348:
    case 350:
    case 352:
    case 354:
    case 356:
    case 358:
    case 360:
    case 362:
    case 364:
    case 445:
    case 618:
    case 621:
    case 1184:
    case 1277:
    case 1280:
    case 1282:
    case 1397:
    case 1401:
    case 1403:
    case 1468:
      return true;
  }
  return false;
}
