import { ORDER_TYPES, TIMES_IN_FORCE } from "../../src/base/order-kinds.ts";
import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import type { AccountLimits, VenueTerms } from "../../src/core/config.ts";
import { FIRM_ROW, rowOf } from "../../src/core/level-rows.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import * as code from "../../src/record/codes.ts";
import { price, units } from "../numbers.ts";
import type { RequestTerms } from "./driver.ts";
import { isPriced } from "./limit-types.ts";
import { ModelLedger } from "./model-ledger.ts";
import { char, size } from "./model-order.ts";
import { ModelOverrides } from "./model-overrides.ts";
import { ModelRouting } from "./model-routing.ts";
import { ModelSelfTrade } from "./model-self-trade.ts";

export const MOST_MONEY = MOST_E8 / 2n;

/** All order types, and all times in force. */
const MOST_TYPES = 7230n;
const MOST_TIMES = 223n;

function hasBit(set: bigint, char: number): boolean {
  const bit = char <= 57 ? char - 48 : 10 + "BJP".indexOf(String.fromCharCode(char));
  return ((set >> BigInt(bit)) & 1n) === 1n;
}

/** What makes orders identical; `isAnyPrice`: without their prices. */
function keyOf({ symbol, side, qty, type, px, stop }: Required<RequestTerms>, isAnyPrice: boolean): string {
  const hasStop = type === code.TYPE_STOP || type === code.TYPE_STOP_LIMIT;
  const limit = isPriced(type) && type !== code.TYPE_STOP ? price(px) : "";
  return [symbol, side, units(qty), ...(isAnyPrice ? ["", ""] : [limit, hasStop ? price(stop) : ""])].join();
}

type LevelSetting =
  | "maxOpenOrders"
  | "maxGrossExposure"
  | "maxNetExposure"
  | "maxDailyNotional"
  | "maxDailyVolume"
  | "creditLimit";

/** What the model checks of a request, in the order of the core. */
export class ModelChecks extends ModelLedger {
  readonly routing = new ModelRouting();
  readonly overrides = new ModelOverrides();
  protected readonly selfTrade = new ModelSelfTrade({
    orders: this.orders,
    settingOf: (account, setting) => this.settings.of("account", account, setting, 0n),
    clientOf: (account) => this.config.clients?.find(({ accounts }) => accounts.includes(account))?.name ?? "",
    isUp: (venue) => this.up.has(venue),
  });

  protected checkNew(terms: Required<RequestTerms>, timeUs: number): number {
    const parties = this.checkParties(terms.session, terms.account, terms.symbol, terms.trader, true);
    if (parties !== why.ACCEPTED) return parties;
    if (![code.SIDE_BUY, code.SIDE_SELL, code.SIDE_SELL_SHORT].includes(terms.side)) return why.UNSUPPORTED_SIDE;
    const { orderTypes = ["market", "limit"], timeInForce = ["day", "gtc", "ioc", "fok"] }: VenueTerms =
      this.config.venues.find(({ id }) => id === this.venueOf(terms)) ?? {};
    if (!orderTypes.some((name) => ORDER_TYPES[name] === char(terms.type))) return why.UNSUPPORTED_TYPE;
    if (!timeInForce.some((name) => TIMES_IN_FORCE[name] === char(terms.tif))) return why.UNSUPPORTED_TIF;
    const market = this.checkMarket(terms.account, terms.symbol, terms.side, terms.type, terms.tif, timeUs);
    if (market !== why.ACCEPTED) return market;
    const rights = this.checkRights(terms.session, terms.account, terms.symbol, terms.side, terms.type, terms.tif);
    if (rights !== why.ACCEPTED) return rights;
    // Of what stands beside a request the model knows nothing; this stands in it.
    const isAtOnce = [code.TIF_IOC, code.TIF_FOK, code.TIF_AT_OPENING].includes(terms.tif);
    if (isAtOnce && [code.TYPE_MARKET_ON_CLOSE, code.TYPE_LIMIT_ON_CLOSE].includes(terms.type))
      return why.CONTRADICTORY_TERMS;
    const size = this.checkSize(
      this.besides(terms.session, terms.trader),
      terms.account,
      terms.symbol,
      terms.side,
      terms.type,
      units(terms.qty),
      this.priceOf(terms),
      this.triggerOf(terms),
      timeUs,
      this.settings.factorOf(terms.symbol)!,
    );
    if (size !== why.ACCEPTED) return size;
    const isFull = this.isFullOfOpen(terms.account, this.besides(terms.session, terms.trader));
    if (isFull && !this.overrides.passes(why.OPEN_ORDERS)) return why.OPEN_ORDERS;
    const factor = this.settings.factorOf(terms.symbol)!;
    const value = this.valueOf(terms.symbol, terms.type, units(terms.qty), this.priceOf(terms), factor);
    const exposure = this.checkExposure(
      terms.account,
      terms.symbol,
      terms.side === code.SIDE_BUY,
      value,
      units(terms.qty),
    );
    if (exposure !== why.ACCEPTED) return exposure;
    if (this.isDuplicated(terms, timeUs) && !this.overrides.passes(why.DUPLICATE_ORDER)) return why.DUPLICATE_ORDER;
    const venue = this.venueOf(terms);
    if (venue === undefined) return why.NO_ROUTE;
    if (!this.up.has(venue)) return why.VENUE_DOWN;
    if (!this.up.takes(venue)) return why.VENUE_STATUS_AWAITED;
    if (this.slot() === undefined || this.claimed() + 2 > 2 * this.config.maxOrders) return why.TABLE_FULL;
    return this.selfTrade.check({ ...terms, price: this.priceOf(terms), venue, isTriggered: false });
  }

