import { aim, area, maskOf, same } from "./area.ts";
import {
  BEGIN_TEXT_AT,
  BEGIN_WORD,
  BESIDE_WORD,
  COMP_IDS_WORD,
  COUNT_WORD,
  DIRECT_AT,
  DIRECT_TAGS,
  ENDS_AT,
  HIGH_AT,
  HIGH_SLOTS,
  HIGH_WORD,
  IS_LENGTH,
  IS_SPECIAL,
  MAX_FIELDS,
  MOST_HIGH,
  MSG_SEQ_NUM_WORD,
  MSG_TYPE_WORD,
  NOT_PLAIN,
  NOT_WALKED,
  PEER_AT,
  REPEATED_WORD,
  SENDER_TEXT_AT,
  SENDING_TIME_DOUBLE,
  SPECIAL_AT,
  SPECIALS_WORD,
  STARTS_AT,
  TAGS_AT,
  TARGET_TEXT_AT,
  WALK_WORD,
} from "./layout.ts";
import { readInt, readTime } from "./numbers.ts";

const SOH: u8 = 1;
const EQUALS = 61;
const ZERO = 48;
const SHORTEST: usize = 20;

const SIGNATURE_LENGTH = 93;
const SIGNATURE = 89;
/** Most digits of a tag. */
const TAG_DIGITS = 9;

/** Origin of the message's offsets, and base below which entries of `direct` belong to earlier messages. */
export let origin: usize = 0;
let mark: i32 = 0;

/** Index of the first field with this tag, or negative. */
// @ts-ignore: decorator
@inline
export function find(tag: u32): i32 {
  return load<i32>(area + DIRECT_AT + (tag << 2)) - mark;
}

// @ts-ignore: decorator
@inline
export function startOf(field: i32): usize {
  return origin + load<u32>(area + STARTS_AT + (field << 2));
}

// @ts-ignore: decorator
@inline
export function endOf(field: i32): usize {
  return origin + load<u32>(area + ENDS_AT + (field << 2));
}

// @ts-ignore: decorator
@inline
export function tagOf(field: i32): u32 {
  return load<u32>(area + TAGS_AT + (field << 2));
}

/** Begin of a field's tag. */
// @ts-ignore: decorator
@inline
export function beginOf(field: i32): usize {
  return field === 0 ? origin : endOf(field - 1) + 1;
}

/** Entry of a tag from DIRECT_TAGS on in the hash: tag and base + field index; below the base it is free. */
function highEntry(tag: u32): usize {
  let slot = (tag * 0x9e3779b1) >> 26;
  let entry = area + HIGH_AT + (slot << 3);
  while (load<i32>(entry, 4) >= mark && load<u32>(entry) !== tag) {
    slot = (slot + 1) & (HIGH_SLOTS - 1);
    entry = area + HIGH_AT + (slot << 3);
  }
  return entry;
}

/** True when no earlier field has this field's tag. */
// @ts-ignore: decorator
@inline
export function isFirst(field: i32, tag: u32): bool {
  return (tag < <u32>DIRECT_TAGS ? load<i32>(area + DIRECT_AT + (tag << 2)) : load<i32>(highEntry(tag), 4)) === mark + field;
}

/** Sets the origin of the offsets and the base, and indexes whole fields that are no message. False when they are not plain. */
export function indexFields(from: usize, to: usize, base: i32): bool {
  origin = from;
  mark = base;
  return from === to || index(from, to) >= 0;
}

/**
 * Scans the message at `from` if it is whole and plain: correct frame, BodyLength and CheckSum; every field has a tag, `=`, a value
 * and SOH; data have their length before them. Offsets in the index count from `start`.
 * Returns  its length, or NOT_PLAIN, also when it is incomplete.
 */
