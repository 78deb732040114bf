import { ascii } from "../../src/base/ascii.ts";
import { putId } from "../../src/base/id.ts";
import { EMPTY, NO_PRICE } from "../../src/base/units.ts";
import { Views } from "../../src/base/views.ts";
import { changeCommand, configureCommand } from "../../src/control/setting-changes.ts";
import type { CoreConfig } from "../../src/core/config.ts";
import type { Core } from "../../src/core/core.ts";
import {
  EXEC_NEW,
  MARK_POSS_DUP,
  POSS_DUP,
  POSS_RESEND,
  REPORT_EXECUTION,
  REPORT_VENUE_UP,
  REQUEST_CANCEL,
  REQUEST_MASS_CANCEL,
  REQUEST_MASS_STATUS,
  REQUEST_NEW,
  REQUEST_REPLACE,
  REQUEST_STATUS,
  SIDE_BUY,
  STATED_AVG_PX,
  STATED_CUM_QTY,
  STATED_LAST_PX,
  STATED_LAST_QTY,
  STATED_LEAVES_QTY,
  STATED_ORDER_QTY,
  STATED_PRICE,
  TIF_DAY,
  TYPE_LIMIT,
  TYPE_PEGGED,
  TYPE_STOP,
  TYPE_STOP_LIMIT,
} from "../../src/record/codes.ts";
import { Control } from "../../src/record/control.ts";
import {
  CONTROL_KILL,
  CONTROL_NAME_AT,
  CONTROL_REFERENCE_PRICE,
  CONTROL_SLOT_BYTES,
  CONTROL_TEXT_AT,
  CONTROL_UNCHANGED,
} from "../../src/record/control-codes.ts";
import { EXECUTION_REPORT_BYTES, ExecutionReport, REPORT_TEXT_AT } from "../../src/record/execution-report.ts";
import { ORDER_REQUEST_BYTES, OrderRequest } from "../../src/record/order-request.ts";
import type { CoreChange } from "../../src/record/setting-changes.ts";
import { setStopPrice } from "../../src/record/stop-price.ts";
import type { OneToOne } from "../../src/ring/one-to-one.ts";
import { type Amount, price, units } from "../numbers.ts";
import { besideOf } from "./beside.ts";
import { Accounts, coreOf, journalled } from "./core-of.ts";
import { hasLimit } from "./limit-types.ts";
import { type Out, readReport, readRequest } from "./outs.ts";
import { decided, endsReached, overridesUsed, stopReached } from "./own-commands.ts";

/** 1.00 in 1e-8. */
export const ONE = 100_000_000;
export const START_US = 1_700_000_000_000_000;

/** Two accounts, two symbols, two sessions, two venues; ALPHA trades AAPL, BETA the rest. */
export const CONFIG: CoreConfig = {
  maxOrders: 1024,
  kill: false,
  accounts: [
    limits("ACC1"),
    { ...limits("ACC2"), maxOrderQtyE8: units(500), maxOpenOrders: 2, ordersPerSecond: 3 },
    { ...limits("OFF"), enabled: false },
    { ...limits("BARE"), maxOrderQtyE8: 0n },
  ],
  symbols: [
    { name: "AAPL", enabled: true, referencePriceE8: price(100 * ONE), collarPpm: 50_000, venue: "ALPHA" },
    { name: "MSFT", enabled: true, referencePriceE8: price(200 * ONE), collarPpm: 100_000, venue: null },
    { name: "HALT", enabled: false, referencePriceE8: price(10 * ONE), collarPpm: 50_000, venue: null },
    { name: "BLIND", enabled: true, referencePriceE8: NO_PRICE, collarPpm: 50_000, venue: null },
  ],
  sessions: [
    { id: 1, accounts: ["ACC1", "ACC2", "OFF", "BARE"] },
    { id: 2, accounts: ["ACC2"] },
  ],
  sessionIds: 3,
  venues: [
    { id: 0, name: "ALPHA" },
    { id: 1, name: "BETA" },
  ],
  venueIds: 2,
  defaultVenue: "BETA",
};

function limits(name: string) {
  return {
    name,
    enabled: true,
    maxOrderQtyE8: units(1_000_000),
    maxOrderNotionalE4: 1_000_000_000_000n,
    maxOpenOrders: 100_000,
    ordersPerSecond: 1_000_000,
  };
}

export interface RequestTerms {
  kind?: number;
  session?: number;
  id?: string;
  orig?: string;
  account?: string;
  symbol?: string;
  side?: number;
  type?: number;
  tif?: number;
  qty?: Amount;
  px?: Amount;
  /** StopPx. */
  stop?: Amount;
  possResend?: boolean;
  /** PossDupFlag. */
  possDup?: boolean;
  epoch?: number;
  /** Of a new order; "": none. */
  trader?: string;
}

