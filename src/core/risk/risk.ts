import { NO_PRICE, US_PER_S } from "../../base/units.ts";
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
import type { Decision } from "../decision.ts";
import type { Entitlements } from "../tables.ts";
import type { Accounts, Symbols } from "./limits.ts";
import { MAX_PRICE_E8, MAX_QUANTITY, notional, OVERFLOW } from "./money.ts";
import {
  ACCEPTED,
  ACCOUNT_DISABLED,
  ACCOUNT_WITHOUT_LIMITS,
  BAD_PRICE,
  BAD_QUANTITY,
  KILL_SWITCH,
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
} from "./reason-codes.ts";
import { DETAIL_MONEY, DETAIL_WHOLE } from "./reasons.ts";

/*  The checks of a new order, in this order; the first that fails gives the reason. A replace takes the same ones.
 *
 *   1  kill switch                 7  order type, time in force           13  collar (limit orders)
 *   2  account known               8  quantity whole, above 0             14  notional of the order
 *   3  session may use it          9  price above 0 (limit orders)        15  sums stay exact
 *   4  account enabled, limited   10  orders in this second               16  open orders (not for a replace)
 *   5  symbol known, enabled      11  quantity of the order
 *   6  side                       12  reference price is there
 *
 *  Before them stand the protocol's (core/decide.ts: known session, ClOrdID), behind them route and room. Nothing
 *  here changes anything: what an order takes of its limits is taken when it is applied.
 */

/** The risk checks of new orders and replaces. */
export class Risk {
  /** True while the kill switch is engaged. */
  killed = false;
  /** When it was engaged; 0: not, or not known. */
  killedUs = 0;

  constructor(
    private readonly accounts: Accounts,
    private readonly symbols: Symbols,
    private readonly entitlements: Entitlements,
  ) {}

  /** Checks session, account and symbol; the last two may be NONE. Returns a reason, or ACCEPTED. */
  checkParties(session: number, account: number, symbol: number): number {
    if (this.killed) return KILL_SWITCH;
    if (account < 0) return UNKNOWN_ACCOUNT;
    if (!this.entitlements.allows(session, account)) return NOT_ENTITLED;
    if (!this.accounts.enabled(account)) return ACCOUNT_DISABLED;
    if (!this.accounts.hasLimits(account)) return ACCOUNT_WITHOUT_LIMITS;
    if (symbol < 0) return UNKNOWN_SYMBOL;
    return this.symbols.enabled(symbol) ? ACCEPTED : SYMBOL_DISABLED;
  }

  /** Checks side, order type and time in force. Returns a reason, or ACCEPTED. */
  checkKind(side: number, ordType: number, timeInForce: number): number {
    if (side !== SIDE_BUY && side !== SIDE_SELL && side !== SIDE_SELL_SHORT) return UNSUPPORTED_SIDE;
    if (ordType !== TYPE_LIMIT && ordType !== TYPE_MARKET) return UNSUPPORTED_TYPE;
    if (timeInForce === TIF_DAY || timeInForce === TIF_IOC || timeInForce === TIF_FOK) return ACCEPTED;
    return timeInForce === TIF_GTC ? ACCEPTED : UNSUPPORTED_TIF;
  }

  /** Checks quantity, price, rate and notional. Sets the decision's notional, or its detail. Returns a reason, or ACCEPTED. */
  checkSize(
    account: number,
    symbol: number,
    side: number,
    ordType: number,
    quantity: number,
    priceE8: number,
    timeUs: number,
    decision: Decision,
  ): number {
    const accounts = this.accounts;
    const symbols = this.symbols;
    if (!(quantity > 0 && quantity <= MAX_QUANTITY) || Math.floor(quantity) !== quantity) return BAD_QUANTITY;
    if (ordType === TYPE_LIMIT && !isPrice(priceE8)) return BAD_PRICE;
    const count = accounts.ordersIn(account, secondOf(timeUs)) + 1;
    if (count > accounts.ordersPerSecond(account)) {
      decision.detail.set(DETAIL_WHOLE, accounts.ordersPerSecond(account), count);
      return ORDER_RATE;
    }
    if (quantity > accounts.maxOrderQty(account)) {
      decision.detail.set(DETAIL_WHOLE, accounts.maxOrderQty(account), quantity);
      return MAX_ORDER_QTY;
    }
    if (symbols.reference(symbol) === 0) return NO_REFERENCE_PRICE;
    if (ordType === TYPE_LIMIT && (priceE8 < symbols.lowest(symbol) || priceE8 > symbols.highest(symbol))) {
      decision.detail.setCollar(symbols.collar(symbol), symbols.reference(symbol), priceE8);
      return PRICE_COLLAR;
    }
    const amount = this.valueOf(symbol, ordType, quantity, priceE8);
    if (amount === OVERFLOW) return NOTIONAL_OVERFLOW;
    if (amount > accounts.maxOrderNotional(account)) {
      decision.detail.set(DETAIL_MONEY, accounts.maxOrderNotional(account), amount);
      return MAX_ORDER_NOTIONAL;
    }
    decision.notional = amount;
    return accounts.canHold(account, side, amount) ? ACCEPTED : NOTIONAL_OVERFLOW;
  }

  /** Checks the account's number of open orders. Returns a reason, or ACCEPTED. */
  checkOpenOrders(account: number, decision: Decision): number {
    const open = this.accounts.openOrders(account);
    if (open < this.accounts.maxOpenOrders(account)) return ACCEPTED;
    decision.detail.set(DETAIL_WHOLE, this.accounts.maxOpenOrders(account), open + 1);
    return OPEN_ORDERS;
  }

  /** Notional to reserve for an accepted order: as `valueOf`, but 0 for OVERFLOW, which only a replay under other prices has. */
  held(symbol: number, ordType: number, quantity: number, priceE8: number): number {
    const amount = this.valueOf(symbol, ordType, quantity, priceE8);
    return amount === OVERFLOW ? 0 : amount;
  }

  /** Notional of a quantity: at the limit price, or at the market order's price. OVERFLOW when too large. */
  valueOf(symbol: number, ordType: number, quantity: number, priceE8: number): number {
    return notional(quantity, ordType === TYPE_MARKET ? this.symbols.marketPrice(symbol) : priceE8);
  }
}

/** The second of a time, the window of the order rate. */
export function secondOf(timeUs: number): number {
  return Math.floor(timeUs / US_PER_S);
}

function isPrice(priceE8: number): boolean {
  return priceE8 !== NO_PRICE && priceE8 > 0 && priceE8 <= MAX_PRICE_E8 && Math.floor(priceE8) === priceE8;
}
