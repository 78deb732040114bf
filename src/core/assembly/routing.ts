import { OrderRequest } from "../../record/assembly/order-request.ts";
import { hashId } from "../../record/assembly/ids.ts";
import { ROUTE_SHARE_BY_SYMBOL } from "../../record/control-codes.ts";
import { ACCEPTED } from "../risk/reason-codes.ts";
import { address, area } from "./area.ts";
import { NONE } from "./codes.ts";
import { findBeside, firstHalf, secondHalf } from "./fields-beside.ts";
import { ACCOUNT_NAMES, NAME_CAPACITY, ROUTE_ACCOUNTS_AT, ROUTE_SESSIONS_AT, ROUTE_SET, ROUTE_SETS_AT, ROUTE_SYMBOLS_AT, SESSION_IDS, SYMBOL_NAMES } from "./layout.ts";
import { MOST_TEXT_CONDITIONS, ROUTE_ALL, ROUTE_BITS, ROUTE_CONDITIONED, ROUTE_RULE_BYTES, ROUTE_RULE_COUNT, ROUTE_RULES, ROUTE_SET_BYTES, ROUTE_SHARE, ROUTE_SHARED, ROUTE_SIDES, ROUTE_TEXT_BITS, ROUTE_TEXT_BYTES, ROUTE_TEXT_COUNTS, ROUTE_TEXTS, ROUTE_TURN, ROUTE_TYPES } from "./route-layout.ts";
import { symbolNames } from "./names.ts";
import { takesNew, venueOf } from "./symbols.ts";
import { refusalOfVenue } from "./trading.ts";

/*  Which venue gets a new order. The first rule that fits decides, else the symbol's venue. What fits is known beforehand: each client
 *  session, account, symbol, type, side, SecurityType and ExDestination has a bit for every rule that it fits, and an order's rule is the
 *  lowest bit that is set in all seven, or in the rules without that condition, and whose quantities fit.
 */

/** Conditions, as ROUTE_CONDITIONED has them. */
export const ROUTE_OF_SESSION: usize = 0;
export const ROUTE_OF_ACCOUNT: usize = 1;
export const ROUTE_OF_SYMBOL: usize = 2;
export const ROUTE_OF_TYPE: usize = 3;
export const ROUTE_OF_SIDE: usize = 4;
export const ROUTE_OF_SECURITY: usize = 5;
export const ROUTE_OF_DESTINATION: usize = 6;

/** Fields whose values rules name. */
export const OF_SECURITY = 0;
export const OF_DESTINATION = 1;
const SECURITY_TYPE = 167;
const EX_DESTINATION = 100;
/** As in config/route.ts, which says where a symbol goes. */
const SHARE_SEED: i32 = 0x9e3779b1;

/** One rule, ROUTE_RULE_BYTES. */
@unmanaged
export class RouteRule {
  minQuantity: i64;
  maxQuantity: i64;
  venueCount: i32;
  /** The first of `venueCount` ids. */
  venues: i32;
}

// @ts-ignore: decorator
@inline
export function routeSet(set: i32): usize {
  return address(ROUTE_SETS_AT) + <usize>set * ROUTE_SET_BYTES;
}

// @ts-ignore: decorator
@inline
export function ruleAt(set: usize, rule: i32): RouteRule {
  return changetype<RouteRule>(set + ROUTE_RULES + <usize>rule * ROUTE_RULE_BYTES);
}

// Bits by client session, account and symbol: those of the second set are behind those of the first.

// @ts-ignore: decorator
@inline
export function bitsOfSession(set: i32, session: i32): usize {
  return address(ROUTE_SESSIONS_AT) + <usize>(set * load<i32>(area + SESSION_IDS) + session) * ROUTE_BITS;
}

// @ts-ignore: decorator
@inline
export function bitsOfAccount(set: i32, account: i32): usize {
  return address(ROUTE_ACCOUNTS_AT) + <usize>(set * load<i32>(area + ACCOUNT_NAMES + NAME_CAPACITY) + account) * ROUTE_BITS;
}

