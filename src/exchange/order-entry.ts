import { ascii } from "../base/ascii.ts";
import { copyId, ID_BYTES } from "../base/id.ts";
import type { LaneTime } from "../base/lane-time.ts";
import { isExact, isNoPrice, numberAt } from "../base/long.ts";
import { NONE } from "../base/units.ts";
import { execTransType, execTypeFor } from "../fix/orders/exec-type.ts";
import type { FixSession } from "../fix/session/session.ts";
import * as tag from "../fix/wire/tags.ts";
import { NO_REASON as NO_REASON_FITS } from "../fix/wire/version.ts";
import {
  EXEC_CANCELED,
  EXEC_NEW,
  EXEC_REJECTED,
  EXEC_REPLACED,
  EXEC_STATUS,
  EXEC_TRADE,
  REQUEST_CANCEL,
  REQUEST_NEW,
  REQUEST_REPLACE,
  RESPONSE_TO_CANCEL,
  RESPONSE_TO_REPLACE,
  SIDE_BUY,
  SIDE_SELL,
  SIDE_SELL_SHORT,
  STATUS_CANCELED,
  STATUS_FILLED,
  STATUS_NEW,
  STATUS_PARTIALLY_FILLED,
  STATUS_REJECTED,
  TIF_DAY,
  TIF_FOK,
  TIF_GTC,
  TIF_IOC,
  TYPE_LIMIT,
  TYPE_MARKET,
} from "../record/codes.ts";
import type { OrderRequest } from "../record/order-request.ts";
import type { Link } from "../session/link.ts";
import {
  ACCEPTED,
  ALL_OR_NOTHING,
  ANY_PRICE,
  BAD_QUANTITY,
  Book,
  type BookEvents,
  IMMEDIATE,
  RESTING,
  TOO_LATE,
} from "./book.ts";
import { IdTable } from "./id-table.ts";
import { ExchangeReportWriter, OrderDetails } from "./reports.ts";

/** OrdRejReason (103). */
const REASON_BROKER = 0;
const REASON_UNKNOWN_SYMBOL = 1;
const REASON_DUPLICATE = 6;
const REASON_UNSUPPORTED = 11;
const REASON_QUANTITY = 13;
const REASON_OTHER = 99;
/** CxlRejReason (102). */
const CXL_TOO_LATE = 0;
const CXL_UNKNOWN = 1;
const CXL_DUPLICATE = 6;
const CXL_OTHER = 99;
const NO_REASON = -1;

/** Enters the requests of all sessions into the book, and reports the book's events to the sessions. */
export class OrderEntry implements BookEvents {
  readonly book: Book;
  private readonly orders: IdTable;
  private readonly symbols: IdTable;
  private readonly details: OrderDetails;
  private readonly reports: ExchangeReportWriter;
  private symbolCount = 0;
  private orderCount = 0;
  /** The request in progress. */
  private request!: OrderRequest;
  private requestOrder = NONE;

  constructor(
    private readonly links: readonly Link<FixSession>[],
    private readonly time: LaneTime,
    maxOrders: number,
    private readonly maxSymbols: number,
    birth: number,
  ) {
    this.book = new Book(this, maxOrders, maxSymbols);
    this.orders = new IdTable(maxOrders);
    this.symbols = new IdTable(maxSymbols);
    this.details = new OrderDetails(maxOrders);
    this.reports = new ExchangeReportWriter(birth, this.book, this.details, this.orders, this.symbols);
  }

  /** Handles one request; `request.session` is the index of its link. */
  take(request: OrderRequest): void {
    this.request = request;
    this.requestOrder = NONE;
    if (request.kind === REQUEST_NEW) this.enter(request);
    else if (request.kind === REQUEST_CANCEL) this.cancel(request);
    else if (request.kind === REQUEST_REPLACE) this.replace(request);
    else this.status(request);
    this.requestOrder = NONE;
  }

