import * as text from "../session/texts.ts";
import { ACCEPT_UNKNOWN, ACCEPT_USER, CHECK_ORDER, CHECK_REQUIRED, CHECK_VALUES } from "../wire/codec/rules.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import { CHAR, MULTIPLE, TEXT } from "./data-type.ts";
import {
  COUNTS_GROUP,
  DIRECT_TAGS,
  type Dictionary,
  HEADER,
  KIND,
  type MessageRules,
  PART,
  REQUIRED,
  SET,
  TYPE,
} from "./dictionary.ts";
import { hasFormat, number } from "./format.ts";
import type { ValueSets } from "./value-sets.ts";

/** Strictness of a session's validation. */
export interface Strictness {
  /** Rejects fields out of order: header, body, trailer, and the dictionary's order in a group. */
  readonly fieldsOutOfOrder: boolean;
  /** Rejects fields without a value. */
  readonly fieldsHaveValues: boolean;
  /** Rejects tags from 5000 on that the dictionary or the message does not have. */
  readonly userDefinedFields: boolean;
  /** Rejects messages without a required field. */
  readonly requiredTags: boolean;
  /** Accepts tags below 5000 that the message does not have. */
  readonly allowUnknownMsgFields: boolean;
  /** Rejects a faulty message; false: only counts it. */
  readonly rejectInvalidMessage: boolean;
}

export const STRICT: Strictness = {
  fieldsOutOfOrder: true,
  fieldsHaveValues: true,
  userDefinedFields: true,
  requiredTags: true,
  allowUnknownMsgFields: false,
  rejectInvalidMessage: true,
};

/** A dictionary's rules as tables of the codec. */
export interface CodecTables {
  /** Address of the rules of a message type, 0 where there are none. */
  of(msgType: number): number;
}

/** Results of `check`. */
export const VALID = 0;
/** Faulty: the answer is a Reject (3) with `reason`, `refTag` and `text`. */
const REJECTED = 1;
/** A conditionally required field is missing: the answer is a BusinessMessageReject (j). */
export const CONDITION_UNMET = 2;

const FIRST_USER_TAG = 5000;
/** The first three fields are BeginString, BodyLength and MsgType; the scanner has checked them. */
const FIRST_FIELD = 3;
const FAULT = -1;
const LIMIT = 50;
const STOP = 51;
const STOP_LIMIT = 52;

/**
 * Checks messages against a dictionary: tags, their order and count, and their values; one pass over the scanner's index.
 * Reports the first fault in the order of the fields; missing fields are checked last.
 * Source  FIX 4.4 Volume 2 with Errata 20030618, cases 14 a to m.
 */
export class Validator {
  /** Result of the last check before `rejectInvalidMessage` is applied. */
  verdict = VALID;
  /** SessionRejectReason (373) of the last fault. */
  reason = 0;
  /** RefTagID (371), 0 for none; `~field` when the tag of that field is not a number. */
  refTag = 0;
  text: Uint8Array = text.REQUIRED_TAG_MISSING;
  /** Count of faulty messages that were accepted. */
  tolerated = 0;
  /** By slot and by member of a group: serial of the check, or of the entry, that had it last. */
  private readonly seen: Int32Array;
  private readonly memberSeen: Int32Array;
  private serial = 0;
  private entrySerial = 0;
  private readonly values: ValueSets;
  /** What the codec checks (wire/codec/rules.ts). */
  readonly checks: number;
  private rules!: MessageRules;
  private scan!: Scanner;

  constructor(
    private readonly dictionary: Dictionary,
    private readonly strict: Strictness,
    /** Rules by which the codec checks most messages; null: none. */
    readonly codecRules: CodecTables | null = null,
  ) {
    this.values = dictionary.values;
    this.checks =
      CHECK_VALUES |
      (strict.requiredTags ? CHECK_REQUIRED : 0) |
      (strict.fieldsOutOfOrder ? CHECK_ORDER : 0) |
      (strict.userDefinedFields ? 0 : ACCEPT_USER) |
      (strict.allowUnknownMsgFields ? ACCEPT_UNKNOWN : 0);
    this.seen = new Int32Array(new ArrayBuffer(4 * dictionary.slots));
    this.memberSeen = new Int32Array(new ArrayBuffer(4 * dictionary.memberTags.length));
  }

