import { SIDE_BUY } from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import { PENDING_REPLACE } from "../orders/states.ts";
import { NOT_HELD } from "../outcomes.ts";
import {
  ACCEPTED,
  CREDIT_LIMIT,
  MAX_DAILY_NOTIONAL,
  MAX_DAILY_VOLUME,
  MAX_GROSS_EXPOSURE,
  MAX_NET_EXPOSURE,
} from "../risk/reason-codes.ts";
import { Account, accountAt } from "./accounts.ts";
import { word } from "./area.ts";
import { LAST_QTY, LEAVES_QTY, NONE } from "./codes.ts";
import { DETAIL_MONEY, DETAIL_QUANTITY } from "./detail.ts";
import { FRESH } from "./layout.ts";
import { addUpLevelRows, clientOf, firmIndex, holdQuantityOf } from "./levels.ts";
import { isOpen } from "./life-cycle.ts";
import * as measure from "./measure.ts";
import { Order, orderAt } from "./order.ts";
import { addUpClientPositions, executePosition, holdPosition } from "./positions.ts";
import { settleAllResting, settleResting } from "./resting.ts";
import { note } from "./state.ts";
import { dayOf } from "./trading-days.ts";

/*  Limits of what an account has executed on the trading day and what its open orders can still execute. An order that would pass one
 *  is refused before it is sent. The account's client and the firm have the same sums over their accounts, and limits of them: all limits
 *  of the account come first, then those of the client, then those of the firm.
 *
 *      gross          bought + sold + open buys + open sells          money, without signs of prices
 *      net, a buy     bought − sold + open buys                       as if all open buys were filled and no sell
 *      net, a sell    sold − bought + open sells                      the same the other way
 *      daily notional as gross
 *      credit         as gross
 *      daily volume   bought + sold + open buys + open sells          quantity
 *
 *  A replace counts by what it asks for beyond what the order holds: one that asks for less always passes. While it is pending, the
 *  account holds both. All sums have 128 bits.
 *
 *  What is bought or sold is 0 where busts and corrections of earlier days take back more than was executed on this one: they give no
 *  room on it.
 */

/**
 * Checks what an order would add: so much money and quantity, 0 or more; a replace that adds none of one passes that one's checks. Returns
 * a reason, or ACCEPTED.
 */
export function checkExposure(account: i32, side: i32, amount: i64, quantity: i64, timeUs: f64): i32 {
  const own = checkRow(account, side, amount, quantity, timeUs);
  if (own !== ACCEPTED) return own;
  const client = clientOf(account);
  const ofClient = client === NONE ? ACCEPTED : checkRow(client, side, amount, quantity, timeUs);
  return ofClient === ACCEPTED ? checkRow(firmIndex(), side, amount, quantity, timeUs) : ofClient;
}

/** The same of one level. */
function checkRow(index: i32, side: i32, amount: i64, quantity: i64, timeUs: f64): i32 {
  const row = accountAt(index);
  if (!row.hasExposureLimits) return ACCEPTED;
  const isToday = <f64>dayOf(timeUs) <= row.day;
  if (isWithin(row, side, amount, quantity, isToday)) return ACCEPTED;
  if (amount > 0) {
    setGross(row, isToday);
    measure.add(amount);
    if (measure.isRefused(MAX_GROSS_EXPOSURE, DETAIL_MONEY, row.maxGrossExposure, index)) return MAX_GROSS_EXPOSURE;
    if (measure.isRefused(MAX_DAILY_NOTIONAL, DETAIL_MONEY, row.maxDailyNotional, index)) return MAX_DAILY_NOTIONAL;
    if (measure.isRefused(CREDIT_LIMIT, DETAIL_MONEY, row.creditLimit, index)) return CREDIT_LIMIT;
    setNet(row, side, isToday);
    measure.add(amount);
    if (measure.isRefused(MAX_NET_EXPOSURE, DETAIL_MONEY, row.maxNetExposure, index)) return MAX_NET_EXPOSURE;
  }
  if (quantity > 0) {
    setVolume(row, isToday);
    measure.add(quantity);
    if (measure.isRefused(MAX_DAILY_VOLUME, DETAIL_QUANTITY, row.maxDailyVolume, index)) return MAX_DAILY_VOLUME;
  }
  return ACCEPTED;
}

