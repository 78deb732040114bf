import {
  TIF_AT_OPENING,
  TIF_FOK,
  TIF_IOC,
  TYPE_LIMIT_ON_CLOSE,
  TYPE_MARKET,
  TYPE_MARKET_IF_TOUCHED,
  TYPE_MARKET_ON_CLOSE,
  TYPE_PEGGED,
} from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  ACCEPTED,
  ALREADY_EXPIRED,
  BAD_PRICE,
  CONTRADICTORY_TERMS,
  NUMBER_NOT_HELD,
  TERM_MISSING,
  TERM_QUANTITY,
  TICK_SIZE,
} from "../risk/reason-codes.ts";
import { DETAIL_STEP, setDetail, setLevel, setMissing, setNotHeld, setSign, setTerm, setText } from "./detail.ts";
import { beginFields, decimalIn, fieldAt, fieldEnd, fieldTag, nextField, UNHELD } from "./fields-beside.ts";
import { LEVEL_SYMBOL } from "./layout.ts";
import { isMultiple } from "./money.ts";
import { requestCarries } from "./outbox.ts";
import { symbolAt } from "./symbols.ts";
import { dayOf } from "./trading-days.ts";
import { calendarDay, utcUs } from "./utc-time.ts";

/*  Terms of an order that its record has no place for: they came beside it and go to the venue as they are. What contradicts the order, or
 *  itself, is refused here by its tag. One walk over the fields reads them all; a request without such fields costs nothing.
 *
 *      MinQty 110 · MaxFloor 111 · MaxShow 210 · DisplayQty 1138                          quantities
 *      ExpireTime 126 · ExpireDate 432 · EffectiveTime 168                                when it ends, and begins
 *      ExecInst 18 · PegOffsetValue 211 · PegPriceType 1094 · StopPx 99                   what it follows, and how it works
 *      CashOrderQty 152 · OrderPercent 516                                                another quantity than OrderQty
 */
const EXEC_INST = 18;
const STOP_PX = 99;
const MIN_QTY = 110;
const MAX_FLOOR = 111;
const EXPIRE_TIME = 126;
const CASH_ORDER_QTY = 152;
const EFFECTIVE_TIME = 168;
const MAX_SHOW = 210;
const PEG_OFFSET = 211;
const EXPIRE_DATE = 432;
const ORDER_PERCENT = 516;
const PEG_PRICE_TYPE = 1094;
const DISPLAY_QTY = 1138;

/** A date ends last where clocks are 12 hours behind UTC. */
const LAST_ZONE_US: f64 = 43_200_000_000;
const DAY_US: f64 = 86_400_000_000;
/** Of ExecInst: digits, capitals, small letters have a bit each. */
const LETTERS = 10;
const SMALL = 36;
const SPACE = 0x20;
/** What an order may follow: last, middle, opening, market, primary, fixed, VWAP (L, M, O, P, R, T, W). One of them. */
const PEGS: u64 = (<u64>1 << 21) | (<u64>1 << 22) | (<u64>1 << 24) | (<u64>1 << 25) | (<u64>1 << 27) | (<u64>1 << 29) | (<u64>1 << 32);
/** a and d: a trailing stop, a peg to the limit price, which may stand beside one. */
const TRAILING: u64 = <u64>1 << 36;
const ALL_PEGS: u64 = PEGS | TRAILING | (<u64>1 << 39);
/** 6: it only takes what comes to it. */
const NO_INITIATE: u64 = <u64>1 << 6;
/** Of which one rules out the other: 1 not held, 5 held; 0 and 9 its sides; 7 and 8 its scale; A, B crosses; H, Q and J, K failures and halts. */
const NOT_HELD: u64 = (<u64>1 << 1) | (<u64>1 << 5);
const STAYS: u64 = (<u64>1 << 0) | (<u64>1 << 9);
const SCALES: u64 = (<u64>1 << 7) | (<u64>1 << 8);
const CROSSES: u64 = (<u64>1 << 10) | (<u64>1 << 11);
const AT_FAILURE: u64 = (<u64>1 << 17) | (<u64>1 << 26);
const AT_HALT: u64 = (<u64>1 << 19) | (<u64>1 << 20);
/** 0 for what is no code. */
// @ts-ignore: decorator
@inline
function bitOf(char: i32): u64 {
  if (char >= 0x30 && char <= 0x39) return (<u64>1) << (char - 0x30);
  if (char >= 0x41 && char <= 0x5a) return (<u64>1) << (char - 0x41 + LETTERS);
  return char >= 0x61 && char <= 0x7a ? (<u64>1) << (char - 0x61 + SMALL) : 0;
}

