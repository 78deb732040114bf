import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import { FIRM_ROW } from "../../src/core/level-rows.ts";
import * as why from "../../src/core/risk/reason-codes.ts";
import { cxlRejReason, ordRejReason } from "../../src/core/risk/reasons.ts";
import * as code from "../../src/record/codes.ts";
import { inUnits, price, shown, units } from "../numbers.ts";
import type { Out, RequestTerms } from "./driver.ts";
import { char, dayOf, EMPTY_REPORT, isOpen, ModelLedger, type ModelOrder, size } from "./model-ledger.ts";
import { ModelRouting } from "./model-routing.ts";

/** By cause: how the ClOrdIDs of the gateway's own cancels begin. */
const PREFIXES = ["OPERATOR", "SESSION", "SESSION", "MASS"];
export const MOST_MONEY = MOST_E8 / 2n;

/** What makes orders identical. */
function keyOf({ account, symbol, side, qty, type, px }: Required<RequestTerms>): string {
  return [account, symbol, side, units(qty), type === code.TYPE_MARKET ? "market" : price(px)].join();
}

/** Busts of earlier days give no room on this one. */
const atLeast0 = (executed: bigint): bigint => (executed < 0n ? 0n : executed);

/** Which open orders the gateway cancels itself, and why. */
export interface CancelTerms {
  readonly session: number;
  readonly symbol: string;
  readonly isOfDay: boolean;
  readonly cause: number;
  readonly account?: string;
  readonly venue?: number;
}
type LevelSetting = "maxOpenOrders" | "maxGrossExposure" | "maxNetExposure" | "maxDailyNotional" | "maxDailyVolume";

/** What clients ask of the model. */
export class ModelDriver extends ModelLedger {
  readonly routing = new ModelRouting();

  order(terms: Required<RequestTerms>, timeUs: number): Out[] {
    this.nowUs = timeUs;
    if (terms.kind === code.REQUEST_NEW) return this.newOrder(terms, timeUs);
    if (terms.kind === code.REQUEST_STATUS) return this.status(terms);
    return this.change(terms, timeUs);
  }

  private newOrder(terms: Required<RequestTerms>, timeUs: number): Out[] {
    if (!this.configured.knows(terms.session)) return [this.refusedOrder(terms, why.UNKNOWN_SESSION, ++this.number)];
    if (terms.possResend && this.find(terms.session, terms.id) !== undefined) return [];
    const duplicate = this.isDuplicate(terms, timeUs);
    const reason = duplicate ? why.DUPLICATE_CL_ORD_ID : this.checkNew(terms, timeUs);
    this.countRate(terms.session, terms.account, timeUs);
    const number = ++this.number;
    const canKeep = this.slot() !== undefined && (this.idsUsed() < 2 * this.config.maxOrders || this.done.length > 0);
    if (reason !== why.ACCEPTED) {
      if (!duplicate && canKeep) {
        this.hide(terms);
        const order = this.take(terms, number, "Rejected", -1, timeUs);
        this.addId(order, terms.id);
        this.done.push(order.slot);
      }
      return [this.refusedOrder(terms, reason, number)];
    }
    this.hide(terms);
    const order = this.take(terms, number, "PendingNew", this.venueOf(terms)!, timeUs);
    this.addId(order, terms.id);
    if (this.account(terms.account)!.duplicateOrders >= 1) this.accepted.push({ atUs: timeUs, key: keyOf(terms) });
    return [this.request(order, terms, 0, number)];
  }

  private refusedOrder(terms: Required<RequestTerms>, reason: number, number: number): Out {
    return this.refusal(terms, "8", reason, {
      orderId: String(number),
      ordRejReason: ordRejReason(reason),
      quantity: inUnits(units(terms.qty)),
      price: shown(this.priceOf(terms)),
    });
  }

