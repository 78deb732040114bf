import { aim, area } from "./area.ts";
import { has, isValue, setOf } from "./formats.ts";
import {
  BESIDE,
  BESIDE_WORD,
  COUNT_WORD,
  IS_ODD,
  MARKS_AT,
  PASSED_WORD,
  TAGS_AT,
  WALK_WORD,
  WALKED,
} from "./layout.ts";
import {
  ACCEPT_UNKNOWN,
  ACCEPT_USER,
  CHECK_ORDER,
  CHECK_REQUIRED,
  CHECK_VALUES,
  GROUP_BYTES,
  MEMBER_BYTES,
  PASS_ON,
  RULE_BODY,
  RULE_COUNTS,
  RULE_HAS_BIT,
  RULE_HELD,
  RULE_IN_SET,
  RULE_MEMBER,
  RULE_ODD,
  RULE_PART,
  RULE_REQUIRED,
  RULE_SET,
  RULE_SHORT,
  RULE_TYPE,
  RULE_TYPE_MASK,
  RULE_VALUE,
  RULES_GROUPS,
  RULES_HASH,
  RULES_HASH_MASK,
  RULES_LIMIT,
  RULES_PRICED,
  RULES_REQUIRED,
  RULES_SETS,
  RULES_TAGS,
  RULES_WORDS,
} from "./rules.ts";
import { endOf, find, isFirst, startOf, tagOf } from "./scan.ts";
import { beginShape, COUNTED, countOf, hasShape, IN_SET, keepShape, note, shapeOf, SHORT } from "./shapes.ts";
import { readChar } from "./values.ts";

/** Marks, as in src/record/groups.ts. */
const MARK_DEPTH = 15;
const MARK_BEGINS = 16;
const MARK_COUNTS = 32;

const FIRST_USER_TAG: u32 = 5000;
/** BeginString, BodyLength and MsgType are checked by the scan. */
const FIRST_FIELD = 3;
const HEADER: u32 = 1;
const TRAILER: u32 = 3;
const PRICE = 44;
const STOP_PX = 99;
const LIMIT = 50;
const STOP = 51;
const STOP_LIMIT = 52;
const FAULT = -1;

let sets: usize = 0;
let groups: usize = 0;
let checks: u32 = 0;
let count: i32 = 0;

/**
 * Compares the fields of the scanned message with the rules of its type and marks them. `checks` are bits CHECK_… and ACCEPT_….
 * Returns  1 when all is well, else 0: it is faulty, or not plain; the caller finds out which.
 */
export function check(at: usize, rules: usize, checks: u32): i32 {
  aim(at);
  const isPlain = walk(rules, checks) && ((checks & CHECK_REQUIRED) === 0 || isPriced(rules));
  store<u32>(area, isPlain ? WALKED : IS_ODD, WALK_WORD * 4);
  return isPlain ? 1 : 0;
}

/** A limit order has a Price, a stop order a StopPx. */
function isPriced(rules: usize): bool {
  if (load<u32>(rules, RULES_PRICED) === 0) return true;
  const type = readChar(40);
  if ((type === LIMIT || type === STOP_LIMIT) && find(PRICE) < 0) return false;
  return (type !== STOP && type !== STOP_LIMIT) || find(STOP_PX) >= 0;
}

/** Walks over the indexed fields. Returns false at the first one that the rules do not describe fully. */
export function walk(rules: usize, bits: u32): bool {
  const shape = shapeOf(rules, bits);
  if (shape !== 0 && hasShape(shape, rules, bits)) return true;
  beginShape(shape);
  if (!walkAll(rules, bits)) return false;
  keepShape(bits);
  return true;
}