export function scan(at: usize, from: usize, to: usize, start: usize, base: i32, longest: u32): i32 {
  aim(at);
  if (to - from < SHORTEST || load<u16>(from) !== 0x3d38) return NOT_PLAIN;
  // Loads beyond `to` are harmless: a message that they complete ends beyond `to`, too.
  const hits = i8x16.bitmask(i8x16.eq(v128.load(from, 2), i8x16.splat(SOH)));
  if (hits === 0) return NOT_PLAIN;
  at = from + 3 + ctz(hits);
  if (load<u16>(at) !== 0x3d39) return NOT_PLAIN;
  at += 2;
  let length: u32 = 0;
  const digitsFrom = at;
  for (;;) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9) break;
    length = length * 10 + digit;
    if (++at - digitsFrom > 8) return NOT_PLAIN;
  }
  if (at === digitsFrom || load<u8>(at) !== SOH) return NOT_PLAIN;
  const body = at + 1;
  if (length + <u32>(body - from) + 7 > longest) return NOT_PLAIN;
  const trailer = body + length;
  if (to < trailer + 7) return NOT_PLAIN;
  // SOH 1 0 =
  if (load<u32>(trailer - 1) !== 0x3d303101 || load<u8>(trailer, 6) !== SOH) return NOT_PLAIN;
  origin = start;
  mark = base;
  const sum = index(from, trailer);
  if (sum < 0) return NOT_PLAIN;
  const c0 = <u32>load<u8>(trailer, 3) - ZERO;
  const c1 = <u32>load<u8>(trailer, 4) - ZERO;
  const c2 = <u32>load<u8>(trailer, 5) - ZERO;
  if (c0 > 9 || c1 > 9 || c2 > 9 || c0 * 100 + c1 * 10 + c2 !== (sum & 255)) return NOT_PLAIN;
  if (load<u32>(area, COUNT_WORD * 4) < 3 || load<u32>(area + TAGS_AT, 8) !== 35) return NOT_PLAIN;
  head();
  return <i32>(trailer + 7 - from);
}

/** Reads the fields that a session checks in every message. */
function head(): void {
  const type = startOf(2);
  const width = endOf(2) - type;
  store<u32>(area, width === 1 ? load<u8>(type) : width === 2 ? load<u16>(type) : 0, MSG_TYPE_WORD * 4);
  const peer = area + PEER_AT;
  const begin = startOf(0);
  const beginBytes = <u32>(endOf(0) - begin);
  const isRight = beginBytes === load<u8>(peer, 0) && same(begin, peer + BEGIN_TEXT_AT, beginBytes);
  store<u32>(area, <u32>isRight, BEGIN_WORD * 4);
  const sender = isText(49, peer + SENDER_TEXT_AT, load<u8>(peer, 1));
  store<u32>(area, <u32>(sender && isText(56, peer + TARGET_TEXT_AT, load<u8>(peer, 2))), COMP_IDS_WORD * 4);
  const sequence = find(34);
  store<i32>(area, sequence < 0 ? -1 : readInt(startOf(sequence), endOf(sequence)), MSG_SEQ_NUM_WORD * 4);
  const time = find(52);
  store<f64>(area, time < 0 ? -1 : readTime(startOf(time), endOf(time)), SENDING_TIME_DOUBLE * 8);
}

function isText(tag: u32, text: usize, bytes: u32): bool {
  const field = find(tag);
  if (field < 0) return false;
  const at = startOf(field);
  return <u32>(endOf(field) - at) === bytes && same(at, text, bytes);
}

/** The data field that must come next, and its end: a SOH before that is part of the data. */
let dataTag: u32 = 0;
let dataEnd: usize = 0;

/**
 * Indexes the fields from `at` to `end`, whose last byte is a SOH. Returns the sum of the bytes, or NOT_PLAIN. What is rare is in
 * functions that are not inlined, because they are exported: the loop has few registers.
 */