/** What was read of the request: NO_PRICE, 0 or false where it has none. */
let minQty: i64 = NO_PRICE;
let maxFloor: i64 = NO_PRICE;
let maxShow: i64 = NO_PRICE;
let displayQty: i64 = NO_PRICE;
let stopPx: i64 = NO_PRICE;
let execInst: u64 = 0;
let otherQuantity: i32 = 0;
let hasPegOffset: bool = false;
let hasPegType: bool = false;
let expireTimeAt: usize = 0;
let expireTimeEnd: usize = 0;
let expireDateAt: usize = 0;
let expireDateEnd: usize = 0;
let effectiveAt: usize = 0;
let effectiveEnd: usize = 0;

/** Checks the terms beside an order or replace. Returns a reason, or ACCEPTED. */
// @ts-ignore: decorator
@inline
export function checkTerms(symbol: i32, ordType: i32, timeInForce: i32, quantity: i64, timeUs: f64): i32 {
  if (requestCarries === 0 && ordType !== TYPE_PEGGED && !isOnClose(ordType)) return ACCEPTED;
  return checkAll(symbol, ordType, timeInForce, quantity, timeUs);
}

function checkAll(symbol: i32, ordType: i32, timeInForce: i32, quantity: i64, timeUs: f64): i32 {
  read();
  const missing = missingTag(ordType);
  if (missing !== 0) {
    setMissing(missing);
    return TERM_MISSING;
  }
  const ofQuantity = checkQuantities(symbol, quantity);
  if (ofQuantity !== ACCEPTED) return ofQuantity;
  if (ordType === TYPE_MARKET_IF_TOUCHED && stopPx !== NO_PRICE) {
    const ofTrigger = checkTrigger(symbol);
    if (ofTrigger !== ACCEPTED) return ofTrigger;
  }
  const ofTime = checkTimes(timeUs);
  return ofTime === ACCEPTED ? checkTogether(ordType, timeInForce) : ofTime;
}

function read(): void {
  minQty = maxFloor = maxShow = displayQty = stopPx = NO_PRICE;
  execInst = 0;
  otherQuantity = 0;
  hasPegOffset = hasPegType = false;
  expireTimeAt = expireDateAt = effectiveAt = 0;
  beginFields();
  while (nextField()) readField(fieldTag, fieldAt, fieldEnd);
}

function readField(tag: i32, at: usize, end: usize): void {
  switch (tag) {
    case EXEC_INST:
      for (; at < end; at++) if (load<u8>(at) !== SPACE) execInst |= bitOf(load<u8>(at));
      break;
    case STOP_PX:
      stopPx = decimalIn(at, end);
      break;
    case MIN_QTY:
      minQty = decimalIn(at, end);
      break;
    case MAX_FLOOR:
      maxFloor = decimalIn(at, end);
      break;
    case MAX_SHOW:
      maxShow = decimalIn(at, end);
      break;
    case DISPLAY_QTY:
      displayQty = decimalIn(at, end);
      break;
    case EXPIRE_TIME:
      expireTimeAt = at;
      expireTimeEnd = end;
      break;
    case EXPIRE_DATE:
      expireDateAt = at;
      expireDateEnd = end;
      break;
    case EFFECTIVE_TIME:
      effectiveAt = at;
      effectiveEnd = end;
      break;
    case PEG_OFFSET:
      hasPegOffset = true;
      break;
    case PEG_PRICE_TYPE:
      hasPegType = true;
      break;
    case CASH_ORDER_QTY:
    case ORDER_PERCENT:
      otherQuantity = tag;
      break;
  }
}

/** The tag of a term without which the others mean nothing, or 0. */
function missingTag(ordType: i32): i32 {
  if (ordType === TYPE_PEGGED && (execInst & ALL_PEGS) === 0 && !hasPegType && !hasPegOffset) return EXEC_INST;
  return (execInst & TRAILING) !== 0 && !hasPegOffset ? PEG_OFFSET : 0;
}

/**
 * Quantities of the order that are above it, below 0, or no multiple of its smallest step. 0 of what is shown is a hidden order at some venues,
 * one that hides nothing at others.
 */
function checkQuantities(symbol: i32, quantity: i64): i32 {
  const step = symbolAt(symbol).quantityStep;
  let reason = checkQuantity(MIN_QTY, minQty, step, quantity);
  if (reason === ACCEPTED) reason = checkQuantity(MAX_FLOOR, maxFloor, step, quantity);
  if (reason === ACCEPTED) reason = checkQuantity(MAX_SHOW, maxShow, step, quantity);
  return reason === ACCEPTED ? checkQuantity(DISPLAY_QTY, displayQty, step, quantity) : reason;
}

