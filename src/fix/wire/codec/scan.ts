import { aim, area, maskOf, same } from "./area.ts";
import {
  BEGIN_TEXT_AT,
  BEGIN_WORD,
  COMP_IDS_WORD,
  COUNT_WORD,
  DIRECT_AT,
  DIRECT_TAGS,
  ENDS_AT,
  HIGH_WORD,
  IS_SPECIAL,
  MAX_FIELDS,
  MSG_SEQ_NUM_WORD,
  MSG_TYPE_WORD,
  NOT_PLAIN,
  PEER_AT,
  REPEATED_WORD,
  SENDER_TEXT_AT,
  SENDING_TIME_DOUBLE,
  SPECIAL_AT,
  SPECIALS_WORD,
  STARTS_AT,
  TAGS_AT,
  TARGET_TEXT_AT,
} from "./layout.ts";
import { readInt, readTime } from "./numbers.ts";

const SOH: u8 = 1;
const EQUALS = 61;
const ZERO = 48;
const SHORTEST: usize = 20;

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

/**
 * Scans the message at `from` if it is whole and plain: correct frame, BodyLength and CheckSum; every field has one to four
 * digits, `=`, a value and SOH; no tag is special. Offsets in the index count from `start`.
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

/** Indexes the fields from `at` to `end`, whose last byte is a SOH. Returns the sum of the bytes, or NOT_PLAIN. */
function index(at: usize, end: usize): i32 {
  const tags = area + TAGS_AT;
  const shift: usize = 0 - origin;
  let sum = i32x4.splat(0);
  let field = at;
  let count4: usize = 0;
  let repeated: u32 = 0;
  let high: u32 = 0;
  let specials: u32 = 0;
  for (; at < end; at += 16) {
    let stretch = v128.load(at);
    const left = <u32>(end - at);
    if (left < 16) stretch = v128.and(stretch, maskOf(left));
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(stretch)));
    let hits = i8x16.bitmask(i8x16.eq(stretch, i8x16.splat(SOH)));
    while (hits !== 0) {
      const soh = at + ctz(hits);
      hits &= hits - 1;
      // Count of the tag's digits: position of `=` in the first four bytes, found as the lowest zero byte of the XOR.
      const word = load<u32>(field);
      const equal = word ^ 0x3d3d3d3d;
      const zero = (equal - 0x01010101) & ~equal & 0x80808080;
      // No tag begins with 0.
      if ((word & 0xff) === ZERO) return NOT_PLAIN;
      let digits: u32 = 4;
      if (zero !== 0) {
        digits = ctz(zero) >> 3;
        if (digits === 0) return NOT_PLAIN;
      } else if (load<u8>(field, 4) !== EQUALS) return NOT_PLAIN;
      // Values of four digits, with leading zeros; then tens plus ones, then hundreds.
      let tag = (word ^ 0x30303030) << ((4 - digits) << 3);
      if ((((tag + 0x76767676) | tag) & 0x80808080) !== 0) return NOT_PLAIN;
      tag = (tag * 2561) >> 8;
      tag = ((tag & 0x00ff00ff) * 6553601) >> 16;
      const value = field + digits + 1;
      if (soh <= value || count4 === MAX_FIELDS << 2) return NOT_PLAIN;
      store<u32>(tags + count4, tag);
      store<u32>(tags + count4, value + shift, STARTS_AT - TAGS_AT);
      store<u32>(tags + count4, soh + shift, ENDS_AT - TAGS_AT);
      if (tag < <u32>DIRECT_TAGS) {
        const special = <u32>load<u8>(area + tag, SPECIAL_AT);
        if ((special & IS_SPECIAL) !== 0) return NOT_PLAIN;
        specials |= special;
        const direct = area + (tag << 2);
        if (load<i32>(direct, DIRECT_AT) >= mark) {
          if (repeated === 0) repeated = tag;
        } else store<i32>(direct, mark + <i32>(count4 >> 2), DIRECT_AT);
      } else high = 1;
      count4 += 4;
      field = soh + 1;
    }
  }
  store<u32>(area, count4 >> 2, COUNT_WORD * 4);
  store<u32>(area, repeated, REPEATED_WORD * 4);
  store<u32>(area, high, HIGH_WORD * 4);
  store<u32>(area, specials, SPECIALS_WORD * 4);
  return (
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3)
  );
}
