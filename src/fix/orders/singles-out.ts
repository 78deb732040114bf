import { equals } from "../../base/ascii.ts";
import { NONE } from "../../base/units.ts";
import { MARK_COUNTS, MARK_UNREAD } from "../../record/groups.ts";
import type { Dictionary, MessageRules } from "../dictionary/dictionary.ts";
import { IS_DATA, IS_LENGTH } from "../wire/codec/layout.ts";
import { dataKind, dataTagOf, lengthTagOf } from "../wire/data-fields.ts";
import type { Scanner } from "../wire/scan.ts";
import * as tag from "../wire/tags.ts";
import type { Writer } from "../wire/write.ts";
import type { MessageFields } from "./message-fields.ts";
import {
  FORMER_ROLES,
  FORMER_TAGS,
  NO_PARTY_IDS,
  PARTY_ID,
  PARTY_ID_SOURCE,
  PARTY_ROLE,
  PROPRIETARY,
} from "./parties.ts";
import { isAny, isValue, RESPELLINGS, secondOf, TRANSLATIONS, type Translation } from "./translations.ts";

const ZERO = 48;
/** `20261202-09:30:00` */
const SECONDS_BYTES = 17;
const NINE = 57;

/** Fields of instruments whose date is one field in later versions, and month and day in early ones. */
const MATURITY_MONTH_YEAR = 200;
const MATURITY_DAY = 205;
const MATURITY_DATE = 541;

/** Writes fields outside groups for another version, or a venue's dialect: as configured, as they stand, or as it has them. */
export class SingleWriter {
  /** First field that was left out because this version does not have it; NONE: there is none. */
  leftOut = NONE;
  /** Bits of the record's fields (`fields.bitOf`) that were written. */
  written = 0;
  /** Fields that were written. */
  count = 0;
  private source: Uint8Array;
  private marksAt = 0;
  private fields!: MessageFields;
  private formerWritten = false;

  constructor(
    private readonly dictionary: Dictionary,
    private readonly scan: Scanner,
    private readonly writer: Writer,
  ) {
    this.source = writer.bytes;
  }

  /** Begins the fields that are scanned, whose marks are at `marksAt` of `source`. */
  begin(source: Uint8Array, marksAt: number, fields: MessageFields): void {
    this.source = source;
    this.marksAt = marksAt;
    this.fields = fields;
    this.leftOut = NONE;
    this.written = 0;
    this.count = 0;
    this.formerWritten = false;
  }

  /** Writes a field outside groups. */
  write(field: number, rules: MessageRules | null): void {
    const scan = this.scan;
    const fields = this.fields;
    const fieldTag = scan.tags[field]!;
    if (fields.isDropped(fieldTag) || fields.isFixed(fieldTag) || scan.starts[field] === scan.ends[field]) return;
    const half = this.otherHalf(field);
    if (half !== NONE && this.hasPlace(fieldTag) && !this.hasPlace(scan.tags[half]!)) {
      if (!fields.isDropped(scan.tags[half]!)) this.leaveOutSingle(scan.tags[half]!);
      return;
    }
    const renamed = fields.renamed(fieldTag);
    if (renamed !== 0) this.rename(field, renamed);
    else if ((this.source[this.marksAt + field]! & MARK_UNREAD) !== 0) this.leaveOutSingle(fieldTag);
    else if (fields.has(fieldTag)) {
      if (fieldTag === tag.TransactTime) this.putTime(field);
      else if (!this.isRespelled(field) && !this.isSplitDate(field)) this.put(fieldTag, field);
    } else if (this.isPart(fieldTag) || this.isTranslated(field) || this.isDate(field)) return;
    else if (rules !== null && this.isFormerParty(field, rules)) this.asParties(rules);
    else if (fields.passesOn(fieldTag)) this.put(fieldTag, field);
    else if (rules !== null && this.isOfGroup(fieldTag, field, rules)) this.put(fieldTag, field);
    else this.leaveOutSingle(fieldTag);
  }

