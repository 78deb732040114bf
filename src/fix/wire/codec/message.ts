import { area } from "./area.ts";
import {
  BEGIN_TEXT_AT,
  MESSAGE_AT,
  OWN_AT,
  PAIRS_AT,
  SENDER_TEXT_AT,
  STAMP_AT,
  STAMP_LENGTH_AT,
  TARGET_TEXT_AT,
  WRITTEN_WORD,
} from "./layout.ts";
import { putDecimal, putDigits, putInt, putTime } from "./numbers.ts";
import { SHORT_ID_BYTES } from "./units.ts";

const SOH = 1;
/** Room for `8=FIXT.1.1|9=12345|` before the body. */
const HEADER_ROOM = 64;
/** Digits of BodyLength in a message that another writer continues. */
const OPEN_DIGITS = 3;

let bodyAt: usize = 0;

/**
 * Begins a message with a MsgType of one character; `processed` is LastMsgSeqNumProcessed (369), -1 for none.
 * Returns  the address of its body.
 */
export function begin(type: u32, sequence: i32, processed: i32): usize {
  const own = area + OWN_AT;
  let at = area + MESSAGE_AT + HEADER_ROOM;
  bodyAt = at;
  // 35=
  store<u32>(at, 0x003d3533 | (type << 24));
  store<u8>(at, SOH, 4);
  at = putInt(tag(at + 5, 34), sequence);
  at = put(soh(at), own + SENDER_TEXT_AT, load<u8>(own, 1));
  at = stamp(at, 52);
  at = put(at, own + TARGET_TEXT_AT, load<u8>(own, 2));
  return processed < 0 ? at : soh(putInt(tag(at, 369), processed));
}

/** Ends the message: BodyLength, and CheckSum if `isWhole`. Returns its length; `written` has its start. */
export function end(at: usize, isWhole: bool): i32 {
  const own = area + OWN_AT;
  const body = bodyAt;
  const length = <u32>(at - body);
  const digits: u32 = !isWhole ? OPEN_DIGITS : length < 100 ? 2 : length < 1000 ? 3 : 4;
  const begin = <u32>load<u8>(own, 0);
  const from = body - 1 - digits - begin;
  // Loads a whole vector, which reaches into the body.
  const first = v128.load(body);
  v128.store(from, v128.load(own + BEGIN_TEXT_AT));
  v128.store(body, first);
  store<u8>(putDigits(from + begin, isWhole ? length : 0, digits), SOH);
  store<u32>(area, <u32>(from - area) - MESSAGE_AT, WRITTEN_WORD * 4);
  if (!isWhole) return <i32>(at - from);
  const sum = sumOf(from, at) & 255;
  // 10=
  store<u32>(at, 0x003d3031 | ((48 + sum / 100) << 24));
  store<u16>(at, load<u16>(area + PAIRS_AT + ((sum % 100) << 1)), 4);
  store<u8>(at, SOH, 6);
  return <i32>(at + 7 - from);
}

function sumOf(from: usize, to: usize): u32 {
  let sum = i32x4.splat(0);
  // The bytes behind the end are zeros in the sum.
  v128.store(to, i64x2.splat(0));
  for (; from < to; from += 16)
    sum = i32x4.add(sum, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.load(from))));
  return (
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3)
  );
}

// @ts-ignore: decorator
@inline
export function soh(at: usize): usize {
  store<u8>(at, SOH);
  return at + 1;
}

/** Writes `tag=`; computed at compile time. */
// @ts-ignore: decorator
@inline
export function tag(at: usize, tag: u32): usize {
  if (tag < 10) {
    store<u16>(at, (48 + tag) | 0x3d00);
    return at + 2;
  }
  if (tag < 100) {
    store<u32>(at, (48 + tag / 10) | ((48 + (tag % 10)) << 8) | 0x3d0000);
    return at + 3;
  }
  if (tag < 1000) {
    store<u32>(at, (48 + tag / 100) | ((48 + ((tag / 10) % 10)) << 8) | ((48 + (tag % 10)) << 16) | 0x3d000000);
    return at + 4;
  }
  store<u16>(at, (48 + tag / 1000) | ((48 + ((tag / 100) % 10)) << 8));
  store<u32>(at, (48 + ((tag / 10) % 10)) | ((48 + (tag % 10)) << 8) | 0x3d0000, 2);
  return at + 5;
}

/** Copies a text of the area or of a record; writes up to fifteen bytes behind it, too. */
export function put(at: usize, text: usize, bytes: u32): usize {
  for (let i: u32 = 0; i < bytes; i += 16) v128.store(at + i, v128.load(text + i));
  return at + bytes;
}

/** Writes a field with a text, unless the text is empty. */
export function text(at: usize, number: u32, from: usize, room: u32, long: usize, bytes: u32): usize {
  return bytes === 0 ? at : soh(put(tag(at, number), bytes > room ? long : from, bytes));
}

/** Writes a field with an id of a record, from one of its two rooms, unless the id is empty. */
// @ts-ignore: decorator
@inline
export function id(at: usize, number: u32, from: usize, long: usize, bytes: u32): usize {
  return bytes === 0 ? at : soh(putId(tag(at, number), from, long, bytes));
}

/** Copies an id of a record. */
// @ts-ignore: decorator
@inline
export function putId(at: usize, from: usize, long: usize, bytes: u32): usize {
  return bytes > SHORT_ID_BYTES ? put(at, long, bytes) : put32(at, from, bytes);
}

/** Copies at most 32 bytes; writes all 32. */
// @ts-ignore: decorator
@inline
export function put32(at: usize, from: usize, bytes: u32): usize {
  v128.store(at, v128.load(from));
  v128.store(at, v128.load(from, 16), 16);
  return at + bytes;
}

// @ts-ignore: decorator
@inline
export function char(at: usize, number: u32, value: u32): usize {
  at = tag(at, number);
  store<u16>(at, value | (SOH << 8));
  return at + 2;
}

// @ts-ignore: decorator
@inline
export function decimal(at: usize, number: u32, value: i64): usize {
  return soh(putDecimal(tag(at, number), value));
}

/** Writes a UTCTimestamp; `digits` is 1 + its decimals. */
export function time(at: usize, number: u32, us: f64, digits: u32): usize {
  return soh(putTime(tag(at, number), us, digits - 1));
}

/** Writes the SendingTime text. */
// @ts-ignore: decorator
@inline
export function stamp(at: usize, number: u32): usize {
  return soh(put32(tag(at, number), area + STAMP_AT, load<u8>(area, STAMP_LENGTH_AT)));
}