  private checkNew(terms: Required<RequestTerms>, timeUs: number): number {
    const parties = this.checkParties(terms.session, terms.account, terms.symbol);
    if (parties !== why.ACCEPTED) return parties;
    if (![code.SIDE_BUY, code.SIDE_SELL, code.SIDE_SELL_SHORT].includes(terms.side)) return why.UNSUPPORTED_SIDE;
    if (![code.TYPE_LIMIT, code.TYPE_MARKET].includes(terms.type)) return why.UNSUPPORTED_TYPE;
    if (![code.TIF_DAY, code.TIF_GTC, code.TIF_IOC, code.TIF_FOK].includes(terms.tif)) return why.UNSUPPORTED_TIF;
    const market = this.checkMarket(terms.account, terms.symbol, terms.side, timeUs);
    if (market !== why.ACCEPTED) return market;
    const rights = this.checkRights(terms.account, terms.symbol, terms.side, terms.type, terms.tif);
    if (rights !== why.ACCEPTED) return rights;
    const size = this.checkSize(
      terms.account,
      terms.symbol,
      terms.side,
      terms.type,
      units(terms.qty),
      this.priceOf(terms),
      timeUs,
    );
    if (size !== why.ACCEPTED) return size;
    if (this.isFullOfOpen(terms.account)) return why.OPEN_ORDERS;
    const value = this.valueOf(terms.symbol, terms.type, units(terms.qty), this.priceOf(terms));
    const exposure = this.checkExposure(
      terms.account,
      terms.symbol,
      terms.side === code.SIDE_BUY,
      value,
      units(terms.qty),
    );
    if (exposure !== why.ACCEPTED) return exposure;
    if (this.isDuplicated(terms, timeUs)) return why.DUPLICATE_ORDER;
    const venue = this.venueOf(terms);
    if (venue === undefined) return why.NO_ROUTE;
    if (!this.up.has(venue)) return why.VENUE_DOWN;
    return this.slot() !== undefined && this.claimed() + 2 <= 2 * this.config.maxOrders ? why.ACCEPTED : why.TABLE_FULL;
  }

  private venueOf(terms: Required<RequestTerms>): number | undefined {
    return this.routing.venueOf(terms, this.config.venues, (venue) => this.up.has(venue)) ?? this.route(terms.symbol);
  }

  private checkParties(session: number, account: string, symbol: string): number {
    if (this.killed) return why.KILL_SWITCH;
    const limits = this.account(account);
    if (limits === undefined || this.configured.isGone("account", account)) return why.UNKNOWN_ACCOUNT;
    if (!this.configured.allows(session, account)) return why.NOT_ENTITLED;
    if (limits.killed) return why.KILL_SWITCH_ACCOUNT;
    if (!limits.enabled) return why.ACCOUNT_DISABLED;
    if (limits.maxOrderQtyE8 <= 0n) return why.ACCOUNT_WITHOUT_LIMITS;
    const terms = this.settings.symbol(symbol);
    if (terms === undefined || this.configured.isGone("symbol", symbol)) return why.UNKNOWN_SYMBOL;
    if (terms.killed) return why.KILL_SWITCH_SYMBOL;
    return terms.enabled ? why.ACCEPTED : why.SYMBOL_DISABLED;
  }

  private checkMarket(account: string, symbol: string, side: number, timeUs: number): number {
    const word = side === code.SIDE_BUY ? "Buy" : side === code.SIDE_SELL ? "Sell" : "Short";
    const forbidden = this.settings.of("account", account, `restricted${word}`, 0n);
    const lists = this.settings.of("symbol", symbol, "lists", 0n);
    for (let list = 1n; list <= lists; list *= 2n)
      if ((lists / list) % 2n === 1n && (forbidden / list) % 2n === 1n) return why.RESTRICTED;
    const opensAt = this.settings.of("symbol", symbol, "opensAt", NO_PRICE);
    const closesAt = this.settings.of("symbol", symbol, "closesAt", NO_PRICE);
    if (opensAt !== NO_PRICE && timeUs < Number(opensAt)) return why.MARKET_CLOSED;
    return closesAt !== NO_PRICE && timeUs >= Number(closesAt) ? why.MARKET_CLOSED : why.ACCEPTED;
  }

  /** Requests of the model have no locate. */
  private checkRights(account: string, symbol: string, side: number, type: number, tif: number): number {
    const of = (setting: string, file: bigint): bigint => this.settings.of("account", account, setting, file);
    const has = (set: bigint, char: number): boolean => ((set >> BigInt(char - 48)) & 1n) === 1n;
    if (!has(of("orderTypes", 6n), type)) return why.ORDER_TYPES;
    if (!has(of("timesInForce", 27n), tif)) return why.TIMES_IN_FORCE;
    if (side !== code.SIDE_SELL_SHORT) return why.ACCEPTED;
    if (of("shortSales", 1n) === 0n) return why.SHORT_SALES;
    const isRequired = of("locateRequired", 0n) + this.settings.of("symbol", symbol, "locateRequired", 0n) > 0n;
    return isRequired ? why.LOCATE_REQUIRED : why.ACCEPTED;
  }

