import { ascii } from "../../base/ascii.ts";
import { putInt, readInt } from "../../base/decimal.ts";
import type { Views } from "../../base/views.ts";
import {
  GROUP_FIELDS,
  GROUP_TEXT_BYTES,
  GROUPS_TEXT_AT,
  MARK_BEGINS,
  MARK_COUNTS,
  MARK_DEPTH,
  MARK_UNREAD,
} from "../../record/groups.ts";
import { BODY, COUNTS_GROUP, type Dictionary, type MessageRules, PART } from "../dictionary/dictionary.ts";
import * as texts from "../session/texts.ts";
import { DIRECT_TAGS, IS_DATA, IS_LENGTH } from "../wire/codec/layout.ts";
import { dataKind, dataTagOf, lengthTagOf } from "../wire/data-fields.ts";
import { FULL, heldBit, NOT_HELD } from "../wire/held.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import type { Aside } from "./aside.ts";

/** Index of the first field behind BeginString, BodyLength and MsgType. */
const FIRST_FIELD = 3;
/** Most fields of a message where the scanner has no other limit. */
const MOST_FIELDS = 512;
const FAULT = -1;
/** Forms in which a field is passed on: a length with its data behind it, and data without a length before them. */
const AS_IT_STANDS = 0;
const DATA_BEHIND = 1;
const LONE_DATA = 2;
const UNREADABLE = 3;
/** `1468=1048576|` */
const LENGTH_BYTES = 13;
const EQUALS = 61;
const SOH = 1;

/** The groups of a message are faulty, with `reason`, `refTag` and `text`. */
export const GROUPS_FAULTY = -1;

/**
 * Takes what a message has beside its record: repeating groups, with nested ones, by a dictionary, and all fields that the record
 * does not hold. The message may be unchecked, or checked against the same dictionary.
 */
export class GroupReader {
  /** Bytes that the last `take` has written. */
  length = 0;
  /** SessionRejectReason (373) of the last GROUPS_FAULTY. */
  reason = 0;
  refTag = 0;
  /** A tag that the record holds and the last message had a second time, which `take` has left out; 0: none. */
  repeatedTag = 0;
  text: Uint8Array = TOO_LONG;
  private readonly marks: Uint8Array;
  private readonly memberSeen: Int32Array;
  private serial = 0;
  private scan!: Scanner;
  private rules: MessageRules | null = null;

  constructor(
    private readonly dictionary: Dictionary,
    mostFields = MOST_FIELDS,
  ) {
    this.marks = new Uint8Array(new ArrayBuffer(mostFields));
    this.memberSeen = new Int32Array(new ArrayBuffer(4 * Math.max(1024, dictionary.memberTags.length)));
  }

  /**
   * Finds the scanned message's groups; `scan.find` ignores their fields afterwards. Runs before the record is read, and before
   * `take`. With `leavesFaulty` a faulty group is left as it stands: it is only noted.
   * Returns  0, or GROUPS_FAULTY.
   */
  find(scan: Scanner, leavesFaulty = false): number {
    const rules = this.dictionary.rulesOf(scan);
    this.scan = scan;
    this.rules = rules;
    let result = 0;
    if (this.serial > 0x3fffffff) this.forget();
    let i = FIRST_FIELD;
    while (i < scan.count) {
      this.marks[i] = 0;
      const countTag = scan.tags[i]!;
      const word = rules === null ? 0 : rules.words[this.dictionary.slotOf(countTag)]!;
      if ((word & COUNTS_GROUP) === 0 || (word & PART) !== BODY) {
        i++;
        continue;
      }
      const isSecond = this.isSecond(i);
      if (isSecond) this.refuse(i, tag.TAG_APPEARS_MORE_THAN_ONCE, texts.TAG_REPEATED);
      const end = isSecond ? FAULT : this.group(i, rules!.groupOf(countTag), 0);
      if (end === FAULT) {
        result = GROUPS_FAULTY;
        if (!leavesFaulty) return result;
        i = this.unread(i);
        continue;
      }
      scan.hide(i, end);
      i = end;
    }
    return result;
  }