/** As `walk`, without a shape. */
function walkAll(rules: usize, bits: u32): bool {
  const tags = area + TAGS_AT;
  const marks = area + MARKS_AT;
  const limit = load<u32>(rules, RULES_LIMIT);
  const words = <usize>load<u32>(rules, RULES_WORDS);
  const passes = (bits & PASS_ON) !== 0;
  const isOrdered = passes || (bits & CHECK_ORDER) !== 0;
  const last: u32 = passes ? RULE_BODY : TRAILER;
  sets = load<u32>(rules, RULES_SETS);
  groups = load<u32>(rules, RULES_GROUPS);
  checks = bits;
  count = load<i32>(area, COUNT_WORD * 4);
  isBehind = false;
  isOpen = false;
  passed = 0;
  let i = FIRST_FIELD;
  // The least part that the next field may have.
  let part: u32 = HEADER;
  // Bits of words that need more than a mark.
  let special: u32 = RULE_ODD | RULE_COUNTS;
  if ((bits & CHECK_VALUES) !== 0) special |= RULE_VALUE;
  if (passes) {
    i = 0;
    part = RULE_BODY;
    special |= RULE_IN_SET | RULE_SHORT | RULE_HAS_BIT;
  }
  let required: u32 = 0;
  let beside: u32 = 0;
  while (i < count) {
    const tag = load<u32>(tags + (i << 2));
    const word = tag < limit ? load<u32>(words + (tag << 2)) : highWord(rules, tag);
    if (!isFirst(i, tag)) return false;
    const own = word & RULE_PART;
    if (own < part || own > last || isBehind) {
      if (own === 0) {
        if (!isStranger(tag, word)) return false;
      } else if (own > last || (isOrdered && own < part) || !isApart(word)) return false;
    }
    if (own !== 0 && isOrdered) part = own;
    required += word & RULE_REQUIRED;
    if ((word & special) !== 0) {
      const next = more(rules, i, tag, word);
      if (next < 0) return false;
      if (next > 0) {
        beside = BESIDE;
        i = next;
        continue;
      }
    }
    const value = (~word & RULE_HELD) >> 1;
    store<u8>(marks + i, value);
    beside |= value;
    i++;
  }
  store<u32>(area, beside, BESIDE_WORD * 4);
  store<u32>(area, passed, PASSED_WORD * 4);
  return (bits & CHECK_REQUIRED) === 0 || required === load<u32>(rules, RULES_REQUIRED) * RULE_REQUIRED;
}

/** Bits of the record's fields that go to the peer as they are. */
let passed: u32 = 0;
/** A group has just ended; unknown tags have followed it, and may be in its last entry. */
let isBehind = false;
let isOpen = false;

/** True when the message may have a tag that its rules do not have. */
export function isStranger(tag: u32, word: u32): bool {
  if (isBehind) isOpen = true;
  if ((word & (RULE_MEMBER | RULE_ODD)) !== 0) return false;
  return (checks & (tag >= FIRST_USER_TAG ? ACCEPT_USER : ACCEPT_UNKNOWN)) !== 0;
}

/** True when a field behind a group is none of its members. */
export function isApart(word: u32): bool {
  const isMember = isOpen && (word & RULE_MEMBER) !== 0;
  isBehind = false;
  isOpen = false;
  return !isMember;
}

/** Checks what is special about a field. Returns  0, the field behind the group that it counts, or FAULT. */
export function more(rules: usize, field: i32, tag: u32, word: u32): i32 {
  const isCount = (word & RULE_COUNTS) !== 0;
  if ((word & RULE_ODD) !== 0 || (isCount && (word & RULE_PART) !== RULE_BODY)) return FAULT;
  if ((checks & PASS_ON) !== 0) {
    if (!passesOn(field, word)) return FAULT;
    if ((word & RULE_HAS_BIT) !== 0 && (word & RULE_PART) !== 0) passed |= bitOf(rules, tag);
  }
  if (!isCount) return (checks & CHECK_VALUES) === 0 || (word & RULE_VALUE) === 0 || isPlainValue(field, word) ? 0 : FAULT;
  store<u8>(area + MARKS_AT + field, BESIDE);
  isBehind = true;
  return group(field, word >> RULE_SET, 0);
}

