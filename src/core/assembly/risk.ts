import { SIDE_BUY, SIDE_SELL, SIDE_SELL_SHORT, TYPE_STOP } from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  ACCEPTED,
  ACCOUNT_DISABLED,
  ACCOUNT_WITHOUT_LIMITS,
  BAD_PRICE,
  BAD_QUANTITY,
  CURRENCY_MISMATCH,
  KILL_SWITCH,
  KILL_SWITCH_ACCOUNT,
  KILL_SWITCH_CLIENT,
  KILL_SWITCH_SYMBOL,
  LOCATE_REQUIRED,
  LOT_SIZE,
  MARKET_CLOSED,
  MAX_ADV_PERCENT,
  MAX_ORDER_NOTIONAL,
  MAX_ORDER_QTY,
  NO_REFERENCE_PRICE,
  NOT_ENTITLED,
  NOTIONAL_OVERFLOW,
  OPEN_ORDERS,
  ORDER_RATE,
  ORDER_TYPES,
  PHASE_ORDER_TYPES,
  PHASE_TIMES_IN_FORCE,
  PRICE_COLLAR,
  RATE_MISSING,
  REPEATED_EXECUTIONS,
  RESTRICTED,
  SHORT_SALES,
  SYMBOL_DISABLED,
  TICK_SIZE,
  TIMES_IN_FORCE,
  UNKNOWN_ACCOUNT,
  UNKNOWN_SYMBOL,
  UNSUPPORTED_SIDE,
  UNSUPPORTED_TIF,
  UNSUPPORTED_TYPE,
  VENUE_MAX_QTY,
} from "../risk/reason-codes.ts";
import { accountAt, firmRow } from "./accounts.ts";
import { NONE } from "./codes.ts";
import { setNotional } from "./decision.ts";
import {
  DETAIL_COUNT,
  DETAIL_CURRENCY,
  DETAIL_MONEY,
  DETAIL_QUANTITY,
  DETAIL_STEP,
  setCode,
  setCollar,
  setDetail,
  setLevel,
  setSign,
} from "./detail.ts";
import { LEVEL_ORDER, LEVEL_VENUE } from "./detail-layout.ts";
import { allows } from "./entitlements.ts";
import { checkFirmMessages } from "./firm-messages.ts";
import { LEVEL_ACCOUNT, LEVEL_FIRM, LEVEL_ROW, LEVEL_SYMBOL } from "./layout.ts";
import {
  aimLevels,
  clientOf,
  firmIndex,
  fullLevel,
  isAboveNotional,
  isAboveQuantity,
  leastLevel,
  limitOf,
  rowOfSession,
  setLevelOf,
} from "./levels.ts";
import { differsBeside } from "./fields-beside.ts";
import { hasLocate } from "./locate.ts";
import { inputUs } from "./locks.ts";
import { isCountable, isMultiple, notional, OVERFLOW } from "./money.ts";
import { isPriced, placeInSet, takesTimeInForce, takesType } from "./order-kinds.ts";
import { isOverridden } from "./overrides.ts";
import { isKilled } from "./state.ts";
import { referredAt } from "./reference-sources.ts";
import { symbolAt } from "./symbols.ts";
import { checkTrader, checkTraderState } from "./traders.ts";
import { refusalOfSession } from "./trading.ts";

/*  The checks of a new order, in this order (core/risk/checks.ts is their table); the first that fails gives the reason. A replace takes
 *  the same ones.
 *
 *   1  kill switch, session, rate  8  order type, time in force           15  orders in this second
 *   2  account known               9  restricted lists, market is open    16  quantity of the order, volume
 *   3  session may use it         10  what the account may use            17  reference price is there
 *   4  account enabled, limited   11  locate (short sales), Currency      18  collar (limit, stop)
 *   5  symbol known, on, has rate 12  numbers are held exactly            19  notional of the order
 *   6  side                       13  quantity: above 0, step, lot, venue 20  sums stay exact
 *   7  (a replace: same terms)    14  prices: signs, tick (limit, stop)  21  open orders (not for a replace)
 *                                     (12 and 13: terms beside the record, order-terms.ts)
 *
 *  Before them stand the protocol's (decide.ts: known session, ClOrdID), behind them route, venue is on, and room. Nothing
 *  here changes anything: what an order takes of its limits is taken when it is applied.
 */
const US_PER_S: f64 = 1_000_000;

/**
 * Checks session, account, its client, trader and symbol; account, trader and symbol may be NONE. `isNew`: the trader enters the order,
 * else it has. Returns a reason, or ACCEPTED.
 */
