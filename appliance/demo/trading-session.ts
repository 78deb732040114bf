import { monotonicNs } from "../../ffi/clock.ts";
import { ascii, put } from "../../src/base/ascii.ts";
import { putWhole, readInt } from "../../src/base/decimal.ts";
import type { Views } from "../../src/base/views.ts";
import type { FixSession } from "../../src/fix/session/session.ts";
import type { Scanner } from "../../src/fix/wire/scan.ts";
import * as tag from "../../src/fix/wire/tags.ts";
import * as code from "../../src/record/codes.ts";
import type { Link } from "../../src/session/link.ts";
import { Latency } from "../../src/telemetry/latency.ts";
import type { Arrivals } from "./arrivals.ts";
import {
  countsOf,
  NO_MORE,
  OPEN,
  OTHER_REJECTS,
  REFUSED,
  REPORTS,
  REQUESTS,
  roundTripAt,
  TOO_LATE,
  type TraderData,
  toExchangeAt,
  WARM_BURST,
} from "./trading-words.ts";

const REMEMBERED = 65_536;
const MASK = REMEMBERED - 1;
/** Open orders of one session beyond which it cancels rather than adds. */
const MOST_OPEN = 24;

/** Percentage of burst orders that exceed the account's limit on purpose. */
const BEYOND_PERCENT = 5;
/** A request without an answer after this time is lost. */
const LOST_NS = 1e9;

/** Counters and histograms of all sessions by phase. */
export class PhaseCounters {
  private readonly roundTrips: Latency[] = [];
  private readonly toExchange: Latency[] = [];
  private countsAt = countsOf(WARM_BURST);
  private phase = WARM_BURST;

  constructor(
    views: Views,
    readonly counts: Float64Array = views.doubles,
  ) {
    for (let phase = 0; phase < NO_MORE; phase++) {
      this.roundTrips.push(new Latency(views, roundTripAt(phase)));
      this.toExchange.push(new Latency(views, toExchangeAt(phase)));
    }
  }

  begin(phase: number): void {
    this.phase = phase;
    this.countsAt = countsOf(phase);
  }

  count(counter: number): void {
    this.counts[this.countsAt + counter]!++;
  }

  /** An order that the exchange had at `arrivedNs`, or 0, and whose first report is there at `nowNs`. */
  order(sentNs: number, arrivedNs: number, nowNs: number): void {
    this.roundTrips[this.phase]!.record(nowNs - sentNs);
    if (arrivedNs > 0) this.toExchange[this.phase]!.record(arrivedNs - sentNs);
  }
}

/** One trading client: sends a mix of orders, cancels and replaces, and keeps account of every answer. */
export class TradingSession {
  /** Requests without any report yet. */
  inFlight = 0;
  /** A report that is no rejection has come: the way to the exchange is open. */
  answered = false;
  private last = 0;
  private oldest = 1;
  private oldestWaiting = 1;
  private readonly sentNs = new Float64Array(REMEMBERED);
  private readonly waits = new Uint8Array(REMEMBERED);
  private readonly isNew = new Uint8Array(REMEMBERED);
  private readonly open = new Uint8Array(REMEMBERED);
  /** A cancel or replace of it is on its way. */
  private readonly busy = new Uint8Array(REMEMBERED);
  /** It is beyond the account's limit on purpose. */
  private readonly beyond = new Uint8Array(REMEMBERED);
  private readonly symbolOf = new Uint8Array(REMEMBERED);
  private readonly sideOf = new Uint8Array(REMEMBERED);
  private openCount = 0;
  private seed: number;
  private readonly prefix: Uint8Array;
  private readonly account: Uint8Array;
  private readonly symbols: Uint8Array[];

  constructor(
    readonly link: Link<FixSession>,
    private readonly data: TraderData,
    private readonly figures: PhaseCounters,
    private readonly arrivals: Arrivals,
  ) {
    this.seed = 0x9e3779b9 ^ Math.imul(link.id + 1, 0x85ebca6b);
    this.prefix = ascii(`${link.name}-`);
    this.account = ascii(data.account);
    this.symbols = data.symbols.map((symbol) => ascii(symbol.name));
  }

