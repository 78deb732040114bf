import { readInt } from "../../base/decimal.ts";
import { COUNTS_GROUP, DIRECT_TAGS, IS_LENGTH, IS_SPECIAL, MAX_FIELDS } from "./codec/layout.ts";
import type { Codec } from "./codec.ts";
import { FieldTables, TABLES_BYTES } from "./field-tables.ts";
import { NOT_HELD } from "./held.ts";
import type { SessionTexts } from "./session-texts.ts";

const SOH = 1;
const EQUALS = 61;
const ZERO = 48;

/** The message is incomplete. */
export const INCOMPLETE = 0;
/** A garbled frame: it is skipped without an answer, and its number is not used (FIX 4.4 Vol. 2, cases 2d, 2m, 2t, 3b). */
export const GARBLED = -1;
/** A frame above the limit, or that many bytes without a frame: the connection must be closed. */
export const TOO_LONG = -2;

/** Length fields whose data field follows and may contain SOH: RawData, Signature, XmlData, the Encoded… texts. */
const LENGTH_TAGS = new Int32Array([90, 93, 95, 212, 348, 350, 352, 354, 356, 358, 360, 362, 364, 445, 618, 621]);
/** Fewer bytes cannot be a whole message. */
const SHORTEST_FRAME = 20;
const MSG_SEQ_NUM = 34;

/**
 * Finds one message in a range of bytes, checks BodyLength and CheckSum, and indexes its fields, in one pass.
 * The index points into the scanned bytes; it holds until the next `scan`.
 */
export class Scanner {
  /** The scanned bytes; set by `scan`. */
  bytes: Uint8Array;
  /** Offset behind the last frame, good or garbled. */
  next = 0;
  /** Frame of the last good scan, `8=` to the last SOH. */
  from = 0;
  to = 0;
  /** MsgType as an int (tags.ts); 0 when longer than two characters. */
  msgType = 0;
  count = 0;
  /** First tag that occurred twice, 0 for none; in repeating groups this is correct. */
  repeatedTag = 0;
  /** Index of the first field without a value, and of the first whose tag is not a number; −1: none. */
  emptyField = -1;
  badTagField = -1;
  /** Index of the first text between two SOHs without `=`; −1: none. */
  strayField = -1;
  /** A count tag of the message (see `expectGroups`), 0 for none. */
  countTag = 0;
  readonly tags: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  private readonly direct: Int32Array;
  private readonly special: Uint8Array;
  private highCountTags = new Int32Array(0);
  private readonly tables: FieldTables;
  /** Texts that the codec has compared the message with; null when the codec has not scanned it. */
  peer: SessionTexts | null = null;

  /** The codec scans most messages of its input. */
  constructor(
    private readonly maxMessageBytes: number,
    readonly codec: Codec | null = null,
  ) {
    this.bytes = new Uint8Array(new ArrayBuffer(4096));
    const tables = codec ?? new FieldTables(new ArrayBuffer(TABLES_BYTES));
    this.tables = tables;
    this.tags = tables.tags;
    this.starts = tables.starts;
    this.ends = tables.ends;
    this.direct = tables.direct;
    this.special = tables.special;
    for (let i = 0; i < DIRECT_TAGS; i++) this.special[i]! |= NOT_HELD[i]!;
    for (let i = 0; i < LENGTH_TAGS.length; i++) this.special[LENGTH_TAGS[i]!]! |= IS_LENGTH;
  }