export function checkParties(session: i32, account: i32, symbol: i32, trader: i32, isNew: bool): i32 {
  if (isKilled()) return KILL_SWITCH;
  const refusal = refusalOfSession(session);
  if (refusal !== ACCEPTED) return refusal;
  const tooMany = checkFirmMessages(inputUs());
  if (tooMany !== ACCEPTED) return tooMany;
  if (account < 0) return UNKNOWN_ACCOUNT;
  const row = accountAt(account);
  if (!allows(session, account)) return row.isConfigured && !row.isLevel ? NOT_ENTITLED : UNKNOWN_ACCOUNT;
  if (!row.isReady) return refusalOfAccount(account);
  const client = row.client - 1;
  if (client !== NONE && accountAt(client).isKilled) return ofRow(client, KILL_SWITCH_CLIENT);
  const ofTrader = isNew ? checkTrader(session, trader) : checkTraderState(trader);
  if (ofTrader !== ACCEPTED) return ofTrader;
  aimLevels(account, session, trader);
  if (symbol < 0) return UNKNOWN_SYMBOL;
  const terms = symbolAt(symbol);
  if (terms.isReady) return ACCEPTED;
  if (!terms.isConfigured) return UNKNOWN_SYMBOL;
  if (terms.isKilled) return KILL_SWITCH_SYMBOL;
  if (!terms.isSound) return SYMBOL_DISABLED;
  setDetail(DETAIL_CURRENCY, terms.currency, 0);
  setLevel(LEVEL_SYMBOL, symbol);
  return RATE_MISSING;
}

function ofRow(row: i32, reason: i32): i32 {
  setLevelOf(row);
  return reason;
}

/** Why an account takes no orders. */
function refusalOfAccount(account: i32): i32 {
  const row = accountAt(account);
  if (!row.isConfigured || row.isLevel) return UNKNOWN_ACCOUNT;
  if (row.isKilled) return KILL_SWITCH_ACCOUNT;
  if (row.isStopped) return ofAccount(account, REPEATED_EXECUTIONS);
  return row.isEnabled ? ACCOUNT_WITHOUT_LIMITS : ACCOUNT_DISABLED;
}

/** Checks side, and whether the venue takes the order type and time in force. Returns a reason, or ACCEPTED. */
export function checkKind(venue: i32, side: i32, ordType: i32, timeInForce: i32): i32 {
  if (side !== SIDE_BUY && side !== SIDE_SELL && side !== SIDE_SELL_SHORT) return ofCode(UNSUPPORTED_SIDE, side, LEVEL_ORDER, NONE);
  if (!takesType(venue, ordType)) return ofCode(UNSUPPORTED_TYPE, ordType, LEVEL_VENUE, venue);
  return takesTimeInForce(venue, timeInForce) ? ACCEPTED : ofCode(UNSUPPORTED_TIF, timeInForce, LEVEL_VENUE, venue);
}

function ofCode(reason: i32, char: i32, level: i32, index: i32): i32 {
  setCode(char, level, index);
  return reason;
}

/**
 * Checks whether the account may trade the symbol on that side, whether its market is open, and whether it takes such an order now.
 * Returns a reason, or ACCEPTED.
 */
export function checkMarket(account: i32, symbol: i32, side: i32, ordType: i32, timeInForce: i32, timeUs: f64): i32 {
  const terms = symbolAt(symbol);
  if ((terms.lists & accountAt(account).restrictedAt(side)) !== 0) return ofAccount(account, RESTRICTED);
  if (!terms.isOpenAt(timeUs)) return closed(symbol);
  return terms.hasPhases ? checkPhase(symbol, ordType, timeInForce, timeUs) : ACCEPTED;
}

function checkPhase(symbol: i32, ordType: i32, timeInForce: i32, timeUs: f64): i32 {
  const terms = symbolAt(symbol);
  const types = terms.typesAt(timeUs);
  const times = terms.timesAt(timeUs);
  if (types === 0 || times === 0) return closed(symbol);
  if (((types >>> placeInSet(ordType)) & 1) === 0) return ofCode(PHASE_ORDER_TYPES, ordType, LEVEL_SYMBOL, symbol);
  if (((times >>> placeInSet(timeInForce)) & 1) === 0) return ofCode(PHASE_TIMES_IN_FORCE, timeInForce, LEVEL_SYMBOL, symbol);
  return ACCEPTED;
}

function closed(symbol: i32): i32 {
  setLevel(LEVEL_SYMBOL, symbol);
  return MARKET_CLOSED;
}

/**
 * Checks what the account, its client and the session may use: order types, times in force, short sales, and these with a locate where one
 * of them or the symbol needs one. Returns a reason, or ACCEPTED.
 */