  accepted(order: number): void {
    this.details.status[order] = STATUS_NEW;
    this.report(order, EXEC_NEW, NO_REASON, null);
  }

  rejected(order: number, reason: number): void {
    this.details.status[order] = STATUS_REJECTED;
    if (reason === BAD_QUANTITY) this.report(order, EXEC_REJECTED, REASON_QUANTITY, NO_QUANTITY);
    else this.report(order, EXEC_REJECTED, REASON_OTHER, BAD_PRICE_TEXT);
  }

  filled(maker: number, taker: number, priceE8: number, quantity: number): void {
    this.trade(maker, priceE8, quantity);
    this.trade(taker, priceE8, quantity);
  }

  cancelled(order: number): void {
    this.details.status[order] = STATUS_CANCELED;
    if (order === this.requestOrder) this.answersRequest();
    this.report(order, EXEC_CANCELED, NO_REASON, null);
  }

  /** The order now has the request's ClOrdID. */
  replaced(order: number): void {
    const request = this.request;
    const reports = this.reports;
    copyId(reports.orig.ints, 0, this.orders.ids.ints, this.orders.at(order), this.orders.lengths[order]!);
    reports.origLength = this.orders.lengths[order]!;
    const owner = this.orders.owners[order]!;
    this.orders.put(order, request.views.ints, request.clOrdIdAt, request.clOrdIdLength, owner);
    this.report(order, EXEC_REPLACED, NO_REASON, null);
  }

  private enter(request: OrderRequest): void {
    const ints = request.views.ints;
    if (this.orders.find(ints, request.clOrdIdAt, request.clOrdIdLength, request.session) !== NONE) {
      if (request.possResend === 0) this.refuse(request, REASON_DUPLICATE, DUPLICATE);
      return;
    }
    if (!isSide(request.side) || !isStandard(request)) {
      this.refuse(request, REASON_UNSUPPORTED, UNSUPPORTED);
      return;
    }
    const symbol = this.symbolOf(request);
    if (symbol === NONE) {
      this.refuse(request, REASON_UNKNOWN_SYMBOL, SYMBOLS_FULL);
      return;
    }
    const order = this.book.claim();
    if (order === NONE) {
      this.refuse(request, REASON_BROKER, ORDERS_FULL);
      return;
    }
    this.store(order, request);
    const price = request.ordType === TYPE_MARKET ? ANY_PRICE : priceOf(request);
    this.book.enter(order, symbol, request.side === SIDE_BUY, lifetime(request), price, quantityOf(request));
  }

  private cancel(request: OrderRequest): void {
    const order = this.original(request);
    this.requestOrder = order;
    if (order === NONE) this.refuseCancel(request, NONE, CXL_UNKNOWN, null);
    else if (this.book.cancel(order) === TOO_LATE) this.refuseCancel(request, order, CXL_TOO_LATE, null);
  }

  private replace(request: OrderRequest): void {
    const order = this.original(request);
    if (order === NONE) {
      this.refuseCancel(request, NONE, CXL_UNKNOWN, null);
      return;
    }
    if (this.orders.find(request.views.ints, request.clOrdIdAt, request.clOrdIdLength, request.session) !== NONE) {
      this.refuseCancel(request, order, CXL_DUPLICATE, DUPLICATE);
      return;
    }
    if (request.ordType !== TYPE_LIMIT || request.side !== this.details.side[order]!) {
      this.refuseCancel(request, order, CXL_OTHER, FIXED_TERMS);
      return;
    }
    const result = this.book.replace(order, priceOf(request), quantityOf(request));
    if (result === TOO_LATE) this.refuseCancel(request, order, CXL_TOO_LATE, null);
    else if (result !== ACCEPTED) this.refuseCancel(request, order, CXL_OTHER, BAD_REPLACE_TEXT);
  }

  private status(request: OrderRequest): void {
    const order = this.orders.find(request.views.ints, request.clOrdIdAt, request.clOrdIdLength, request.session);
    if (order !== NONE) this.report(order, EXEC_STATUS, NO_REASON, null);
    else this.unknown(request, EXEC_STATUS, NO_REASON, UNKNOWN);
  }