  /**
   * Scans a message at `from`.
   * Returns  its length in bytes with leading garbage, or INCOMPLETE, GARBLED (continue at `next`) or TOO_LONG.
   */
  scan(bytes: Uint8Array, from: number, to: number): number {
    this.bytes = bytes;
    this.peer = null;
    if (this.codec !== null && this.codec.input === bytes) {
      const length = this.plain(this.codec, from, to);
      if (length > 0) return length;
    }
    // Offsets computed from journal positions are doubles for the compiler; without `| 0` all offsets here would be doubles.
    from |= 0;
    to |= 0;
    let at = from;
    if (to - at < SHORTEST_FRAME) return this.shortStretch(at, to);
    if (bytes[at] !== 56 || bytes[at + 1] !== EQUALS) {
      at = findBegin(bytes, at, to);
      if (at < 0) return this.noFrame(from, to);
      if (to - at < SHORTEST_FRAME) return INCOMPLETE;
    }
    const frame = at;
    at += 2;
    const limit = at + 16 < to ? at + 16 : to;
    while (at < limit && bytes[at] !== SOH) at++;
    if (at === limit) return limit === to ? INCOMPLETE : this.skipFrom(frame + 2, to);
    at++;
    if (to - at < 3) return INCOMPLETE;
    if (bytes[at] !== 57 || bytes[at + 1] !== EQUALS) return this.skipFrom(frame + 2, to);
    at += 2;
    let length = 0;
    let digits = 0;
    while (at < to) {
      const c = bytes[at]!;
      if (c === SOH) break;
      if (c < ZERO || c > 57 || ++digits > 8) return this.skipFrom(frame + 2, to);
      length = length * 10 + c - ZERO;
      at++;
    }
    if (at === to) return INCOMPLETE;
    if (digits === 0) return this.skipFrom(frame + 2, to);
    const body = at + 1;
    if (length + (body - frame) + 7 > this.maxMessageBytes) return TOO_LONG;
    const trailer = body + length;
    if (to < trailer + 7) return INCOMPLETE;
    if (
      bytes[trailer - 1] !== SOH ||
      bytes[trailer] !== 49 ||
      bytes[trailer + 1] !== ZERO ||
      bytes[trailer + 2] !== EQUALS
    ) {
      return this.wrongBodyLength(frame, trailer, to);
    }
    this.next = trailer + 7;
    if (bytes[trailer + 6] !== SOH) return this.wrongBodyLength(frame, trailer, to);
    const sum = this.indexed(frame, trailer);
    if (sum < 0) return GARBLED;
    const c0 = bytes[trailer + 3]! - ZERO;
    const c1 = bytes[trailer + 4]! - ZERO;
    const c2 = bytes[trailer + 5]! - ZERO;
    if (c0 * 100 + c1 * 10 + c2 !== (sum & 255) || (c0 | c1 | c2) < 0) return GARBLED;
    this.from = frame;
    this.to = trailer + 7;
    return this.next - from;
  }

  /** Sets the peer whose messages are scanned next. */
  expect(peer: SessionTexts): void {
    if (this.codec !== null) this.codec.expect(peer);
  }

  /** Scans with the codec. Returns  the message's length, or 0 or less when it is not plain. */
  private plain(codec: Codec, from: number, to: number): number {
    const length = codec.scan(from, to, this.nextBase(), this.maxMessageBytes);
    if (length <= 0 || (codec.hasHighTag && this.highCountTags.length > 0)) return 0;
    this.clearFaults();
    this.count = codec.count;
    this.repeatedTag = codec.repeatedTag;
    this.msgType = codec.msgType;
    this.peer = codec.peer;
    this.from = from;
    this.to = from + length;
    this.next = this.to;
    return length;
  }

  /** MsgSeqNum, −1 when it is absent or not a number. */
  get msgSeqNum(): number {
    return this.peer === null ? this.int(MSG_SEQ_NUM) : this.codec!.msgSeqNum;
  }

  /**
   * Indexes the fields of `bytes[from, trailer)`.
   * Returns  the sum of its bytes, or −1 when 35 is not third or there are too many fields.
   */
  private indexed(from: number, trailer: number): number {
    this.clearFaults();
    const sum = this.index(from, trailer);
    if (sum < 0 || this.count < 3 || this.tags[2] !== 35) return -1;
    const bytes = this.bytes;
    const at = this.starts[2]!;
    const width = this.ends[2]! - at;
    this.msgType = width === 1 ? bytes[at]! : width === 2 ? bytes[at]! | (bytes[at + 1]! << 8) : 0;
    return sum;
  }

  /** Clears the results about faulty and special fields. */
  private clearFaults(): void {
    this.repeatedTag = 0;
    this.emptyField = -1;
    this.badTagField = -1;
    this.strayField = -1;
    this.countTag = 0;
  }

