import { MOST_E8, NO_PRICE } from "../../src/base/units.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import { levelOf, rowOf } from "../../src/core/level-rows.ts";
import * as code from "../../src/record/codes.ts";
import { inUnits, price, shown, units } from "../numbers.ts";
import type { RequestTerms } from "./driver.ts";
import { hasLimit, isPriced } from "./limit-types.ts";
import { ModelConfigured } from "./model-configured.ts";
import { ModelExecutions } from "./model-executions.ts";
import {
  char,
  dayOf,
  EMPTY_REPORT,
  type Executed,
  FACTOR_1,
  isOpen,
  type ModelOrder,
  money,
  STATUS,
  type State,
  size,
} from "./model-order.ts";
import { ModelFirmMessages, ModelReferences } from "./model-references.ts";
import { ModelSettings } from "./model-settings.ts";
import { ModelVenues } from "./model-venues.ts";
import type { Out } from "./outs.ts";

const keyOf = (order: ModelOrder): string => `${order.venue}/${order.venueId}`;

/** Busts of earlier days give no room on this one. */
const atLeast0 = (executed: bigint): bigint => (executed < 0n ? 0n : executed);

/** What the model keeps: orders, ids and executions in maps and lists; every sum is made anew. */
export class ModelLedger {
  readonly orders = new Map<number, ModelOrder>();
  protected readonly done: number[] = [];
  protected readonly freed: number[] = [];
  protected fresh = 0;
  protected number = 0;
  protected executionCount = 0;
  protected killed = false;
  readonly up = new ModelVenues();
  readonly settings: ModelSettings;
  /** Slots by `venue/OrderID`. */
  readonly byVenueId = new Map<string, number>();
  protected readonly executions = new Set<string>();
  protected readonly rates = new Map<string, number[]>();
  protected readonly reportIndex = new Map<number, number>();
  protected readonly requestIndex = new Map<number, number>();
  /** Time of the input. */
  nowUs = 0;
  private readonly lastDay = new Map<string, number>();
  readonly positions = new Map<string, bigint>();
  /** Every new order that was accepted, by the rows that have a limit of identical ones. */
  protected accepted: { atUs: number; row: string; key: string }[] = [];
  readonly executionLimits: ModelExecutions;
  readonly references: ModelReferences;
  readonly firmMessages: ModelFirmMessages;
  /** Executed value and quantity of the account's last day, by `account/side`. */
  readonly executedValue = new Map<string, bigint>();
  readonly executedQty = new Map<string, bigint>();

  /** Positions by `account/symbol`: at the start of a day, and what each day executed. */
  private readonly starts = new Map<string, { day: number; quantity: bigint }>();
  private readonly executedOn = new Map<string, { day: number; quantity: bigint }[]>();
  /** As the value, each order's without its sign. */
  readonly executedSize = new Map<string, bigint>();

  readonly configured: ModelConfigured;
  readonly config: CoreConfig;

  constructor(config: CoreConfig) {
    this.configured = new ModelConfigured(config);
    this.config = this.configured.config;
    this.settings = new ModelSettings(this.config);
    this.executionLimits = new ModelExecutions(this.settings);
    this.references = new ModelReferences(this.settings);
    this.firmMessages = new ModelFirmMessages(this.settings, this.config.firm ?? {});
  }

  kill(on: boolean): void {
    if (this.killed !== on) this.settings.count("firm", "");
    this.killed = on;
  }

  reference(symbol: string, px: bigint): void {
    if (this.settings.symbol(symbol) !== undefined) this.settings.reference(symbol, px);
  }

  venue(id: number, up: boolean, asksFirst = false): void {
    this.up.set(id, up, asksFirst);
  }

  /** Accounts of a row: all of the firm, those of a client, or an account alone. Sessions and traders have no sums of them. */
  accountsOf(row: string): string[] {
    const of = levelOf(row);
    if (of.level === "account") return [row];
    if (of.level === "firm") return this.config.accounts.map(({ name }) => name);
    if (of.level !== "client") return [];
    return [...this.config.clients!.find(({ name }) => name === of.name)!.accounts];
  }

  /** The account, its client if it has one, and the firm. */
  protected levelsOf(account: string): string[] {
    const client = this.config.clients?.find(({ accounts }) => accounts.includes(account));
    return [account, ...(client === undefined ? [] : [rowOf("client", client.name)]), "FIRM="];
  }