  private original(request: OrderRequest): number {
    return this.orders.find(request.views.ints, request.origClOrdIdAt, request.origClOrdIdLength, request.session);
  }

  private symbolOf(request: OrderRequest): number {
    const length = request.symbolLength;
    const symbol = this.symbols.find(request.views.ints, request.symbolAt, length, 0);
    if (symbol !== NONE || this.symbolCount === this.maxSymbols) return symbol;
    this.symbols.put(this.symbolCount, request.views.ints, request.symbolAt, length, 0);
    return this.symbolCount++;
  }

  private store(order: number, request: OrderRequest): void {
    const details = this.details;
    this.orders.put(order, request.views.ints, request.clOrdIdAt, request.clOrdIdLength, request.session);
    details.side[order] = request.side;
    details.ordType[order] = request.ordType;
    details.timeInForce[order] = request.timeInForce;
    details.number[order] = ++this.orderCount;
    const length = request.accountLength;
    details.accountLength[order] = length;
    if (length > 0) copyId(details.accounts.ints, order * ID_BYTES, request.views.ints, request.accountAt, length);
  }

  private trade(order: number, priceE8: number, quantity: number): void {
    this.details.status[order] = this.book.live[order] === 1 ? STATUS_PARTIALLY_FILLED : STATUS_FILLED;
    this.reports.lastPxE8 = priceE8;
    this.reports.lastQty = quantity;
    this.report(order, EXEC_TRADE, NO_REASON, null);
  }

  /** The next report answers a cancel: its ClOrdID is the cancel's, OrigClOrdID the order's. */
  private answersRequest(): void {
    const request = this.request;
    const reports = this.reports;
    const ints = request.views.ints;
    reports.requestLength = request.clOrdIdLength;
    copyId(reports.request.ints, 0, ints, request.clOrdIdAt, request.clOrdIdLength);
    reports.origLength = request.origClOrdIdLength;
    copyId(reports.orig.ints, 0, ints, request.origClOrdIdAt, request.origClOrdIdLength);
  }

  private report(order: number, execType: number, reason: number, text: Uint8Array | null): void {
    const session = this.links[this.orders.owners[order]!]!.session;
    const writer = session.out.begin(tag.EXECUTION_REPORT);
    this.reports.write(writer, order, execType, reason, text, this.time.wallUs, session.profile.version);
    session.out.end(0);
  }

  private refuse(request: OrderRequest, reason: number, text: Uint8Array): void {
    this.unknown(request, EXEC_REJECTED, reason, text);
  }

  /** Reports without an order in the table; the order's fields are the request's. */
  private unknown(request: OrderRequest, execType: number, reason: number, text: Uint8Array): void {
    const session = this.links[request.session]!.session;
    const bytes = request.bytes;
    const version = session.profile.version;
    const writer = session.out.begin(tag.EXECUTION_REPORT);
    writer.int(tag.AvgPx, 0);
    writer.value(tag.ClOrdID, bytes, request.clOrdIdAt, request.clOrdIdAt + request.clOrdIdLength);
    writer.int(tag.CumQty, 0);
    this.reports.execId(writer);
    if (version.hasExecTransType) writer.char(tag.ExecTransType, execTransType(execType));
    if (version.needsLast) {
      writer.int(tag.LastPx, 0);
      writer.int(tag.LastQty, 0);
    }
    writer.text(tag.OrderID, NO_ORDER);
    if (quantityOf(request) > 0) writer.decimalE8(tag.OrderQty, quantityOf(request));
    writer.char(tag.OrdStatus, STATUS_REJECTED);
    writer.char(tag.Side, request.side);
    writer.value(tag.Symbol, bytes, request.symbolAt, request.symbolAt + request.symbolLength);
    writer.text(tag.Text, text);
    writer.timestamp(tag.TransactTime, this.time.wallUs);
    if (reason >= 0) writer.int(tag.OrdRejReason, version.ordRejReasons[reason]!);
    if (version.hasExecType) {
      writer.char(tag.ExecType, execTypeFor(version, execType, STATUS_REJECTED, false, false));
      writer.int(tag.LeavesQty, 0);
    }
    session.out.end(0);
  }