  /** The account, its client or the firm has as many open orders as it may have. */
  private isFullOfOpen(account: string): boolean {
    return this.levelsOf(account).some((row) => BigInt(this.openOrders(row)) >= this.limitOf(row, "maxOpenOrders"));
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

  private checkSize(
    account: string,
    symbol: string,
    side: number,
    type: number,
    qty: bigint,
    px: bigint,
    timeUs: number,
  ): number {
    const limits = this.account(account)!;
    const { quantityDecimals = 0, prices = "above-zero", collarPpm, collarWidthE8 = 0n } = this.symbol(symbol);
    if (qty <= 0n || qty % 10n ** BigInt(8 - quantityDecimals) !== 0n || qty > MOST_E8) return why.BAD_QUANTITY;
    const of = (setting: string): bigint => this.settings.of("symbol", symbol, setting, NO_PRICE);
    if (of("lotSize") !== NO_PRICE && qty % of("lotSize") !== 0n) return why.LOT_SIZE;
    if (of("venueMaxQty") !== NO_PRICE && qty > of("venueMaxQty")) return why.VENUE_MAX_QTY;
    const isPrice = px > 0n || prices === "any" || (px === 0n && prices === "zero-or-above");
    if (type === code.TYPE_LIMIT && !(isPrice && size(px) <= MOST_E8)) return why.BAD_PRICE;
    if (type === code.TYPE_LIMIT && of("tickSize") !== NO_PRICE && px % of("tickSize") !== 0n) return why.TICK_SIZE;
    const second = Math.floor(timeUs / 1_000_000);
    const rate = (this.rates.get(account) ?? []).filter((at) => at === second).length;
    if (rate + 1 > limits.ordersPerSecond) return why.ORDER_RATE;
    if (qty > limits.maxOrderQtyE8 || this.isAbove(symbol, "maxOrderQty", qty)) return why.MAX_ORDER_QTY;
    const { referencePriceE8: reference } = this.symbol(symbol);
    if (reference === NO_PRICE) return why.NO_REFERENCE_PRICE;
    if (type === code.TYPE_LIMIT) {
      const share = (size(reference) * BigInt(collarPpm)) / 1_000_000n;
      if (size(px - reference) > (share > collarWidthE8 ? share : collarWidthE8)) return why.PRICE_COLLAR;
    }
    const value = this.valueOf(symbol, type, qty, px);
    if (value > MOST_MONEY) return why.NOTIONAL_OVERFLOW;
    if (value > limits.maxOrderNotionalE4 || this.isAbove(symbol, "maxOrderNotional", value))
      return why.MAX_ORDER_NOTIONAL;
    return this.openNotional(account, side === code.SIDE_BUY) + value > MOST_MONEY
      ? why.NOTIONAL_OVERFLOW
      : why.ACCEPTED;
  }

  /** True when as many identical orders of the account were accepted within the window as it may have. */
  private isDuplicated(terms: Required<RequestTerms>, timeUs: number): boolean {
    const { duplicateOrders, duplicateWindowMs } = this.account(terms.account)!;
    if (duplicateOrders < 1) return false;
    const recent = this.accepted.filter(
      ({ atUs, key }) => atUs > timeUs - 1_000 * duplicateWindowMs && key === keyOf(terms),
    );
    return recent.length >= duplicateOrders;
  }

  /** What an order adds, against what its account, its client and the firm have executed today and hold. */
  private checkExposure(account: string, symbol: string, isBuy: boolean, amount: bigint, qty: bigint): number {
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
    return qty > 0n && limit !== NO_PRICE && worst > limit ? why.MAX_POSITION : why.ACCEPTED;
  }

  private checkSums(account: string, isBuy: boolean, amount: bigint, qty: bigint): number {
    const isAbove = (measure: bigint, setting: LevelSetting): boolean => measure > this.limitOf(account, setting);
    const size = (side: string): bigint => atLeast0(this.ofToday(this.executedSize, account, side));
    const quantity = (side: string): bigint => atLeast0(this.ofToday(this.executedQty, account, side));
    const [own, other] = isBuy ? ["buy", "sell"] : ["sell", "buy"];
    const gross =
      size("buy") + size("sell") + this.openNotional(account, true) + this.openNotional(account, false) + amount;
    if (amount > 0n && isAbove(gross, "maxGrossExposure")) return why.MAX_GROSS_EXPOSURE;
    if (amount > 0n && isAbove(gross, "maxDailyNotional")) return why.MAX_DAILY_NOTIONAL;
    const net = size(own!) - size(other!) + this.openNotional(account, isBuy) + amount;
    if (amount > 0n && isAbove(net, "maxNetExposure")) return why.MAX_NET_EXPOSURE;
    const volume =
      quantity("buy") + quantity("sell") + this.openQty(account, true) + this.openQty(account, false) + qty;
    return qty > 0n && isAbove(volume, "maxDailyVolume") ? why.MAX_DAILY_VOLUME : why.ACCEPTED;
  }

  private change(terms: Required<RequestTerms>, timeUs: number): Out[] {
    const replaces = terms.kind === code.REQUEST_REPLACE;
    const isStranger = replaces && !this.configured.knows(terms.session);
    if (!isStranger && terms.possResend && this.find(terms.session, terms.id) !== undefined) return [];
    const duplicate = this.isDuplicate(terms, timeUs);
    const order = isStranger ? undefined : this.find(terms.session, terms.orig);
    const reason = isStranger ? why.UNKNOWN_SESSION : this.checkChange(order, duplicate, replaces, terms, timeUs);
    if (replaces && order !== undefined) this.countRate(terms.session, order.account, timeUs);
    if (reason !== why.ACCEPTED) {
      return [
        {
          ...EMPTY_REPORT,
          out: "cancelReject",
          session: terms.session,
          index: this.nextReport(terms.session),
          ordStatus: order === undefined ? "8" : this.statusOf(order),
          id: terms.id,
          orig: reason === why.ALREADY_PENDING ? order!.id : terms.orig,
          orderId: order === undefined ? "NONE" : String(order.number),
          symbol: order === undefined ? terms.symbol : this.symbolOf(order),
          account: order === undefined ? terms.account : this.accountOf(order),
          reason,
          cxlRejReason: cxlRejReason(reason),
          responseTo: replaces ? "2" : "1",
        },
      ];
    }
    const target = order!;
    this.hide(terms);
    target.epoch = terms.epoch;
    target.day = dayOf(timeUs);
    if (!isOpen(target)) {
      target.state = "Partial";
      this.done.splice(this.done.indexOf(target.slot), 1);
    }
    this.addId(target, terms.id);
    // A filled order may be replaced under a ClOrdID that it had on another day.
    target.hidden.delete(terms.id);
    const number = ++this.number;
    target.numbers.add(number);
    target.pending = {
      kind: replaces ? "replace" : "cancel",
      number,
      id: terms.id,
      qty: units(terms.qty),
      px: this.priceOf(terms),
    };
    return [this.request(target, terms, target.current, number)];
  }

  private checkChange(
    order: ModelOrder | undefined,
    duplicate: boolean,
    replaces: boolean,
    terms: Required<RequestTerms>,
    timeUs: number,
  ): number {
    if (order === undefined) return why.UNKNOWN_ORDER;
    const isIncrease = replaces && order.state === "Filled" && units(terms.qty) > order.cum;
    if (!isOpen(order) && !isIncrease) return why.TOO_LATE;
    if (order.pending !== null) return why.ALREADY_PENDING;
    if (duplicate) return why.DUPLICATE_CL_ORD_ID;
    if (!replaces) return this.up.has(order.venue) ? why.ACCEPTED : why.VENUE_DOWN;
    const parties = this.checkParties(terms.session, order.account, order.symbol);
    if (parties !== why.ACCEPTED) return parties;
    const same =
      terms.side === order.side &&
      terms.type === order.type &&
      terms.tif === order.tif &&
      terms.symbol === order.symbol &&
      terms.account === order.account;
    if (!same) return why.TERMS_CHANGED;
    const market = this.checkMarket(order.account, order.symbol, order.side, timeUs);
    if (market !== why.ACCEPTED) return market;
    const rights = this.checkRights(order.account, order.symbol, order.side, order.type, order.tif);
    if (rights !== why.ACCEPTED) return rights;
    if (units(terms.qty) < order.cum) return why.BELOW_CUM_QTY;
    const size = this.checkSize(
      order.account,
      order.symbol,
      order.side,
      order.type,
      units(terms.qty),
      this.priceOf(terms),
      timeUs,
    );
    if (size !== why.ACCEPTED) return size;
    const leaves = units(terms.qty) - order.cum;
    const value = this.valueOf(order.symbol, order.type, leaves, this.priceOf(terms));
    const [held, open] = isOpen(order) ? [this.held(order), order.leaves] : [0n, 0n];
    const isBuy = order.side === code.SIDE_BUY;
    const more = this.checkExposure(order.account, order.symbol, isBuy, value - held, leaves - open);
    if (more !== why.ACCEPTED) return more;
    if (!this.up.has(order.venue)) return why.VENUE_DOWN;
    const room = 2 * this.config.maxOrders - this.claimed();
    if (isOpen(order)) return order.ids.length < 2 || room > 0 ? why.ACCEPTED : why.TABLE_FULL;
    if (this.isFullOfOpen(order.account)) return why.OPEN_ORDERS;
    return Math.max(2, order.ids.length + 1) <= room ? why.ACCEPTED : why.TABLE_FULL;
  }

  /** The gateway cancels open orders itself: those of a session, -1 for all, and of an account and a venue where these are given. */
  cancelMany({ session, symbol, isOfDay, cause, account = "", venue = -1 }: CancelTerms, timeUs: number): Out[] {
    const outs: Out[] = [];
    const refused: Out[] = [];
    for (const order of [...this.orders.values()].sort((one, other) => one.slot - other.slot)) {
      if ((session !== -1 && order.session !== session) || !isOpen(order) || order.pending?.kind === "cancel") continue;
      if ((account !== "" && this.accountOf(order) !== account) || (venue !== -1 && order.venue !== venue)) continue;
      if ((symbol !== "" && order.symbol !== symbol) || (isOfDay && order.tif === code.TIF_GTC)) continue;
      if (order.pending !== null || !this.up.has(order.venue)) {
        if (cause === 3) refused.push(this.notCanceled(order));
        continue;
      }
      const number = ++this.number;
      const id = `${PREFIXES[cause]}-${number}`;
      order.day = dayOf(timeUs);
      if (cause > 0 && order.newestIsOurs && order.ids.at(-1) !== order.id) order.ids.pop();
      this.addId(order, id);
      order.newestIsOurs = cause > 0;
      order.numbers.add(number);
      order.pending = { kind: "cancel", number, id, qty: 0n, px: 0n, cause };
      const terms = { kind: code.REQUEST_CANCEL, id, qty: 0 } as Required<RequestTerms>;
      outs.push(this.request(order, terms, order.current, number));
    }
    return [...outs, ...refused];
  }

  private notCanceled(order: ModelOrder): Out {
    const reason = order.pending === null ? why.VENUE_DOWN : why.ALREADY_PENDING;
    return {
      ...EMPTY_REPORT,
      out: "cancelReject",
      session: order.session,
      index: this.nextReport(order.session),
      ordStatus: this.statusOf(order),
      id: order.id,
      orig: order.id,
      orderId: String(order.number),
      symbol: this.symbolOf(order),
      account: this.accountOf(order),
      reason,
      cxlRejReason: cxlRejReason(reason),
      responseTo: "1",
    };
  }

  private status(terms: Required<RequestTerms>): Out[] {
    const isKnown = this.configured.knows(terms.session);
    const order = isKnown ? this.find(terms.session, terms.id) : undefined;
    if (order !== undefined) {
      const report = this.about(order, "I", terms.id, "");
      if (report.symbol !== "") return [report];
      return [{ ...report, symbol: terms.symbol, account: terms.account }];
    }
    const reason = isKnown ? why.UNKNOWN_ORDER : why.UNKNOWN_SESSION;
    return [
      this.refusal(terms, "I", reason, {
        orderId: "NONE",
        ordRejReason: ordRejReason(reason),
        quantity: inUnits(units(terms.qty)),
        price: shown(this.priceOf(terms)),
      }),
    ];
  }

  private refusal(terms: Required<RequestTerms>, execType: string, reason: number, more: Out): Out {
    return {
      ...EMPTY_REPORT,
      out: "execution",
      session: terms.session,
      index: this.nextReport(terms.session),
      execType,
      ordStatus: "8",
      side: char(terms.side),
      id: terms.id,
      execId: String(++this.executionCount),
      symbol: terms.symbol,
      account: terms.account,
      lastPx: NO_PRICE,
      reason,
      ...more,
    };
  }

  private request(order: ModelOrder, terms: Required<RequestTerms>, origNumber: number, number: number): Out {
    const index = (this.requestIndex.get(order.venue) ?? 0) + 1;
    this.requestIndex.set(order.venue, index);
    const replaces = terms.kind === code.REQUEST_REPLACE;
    return {
      out: "request",
      venue: order.venue,
      index,
      kind: terms.kind,
      number,
      origNumber,
      slot: order.slot,
      side: char(order.side),
      type: char(order.type),
      tif: char(order.tif),
      // A cancel says what its client says, the order's where that says none.
      quantity: inUnits(
        replaces || (terms.kind === code.REQUEST_CANCEL && units(terms.qty) !== 0n) ? units(terms.qty) : order.qty,
      ),
      price: shown(replaces ? this.priceOf(terms) : order.px),
      id: terms.id,
      account: order.account,
      symbol: order.symbol,
      orderId: terms.kind === code.REQUEST_NEW ? "" : order.venueId,
    };
  }
}
