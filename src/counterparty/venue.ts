import { averageE8 } from "../base/average.ts";
import { fieldsOf } from "./client.ts";
import type { Field, Message } from "./message.ts";
import { PeerSession } from "./session.ts";
import { atLeast, type Event, type Progress, reportWords, statusOf } from "./version.ts";

export interface Trade {
  /** Of the last report about it. */
  execId: string;
  quantity: number;
  price: string;
  /** Busted later. */
  busted: boolean;
}

/** An order in the venue's table. */
export interface PeerOrder extends Progress {
  /** ClOrdID of the last accepted request. */
  clOrdId: string;
  readonly orderId: string;
  readonly account: string;
  readonly symbol: string;
  readonly side: string;
  price: string;
  readonly trades: Trade[];
}

/** Reasons of a refused cancel or replace: CxlRejReason (102). */
export const TOO_LATE = 0;
export const UNKNOWN_ORDER = 1;
export const BROKER_OPTION = 2;

/** A venue: keeps orders, acknowledges them, accepts cancels and replaces, and fills orders on the test's command. */
export class VenuePeer<Order extends PeerOrder = PeerOrder> extends PeerSession {
  readonly orders: Order[] = [];
  /** Orders by each accepted ClOrdID. */
  readonly byClOrdId = new Map<string, Order>();
  /** Acknowledges orders and accepts cancels and replaces at once. */
  acknowledges = true;
  protected override readonly initiates = false;
  protected override readonly expectsRepeats = false;
  private reports = 0;

  acknowledge(order: Order): void {
    this.report("new", order);
  }

  refuse(order: Order, text: string, reason = 99): void {
    order.open = false;
    order.status = "8";
    this.report("rejected", order, [
      [58, text],
      [103, reason],
    ]);
  }

  fill(
    order: Order,
    quantity: number,
    price = order.price,
    more: readonly Field[] = [],
    execId = this.nextExecId(),
  ): string {
    order.trades.push({ execId, quantity, price, busted: false });
    order.filled += quantity;
    if (order.filled >= order.quantity) this.close(order);
    return this.report("fill", order, [...lastFields(quantity, price), ...more], order.clOrdId, execId);
  }

  /** Closes an order. A filled order stays filled, also after a bust. */
  private close(order: Order): void {
    order.open = false;
    order.status = "2";
  }

  /** Busts a trade. */
  bust(order: Order, trade: Trade, more: readonly Field[] = [], execId = this.nextExecId()): string {
    trade.busted = true;
    order.filled -= trade.quantity;
    const last = lastFields(trade.quantity, trade.price);
    return this.report("bust", order, [[19, trade.execId], ...last, ...more], order.clOrdId, execId);
  }

  /** Corrects quantity and price of a trade. */
  correct(order: Order, trade: Trade, quantity: number, price: string, more: readonly Field[], execId: string): string {
    const reference: Field = [19, trade.execId];
    order.filled += quantity - trade.quantity;
    Object.assign(trade, { execId, quantity, price });
    if (order.open && order.filled >= order.quantity) this.close(order);
    return this.report("correct", order, [reference, ...lastFields(quantity, price), ...more], order.clOrdId, execId);
  }

  /** Ends an order without a request. */
  end(order: Order, event: "canceled" | "expired"): void {
    order.open = false;
    if (event === "expired") order.status = "C";
    this.report(event, order);
  }

  acceptCancel(order: Order, request: Message): void {
    const orig = order.clOrdId;
    order.clOrdId = request.text(11);
    order.open = false;
    this.byClOrdId.set(order.clOrdId, order);
    this.report("canceled", order, [[41, orig]]);
  }

  acceptReplace(order: Order, request: Message): void {
    const orig = order.clOrdId;
    order.clOrdId = request.text(11);
    order.quantity = request.number(38);
    order.price = request.get(44) ?? order.price;
    this.byClOrdId.set(order.clOrdId, order);
    this.report("replaced", order, [[41, orig]]);
  }