  /** OrderCancelReject (9). */
  private refuseCancel(request: OrderRequest, order: number, reason: number, text: Uint8Array | null): void {
    const session = this.links[request.session]!.session;
    const bytes = request.bytes;
    const version = session.profile.version;
    const writer = session.out.begin(tag.ORDER_CANCEL_REJECT);
    writer.value(tag.ClOrdID, bytes, request.clOrdIdAt, request.clOrdIdAt + request.clOrdIdLength);
    if (order === NONE) writer.text(tag.OrderID, NO_ORDER);
    else this.reports.orderId(writer, order);
    if (version.cancelRejectHasStatus) {
      writer.char(tag.OrdStatus, order === NONE ? STATUS_REJECTED : this.details.status[order]!);
      const orig = request.origClOrdIdAt;
      writer.value(tag.OrigClOrdID, bytes, orig, orig + request.origClOrdIdLength);
    }
    if (text !== null) writer.text(tag.Text, text);
    if (version.hasCxlRejResponse) writer.timestamp(tag.TransactTime, this.time.wallUs);
    const wire = version.cxlRejReasons[reason]!;
    if (wire !== NO_REASON_FITS) writer.int(tag.CxlRejReason, wire);
    if (version.hasCxlRejResponse)
      writer.char(tag.CxlRejResponseTo, request.kind === REQUEST_CANCEL ? RESPONSE_TO_CANCEL : RESPONSE_TO_REPLACE);
    session.out.end(0);
  }
}

/** In 1e-8; the nearest double where it is none, which is above what the book takes. */
function quantityOf(request: OrderRequest): number {
  return numberAt(request.views.ints, request.quantityIndex);
}

/** In 1e-8, NaN for none; also where it is no double: that has more than fifteen digits. */
function priceOf(request: OrderRequest): number {
  const ints = request.views.ints;
  const at = request.priceE8Index;
  return isNoPrice(ints, at) || !isExact(ints, at) ? Number.NaN : numberAt(ints, at);
}

function isSide(side: number): boolean {
  return side === SIDE_BUY || side === SIDE_SELL || side === SIDE_SELL_SHORT;
}

function isStandard(request: OrderRequest): boolean {
  const tif = request.timeInForce;
  const type = request.ordType;
  return (
    (type === TYPE_LIMIT || type === TYPE_MARKET) &&
    (tif === TIF_DAY || tif === TIF_GTC || tif === TIF_IOC || tif === TIF_FOK)
  );
}

function lifetime(request: OrderRequest): number {
  if (request.timeInForce === TIF_FOK) return ALL_OR_NOTHING;
  return request.timeInForce === TIF_IOC || request.ordType === TYPE_MARKET ? IMMEDIATE : RESTING;
}

const NO_ORDER = ascii("NONE");
const DUPLICATE = ascii("ClOrdID is in use already");
const UNSUPPORTED = ascii("Only market and limit orders, day, GTC, IOC or FOK, to buy, sell or sell short");
const SYMBOLS_FULL = ascii("The exchange has no room for another symbol");
const ORDERS_FULL = ascii("The exchange has no room for another open order");
const NO_QUANTITY = ascii("OrderQty must be above 0, and at most 90071992");
const BAD_PRICE_TEXT = ascii("Price must be there, of at most 15 digits");
const FIXED_TERMS = ascii("Only price and quantity of a limit order can be replaced");
const BAD_REPLACE_TEXT = ascii(
  "OrderQty must be above what is filled, and at most 90071992; Price of at most 15 digits",
);
const UNKNOWN = ascii("Unknown order");