  /** Returns a new base; entries of `direct` below it are invalid. */
  private nextBase(): number {
    if (this.tables.base > 0x3fffffff) this.forget();
    this.tables.base += MAX_FIELDS;
    return this.tables.base;
  }

  /** Indexes the fields of any message, byte by byte. Returns  the sum of the bytes, or −1 for too many fields. */
  private index(from: number, trailer: number): number {
    const bytes = this.bytes;
    const tags = this.tags;
    const starts = this.starts;
    const ends = this.ends;
    const direct = this.direct;
    const base = this.nextBase();
    this.repeatedTag = 0;
    let count = 0;
    let sum = 0;
    let at = from;
    while (at < trailer) {
      let tag = 0;
      let c = bytes[at++]!;
      sum += c;
      while (c !== EQUALS) {
        if (c < ZERO || c > 57 || tag > 99_999_999) {
          if (c === SOH) {
            // Not a field: the value before holds a SOH. It is indexed as an empty field, so that the Reject names it.
            if (this.strayField < 0) this.strayField = count;
            tag = 0;
            at--;
            sum--;
            break;
          }
          if (this.badTagField < 0) this.badTagField = count;
        } else tag = tag * 10 + c - ZERO;
        c = bytes[at++]!;
        sum += c;
      }
      const start = at;
      c = bytes[at++]!;
      sum += c;
      while (c !== SOH) {
        c = bytes[at++]!;
        sum += c;
      }
      if (count === MAX_FIELDS) return -1;
      tags[count] = tag;
      starts[count] = start;
      ends[count] = at - 1;
      if (at - 1 === start && this.emptyField < 0) this.emptyField = count;
      if (tag < DIRECT_TAGS) {
        if (direct[tag]! >= base) {
          if (this.repeatedTag === 0) this.repeatedTag = tag;
        } else direct[tag] = base + count;
        const special = this.special[tag]! & IS_SPECIAL;
        if (special !== 0) {
          const end = special === IS_LENGTH ? this.dataEnd(start, at, trailer) : this.noteCount(tag);
          while (at < end) sum += bytes[at++]!;
          if (end > 0) {
            count++;
            if (count === MAX_FIELDS) return -1;
            this.noteData(count, start, end);
          }
        }
      } else if (this.countTag === 0) this.noteHigh(tag);
      count++;
    }
    this.count = count;
    return sum;
  }

  /** Returns the end, behind the SOH, of the data field that follows a length field, or 0 when there is no such field. */
  private dataEnd(lengthFrom: number, at: number, trailer: number): number {
    const length = readInt(this.bytes, lengthFrom, at - 1);
    let equals = at;
    while (equals < trailer && equals - at < 6 && this.bytes[equals] !== EQUALS) equals++;
    const end = equals + 1 + length;
    if (length < 0 || end >= trailer || this.bytes[equals] !== EQUALS || this.bytes[end] !== SOH) return 0;
    return end + 1;
  }

  private noteData(count: number, lengthFrom: number, end: number): void {
    let at = lengthFrom;
    while (this.bytes[at] !== SOH) at++;
    at++;
    const from = at;
    while (this.bytes[at] !== EQUALS) at++;
    const tag = readInt(this.bytes, from, at);
    this.tags[count] = tag < 0 ? 0 : tag;
    this.starts[count] = at + 1;
    this.ends[count] = end - 1;
    if (tag > 0 && tag < DIRECT_TAGS && this.direct[tag]! < this.tables.base)
      this.direct[tag] = this.tables.base + count;
  }

  /** Notes a count tag. Returns 0: no data follows. */
  private noteCount(tag: number): number {
    this.countTag = tag;
    return 0;
  }

  private noteHigh(tag: number): void {
    const tags = this.highCountTags;
    for (let i = 0; i < tags.length; i++) if (tags[i] === tag) this.countTag = tag;
  }

