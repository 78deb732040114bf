import type { Scanner } from "../wire/scan.ts";
import { TEXT } from "./data-type.ts";
import {
  type DictionaryDescription,
  type MemberDescription,
  type MessageDescription,
  SESSION_TYPES,
} from "./description.ts";
import { ValueSets } from "./value-sets.ts";

/*  The rules of a tag in one message, as a word; 0: the message does not have the tag.
 *
 *    bits 0, 1   part: HEADER, BODY or TRAILER
 *    bit 2       REQUIRED
 *    bit 3       COUNTS_GROUP
 *    bits 4 to 7 data type          bits 4 and above are the tag's kind, the same in all messages
 *    bits 8 …    1 + its set of values, 0 for any value
 */
export const HEADER = 1;
export const BODY = 2;
const TRAILER = 3;
export const PART = 3;
export const REQUIRED = 4;
export const COUNTS_GROUP = 8;
export const KIND = 4;
export const TYPE = 15;
export const SET = 8;

/** A tag below this is its own slot; higher tags (mostly custom ones) have the slots from here on. */
export const DIRECT_TAGS = 2048;
/** Slot of unknown tags. */
const NO_SLOT = 0;
const ASCII = 128;

/** The rules of one MsgType. */
export class MessageRules {
  /** By slot. */
  readonly words: Int32Array;
  /** Required tags in ascending order, without those required in every message. */
  readonly required: Int32Array;
  readonly requiredCount: number;
  /** Count tags in this message, and the group of each. */
  readonly countTags: Int32Array;
  readonly groups: Int32Array;

  constructor(
    readonly msgType: string,
    /** True when its fields are not described: the body may have any known tag. */
    readonly open: boolean,
    /** By slot: kinds of the tags that exist for this message. */
    readonly known: Int32Array,
    members: readonly (readonly [number, MemberDescription])[],
    kinds: Int32Array,
    slotOf: (tag: number) => number,
    groupOf: (member: MemberDescription) => number,
  ) {
    this.words = new Int32Array(new ArrayBuffer(4 * kinds.length));
    const counted = members.filter(([, member]) => member.group !== undefined);
    const required = members.filter(([, member]) => member.required && !FRAMING.includes(member.tag));
    for (const [part, { tag, group }] of members)
      this.words[slotOf(tag)] = part | (group === undefined ? 0 : COUNTS_GROUP) | kinds[slotOf(tag)]!;
    for (const [, { tag }] of required) this.words[slotOf(tag)]! |= REQUIRED;
    this.required = Int32Array.from(required, ([, member]) => member.tag).sort();
    this.requiredCount = this.required.length;
    this.countTags = Int32Array.from(counted, ([, member]) => member.tag);
    this.groups = Int32Array.from(counted, ([, member]) => groupOf(member));
  }

  /** Returns the group of a count tag in this message. */
  groupOf(countTag: number): number {
    const tags = this.countTags;
    for (let i = 0; i < tags.length; i++) if (tags[i] === countTag) return this.groups[i]!;
    return -1;
  }
}

/** BeginString, BodyLength, MsgType and CheckSum; the scanner has checked them. */
const FRAMING = [8, 9, 10, 35];
/** MsgSeqNum and SendingTime; the session has checked them. */
const READ_BY_SESSION = [34, 52];

/**
 * Lookup tables of a FIX version or a venue's dialect: tags, types, values, messages, groups.
 * Compiled once from a description; then read-only and shared by all sessions of a lane.
 */
export class Dictionary {
  readonly name: string;
  readonly slots: number;
  /** By slot: the kind of the field; 0: the field does not exist. */
  readonly kinds: Int32Array;
  /** Members of all groups; the members of a group are consecutive. */
  readonly memberTags: Int32Array;
  readonly memberKinds: Int32Array;
  readonly memberRequired: Uint8Array;
  /** 1 + the group of a member that is a count tag, else 0. */
  readonly memberGroups: Int32Array;
  readonly groupFrom: Int32Array;
  readonly groupTo: Int32Array;
  /** Kinds for session messages, when the session layer has a separate dictionary. */
  private readonly transportKinds: Int32Array;
  private readonly rules: MessageRules[];
  private readonly highTags: Int32Array;
  /** Both characters of a MsgType (7 bits each) → 1 + index of its rules. */
  private readonly byType = new Uint8Array(new ArrayBuffer(ASCII * ASCII));
  readonly values: ValueSets;

  constructor(description: DictionaryDescription) {
    this.name = description.name;
    const high = new Set(description.fields.map(({ tag }) => tag).filter((tag) => tag >= DIRECT_TAGS));
    this.highTags = Int32Array.from(high).sort();
    this.slots = DIRECT_TAGS + this.highTags.length;
    this.kinds = new Int32Array(new ArrayBuffer(4 * this.slots));
    const limited = description.fields.filter(({ values }) => values.length > 0);
    this.values = new ValueSets(limited);
    for (const { tag, type } of description.fields)
      this.kinds[this.slotOf(tag)] = (READ_BY_SESSION.includes(tag) ? TEXT : type) << KIND;
    for (const [i, { tag }] of limited.entries()) this.kinds[this.slotOf(tag)]! |= (i + 1) << SET;
    const { transportTags } = description;
    this.transportKinds = transportTags === undefined ? this.kinds : new Int32Array(new ArrayBuffer(4 * this.slots));
    for (const tag of transportTags ?? []) this.transportKinds[this.slotOf(tag)] = this.kinds[this.slotOf(tag)]!;
    const groups = new GroupTable();
    this.rules = description.messages.map((message) => this.compile(message, description, groups));
    for (const [i, { msgType }] of this.rules.entries()) {
      const index = typeIndex(msgType.charCodeAt(0), msgType.length > 1 ? msgType.charCodeAt(1) : 0);
      if (msgType.length <= 2) this.byType[index] = i + 1;
    }
    this.memberTags = Int32Array.from(groups.tags);
    this.memberKinds = this.memberTags.map((tag) => this.kinds[this.slotOf(tag)]!);
    this.memberRequired = Uint8Array.from(groups.required);
    this.memberGroups = Int32Array.from(groups.nested);
    this.groupFrom = Int32Array.from(groups.from);
    this.groupTo = Int32Array.from(groups.to);
  }