/** True where 64 bits hold all sums, and no limit is passed: as nearly always. Else all checks are made, with 128 bits. */
function isWithin(row: Account, side: i32, amount: i64, quantity: i64, isToday: bool): bool {
  const buys = <u64>row.openBuy;
  const sells = <u64>row.openSell;
  const quantities = row.openBuyQty | row.openSellQty;
  let highs = row.openBuyHigh | row.openSellHigh | row.openBuyQtyHigh | row.openSellQtyHigh;
  let all = buys | sells | quantities | <u64>amount | <u64>quantity;
  let bought: u64 = 0;
  let sold: u64 = 0;
  let volume = row.openBuyQty + row.openSellQty + <u64>quantity;
  if (isToday) {
    bought = row.boughtSize;
    sold = row.soldSize;
    volume += row.boughtQty + row.soldQty;
    highs |= row.boughtSizeHigh | row.soldSizeHigh | row.boughtQtyHigh | row.soldQtyHigh;
    all |= bought | sold | row.boughtQty | row.soldQty;
  }
  // An amount below 0 has its highest bit, and of five numbers below it the sum fits.
  if (highs !== 0 || all >>> EXACT_BITS !== 0) return false;
  if (quantity > 0 && volume > <u64>row.maxDailyVolume) return false;
  if (amount === 0) return true;
  const gross = buys + sells + bought + sold + <u64>amount;
  // As a number without a sign NO_PRICE is above all sums.
  if (gross > <u64>row.maxGrossExposure || gross > <u64>row.maxDailyNotional || gross > <u64>row.creditLimit) return false;
  const net = <i64>(side === SIDE_BUY ? buys + bought - sold : sells + sold - bought) + amount;
  return net <= row.maxNetExposure || row.maxNetExposure === NO_PRICE;
}

/** Of each of five numbers whose sum fits into 63. */
const EXACT_BITS: u64 = 60;

function setGross(row: Account, isToday: bool): void {
  measure.clear();
  measure.addPair(row.openBuy, row.openBuyHigh);
  measure.addPair(row.openSell, row.openSellHigh);
  if (!isToday) return;
  measure.addExecuted(row.boughtSize, row.boughtSizeHigh);
  measure.addExecuted(row.soldSize, row.soldSizeHigh);
}

function setNet(row: Account, side: i32, isToday: bool): void {
  const isBuy = side === SIDE_BUY;
  measure.clear();
  if (isBuy) measure.addPair(row.openBuy, row.openBuyHigh);
  else measure.addPair(row.openSell, row.openSellHigh);
  if (!isToday) return;
  if (isBuy) {
    measure.addExecuted(row.boughtSize, row.boughtSizeHigh);
    measure.subtractExecuted(row.soldSize, row.soldSizeHigh);
  } else {
    measure.addExecuted(row.soldSize, row.soldSizeHigh);
    measure.subtractExecuted(row.boughtSize, row.boughtSizeHigh);
  }
}

function setVolume(row: Account, isToday: bool): void {
  measure.clear();
  measure.addPair(row.openBuyQty, row.openBuyQtyHigh);
  measure.addPair(row.openSellQty, row.openSellQtyHigh);
  if (!isToday) return;
  measure.addExecuted(row.boughtQty, row.boughtQtyHigh);
  measure.addExecuted(row.soldQty, row.soldQtyHigh);
}

// What an order adds to the open quantities of its account and to the position in its symbol: taken before an input changes the
// order, and counted after it.

let leaves: i64 = 0;
let pending: i64 = 0;
let executed: i64 = 0;
let isUnderWay = false;

/** Returns  false when the input under way has called it before: it calls `endHolding`, too. */
export function beginHolding(order: Order): bool {
  if (isUnderWay) return false;
  isUnderWay = true;
  leaves = leavesOf(order);
  pending = pendingOf(order);
  executed = order.cumQty;
  return true;
}

export function endHolding(order: Order, timeUs: f64): void {
  isUnderWay = false;
  settleResting(order);
  const quantity = order.cumQty - executed;
  const isCounted = executePosition(order.account, order.symbol, order.side, quantity, dayOf(timeUs));
  if (!isCounted) note(order, NOT_HELD, LAST_QTY);
  const change = leavesOf(order) - leaves;
  const pendingChange = pendingOf(order) - pending;
  if (change === 0 && pendingChange === 0) return;
  // Two, because their sum may not fit; what is given back comes last.
  holdQuantity(order, change > pendingChange ? change : pendingChange);
  holdQuantity(order, change > pendingChange ? pendingChange : change);
}

/**
 * Holds so much more quantity for an order, or (negative) gives it back. A position that the full table lacks is noted: new orders of it
 * are refused.
 */
export function holdQuantity(order: Order, change: i64): void {
  if (change === 0) return;
  holdQuantityOf(order.account, order.side, change);
  if (!holdPosition(order.account, order.symbol, order.side, change)) note(order, NOT_HELD, LEAVES_QTY);
}

/** What can still be executed of an order. */
export function leavesOf(order: Order): i64 {
  return isOpen(order.state) ? order.leavesQty : 0;
}

/** What its pending replace asks for beside that. */
function pendingOf(order: Order): i64 {
  if (order.pending !== PENDING_REPLACE || !isOpen(order.state)) return 0;
  return order.pendingQuantity > order.cumQty ? order.pendingQuantity - order.cumQty : 0;
}

/** Adds up the quantities of all open orders, which were loaded, for accounts and positions that hold none yet; then all levels. */
export function addUpExposure(): void {
  const fresh = word(FRESH);
  for (let slot = 0; slot < fresh; slot++) {
    const order = orderAt(slot);
    if (!isOpen(order.state)) continue;
    holdQuantity(order, leavesOf(order));
    holdQuantity(order, pendingOf(order));
  }
  addUpLevels();
}

/** Adds up what clients and the firm have of their accounts. */
export function addUpLevels(): void {
  addUpLevelRows();
  addUpClientPositions();
  settleAllResting();
}
