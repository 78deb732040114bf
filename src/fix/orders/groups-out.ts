import { readInt } from "../../base/decimal.ts";
import type { Views } from "../../base/views.ts";
import {
  GROUP_FIELDS,
  GROUP_TEXT_BYTES,
  GROUPS_TEXT_AT,
  MARK_BEGINS,
  MARK_COUNTS,
  MARK_DEPTH,
} from "../../record/groups.ts";
import { BODY, COUNTS_GROUP, type Dictionary, type MessageRules, PART } from "../dictionary/dictionary.ts";
import type { Scanner } from "../wire/scan.ts";
import { Writer } from "../wire/write.ts";
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
import { SingleWriter } from "./singles-out.ts";

/** Room for the longest groups, with an additional count tag for each field. */
const OUTPUT_BYTES = GROUP_TEXT_BYTES + 8 * GROUP_FIELDS;

/*  A party in 4.3 has one PartySubID (523, in nested parties 545). From 4.4 on it has a group of them (802, 804), each with
 *  a type; a single id without a type is the same in both.
 */
const SUB_IDS = new Int32Array([523, 545]);
const SUB_ID_COUNTS = new Int32Array([802, 804]);

/**
 * Writes what came beside a record for another version, or a venue's dialect: groups that the message has there, with the members
 * that their entries have, in its order, and single fields under the name and with the value that they have there.
 */
export class GroupWriter {
  /** The output: `bytes[0, length)`, whole fields. */
  get bytes(): Uint8Array {
    return this.writer.bytes;
  }
  get length(): number {
    return this.writer.at;
  }
  /** First tag of a group that was left out because this version does not have it; 0: none. */
  unknownTag = 0;
  /** First field outside groups that was left out because this version does not have it; NONE: there is none. */
  get uncarriedTag(): number {
    return this.singles.leftOut;
  }
  /** The output is too long, in bytes or fields. */
  tooLong = false;
  /** Bits of the record's fields (`fields.bitOf`) that were written: they are not written from the record. */
  get written(): number {
    return this.singles.written;
  }
  private unknownField = 0;
  private count = 0;
  private marksAt = 0;
  private source: Uint8Array;
  private readonly writer = new Writer(new Uint8Array(new ArrayBuffer(OUTPUT_BYTES)));
  private readonly singles: SingleWriter;

  constructor(
    readonly dictionary: Dictionary,
    private readonly scan: Scanner,
  ) {
    this.source = this.writer.bytes;
    this.singles = new SingleWriter(dictionary, scan, this.writer);
  }

  /** True when the fields at `at` go as they are into a message that has these fields. Uses the scanner. */
  passes(at: number, fields: MessageFields): boolean {
    return this.scan.passes(at, fields.rules, fields.accepts);
  }

  /** Bits of the record's fields that go as they are. */
  get passed(): number {
    return this.scan.codec!.passed;
  }

  /** Writes the fields at `at` (record/groups.ts) for a message that has these fields. Uses the scanner. */
  write(views: Views, at: number, fields: MessageFields): void {
    const scan = this.scan;
    const writer = this.writer;
    const textAt = at + GROUPS_TEXT_AT;
    this.source = views.bytes;
    this.marksAt = textAt + views.ints[at >> 2]!;
    this.unknownTag = 0;
    this.count = 0;
    writer.at = 0;
    scan.fields(views.bytes, textAt, this.marksAt);
    this.singles.begin(this.source, this.marksAt, fields);
    const rules = this.dictionary.rulesOfType(fields.msgType);
    let i = 0;
    while (i < scan.count) {
      const countTag = scan.tags[i]!;
      const end = this.endOf(i);
      const word = rules === null ? 0 : rules.words[this.dictionary.slotOf(countTag)]!;
      if (!this.counts(i)) this.singles.write(i, rules);
      else if (fields.isDropped(countTag)) {
        // As configured.
      } else if ((word & COUNTS_GROUP) !== 0 && (word & PART) === BODY) this.group(i, end, rules!.groupOf(countTag));
      else if (word === 0 && countTag === NO_PARTY_IDS && rules !== null) this.asFormerFields(i, end, rules);
      else this.leaveOut(i);
      i = end;
    }
    this.tooLong = writer.at > GROUP_TEXT_BYTES || this.count + this.singles.count > GROUP_FIELDS;
  }

  /** Writes the group whose count is in `field` and whose entries end before `end`. */
  private group(field: number, end: number, group: number): void {
    const depth = this.depthOf(field) + 1;
    const first = this.dictionary.memberTags[this.dictionary.groupFrom[group]!]!;
    let entries = 0;
    for (let i = field + 1; i < end; i++) {
      if (!this.begins(i, depth)) continue;
      // An entry needs the member that begins entries in this version.
      if (this.find(i, this.entryEnd(i, end), first) < 0) this.leaveOut(i);
      else entries++;
    }
    if (entries === 0 && end > field + 1) return;
    this.writer.int(this.scan.tags[field]!, entries);
    this.count++;
    for (let i = field + 1; i < end; i++) {
      if (!this.begins(i, depth)) continue;
      const to = this.entryEnd(i, end);
      if (this.find(i, to, first) >= 0) this.entry(i, to, group);
    }
  }

  /** Writes parties as the fields of versions before 4.3; other parties are left out. */
  private asFormerFields(field: number, end: number, rules: MessageRules): void {
    const depth = this.depthOf(field) + 1;
    let written = 0;
    for (let i = field + 1; i < end; i++) {
      if (!this.begins(i, depth)) continue;
      const former = this.formerTag(i, this.entryEnd(i, end));
      const place = FORMER_TAGS.indexOf(former);
      const word = place < 0 ? 0 : rules.words[former]!;
      const fits = (word & PART) === BODY && (written & (1 << place)) === 0;
      if (fits) {
        written |= 1 << place;
        this.writer.value(former, this.source, this.scan.starts[i]!, this.scan.ends[i]!);
        this.count++;
      } else this.leaveOut(field);
    }
  }

