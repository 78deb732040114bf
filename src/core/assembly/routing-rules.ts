import {
  CONTROL_BAD_VALUE,
  CONTROL_NO_ROOM,
  CONTROL_UNKNOWN_NAME,
  ROUTE_ACCOUNT,
  ROUTE_BACK,
  ROUTE_BEGIN,
  ROUTE_EX_DESTINATION,
  ROUTE_MAX_QTY,
  ROUTE_MIN_QTY,
  ROUTE_SECURITY_TYPE,
  ROUTE_SESSION,
  ROUTE_SHARE_BY_ORDER,
  ROUTE_SHARE_BY_SYMBOL,
  ROUTE_SIDE,
  ROUTE_SYMBOL,
  ROUTE_TYPE,
  ROUTE_USE,
  ROUTE_VENUE,
} from "../../record/control-codes.ts";
import { area, setWord, word } from "./area.ts";
import { NONE } from "./codes.ts";
import { halfOf } from "./fields-beside.ts";
import { ACCOUNT_NAMES, ACCOUNTS, NAME_CAPACITY, ROUTE_SET, SESSION_IDS, SYMBOL_NAMES, SYMBOLS, VENUE_IDS } from "./layout.ts";
import { MOST_NAME_CONDITIONS, MOST_ROUTE_VENUES, MOST_RULES, MOST_TEXT_CONDITIONS, ROUTE_ALL, ROUTE_BITS, ROUTE_CONDITION_BYTES, ROUTE_CONDITION_COUNT, ROUTE_CONDITIONED, ROUTE_CONDITIONS, ROUTE_DIGEST, ROUTE_RULE_COUNT, ROUTE_RULES, ROUTE_SHARE, ROUTE_SHARED, ROUTE_SIDES, ROUTE_TEXT_BYTES, ROUTE_TEXT_COUNTS, ROUTE_TURN, ROUTE_TYPES } from "./route-layout.ts";
import { nameBytes, nameCount, nameLengthOf } from "./names.ts";
import {
  bitsOfAccount,
  bitsOfSession,
  bitsOfSymbol,
  bitsOfText,
  findText,
  OF_DESTINATION,
  OF_SECURITY,
  ROUTE_OF_ACCOUNT,
  ROUTE_OF_DESTINATION,
  ROUTE_OF_SECURITY,
  ROUTE_OF_SESSION,
  ROUTE_OF_SIDE,
  ROUTE_OF_SYMBOL,
  ROUTE_OF_TYPE,
  RouteRule,
  routeSet,
  ruleAt,
  textAt,
} from "./routing.ts";

// New routing rules go into the set that is not in force, a part of a rule with each change, and are in force at once with ROUTE_USE.

const STAR = 0x2a;

/** An account or symbol as a rule names it, ROUTE_CONDITION_BYTES. */
@unmanaged
class Condition {
  subject: i32;
  rule: i32;
  length: i32;
  spare: i32;

  get text(): usize {
    return changetype<usize>(this) + offsetof<Condition>();
  }
}

/** How many conditions by name the new rules have, with those of the command that is being decided; and by SecurityType and ExDestination. */
let decidedNames: i32 = 0;
let decidedTexts: i32 = 0;
let decidedDestinations: i32 = 0;
let decidedVenues: i32 = 0;
let decidedRule: i32 = NONE;
/** The command begins the new rules. */
let hasBegun = false;

/** Before the changes of a command are decided. */
export function beginRoutes(): void {
  const set = routeSet(other());
  decidedNames = load<i32>(set, ROUTE_CONDITION_COUNT);
  decidedTexts = load<i32>(set, ROUTE_TEXT_COUNTS);
  decidedDestinations = load<i32>(set + 4, ROUTE_TEXT_COUNTS);
  decidedRule = NONE;
  hasBegun = false;
}

/** Why this can't be a part of a rule, or 0. */
export function routeProblem(what: i32, rule: i32, value: i64, length: i32): i32 {
  if (what === ROUTE_USE || what === ROUTE_BACK) return 0;
  if (what === ROUTE_BEGIN) {
    decidedNames = 0;
    decidedTexts = 0;
    decidedDestinations = 0;
    decidedRule = NONE;
    hasBegun = true;
    return value >= 0 && value <= MOST_RULES ? 0 : CONTROL_BAD_VALUE;
  }
  if (<u32>rule >= <u32>MOST_RULES) return CONTROL_BAD_VALUE;
  if (what === ROUTE_SESSION) return isBelow(value, word(SESSION_IDS)) ? 0 : CONTROL_UNKNOWN_NAME;
  if (what === ROUTE_TYPE || what === ROUTE_SIDE) return isBelow(value, 256) ? 0 : CONTROL_BAD_VALUE;
  if (what === ROUTE_MIN_QTY || what === ROUTE_MAX_QTY) return value >= 0 ? 0 : CONTROL_BAD_VALUE;
  if (what === ROUTE_VENUE) return venueProblem(rule, value);
  if (isShare(what)) return value >= 2 && value <= MOST_ROUTE_VENUES ? 0 : CONTROL_BAD_VALUE;
  if (what === ROUTE_ACCOUNT || what === ROUTE_SYMBOL) return ++decidedNames > MOST_NAME_CONDITIONS ? CONTROL_NO_ROOM : 0;
  if (what !== ROUTE_SECURITY_TYPE && what !== ROUTE_EX_DESTINATION) return CONTROL_BAD_VALUE;
  if (length < 1 || <u32>length > <u32>ROUTE_TEXT_BYTES) return CONTROL_BAD_VALUE;
  const count = what === ROUTE_SECURITY_TYPE ? ++decidedTexts : ++decidedDestinations;
  return count > MOST_TEXT_CONDITIONS ? CONTROL_NO_ROOM : 0;
}