  /** The rows of the session and of the trader, where they have any. */
  protected besides(session: number, trader: string): string[] {
    const name = this.configured.sessionOf(session)?.name;
    return [
      ...(name === undefined ? [] : [rowOf("session", name)]),
      ...(trader === "" ? [] : [rowOf("trader", trader)]),
    ];
  }

  /** Open notional of an account, client or the firm, and side, by adding up what its orders hold. */
  openNotional(row: string, buy: boolean): bigint {
    const accounts = this.accountsOf(row);
    let sum = 0n;
    for (const order of this.orders.values()) {
      if (!isOpen(order) || !accounts.includes(order.account) || (order.side === code.SIDE_BUY) !== buy) continue;
      sum += this.held(order);
    }
    return sum;
  }

  /** Sets the position at the start of the day. */
  startPosition(account: string, symbol: string, quantity: bigint): void {
    this.starts.set(`${account}/${symbol}`, { day: dayOf(this.nowUs), quantity });
  }

  /** The last start, and what was executed from its day on. */
  position(row: string, symbol: string): bigint {
    return this.accountsOf(row).reduce((sum, account) => sum + this.positionOf(account, symbol), 0n);
  }

  private positionOf(account: string, symbol: string): bigint {
    const { day, quantity } = this.starts.get(`${account}/${symbol}`) ?? { day: 0, quantity: 0n };
    const executed = this.executedOn.get(`${account}/${symbol}`) ?? [];
    return executed.reduce((sum, one) => (one.day < day ? sum : sum + one.quantity), quantity);
  }

  /**
   * What can still be executed of the open orders of an account and side, with what their pending replaces ask for; of all symbols, or of
   * one.
   */
  openQty(row: string, buy: boolean, symbol: string | null = null): bigint {
    const accounts = this.accountsOf(row);
    let sum = 0n;
    for (const order of this.orders.values()) {
      if (!isOpen(order) || !accounts.includes(order.account) || (order.side === code.SIDE_BUY) !== buy) continue;
      if (symbol !== null && order.symbol !== symbol) continue;
      sum += order.leaves;
      if (order.pending?.kind === "replace" && order.pending.qty > order.cum) sum += order.pending.qty - order.cum;
    }
    return sum;
  }

  /** A sum of today as limits count it: 0 for each account whose busts of earlier days take back more than it has executed. */
  countedToday(sums: ReadonlyMap<string, bigint>, row: string, side: string): bigint {
    return this.since(sums, row, side, dayOf(this.nowUs), atLeast0);
  }

  /** Sum of the last trading day that any account of the row has; of a client and the firm as limits count it. */
  ofLastDay(sums: ReadonlyMap<string, bigint>, row: string, side: string): bigint {
    const isAccount = levelOf(row).level === "account";
    return this.since(sums, row, side, this.lastDayOf(row), isAccount ? (sum) => sum : atLeast0);
  }

  /** Sum of the values of that day, which may be below 0. */
  valueOfLastDay(row: string, side: string): bigint {
    return this.since(this.executedValue, row, side, this.lastDayOf(row), (sum) => sum);
  }

  private lastDayOf(row: string): number {
    return Math.max(...this.accountsOf(row).map((account) => this.lastDay.get(account) ?? 0));
  }

  private since(
    sums: ReadonlyMap<string, bigint>,
    row: string,
    side: string,
    day: number,
    count: (sum: bigint) => bigint,
  ): bigint {
    return this.accountsOf(row)
      .filter((account) => (this.lastDay.get(account) ?? 0) >= day)
      .reduce((sum, account) => sum + count(sums.get(`${account}/${side}`) ?? 0n), 0n);
  }

  openOrders(row: string): number {
    const { level, name } = levelOf(row);
    const accounts = this.accountsOf(row);
    const session = this.config.sessions.find((one) => one.name === name)?.id;
    const isOf = (order: ModelOrder): boolean => {
      if (level === "session") return order.session === session;
      return level === "trader" ? order.trader === name : accounts.includes(order.account);
    };
    return [...this.orders.values()].filter((order) => isOpen(order) && isOf(order)).length;
  }

  protected about(order: ModelOrder, execType: string, id: string, orig: string): Out {
    return {
      ...EMPTY_REPORT,
      out: "execution",
      session: order.session,
      index: this.nextReport(order.session),
      execType,
      ordStatus: this.statusOf(order),
      side: char(order.side),
      id,
      orig,
      orderId: String(order.number),
      execId: String(++this.executionCount),
      symbol: this.symbolOf(order),
      account: this.accountOf(order),
      // Below 0: none.
      quantity: order.qty > 0n ? inUnits(order.qty) : inUnits(-1n),
      price: shown(order.type === code.TYPE_STOP ? NO_PRICE : order.px),
      lastPx: NO_PRICE,
      cumQty: inUnits(order.cum),
      leavesQty: inUnits(order.leaves),
      avgPx: shown(this.average(order)),
    };
  }