  /** Writes a field under its configured tag. Where the message says that tag itself, there is no place for both. */
  private rename(field: number, as: number): void {
    const taken = this.flat(as);
    if (taken >= 0 && !this.fields.isChanged(as)) this.leaveOutSingle(this.scan.tags[field]!);
    else this.put(as, field);
  }

  /** Returns the data field of a length, or the length of a data field; NONE for other fields, and for a half alone. */
  private otherHalf(field: number): number {
    const tags = this.scan.tags;
    const kind = dataKind(tags[field]!);
    if (kind === IS_LENGTH)
      return field + 1 < this.scan.count && tags[field + 1] === dataTagOf(tags[field]!) ? field + 1 : NONE;
    return kind === IS_DATA && field > 0 && tags[field - 1] === lengthTagOf(tags[field]!) ? field - 1 : NONE;
  }

  /** False for a half that is not written. The other one is not written either: data without its length may be read as fields. */
  private hasPlace(fieldTag: number): boolean {
    const fields = this.fields;
    return !fields.isDropped(fieldTag) && (fields.has(fieldTag) || fields.passesOn(fieldTag));
  }

  private leaveOutSingle(fieldTag: number): void {
    if (this.leftOut === NONE) this.leftOut = fieldTag;
  }

  /** Writes a field's value under a tag. */
  private put(as: number, field: number): void {
    this.writer.value(as, this.source, this.scan.starts[field]!, this.scan.ends[field]!);
    this.note(as);
  }

  /** Writes a TransactTime (60), with no more decimals than the venue takes. */
  private putTime(field: number): void {
    const decimals = this.fields.transactDecimals;
    const from = this.scan.starts[field]!;
    const most =
      decimals === NONE ? Number.POSITIVE_INFINITY : decimals === 0 ? SECONDS_BYTES : SECONDS_BYTES + 1 + decimals;
    const to = this.scan.ends[field]!;
    this.writer.value(tag.TransactTime, this.source, from, to - from > most ? from + most : to);
    this.note(tag.TransactTime);
  }

  private putText(as: number, value: Uint8Array): void {
    this.writer.text(as, value);
    this.note(as);
  }

  private note(as: number): void {
    this.count++;
    this.written |= this.fields.bitOf(as);
  }

  /** True when the field follows the count of a group that only this dictionary knows: the peer passes it as it stands. */
  private isOfGroup(fieldTag: number, field: number, rules: MessageRules): boolean {
    for (let i = field - 1; i >= 0; i--) {
      if (this.counts(i)) return false;
      const group = rules.groupOf(this.scan.tags[i]!);
      if (group >= 0) return this.dictionary.memberOf(group, fieldTag) >= 0;
    }
    return false;
  }

  /** Writes the value that a later or an earlier version has instead, where this one's list of values lacks the field's. */
  private isRespelled(field: number): boolean {
    const scan = this.scan;
    const fieldTag = scan.tags[field]!;
    const from = scan.starts[field]!;
    const to = scan.ends[field]!;
    for (let i = 0; i < RESPELLINGS.length; i++) {
      const row = RESPELLINGS[i]!;
      if (row.older !== fieldTag) continue;
      const isOlder = equals(this.source, from, to, row.olderValue);
      if (!isOlder && !equals(this.source, from, to, row.newerValue)) continue;
      const other = isOlder ? row.newerValue : row.olderValue;
      if (
        this.dictionary.allows(fieldTag, this.source, from, to) ||
        !this.dictionary.allows(fieldTag, other, 0, other.length)
      )
        return false;
      this.putText(fieldTag, other);
      return true;
    }
    return false;
  }

