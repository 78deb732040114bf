import {
  POSS_DUP,
  POSS_RESEND,
  REQUEST_CANCEL,
  REQUEST_MASS_CANCEL,
  REQUEST_MASS_STATUS,
  REQUEST_NEW,
  REQUEST_REPLACE,
  TIF_AT_CLOSE,
  TIF_AT_OPENING,
  TIF_DAY,
} from "../../record/codes.ts";
import { OrderRequest } from "../../record/assembly/order-request.ts";
import { ID_BYTES } from "../../record/assembly/units.ts";
import { DONE_FOR_DAY, FILLED, NOT_PENDING } from "../orders/states.ts";
import {
  ACCEPTED,
  ALREADY_PENDING,
  BAD_CL_ORD_ID,
  BELOW_CUM_QTY,
  DROPPED,
  DUPLICATE_CL_ORD_ID,
  JOURNAL_FULL,
  NO_ROUTE,
  NUMBER_NOT_HELD,
  TABLE_FULL,
  TERMS_CHANGED,
  TOO_LATE,
  UNKNOWN_ORDER,
  UNKNOWN_SESSION,
  VENUE_DOWN,
  VENUE_STATUS_AWAITED,
} from "../risk/reason-codes.ts";
import { double } from "./area.ts";
import { NONE } from "./codes.ts";
import * as decision from "./decision.ts";
import { setNotHeld } from "./detail.ts";
import { checkDuplicate } from "./duplicates.ts";
import { isKnownSession } from "./entitlements.ts";
import { checkExposure, leavesOf } from "./exposure.ts";
import { factorOf } from "./factor.ts";
import { findId, slotOfId } from "./ids.ts";
import { NUMBER } from "./layout.ts";
import { traderOf } from "./levels.ts";
import { isOpen } from "./life-cycle.ts";
import { beginInput } from "./locks.ts";
import { decideMassCancel } from "./mass-cancel.ts";
import { decideMassStatus } from "./mass-status.ts";
import { accountNames, symbolNames } from "./names.ts";
import { crossingPriceOf, riskPriceOf, triggerOf, waitsForTrigger } from "./order-kinds.ts";
import { Order, orderAt } from "./order.ts";
import { checkTerms } from "./order-terms.ts";
import { candidate, canReopenFor, hasRoom, hasRoomFor, hasRoomForDone } from "./orders.ts";
import { beginOverrides } from "./overrides.ts";
import { checkPosition } from "./positions.ts";
import { checkCurrency, checkKind, checkMarket, checkOpenOrders, checkParties, checkRights, checkSize, heldBy } from "./risk.ts";
import { routeOf } from "./routing.ts";
import { isWaiting } from "./resting.ts";
import { checkSelfTrade } from "./self-trade-check.ts";
import { isVenueUp, takesNew, symbolAt } from "./symbols.ts";
import { traderNamed } from "./traders.ts";
import { refusalOfVenue } from "./trading.ts";
import { dayOf } from "./trading-days.ts";

// Decides requests. Changes nothing but the decision.

/** The venue of the last new order that passed. */
let chosen: i32 = NONE;

/** `starved` says that the disk is full, so that nothing new can be taken. */
export function decide(request: OrderRequest, timeUs: f64, starved: bool): void {
  decision.clearDecision();
  beginInput(timeUs);
  beginOverrides(0, timeUs, 0);
  const kind = request.kind;
  if (kind === REQUEST_NEW) decision.setReason(newOrder(request, timeUs, starved));
  else if (kind === REQUEST_CANCEL) decision.setReason(cancel(request, timeUs));
  else if (kind === REQUEST_REPLACE) decision.setReason(replace(request, timeUs, starved));
  else if (kind === REQUEST_MASS_CANCEL) decision.setReason(decideMassCancel(request));
  else if (kind === REQUEST_MASS_STATUS) decision.setReason(decideMassStatus(request));
  else decision.setReason(status(request));
  // A new order has its number also where it is refused.
  const changes = kind === REQUEST_CANCEL || kind === REQUEST_REPLACE;
  if (changes && decision.reason === ACCEPTED) decision.setNumber(nextNumber());
}