export function checkRights(session: i32, account: i32, symbol: i32, side: i32, ordType: i32, timeInForce: i32): i32 {
  const own = rightsOf(account, side, ordType, timeInForce);
  if (own !== ACCEPTED) return own;
  const client = clientOf(account);
  const ofClient = client === NONE ? ACCEPTED : rightsOf(client, side, ordType, timeInForce);
  if (ofClient !== ACCEPTED) return ofClient;
  const row = rowOfSession(session);
  const ofSession = row === NONE ? ACCEPTED : rightsOf(row, side, ordType, timeInForce);
  if (ofSession !== ACCEPTED || side !== SIDE_SELL_SHORT) return ofSession;
  if (!symbolAt(symbol).needsLocate || hasLocate()) return ACCEPTED;
  setLevel(LEVEL_SYMBOL, symbol);
  return LOCATE_REQUIRED;
}

/** The same of one level, by its row among the accounts. */
function rightsOf(index: i32, side: i32, ordType: i32, timeInForce: i32): i32 {
  const row = accountAt(index);
  const level = row.isLevel ? LEVEL_ROW : LEVEL_ACCOUNT;
  if (((<u32>row.orderTypes >>> placeInSet(ordType)) & 1) === 0) return ofCode(ORDER_TYPES, ordType, level, index);
  if (((<u32>row.timesInForce >>> placeInSet(timeInForce)) & 1) === 0) return ofCode(TIMES_IN_FORCE, timeInForce, level, index);
  if (side !== SIDE_SELL_SHORT) return ACCEPTED;
  if (!row.maySellShort) return ofRow(index, SHORT_SALES);
  return row.needsLocate && !hasLocate() ? ofRow(index, LOCATE_REQUIRED) : ACCEPTED;
}

/** Currency (15). */
const CURRENCY_TAG = 15;

/** Checks that the Currency (15) of a request, where it has one, is that of its symbol, where that is configured. Returns a reason, or ACCEPTED. */
// @ts-ignore: decorator
@inline
export function checkCurrency(symbol: i32): i32 {
  return symbolAt(symbol).hasCurrency ? checkSaidCurrency(symbol) : ACCEPTED;
}

function checkSaidCurrency(symbol: i32): i32 {
  const currency = symbolAt(symbol).currency;
  if (!differsBeside(CURRENCY_TAG, <u64>currency)) return ACCEPTED;
  setDetail(DETAIL_CURRENCY, currency, 0);
  setLevel(LEVEL_SYMBOL, symbol);
  return CURRENCY_MISMATCH;
}

function ofAccount(account: i32, reason: i32): i32 {
  setLevel(LEVEL_ACCOUNT, account);
  return reason;
}

/**
 * Checks quantity, prices, rate and notional. `stopE8` is `priceE8` where the order has no StopPx besides its Price; `factor`: of the order.
 * Sets the decision's notional, or its detail. Returns a reason, or ACCEPTED.
 */
export function checkSize(
  account: i32,
  symbol: i32,
  side: i32,
  ordType: i32,
  quantity: i64,
  priceE8: i64,
  stopE8: i64,
  timeUs: f64,
  factor: usize,
): i32 {
  const row = accountAt(account);
  const terms = referredAt(symbol);
  if (quantity <= 0 || !isCountable(quantity) || !isMultiple(quantity, terms.quantityStep)) {
    setDetail(DETAIL_STEP, terms.quantityStep, quantity);
    setLevel(LEVEL_SYMBOL, symbol);
    return BAD_QUANTITY;
  }
  const lot = terms.lotSize;
  if (lot > 0 && !isMultiple(quantity, lot)) return ofSymbol(symbol, LOT_SIZE, DETAIL_STEP, lot, quantity);
  const largest = terms.venueMaxQty;
  if (quantity > largest) return ofSymbol(symbol, VENUE_MAX_QTY, DETAIL_QUANTITY, largest, quantity);
  if (isPriced(ordType)) {
    if (!terms.mayBe(priceE8)) return ofSign(symbol, ordType === TYPE_STOP ? STOP_PX : PRICE, priceE8);
    if (stopE8 !== priceE8 && !terms.mayBe(stopE8)) return ofSign(symbol, STOP_PX, stopE8);
    const tick = terms.tickSize;
    if (tick > 0) {
      if (!isMultiple(priceE8, tick)) return ofSymbol(symbol, TICK_SIZE, DETAIL_STEP, tick, priceE8);
      if (stopE8 !== priceE8 && !isMultiple(stopE8, tick)) return ofSymbol(symbol, TICK_SIZE, DETAIL_STEP, tick, stopE8);
    }
  }
  const count = row.ordersIn(secondOf(timeUs)) + 1;
  if (count > row.ordersPerSecond) {
    setDetail(DETAIL_COUNT, <i64>row.ordersPerSecond, <i64>count);
    setLevel(LEVEL_ACCOUNT, account);
    return ORDER_RATE;
  }
  const firm = firmRow();
  const isLarge = quantity > row.maxOrderQty || quantity > terms.maxOrderQty || quantity > firm.maxOrderQty || isAboveQuantity(quantity);
  if (isLarge) {
    setLeast(DETAIL_QUANTITY, quantity, terms.maxOrderQty, account, symbol);
    if (!isOverridden(MAX_ORDER_QTY)) return MAX_ORDER_QTY;
  }
  const ofVolume = terms.advLimit;
  if (quantity > ofVolume) {
    ofSymbol(symbol, MAX_ADV_PERCENT, DETAIL_QUANTITY, ofVolume, quantity);
    if (!isOverridden(MAX_ADV_PERCENT)) return MAX_ADV_PERCENT;
  }
  if (terms.reference === NO_PRICE) return NO_REFERENCE_PRICE;
  const isOff = isPriced(ordType) && (priceE8 < terms.lowest || priceE8 > terms.highest);
  if (isOff && terms.isCollared(side === SIDE_BUY, priceE8)) {
    setCollar(terms.collar, terms.widthOfBand, terms.reference, priceE8);
    setLevel(LEVEL_SYMBOL, symbol);
    if (!isOverridden(PRICE_COLLAR)) return PRICE_COLLAR;
  }
  const amount = valueOf(symbol, ordType, quantity, priceE8, factor);
  if (amount === OVERFLOW) return NOTIONAL_OVERFLOW;
  const isDear = amount > row.maxOrderNotional || amount > terms.maxOrderNotional || amount > firm.maxOrderNotional || isAboveNotional(amount);
  if (isDear) {
    setLeast(DETAIL_MONEY, amount, terms.maxOrderNotional, account, symbol);
    if (!isOverridden(MAX_ORDER_NOTIONAL)) return MAX_ORDER_NOTIONAL;
  }
  setNotional(amount);
  return row.canHold(side, amount) ? ACCEPTED : NOTIONAL_OVERFLOW;
}