export interface ReportTerms {
  kind?: number;
  venue?: number;
  execType?: number;
  number?: number;
  requestNumber?: number;
  slot?: number;
  execId?: string;
  execRefId?: string;
  orderId?: string;
  lastQty?: Amount;
  lastPx?: Amount;
  cumQty?: Amount;
  leavesQty?: Amount;
  avgPx?: Amount;
  /** OrdStatus (39). */
  status?: string;
  unheldTag?: number;
  /** As versions wrote it that did not pass every report on. */
  former?: boolean;
  /** TransactTime. */
  transactUs?: number;
  /** PossDupFlag. */
  possDup?: boolean;
  quantity?: Amount;
  price?: Amount;
  text?: string;
  cxlRejReason?: number;
  ordRejReason?: number;
  /** By which rules it is taken; 0: those of versions before. Absent: as the agent stamps it. */
  rules?: number | undefined;
  /** Of one of the venue agent: why a throttle refuses the request. */
  reason?: number;
  symbol?: string;
  account?: string;
  side?: number;
}

function put(views: Views, at: number, value: string): void {
  const bytes = ascii(value);
  putId(views, at, bytes, 0, bytes.length);
}

/** A request record over its own memory. */
export function makeRequest(terms: RequestTerms): OrderRequest {
  const request = new OrderRequest(Views.allocate(ORDER_REQUEST_BYTES));
  const { views } = request;
  const type = terms.type ?? TYPE_LIMIT;
  request.kind = terms.kind ?? REQUEST_NEW;
  request.session = terms.session ?? 1;
  request.side = terms.side ?? SIDE_BUY;
  request.ordType = type;
  request.timeInForce = terms.tif ?? TIF_DAY;
  request.quantity = units(terms.qty ?? 100);
  request.priceE8 = hasLimit(type) ? price(terms.px ?? 100 * ONE) : NO_PRICE;
  if (type === TYPE_STOP || type === TYPE_STOP_LIMIT) setStopPrice(request, price(terms.stop ?? 100 * ONE));
  request.receivedUs = START_US;
  request.possResend = terms.possResend ? POSS_RESEND : terms.possDup ? POSS_DUP : 0;
  request.clOrdIdLength = (terms.id ?? "A").length;
  put(views, request.clOrdIdAt, terms.id ?? "A");
  request.accountLength = (terms.account ?? "ACC1").length;
  put(views, request.accountAt, terms.account ?? "ACC1");
  request.symbolLength = (terms.symbol ?? "AAPL").length;
  put(views, request.symbolAt, terms.symbol ?? "AAPL");
  // Of requests about many orders: the row of their party.
  if ([REQUEST_NEW, REQUEST_MASS_CANCEL, REQUEST_MASS_STATUS].includes(request.kind)) {
    request.traderLength = (terms.trader ?? "").length;
    put(views, request.traderAt, terms.trader ?? "");
  }
  request.origClOrdIdLength = (terms.orig ?? "").length;
  put(views, request.origClOrdIdAt, terms.orig ?? "");
  request.epoch = terms.epoch ?? 0;
  return request;
}