/** Venues of rules come in the order of the rules. */
function venueProblem(rule: i32, value: i64): i32 {
  if (rule < decidedRule) return CONTROL_BAD_VALUE;
  if (rule !== decidedRule) decidedVenues = hasBegun ? 0 : ruleAt(routeSet(other()), rule).venueCount;
  decidedRule = rule;
  if (++decidedVenues > MOST_ROUTE_VENUES) return CONTROL_NO_ROOM;
  return isBelow(value, word(VENUE_IDS)) ? 0 : CONTROL_UNKNOWN_NAME;
}

function isBelow(value: i64, end: i32): bool {
  return value >= 0 && value < <i64>end;
}

/** Takes a part of a rule, or puts rules in force. What a journal of another configuration has that this one has no place for is left out. */
export function setRoute(what: i32, rule: i32, value: i64, at: usize, length: i32): void {
  const number = other();
  if (what === ROUTE_BEGIN) begin(number, <i32>value);
  else if (what === ROUTE_USE) {
    store<i64>(routeSet(number), value, ROUTE_DIGEST);
    setWord(ROUTE_SET, number);
  } else if (what === ROUTE_BACK) setWord(ROUTE_SET, number);
  else if (<u32>rule < <u32>MOST_RULES) add(number, what, rule, value, at, length);
}

/** The set that is not in force. */
function other(): i32 {
  return 1 - word(ROUTE_SET);
}

function begin(number: i32, rules: i32): void {
  const set = routeSet(number);
  memory.fill(set, 0, ROUTE_RULES);
  memory.fill(bitsOfSession(number, 0), 0, <usize>word(SESSION_IDS) * ROUTE_BITS);
  memory.fill(bitsOfAccount(number, 0), 0, <usize>load<u32>(area + ACCOUNT_NAMES + NAME_CAPACITY) * ROUTE_BITS);
  memory.fill(bitsOfSymbol(number, 0), 0, <usize>load<u32>(area + SYMBOL_NAMES + NAME_CAPACITY) * ROUTE_BITS);
  store<i32>(set, rules, ROUTE_RULE_COUNT);
  for (let rule = 0; rule < rules; rule++) {
    mark(set + ROUTE_ALL, rule);
    const row = ruleAt(set, rule);
    row.minQuantity = 0;
    row.maxQuantity = i64.MAX_VALUE;
    row.venueCount = 0;
    row.venues = NONE;
    share(row, 0, 0);
  }
}

function add(number: i32, what: i32, rule: i32, value: i64, at: usize, length: i32): void {
  const set = routeSet(number);
  const row = ruleAt(set, rule);
  if (what === ROUTE_MIN_QTY) row.minQuantity = value;
  else if (what === ROUTE_MAX_QTY) row.maxQuantity = value;
  else if (what === ROUTE_VENUE) addVenue(set, rule, value);
  else if (isShare(what)) share(row, what, <i32>value);
  else if (what === ROUTE_SESSION) {
    condition(set, ROUTE_OF_SESSION, rule);
    if (isBelow(value, word(SESSION_IDS))) mark(bitsOfSession(number, <i32>value), rule);
  } else if (what === ROUTE_TYPE) {
    condition(set, ROUTE_OF_TYPE, rule);
    mark(set + ROUTE_TYPES + <usize>(value & 255) * ROUTE_BITS, rule);
  } else if (what === ROUTE_SIDE) {
    condition(set, ROUTE_OF_SIDE, rule);
    mark(set + ROUTE_SIDES + <usize>(value & 255) * ROUTE_BITS, rule);
  } else if (what === ROUTE_SECURITY_TYPE) addText(set, ROUTE_OF_SECURITY, OF_SECURITY, rule, at, length);
  else if (what === ROUTE_EX_DESTINATION) addText(set, ROUTE_OF_DESTINATION, OF_DESTINATION, rule, at, length);
  else addName(number, what === ROUTE_ACCOUNT ? ACCOUNTS : SYMBOLS, rule, at, length);
}

