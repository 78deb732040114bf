import { ascii } from "../../base/ascii.ts";
import { readInt } from "../../base/decimal.ts";
import type { Views } from "../../base/views.ts";
import { TYPE_MARKET } from "../../record/codes.ts";
import {
  GROUP_FIELDS,
  GROUP_TEXT_BYTES,
  GROUPS_TEXT_AT,
  MARK_BEGINS,
  MARK_COUNTS,
  MARK_DEPTH,
} from "../../record/groups.ts";
import { BODY, COUNTS_GROUP, type Dictionary, type MessageRules, PART } from "../dictionary/dictionary.ts";
import * as texts from "../session/texts.ts";
import { AUTOMATED, FULL, NOT_CARRIED, NOT_IN_CANCEL, NOT_IN_NEW, NOT_IN_REPLACE } from "../wire/carried-in.ts";
import { DIRECT_TAGS } from "../wire/codec/layout.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";

/** Index of the first field behind BeginString, BodyLength and MsgType. */
const FIRST_FIELD = 3;
/** Most fields of a message where the scanner has no other limit. */
const MOST_FIELDS = 512;
const FAULT = -1;

/** The groups of a message are faulty, with `reason`, `refTag` and `text`. */
export const GROUPS_FAULTY = -1;

/**
 * Takes the repeating groups, with nested ones, out of a message by a dictionary. The message may be unchecked, or checked
 * against the same dictionary.
 */
export class GroupReader {
  /** SessionRejectReason (373) of the last GROUPS_FAULTY. */
  reason = 0;
  refTag = 0;
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
   * Writes the scanned message's groups to `at`, in the layout of record/groups.ts; `scan.find` ignores them afterwards.
   * With `ofRequest` it also writes the other fields that an OrderRequest does not carry.
   * Returns  bytes written, 0 without groups, or GROUPS_FAULTY.
   */
  read(scan: Scanner, views: Views, at: number, ofRequest = false): number {
    const rules = this.dictionary.rulesOf(scan);
    if (rules === null && !ofRequest) return 0;
    this.scan = scan;
    this.rules = rules;
    if (this.serial > 0x3fffffff) this.forget();
    const tags = scan.tags;
    const textAt = at + GROUPS_TEXT_AT;
    let textTo = textAt;
    let fields = 0;
    let i = FIRST_FIELD;
    while (i < scan.count) {
      const countTag = tags[i]!;
      const word = rules === null ? 0 : rules.words[this.dictionary.slotOf(countTag)]!;
      const isGroup = (word & COUNTS_GROUP) !== 0 && (word & PART) === BODY;
      if (!isGroup && (!ofRequest || this.isCarried(i, word))) {
        i++;
        continue;
      }
      if (isGroup && this.isSecond(i)) return this.refuse(i, tag.TAG_APPEARS_MORE_THAN_ONCE, texts.TAG_REPEATED);
      this.marks[i] = 0;
      const end = isGroup ? this.group(i, rules!.groupOf(countTag), 0) : i + 1;
      if (end === FAULT) return GROUPS_FAULTY;
      const from = scan.ends[i - 1]! + 1;
      const bytes = scan.ends[end - 1]! + 1 - from;
      if (textTo - textAt + bytes > GROUP_TEXT_BYTES || fields + end - i > GROUP_FIELDS)
        return this.refuse(i, tag.VALUE_INCORRECT, TOO_LONG);
      for (let b = 0; b < bytes; b++) views.bytes[textTo + b] = scan.bytes[from + b]!;
      textTo += bytes;
      for (let j = i; j < end; j++) this.marks[fields++] = this.marks[j]!;
      if (isGroup) scan.hide(i, end);
      i = end;
    }
    if (fields === 0) return 0;
    views.ints[at >> 2] = textTo - textAt;
    for (let j = 0; j < fields; j++) views.bytes[textTo + j] = this.marks[j]!;
    let to = textTo + fields;
    while ((to & 3) !== 0) views.bytes[to++] = 0;
    return to - at;
  }

  /** True when the venue gets this field and its value from the request's record or from our session's header. */
  private isCarried(field: number, word: number): boolean {
    // Header and trailer are each session's own, with the fields that its dictionary adds to them.
    if (word !== 0 && (word & PART) !== BODY) return true;
    const scan = this.scan;
    const fieldTag = scan.tags[field]!;
    const type = scan.msgType;
    if (fieldTag >= DIRECT_TAGS)
      return fieldTag === tag.ApplVerID || fieldTag === tag.CstmApplVerID || fieldTag === tag.ApplExtID;
    if (fieldTag === tag.CxlType) return type === tag.ORDER_CANCEL_REQUEST && this.is(field, FULL);
    const kind =
      type === tag.NEW_ORDER_SINGLE ? NOT_IN_NEW : type === tag.ORDER_CANCEL_REQUEST ? NOT_IN_CANCEL : NOT_IN_REPLACE;
    if ((NOT_CARRIED[fieldTag]! & kind) !== 0) return false;
    if (fieldTag === tag.HandlInst) return this.is(field, AUTOMATED);
    return fieldTag !== tag.Price || scan.char(tag.OrdType) !== TYPE_MARKET;
  }

  private is(field: number, value: number): boolean {
    const at = this.scan.starts[field]!;
    return this.scan.ends[field]! - at === 1 && this.scan.bytes[at] === value;
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
    this.refTag = refTag === 0 ? ~field : refTag;
    this.reason = reason;
    this.text = text;
    return FAULT;
  }

  private forget(): void {
    this.memberSeen.fill(0);
    this.serial = 0;
  }
}

const TOO_LONG = ascii(
  "Value is incorrect (out of range) for this tag: what a message has beside its record, such as repeating groups, is at most 4096 bytes and 448 fields",
);
