import { ascii, put } from "../base/ascii.ts";
import { putWhole } from "../base/decimal.ts";
import { ID_BYTES } from "../base/id.ts";
import { Views } from "../base/views.ts";
import { execTransType, execTypeFor, ordStatusFor } from "../fix/orders/exec-type.ts";
import * as tag from "../fix/wire/tags.ts";
import type { FixVersion } from "../fix/wire/version.ts";
import type { Writer } from "../fix/wire/write.ts";
import { EXEC_NEW, EXEC_TRADE } from "../record/codes.ts";
import { ANY_PRICE, type Book } from "./book.ts";
import type { IdTable } from "./id-table.ts";

/** Data of each order that is not in the book, by slot. */
export class OrderDetails {
  readonly side: Uint8Array;
  readonly ordType: Uint8Array;
  readonly timeInForce: Uint8Array;
  /** OrdStatus (39) of the last report. */
  readonly status: Uint8Array;
  readonly number: Float64Array;
  readonly accountLength: Uint8Array;
  readonly accounts: Views;

  constructor(maxOrders: number) {
    this.side = new Uint8Array(maxOrders);
    this.ordType = new Uint8Array(maxOrders);
    this.timeInForce = new Uint8Array(maxOrders);
    this.status = new Uint8Array(maxOrders);
    this.number = new Float64Array(maxOrders);
    this.accountLength = new Uint8Array(maxOrders);
    this.accounts = Views.allocate(maxOrders * ID_BYTES);
  }
}

/** Writes ExecutionReport (8) of an order in the book, in a version of FIX, ascending by tag. */
export class ExchangeReportWriter {
  /** LastQty and LastPx of the next report; 0 unless it is a trade. */
  lastQty = 0;
  lastPxE8 = 0;
  /** OrigClOrdID of the next report; length 0: none. */
  readonly orig = Views.allocate(ID_BYTES);
  origLength = 0;
  /** ClOrdID of the answered request; length 0: the report has the order's ClOrdID. */
  readonly request = Views.allocate(ID_BYTES);
  requestLength = 0;
  private readonly orderPrefix: Uint8Array;
  private readonly execPrefix: Uint8Array;
  private execs = 0;

  /** `birth` makes this run's OrderIDs and ExecIDs unique. */
  constructor(
    birth: number,
    private readonly book: Book,
    private readonly details: OrderDetails,
    private readonly orders: IdTable,
    private readonly symbols: IdTable,
  ) {
    const run = birth.toString(36).toUpperCase();
    this.orderPrefix = ascii(`O${run}-`);
    this.execPrefix = ascii(`E${run}-`);
  }

  /** Writes the body of a report of `order`, and clears `orig` and `request`. */
  write(
    writer: Writer,
    order: number,
    execType: number,
    reason: number,
    text: Uint8Array | null,
    wallUs: number,
    version: FixVersion,
  ): void {
    const { book, details, orders, symbols } = this;
    const cumQty = book.filled[order]!;
    const status = details.status[order]!;
    const accountAt = order * ID_BYTES;
    if (details.accountLength[order]! > 0) {
      writer.value(tag.Account, details.accounts.bytes, accountAt, accountAt + details.accountLength[order]!);
    }
    writer.decimalE8(tag.AvgPx, book.averageE8(order));
    if (this.requestLength > 0) writer.value(tag.ClOrdID, this.request.bytes, 0, this.requestLength);
    else writer.value(tag.ClOrdID, orders.ids.bytes, orders.at(order), orders.at(order) + orders.lengths[order]!);
    writer.decimalE8(tag.CumQty, cumQty);
    this.numbered(writer, tag.ExecID, this.execPrefix, ++this.execs);
    if (version.hasExecTransType) writer.char(tag.ExecTransType, execTransType(execType));
    if (execType === EXEC_TRADE || version.needsLast) {
      writer.decimalE8(tag.LastPx, execType === EXEC_TRADE ? this.lastPxE8 : 0);
      writer.decimalE8(tag.LastQty, execType === EXEC_TRADE ? this.lastQty : 0);
    }
    this.orderId(writer, order);
    writer.decimalE8(tag.OrderQty, book.quantity[order]!);
    writer.char(tag.OrdStatus, ordStatusFor(version, execType, status, cumQty > 0));
    writer.char(tag.OrdType, details.ordType[order]!);
    if (this.origLength > 0 && version.hasExecType) writer.value(tag.OrigClOrdID, this.orig.bytes, 0, this.origLength);
    if (book.priceE8[order]! !== ANY_PRICE) writer.decimalE8(tag.Price, book.priceE8[order]!);
    writer.char(tag.Side, details.side[order]!);
    const symbol = book.symbol[order]!;
    writer.value(tag.Symbol, symbols.ids.bytes, symbols.at(symbol), symbols.at(symbol) + symbols.lengths[symbol]!);
    if (text !== null) writer.text(tag.Text, text);
    writer.char(tag.TimeInForce, details.timeInForce[order]!);
    writer.timestamp(tag.TransactTime, wallUs);
    if (reason >= 0) writer.int(tag.OrdRejReason, version.ordRejReasons[reason]!);
    if (version.hasExecType) {
      writer.char(tag.ExecType, execTypeFor(version, execType, status, cumQty > 0, cumQty >= book.quantity[order]!));
      writer.decimalE8(tag.LeavesQty, execType === EXEC_NEW ? book.quantity[order]! : book.leaves(order));
    }
    this.origLength = 0;
    this.requestLength = 0;
  }

  orderId(writer: Writer, order: number): void {
    this.numbered(writer, tag.OrderID, this.orderPrefix, this.details.number[order]!);
  }

  /** Writes a new ExecID into a report of another writer. */
  execId(writer: Writer): void {
    this.numbered(writer, tag.ExecID, this.execPrefix, ++this.execs);
  }

  private numbered(writer: Writer, field: number, prefix: Uint8Array, number: number): void {
    writer.tag(field);
    writer.endField(putWhole(writer.bytes, put(writer.bytes, writer.at, prefix), number));
  }
}