  /** Returns the field of a party in versions before 4.3, or 0 when it would lose data. */
  private formerTag(from: number, to: number): number {
    const scan = this.scan;
    const role = this.find(from, to, PARTY_ROLE);
    const source = this.find(from, to, PARTY_ID_SOURCE);
    const fields = 2 + (source < 0 ? 0 : 1);
    if (scan.tags[from] !== PARTY_ID || role < 0 || to - from !== fields) return 0;
    const own =
      source < 0 ||
      (scan.ends[source]! - scan.starts[source]! === 1 && this.source[scan.starts[source]!] === PROPRIETARY);
    const place = FORMER_ROLES.indexOf(readInt(this.source, scan.starts[role]!, scan.ends[role]!));
    return own && place >= 0 ? FORMER_TAGS[place]! : 0;
  }

  private entry(from: number, to: number, group: number): void {
    const memberTags = this.dictionary.memberTags;
    const memberGroups = this.dictionary.memberGroups;
    const end = this.dictionary.groupTo[group]!;
    for (let member = this.dictionary.groupFrom[group]!; member < end; member++) {
      const field = this.find(from, to, memberTags[member]!);
      if (field < 0) this.otherForm(from, to, group, memberTags[member]!);
      else if (this.counts(field) !== (memberGroups[member] !== 0)) this.leaveOut(field);
      else if (this.counts(field)) this.group(field, this.endOf(field), memberGroups[member]! - 1);
      else this.value(field);
    }
    const depth = this.depthOf(from);
    for (let i = from; i < to; i++) {
      const fieldTag = this.scan.tags[i]!;
      if (this.depthOf(i) !== depth) continue;
      if (this.dictionary.memberOf(group, fieldTag) < 0) this.nonMember(i, group);
      else if (this.find(from, to, fieldTag) !== i) this.leaveOut(i);
    }
  }

  /** Writes a member that the entry has only in the form of another version. */
  private otherForm(from: number, to: number, group: number, wanted: number): void {
    for (let i = 0; i < SUB_IDS.length; i++) {
      const id = SUB_IDS[i]!;
      const count = SUB_ID_COUNTS[i]!;
      if (wanted === count && this.dictionary.memberOf(group, id) < 0) {
        const field = this.find(from, to, id);
        if (field < 0 || this.counts(field)) return;
        this.writer.int(count, 1);
        this.count++;
        this.value(field);
      } else if (wanted === id) {
        const field = this.find(from, to, count);
        if (field >= 0 && this.isSingle(field)) this.value(this.find(field + 1, this.endOf(field), id));
      }
    }
  }

  /** Leaves out a field that is no member in this version, unless it was written in another form. */
  private nonMember(field: number, group: number): void {
    const tag = this.scan.tags[field]!;
    for (let i = 0; i < SUB_IDS.length; i++) {
      const isId = tag === SUB_IDS[i] && !this.counts(field);
      if (isId && this.dictionary.memberOf(group, SUB_ID_COUNTS[i]!) >= 0) return;
      if (tag !== SUB_ID_COUNTS[i] || !this.isSingle(field) || this.dictionary.memberOf(group, SUB_IDS[i]!) < 0)
        continue;
      // The other form has no type.
      if (this.endOf(field) > field + 2) this.leaveOut(field + 2);
      return;
    }
    this.leaveOut(field);
  }

  /** True for a group of sub ids with one entry that begins with an id. */
  private isSingle(field: number): boolean {
    if (!this.counts(field)) return false;
    const end = this.endOf(field);
    const depth = this.depthOf(field) + 1;
    let entries = 0;
    for (let i = field + 1; i < end; i++) if (this.begins(i, depth)) entries++;
    return entries === 1 && SUB_IDS.indexOf(this.scan.tags[field + 1]!) >= 0;
  }

  private value(field: number): void {
    const scan = this.scan;
    this.writer.value(scan.tags[field]!, this.source, scan.starts[field]!, scan.ends[field]!);
    this.count++;
  }

  private leaveOut(field: number): void {
    if (this.unknownTag !== 0 && field > this.unknownField) return;
    this.unknownTag = this.scan.tags[field]!;
    this.unknownField = field;
  }

  /** Returns the field with this tag in the entry that begins at `from`, without nested groups, or −1. */
  private find(from: number, to: number, wanted: number): number {
    const depth = this.depthOf(from);
    for (let i = from; i < to; i++) if (this.scan.tags[i] === wanted && this.depthOf(i) === depth) return i;
    return -1;
  }

  /** Returns the field behind this one and, for a count tag, behind its entries. */
  private endOf(field: number): number {
    const depth = this.depthOf(field);
    let i = field + 1;
    if (this.counts(field)) while (i < this.scan.count && this.depthOf(i) > depth) i++;
    return i;
  }

  /** Returns the field behind the entry that begins at `from`, in a group that ends before `end`. */
  private entryEnd(from: number, end: number): number {
    const depth = this.depthOf(from);
    let i = from + 1;
    while (i < end && !this.begins(i, depth)) i++;
    return i;
  }

  private depthOf(field: number): number {
    return this.source[this.marksAt + field]! & MARK_DEPTH;
  }

  private begins(field: number, depth: number): boolean {
    return (this.source[this.marksAt + field]! & (MARK_DEPTH | MARK_BEGINS)) === (depth | MARK_BEGINS);
  }

  private counts(field: number): boolean {
    return (this.source[this.marksAt + field]! & MARK_COUNTS) !== 0;
  }
}