function checkQuantity(tag: i32, value: i64, step: i64, most: i64): i32 {
  if (value === NO_PRICE) return ACCEPTED;
  if (value === UNHELD) return notHeld(tag);
  if (value >= 0 && value <= most && isMultiple(value, step)) return ACCEPTED;
  setTerm(tag, most, value);
  return TERM_QUANTITY;
}

function notHeld(tag: i32): i32 {
  setNotHeld(tag);
  return NUMBER_NOT_HELD;
}

/** StopPx of an order that is no stop order, whose StopPx stands in its record. */
function checkTrigger(symbol: i32): i32 {
  if (stopPx === UNHELD) return notHeld(STOP_PX);
  const terms = symbolAt(symbol);
  if (!terms.mayBe(stopPx)) {
    setSign(symbol, STOP_PX, stopPx);
    return BAD_PRICE;
  }
  const tick = terms.tickSize;
  if (tick <= 0 || isMultiple(stopPx, tick)) return ACCEPTED;
  setDetail(DETAIL_STEP, tick, stopPx);
  setLevel(LEVEL_SYMBOL, symbol);
  return TICK_SIZE;
}

/**
 * An order that ends before it is there. A date is one of the venue's place, which is not known here: it has passed when the trading day that the
 * gateway has now begins on a later one, and it is later everywhere.
 */
function checkTimes(timeUs: f64): i32 {
  if (expireTimeAt !== 0 && utcUs(expireTimeAt, expireTimeEnd) <= timeUs) return expired(EXPIRE_TIME, expireTimeAt, expireTimeEnd);
  if (expireDateAt === 0) return ACCEPTED;
  const today = Math.min(<f64>dayOf(timeUs), Math.floor((timeUs - LAST_ZONE_US) / DAY_US));
  return <f64>calendarDay(expireDateAt, expireDateEnd) < today ? expired(EXPIRE_DATE, expireDateAt, expireDateEnd) : ACCEPTED;
}

function expired(tag: i32, at: usize, end: usize): i32 {
  setText(tag, at, end);
  return ALREADY_EXPIRED;
}

/** Terms that can't hold together. */
function checkTogether(ordType: i32, timeInForce: i32): i32 {
  const tag = contradiction(ordType, timeInForce);
  if (tag === 0) return ACCEPTED;
  setMissing(tag);
  return CONTRADICTORY_TERMS;
}

/** The tag at fault, or 0. */
function contradiction(ordType: i32, timeInForce: i32): i32 {
  if (otherQuantity !== 0) return otherQuantity;
  // MaxFloor is what the market sees, MaxShow what other customers see: DisplayQty has taken the place of both.
  if (differ(maxFloor, displayQty) || differ(maxShow, displayQty)) return DISPLAY_QTY;
  const isAtOnce = timeInForce === TIF_IOC || timeInForce === TIF_FOK;
  if (isOnClose(ordType) && (isAtOnce || timeInForce === TIF_AT_OPENING)) return TIME_IN_FORCE;
  if (effectiveAt !== 0 && expireTimeAt !== 0 && utcUs(effectiveAt, effectiveEnd) >= utcUs(expireTimeAt, expireTimeEnd))
    return EFFECTIVE_TIME;
  if (execInst === 0) return 0;
  const pegs = execInst & PEGS;
  if ((pegs & (pegs - 1)) !== 0) return EXEC_INST;
  if ((execInst & NO_INITIATE) !== 0 && (isAtOnce || ordType === TYPE_MARKET)) return EXEC_INST;
  const areBoth = hasBoth(NOT_HELD) || hasBoth(STAYS) || hasBoth(SCALES) || hasBoth(CROSSES);
  return areBoth || hasBoth(AT_FAILURE) || hasBoth(AT_HALT) ? EXEC_INST : 0;
}
const TIME_IN_FORCE = 59;

// @ts-ignore: decorator
@inline
function isOnClose(ordType: i32): bool {
  return ordType === TYPE_MARKET_ON_CLOSE || ordType === TYPE_LIMIT_ON_CLOSE;
}

function differ(one: i64, other: i64): bool {
  return one !== NO_PRICE && other !== NO_PRICE && one !== other;
}

/** True with both of a pair. */
// @ts-ignore: decorator
@inline
function hasBoth(pair: u64): bool {
  return (execInst & pair) === pair;
}