/** The word of a tag that is not below the limit. */
function highWord(rules: usize, tag: u32): u32 {
  const mask = load<u32>(rules, RULES_HASH_MASK);
  if (mask === 0) return 0;
  const hash = <usize>load<u32>(rules, RULES_HASH);
  let slot = tag * 0x9e3779b1;
  let entry = hash + ((slot & mask) << 3);
  while (load<u32>(entry) !== tag) {
    if (load<u32>(entry) === 0) return 0;
    entry = hash + ((++slot & mask) << 3);
  }
  return load<u32>(entry, 4);
}

// @ts-ignore: decorator
@inline
function isPlainValue(field: i32, word: u32): bool {
  const type = (word >> RULE_TYPE) & RULE_TYPE_MASK;
  note(field, type, word >> RULE_SET);
  return isValue(startOf(field), endOf(field), type, setOf(sets, word >> RULE_SET));
}

/** True when the field goes to its peer as it is. */
function passesOn(field: i32, word: u32): bool {
  if ((word & RULE_SHORT) !== 0) {
    note(field, SHORT, 0);
    if (endOf(field) - startOf(field) >= 8) return false;
  }
  const number = word >> RULE_SET;
  if ((word & RULE_IN_SET) === 0 || number === 0) return true;
  note(field, IN_SET, number);
  return has(setOf(sets, number), startOf(field), endOf(field));
}

function bitOf(rules: usize, tag: u32): u32 {
  let bit = 0;
  while (load<u16>(rules + RULES_TAGS + (bit << 1)) !== tag) bit++;
  return 1 << bit;
}

/** Walks over the entries of a group whose count is in `field`. Returns the field behind them, or FAULT. */
function group(field: i32, number: u32, depth: u32): i32 {
  if (depth === MARK_DEPTH) return FAULT;
  const expected = countOf(startOf(field), endOf(field));
  if (expected < 0) return FAULT;
  note(field, COUNTED, expected);
  const marks = area + MARKS_AT + field;
  store<u8>(marks, load<u8>(marks) | MARK_COUNTS);
  const at = groups + number * GROUP_BYTES;
  const first = load<u32>(at, 12);
  let i = field + 1;
  for (let n = 0; n < expected; n++) {
    if (i >= count || tagOf(i) !== first) return FAULT;
    i = entry(i, at, depth + 1);
    if (i === FAULT) return FAULT;
  }
  return i < count && tagOf(i) === first ? FAULT : i;
}

/** Walks over an entry, which begins at `field`, with its members in the order of the dictionary. Returns the field behind it, or FAULT. */
function entry(field: i32, at: usize, depth: u32): i32 {
  const from = <usize>load<u32>(at);
  const end = <usize>load<u32>(at, 4);
  let required: u32 = 0;
  let next = from;
  let i = field;
  let extra: u32 = MARK_BEGINS;
  while (i < count) {
    const tag = tagOf(i);
    let member = next;
    while (member < end && load<u32>(member) !== tag) member += MEMBER_BYTES;
    if (member === end) {
      // A member that is out of order, or has been before; the first one begins the next entry.
      for (member = from + MEMBER_BYTES; member < next; member += MEMBER_BYTES) if (load<u32>(member) === tag) return FAULT;
      break;
    }
    const word = load<u32>(member, 4);
    if ((word & RULE_ODD) !== 0) return FAULT;
    if ((checks & CHECK_VALUES) !== 0 && (word & (RULE_COUNTS | RULE_VALUE)) === RULE_VALUE && !isPlainValue(i, word)) return FAULT;
    store<u8>(area + MARKS_AT + i, BESIDE | extra | depth);
    extra = 0;
    required += word & RULE_REQUIRED;
    next = member + MEMBER_BYTES;
    if ((word & RULE_COUNTS) === 0) {
      i++;
      continue;
    }
    i = group(i, word >> RULE_SET, depth);
    if (i === FAULT) return FAULT;
  }
  const needs = load<u32>(at, 8) * RULE_REQUIRED;
  return (checks & CHECK_REQUIRED) === 0 || required === needs ? i : FAULT;
}