  /** Checks the scanned message. Returns VALID, REJECTED or CONDITION_UNMET. */
  check(scan: Scanner): number {
    if (scan.peer !== null && this.codecRules !== null) {
      const table = this.codecRules.of(scan.msgType);
      if (table !== 0 && scan.codec!.check(table, this.checks)) {
        this.verdict = VALID;
        return VALID;
      }
    }
    return this.checkAny(scan);
  }

  /** As `check`, without the codec. */
  checkAny(scan: Scanner): number {
    const rules = this.dictionary.rulesOf(scan);
    this.scan = scan;
    this.verdict = REJECTED;
    if (rules === null) this.fault(0, tag.INVALID_MSG_TYPE, text.INVALID_MSG_TYPE);
    else if (scan.strayField > 0)
      this.fault(scan.tags[scan.strayField - 1]!, tag.VALUE_INCLUDES_DELIMITER, text.DELIMITER_IN_VALUE);
    else {
      this.rules = rules;
      if (scan.dataFault >= 0) this.dataFault(scan);
      else if (scan.badTagField >= 0) this.unknownTag(~scan.badTagField, tag.INVALID_TAG_NUMBER);
      else if (this.fields()) this.verdict = this.conditions();
    }
    if (this.verdict === VALID || this.strict.rejectInvalidMessage) return this.verdict;
    this.tolerated++;
    return VALID;
  }

  private fields(): boolean {
    const tags = this.scan.tags;
    const count = this.scan.count;
    const starts = this.scan.starts;
    const ends = this.scan.ends;
    const words = this.rules.words;
    const seen = this.seen;
    const ordered = this.strict.fieldsOutOfOrder;
    const serial = this.nextSerial();
    seen[tag.BeginString] = serial;
    seen[tag.BodyLength] = serial;
    seen[tag.MsgType] = serial;
    let part = HEADER;
    let required = 0;
    let i = FIRST_FIELD;
    while (i < count) {
      const fieldTag = tags[i]!;
      const slot = fieldTag < DIRECT_TAGS ? fieldTag : this.dictionary.slotOf(fieldTag);
      const word = words[slot]!;
      if (word === 0) {
        if (!this.undefinedTag(i, slot)) return false;
        i++;
        continue;
      }
      if (seen[slot] === serial) return this.fieldFault(i, tag.TAG_APPEARS_MORE_THAN_ONCE, text.TAG_REPEATED);
      seen[slot] = serial;
      if ((word & PART) < part && ordered) return this.fieldFault(i, tag.TAG_OUT_OF_ORDER, text.TAG_OUT_OF_ORDER);
      part = word & PART;
      if ((word >> KIND !== TEXT || starts[i] === ends[i]) && !this.value(i, word)) return false;
      required += word & REQUIRED;
      i++;
      if ((word & COUNTS_GROUP) !== 0) {
        i = this.group(i - 1, this.rules.groupOf(fieldTag));
        if (i < 0) return false;
      }
    }
    return required === this.rules.requiredCount * REQUIRED || !this.strict.requiredTags || this.requiredMissing();
  }

  /** Checks a field whose tag the message, or the whole dictionary, does not have. */
  private undefinedTag(field: number, slot: number): boolean {
    const kind = this.rules.known[slot]!;
    const known = kind !== 0;
    if (known && this.rules.open) return this.value(field, kind);
    const scan = this.scan;
    if (scan.ends[field] === scan.starts[field] && this.strict.fieldsHaveValues) return this.emptyFault(field);
    if (this.isTolerated(scan.tags[field]!)) return true;
    return this.unknownTag(scan.tags[field]!, known ? tag.TAG_NOT_DEFINED_FOR_TYPE : tag.INVALID_TAG_NUMBER);
  }

  /** Reports a tag that does not belong into the message, unless a required one is missing, which is reported first. */
  private unknownTag(refTag: number, reason: number): false {
    const required = this.rules.required;
    if (this.strict.requiredTags)
      for (let i = 0; i < required.length; i++)
        if (this.scan.find(required[i]!) < 0)
          return this.fault(required[i]!, tag.REQUIRED_TAG_MISSING, text.REQUIRED_TAG_MISSING);
    const isUndefined = reason === tag.TAG_NOT_DEFINED_FOR_TYPE;
    return this.fault(refTag, reason, isUndefined ? text.TAG_NOT_DEFINED : text.INVALID_TAG_NUMBER);
  }