// @ts-ignore: decorator
@inline
function nextNumber(): f64 {
  return double(NUMBER) + 1;
}

// @ts-ignore: decorator
@inline
function isId(length: i32): bool {
  return length > 0 && <u32>length <= ID_BYTES;
}

function newOrder(request: OrderRequest, timeUs: f64, starved: bool): i32 {
  const session = request.session;
  const length = request.clOrdIdLength;
  const hasId = isId(length);
  if (hasId) decision.setFormer(findId(request.clOrdIdAt, session, length));
  if (!isKnownSession(session)) {
    decision.setNumber(nextNumber());
    return UNKNOWN_SESSION;
  }
  const accountLength = request.accountLength;
  const symbolLength = request.symbolLength;
  const account = accountLength > 0 ? accountNames().find(request.accountAt, accountLength) : NONE;
  const symbol = symbolLength > 0 ? symbolNames().find(request.symbolAt, symbolLength) : NONE;
  decision.setParties(account, symbol);
  if (!hasId) {
    decision.setNumber(nextNumber());
    return BAD_CL_ORD_ID;
  }
  const former = decision.former;
  if (former !== NONE) {
    if (isRepeated(former, request, timeUs)) return DROPPED;
    if (!mayUseAgain(former, request, timeUs)) {
      decision.setNumber(nextNumber());
      return DUPLICATE_CL_ORD_ID;
    }
  }
  decision.setNumber(nextNumber());
  beginOverrides(changetype<usize>(request), timeUs, decision.number);
  const reason = starved ? JOURNAL_FULL : checkNew(request, timeUs, account, symbol);
  if (reason !== ACCEPTED) {
    if (hasRoomForDone()) decision.setSlot(candidate());
    return reason;
  }
  decision.setSlot(candidate());
  decision.setVenue(chosen);
  decision.setFactor(symbolAt(symbol).factor);
  return ACCEPTED;
}

/**
 * True when the ClOrdID of an entry may be used again: its order is done, and the order's last request came before the
 * session's numbers were last reset, or on an earlier trading day.
 */
function mayUseAgain(entry: i32, request: OrderRequest, timeUs: f64): bool {
  const order = orderAt(slotOfId(entry));
  return isOver(order) && (order.epoch !== request.epoch || order.day !== dayOf(timeUs));
}

/** True when nothing more is to come of an order. */
function isOver(order: Order): bool {
  if (isOpen(order.state) || order.day === NONE) return false;
  // It works again on the next day.
  return order.state !== DONE_FOR_DAY || isOfDay(order.timeInForce);
}

/** True of a time in force that ends with the trading day. */
function isOfDay(timeInForce: i32): bool {
  return timeInForce === 0 || timeInForce === TIF_DAY || timeInForce === TIF_AT_OPENING || timeInForce === TIF_AT_CLOSE;
}

/**
 * True when a request with the ClOrdID of an entry is that one once more. One that a ResendRequest has called for may have been taken
 * under other sequence numbers, so they say nothing of it; on a later trading day the ClOrdID of what is done may be a new order's.
 */
function isRepeated(entry: i32, request: OrderRequest, timeUs: f64): bool {
  const resend = request.possResend;
  if (resend !== POSS_DUP) return resend === POSS_RESEND;
  const order = orderAt(slotOfId(entry));
  return !isOver(order) || order.day === dayOf(timeUs);
}