  protected venueOf(terms: Required<RequestTerms>): number | undefined {
    return this.routing.venueOf(terms, this.config.venues, (venue) => this.up.takes(venue)) ?? this.route(terms.symbol);
  }

  /** `isNew`: the trader enters the order; it has entered one that is replaced. */
  protected checkParties(session: number, account: string, symbol: string, trader: string, isNew: boolean): number {
    if (this.killed) return why.KILL_SWITCH;
    const tooMany = this.firmMessages.check(this.nowUs);
    if (tooMany !== why.ACCEPTED) return tooMany;
    const limits = this.account(account);
    if (limits === undefined || this.configured.isGone("account", account)) return why.UNKNOWN_ACCOUNT;
    if (!this.configured.allows(session, account)) return why.NOT_ENTITLED;
    if (limits.killed) return why.KILL_SWITCH_ACCOUNT;
    if (limits.stopped) return why.REPEATED_EXECUTIONS;
    if (!limits.enabled) return why.ACCOUNT_DISABLED;
    if (limits.maxOrderQtyE8 <= 0n) return why.ACCOUNT_WITHOUT_LIMITS;
    const traders = this.configured.sessionOf(session)?.traders ?? [];
    if (isNew && traders.length > 0 && !traders.includes(trader)) return why.NOT_ENTITLED;
    if (trader !== "" && this.account(rowOf("trader", trader))!.stopped) return why.REPEATED_EXECUTIONS;
    if (trader !== "" && !this.account(rowOf("trader", trader))!.enabled) return why.TRADER_DISABLED;
    const terms = this.settings.symbol(symbol);
    if (terms === undefined || this.configured.isGone("symbol", symbol)) return why.UNKNOWN_SYMBOL;
    if (terms.killed) return why.KILL_SWITCH_SYMBOL;
    if (!terms.enabled) return why.SYMBOL_DISABLED;
    return this.settings.factorOf(symbol) === null ? why.RATE_MISSING : why.ACCEPTED;
  }

