import { copyMemory } from "../../../ffi/memory.ts";
import { broken } from "../../base/broken.ts";
import { putDecimalE8, putInt } from "../../base/decimal.ts";
import { SEQUENCE_RESET } from "./tags.ts";
import { TimestampWriter } from "./timestamp.ts";

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;
/** BodyLength has room for three digits; `end` moves the body when it needs fewer or more. */
const LENGTH_DIGITS = 3;

/** The constant parts of a session's sent headers: `8=…|9=`, `49=…|`, `56=…|`. */
export interface HeaderText {
  readonly begin: Uint8Array;
  readonly sender: Uint8Array;
  readonly target: Uint8Array;
}

/** `52=` */
const SENDING_TIME_TAG_BYTES = 3;

/**
 * Writes FIX messages into a buffer: `begin`, fields, `end`.
 * Header fields are in the order 8 9 35 34 43 49 52 56 97 122, body fields in the caller's order.
 */
export class Writer {
  private readonly words: Int32Array;
  /** Address and length of the last ended message. */
  address = 0;
  length = 0;
  /** The codec has written the whole message, in its memory. */
  private isWhole = false;
  /** Offset of the next byte. */
  at = 0;
  /** First byte of the message being written. */
  from = 0;
  /** Offset of the value of BodyLength. */
  private lengthAt = 0;
  private bodyAt = 0;
  private readonly stamp: TimestampWriter;

  constructor(
    readonly bytes: Uint8Array,
    readonly timeDecimals = 3,
    /** Address of `bytes`, 0 when it is not needed. */
    private readonly bytesAddress = 0,
  ) {
    this.stamp = new TimestampWriter(timeDecimals);
    this.words = new Int32Array(bytes.buffer, 0, bytes.length >> 2);
  }

  /** Begins a message at `at`. The caller has checked that the longest message fits. */
  begin(header: HeaderText, msgType: number, sequence: number, wallUs: number): void {
    this.start(header, msgType, sequence);
    this.put(header.sender);
    this.timestamp(52, wallUs);
    this.put(header.target);
  }

  /**
   * Begins the resend of a message, with PossDupFlag (43) and OrigSendingTime (122). A peer refuses one after SendingTime, so
   * SendingTime takes its place where the clock was set back since.
   */
  beginAgain(
    header: HeaderText,
    msgType: number,
    sequence: number,
    wallUs: number,
    source: Uint8Array,
    origFrom: number,
    origTo: number,
  ): void {
    this.start(header, msgType, sequence);
    this.char(43, 89);
    this.put(header.sender);
    const sentFrom = this.at + SENDING_TIME_TAG_BYTES;
    this.timestamp(52, wallUs);
    const isLater = isTextAfter(source, origFrom, origTo, this.bytes, sentFrom, this.at - 1);
    this.put(header.target);
    if (isLater) this.timestamp(122, wallUs);
    else this.value(122, source, origFrom, origTo);
  }

  /** Begins a SequenceReset that replaces messages which are not sent again; OrigSendingTime is its SendingTime. */
  beginGapFill(header: HeaderText, sequence: number, wallUs: number): void {
    this.start(header, SEQUENCE_RESET, sequence);
    this.char(43, 89);
    this.put(header.sender);
    this.timestamp(52, wallUs);
    this.put(header.target);
    this.timestamp(122, wallUs);
  }

  /** Takes a message of the codec: a whole one stays in the codec's memory, another one is copied and continues here. */
  take(address: number, length: number, header: HeaderText, isWhole: boolean): void {
    this.isWhole = isWhole;
    this.address = address;
    this.length = length;
    if (isWhole) return;
    if (this.bytesAddress === 0) broken("writer without an address", length);
    copyMemory(this.bytesAddress + this.at, this.address, length);
    this.from = this.at;
    this.lengthAt = this.at + header.begin.length;
    this.bodyAt = this.lengthAt + LENGTH_DIGITS + 1;
    this.at += length;
  }