  /**
   * Writes what the message has beside its record to `at`, in the layout of record/groups.ts: its groups, and the other fields of
   * the body that the record does not hold. `aside` has tags that the record has a place for and could not hold. A length that its
   * data contradicts is corrected: with it, the message would be garbled for its reader, again with each resend.
   * Returns  bytes written, 0 for none, or GROUPS_FAULTY when there is no room for all.
   */
  take(views: Views, at: number, aside: Aside): number {
    const scan = this.scan;
    const textAt = at + GROUPS_TEXT_AT;
    let textTo = textAt;
    let fields = 0;
    let result = 0;
    let count = 0;
    this.repeatedTag = 0;
    for (let i = FIRST_FIELD; i < scan.count; i++) {
      const isOfGroup = scan.tags[i]! < 0;
      if (!isOfGroup && this.isHeld(i, aside)) {
        const fieldTag = scan.tags[i]!;
        if (scan.repeatedTag !== 0 && fieldTag !== 0 && scan.find(fieldTag) !== i) this.repeatedTag = fieldTag;
        continue;
      }
      if (this.marks[i] === MARK_COUNTS) count = i;
      const form = scan.dataFault < 0 ? AS_IT_STANDS : this.formOf(i, fields < i);
      if (form === UNREADABLE) continue;
      const from = scan.ends[i - 1]! + 1;
      const bytes = scan.ends[i]! + 1 - from + (form === AS_IT_STANDS ? 0 : LENGTH_BYTES);
      if (textTo - textAt + bytes > GROUP_TEXT_BYTES || fields === GROUP_FIELDS) {
        if (result === 0) this.refuse(isOfGroup ? count : i, tag.VALUE_INCORRECT, TOO_LONG);
        result = GROUPS_FAULTY;
        continue;
      }
      const mark = this.marks[i]!;
      if (form !== AS_IT_STANDS) {
        textTo = this.putLength(views, textTo, i, form);
        this.marks[fields++] = mark;
        if (form === DATA_BEHIND) continue;
      }
      for (let b = from; b <= scan.ends[i]!; b++) views.bytes[textTo++] = scan.bytes[b]!;
      this.marks[fields++] = mark;
    }
    this.length = fields === 0 ? 0 : this.close(views, at, textTo, fields);
    return result === 0 ? this.length : result;
  }

  /**
   * How a field is passed on of a message with a length that its data contradicts: many readers could not read such a message, and
   * would lose it. A length says what its data has, and data without a length get one, if there is room for its mark.
   */
  private formOf(field: number, hasRoom: boolean): number {
    const tags = this.scan.tags;
    const fieldTag = plainTag(tags[field]!);
    const kind = dataKind(fieldTag);
    if (kind === IS_LENGTH) {
      const hasData = field + 1 < this.scan.count && plainTag(tags[field + 1]!) === dataTagOf(fieldTag);
      return hasData ? DATA_BEHIND : UNREADABLE;
    }
    if (kind !== IS_DATA || plainTag(tags[field - 1]!) === lengthTagOf(fieldTag)) return AS_IT_STANDS;
    return hasRoom ? LONE_DATA : UNREADABLE;
  }

  /** Writes the true length of the data behind this length field, or of these data. Returns the offset behind it. */
  private putLength(views: Views, at: number, field: number, form: number): number {
    const scan = this.scan;
    const data = form === LONE_DATA ? field : field + 1;
    let end = putInt(views.bytes, at, lengthTagOf(plainTag(scan.tags[data]!)));
    views.bytes[end++] = EQUALS;
    end = putInt(views.bytes, end, scan.ends[data]! - scan.starts[data]!);
    views.bytes[end++] = SOH;
    return end;
  }

  /** Writes the length of the text and the marks. Returns bytes in all. */
  private close(views: Views, at: number, textTo: number, fields: number): number {
    views.ints[at >> 2] = textTo - at - GROUPS_TEXT_AT;
    for (let j = 0; j < fields; j++) views.bytes[textTo + j] = this.marks[j]!;
    let to = textTo + fields;
    while ((to & 3) !== 0) views.bytes[to++] = 0;
    return to - at;
  }

  /** True when the record holds this field, or a session writes it itself. Fields without a tag that can be written are left out, too. */
  private isHeld(field: number, aside: Aside): boolean {
    const scan = this.scan;
    const fieldTag = scan.tags[field]!;
    if (fieldTag === 0 || field === scan.badTagField) return true;
    const word = this.rules === null ? 0 : this.rules.words[this.dictionary.slotOf(fieldTag)]!;
    if ((word & PART) !== 0 && (word & PART) !== BODY) return true;
    const type = scan.msgType;
    if (fieldTag >= DIRECT_TAGS) return false;
    if ((NOT_HELD[fieldTag]! & heldBit(type)) === 0) return !aside.has(fieldTag) || scan.find(fieldTag) !== field;
    return fieldTag === tag.CxlType && type === tag.ORDER_CANCEL_REQUEST && scan.char(fieldTag) === FULL;
  }