// @ts-ignore: decorator
@inline
export function bitsOfSymbol(set: i32, symbol: i32): usize {
  return address(ROUTE_SYMBOLS_AT) + <usize>(set * load<i32>(area + SYMBOL_NAMES + NAME_CAPACITY) + symbol) * ROUTE_BITS;
}

/** The venue of a new order of a known session, account and symbol; where none of its rule can take it, the rule's primary. NONE: none. */
// @ts-ignore: decorator
@inline
export function routeOf(request: OrderRequest, account: i32, symbol: i32): i32 {
  const set = load<i32>(area + ROUTE_SET);
  ruleOfTurn = 0;
  return load<i32>(routeSet(set), ROUTE_RULE_COUNT) === 0 ? venueOf(symbol) : byRules(request, account, symbol, set);
}

function byRules(request: OrderRequest, account: i32, symbol: i32, number: i32): i32 {
  const rule = ruleOf(request, account, symbol, number);
  return rule === NONE ? venueOf(symbol) : venueOfRule(ruleAt(routeSet(number), rule), symbol);
}

/** The first rule that an order fits, or NONE. */
function ruleOf(request: OrderRequest, account: i32, symbol: i32, number: i32): i32 {
  const set = routeSet(number);
  const bySession = bitsOfSession(number, request.session);
  const byAccount = bitsOfAccount(number, account);
  const bySymbol = bitsOfSymbol(number, symbol);
  const byType = set + ROUTE_TYPES + <usize>request.ordType * ROUTE_BITS;
  const bySide = set + ROUTE_SIDES + <usize>request.side * ROUTE_BITS;
  const bySecurity = bitsOfField(set, OF_SECURITY, SECURITY_TYPE);
  const byDestination = bitsOfField(set, OF_DESTINATION, EX_DESTINATION);
  const quantity = request.quantity;
  const words = (load<i32>(set, ROUTE_RULE_COUNT) + 63) >>> 6;
  for (let i = 0; i < words; i++) {
    const at = <usize>i << 3;
    const without = set + ROUTE_CONDITIONED + at;
    let bits = load<u64>(set + at, ROUTE_ALL);
    bits &= load<u64>(bySession + at) | ~load<u64>(without, ROUTE_OF_SESSION * ROUTE_BITS);
    bits &= load<u64>(byAccount + at) | ~load<u64>(without, ROUTE_OF_ACCOUNT * ROUTE_BITS);
    bits &= load<u64>(bySymbol + at) | ~load<u64>(without, ROUTE_OF_SYMBOL * ROUTE_BITS);
    bits &= load<u64>(byType + at) | ~load<u64>(without, ROUTE_OF_TYPE * ROUTE_BITS);
    bits &= load<u64>(bySide + at) | ~load<u64>(without, ROUTE_OF_SIDE * ROUTE_BITS);
    bits &= (bySecurity === 0 ? 0 : load<u64>(bySecurity + at)) | ~load<u64>(without, ROUTE_OF_SECURITY * ROUTE_BITS);
    bits &= (byDestination === 0 ? 0 : load<u64>(byDestination + at)) | ~load<u64>(without, ROUTE_OF_DESTINATION * ROUTE_BITS);
    while (bits !== 0) {
      const rule = (i << 6) + <i32>ctz(bits);
      const row = ruleAt(set, rule);
      if (quantity >= row.minQuantity && quantity <= row.maxQuantity) return rule;
      bits &= bits - 1;
    }
  }
  return NONE;
}

/**
 * Of the venues that share a rule's orders the one whose turn it is, or that has the symbol; else the first one that takes orders now, else
 * the primary one: the refusal is about that.
 */