  /** Reports a length field that its data contradicts, or a data field without its length. */
  private dataFault(scan: Scanner): false {
    if (scan.missingLength > 0)
      return this.fault(scan.missingLength, tag.REQUIRED_TAG_MISSING, text.REQUIRED_TAG_MISSING);
    return this.fault(scan.tags[scan.dataFault]!, tag.VALUE_INCORRECT, text.VALUE_OUT_OF_RANGE);
  }

  private isTolerated(anyTag: number): boolean {
    if (anyTag >= FIRST_USER_TAG) return !this.strict.userDefinedFields;
    return this.strict.allowUnknownMsgFields && anyTag > 0;
  }

  private value(field: number, word: number): boolean {
    const scan = this.scan;
    const from = scan.starts[field]!;
    const to = scan.ends[field]!;
    if (from === to) return !this.strict.fieldsHaveValues || this.emptyFault(field);
    const type = (word >> KIND) & TYPE;
    const set = word >> SET;
    const bytes = scan.bytes;
    // Most fields with a list of values have one character: a direct lookup.
    if (type === CHAR && set !== 0 && to - from === 1) {
      if (this.values.hasByte(set, bytes[from]!)) return true;
    } else {
      if (!hasFormat(type, bytes, from, to))
        return this.fieldFault(field, tag.INCORRECT_DATA_FORMAT, text.INCORRECT_FORMAT);
      if (set === 0 || this.isOf(set, type, from, to)) return true;
    }
    return this.fieldFault(field, tag.VALUE_INCORRECT, text.VALUE_OUT_OF_RANGE);
  }

  private isOf(set: number, type: number, from: number, to: number): boolean {
    const bytes = this.scan.bytes;
    return type === MULTIPLE ? this.values.hasEach(set, bytes, from, to) : this.values.has(set, bytes, from, to);
  }

  /** Checks the entries of a group whose count is in `field`. Returns the field behind them, or FAULT. */
  private group(field: number, group: number): number {
    const scan = this.scan;
    const tags = scan.tags;
    const count = scan.count;
    const expected = number(scan.bytes, scan.starts[field]!, scan.ends[field]!);
    const first = this.dictionary.memberTags[this.dictionary.groupFrom[group]!]!;
    let entries = 0;
    let i = field + 1;
    while (i < count && tags[i] === first && !(entries === expected && this.outside(first))) {
      entries++;
      i = this.entry(i, group);
      if (i < 0) return FAULT;
    }
    if (entries === expected) return i;
    if (entries === 0 && i < count && this.dictionary.memberOf(group, tags[i]!) >= 0 && !this.outside(tags[i]!))
      return this.groupFault(i, tag.GROUP_OUT_OF_ORDER, text.GROUP_OUT_OF_ORDER);
    return this.groupFault(field, tag.INCORRECT_GROUP_COUNT, text.INCORRECT_GROUP_COUNT);
  }

  /** Checks one entry, which begins at `field`. Returns the field behind it, or FAULT. */
  private entry(field: number, group: number): number {
    const tags = this.scan.tags;
    const count = this.scan.count;
    const memberGroups = this.dictionary.memberGroups;
    const first = this.dictionary.groupFrom[group]!;
    const serial = ++this.entrySerial;
    let last = first - 1;
    let i = field;
    while (i < count) {
      const member = this.memberAfter(last, group, tags[i]!);
      if (member < 0) {
        if (!this.skipped(tags[i]!)) break;
        i++;
        continue;
      }
      if (member === first && i > field) break;
      const again = this.memberSeen[member] === serial;
      if ((again || member < last) && this.outside(tags[i]!)) break;
      if (again) return this.groupFault(i, tag.TAG_APPEARS_MORE_THAN_ONCE, text.TAG_REPEATED);
      if (member < last && this.strict.fieldsOutOfOrder)
        return this.groupFault(i, tag.GROUP_OUT_OF_ORDER, text.GROUP_OUT_OF_ORDER);
      this.memberSeen[member] = serial;
      last = member;
      if (!this.value(i, this.dictionary.memberKinds[member]!)) return FAULT;
      i++;
      if (memberGroups[member] !== 0) {
        i = this.group(i - 1, memberGroups[member]! - 1);
        if (i < 0) return FAULT;
      }
    }
    return this.entryComplete(group, serial) ? i : FAULT;
  }