  protected checkMarket(
    account: string,
    symbol: string,
    side: number,
    type: number,
    tif: number,
    timeUs: number,
  ): number {
    const word = side === code.SIDE_BUY ? "Buy" : side === code.SIDE_SELL ? "Sell" : "Short";
    const forbidden = this.settings.of("account", account, `restricted${word}`, 0n);
    const lists = this.settings.of("symbol", symbol, "lists", 0n);
    for (let list = 1n; list <= lists; list *= 2n)
      if ((lists / list) % 2n === 1n && (forbidden / list) % 2n === 1n) return why.RESTRICTED;
    const opensAt = this.settings.of("symbol", symbol, "opensAt", NO_PRICE);
    const closesAt = this.settings.of("symbol", symbol, "closesAt", NO_PRICE);
    if (opensAt !== NO_PRICE && timeUs < Number(opensAt)) return why.MARKET_CLOSED;
    if (closesAt !== NO_PRICE && timeUs >= Number(closesAt)) return why.MARKET_CLOSED;
    if (this.settings.of("symbol", symbol, "hasPhases", 0n) === 0n) return why.ACCEPTED;
    const endsAt = this.settings.of("symbol", symbol, "phaseEndsAt", NO_PRICE);
    const which = endsAt === NO_PRICE || timeUs < Number(endsAt) ? "phase" : "next";
    const types = this.settings.of("symbol", symbol, `${which}OrderTypes`, MOST_TYPES);
    const times = this.settings.of("symbol", symbol, `${which}TimesInForce`, MOST_TIMES);
    if (types === 0n || times === 0n) return why.MARKET_CLOSED;
    if (!hasBit(types, type)) return why.PHASE_ORDER_TYPES;
    return hasBit(times, tif) ? why.ACCEPTED : why.PHASE_TIMES_IN_FORCE;
  }

  /** Requests of the model have no locate. */
  protected checkRights(
    session: number,
    account: string,
    symbol: string,
    side: number,
    type: number,
    tif: number,
  ): number {
    const rows = [...this.levelsOf(account), ...this.besides(session, "")].filter((row) => row !== FIRM_ROW);
    const reason = rows.map((row) => this.rightsOf(row, side, type, tif)).find((one) => one !== why.ACCEPTED);
    if (reason !== undefined || side !== code.SIDE_SELL_SHORT) return reason ?? why.ACCEPTED;
    return this.settings.of("symbol", symbol, "locateRequired", 0n) > 0n ? why.LOCATE_REQUIRED : why.ACCEPTED;
  }

  private rightsOf(row: string, side: number, type: number, tif: number): number {
    const of = (setting: string, file: bigint): bigint => this.settings.of("account", row, setting, file);
    if (!hasBit(of("orderTypes", MOST_TYPES), type)) return why.ORDER_TYPES;
    if (!hasBit(of("timesInForce", MOST_TIMES), tif)) return why.TIMES_IN_FORCE;
    if (side !== code.SIDE_SELL_SHORT) return why.ACCEPTED;
    const { shortSales = true, locateRequired = false } = this.settings.fileRow(row) ?? {};
    if (of("shortSales", BigInt(shortSales)) === 0n) return why.SHORT_SALES;
    return of("locateRequired", BigInt(locateRequired)) > 0n ? why.LOCATE_REQUIRED : why.ACCEPTED;
  }

  /** The account, its client, the firm, the session or the trader has as many open orders as it may have. */
  protected isFullOfOpen(account: string, besides: readonly string[]): boolean {
    return [...this.levelsOf(account), ...besides].some(
      (row) => BigInt(this.openOrders(row)) >= this.limitOf(row, "maxOpenOrders"),
    );
  }

  /** A limit of an account, a client or the firm; beyond all sums where there is none. */
  private limitOf(row: string, setting: LevelSetting): bigint {
    const none = 1n << 100n;
    if (row === FIRM_ROW) {
      const limit = this.settings.of("firm", "", setting, NO_PRICE);
      return limit === NO_PRICE ? none : limit;
    }
    const limits = this.account(row)!;
    const limit = {
      maxOpenOrders: BigInt(limits.maxOpenOrders),
      maxGrossExposure: limits.maxGrossExposureE4,
      maxNetExposure: limits.maxNetExposureE4,
      maxDailyNotional: limits.maxDailyNotionalE4,
      maxDailyVolume: limits.maxDailyVolumeE8,
      creditLimit: limits.creditLimitE4,
    }[setting];
    return limit === NO_PRICE ? none : limit;
  }

  /** True when a value is above a limit of the symbol or of the firm. */
  private isAbove(symbol: string, setting: string, value: bigint): boolean {
    const limits = [
      this.settings.of("symbol", symbol, setting, NO_PRICE),
      this.settings.of("firm", "", setting, NO_PRICE),
    ];
    return limits.some((limit) => limit !== NO_PRICE && value > limit);
  }