function venueOfRule(rule: RouteRule, symbol: i32): i32 {
  const count = rule.venueCount;
  const said = load<i32>(changetype<usize>(rule), ROUTE_SHARED);
  const shared = said < count ? said : count;
  if (shared > 1) {
    const isBySymbol = load<i32>(changetype<usize>(rule), ROUTE_SHARE) === ROUTE_SHARE_BY_SYMBOL;
    const place = isBySymbol ? placeOfSymbol(rule, shared, symbol) : placeOfTurn(rule, shared);
    if (place !== NONE) return venueAt(rule, place);
  }
  for (let i = 0; i < count; i++) if (takesOrders(rule, i)) return venueAt(rule, i);
  return rule.venues;
}

// @ts-ignore: decorator
@inline
function venueAt(rule: RouteRule, place: i32): i32 {
  return load<i32>(changetype<usize>(rule) + (<usize>place << 2), offsetof<RouteRule>("venues"));
}

function takesOrders(rule: RouteRule, place: i32): bool {
  const venue = venueAt(rule, place);
  return takesNew(venue) && refusalOfVenue(venue) === ACCEPTED;
}

/** The rule of the last order that has taken a turn, 0 for none, and whose turn it then is. */
let ruleOfTurn: usize = 0;
let nextTurn: i32 = 0;

/** The next of the first `shared` venues that takes orders, or NONE. The turn counts once the order is accepted. */
function placeOfTurn(rule: RouteRule, shared: i32): i32 {
  let place = load<i32>(changetype<usize>(rule), ROUTE_TURN);
  for (let i = 0; i < shared; i++) {
    if (place >= shared) place = 0;
    if (takesOrders(rule, place)) {
      ruleOfTurn = changetype<usize>(rule);
      nextTurn = place + 1;
      return place;
    }
    place++;
  }
  return NONE;
}

/** An order was accepted: the next one of its rule goes to the next venue. A replay decides nothing, and takes no turns. */
export function takeTurn(): void {
  if (ruleOfTurn === 0) return;
  store<i32>(ruleOfTurn, nextTurn, ROUTE_TURN);
  ruleOfTurn = 0;
}

/**
 * Of the first `shared` venues that take orders, the one where the hash of the symbol with its place is the highest; NONE: there is none.
 * While one of them is down, only its symbols go elsewhere.
 */
function placeOfSymbol(rule: RouteRule, shared: i32, symbol: i32): i32 {
  const names = symbolNames();
  const at = names.at(symbol);
  const length = names.lengthOf(symbol);
  let found = NONE;
  let highest = 0;
  for (let place = 0; place < shared; place++) {
    if (!takesOrders(rule, place)) continue;
    const hash = hashId(at, length, (place + 1) * SHARE_SEED);
    if (found !== NONE && hash <= highest) continue;
    found = place;
    highest = hash;
  }
  return found;
}

/** Bits of the value that an order has of a field; 0 where no rule names it. */
function bitsOfField(set: usize, field: i32, tag: i32): usize {
  if (load<i32>(set + ROUTE_TEXT_COUNTS + (<usize>field << 2)) === 0) return 0;
  if (!findBeside(tag)) return 0;
  const value = findText(set, field, firstHalf, secondHalf);
  return value === NONE ? 0 : bitsOfText(set, field, value);
}

/** Number of a value that rules name, as two words of eight characters, zero padded; or NONE. */
export function findText(set: usize, field: i32, first: u64, second: u64): i32 {
  const count = load<i32>(set + ROUTE_TEXT_COUNTS + (<usize>field << 2));
  let at = textAt(set, field, 0);
  for (let i = 0; i < count; i++) {
    if (load<u64>(at) === first && load<u64>(at, 8) === second) return i;
    at += ROUTE_TEXT_BYTES;
  }
  return NONE;
}

// @ts-ignore: decorator
@inline
export function textAt(set: usize, field: i32, value: i32): usize {
  return set + ROUTE_TEXTS + <usize>(field * MOST_TEXT_CONDITIONS + value) * ROUTE_TEXT_BYTES;
}

// @ts-ignore: decorator
@inline
export function bitsOfText(set: usize, field: i32, value: i32): usize {
  return set + ROUTE_TEXT_BITS + <usize>(field * MOST_TEXT_CONDITIONS + value) * ROUTE_BITS;
}
