import { NO_PRICE } from "../../src/base/units.ts";
import * as outcome from "../../src/core/outcomes.ts";
import * as why from "../../src/core/reasons.ts";
import type { CoreConfig } from "../../src/core/tables.ts";
import * as code from "../../src/record/codes.ts";
import type { Out, ReportTerms, RequestTerms } from "./desk.ts";

type State = "PendingNew" | "New" | "Partial" | "Filled" | "Canceled" | "Rejected" | "Expired" | "DoneForDay";

const STATUS: Record<State, string> = {
  PendingNew: "A",
  New: "0",
  Partial: "1",
  Filled: "2",
  Canceled: "4",
  Rejected: "8",
  Expired: "C",
  DoneForDay: "3",
};

interface Pending {
  kind: "cancel" | "replace";
  number: number;
  id: string;
  qty: number;
  px: number;
}

export interface ModelOrder {
  slot: number;
  number: number;
  numbers: Set<number>;
  current: number;
  session: number;
  account: string;
  symbol: string;
  venue: number;
  side: number;
  type: number;
  tif: number;
  qty: number;
  px: number;
  cum: number;
  value: bigint;
  state: State;
  pending: Pending | null;
  id: string;
  /** Oldest first. */
  ids: string[];
  venueId: string;
}

const isOpen = (order: ModelOrder): boolean => ["PendingNew", "New", "Partial"].includes(order.state);
const char = (value: number): string => (value === 0 ? "" : String.fromCharCode(value));
const money = (qty: number, px: number): bigint => (BigInt(qty) * BigInt(px) + 9_999n) / 10_000n;
const whole = (value: number): boolean => Number.isInteger(value) && value > 0;

/** The core once more, as plainly as it can be said: maps, strings, big integers, and every sum made anew. */
export class Model {
  readonly orders = new Map<number, ModelOrder>();
  private readonly done: number[] = [];
  private readonly freed: number[] = [];
  private fresh = 0;
  private number = 0;
  private executionCount = 0;
  private killed = false;
  private readonly up = new Set<number>();
  private readonly references = new Map<string, number>();
  private readonly executions = new Set<string>();
  private readonly rates = new Map<string, number[]>();
  private readonly reportIndex = new Map<number, number>();
  private readonly requestIndex = new Map<number, number>();
  /** Executed value and quantity, by `account/side`. */
  readonly executedValue = new Map<string, bigint>();
  readonly executedQty = new Map<string, number>();

  constructor(readonly config: CoreConfig) {
    for (const symbol of config.symbols) this.references.set(symbol.name, symbol.referencePriceE8);
  }

  kill(on: boolean): void {
    this.killed = on;
  }

  reference(symbol: string, px: number): void {
    if (this.references.has(symbol)) this.references.set(symbol, px);
  }

  venue(id: number, up: boolean): void {
    if (up) this.up.add(id);
    else this.up.delete(id);
  }

  /** Open notional of an account and side, by adding up what its orders hold. */
  openNotional(account: string, buy: boolean): bigint {
    let sum = 0n;
    for (const order of this.orders.values()) {
      if (!isOpen(order) || order.account !== account || (order.side === code.SIDE_BUY) !== buy) continue;
      sum += this.held(order);
    }
    return sum;
  }

  openOrders(account: string): number {
    return [...this.orders.values()].filter((order) => isOpen(order) && order.account === account).length;
  }

  order(terms: Required<RequestTerms>, timeUs: number): Out[] {
    const known = this.config.sessions.some((session) => session.id === terms.session);
    if (!known) return [];
    if (terms.kind === code.REQUEST_NEW) return this.newOrder(terms, timeUs);
    if (terms.kind === code.REQUEST_STATUS) return this.status(terms);
    return this.change(terms, timeUs);
  }