  /** Sends the next request of the mix; `beyonds`: among them orders that the gateway has to refuse. */
  send(wallUs: number, beyonds: boolean): void {
    const chance = this.random(100);
    const target = this.openCount > MOST_OPEN || chance < 25 ? this.oldestOpen() : 0;
    if (target !== 0 && chance % 5 < 3) this.cancel(target, wallUs);
    else if (target !== 0) this.replace(target, wallUs);
    else this.order(wallUs, beyonds);
  }

  /** A small order that fills at once or not at all; asks whether the way is open. */
  probe(wallUs: number): void {
    const writer = this.begin(tag.NEW_ORDER_SINGLE, 0, 0, code.SIDE_BUY);
    this.finish(writer, 1, code.TYPE_LIMIT, code.TIF_IOC, this.data.symbols[0]!.priceE8, wallUs);
  }

  /** Takes an ExecutionReport or OrderCancelReject. */
  report(scan: Scanner): void {
    this.figures.count(REPORTS);
    const number = this.numberOf(scan, tag.ClOrdID);
    const execType = scan.char(tag.ExecType);
    if (number === 0 || execType === code.EXEC_PENDING_NEW) return;
    if (execType === code.EXEC_PENDING_CANCEL || execType === code.EXEC_PENDING_REPLACE) return;
    const isCancelReject = scan.msgType === tag.ORDER_CANCEL_REJECT;
    const refused = isCancelReject || execType === code.EXEC_REJECTED;
    if (this.waits[number & MASK] === 1) this.answer(number, refused, scan);
    if (refused)
      this.figures.count(isCancelReject ? TOO_LATE : this.beyond[number & MASK] === 1 ? REFUSED : OTHER_REJECTS);
    const orig = this.numberOf(scan, tag.OrigClOrdID);
    if (orig !== 0) this.busy[orig & MASK] = 0;
    if (isCancelReject) return;
    const status = scan.char(tag.OrdStatus);
    if (execType === code.EXEC_REPLACED && orig !== 0) this.setOpen(orig, 0);
    if (execType === code.EXEC_CANCELED && orig !== 0) this.setOpen(orig, 0);
    else this.setOpen(number, status === code.STATUS_NEW || status === code.STATUS_PARTIALLY_FILLED ? 1 : 0);
  }

  /** Requests that have waited for their answer too long. */
  lost(nowNs: number): number {
    while (this.oldestWaiting <= this.last && this.waits[this.oldestWaiting & MASK] === 0) this.oldestWaiting++;
    let count = 0;
    for (let i = this.oldestWaiting; i <= this.last; i++)
      if (this.waits[i & MASK] === 1 && nowNs - this.sentNs[i & MASK]! > LOST_NS) count++;
    return count;
  }

  private answer(number: number, refused: boolean, scan: Scanner): void {
    const slot = number & MASK;
    this.waits[slot] = 0;
    this.inFlight--;
    // A refusal has not gone to the exchange: it would make the round trip look shorter than it is.
    if (this.isNew[slot] === 1 && !refused) {
      const arrivedNs = this.arrivals.at(this.wholeOf(scan, tag.OrderID, 0));
      this.figures.order(this.sentNs[slot]!, arrivedNs, monotonicNs());
    }
    if (!refused) this.answered = true;
  }

  private order(wallUs: number, beyonds: boolean): void {
    const symbol = this.random(this.symbols.length);
    const buys = this.random(2) === 0;
    const chance = this.random(100);
    const { priceE8, tickE8 } = this.data.symbols[symbol]!;
    const beyond = beyonds && chance < BEYOND_PERCENT;
    const quantity = beyond ? this.data.maxOrderQty + 1 : 100 * (1 + this.random(10));
    const isMarket = chance >= BEYOND_PERCENT && chance < 9;
    const isImmediate = chance >= 9 && chance < 17;
    const crosses = isImmediate || chance < 55;
    const away = (crosses ? 1 : -1) * (1 + this.random(5)) * tickE8;
    const writer = this.begin(tag.NEW_ORDER_SINGLE, 0, symbol, buys ? code.SIDE_BUY : code.SIDE_SELL);
    this.beyond[this.last & MASK] = beyond ? 1 : 0;
    const type = isMarket ? code.TYPE_MARKET : code.TYPE_LIMIT;
    const tif = isImmediate ? code.TIF_IOC : code.TIF_DAY;
    this.finish(writer, quantity, type, tif, priceE8 + (buys ? away : -away), wallUs);
  }