  /** Marks a faulty group, whose count is in `field`. Returns the field behind it. */
  private unread(field: number): number {
    const tags = this.scan.tags;
    this.marks[field] = MARK_UNREAD;
    let i = field + 1;
    while (i < this.scan.count && this.dictionary.isMember(tags[i]!) && !this.outside(tags[i]!))
      this.marks[i++] = MARK_UNREAD;
    return i;
  }

  /** Reads the entries whose count is in `field`. Returns the field behind them, or FAULT. */
  private group(field: number, group: number, depth: number): number {
    const scan = this.scan;
    const tags = scan.tags;
    const first = this.dictionary.memberTags[this.dictionary.groupFrom[group]!]!;
    const expected = readInt(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    if (depth === MARK_DEPTH) return this.refuse(field, tag.INCORRECT_GROUP_COUNT, texts.INCORRECT_GROUP_COUNT);
    this.marks[field]! |= MARK_COUNTS;
    let entries = 0;
    let i = field + 1;
    while (entries < expected) {
      // An unknown tag may be inside an entry: it belongs to the entry before it.
      const next = entries === 0 ? i : this.pastUnknown(i, depth + 1);
      if (next >= scan.count || tags[next] !== first) break;
      entries++;
      i = this.entry(next, group, depth + 1);
      if (i === FAULT) return FAULT;
    }
    const surplus = i < scan.count && tags[i] === first && !this.outside(first);
    if (entries === expected && !surplus) return i;
    return this.refuse(field, tag.INCORRECT_GROUP_COUNT, texts.INCORRECT_GROUP_COUNT);
  }

  /** Reads one entry, which begins at `field`. Returns the field behind its last member, or FAULT. */
  private entry(field: number, group: number, depth: number): number {
    const tags = this.scan.tags;
    const count = this.scan.count;
    const first = this.dictionary.groupFrom[group]!;
    const serial = ++this.serial;
    let end = field;
    let i = field;
    while (i < count) {
      const member = this.dictionary.memberOf(group, tags[i]!);
      if (member < 0) {
        if (!this.isStranger(tags[i]!)) break;
        this.marks[i++] = depth;
        continue;
      }
      if (member === first && i > field) break;
      if (this.memberSeen[member] === serial) {
        if (this.outside(tags[i]!)) break;
        return this.refuse(i, tag.TAG_APPEARS_MORE_THAN_ONCE, texts.TAG_REPEATED);
      }
      this.memberSeen[member] = serial;
      this.marks[i] = i === field ? depth | MARK_BEGINS : depth;
      i++;
      const nested = this.dictionary.memberGroups[member]!;
      if (nested !== 0) i = this.group(i - 1, nested - 1, depth);
      if (i === FAULT) return FAULT;
      end = i;
    }
    return end;
  }

  private pastUnknown(from: number, depth: number): number {
    let i = from;
    while (i < this.scan.count && this.isStranger(this.scan.tags[i]!)) this.marks[i++] = depth;
    return i;
  }

  /** True when this message may have the tag outside groups. */
  private outside(anyTag: number): boolean {
    return this.rules !== null && this.rules.words[this.dictionary.slotOf(anyTag)] !== 0;
  }

  private isStranger(anyTag: number): boolean {
    return !this.outside(anyTag) && !this.dictionary.isMember(anyTag);
  }

  /** True when the message already had this group. */
  private isSecond(field: number): boolean {
    const hidden = ~this.scan.tags[field]!;
    for (let i = FIRST_FIELD; i < field; i++) if (this.scan.tags[i] === hidden) return true;
    return false;
  }

  private refuse(field: number, reason: number, text: Uint8Array): number {
    const refTag = this.scan.tags[field]!;
    // A hidden field has its tag inverted.
    this.refTag = refTag === 0 ? ~field : refTag < 0 ? ~refTag : refTag;
    this.reason = reason;
    this.text = text;
    return FAULT;
  }

  private forget(): void {
    this.memberSeen.fill(0);
    this.serial = 0;
  }
}

/** A hidden field has its tag inverted. */
function plainTag(anyTag: number): number {
  return anyTag < 0 ? ~anyTag : anyTag;
}

const TOO_LONG = ascii(
  "Value is incorrect (out of range) for this tag: what a message has beside its record, such as repeating groups, is at most 8192 bytes",
);
