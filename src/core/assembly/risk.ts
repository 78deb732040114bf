import {
  SIDE_BUY,
  SIDE_SELL,
  SIDE_SELL_SHORT,
  TIF_DAY,
  TIF_FOK,
  TIF_GTC,
  TIF_IOC,
  TYPE_LIMIT,
  TYPE_MARKET,
} from "../../record/codes.ts";
import { NO_PRICE } from "../../record/assembly/units.ts";
import {
  ACCEPTED,
  ACCOUNT_DISABLED,
  ACCOUNT_WITHOUT_LIMITS,
  BAD_PRICE,
  BAD_QUANTITY,
  KILL_SWITCH,
  KILL_SWITCH_ACCOUNT,
  KILL_SWITCH_SYMBOL,
  MAX_ORDER_NOTIONAL,
  MAX_ORDER_QTY,
  NO_REFERENCE_PRICE,
  NOT_ENTITLED,
  NOTIONAL_OVERFLOW,
  OPEN_ORDERS,
  ORDER_RATE,
  PRICE_COLLAR,
  SYMBOL_DISABLED,
  UNKNOWN_ACCOUNT,
  UNKNOWN_SYMBOL,
  UNSUPPORTED_SIDE,
  UNSUPPORTED_TIF,
  UNSUPPORTED_TYPE,
} from "../risk/reason-codes.ts";
import { accountAt } from "./accounts.ts";
import { setNotional } from "./decision.ts";
import {
  DETAIL_COUNT,
  DETAIL_MONEY,
  DETAIL_QUANTITY,
  DETAIL_STEP,
  setCollar,
  setDetail,
  setLevel,
} from "./detail.ts";
import { allows } from "./entitlements.ts";
import { LEVEL_ACCOUNT, LEVEL_SYMBOL } from "./layout.ts";
import { isCountable, isMultiple, notional, OVERFLOW } from "./money.ts";
import { isKilled } from "./state.ts";
import { symbolAt } from "./symbols.ts";
import { refusalOfSession } from "./trading.ts";

/*  The checks of a new order, in this order (core/risk/checks.ts is their table); the first that fails gives the reason. A replace takes
 *  the same ones.
 *
 *   1  kill switch, session is on  7  order type, time in force           13  collar (limit orders)
 *   2  account known               8  quantity above 0, of its step        14  notional of the order
 *   3  session may use it          9  price of its signs (limit orders)   15  sums stay exact
 *   4  account enabled, limited   10  orders in this second               16  open orders (not for a replace)
 *   5  symbol known, enabled      11  quantity of the order
 *   6  side                       12  reference price is there
 *
 *  Before them stand the protocol's (decide.ts: known session, ClOrdID), behind them route, venue is on, and room. Nothing
 *  here changes anything: what an order takes of its limits is taken when it is applied.
 */
const US_PER_S: f64 = 1_000_000;

/** Checks session, account and symbol; the last two may be NONE. Returns a reason, or ACCEPTED. */
export function checkParties(session: i32, account: i32, symbol: i32): i32 {
  if (isKilled()) return KILL_SWITCH;
  const refusal = refusalOfSession(session);
  if (refusal !== ACCEPTED) return refusal;
  if (account < 0) return UNKNOWN_ACCOUNT;
  const row = accountAt(account);
  if (!allows(session, account)) return row.isConfigured ? NOT_ENTITLED : UNKNOWN_ACCOUNT;
  if (!row.isReady) return refusalOfAccount(account);
  if (symbol < 0) return UNKNOWN_SYMBOL;
  const terms = symbolAt(symbol);
  if (terms.isReady) return ACCEPTED;
  if (!terms.isConfigured) return UNKNOWN_SYMBOL;
  return terms.isKilled ? KILL_SWITCH_SYMBOL : SYMBOL_DISABLED;
}

/** Why an account takes no orders. */
function refusalOfAccount(account: i32): i32 {
  const row = accountAt(account);
  if (!row.isConfigured) return UNKNOWN_ACCOUNT;
  if (row.isKilled) return KILL_SWITCH_ACCOUNT;
  return row.isEnabled ? ACCOUNT_WITHOUT_LIMITS : ACCOUNT_DISABLED;
}