  /** True when the field is the second of two that another version has as one, which is written for both. */
  private isPart(fieldTag: number): boolean {
    for (let i = 0; i < TRANSLATIONS.length; i++) {
      const row = TRANSLATIONS[i]!;
      if (row.also !== fieldTag) continue;
      const first = this.flat(row.newer);
      if (first >= 0 && this.olderOf(first) !== null) return true;
    }
    return false;
  }

  /**
   * Writes a field that this version does not have by the table of translations. False where the message, or another of its
   * fields, says something else in that place.
   */
  private isTranslated(field: number): boolean {
    const newer = this.newerOf(field);
    if (newer !== null) {
      const before = this.sameBefore(field, newer);
      if (before !== null)
        return isEqual(before.newerValue, newer.newerValue) && isEqual(before.alsoValue, newer.alsoValue);
      if (isAny(newer.newerValue)) this.put(newer.newer, field);
      else this.putText(newer.newer, newer.newerValue);
      if (newer.also !== 0) this.putText(newer.also, newer.alsoValue);
      return true;
    }
    const row = this.olderOf(field);
    if (row === null) return false;
    if (isAny(row.olderValue)) this.put(row.older, field);
    else this.putText(row.older, row.olderValue);
    return true;
  }

  /** The row by which this version has the newer form of a field, or null. */
  private newerOf(field: number): Translation | null {
    const scan = this.scan;
    const fields = this.fields;
    const from = scan.starts[field]!;
    const to = scan.ends[field]!;
    for (let i = 0; i < TRANSLATIONS.length; i++) {
      const row = TRANSLATIONS[i]!;
      if (row.older !== scan.tags[field] || !fields.has(row.newer) || this.flat(row.newer) >= 0) continue;
      if (row.also !== 0 && (!fields.has(row.also) || this.flat(row.also) >= 0)) continue;
      if (isValue(row.olderValue, this.source, from, to)) return row;
    }
    return null;
  }

  /** The row by which an earlier field has the same newer form, or null. */
  private sameBefore(field: number, row: Translation): Translation | null {
    const tags = this.scan.tags;
    for (let i = 0; i < field; i++) {
      if (this.fields.has(tags[i]!) || this.flat(tags[i]!) !== i) continue;
      const other = this.newerOf(i);
      if (other !== null && other.newer === row.newer) return other;
    }
    return null;
  }

  /** The row by which this version has the older form of a field, or null. */
  private olderOf(field: number): Translation | null {
    const scan = this.scan;
    const from = scan.starts[field]!;
    const to = scan.ends[field]!;
    for (let i = 0; i < TRANSLATIONS.length; i++) {
      const row = TRANSLATIONS[i]!;
      if (row.newer !== scan.tags[field] || !this.fields.has(row.older) || this.flat(row.older) >= 0) continue;
      if (isValue(row.newerValue, this.source, from, to) && this.isSecond(row)) return row;
    }
    return null;
  }

  /** True when the message has the row's second field with its value, or has none where the row has none. */
  private isSecond(row: Translation): boolean {
    const scan = this.scan;
    const second = this.flat(secondOf(row.newer));
    if (row.also === 0 || second < 0) return row.also === 0 && second < 0;
    return equals(this.source, scan.starts[second]!, scan.ends[second]!, row.alsoValue);
  }

  /** Writes MaturityDate as month and day, or a day as MaturityDate, where this version has only that. */
  private isDate(field: number): boolean {
    const scan = this.scan;
    const month = this.flat(MATURITY_MONTH_YEAR);
    const from = scan.starts[field]!;
    const length = scan.ends[field]! - from;
    const hasMonth = month >= 0 && scan.ends[month]! - scan.starts[month]! === 6;
    const writer = this.writer;
    if (scan.tags[field] === MATURITY_DATE && length === 8 && this.fields.has(MATURITY_DAY)) {
      if (month >= 0 && !(hasMonth && this.sameMonth(from, scan.starts[month]!))) return false;
      if (month < 0) writer.value(MATURITY_MONTH_YEAR, this.source, from, from + 6);
      writer.value(MATURITY_DAY, this.source, from + 6, from + 8);
      this.count += 2;
      return true;
    }
    if (scan.tags[field] !== MATURITY_DAY || !hasMonth || length > 2 || !this.fields.has(MATURITY_DATE)) return false;
    const at = scan.starts[month]!;
    writer.value(MATURITY_DATE, this.source, at, at + 6);
    let to = writer.at - 1;
    if (length === 1) writer.bytes[to++] = ZERO;
    for (let i = 0; i < length; i++) writer.bytes[to++] = this.source[from + i]!;
    writer.endField(to);
    this.count++;
    return true;
  }