  private start(header: HeaderText, msgType: number, sequence: number): void {
    this.isWhole = false;
    this.from = this.at;
    this.put(header.begin);
    this.lengthAt = this.at;
    this.at += LENGTH_DIGITS;
    const bytes = this.bytes;
    let at = this.at;
    bytes[at++] = SOH;
    this.bodyAt = at;
    bytes[at++] = 51;
    bytes[at++] = 53;
    bytes[at++] = EQUALS;
    bytes[at++] = msgType & 255;
    if (msgType > 255) bytes[at++] = msgType >> 8;
    bytes[at++] = SOH;
    this.at = at;
    this.int(34, sequence);
  }

  /** Ends the message: BodyLength, CheckSum. It is `length` bytes at `address`; when written here, also `bytes[from, at)`. */
  end(): void {
    if (this.isWhole) return;
    const length = this.at - this.bodyAt;
    if (length < 100 || length > 999) this.resize(length);
    else putInt(this.bytes, this.lengthAt, length);
    const bytes = this.bytes;
    let at = this.at;
    let sum = this.sum(this.from, at);
    sum &= 255;
    const hundreds = (sum / 100) | 0;
    const tens = ((sum - hundreds * 100) / 10) | 0;
    bytes[at] = 49;
    bytes[at + 1] = ZERO;
    bytes[at + 2] = EQUALS;
    bytes[at + 3] = ZERO + hundreds;
    bytes[at + 4] = ZERO + tens;
    bytes[at + 5] = ZERO + sum - hundreds * 100 - tens * 10;
    bytes[at + 6] = SOH;
    at += 7;
    this.at = at;
    this.address = this.bytesAddress + this.from;
    this.length = at - this.from;
  }

  /**
   * Sum of the bytes, modulo 256, four at a time: the even and the odd bytes of each word are added as pairs of 16 bits,
   * which hold the sums of 64 words without an overflow of 31 bits.
   */
  private sum(from: number, to: number): number {
    const bytes = this.bytes;
    let sum = 0;
    let at = from;
    for (; at < to && (at & 3) !== 0; at++) sum += bytes[at]!;
    const words = this.words;
    const end = to >> 2;
    let word = at >> 2;
    while (word < end) {
      const stop = word + 64 < end ? word + 64 : end;
      let pairs = 0;
      for (; word < stop; word++) pairs += (words[word]! & 0xff00ff) + ((words[word]! >>> 8) & 0xff00ff);
      sum += (pairs & 0xffff) + (pairs >>> 16);
    }
    for (at = word << 2 > at ? word << 2 : at; at < to; at++) sum += bytes[at]!;
    return sum;
  }

  /** Moves the body of a short or very long message, so that BodyLength has no leading zeros. */
  private resize(length: number): void {
    const digits = length < 10 ? 1 : length < 100 ? 2 : length < 1000 ? 3 : length < 10_000 ? 4 : 5;
    const move = digits - LENGTH_DIGITS;
    this.bytes.copyWithin(this.bodyAt - 1 + move, this.bodyAt - 1, this.at);
    this.at += move;
    putInt(this.bytes, this.lengthAt, length);
  }

  private put(text: Uint8Array): void {
    const bytes = this.bytes;
    const length = text.length;
    const at = this.at;
    for (let i = 0; i < length; i++) bytes[at + i] = text[i]!;
    this.at = at + length;
  }

  /** Writes `tag=`. */
  tag(tag: number): void {
    const bytes = this.bytes;
    let at = this.at;
    if (tag < 10) bytes[at++] = ZERO + tag;
    else if (tag < 100) {
      const tens = (tag / 10) | 0;
      bytes[at] = ZERO + tens;
      bytes[at + 1] = ZERO + tag - tens * 10;
      at += 2;
    } else if (tag < 1000) {
      const hundreds = (tag / 100) | 0;
      const rest = tag - hundreds * 100;
      const tens = (rest / 10) | 0;
      bytes[at] = ZERO + hundreds;
      bytes[at + 1] = ZERO + tens;
      bytes[at + 2] = ZERO + rest - tens * 10;
      at += 3;
    } else at = putInt(bytes, at, tag);
    bytes[at] = EQUALS;
    this.at = at + 1;
  }