  /** Sends an OrderCancelReject; `undefined` is an unknown order. */
  refuseChange(order: Order | undefined, request: Message, reason: number): void {
    const { version } = this;
    this.send(
      "9",
      fieldsOf({
        11: request.text(11),
        37: order?.orderId ?? "NONE",
        39: order === undefined ? "8" : statusOf(order),
        41: atLeast(version, "FIX.4.1") ? request.text(41) : null,
        60: this.now(),
        102: reason,
        434: atLeast(version, "FIX.4.2") ? (request.type === "F" ? 1 : 2) : null,
      }),
    );
  }

  /** Sends an ExecutionReport in the session's version. Returns its ExecID. */
  report(
    event: Event,
    order: Order,
    more: readonly Field[] = [],
    clOrdId = order.clOrdId,
    execId = this.nextExecId(),
  ): string {
    const words = Object.entries(reportWords(this.version, event, order));
    const said = words.flatMap(([tag, value]): Field[] => (value === undefined ? [] : [[Number(tag), value]]));
    const isOld = !atLeast(this.version, "FIX.4.2");
    const noLast = isOld && !more.some(([tag]) => tag === 32) ? lastFields(0, "0") : [];
    this.send("8", [
      ...(order.account === "" ? [] : ([[1, order.account]] as const)),
      [6, averageOf(order)],
      [11, clOrdId],
      [14, order.filled],
      [17, execId],
      [37, order.orderId],
      [38, order.quantity],
      [44, order.price],
      [54, order.side],
      [55, order.symbol],
      [60, this.now()],
      ...said,
      ...noLast,
      ...more,
    ]);
    return execId;
  }

  nextExecId(): string {
    return `E${++this.reports}`;
  }

  protected override application(message: Message): void {
    if (message.type === "D") this.enter(message);
    else if (message.type === "F" || message.type === "G") this.change(message);
  }

  /** The order of a NewOrderSingle. */
  protected newOrder(message: Message): PeerOrder {
    return {
      clOrdId: message.text(11),
      orderId: `V${this.orders.length + 1}`,
      account: message.text(1),
      symbol: message.text(55),
      side: message.text(54),
      quantity: message.number(38),
      price: message.get(44) ?? "150",
      filled: 0,
      open: true,
      trades: [],
    };
  }

  protected enter(message: Message): void {
    const order = this.add(message);
    if (this.acknowledges) this.acknowledge(order);
  }

  protected change(message: Message): void {
    const order = this.byClOrdId.get(message.text(41));
    if (order === undefined) this.refuseChange(order, message, UNKNOWN_ORDER);
    else if (!order.open || order.clOrdId !== message.text(41)) this.refuseChange(order, message, TOO_LATE);
    else if (!this.acknowledges) return;
    else if (message.type === "F") this.acceptCancel(order, message);
    else this.acceptReplace(order, message);
  }

  protected add(message: Message): Order {
    const order = this.newOrder(message) as Order;
    this.orders.push(order);
    this.byClOrdId.set(order.clOrdId, order);
    return order;
  }
}

/** LastPx and LastQty. */
function lastFields(quantity: number, price: string): Field[] {
  return [
    [31, price],
    [32, quantity],
  ];
}

/** AvgPx (6): what the standing trades come to for each, to the nearest 1e-8. */
function averageOf(order: PeerOrder): string {
  let quantity = 0n;
  let value = 0n;
  for (const trade of order.trades) {
    if (trade.busted) continue;
    quantity += BigInt(trade.quantity);
    value += BigInt(trade.quantity) * e8Of(trade.price);
  }
  if (quantity === 0n) return "0";
  const digits = String(averageE8(value, quantity)).padStart(9, "0");
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`.replace(/\.?0+$/, "");
}

function e8Of(price: string): bigint {
  const [whole, fraction = ""] = price.split(".");
  return BigInt(whole! + fraction.padEnd(8, "0"));
}