  private cancel(target: number, wallUs: number): void {
    this.busy[target & MASK] = 1;
    const side = this.sideOf[target & MASK]!;
    const symbol = this.symbolOf[target & MASK]!;
    const writer = this.begin(tag.ORDER_CANCEL_REQUEST, target, symbol, side);
    writer.timestamp(tag.TransactTime, wallUs);
    this.link.session.out.end(0);
  }

  private replace(target: number, wallUs: number): void {
    this.busy[target & MASK] = 1;
    const side = this.sideOf[target & MASK]!;
    const symbol = this.symbolOf[target & MASK]!;
    const { priceE8, tickE8 } = this.data.symbols[symbol]!;
    const away = (1 + this.random(5)) * tickE8;
    const writer = this.begin(tag.ORDER_CANCEL_REPLACE_REQUEST, target, symbol, side);
    const price = side === code.SIDE_BUY ? priceE8 - away : priceE8 + away;
    this.finish(writer, 100 * (5 + this.random(10)), code.TYPE_LIMIT, code.TIF_DAY, price, wallUs);
  }

  /** Begins a request: everything up to its terms. */
  private begin(msgType: number, orig: number, symbol: number, side: number) {
    const number = ++this.last;
    const slot = number & MASK;
    this.setOpen(number, 0);
    this.sentNs[slot] = monotonicNs();
    this.waits[slot] = 1;
    this.isNew[slot] = msgType === tag.NEW_ORDER_SINGLE ? 1 : 0;
    this.busy[slot] = 0;
    this.symbolOf[slot] = symbol;
    this.sideOf[slot] = side;
    this.inFlight++;
    this.figures.count(REQUESTS);
    const writer = this.link.session.out.begin(msgType);
    writer.text(tag.Account, this.account);
    writer.tag(tag.ClOrdID);
    writer.endField(putWhole(writer.bytes, put(writer.bytes, writer.at, this.prefix), number));
    if (orig !== 0) {
      writer.tag(tag.OrigClOrdID);
      writer.endField(putWhole(writer.bytes, put(writer.bytes, writer.at, this.prefix), orig));
    }
    writer.char(tag.Side, side);
    writer.text(tag.Symbol, this.symbols[symbol]!);
    return writer;
  }

  private finish(
    writer: ReturnType<TradingSession["begin"]>,
    quantity: number,
    type: number,
    tif: number,
    priceE8: number,
    wallUs: number,
  ): void {
    writer.char(tag.HandlInst, 49);
    writer.decimalE8(tag.OrderQty, quantity * 1e8);
    writer.char(tag.OrdType, type);
    if (type === code.TYPE_LIMIT) writer.decimalE8(tag.Price, priceE8);
    writer.char(tag.TimeInForce, tif);
    writer.timestamp(tag.TransactTime, wallUs);
    this.link.session.out.end(0);
  }

  private setOpen(number: number, open: number): void {
    const slot = number & MASK;
    if (this.open[slot] === open) return;
    this.open[slot] = open;
    this.openCount += open === 1 ? 1 : -1;
    this.figures.counts[OPEN]! += open === 1 ? 1 : -1;
  }

  /** The oldest open order that nothing is on its way for, or 0. */
  private oldestOpen(): number {
    while (this.oldest < this.last && this.open[this.oldest & MASK] === 0 && this.waits[this.oldest & MASK] === 0)
      this.oldest++;
    for (let i = this.oldest; i <= this.last; i++) if (this.open[i & MASK] === 1 && this.busy[i & MASK] === 0) return i;
    return 0;
  }

  private numberOf(scan: Scanner, field: number): number {
    return this.wholeOf(scan, field, this.prefix.length);
  }

  /** A whole number behind `skip` bytes of a field, or 0. */
  private wholeOf(scan: Scanner, field: number, skip: number): number {
    const at = scan.find(field);
    if (at < 0) return 0;
    const number = readInt(scan.bytes, scan.starts[at]! + skip, scan.ends[at]!);
    return number < 0 ? 0 : number;
  }

  private random(below: number): number {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return (this.seed >>> 0) % below;
  }
}