/** A venue's report over its own memory. */
export function makeReport(terms: ReportTerms): ExecutionReport {
  const report = new ExecutionReport(Views.allocate(EXECUTION_REPORT_BYTES));
  const { views } = report;
  report.kind = terms.kind ?? REPORT_EXECUTION;
  report.session = terms.venue ?? 0;
  report.execType = terms.execType ?? 0;
  report.side = terms.side ?? 0;
  report.number = terms.number ?? 0;
  report.requestNumber = terms.requestNumber ?? 0;
  report.slot = terms.slot ?? 0;
  report.lastQty = units(terms.lastQty ?? 0);
  report.lastPxE8 = price(terms.lastPx ?? NO_PRICE);
  report.cumQty = units(terms.cumQty ?? 0);
  report.leavesQty = units(terms.leavesQty ?? 0);
  report.avgPxE8 = price(terms.avgPx ?? 0);
  report.ordStatus = terms.status === undefined ? 0 : terms.status.charCodeAt(0);
  report.unheldTag = terms.unheldTag ?? 0;
  if (terms.former) report.transactUs = START_US;
  if (terms.transactUs) {
    report.transactUs = terms.transactUs;
    report.transactDigits = 3;
  }
  report.stated =
    (terms.cumQty === undefined ? 0 : STATED_CUM_QTY) |
    (terms.leavesQty === undefined ? 0 : STATED_LEAVES_QTY) |
    (terms.avgPx === undefined ? 0 : STATED_AVG_PX) |
    (terms.quantity ? STATED_ORDER_QTY : 0) |
    (terms.lastQty === undefined ? 0 : STATED_LAST_QTY) |
    (terms.lastPx === undefined || terms.lastPx === NO_PRICE ? 0 : STATED_LAST_PX) |
    (terms.price === undefined || terms.price === NO_PRICE ? 0 : STATED_PRICE);
  report.quantity = units(terms.quantity ?? 0);
  report.priceE8 = price(terms.price ?? NO_PRICE);
  report.reason = terms.reason ?? 0;
  report.rules = (terms.rules ?? 0) | (terms.possDup ? MARK_POSS_DUP : 0);
  report.cxlRejReason = terms.cxlRejReason ?? 0;
  report.ordRejReason = terms.ordRejReason ?? 0;
  report.execIdLength = (terms.execId ?? "").length;
  put(views, report.execIdAt, terms.execId ?? "");
  report.orderIdLength = (terms.orderId ?? "").length;
  put(views, report.orderIdAt, terms.orderId ?? "");
  const words = ascii(terms.text ?? "");
  report.bytes.set(words, REPORT_TEXT_AT);
  report.textLength = words.length;
  if (terms.execRefId) {
    report.execRefIdLength = terms.execRefId.length;
    put(views, report.execRefIdAt, terms.execRefId);
  }
  report.symbolLength = (terms.symbol ?? "").length;
  put(views, report.symbolAt, terms.symbol ?? "");
  report.accountLength = (terms.account ?? "").length;
  put(views, report.accountAt, terms.account ?? "");
  return report;
}

/** A pegged order says what it follows, where its test says nothing else. */
const PEG = besideOf([["18=R"]]);
const CHANGES = [REQUEST_NEW, REQUEST_REPLACE];

/** An input as a journal keeps it. */
export type Input =
  | { kind: "order"; words: Int32Array; timeUs: number; decision: number }
  | { kind: "report"; words: Int32Array; timeUs: number }
  | { kind: "control"; words: Int32Array; timeUs: number; decision: number };

/** A core with rings at hand: puts records in, takes what comes out, and keeps the inputs as a journal would. */
export class CoreDriver {
  readonly counters: Float64Array;
  readonly core: Core;
  readonly accounts: Accounts;
  readonly journal: Input[] = [];
  timeUs = START_US;
  starved = false;
  private readonly reportRing: OneToOne;
  private readonly requestRing: OneToOne;
  private readonly report: ExecutionReport;
  private readonly request: OrderRequest;

  constructor(
    readonly config: CoreConfig = CONFIG,
    up = true,
    slots = 1024,
  ) {
    this.core = coreOf(config, slots);
    this.counters = this.core.counters;
    this.accounts = new Accounts(this.core);
    this.reportRing = this.core.rings.toClients[0]!.ring;
    this.requestRing = this.core.rings.toVenues[0]!.ring;
    this.report = new ExecutionReport(this.reportRing.views);
    this.request = new OrderRequest(this.requestRing.views);
    if (up) for (const venue of config.venues) this.tell({ kind: REPORT_VENUE_UP, venue: venue.id });
  }

  /** Takes a request as the agent does. Returns the decision. */
  enter(request: OrderRequest): number {
    return this.withPeg(request, () => this.enterAlone(request));
  }

  private withPeg<T>(request: OrderRequest, enter: () => T): T {
    const isPegged = request.ordType === TYPE_PEGGED && CHANGES.includes(request.kind) && request.groupsLength === 0;
    if (isPegged) this.core.carry(true, PEG, 0, PEG.bytes.length);
    const result = enter();
    if (isPegged) this.dropCarried();
    return result;
  }

  /** Nothing came with the next input; venues have taken what came with those before. */
  protected dropCarried(): void {
    this.core.carryNothing();
    const groups = this.core.rings.toVenues[0]!.groups;
    while (groups.peek() !== EMPTY) groups.release();
  }

  private enterAlone(request: OrderRequest): number {
    endsReached(this);
    const decision = decided(this, request);
    this.core.stamp(request);
    overridesUsed(this, request, decision);
    this.journal.push({
      kind: "order",
      words: request.views.ints.slice(0, ORDER_REQUEST_BYTES / 4),
      timeUs: this.timeUs,
      decision,
    });
    this.core.apply(request, this.timeUs);
    return decision;
  }

  order(terms: RequestTerms): Out[] {
    this.enter(makeRequest(terms));
    return this.take();
  }

