import { readInt } from "../../base/decimal.ts";
import { DIRECT_TAGS, IS_DATA, IS_LENGTH, IS_SPECIAL, MAX_FIELDS } from "./codec/layout.ts";
import type { Codec } from "./codec.ts";
import { dataKind, dataTagOf, lengthTagOf } from "./data-fields.ts";
import { FieldTables, TABLES_BYTES } from "./field-tables.ts";
import { findBegin } from "./find-begin.ts";
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

/** Fewer bytes cannot be a whole message. */
const SHORTEST_FRAME = 20;
/** Fewest bytes of a field that is no fault by itself: a tag of one digit, `=` and SOH. */
const SHORTEST_FIELD = 3;
/** Not a number from 1 to 999,999,999. */
const BAD_TAG = 0x7fffffff;
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
  /** Index of the first length field that its data contradicts, or data field without a length before it; −1: none. */
  dataFault = -1;
  /** Of a data field without a length: the tag of the length field; else 0. */
  missingLength = 0;
  /** Of the fields: tag, offset of the value, and of the SOH behind it. */
  tags: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  private readonly direct: Int32Array;
  private readonly special: Uint8Array;
  private readonly tables: FieldTables;
  /** Room for the fields of any message; the tables are large enough for nearly all. */
  private readonly longTags: Int32Array;
  private readonly longStarts: Int32Array;
  private readonly longEnds: Int32Array;
  /** Texts that the codec has compared the message with; null when the codec has not scanned it. */
  peer: SessionTexts | null = null;

  /** The codec scans most messages of its input. */
  constructor(
    readonly maxMessageBytes: number,
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
    const most = Math.max(MAX_FIELDS, Math.ceil(maxMessageBytes / SHORTEST_FIELD));
    this.longTags = new Int32Array(new ArrayBuffer(4 * most));
    this.longStarts = new Int32Array(new ArrayBuffer(4 * most));
    this.longEnds = new Int32Array(new ArrayBuffer(4 * most));
    for (let i = 0; i < DIRECT_TAGS; i++) this.special[i]! |= NOT_HELD[i]! | dataKind(i);
  }

  /** Most fields that a message can have. */
  get mostFields(): number {
    return this.longTags.length;
  }

  /**
   * Scans a message at `from`.
   * Returns  its length in bytes with leading garbage, or INCOMPLETE, GARBLED (continue at `next`) or TOO_LONG.
   */
  scan(bytes: Uint8Array, from: number, to: number, longest = this.maxMessageBytes): number {
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
    if (length + (body - frame) + 7 > longest) return TOO_LONG;
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
    this.useTables();
    this.count = length <= 0 ? 0 : codec.count;
    if (length <= 0) return 0;
    this.clearFaults();
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
   * Returns  the sum of its bytes, or −1 when 35 is not third.
   */
  private indexed(from: number, trailer: number): number {
    this.clearFaults();
    const sum = this.index(from, trailer);
    if (this.count < 3 || this.tags[2] !== 35) return -1;
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
    this.dataFault = -1;
    this.missingLength = 0;
  }

  /** Returns a new base; entries of `direct` below it are invalid. */
  private nextBase(): number {
    if (this.tables.base > 0x3fffffff) this.forget();
    this.tables.base += this.count > MAX_FIELDS ? this.count : MAX_FIELDS;
    return this.tables.base;
  }

  /** Base of a batch of messages that compiled code scans; it counts on from there, by MAX_FIELDS before each of them. */
  batchBase(): number {
    if (this.tables.base > 0x3fffffff) this.forget();
    if (this.count > MAX_FIELDS) this.tables.base += this.count;
    return this.tables.base;
  }

  /** Ends a batch. The scanner holds no message. */
  batchEnded(base: number): void {
    this.tables.base = base;
    this.peer = null;
    this.count = 0;
  }

  /** The fields of the next message go into the tables. */
  private useTables(): void {
    this.tags = this.tables.tags;
    this.starts = this.tables.starts;
    this.ends = this.tables.ends;
  }

  /** The tables are full: moves the fields to where there is room for all. */
  private useLong(): void {
    for (let i = 0; i < MAX_FIELDS; i++) {
      this.longTags[i] = this.tags[i]!;
      this.longStarts[i] = this.starts[i]!;
      this.longEnds[i] = this.ends[i]!;
    }
    this.tags = this.longTags;
    this.starts = this.longStarts;
    this.ends = this.longEnds;
  }

  /** Indexes the fields of any message, byte by byte. Returns  the sum of the bytes. */
  private index(from: number, trailer: number): number {
    const bytes = this.bytes;
    const direct = this.direct;
    const base = this.nextBase();
    this.useTables();
    this.count = 0;
    let sum = 0;
    let at = from;
    while (at < trailer) {
      const tagFrom = at;
      let tag = 0;
      let c = bytes[at++]!;
      sum += c;
      while (c !== EQUALS) {
        if (c === SOH) {
          // Not a field: the value before holds a SOH. It is indexed as an empty field, so that the Reject names it.
          if (this.strayField < 0) this.strayField = this.count;
          at--;
          sum--;
          break;
        }
        tag = c < ZERO || c > 57 || tag > 99_999_999 ? BAD_TAG : tag * 10 + c - ZERO;
        c = bytes[at++]!;
        sum += c;
      }
      if (c === SOH) tag = 0;
      else if (tag === BAD_TAG || tag === 0 || bytes[tagFrom] === ZERO) {
        if (this.badTagField < 0) this.badTagField = this.count;
        tag = 0;
      }
      const start = at;
      c = bytes[at++]!;
      sum += c;
      while (c !== SOH) {
        c = bytes[at++]!;
        sum += c;
      }
      const field = this.count;
      if (!this.note(tag, start, at - 1)) continue;
      if (at - 1 === start && this.emptyField < 0) this.emptyField = field;
      let special = 0;
      if (tag < DIRECT_TAGS) {
        if (direct[tag]! >= base) {
          if (this.repeatedTag === 0) this.repeatedTag = tag;
        } else direct[tag] = base + field;
        special = this.special[tag]! & IS_SPECIAL;
      }
      if (special === IS_LENGTH) {
        const end = this.dataEnd(field, tag, start, at, trailer);
        while (at < end) sum += bytes[at++]!;
      } else if (special === IS_DATA) this.noteLoneData(field, tag);
    }
    return sum;
  }

  /** Adds a field. Returns  false when there is no room: only fields that are a fault are so short and so many. */
  private note(tag: number, start: number, end: number): boolean {
    const field = this.count;
    if (field === this.tags.length) {
      if (this.tags === this.longTags) return false;
      this.useLong();
    }
    this.tags[field] = tag;
    this.starts[field] = start;
    this.ends[field] = end;
    this.count++;
    return true;
  }

  /**
   * Notes the data field that follows a length field. A length of 0 needs none.
   * Returns  its end, behind the SOH, or 0: there is none of this length, which `dataFault` says.
   */
  private dataEnd(field: number, lengthTag: number, lengthFrom: number, at: number, trailer: number): number {
    const bytes = this.bytes;
    const length = readInt(bytes, lengthFrom, at - 1);
    const dataTag = dataTagOf(lengthTag);
    let equals = at;
    while (equals < trailer && bytes[equals]! >= ZERO && bytes[equals]! <= 57) equals++;
    const isNext = bytes[equals] === EQUALS && readInt(bytes, at, equals) === dataTag;
    const end = equals + 1 + length;
    if (isNext && length >= 0 && end < trailer && bytes[end] === SOH) {
      const dataField = this.count;
      this.note(dataTag, equals + 1, end);
      if (this.direct[dataTag]! < this.tables.base) this.direct[dataTag] = this.tables.base + dataField;
      return end + 1;
    }
    const isEmpty = lengthFrom === at - 1;
    if (this.dataFault < 0 && !isEmpty && (isNext || length !== 0)) this.dataFault = field;
    return 0;
  }

  private noteLoneData(field: number, dataTag: number): void {
    if (this.dataFault >= 0) return;
    this.dataFault = field;
    this.missingLength = lengthTagOf(dataTag);
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

  /**
   * True when the codec finds that the fields at `at` (record/groups.ts) go as they are to a peer with these rules; the scanned message
   * is lost.
   */
  passes(at: number, rules: number, checks: number): boolean {
    if (this.codec === null || rules === 0) return false;
    this.batchEnded(this.nextBase());
    return this.codec.passesBeside(at, rules, checks, this.tables.base);
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
    this.tables.high.fill(0);
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