  /** StopPx of a stop limit order, which has another price besides; null for the others. */
  protected triggerOf(terms: Required<RequestTerms>): bigint | null {
    return terms.type === code.TYPE_STOP_LIMIT ? price(terms.stop) : null;
  }

  protected checkSize(
    besides: readonly string[],
    account: string,
    symbol: string,
    side: number,
    type: number,
    qty: bigint,
    px: bigint,
    stop: bigint | null,
    timeUs: number,
    factor: bigint,
  ): number {
    const limits = this.account(account)!;
    const { quantityDecimals = 0, prices = "above-zero", collarPpm, collarWidthE8 = 0n } = this.symbol(symbol);
    if (qty <= 0n || qty % 10n ** BigInt(8 - quantityDecimals) !== 0n || qty > MOST_E8) return why.BAD_QUANTITY;
    const of = (setting: string): bigint => this.settings.of("symbol", symbol, setting, NO_PRICE);
    if (of("lotSize") !== NO_PRICE && qty % of("lotSize") !== 0n) return why.LOT_SIZE;
    if (of("venueMaxQty") !== NO_PRICE && qty > of("venueMaxQty")) return why.VENUE_MAX_QTY;
    const isPrice = (one: bigint): boolean =>
      (one > 0n || prices === "any" || (one === 0n && prices === "zero-or-above")) && size(one) <= MOST_E8;
    if (isPriced(type) && !isPrice(px)) return why.BAD_PRICE;
    if (stop !== null && !isPrice(stop)) return why.BAD_PRICE;
    const tick = of("tickSize");
    if (isPriced(type) && tick !== NO_PRICE && (px % tick !== 0n || (stop ?? px) % tick !== 0n)) return why.TICK_SIZE;
    const second = Math.floor(timeUs / 1_000_000);
    const rate = (this.rates.get(account) ?? []).filter((at) => at === second).length;
    if (rate + 1 > limits.ordersPerSecond) return why.ORDER_RATE;
    const levels = [...this.levelsOf(account), ...besides].filter((row) => row !== FIRM_ROW);
    const isAboveRow = (of: (limits: AccountLimits) => bigint, value: bigint): boolean =>
      levels.some((row) => value > of(this.account(row)!));
    const isLarge = isAboveRow(({ maxOrderQtyE8 }) => maxOrderQtyE8, qty) || this.isAbove(symbol, "maxOrderQty", qty);
    if (isLarge && !this.overrides.passes(why.MAX_ORDER_QTY)) return why.MAX_ORDER_QTY;
    const [percent, volume] = [of("maxAdvPercent"), of("averageDailyVolume")];
    const ofVolume = volume === NO_PRICE ? 0n : (volume * percent) / 1_000_000n;
    const isMuch = percent !== NO_PRICE && qty > ofVolume;
    if (isMuch && !this.overrides.passes(why.MAX_ADV_PERCENT)) return why.MAX_ADV_PERCENT;
    const reference = this.references.of(this.symbol(symbol), timeUs);
    if (reference === NO_PRICE) return why.NO_REFERENCE_PRICE;
    if (isPriced(type)) {
      const share = (size(reference) * BigInt(collarPpm)) / 1_000_000n;
      const isPassive =
        (side === code.SIDE_BUY ? px < reference : px > reference) &&
        this.settings.of("symbol", symbol, "collarSides", 0n) === 1n;
      const isOff = !isPassive && size(px - reference) > (share > collarWidthE8 ? share : collarWidthE8);
      if (isOff && !this.overrides.passes(why.PRICE_COLLAR)) return why.PRICE_COLLAR;
    }
    const value = this.valueOf(symbol, type, qty, px, factor);
    if (value > MOST_MONEY) return why.NOTIONAL_OVERFLOW;
    const isTooMuch = isAboveRow(({ maxOrderNotionalE4 }) => maxOrderNotionalE4, value);
    const isDear = isTooMuch || this.isAbove(symbol, "maxOrderNotional", value);
    if (isDear && !this.overrides.passes(why.MAX_ORDER_NOTIONAL)) return why.MAX_ORDER_NOTIONAL;
    return this.openNotional(account, side === code.SIDE_BUY) + value > MOST_MONEY
      ? why.NOTIONAL_OVERFLOW
      : why.ACCEPTED;
  }