function checkNew(request: OrderRequest, timeUs: f64, account: i32, symbol: i32): i32 {
  const trader = traderNamed(request);
  decision.setTrader(trader);
  const parties = checkParties(request.session, account, symbol, trader, true);
  if (parties !== ACCEPTED) return parties;
  const ordType = request.ordType;
  const side = request.side;
  const venue = routeOf(request, account, symbol);
  const kind = checkKind(venue, side, ordType, request.timeInForce);
  if (kind !== ACCEPTED) return kind;
  const market = checkMarket(account, symbol, side, ordType, request.timeInForce, timeUs);
  if (market !== ACCEPTED) return market;
  const rights = checkRights(request.session, account, symbol, side, ordType, request.timeInForce);
  if (rights !== ACCEPTED) return rights;
  const currency = checkCurrency(symbol);
  if (currency !== ACCEPTED) return currency;
  if (request.unheldTag !== 0) return notHeld(request);
  const terms = checkTerms(symbol, ordType, request.timeInForce, request.quantity, timeUs);
  if (terms !== ACCEPTED) return terms;
  const price = riskPriceOf(request, ordType);
  const stop = triggerOf(request, ordType, price);
  const factor = symbolAt(symbol).factor;
  const size = checkSize(account, symbol, side, ordType, request.quantity, price, stop, timeUs, factor);
  if (size !== ACCEPTED) return size;
  const open = checkOpenOrders(account);
  if (open !== ACCEPTED) return open;
  const exposure = checkExposure(account, side, decision.notional, request.quantity, timeUs);
  if (exposure !== ACCEPTED) return exposure;
  const position = checkPosition(account, symbol, side, request.quantity);
  if (position !== ACCEPTED) return position;
  const duplicate = checkDuplicate(account, symbol, request, timeUs);
  if (duplicate !== ACCEPTED) return duplicate;
  if (venue === NONE) return NO_ROUTE;
  const refusal = refusalOfVenue(venue);
  if (refusal !== ACCEPTED) return refusal;
  if (!isVenueUp(venue)) return VENUE_DOWN;
  if (!takesNew(venue)) return VENUE_STATUS_AWAITED;
  chosen = venue;
  if (!hasRoom()) return TABLE_FULL;
  return checkSelfTrade(account, symbol, side, crossingPriceOf(ordType, price), venue, waitsForTrigger(ordType));
}

/** What cancel and replace have in common: the order must be there, open and not busy, the ClOrdID new. */
function change(request: OrderRequest, timeUs: f64): i32 {
  const session = request.session;
  const length = request.clOrdIdLength;
  const hasId = isId(length);
  if (hasId) decision.setFormer(findId(request.clOrdIdAt, session, length));
  // A session that a reload has retired may still cancel what is in the ring.
  if (request.kind !== REQUEST_CANCEL && !isKnownSession(session)) return UNKNOWN_SESSION;
  if (!hasId) return BAD_CL_ORD_ID;
  const former = decision.former;
  if (former !== NONE && isRepeated(former, request, timeUs)) return DROPPED;
  const origLength = request.origClOrdIdLength;
  if (!isId(origLength)) return UNKNOWN_ORDER;
  const entry = findId(request.origClOrdIdAt, session, origLength);
  decision.setEntry(entry);
  if (entry === NONE) return UNKNOWN_ORDER;
  decision.setSlot(slotOfId(entry));
  const isDuplicate = former !== NONE && !mayUseAgain(former, request, timeUs);
  const order = orderAt(decision.slot);
  if (!isOpen(order.state) && !isIncrease(order, request)) return TOO_LATE;
  if (order.pending !== NOT_PENDING) return ALREADY_PENDING;
  return isDuplicate ? DUPLICATE_CL_ORD_ID : ACCEPTED;
}

/** No limit, kill switch or full disk applies to a cancel. It needs a venue to go to. */
function cancel(request: OrderRequest, timeUs: f64): i32 {
  const reason = change(request, timeUs);
  if (reason !== ACCEPTED) return reason;
  return isVenueUp(orderAt(decision.slot).venue) ? ACCEPTED : VENUE_DOWN;
}