  private compile(message: MessageDescription, whole: DictionaryDescription, groups: GroupTable): MessageRules {
    // A tag that two parts of a message have is in the first of header, trailer and body.
    const members = new Map<number, readonly [number, MemberDescription]>();
    for (const [part, list] of [
      [HEADER, whole.header],
      [TRAILER, whole.trailer],
      [BODY, message.members ?? []],
    ] as const)
      for (const member of list) {
        const [first, other] = members.get(member.tag) ?? [part, member];
        members.set(member.tag, [first, { ...other, required: other.required || member.required }]);
      }
    return new MessageRules(
      message.msgType,
      message.members === null,
      SESSION_TYPES.includes(message.msgType) ? this.transportKinds : this.kinds,
      [...members.values()],
      this.kinds,
      (tag) => this.slotOf(tag),
      (member) => groups.indexOf(member.group!),
    );
  }

  /** Returns a tag's slot; NO_SLOT, with kind 0, for tags that are not in the dictionary. */
  slotOf(tag: number): number {
    if (tag < DIRECT_TAGS) return tag;
    const tags = this.highTags;
    let low = 0;
    let high = tags.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tags[middle]! < tag) low = middle + 1;
      else high = middle;
    }
    return low < tags.length && tags[low] === tag ? DIRECT_TAGS + low : NO_SLOT;
  }

  /** Returns all tags. */
  allTags(): number[] {
    const direct = Array.from({ length: DIRECT_TAGS }, (_, one) => one).filter((one) => this.kinds[one] !== 0);
    return [...direct, ...this.highTags];
  }

  /** Returns the member of a group with this tag, or −1. */
  memberOf(group: number, memberTag: number): number {
    const memberTags = this.memberTags;
    const to = this.groupTo[group]!;
    for (let member = this.groupFrom[group]!; member < to; member++)
      if (memberTags[member] === memberTag) return member;
    return -1;
  }

  /** True when the tag is a member of any group. */
  isMember(anyTag: number): boolean {
    const tags = this.memberTags;
    for (let i = 0; i < tags.length; i++) if (tags[i] === anyTag) return true;
    return false;
  }

  /** Returns the rules of the scanned message, or null when its MsgType does not exist. */
  rulesOf(scan: Scanner): MessageRules | null {
    return scan.msgType === 0 ? this.longType(scan) : this.rulesOfType(scan.msgType);
  }

  /** Returns the rules of a MsgType of one or two characters (fix/wire/tags.ts), or null. */
  rulesOfType(type: number): MessageRules | null {
    const first = type & 0xff;
    const second = type >> 8;
    if (first >= ASCII || second >= ASCII) return null;
    const index = this.byType[typeIndex(first, second)]!;
    return index === 0 ? null : this.rules[index - 1]!;
  }

  /** True when the body of a message of this type may have the tag outside groups. */
  has(type: number, tag: number): boolean {
    const rules = this.rulesOfType(type);
    if (rules === null) return false;
    const slot = this.slotOf(tag);
    return (rules.words[slot]! & PART) === BODY || (rules.open && rules.known[slot] !== 0);
  }

  /** True when the body of a message of this type must have the tag. */
  requires(type: number, tag: number): boolean {
    const rules = this.rulesOfType(type);
    return rules !== null && (rules.words[this.slotOf(tag)]! & (REQUIRED | PART)) === (REQUIRED | BODY);
  }

  /** True when `bytes[from, to)` is one of the tag's values, or the tag has no list of values. */
  allows(tag: number, bytes: Uint8Array, from: number, to: number): boolean {
    const set = this.kinds[this.slotOf(tag)]! >> SET;
    return set === 0 || this.values.has(set, bytes, from, to);
  }

  private longType(scan: Scanner): MessageRules | null {
    const from = scan.starts[2]!;
    const length = scan.ends[2]! - from;
    for (let i = 0; i < this.rules.length; i++) {
      const rules = this.rules[i]!;
      if (rules.msgType.length !== length) continue;
      let at = 0;
      while (at < length && rules.msgType.charCodeAt(at) === scan.bytes[from + at]) at++;
      if (at === length) return rules;
    }
    return null;
  }
}

function typeIndex(first: number, second: number): number {
  return first | (second << 7);
}

/** Collects groups while messages are compiled; equal lists of members share one group. */
class GroupTable {
  readonly tags: number[] = [];
  readonly required: number[] = [];
  readonly nested: number[] = [];
  readonly from: number[] = [];
  readonly to: number[] = [];
  private readonly known = new Map<string, number>();

  indexOf(members: readonly MemberDescription[]): number {
    const key = JSON.stringify(members);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const nested = members.map((member) => (member.group === undefined ? 0 : 1 + this.indexOf(member.group)));
    const index = this.from.push(this.tags.length) - 1;
    this.tags.push(...members.map(({ tag }) => tag));
    this.required.push(...members.map(({ required }) => (required ? 1 : 0)));
    this.nested.push(...nested);
    this.to.push(this.tags.length);
    this.known.set(key, index);
    return index;
  }
}