  private newOrder(terms: Required<RequestTerms>, timeUs: number): Out[] {
    const duplicate = this.find(terms.session, terms.id) !== undefined;
    if (duplicate && terms.possResend) return [];
    const reason = duplicate ? why.DUPLICATE_CL_ORD_ID : this.checkNew(terms, timeUs);
    this.countRate(terms.session, terms.account, timeUs);
    const number = ++this.number;
    const canKeep = this.slot() !== undefined && (this.idsUsed() < 2 * this.config.maxOrders || this.done.length > 0);
    if (reason !== why.ACCEPTED) {
      if (!duplicate && canKeep) {
        const order = this.take(terms, number, "Rejected", -1);
        this.addId(order, terms.id);
        this.done.push(order.slot);
      }
      return [
        this.refusal(terms, "8", reason, {
          orderId: String(number),
          ordRejReason: why.ordRejReason(reason),
          quantity: terms.qty,
          price: this.priceOf(terms),
        }),
      ];
    }
    const order = this.take(terms, number, "PendingNew", this.route(terms.symbol)!);
    this.addId(order, terms.id);
    return [this.request(order, terms, 0, number)];
  }

  private checkNew(terms: Required<RequestTerms>, timeUs: number): number {
    const parties = this.checkParties(terms.session, terms.account, terms.symbol);
    if (parties !== why.ACCEPTED) return parties;
    if (![code.SIDE_BUY, code.SIDE_SELL, code.SIDE_SELL_SHORT].includes(terms.side)) return why.UNSUPPORTED_SIDE;
    if (![code.TYPE_LIMIT, code.TYPE_MARKET].includes(terms.type)) return why.UNSUPPORTED_TYPE;
    if (![code.TIF_DAY, code.TIF_GTC, code.TIF_IOC, code.TIF_FOK].includes(terms.tif)) return why.UNSUPPORTED_TIF;
    const size = this.checkSize(terms.account, terms.symbol, terms.type, terms.qty, this.priceOf(terms), timeUs);
    if (size !== why.ACCEPTED) return size;
    if (this.openOrders(terms.account) >= this.account(terms.account)!.maxOpenOrders) return why.OPEN_ORDERS;
    const venue = this.route(terms.symbol);
    if (venue === undefined) return why.NO_ROUTE;
    if (!this.up.has(venue)) return why.VENUE_DOWN;
    return this.slot() !== undefined && this.claimed() + 2 <= 2 * this.config.maxOrders ? why.ACCEPTED : why.TABLE_FULL;
  }

  private checkParties(session: number, account: string, symbol: string): number {
    if (this.killed) return why.KILL_SWITCH;
    const limits = this.account(account);
    if (limits === undefined) return why.UNKNOWN_ACCOUNT;
    if (!this.config.sessions.find(({ id }) => id === session)!.accounts.includes(account)) return why.NOT_ENTITLED;
    if (!limits.enabled) return why.ACCOUNT_DISABLED;
    if (Number.isNaN(limits.maxOrderQty)) return why.ACCOUNT_WITHOUT_LIMITS;
    const terms = this.config.symbols.find(({ name }) => name === symbol);
    if (terms === undefined) return why.UNKNOWN_SYMBOL;
    return terms.enabled ? why.ACCEPTED : why.SYMBOL_DISABLED;
  }

  private checkSize(account: string, symbol: string, type: number, qty: number, px: number, timeUs: number): number {
    const limits = this.account(account)!;
    if (!whole(qty)) return why.BAD_QUANTITY;
    if (type === code.TYPE_LIMIT && !whole(px)) return why.BAD_PRICE;
    const second = Math.floor(timeUs / 1_000_000);
    const rate = (this.rates.get(account) ?? []).filter((at) => at === second).length;
    if (rate + 1 > limits.ordersPerSecond) return why.ORDER_RATE;
    if (qty > limits.maxOrderQty) return why.MAX_ORDER_QTY;
    const reference = this.references.get(symbol)!;
    if (reference === 0) return why.NO_REFERENCE_PRICE;
    if (type === code.TYPE_LIMIT) {
      const band = (BigInt(reference) * BigInt(this.collar(symbol))) / 1_000_000n;
      if (BigInt(px) < BigInt(reference) - band || BigInt(px) > BigInt(reference) + band) return why.PRICE_COLLAR;
    }
    if (this.valueOf(symbol, type, qty, px) > BigInt(limits.maxOrderNotionalE4)) return why.MAX_ORDER_NOTIONAL;
    return why.ACCEPTED;
  }