/** The old terms were admitted when they came; here the new ones are. Both stay reserved until the venue answers. */
function replace(request: OrderRequest, timeUs: f64, starved: bool): i32 {
  const changed = change(request, timeUs);
  if (changed !== ACCEPTED) return changed;
  if (starved) return JOURNAL_FULL;
  const order = orderAt(decision.slot);
  const parties = checkParties(request.session, order.account, order.symbol, traderOf(order), false);
  if (parties !== ACCEPTED) return parties;
  if (!sameTerms(order, request)) return TERMS_CHANGED;
  const market = checkMarket(order.account, order.symbol, order.side, order.ordType, order.timeInForce, timeUs);
  if (market !== ACCEPTED) return market;
  const rights = checkRights(request.session, order.account, order.symbol, order.side, order.ordType, order.timeInForce);
  if (rights !== ACCEPTED) return rights;
  const currency = checkCurrency(order.symbol);
  if (currency !== ACCEPTED) return currency;
  if (request.unheldTag !== 0) return notHeld(request);
  if (request.quantity < order.cumQty) return BELOW_CUM_QTY;
  const terms = checkTerms(order.symbol, order.ordType, order.timeInForce, request.quantity, timeUs);
  if (terms !== ACCEPTED) return terms;
  const price = riskPriceOf(request, order.ordType);
  const size = checkSize(
    order.account,
    order.symbol,
    order.side,
    order.ordType,
    request.quantity,
    price,
    triggerOf(request, order.ordType, price),
    timeUs,
    factorOf(order),
  );
  if (size !== ACCEPTED) return size;
  const exposure = checkIncrease(order, request, timeUs);
  if (exposure !== ACCEPTED) return exposure;
  const refusal = refusalOfVenue(order.venue);
  if (refusal !== ACCEPTED) return refusal;
  if (!isVenueUp(order.venue)) return VENUE_DOWN;
  if (!takesNew(order.venue)) return VENUE_STATUS_AWAITED;
  const room = checkRoom(order);
  if (room !== ACCEPTED) return room;
  const crossing = crossingPriceOf(order.ordType, price);
  return checkSelfTrade(order.account, order.symbol, order.side, crossing, order.venue, isWaiting(order));
}

/** A filled order of which more is asked for opens again. */
function checkRoom(order: Order): i32 {
  if (isOpen(order.state)) return hasRoomFor(order) ? ACCEPTED : TABLE_FULL;
  const open = checkOpenOrders(order.account);
  if (open !== ACCEPTED) return open;
  return canReopenFor(order) ? ACCEPTED : TABLE_FULL;
}

/** A replace adds to the exposure what it asks for beyond what the order holds. */
function checkIncrease(order: Order, request: OrderRequest, timeUs: f64): i32 {
  const leaves = request.quantity - order.cumQty;
  const held = heldBy(order.symbol, order.ordType, leaves, riskPriceOf(request, order.ordType), factorOf(order));
  const amount = held - order.reserved;
  const more = leaves - leavesOf(order);
  const exposure = checkExposure(order.account, order.side, amount, more, timeUs);
  return exposure === ACCEPTED ? checkPosition(order.account, order.symbol, order.side, more) : exposure;
}

/** A replace changes quantity and prices; anything else is refused by name rather than left out in silence. */
function sameTerms(order: Order, request: OrderRequest): bool {
  if (request.side !== order.side || request.ordType !== order.ordType) return false;
  if (request.timeInForce !== 0 && request.timeInForce !== order.timeInForce) return false;
  if (symbolNames().find(request.symbolAt, request.symbolLength) !== order.symbol) return false;
  const length = request.accountLength;
  return length === 0 || accountNames().find(request.accountAt, length) === order.account;
}

function status(request: OrderRequest): i32 {
  const length = request.clOrdIdLength;
  const session = request.session;
  if (!isKnownSession(session)) return UNKNOWN_SESSION;
  if (!isId(length)) return BAD_CL_ORD_ID;
  const entry = findId(request.clOrdIdAt, session, length);
  decision.setEntry(entry);
  if (entry === NONE) return UNKNOWN_ORDER;
  decision.setSlot(slotOfId(entry));
  return ACCEPTED;
}

/** True for a replace that asks for more of a filled order, which the venue may still accept (order state matrix C.1.c). */
function isIncrease(order: Order, request: OrderRequest): bool {
  return request.kind === REQUEST_REPLACE && order.state === FILLED && request.quantity > order.cumQty;
}

function notHeld(request: OrderRequest): i32 {
  setNotHeld(request.unheldTag);
  return NUMBER_NOT_HELD;
}
