import { TEXT, UNSIGNED } from "../dictionary/data-type.ts";
import {
  BODY,
  COUNTS_GROUP,
  DIRECT_TAGS,
  type Dictionary,
  KIND,
  type MessageRules,
  PART,
  REQUIRED,
  SET,
  TYPE,
} from "../dictionary/dictionary.ts";
import { BEYOND } from "../wire/codec/layout.ts";
import * as rule from "../wire/codec/rules.ts";
import { heldBit, NOT_HELD } from "../wire/held.ts";
import type { RulesMemory } from "../wire/rules-memory.ts";
import * as tag from "../wire/tags.ts";
import { recordOf } from "./record-tags.ts";
import { RESPELLINGS } from "./translations.ts";

/** The messages that the codec reads and writes. */
export const TYPES = [
  tag.NEW_ORDER_SINGLE,
  tag.ORDER_CANCEL_REQUEST,
  tag.ORDER_CANCEL_REPLACE_REQUEST,
  tag.EXECUTION_REPORT,
] as const;
const PRICED: readonly number[] = [tag.NEW_ORDER_SINGLE, tag.ORDER_CANCEL_REPLACE_REQUEST];
/** Fields of parties that have two forms (groups-out.ts): a group with both is not plain. */
const TWO_FORMS = [
  [523, 802],
  [545, 804],
] as const;
const MATURITY_MONTH_YEAR = 200;
const MATURITY_DAY = 205;
const PAIR = /^[1-9][0-9]$/;
/** Longest value of a set that the codec compares. */
const LONGEST_VALUE = 8;
const HASH = 0x9e3779b1;

/** What the message types of a dictionary share: groups, their members, and sets of values. */
export class SharedRules {
  readonly isPlaced: boolean;
  readonly setsAt: number;
  readonly groupsAt: number;
  /** Group of the dictionary → group of the tables. */
  readonly groups: ReadonlyMap<number, number>;

  constructor(
    memory: RulesMemory,
    private readonly dictionary: Dictionary,
  ) {
    this.groups = new Map(reachable(dictionary).map((group, i) => [group, i]));
    this.setsAt = this.placeSets(memory);
    this.groupsAt = this.setsAt === 0 ? 0 : this.placeGroups(memory);
    this.isPlaced = this.groupsAt !== 0;
  }

  private placeSets(memory: RulesMemory): number {
    const { lists } = this.dictionary.values;
    const further = lists.map((values) =>
      values.filter((value) => value.length > 1 && value.length <= LONGEST_VALUE && !PAIR.test(value)),
    );
    const setsBytes = lists.length * rule.SET_BYTES;
    const at = memory.take(setsBytes + further.flat().length * 8 + 8);
    if (at === 0) return 0;
    let valuesAt = at + setsBytes;
    for (const [i, values] of lists.entries()) {
      const set = at + i * rule.SET_BYTES;
      for (const value of values) {
        const code = value.charCodeAt(0);
        if (value.length === 1 && code < 128) setBit(memory, set, code);
        else if (PAIR.test(value)) setBit(memory, set + rule.SET_PAIRS, Number(value));
      }
      memory.words[(set + rule.SET_FROM) >> 2] = valuesAt;
      for (const value of further[i]!) {
        for (let c = 0; c < value.length; c++) memory.bytes[valuesAt + c] = value.charCodeAt(c);
        valuesAt += 8;
      }
      memory.words[(set + rule.SET_TO) >> 2] = valuesAt;
    }
    return at;
  }

  private placeGroups(memory: RulesMemory): number {
    const { dictionary, groups } = this;
    const { groupFrom, groupTo, memberTags, memberRequired } = dictionary;
    const members = [...groups.keys()].reduce((sum, group) => sum + groupTo[group]! - groupFrom[group]!, 0);
    const at = memory.take(groups.size * rule.GROUP_BYTES + members * rule.MEMBER_BYTES + 8);
    if (at === 0) return 0;
    let next = at + groups.size * rule.GROUP_BYTES;
    for (const [group, i] of groups) {
      const word = (at + i * rule.GROUP_BYTES) >> 2;
      const from = groupFrom[group]!;
      const tags = [...memberTags.subarray(from, groupTo[group]!)];
      const isOdd = TWO_FORMS.some((forms) => forms.every((one) => tags.includes(one)));
      memory.words[word] = next;
      memory.words[word + 3] = tags[0]!;
      for (const [j, one] of tags.entries()) {
        memory.words[next >> 2] = one;
        memory.words[(next >> 2) + 1] = this.memberWord(from + j, isOdd);
        memory.words[word + 2]! += memberRequired[from + j]!;
        next += rule.MEMBER_BYTES;
      }
      memory.words[word + 1] = next;
    }
    return at;
  }

  private memberWord(member: number, isOdd: boolean): number {
    const { memberKinds, memberTags, memberRequired, memberGroups } = this.dictionary;
    const one = memberTags[member]!;
    const required = memberRequired[member] === 1 ? rule.RULE_REQUIRED : 0;
    // The readers of records would take it for the record's field.
    const odd = isOdd || TYPES.some((type) => isHeld(type, one)) ? rule.RULE_ODD : 0;
    return required | odd | kindOf(memberKinds[member]!, memberGroups[member]! - 1, this);
  }
}