  /** A cancel without an OrderQty, unless the terms have one. */
  cancel(terms: RequestTerms): Out[] {
    return this.order({ qty: 0, ...terms, kind: REQUEST_CANCEL });
  }

  replace(terms: RequestTerms): Out[] {
    return this.order({ ...terms, kind: REQUEST_REPLACE });
  }

  status(terms: RequestTerms): Out[] {
    return this.order({ ...terms, kind: REQUEST_STATUS });
  }

  /** Gives a venue's report. Returns its outcome; what came out is for `take`. */
  tell(terms: ReportTerms): number {
    const report = makeReport(terms);
    if (terms.rules === undefined) this.core.stampRules(report);
    this.core.mark(report, this.timeUs);
    this.journal.push({
      kind: "report",
      words: report.views.ints.slice(0, EXECUTION_REPORT_BYTES / 4),
      timeUs: this.timeUs,
    });
    return stopReached(this, this.core.report(report, this.timeUs));
  }

  /** The same, and what came out of it. */
  say(terms: ReportTerms): Out[] {
    this.tell(terms);
    return this.take();
  }

  kill(on: boolean): void {
    this.instruct(CONTROL_KILL, on ? 1 : 0, 0, "");
  }

  reference(symbol: string, priceE8: Amount): boolean {
    return this.instruct(CONTROL_REFERENCE_PRICE, 0, price(priceE8), symbol) <= CONTROL_UNCHANGED;
  }

  /** All changes of settings, or none. Returns the result of the command. */
  change(changes: readonly CoreChange[], by = "alice", make = changeCommand): number {
    const { kind, value = 0, amount = 0, text = new Uint8Array() } = make(changes, by)!;
    return this.command(kind, value, amount, by, text);
  }

  configure = (changes: readonly CoreChange[]): number => this.change(changes, "reload", configureCommand);

  /** Returns the result of the command. */
  instruct(kind: number, value: number, amount: Amount, name: string): number {
    return this.command(kind, value, amount, name, new Uint8Array());
  }

  command(kind: number, value: number, amount: Amount, name: string, text: Uint8Array): number {
    const control = new Control(Views.allocate(CONTROL_SLOT_BYTES));
    control.kind = kind;
    control.value = value;
    if (typeof amount === "bigint") control.price = amount;
    else control.amount = amount;
    put(control.views, CONTROL_NAME_AT, name);
    control.atUs = this.timeUs;
    control.textLength = text.length;
    control.views.bytes.set(text, CONTROL_TEXT_AT);
    const result = this.core.control(control, this.timeUs);
    const words = control.views.ints.slice(0, CONTROL_SLOT_BYTES / 4);
    this.journal.push({ kind: "control", words, timeUs: this.timeUs, decision: journalled(control.kind, result) });
    return result;
  }

  /** The oldest request that has come out and was not taken. */
  sent(): OrderRequest {
    return this.request.aim(this.requestRing.peek());
  }

  /** Everything that has come out: requests first, then reports. */
  take(): Out[] {
    const outs: Out[] = [];
    for (let at = this.requestRing.peek(); at !== EMPTY; at = this.requestRing.peek()) {
      outs.push(readRequest(this.request.aim(at)));
      this.requestRing.release();
    }
    for (let at = this.reportRing.peek(); at !== EMPTY; at = this.reportRing.peek()) {
      outs.push(readReport(this.report.aim(at)));
      this.reportRing.release();
    }
    return outs;
  }

  /** Feeds a journal as a restart does. */
  replay(journal: readonly Input[], sentReports: number[], sentRequests: number[]): void {
    this.core.beginReplay(sentReports, sentRequests);
    for (const input of journal) {
      const views = Views.allocate(Math.max(EXECUTION_REPORT_BYTES, CONTROL_SLOT_BYTES));
      views.ints.set(input.words);
      const request = new OrderRequest(views);
      if (input.kind === "order") this.withPeg(request, () => this.core.order(request, input.timeUs, input.decision));
      else if (input.kind === "report") this.core.report(new ExecutionReport(views), input.timeUs);
      else this.core.control(new Control(views), input.timeUs, input.decision);
    }
  }
}

/** The one record that came out. */
export function only(outs: Out[]): Out {
  if (outs.length !== 1) throw new Error(`expected one record, got ${JSON.stringify(outs)}`);
  return outs[0]!;
}

/** A driver with the order "A" (100 AAPL at 100) acknowledged. */
export function working(): CoreDriver {
  const driver = new CoreDriver();
  driver.order({ id: "A" });
  driver.say({ execType: EXEC_NEW, number: 1, slot: 0, orderId: "V1" });
  return driver;
}