  /** Ends a field whose value the caller has written. */
  endField(at: number): void {
    this.bytes[at] = SOH;
    this.at = at + 1;
  }

  char(tag: number, value: number): void {
    this.tag(tag);
    this.bytes[this.at] = value;
    this.bytes[this.at + 1] = SOH;
    this.at += 2;
  }

  /** Writes a whole number from 0 to 2^31 − 1. */
  int(tag: number, value: number): void {
    this.tag(tag);
    this.endField(putInt(this.bytes, this.at, value));
  }

  /** Writes a whole double, in 1e-8, as a decimal. */
  decimalE8(tag: number, value: number): void {
    this.tag(tag);
    this.endField(putDecimalE8(this.bytes, this.at, value));
  }

  /** Writes a UTCTimestamp in the session's precision to `bytes`; returns the offset behind it. */
  putStamp(bytes: Uint8Array, at: number, wallUs: number): number {
    return this.stamp.put(bytes, at, wallUs);
  }

  /** Writes a UTCTimestamp in the session's precision. */
  timestamp(tag: number, wallUs: number): void {
    this.tag(tag);
    this.endField(this.stamp.put(this.bytes, this.at, wallUs));
  }

  /** Writes a UTCTimestamp with these decimals of the seconds. */
  time(tag: number, us: number, decimals: number): void {
    this.tag(tag);
    this.endField(this.stamp.putWith(this.bytes, this.at, us, decimals));
  }

  /** Writes `source[from, to)` unchanged. */
  value(tag: number, source: Uint8Array, from: number, to: number): void {
    this.tag(tag);
    const bytes = this.bytes;
    let at = this.at;
    for (let i = from; i < to; i++) bytes[at++] = source[i]!;
    this.endField(at);
  }

  /** Writes whole fields with their SOHs, unchanged. */
  fields(source: Uint8Array, from: number, to: number): void {
    const bytes = this.bytes;
    let at = this.at;
    for (let i = from; i < to; i++) bytes[at++] = source[i]!;
    this.at = at;
  }

  text(tag: number, text: Uint8Array): void {
    this.value(tag, text, 0, text.length);
  }

  /** Appends a tag to the last text: `Required tag missing (56)`. */
  addTag(about: number): void {
    const bytes = this.bytes;
    bytes[this.at - 1] = 32;
    bytes[this.at] = 40;
    const end = putInt(bytes, this.at + 1, about);
    bytes[end] = 41;
    this.endField(end + 1);
  }

  /** Appends an invalid tag to the last text, as received. */
  addText(source: Uint8Array, from: number, to: number): void {
    const bytes = this.bytes;
    bytes[this.at - 1] = 32;
    bytes[this.at] = 40;
    let at = this.at + 1;
    for (let i = from; i < to; i++) bytes[at++] = source[i]!;
    bytes[at] = 41;
    this.endField(at + 1);
  }

  /** Appends `=` and a number to the last text. */
  addValue(value: number): void {
    this.bytes[this.at - 1] = EQUALS;
    this.endField(putInt(this.bytes, this.at, value));
  }
}

/** Whether one timestamp is after another: both are digits in one layout, with more or fewer decimals. */
function isTextAfter(
  one: Uint8Array,
  from: number,
  to: number,
  other: Uint8Array,
  otherFrom: number,
  otherTo: number,
): boolean {
  for (let i = 0; from + i < to && otherFrom + i < otherTo; i++) {
    const difference = one[from + i]! - other[otherFrom + i]!;
    if (difference !== 0) return difference > 0;
  }
  return false;
}
