import { addressOf, hugePages, populateWrite } from "../ffi/memory.ts";
import { putWhole } from "../src/base/decimal.ts";
import { SHORT_ID_BYTES } from "../src/base/id.ts";
import { UNIT_E8 } from "../src/base/units.ts";
import type { AccountLimits, CoreConfig, SymbolTerms } from "../src/core/config.ts";
import { Core } from "../src/core/core.ts";
import { COUNT_OPEN } from "../src/core/counters.ts";
import {
  EXEC_CANCELED,
  EXEC_TRADE,
  REPORT_EXECUTION,
  REPORT_VENUE_UP,
  REQUEST_NEW,
  SIDE_BUY,
  TIF_DAY,
  TYPE_LIMIT,
} from "../src/record/codes.ts";
import { ExecutionReport } from "../src/record/execution-report.ts";
import { OrderRequest } from "../src/record/order-request.ts";

/** Of each order: units, and price. */
export const QUANTITY = 100;
const QUANTITY_E8 = 100n * UNIT_E8;
export const PRICE_E8 = 100n * UNIT_E8;
const BEGIN_US = 1_700_000_000_000_000;
/** Between two orders. */
export const PACE_US = 250;
const RINGS = { toClients: 1024, toVenues: 1024, inputs: 2, control: 2, groups: 2 };

const MOST = 1_000_000_000_000;
/** What an account must have, too large to refuse anything. */
export const ACCOUNT: AccountLimits = {
  name: "ACC1",
  enabled: true,
  maxOrderQtyE8: 1_000_000_000_000_000_000n,
  maxOrderNotionalE4: BigInt(MOST),
  maxOpenOrders: MOST,
  ordersPerSecond: MOST,
};
export const SYMBOL: SymbolTerms = {
  name: "AAPL",
  enabled: true,
  referencePriceE8: PRICE_E8,
  collarPpm: 50_000,
  venue: null,
};

/** One account buys one symbol at one venue. */
export function flowConfig(maxOrders: number, more: Partial<CoreConfig> = {}): CoreConfig {
  return {
    maxOrders,
    kill: false,
    accounts: [ACCOUNT],
    symbols: [SYMBOL],
    sessions: [{ id: 0, accounts: [ACCOUNT.name] }],
    sessionIds: 1,
    venues: [{ id: 0, name: "XCH" }],
    venueIds: 1,
    defaultVenue: "XCH",
    ...more,
  };
}

function zeroId(ints: Int32Array, at: number): void {
  for (let i = at >> 2; i < (at + SHORT_ID_BYTES) >> 2; i++) ints[i] = 0;
}

/** A core whose records are written and read as agents do, in this thread: buy orders of one kind, and what the venue says of them. */
export class CoreFlow {
  readonly core: Core;
  private readonly request: OrderRequest;
  private readonly report: ExecutionReport;
  private readonly sent: OrderRequest;
  private clOrdId = 0;
  private timeUs = BEGIN_US;

  constructor(config: CoreConfig) {
    this.core = Core.alone(config, RINGS);
    const { area, rings } = this.core;
    // As the gateway does for the core's tables.
    hugePages(addressOf(area.buffer), area.buffer.byteLength);
    populateWrite(addressOf(area.buffer), area.buffer.byteLength);
    // In slots of the rings of inputs, which nobody polls: the core reads them where they are.
    const inputs = rings.orders[0]!.ring;
    this.request = new OrderRequest(inputs.views).aim(inputs.claim());
    const answers = rings.reports[0]!.ring;
    this.report = new ExecutionReport(answers.views).aim(answers.claim());
    this.sent = new OrderRequest(rings.toVenues[0]!.ring.views);
    this.prepare(config.traders?.[0]?.name ?? "");
  }

  get open(): number {
    return this.core.counters[COUNT_OPEN]!;
  }

  /** Units bought. */
  get executed(): number {
    return Number(this.core.tables.account.aim(0).executedQty(SIDE_BUY) / UNIT_E8);
  }

  /** Enters orders that fill at once. Returns the units bought. */
  ordersAndFills(count: number): number {
    const before = this.executed;
    for (let i = 0; i < count; i++) {
      this.enter();
      this.fill();
    }
    return this.executed - before;
  }

  /** Enters orders that stay open. Returns how many did. */
  ordersOnly(count: number): number {
    const before = this.open;
    for (let i = 0; i < count; i++) {
      this.enter();
      this.core.rings.toVenues[0]!.ring.release();
    }
    return this.open - before;
  }

  /** Cancels all open orders. */
  clear(): void {
    const { core, report } = this;
    const reports = core.rings.toClients[0]!.ring;
    report.execType = EXEC_CANCELED;
    for (let slot = 0; slot < core.tables.fresh && this.open > 0; slot++) {
      const order = core.tables.order.aim(slot);
      report.slot = slot;
      report.number = order.number;
      core.report(report, this.timeUs);
      if (reports.size() > 0) reports.release();
    }
    report.execType = EXEC_TRADE;
  }

  private prepare(trader: string): void {
    const { core, report, request } = this;
    request.kind = REQUEST_NEW;
    request.side = SIDE_BUY;
    request.ordType = TYPE_LIMIT;
    request.timeInForce = TIF_DAY;
    request.quantity = QUANTITY_E8;
    request.priceE8 = PRICE_E8;
    const text = Buffer.from(request.bytes.buffer);
    request.accountLength = text.write(ACCOUNT.name, request.accountAt, "latin1");
    request.symbolLength = text.write(SYMBOL.name, request.symbolAt, "latin1");
    if (trader !== "") request.traderLength = text.write(trader, request.traderAt, "latin1");
    report.kind = REPORT_VENUE_UP;
    core.report(report, this.timeUs);
    report.kind = REPORT_EXECUTION;
    report.execType = EXEC_TRADE;
    report.lastQty = QUANTITY_E8;
    report.cumQty = QUANTITY_E8;
    report.lastPxE8 = PRICE_E8;
  }

  /** Enters one order, whose request `sent` then is. */
  private enter(): void {
    const { core, request } = this;
    zeroId(request.views.ints, request.clOrdIdAt);
    const end = putWhole(request.bytes, request.clOrdIdAt, 1_000_000_000 + this.clOrdId++);
    request.clOrdIdLength = end - request.clOrdIdAt;
    this.timeUs += PACE_US;
    core.order(request, this.timeUs);
    this.sent.aim(core.rings.toVenues[0]!.ring.peek());
  }

  /** Enters the fill of that order and takes the report. */
  private fill(): void {
    const { core, report, sent } = this;
    const reports = core.rings.toClients[0]!.ring;
    report.number = sent.number;
    report.slot = sent.slot;
    core.rings.toVenues[0]!.ring.release();
    zeroId(report.views.ints, report.execIdAt);
    report.execIdLength = putWhole(report.bytes, report.execIdAt, this.clOrdId) - report.execIdAt;
    core.report(report, this.timeUs);
    reports.peek();
    reports.release();
  }
}