  /** The rows of which identical orders count. */
  private duplicateRows({ account, session }: Required<RequestTerms>): string[] {
    const rows = [...this.levelsOf(account), ...this.besides(session, "")];
    return rows.filter((row) => row !== FIRM_ROW && this.account(row)!.duplicateOrders >= 1);
  }

  /** True when as many identical orders were accepted within a window as its account, its client or the session may have. */
  private isDuplicated(terms: Required<RequestTerms>, timeUs: number): boolean {
    return this.duplicateRows(terms).some((row) => {
      const { duplicateOrders, duplicateWindowMs, duplicatesIgnorePrices } = this.account(row)!;
      const key = keyOf(terms, duplicatesIgnorePrices);
      const recent = this.accepted.filter(
        (one) => one.row === row && one.key === key && one.atUs > timeUs - 1_000 * duplicateWindowMs,
      );
      return recent.length >= duplicateOrders;
    });
  }

  protected keepAccepted(terms: Required<RequestTerms>, atUs: number): void {
    for (const row of this.duplicateRows(terms))
      this.accepted.push({ atUs, row, key: keyOf(terms, this.account(row)!.duplicatesIgnorePrices) });
  }

  /** What an order adds, against what its account, its client and the firm have executed today and hold. */
  protected checkExposure(account: string, symbol: string, isBuy: boolean, amount: bigint, qty: bigint): number {
    const levels = this.levelsOf(account);
    const reasons = [
      ...levels.map((row) => this.checkSums(row, isBuy, amount, qty)),
      ...levels.filter((row) => row !== FIRM_ROW).map((row) => this.checkPosition(row, symbol, isBuy, qty)),
    ];
    return reasons.find((reason) => reason !== why.ACCEPTED) ?? why.ACCEPTED;
  }

  private checkPosition(row: string, symbol: string, isBuy: boolean, qty: bigint): number {
    const { maxPositionE8: limit } = this.account(row)!;
    const position = this.position(row, symbol);
    const worst = (isBuy ? position : -position) + this.openQty(row, isBuy, symbol) + qty;
    const isAbove = qty > 0n && limit !== NO_PRICE && worst > limit;
    return isAbove && !this.overrides.passes(why.MAX_POSITION) ? why.MAX_POSITION : why.ACCEPTED;
  }

  private checkSums(account: string, isBuy: boolean, amount: bigint, qty: bigint): number {
    const isAbove = (measure: bigint, setting: LevelSetting, reason: number): boolean =>
      measure > this.limitOf(account, setting) && !this.overrides.passes(reason);
    const size = (side: string): bigint => this.countedToday(this.executedSize, account, side);
    const quantity = (side: string): bigint => this.countedToday(this.executedQty, account, side);
    const [own, other] = isBuy ? ["buy", "sell"] : ["sell", "buy"];
    const gross =
      size("buy") + size("sell") + this.openNotional(account, true) + this.openNotional(account, false) + amount;
    if (amount > 0n && isAbove(gross, "maxGrossExposure", why.MAX_GROSS_EXPOSURE)) return why.MAX_GROSS_EXPOSURE;
    if (amount > 0n && isAbove(gross, "maxDailyNotional", why.MAX_DAILY_NOTIONAL)) return why.MAX_DAILY_NOTIONAL;
    if (amount > 0n && gross > this.limitOf(account, "creditLimit")) return why.CREDIT_LIMIT;
    const net = size(own!) - size(other!) + this.openNotional(account, isBuy) + amount;
    if (amount > 0n && isAbove(net, "maxNetExposure", why.MAX_NET_EXPOSURE)) return why.MAX_NET_EXPOSURE;
    const volume =
      quantity("buy") + quantity("sell") + this.openQty(account, true) + this.openQty(account, false) + qty;
    return qty > 0n && isAbove(volume, "maxDailyVolume", why.MAX_DAILY_VOLUME) ? why.MAX_DAILY_VOLUME : why.ACCEPTED;
  }
}