  private sameMonth(a: number, b: number): boolean {
    for (let i = 0; i < 6; i++) if (this.source[a + i] !== this.source[b + i]) return false;
    return true;
  }

  /** Writes a MaturityMonthYear with a day as two fields, where this version has a field for the day. */
  private isSplitDate(field: number): boolean {
    const scan = this.scan;
    if (scan.tags[field] !== MATURITY_MONTH_YEAR || !this.fields.has(MATURITY_DAY)) return false;
    const from = scan.starts[field]!;
    const to = scan.ends[field]!;
    if (to - from !== 8 || this.source[from + 6]! > NINE || this.flat(MATURITY_DAY) >= 0) return false;
    this.writer.value(MATURITY_MONTH_YEAR, this.source, from, from + 6);
    this.writer.value(MATURITY_DAY, this.source, from + 6, to);
    this.count += 2;
    return true;
  }

  /** True for a party's field of early versions that this version has as a party. */
  private isFormerParty(field: number, rules: MessageRules): boolean {
    if (FORMER_TAGS.indexOf(this.scan.tags[field]!) < 0) return false;
    const group = rules.groupOf(NO_PARTY_IDS);
    if (group < 0 || this.dictionary.memberOf(group, PARTY_ROLE) < 0) return false;
    for (let i = 0; i < this.scan.count; i++) if (this.scan.tags[i] === NO_PARTY_IDS) return false;
    return true;
  }

  /** Writes all fields of parties as a group, once. */
  private asParties(rules: MessageRules): void {
    if (this.formerWritten) return;
    this.formerWritten = true;
    const scan = this.scan;
    const writer = this.writer;
    const group = rules.groupOf(NO_PARTY_IDS);
    let entries = 0;
    for (let i = 0; i < FORMER_TAGS.length; i++) if (this.isLone(FORMER_TAGS[i]!)) entries++;
    writer.int(NO_PARTY_IDS, entries);
    this.count++;
    for (let i = 0; i < FORMER_TAGS.length; i++) {
      if (!this.isLone(FORMER_TAGS[i]!)) continue;
      const field = this.flat(FORMER_TAGS[i]!);
      writer.value(PARTY_ID, this.source, scan.starts[field]!, scan.ends[field]!);
      if (this.dictionary.memberOf(group, PARTY_ID_SOURCE) >= 0) writer.char(PARTY_ID_SOURCE, PROPRIETARY);
      writer.int(PARTY_ROLE, FORMER_ROLES[i]!);
      this.count += 3;
    }
  }

  /** True when the message has this field of a party, and this version does not. */
  private isLone(former: number): boolean {
    return this.flat(former) >= 0 && !this.fields.has(former) && !this.fields.isChanged(former);
  }

  /** Returns the first field with this tag outside groups, or −1. */
  private flat(wanted: number): number {
    const scan = this.scan;
    for (let i = 0; i < scan.count; i++)
      if (scan.tags[i] === wanted && (this.source[this.marksAt + i]! & ~MARK_UNREAD) === 0) return i;
    return -1;
  }

  private counts(field: number): boolean {
    return (this.source[this.marksAt + field]! & MARK_COUNTS) !== 0;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return equals(a, 0, a.length, b);
}