/** Type, and set or group, of a field. */
function kindOf(kind: number, group: number, shared: SharedRules): number {
  const type = (kind >> KIND) & TYPE;
  const set = kind >> SET;
  const value = type !== TEXT || set !== 0 ? rule.RULE_VALUE : 0;
  if (group < 0) return value | (type << rule.RULE_TYPE) | (set << rule.RULE_SET);
  const isPlain = type === UNSIGNED && set === 0 && shared.groups.has(group);
  return rule.RULE_COUNTS | (isPlain ? shared.groups.get(group)! << rule.RULE_SET : rule.RULE_ODD);
}

/** Groups in the bodies of the messages, with nested ones. */
function reachable(dictionary: Dictionary): number[] {
  const found = new Set<number>();
  const add = (group: number): void => {
    if (found.has(group)) return;
    found.add(group);
    for (let member = dictionary.groupFrom[group]!; member < dictionary.groupTo[group]!; member++)
      if (dictionary.memberGroups[member] !== 0) add(dictionary.memberGroups[member]! - 1);
  };
  for (const type of TYPES) for (const group of dictionary.rulesOfType(type)?.groups ?? []) add(group);
  return [...found];
}

/** Places the rules of a message type. Returns  its address, 0 when there is no room. */
export function placeRules(
  memory: RulesMemory,
  dictionary: Dictionary,
  shared: SharedRules,
  type: number,
  rules: MessageRules,
  odd: readonly number[],
): number {
  const words = new Map<number, number>();
  const note = (one: number, bits: number): void => void words.set(one, (words.get(one) ?? 0) | bits);
  for (const one of dictionary.allTags()) {
    const word = rules.words[dictionary.slotOf(one)]!;
    if (word !== 0)
      note(
        one,
        (word & (PART | REQUIRED)) | kindOf(word, (word & COUNTS_GROUP) === 0 ? -1 : rules.groupOf(one), shared),
      );
    if ((word & PART) !== 0 && (word & PART) !== BODY) note(one, rule.RULE_HELD);
  }
  for (let one = 1; one < NOT_HELD.length; one++) if (isHeld(type, one)) note(one, rule.RULE_HELD);
  for (const one of dictionary.memberTags) note(one, rule.RULE_MEMBER);
  for (const one of odd) note(one, rule.RULE_ODD);
  for (const { older } of RESPELLINGS) if (words.has(older)) note(older, rule.RULE_IN_SET);
  if (dictionary.has(type, MATURITY_DAY) && words.has(MATURITY_MONTH_YEAR)) note(MATURITY_MONTH_YEAR, rule.RULE_SHORT);
  const { tags } = recordOf(type);
  for (const one of tags) note(one, rule.RULE_HAS_BIT);
  const direct = [...words.keys()].filter((one) => one < DIRECT_TAGS);
  const high = [...words.keys()].filter((one) => one >= DIRECT_TAGS);
  const limit = Math.max(...direct) + 1;
  const slots = high.length === 0 ? 0 : 2 ** Math.ceil(Math.log2(2 * high.length));
  const at = memory.take(rule.RULES_HEAD + 4 * limit + 8 + 8 * slots);
  const shapesAt = memory.take(rule.SHAPES * rule.SHAPE_BYTES + BEYOND);
  if (at === 0 || shapesAt === 0) return 0;
  const wordsAt = at + rule.RULES_HEAD;
  const hashAt = Math.ceil((wordsAt + 4 * limit) / 8) * 8;
  const head = (place: number, value: number): void => void (memory.words[(at + place) >> 2] = value);
  head(rule.RULES_LIMIT, limit);
  head(rule.RULES_WORDS, wordsAt);
  head(rule.RULES_HASH, hashAt);
  head(rule.RULES_HASH_MASK, Math.max(0, slots - 1));
  head(rule.RULES_REQUIRED, rules.requiredCount);
  head(rule.RULES_PRICED, PRICED.includes(type) ? 1 : 0);
  head(rule.RULES_SHAPES, shapesAt);
  head(rule.RULES_SETS, shared.setsAt);
  head(rule.RULES_GROUPS, shared.groupsAt);
  for (const [bit, one] of tags.entries()) {
    memory.bytes[at + rule.RULES_TAGS + 2 * bit] = one & 255;
    memory.bytes[at + rule.RULES_TAGS + 2 * bit + 1] = one >> 8;
  }
  for (const one of direct) memory.words[(wordsAt >> 2) + one] = words.get(one)!;
  for (const one of high) {
    let slot = Math.imul(one, HASH) & (slots - 1);
    while (memory.words[(hashAt >> 2) + 2 * slot] !== 0) slot = (slot + 1) & (slots - 1);
    memory.words[(hashAt >> 2) + 2 * slot] = one;
    memory.words[(hashAt >> 2) + 2 * slot + 1] = words.get(one)!;
  }
  return at;
}

/** True when the record of a type holds the tag, or each session writes it itself. */
function isHeld(type: number, one: number): boolean {
  return one < NOT_HELD.length && (NOT_HELD[one]! & heldBit(type)) === 0;
}

function setBit(memory: RulesMemory, at: number, bit: number): void {
  memory.words[(at >> 2) + (bit >> 5)]! |= 1 << (bit & 31);
}