  private change(terms: Required<RequestTerms>, timeUs: number): Out[] {
    const replaces = terms.kind === code.REQUEST_REPLACE;
    const duplicate = this.find(terms.session, terms.id) !== undefined;
    if (duplicate && terms.possResend) return [];
    const order = this.find(terms.session, terms.orig);
    const reason = this.checkChange(order, duplicate, replaces, terms, timeUs);
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
          orig: terms.orig,
          orderId: order === undefined ? "NONE" : String(order.number),
          symbol: order === undefined ? terms.symbol : this.symbolOf(order),
          account: order === undefined ? terms.account : this.accountOf(order),
          reason,
          cxlRejReason: why.cxlRejReason(reason),
          responseTo: replaces ? "2" : "1",
        },
      ];
    }
    const target = order!;
    this.addId(target, terms.id);
    const number = ++this.number;
    target.numbers.add(number);
    target.pending = {
      kind: replaces ? "replace" : "cancel",
      number,
      id: terms.id,
      qty: terms.qty,
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
    if (!isOpen(order)) return why.TOO_LATE;
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
    if (terms.qty < order.cum) return why.BELOW_CUM_QTY;
    const size = this.checkSize(order.account, order.symbol, order.type, terms.qty, this.priceOf(terms), timeUs);
    if (size !== why.ACCEPTED) return size;
    if (!this.up.has(order.venue)) return why.VENUE_DOWN;
    return order.ids.length < 2 || this.claimed() < 2 * this.config.maxOrders ? why.ACCEPTED : why.TABLE_FULL;
  }

  private status(terms: Required<RequestTerms>): Out[] {
    const order = this.find(terms.session, terms.id);
    if (order !== undefined) {
      const report = this.about(order, "I", terms.id, "");
      if (report.symbol !== "") return [report];
      return [{ ...report, symbol: terms.symbol, account: terms.account }];
    }
    return [
      this.refusal(terms, "I", why.UNKNOWN_ORDER, {
        orderId: "NONE",
        ordRejReason: why.ordRejReason(why.UNKNOWN_ORDER),
        quantity: terms.qty,
        price: this.priceOf(terms),
      }),
    ];
  }

  report(terms: Required<ReportTerms>): { outcome: number; outs: Out[] } {
    const order = this.orders.get(terms.slot);
    const isOwn = (candidate: ModelOrder): boolean =>
      [terms.number, terms.requestNumber].some(
        (number) => number >= candidate.number && number <= Math.max(...candidate.numbers),
      );
    if (order === undefined || order.venue !== terms.venue || !isOwn(order))
      return { outcome: outcome.ORPHAN, outs: [] };
    const answers = order.pending !== null && [terms.number, terms.requestNumber].includes(order.pending.number);
    if (terms.kind === code.REPORT_EXECUTION) return this.execution(order, terms, answers);
    if (terms.kind === code.REPORT_CANCEL_REJECT) {
      return answers ? applied(this.refusePending(order, terms.cxlRejReason, 0, terms.text)) : ILLEGAL;
    }
    if (answers) return applied(this.refusePending(order, why.cxlRejReason(why.NOT_TAKEN), why.NOT_TAKEN, terms.text));
    if (order.state !== "PendingNew" || terms.number !== order.number) return ILLEGAL;
    this.end(order, "Rejected");
    return applied({
      ...this.about(order, "8", order.id, ""),
      reason: why.NOT_TAKEN,
      ordRejReason: why.ordRejReason(why.NOT_TAKEN),
      text: terms.text,
    });
  }

  private execution(order: ModelOrder, terms: Required<ReportTerms>, answers: boolean) {
    const open = isOpen(order);
    switch (String.fromCharCode(terms.execType)) {
      case "0":
        if (order.state !== "PendingNew") return ILLEGAL;
        order.state = "New";
        order.venueId = terms.orderId || order.venueId;
        return applied(this.about(order, "0", order.id, ""));
      case "F":
        return this.fill(order, terms);
      case "H":
        return this.bust(order, terms);
      case "4":
        return open || order.state === "DoneForDay" ? this.ended(order, "Canceled", "4", terms, answers) : ILLEGAL;
      case "8":
        if (order.state !== "PendingNew" && order.state !== "New") return ILLEGAL;
        return this.ended(order, "Rejected", "8", terms, answers);
      case "C":
        return open || order.state === "DoneForDay" ? this.ended(order, "Expired", "C", terms, answers) : ILLEGAL;
      case "3":
        return open ? this.ended(order, "DoneForDay", "3", terms, answers) : ILLEGAL;
      case "5":
        return open && answers && order.pending!.kind === "replace" ? this.replaced(order, terms) : ILLEGAL;
      case "D":
        return this.restated(order, terms);
      default:
        return { outcome: outcome.UNSUPPORTED, outs: [] };
    }
  }

  private fill(order: ModelOrder, terms: Required<ReportTerms>) {
    const left = order.qty - order.cum;
    const fillable = !["Filled", "Rejected"].includes(order.state);
    const key = `${order.venue}/${order.number}/${terms.execId}`;
    const known = terms.execId !== "" && this.executions.has(key);
    if (known) return DUPLICATE;
    if (!fillable || !whole(terms.lastQty) || terms.lastQty > left || terms.lastPx < 0) return ILLEGAL;
    if (terms.execId !== "") this.executions.add(key);
    order.cum += terms.lastQty;
    order.value += BigInt(terms.lastQty) * BigInt(terms.lastPx);
    this.execute(order, terms.lastQty, money(terms.lastQty, terms.lastPx));
    if (isOpen(order)) {
      if (terms.lastQty === left) this.end(order, "Filled");
      else order.state = "Partial";
    }
    const report = {
      ...this.about(order, "F", order.id, ""),
      lastQty: terms.lastQty,
      lastPx: terms.lastPx,
      text: terms.text,
    };
    return { outcome: terms.cumQty === order.cum ? outcome.APPLIED : outcome.CUM_DIFFERS, outs: [report] };
  }

  private bust(order: ModelOrder, terms: Required<ReportTerms>) {
    const key = `${order.venue}/${order.number}/${terms.execId}`;
    const known = terms.execId !== "" && this.executions.has(key);
    if (known) return DUPLICATE;
    if (["PendingNew", "New", "Rejected"].includes(order.state)) return ILLEGAL;
    if (terms.execId !== "") this.executions.add(key);
    const value = BigInt(Math.max(0, terms.lastQty)) * BigInt(Math.max(0, terms.lastPx));
    const simple = whole(terms.lastQty) && terms.lastQty <= order.cum && terms.lastPx >= 0 && value <= order.value;
    if (simple) {
      order.cum -= terms.lastQty;
      order.value -= value;
      this.execute(order, -terms.lastQty, -money(terms.lastQty, terms.lastPx));
      if (order.state === "Partial" && order.cum === 0) order.state = "New";
    }
    const report = {
      ...this.about(order, "H", order.id, ""),
      lastQty: terms.lastQty,
      lastPx: terms.lastPx,
      text: terms.text,
    };
    return { outcome: simple ? outcome.APPLIED : outcome.UNSUPPORTED, outs: [report] };
  }

  private ended(order: ModelOrder, state: State, execType: string, terms: Required<ReportTerms>, answers: boolean) {
    const id = answers ? order.pending!.id : order.id;
    if (answers) order.pending = null;
    if (isOpen(order)) this.end(order, state);
    else order.state = state;
    order.venueId = terms.orderId || order.venueId;
    return applied({
      ...this.about(order, execType, id, answers ? order.id : ""),
      ordRejReason: execType === "8" ? terms.ordRejReason : 0,
      text: terms.text,
    });
  }

  private replaced(order: ModelOrder, terms: Required<ReportTerms>) {
    const pending = order.pending!;
    const previous = order.id;
    order.pending = null;
    order.id = pending.id;
    order.current = pending.number;
    order.qty = Math.max(order.cum, whole(terms.quantity) ? terms.quantity : pending.qty);
    order.px = terms.price > 0 ? terms.price : pending.px;
    order.venueId = terms.orderId || order.venueId;
    if (order.qty === order.cum) this.end(order, "Filled");
    else order.state = order.state === "Partial" ? "Partial" : "New";
    return applied({ ...this.about(order, "5", order.id, previous), text: terms.text });
  }

  private restated(order: ModelOrder, terms: Required<ReportTerms>) {
    const qty = whole(terms.quantity) ? terms.quantity : order.qty;
    if (!isOpen(order) || qty <= order.cum) return ILLEGAL;
    order.qty = qty;
    order.px = terms.price > 0 ? terms.price : order.px;
    order.state = order.state === "Partial" ? "Partial" : "New";
    order.venueId = terms.orderId || order.venueId;
    return applied({ ...this.about(order, "D", order.id, ""), text: terms.text });
  }

  private refusePending(order: ModelOrder, cxlRejReason: number, reason: number, text: string): Out {
    const pending = order.pending!;
    order.pending = null;
    return {
      ...EMPTY_REPORT,
      out: "cancelReject",
      session: order.session,
      index: this.nextReport(order.session),
      ordStatus: this.statusOf(order),
      id: pending.id,
      orig: order.id,
      orderId: String(order.number),
      symbol: order.symbol,
      account: order.account,
      reason,
      cxlRejReason,
      responseTo: pending.kind === "replace" ? "2" : "1",
      text,
    };
  }

  private about(order: ModelOrder, execType: string, id: string, orig: string): Out {
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
      quantity: order.qty,
      price: order.px,
      lastPx: NO_PRICE,
      cumQty: order.cum,
      leavesQty: isOpen(order) ? order.qty - order.cum : 0,
      avgPx: order.cum === 0 ? 0 : Number((2n * order.value + BigInt(order.cum)) / (2n * BigInt(order.cum))),
    };
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
      quantity: replaces ? terms.qty : order.qty,
      price: replaces ? this.priceOf(terms) : order.px,
      id: terms.id,
      account: order.account,
      symbol: order.symbol,
      orderId: terms.kind === code.REQUEST_NEW ? "" : order.venueId,
    };
  }

  private end(order: ModelOrder, state: State): void {
    order.state = state;
    this.done.push(order.slot);
  }

  private execute(order: ModelOrder, qty: number, value: bigint): void {
    const key = `${order.account}/${order.side === code.SIDE_BUY ? "buy" : "sell"}`;
    this.executedQty.set(key, (this.executedQty.get(key) ?? 0) + qty);
    this.executedValue.set(key, (this.executedValue.get(key) ?? 0n) + value);
  }

  private countRate(session: number, account: string, timeUs: number): void {
    if (!this.config.sessions.find(({ id }) => id === session)!.accounts.includes(account)) return;
    const rates = this.rates.get(account) ?? [];
    rates.push(Math.floor(timeUs / 1_000_000));
    this.rates.set(account, rates);
  }

  /** The price that an order was admitted at stays what it holds, as long as nothing of it changes. */
  private held(order: ModelOrder): bigint {
    let held = this.valueOf(order.symbol, order.type, order.qty - order.cum, order.px);
    if (order.pending?.kind === "replace") {
      held += this.valueOf(order.symbol, order.type, Math.max(0, order.pending.qty - order.cum), order.pending.px);
    }
    return held;
  }

  private valueOf(symbol: string, type: number, qty: number, px: number): bigint {
    if (type === code.TYPE_LIMIT) return money(qty, px);
    const reference = BigInt(this.references.get(symbol)!);
    const above = reference + (reference * BigInt(this.collar(symbol)) + 999_999n) / 1_000_000n;
    return (BigInt(qty) * above + 9_999n) / 10_000n;
  }

  private take(terms: Required<RequestTerms>, number: number, state: State, venue: number): ModelOrder {
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
      symbol: terms.symbol,
      venue,
      side: terms.side,
      type: terms.type,
      tif: terms.tif,
      qty: terms.qty,
      px: this.priceOf(terms),
      cum: 0,
      value: 0n,
      state,
      pending: null,
      id: terms.id,
      ids: [],
      venueId: "",
    };
    this.orders.set(slot, order);
    return order;
  }

  private addId(order: ModelOrder, id: string): void {
    if (isOpen(order) && order.ids.length >= 2 && this.claimed() >= 2 * this.config.maxOrders) {
      order.ids.splice(
        order.ids.findLastIndex((candidate) => candidate !== order.id),
        1,
      );
    }
    while (this.idsUsed() === 2 * this.config.maxOrders) this.recycle();
    order.ids.push(id);
  }

  private recycle(): void {
    const slot = this.done.shift()!;
    this.orders.delete(slot);
    this.freed.push(slot);
  }

  private slot(): number | undefined {
    if (this.freed.length > 0) return this.freed.at(-1);
    return this.fresh < this.config.maxOrders ? this.fresh : this.done[0];
  }

  private idsUsed(): number {
    return [...this.orders.values()].reduce((sum, order) => sum + order.ids.length, 0);
  }

  private claimed(): number {
    return [...this.orders.values()].filter(isOpen).reduce((sum, order) => sum + Math.max(2, order.ids.length), 0);
  }

  find(session: number, id: string): ModelOrder | undefined {
    return [...this.orders.values()].find((order) => order.session === session && order.ids.includes(id));
  }

  private statusOf(order: ModelOrder): string {
    if (order.pending !== null && isOpen(order)) return order.pending.kind === "cancel" ? "6" : "E";
    return STATUS[order.state];
  }

  private nextReport(session: number): number {
    const index = (this.reportIndex.get(session) ?? 0) + 1;
    this.reportIndex.set(session, index);
    return index;
  }

  /** An order refused for a symbol or account that is none has none. */
  private symbolOf(order: ModelOrder): string {
    return this.config.symbols.some(({ name }) => name === order.symbol) ? order.symbol : "";
  }

  private accountOf(order: ModelOrder): string {
    return this.account(order.account) === undefined ? "" : order.account;
  }

  private account(name: string) {
    return this.config.accounts.find((account) => account.name === name);
  }

  private collar(symbol: string): number {
    return this.config.symbols.find(({ name }) => name === symbol)!.collarPpm;
  }

  private route(symbol: string): number | undefined {
    const wanted = this.config.symbols.find(({ name }) => name === symbol)!.venue ?? this.config.defaultVenue;
    return this.config.venues.find(({ name }) => name === wanted)?.id;
  }

  private priceOf(terms: Required<RequestTerms>): number {
    return terms.type === code.TYPE_MARKET ? NO_PRICE : terms.px;
  }
}

const ILLEGAL = { outcome: outcome.ILLEGAL_REPORT, outs: [] as Out[] };
const DUPLICATE = { outcome: outcome.DUPLICATE_EXECUTION, outs: [] as Out[] };

function applied(out: Out) {
  return { outcome: outcome.APPLIED, outs: [out] };
}

const EMPTY_REPORT: Out = {
  out: "",
  session: 0,
  index: 0,
  execType: "",
  ordStatus: "",
  side: "",
  id: "",
  orig: "",
  orderId: "",
  execId: "",
  symbol: "",
  account: "",
  quantity: 0,
  price: 0,
  lastQty: 0,
  lastPx: 0,
  cumQty: 0,
  leavesQty: 0,
  avgPx: 0,
  reason: 0,
  ordRejReason: 0,
  cxlRejReason: 0,
  responseTo: "",
  text: "",
};