  private entryComplete(group: number, serial: number): boolean {
    if (!this.strict.requiredTags) return true;
    const memberTags = this.dictionary.memberTags;
    const to = this.dictionary.groupTo[group]!;
    for (let member = this.dictionary.groupFrom[group]!; member < to; member++) {
      if (this.dictionary.memberRequired[member] === 1 && this.memberSeen[member] !== serial)
        return this.fault(memberTags[member]!, tag.REQUIRED_TAG_MISSING, text.REQUIRED_TAG_MISSING);
    }
    return true;
  }

  /** Returns the member of a group with this tag, or −1. Searches behind the previous member first, the usual place. */
  private memberAfter(last: number, group: number, memberTag: number): number {
    const memberTags = this.dictionary.memberTags;
    const to = this.dictionary.groupTo[group]!;
    for (let member = last + 1; member < to; member++) if (memberTags[member] === memberTag) return member;
    return this.dictionary.memberOf(group, memberTag);
  }

  /** True when the message may also have the tag outside groups. */
  private outside(anyTag: number): boolean {
    return this.rules.words[this.dictionary.slotOf(anyTag)] !== 0;
  }

  /** True for an unknown tag inside an entry that is ignored and does not end the entry. */
  private skipped(anyTag: number): boolean {
    return !this.outside(anyTag) && this.isTolerated(anyTag) && !this.dictionary.isMember(anyTag);
  }

  /** Reports the lowest missing required tag. */
  private requiredMissing(): boolean {
    const required = this.rules.required;
    for (let i = 0; i < required.length; i++) {
      const wanted = required[i]!;
      if (this.seen[this.dictionary.slotOf(wanted)] !== this.serial)
        return this.fault(wanted, tag.REQUIRED_TAG_MISSING, text.REQUIRED_TAG_MISSING);
    }
    return true;
  }

  /** A limit order requires Price, a stop order StopPx (case 14m). */
  private conditions(): number {
    const scan = this.scan;
    const type = scan.msgType;
    if (type !== tag.NEW_ORDER_SINGLE && type !== tag.ORDER_CANCEL_REPLACE_REQUEST) return VALID;
    const ordType = scan.char(tag.OrdType);
    if ((ordType === LIMIT || ordType === STOP_LIMIT) && scan.find(tag.Price) < 0)
      return this.unmet(tag.Price, text.PRICE_MISSING);
    if ((ordType === STOP || ordType === STOP_LIMIT) && scan.find(tag.StopPx) < 0)
      return this.unmet(tag.StopPx, text.STOP_PX_MISSING);
    return VALID;
  }

  private unmet(wanted: number, why: Uint8Array): number {
    if (!this.strict.requiredTags) return VALID;
    this.fault(wanted, tag.REQUIRED_TAG_MISSING, why);
    return CONDITION_UNMET;
  }

  private emptyFault(field: number): false {
    return this.fieldFault(field, tag.TAG_WITHOUT_VALUE, text.TAG_WITHOUT_VALUE);
  }

  private groupFault(field: number, reason: number, why: Uint8Array): number {
    this.fieldFault(field, reason, why);
    return FAULT;
  }

  private fieldFault(field: number, reason: number, why: Uint8Array): false {
    const fieldTag = this.scan.tags[field]!;
    return this.fault(fieldTag === 0 ? ~field : fieldTag, reason, why);
  }

  private fault(refTag: number, reason: number, why: Uint8Array): false {
    this.refTag = refTag;
    this.reason = reason;
    this.text = why;
    return false;
  }

  private nextSerial(): number {
    if (this.serial === 0x7fffffff) {
      this.seen.fill(0);
      this.serial = 0;
    }
    if (this.entrySerial > 0x3fffffff) {
      this.memberSeen.fill(0);
      this.entrySerial = 0;
    }
    return ++this.serial;
  }
}
