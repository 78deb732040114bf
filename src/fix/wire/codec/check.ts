import { aim, area } from "./area.ts";
import { has, isValue, setOf } from "./formats.ts";
import {
  BESIDE,
  BESIDE_WORD,
  COUNT_WORD,
  IS_ODD,
  MARKS_AT,
  PASSED_WORD,
  WALK_WORD,
  WALKED,
} from "./layout.ts";
import { readInt } from "./numbers.ts";
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
import { readChar } from "./values.ts";

/** Marks, as in src/record/groups.ts. */
const MARK_DEPTH = 15;
const MARK_BEGINS = 16;
const MARK_COUNTS = 32;

const FIRST_USER_TAG: u32 = 5000;
/** BeginString, BodyLength and MsgType are checked by the scan. */
const FIRST_FIELD = 3;
const HEADER: u32 = 1;
const ZERO = 48;
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

// @ts-ignore: decorator
@inline
function mark(field: i32, value: u32): void {
  store<u8>(area + MARKS_AT + field, value);
}

/** Marks a field that is in no group. */
// @ts-ignore: decorator
@inline
function markBeside(field: i32, word: u32): u32 {
  const value: u32 = (word & RULE_HELD) === 0 ? BESIDE : 0;
  mark(field, value);
  return value;
}

/** Walks over the indexed fields. Returns false at the first one that the rules do not describe fully. */
export function walk(rules: usize, bits: u32): bool {
  const limit = load<u32>(rules, RULES_LIMIT);
  const words = <usize>load<u32>(rules, RULES_WORDS);
  const passes = (bits & PASS_ON) !== 0;
  sets = load<u32>(rules, RULES_SETS);
  groups = load<u32>(rules, RULES_GROUPS);
  checks = bits;
  count = load<i32>(area, COUNT_WORD * 4);
  let part: u32 = passes ? RULE_BODY : HEADER;
  let required: u32 = 0;
  let beside: u32 = 0;
  let passed: u32 = 0;
  // A group has just ended; unknown tags have followed it, and may be in its last entry.
  let isBehind = false;
  let isOpen = false;
  let i = passes ? 0 : FIRST_FIELD;
  while (i < count) {
    const tag = tagOf(i);
    const word = tag < limit ? load<u32>(words + (tag << 2)) : highWord(rules, tag);
    if (!isFirst(i, tag)) return false;
    if ((word & RULE_PART) === 0) {
      if ((word & (RULE_MEMBER | RULE_ODD)) !== 0) return false;
      if ((bits & (tag >= FIRST_USER_TAG ? ACCEPT_USER : ACCEPT_UNKNOWN)) === 0) return false;
      isOpen = isBehind;
      beside |= markBeside(i++, word);
      continue;
    }
    if (isBehind) {
      if (isOpen && (word & RULE_MEMBER) !== 0) return false;
      isBehind = false;
      isOpen = false;
    }
    if ((bits & CHECK_ORDER) !== 0 && (word & RULE_PART) < part) return false;
    part = word & RULE_PART;
    if ((word & RULE_ODD) !== 0) return false;
    if ((bits & CHECK_VALUES) !== 0 && (word & RULE_COUNTS) === 0 && !isPlainValue(i, word)) return false;
    if (passes) {
      if (part !== RULE_BODY || !passesOn(i, word)) return false;
      if ((word & RULE_HAS_BIT) !== 0) passed |= bitOf(rules, tag);
    }
    required += word & RULE_REQUIRED;
    if ((word & RULE_COUNTS) !== 0) {
      if (part !== RULE_BODY) return false;
      beside = BESIDE;
      mark(i, BESIDE);
      i = group(i, word >> RULE_SET, 0);
      if (i === FAULT) return false;
      isBehind = true;
      continue;
    }
    beside |= markBeside(i++, word);
  }
  store<u32>(area, beside, BESIDE_WORD * 4);
  store<u32>(area, passed, PASSED_WORD * 4);
  return (bits & CHECK_REQUIRED) === 0 || required === load<u32>(rules, RULES_REQUIRED) * RULE_REQUIRED;
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
  const number = word >> RULE_SET;
  // Most fields are texts of any value.
  return (type === 1 && number === 0) || isValue(startOf(field), endOf(field), type, setOf(sets, number));
}

/** True when the field goes to its peer as it is. */
function passesOn(field: i32, word: u32): bool {
  if ((word & RULE_SHORT) !== 0 && endOf(field) - startOf(field) >= 8) return false;
  if ((word & RULE_IN_SET) === 0) return true;
  const number = word >> RULE_SET;
  return number === 0 || has(setOf(sets, number), startOf(field), endOf(field));
}

function bitOf(rules: usize, tag: u32): u32 {
  let bit = 0;
  while (load<u16>(rules + RULES_TAGS + (bit << 1)) !== tag) bit++;
  return 1 << bit;
}

/** Walks over the entries of a group whose count is in `field`. Returns the field behind them, or FAULT. */
function group(field: i32, number: u32, depth: u32): i32 {
  if (depth === MARK_DEPTH) return FAULT;
  const value = startOf(field);
  const expected = readInt(value, endOf(field));
  if (expected < 0 || (load<u8>(value) === ZERO && endOf(field) - value > 1)) return FAULT;
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
    if ((checks & CHECK_VALUES) !== 0 && (word & RULE_COUNTS) === 0 && !isPlainValue(i, word)) return FAULT;
    mark(i, BESIDE | extra | depth);
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