function index(at: usize, end: usize): i32 {
  const tags = area + TAGS_AT;
  const shift: usize = 0 - origin;
  let sum = i32x4.splat(0);
  let field = at;
  let entry = tags;
  let next = mark;
  let specials: u32 = 0;
  dataTag = 0;
  dataEnd = 0;
  store<u32>(area, 0, REPEATED_WORD * 4);
  store<u32>(area, 0, HIGH_WORD * 4);
  for (; at < end; at += 16) {
    let stretch = v128.load(at);
    const left = <u32>(end - at);
    if (left < 16) stretch = v128.and(stretch, maskOf(left));
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(stretch)));
    let hits = i8x16.bitmask(i8x16.eq(stretch, i8x16.splat(SOH)));
    while (hits !== 0) {
      const soh = at + ctz(hits);
      hits &= hits - 1;
      if (soh < dataEnd) continue;
      // Count of the tag's digits: position of `=` in the first four bytes, found as the lowest zero byte of the XOR.
      const word = load<u32>(field);
      const equal = word ^ 0x3d3d3d3d;
      const zero = (equal - 0x01010101) & ~equal & 0x80808080;
      // No tag begins with 0.
      if ((word & 0xff) === ZERO) return NOT_PLAIN;
      let value = field + 5;
      let tag: u32 = word ^ 0x30303030;
      if (zero !== 0) {
        const digits = ctz(zero) >> 3;
        if (digits === 0) return NOT_PLAIN;
        value = field + digits + 1;
        tag <<= (4 - digits) << 3;
      } else if (load<u8>(field, 4) !== EQUALS) {
        tag = longTag(field);
        if (tag === 0) return NOT_PLAIN;
        value = tagEnd;
      }
      if (value === field + 5 || zero !== 0) {
        // Values of four digits, with leading zeros; then tens plus ones, then hundreds.
        if ((((tag + 0x76767676) | tag) & 0x80808080) !== 0) return NOT_PLAIN;
        tag = (tag * 2561) >> 8;
        tag = ((tag & 0x00ff00ff) * 6553601) >> 16;
      }
      if (soh <= value || next - mark === MAX_FIELDS) return NOT_PLAIN;
      store<u32>(entry, tag);
      store<u32>(entry, value + shift, STARTS_AT - TAGS_AT);
      store<u32>(entry, soh + shift, ENDS_AT - TAGS_AT);
      if (tag < <u32>DIRECT_TAGS) {
        const direct = area + (tag << 2);
        if (load<i32>(direct, DIRECT_AT) < mark) store<i32>(direct, next, DIRECT_AT);
        else noteRepeated(tag);
        const special = <u32>load<u8>(area + tag, SPECIAL_AT);
        specials |= special;
        if ((special & IS_SPECIAL) !== 0 && !noteData(tag, special & IS_SPECIAL, value, soh, end)) return NOT_PLAIN;
      } else if (!noteHigh(tag, next)) return NOT_PLAIN;
      entry += 4;
      next++;
      field = soh + 1;
    }
  }
  store<u32>(area, next - mark, COUNT_WORD * 4);
  store<u32>(area, specials, SPECIALS_WORD * 4);
  store<u32>(area, NOT_WALKED, WALK_WORD * 4);
  store<u32>(area, 0, BESIDE_WORD * 4);
  return (
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3)
  );
}

/** Place of the value behind the last long tag. */
let tagEnd: usize = 0;

/** Reads a tag of five to nine digits; 0 when it is none. */
export function longTag(at: usize): u32 {
  const from = at;
  let tag: u32 = 0;
  for (;;) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9) break;
    tag = tag * 10 + digit;
    if (++at - from > <usize>TAG_DIGITS) return 0;
  }
  tagEnd = at + 1;
  return load<u8>(at) === EQUALS ? tag : 0;
}

export function noteRepeated(tag: u32): void {
  if (load<u32>(area, REPEATED_WORD * 4) === 0) store<u32>(area, tag, REPEATED_WORD * 4);
}

/** Puts a tag from DIRECT_TAGS on into the hash. False when there are too many. */
export function noteHigh(tag: u32, next: i32): bool {
  const count = load<u32>(area, HIGH_WORD * 4);
  store<u32>(area, count + 1, HIGH_WORD * 4);
  const entry = highEntry(tag);
  if (load<i32>(entry, 4) < mark) {
    store<u32>(entry, tag);
    store<i32>(entry, next, 4);
  }
  return count < <u32>MOST_HIGH;
}

/** Notes a length, whose data must follow before `end`, or data, whose length must stand before them. False when it is not so. */
export function noteData(tag: u32, kind: u32, value: usize, soh: usize, end: usize): bool {
  if (kind !== IS_LENGTH) {
    const isExpected = tag === dataTag;
    dataTag = 0;
    return isExpected;
  }
  dataTag = tag === SIGNATURE_LENGTH ? SIGNATURE : tag + 1;
  dataEnd = dataEndOf(dataTag, value, soh, end);
  return dataEnd !== 0;
}

/** End of the data that follow the length from `value` to `soh`; 0 when no such data end before `limit`. */
function dataEndOf(dataTag: u32, value: usize, soh: usize, limit: usize): usize {
  const length = readInt(value, soh);
  let at = soh + 1;
  let tag: u32 = 0;
  for (const to = at + 4; at < to; at++) {
    const digit = <u32>load<u8>(at) - ZERO;
    if (digit > 9) break;
    tag = tag * 10 + digit;
  }
  if (length <= 0 || tag !== dataTag || load<u8>(at) !== EQUALS) return 0;
  const room = <i32>(limit - at) - 1;
  if (length >= room) return 0;
  const end = at + 1 + length;
  return load<u8>(end) === SOH ? end : 0;
}