/** Checks side, order type and time in force. Returns a reason, or ACCEPTED. */
export function checkKind(side: i32, ordType: i32, timeInForce: i32): i32 {
  if (side !== SIDE_BUY && side !== SIDE_SELL && side !== SIDE_SELL_SHORT) return UNSUPPORTED_SIDE;
  if (ordType !== TYPE_LIMIT && ordType !== TYPE_MARKET) return UNSUPPORTED_TYPE;
  if (timeInForce === TIF_DAY || timeInForce === TIF_IOC || timeInForce === TIF_FOK) return ACCEPTED;
  return timeInForce === TIF_GTC ? ACCEPTED : UNSUPPORTED_TIF;
}

/** Checks quantity, price, rate and notional. Sets the decision's notional, or its detail. Returns a reason, or ACCEPTED. */
export function checkSize(
  account: i32,
  symbol: i32,
  side: i32,
  ordType: i32,
  quantity: i64,
  priceE8: i64,
  timeUs: f64,
): i32 {
  const row = accountAt(account);
  const terms = symbolAt(symbol);
  if (quantity <= 0 || !isCountable(quantity) || !isMultiple(quantity, terms.quantityStep)) {
    setDetail(DETAIL_STEP, terms.quantityStep, quantity);
    setLevel(LEVEL_SYMBOL, symbol);
    return BAD_QUANTITY;
  }
  if (ordType === TYPE_LIMIT && !terms.mayBe(priceE8)) return BAD_PRICE;
  const count = row.ordersIn(secondOf(timeUs)) + 1;
  if (count > row.ordersPerSecond) {
    setDetail(DETAIL_COUNT, <i64>row.ordersPerSecond, <i64>count);
    setLevel(LEVEL_ACCOUNT, account);
    return ORDER_RATE;
  }
  if (quantity > row.maxOrderQty) {
    setDetail(DETAIL_QUANTITY, row.maxOrderQty, quantity);
    setLevel(LEVEL_ACCOUNT, account);
    return MAX_ORDER_QTY;
  }
  if (terms.reference === NO_PRICE) return NO_REFERENCE_PRICE;
  if (ordType === TYPE_LIMIT && (priceE8 < terms.lowest || priceE8 > terms.highest)) {
    setCollar(terms.collar, terms.widthOfBand, terms.reference, priceE8);
    setLevel(LEVEL_SYMBOL, symbol);
    return PRICE_COLLAR;
  }
  const amount = valueOf(symbol, ordType, quantity, priceE8);
  if (amount === OVERFLOW) return NOTIONAL_OVERFLOW;
  if (amount > row.maxOrderNotional) {
    setDetail(DETAIL_MONEY, row.maxOrderNotional, amount);
    setLevel(LEVEL_ACCOUNT, account);
    return MAX_ORDER_NOTIONAL;
  }
  setNotional(amount);
  return row.canHold(side, amount) ? ACCEPTED : NOTIONAL_OVERFLOW;
}

/** Checks the account's number of open orders. Returns a reason, or ACCEPTED. */
export function checkOpenOrders(account: i32): i32 {
  const row = accountAt(account);
  if (row.open < row.maxOpenOrders) return ACCEPTED;
  setDetail(DETAIL_COUNT, <i64>row.maxOpenOrders, <i64>row.open + 1);
  setLevel(LEVEL_ACCOUNT, account);
  return OPEN_ORDERS;
}

/** Notional to reserve for an accepted order: as `valueOf`, but 0 for OVERFLOW, which only a replay under other prices has. */
export function heldBy(symbol: i32, ordType: i32, quantity: i64, priceE8: i64): i64 {
  const amount = valueOf(symbol, ordType, quantity, priceE8);
  return amount === OVERFLOW ? 0 : amount;
}

/** Notional of a quantity: at the limit price, or at the market order's price. OVERFLOW when too large. */
export function valueOf(symbol: i32, ordType: i32, quantity: i64, priceE8: i64): i64 {
  return notional(quantity, ordType === TYPE_MARKET ? symbolAt(symbol).marketPrice : priceE8);
}

/** The second of a time, the window of the order rate. */
// @ts-ignore: decorator
@inline
export function secondOf(timeUs: f64): f64 {
  return Math.floor(timeUs / US_PER_S);
}