  /** Adds tags that `countTag` reports. */
  expectGroups(countTags: Int32Array): void {
    for (const tag of countTags)
      if (tag < DIRECT_TAGS && (this.special[tag]! & IS_LENGTH) === 0) this.special[tag]! |= COUNTS_GROUP;
    const high = countTags.filter((tag) => tag >= DIRECT_TAGS && !this.highCountTags.includes(tag));
    this.highCountTags = Int32Array.from([...this.highCountTags, ...high]);
  }

  /** Indexes whole fields that are not a message, copied from a scanned message. */
  fields(bytes: Uint8Array, from: number, to: number): void {
    this.bytes = bytes;
    this.peer = null;
    this.from = from | 0;
    this.to = to | 0;
    this.clearFaults();
    this.index(this.from, this.to);
  }

  /** Hides the fields `from` to `to` − 1 from `find`: inverts their tags. */
  hide(from: number, to: number): void {
    const tags = this.tags;
    for (let i = from; i < to; i++) {
      const tag = tags[i]!;
      tags[i] = ~tag;
      if (tag < DIRECT_TAGS && this.direct[tag] === this.tables.base + i)
        this.direct[tag] = this.tables.base + this.after(tag, to);
    }
  }

  /** Returns the first field with this tag from `from` on, or −1, which makes the entry invalid. */
  private after(tag: number, from: number): number {
    for (let i = from; i < this.count; i++) if (this.tags[i] === tag) return i;
    return -1;
  }

  /** Index of the first field with this tag, or −1. */
  find(tag: number): number {
    if (tag < DIRECT_TAGS) {
      const index = this.direct[tag]! - this.tables.base;
      return index >= 0 ? index : -1;
    }
    for (let i = 0; i < this.count; i++) if (this.tags[i] === tag) return i;
    return -1;
  }

  /** Returns the field as an unsigned int32, or −1 when absent or not a number. */
  int(tag: number): number {
    const field = this.find(tag);
    return field < 0 ? -1 : readInt(this.bytes, this.starts[field]!, this.ends[field]!);
  }

  /** Returns the field's single character, 0 when absent, −1 when it is longer or empty. */
  char(tag: number): number {
    const field = this.find(tag);
    if (field < 0) return 0;
    return this.ends[field]! - this.starts[field]! === 1 ? this.bytes[this.starts[field]!]! : -1;
  }

  private forget(): void {
    this.direct.fill(0);
    this.tables.base = 0;
  }

  private shortStretch(at: number, to: number): number {
    if (to - at >= 1 && this.bytes[at] !== 56 && findBegin(this.bytes, at, to) < 0) return this.noFrame(at, to);
    return INCOMPLETE;
  }

  /** There is no `8=`: skips all bytes but a last `8`. */
  private noFrame(from: number, to: number): number {
    this.next = this.bytes[to - 1] === 56 ? to - 1 : to;
    return this.next === from ? INCOMPLETE : GARBLED;
  }

  private skipFrom(at: number, to: number): number {
    const begin = findBegin(this.bytes, at, to);
    if (begin < 0) return this.noFrame(at - 1, to);
    this.next = begin;
    return GARBLED;
  }

  /** BodyLength is wrong: the garbled frame ends at the first CheckSum behind the body that it gives. */
  private wrongBodyLength(frame: number, trailer: number, to: number): number {
    const bytes = this.bytes;
    // Only up to the longest message: the result must not depend on the bytes received so far.
    const limit = to - frame > this.maxMessageBytes ? frame + this.maxMessageBytes : to;
    for (let at = trailer - 1; at + 3 < limit; at++) {
      if (bytes[at] !== SOH || bytes[at + 1] !== 49 || bytes[at + 2] !== ZERO || bytes[at + 3] !== EQUALS) continue;
      for (let end = at + 4; end < limit; end++) {
        if (bytes[end] !== SOH) continue;
        this.next = end + 1;
        return GARBLED;
      }
    }
    return to > limit ? TOO_LONG : INCOMPLETE;
  }
}

/** Returns the offset of the next "8=", or −1. */
function findBegin(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at + 1 < to; at++) if (bytes[at] === 56 && bytes[at + 1] === EQUALS) return at;
  return -1;
}