/** Price (44) and StopPx (99). */
const PRICE = 44;
const STOP_PX = 99;

function ofSign(symbol: i32, tag: i32, priceE8: i64): i32 {
  setSign(symbol, tag, priceE8);
  return BAD_PRICE;
}

function ofSymbol(symbol: i32, reason: i32, kind: i32, limit: i64, value: i64): i32 {
  setDetail(kind, limit, value);
  setLevel(LEVEL_SYMBOL, symbol);
  return reason;
}

/**
 * The smallest of several limits is the one that the text says; of equal ones the account's, then its client's, the session's, the
 * trader's, the symbol's.
 */
function setLeast(kind: i32, value: i64, ofSymbol: i64, account: i32, symbol: i32): void {
  const isMoney = kind === DETAIL_MONEY;
  const row = leastLevel(account, isMoney);
  const least = limitOf(row, isMoney);
  if (least < ofSymbol || (least === ofSymbol && row !== firmIndex())) {
    setDetail(kind, least, value);
    if (row === firmIndex()) setLevel(LEVEL_FIRM, NONE);
    else setLevelOf(row);
  } else {
    setDetail(kind, ofSymbol, value);
    setLevel(LEVEL_SYMBOL, symbol);
  }
}

/** Checks the numbers of open orders at all levels of the request that `checkParties` has passed. Returns a reason, or ACCEPTED. */
export function checkOpenOrders(account: i32): i32 {
  const full = fullLevel(account);
  return full === NONE ? ACCEPTED : tooManyOpen(full);
}

function tooManyOpen(index: i32): i32 {
  const row = accountAt(index);
  setDetail(DETAIL_COUNT, <i64>row.maxOpenOrders, <i64>row.open + 1);
  setLevelOf(index);
  return isOverridden(OPEN_ORDERS) ? ACCEPTED : OPEN_ORDERS;
}

/** Notional to reserve for an accepted order: as `valueOf`, but 0 for OVERFLOW, which only a replay under other prices has. */
export function heldBy(symbol: i32, ordType: i32, quantity: i64, priceE8: i64, factor: usize): i64 {
  const amount = valueOf(symbol, ordType, quantity, priceE8, factor);
  return amount === OVERFLOW ? 0 : amount;
}

/** Notional of a quantity: at the order's own price, or at the market order's price, times a factor. OVERFLOW when too large. */
export function valueOf(symbol: i32, ordType: i32, quantity: i64, priceE8: i64, factor: usize): i64 {
  return notional(quantity, isPriced(ordType) ? priceE8 : referredAt(symbol).marketPrice, factor);
}

/** The second of a time, the window of the order rate. */
// @ts-ignore: decorator
@inline
export function secondOf(timeUs: f64): f64 {
  return Math.floor(timeUs / US_PER_S);
}