  /** To the nearest 1e-8; 0 beyond any price. */
  protected average(order: ModelOrder): bigint {
    if (order.cum === 0n || !order.isValued) return 0n;
    const [twice, by] = [2n * order.value + order.cum, 2n * order.cum];
    const average = twice >= 0n ? twice / by : -((-twice + by - 1n) / by);
    return size(average) > MOST_E8 ? 0n : average;
  }

  protected end(order: ModelOrder, state: State): void {
    order.state = state;
    order.leaves = 0n;
    this.done.push(order.slot);
  }

  protected execute(order: Executed, qty: bigint, value: bigint, sizeChange: bigint): void {
    if (qty === 0n && value === 0n) return;
    const day = dayOf(this.nowUs);
    if (day > (this.lastDay.get(order.account) ?? 0)) {
      this.lastDay.set(order.account, day);
      for (const side of ["buy", "sell"]) {
        for (const sums of [this.executedQty, this.executedValue, this.executedSize])
          sums.delete(`${order.account}/${side}`);
      }
    }
    const key = `${order.account}/${order.side === code.SIDE_BUY ? "buy" : "sell"}`;
    this.executedQty.set(key, (this.executedQty.get(key) ?? 0n) + qty);
    this.executedValue.set(key, (this.executedValue.get(key) ?? 0n) + value);
    this.executedSize.set(key, (this.executedSize.get(key) ?? 0n) + sizeChange);
    const signed = order.side === code.SIDE_BUY ? qty : -qty;
    const executed = this.executedOn.get(`${order.account}/${order.symbol}`) ?? [];
    this.executedOn.set(`${order.account}/${order.symbol}`, [...executed, { day, quantity: signed }]);
    this.positions.set(order.account, (this.positions.get(order.account) ?? 0n) + signed);
  }

  protected countRate(session: number, account: string, timeUs: number): void {
    if (!this.configured.allows(session, account)) return;
    const second = Math.floor(timeUs / 1_000_000);
    // Of a second that comes again, as its clock was set back, orders count anew.
    this.rates.set(account, [...(this.rates.get(account) ?? []).filter((at) => at === second), second]);
  }

  /** The price that an order was admitted at stays what it holds, as long as nothing of it changes. */
  protected held(order: ModelOrder): bigint {
    let held = this.valueOf(order.symbol, order.type, order.leaves, order.px, order.factor);
    if (order.pending?.kind === "replace") {
      const left = order.pending.qty > order.cum ? order.pending.qty - order.cum : 0n;
      held += this.valueOf(order.symbol, order.type, left, order.pending.px, order.factor);
    }
    return held;
  }

  protected valueOf(symbol: string, type: number, qty: bigint, px: bigint, factor: bigint): bigint {
    if (isPriced(type)) return money(qty, size(px), factor);
    const { collarPpm, collarWidthE8 = 0n, referencePriceE8 } = this.symbol(symbol);
    const reference = size(referencePriceE8);
    const share = (reference * BigInt(collarPpm) + 999_999n) / 1_000_000n;
    return money(qty, reference + (share > collarWidthE8 ? share : collarWidthE8), factor);
  }

  protected take(
    terms: Required<RequestTerms>,
    number: number,
    state: State,
    venue: number,
    timeUs: number,
  ): ModelOrder {
    const slot = this.slot()!;
    if (this.freed.at(-1) === slot) this.freed.pop();
    else if (slot === this.fresh) this.fresh++;
    else {
      this.recycle();
      this.freed.pop();
    }
    const order: ModelOrder = {
      slot,
      number,
      numbers: new Set([number]),
      current: number,
      session: terms.session,
      account: terms.account,
      trader: state === "Rejected" ? "" : terms.trader,
      symbol: terms.symbol,
      factor: this.settings.factorOf(terms.symbol) ?? FACTOR_1,
      hasAccount: this.account(terms.account) !== undefined,
      hasSymbol: this.settings.symbol(terms.symbol) !== undefined,
      venue,
      side: terms.side,
      type: terms.type,
      tif: terms.tif,
      qty: units(terms.qty),
      px: this.priceOf(terms),
      cum: 0n,
      leaves: state === "PendingNew" ? units(terms.qty) : 0n,
      value: 0n,
      isValued: true,
      worth: 0n,
      state,
      pending: null,
      id: terms.id,
      ids: [],
      newestIsOurs: false,
      refused: null,
      isToldSilent: false,
      venueId: "",
      epoch: terms.epoch,
      day: dayOf(timeUs),
      hidden: new Set(),
    };
    this.orders.set(slot, order);
    return order;
  }