function isShare(what: i32): bool {
  return what === ROUTE_SHARE_BY_ORDER || what === ROUTE_SHARE_BY_SYMBOL;
}

function share(row: RouteRule, how: i32, venues: i32): void {
  const at = changetype<usize>(row);
  store<i32>(at, how, ROUTE_SHARE);
  store<i32>(at, venues, ROUTE_SHARED);
  store<i32>(at, 0, ROUTE_TURN);
}

function addVenue(set: usize, rule: i32, value: i64): void {
  const row = ruleAt(set, rule);
  if (row.venueCount === MOST_ROUTE_VENUES || !isBelow(value, word(VENUE_IDS))) return;
  const venues = changetype<usize>(row) + offsetof<RouteRule>("venues");
  store<i32>(venues + (<usize>row.venueCount << 2), <i32>value);
  row.venueCount++;
}

function addText(set: usize, kind: usize, field: i32, rule: i32, at: usize, length: i32): void {
  condition(set, kind, rule);
  const countAt = set + ROUTE_TEXT_COUNTS + (<usize>field << 2);
  const bytes = <usize>length;
  const first = halfOf(at, bytes < 8 ? bytes : 8);
  const second = bytes > 8 ? halfOf(at + 8, bytes - 8) : 0;
  let value = findText(set, field, first, second);
  if (value === NONE) {
    value = load<i32>(countAt);
    if (value === MOST_TEXT_CONDITIONS) return;
    store<u64>(textAt(set, field, value), first);
    store<u64>(textAt(set, field, value), second, 8);
    store<i32>(countAt, value + 1);
  }
  mark(bitsOfText(set, field, value), rule);
}

/** Marks the accounts or symbols of today that a rule names, and keeps the name for those that come later. */
function addName(number: i32, subject: i32, rule: i32, at: usize, length: i32): void {
  const set = routeSet(number);
  condition(set, subject === ACCOUNTS ? ROUTE_OF_ACCOUNT : ROUTE_OF_SYMBOL, rule);
  const count = load<i32>(set, ROUTE_CONDITION_COUNT);
  if (count === MOST_NAME_CONDITIONS) return;
  const one = conditionAt(set, count);
  one.subject = subject;
  one.rule = rule;
  one.length = length;
  memory.copy(one.text, at, length);
  store<i32>(set, count + 1, ROUTE_CONDITION_COUNT);
  const names = nameCount(subject);
  for (let index = 0; index < names; index++) markName(number, one, index);
}

/** An account or symbol that a reload adds fits the rules that name it. */
export function routeName(subject: i32, index: i32): void {
  for (let number = 0; number < 2; number++) {
    const set = routeSet(number);
    const count = load<i32>(set, ROUTE_CONDITION_COUNT);
    for (let i = 0; i < count; i++) {
      const one = conditionAt(set, i);
      if (one.subject === subject) markName(number, one, index);
    }
  }
}

function markName(number: i32, one: Condition, index: i32): void {
  const subject = one.subject;
  if (!fits(one.text, one.length, nameBytes(subject, index), nameLengthOf(subject, index))) return;
  mark(subject === ACCOUNTS ? bitsOfAccount(number, index) : bitsOfSymbol(number, index), one.rule);
}

function conditionAt(set: usize, index: i32): Condition {
  return changetype<Condition>(set + ROUTE_CONDITIONS + <usize>index * ROUTE_CONDITION_BYTES);
}

/** The rule has a condition of this kind. */
function condition(set: usize, kind: usize, rule: i32): void {
  mark(set + ROUTE_CONDITIONED + kind * ROUTE_BITS, rule);
}

/** Sets the bit of a rule. */
function mark(bits: usize, rule: i32): void {
  const at = bits + (<usize>(rule >>> 6) << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << <u64>(rule & 63)));
}

/** True when a name fits a pattern, in which `*` stands for any characters, none too. */
function fits(pattern: usize, patternBytes: i32, name: usize, bytes: i32): bool {
  const patternEnd = pattern + <usize>patternBytes;
  const end = name + <usize>bytes;
  let star: usize = 0;
  let again: usize = 0;
  while (name < end) {
    if (pattern < patternEnd && load<u8>(pattern) === STAR) {
      star = ++pattern;
      again = name;
    } else if (pattern < patternEnd && load<u8>(pattern) === load<u8>(name)) {
      pattern++;
      name++;
    } else if (star !== 0) {
      // What the last star stands for is one longer.
      pattern = star;
      name = ++again;
    } else return false;
  }
  while (pattern < patternEnd && load<u8>(pattern) === STAR) pattern++;
  return pattern === patternEnd;
}