  protected addId(order: ModelOrder, id: string): void {
    if (isOpen(order) && order.ids.length >= 2 && this.claimed() >= 2 * this.config.maxOrders) {
      order.ids.splice(
        order.ids.findLastIndex((candidate) => candidate !== order.id),
        1,
      );
    }
    while (this.idsUsed() === 2 * this.config.maxOrders) this.recycle();
    order.ids.push(id);
    order.newestIsOurs = false;
  }

  protected recycle(): void {
    const slot = this.done.shift()!;
    this.forgetVenueId(this.orders.get(slot)!);
    this.orders.delete(slot);
    this.freed.push(slot);
  }

  protected slot(): number | undefined {
    if (this.freed.length > 0) return this.freed.at(-1);
    return this.fresh < this.config.maxOrders ? this.fresh : this.done[0];
  }

  protected idsUsed(): number {
    return [...this.orders.values()].reduce((sum, order) => sum + order.ids.length, 0);
  }

  protected claimed(): number {
    return [...this.orders.values()].filter(isOpen).reduce((sum, order) => sum + Math.max(2, order.ids.length), 0);
  }

  find(session: number, id: string): ModelOrder | undefined {
    return [...this.orders.values()].find(
      (order) => order.session === session && order.ids.includes(id) && !order.hidden.has(id),
    );
  }

  /** True when the request's ClOrdID was used before, and may not be used again; else the former order loses it. */
  protected isDuplicate(terms: Required<RequestTerms>, timeUs: number): boolean {
    const former = this.find(terms.session, terms.id);
    if (former === undefined || isOpen(former)) return former !== undefined;
    if (
      former.state === "DoneForDay" &&
      ![0, code.TIF_DAY, code.TIF_AT_OPENING, code.TIF_AT_CLOSE].includes(former.tif)
    )
      return true;
    return former.epoch === terms.epoch && former.day === dayOf(timeUs);
  }

  protected hide(terms: Required<RequestTerms>): void {
    this.find(terms.session, terms.id)?.hidden.add(terms.id);
  }

  protected setVenueId(order: ModelOrder, id: string): void {
    if (id === "" || id === order.venueId) return;
    this.forgetVenueId(order);
    order.venueId = id;
    const owner = this.orders.get(this.byVenueId.get(keyOf(order)) ?? -1);
    if (owner === undefined || !isOpen(owner) || isOpen(order)) this.byVenueId.set(keyOf(order), order.slot);
  }

  private forgetVenueId(order: ModelOrder): void {
    if (this.byVenueId.get(keyOf(order)) === order.slot) this.byVenueId.delete(keyOf(order));
  }

  protected statusOf(order: ModelOrder): string {
    if (order.pending !== null && isOpen(order)) return order.pending.kind === "cancel" ? "6" : "E";
    return STATUS[order.state];
  }

  protected nextReport(session: number): number {
    const index = (this.reportIndex.get(session) ?? 0) + 1;
    this.reportIndex.set(session, index);
    return index;
  }

  /** An order refused for a symbol or account that is none has none. */
  protected symbolOf(order: ModelOrder): string {
    return order.hasSymbol ? order.symbol : "";
  }

  protected accountOf(order: ModelOrder): string {
    return order.hasAccount ? order.account : "";
  }

  protected account(name: string) {
    return this.settings.account(name);
  }

  protected symbol(symbol: string) {
    return this.settings.symbol(symbol)!;
  }

  protected route(symbol: string): number | undefined {
    const wanted = this.symbol(symbol).venue ?? this.config.defaultVenue;
    return this.config.venues.find(({ name }) => name === wanted)?.id;
  }

  protected priceOf(terms: Required<RequestTerms>): bigint {
    if (terms.type === code.TYPE_STOP) return price(terms.stop);
    return isPriced(terms.type) ? price(terms.px) : NO_PRICE;
  }

  /** Price (44) of a request: none where it travels beside the record. */
  protected limitPriceOf(terms: Required<RequestTerms>): bigint {
    return hasLimit(terms.type) ? price(terms.px) : NO_PRICE;
  }
}
