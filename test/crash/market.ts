import type { Socket, TCPSocketListener } from "bun";
import { type Field, type Message, now } from "../e2e/fix-message.ts";
import { groupsFault, orderGroups, reportGroups } from "./groups.ts";
import { Peer } from "./peer.ts";
import type { Random } from "./random.ts";
import { priceE8Of, priceText } from "./trader.ts";

/** An order as the venue has it. */
export interface MarketOrder {
  readonly account: string;
  readonly side: string;
  readonly orderId: string;
  /** ClOrdID of the last request that was accepted. */
  clOrdId: string;
  priceE8: number;
  readonly prices: number[];
  quantity: number;
  filled: number;
  state: "open" | "done" | "refused";
}

export interface Execution {
  readonly order: MarketOrder;
  readonly quantity: number;
  readonly price: string;
  /** Taken back later. */
  busted: boolean;
}

/** A venue that answers, fills, refuses and forgets nothing, whether the gateway is there to hear it or not. */
export class Market extends Peer {
  readonly orders: MarketOrder[] = [];
  /** By ExecID, which it says in Text as well. */
  readonly executions = new Map<string, Execution>();
  readonly busts = new Map<string, Execution>();
  private readonly byId = new Map<string, MarketOrder>();
  private readonly byPrice = new Map<number, MarketOrder>();
  private readonly open: MarketOrder[] = [];
  /** Answers that take their time. */
  private readonly later: (() => void)[] = [];
  private readonly ids = new Set<string>();
  private listener: TCPSocketListener<undefined> | null = null;
  private reports = 0;

  constructor(
    private readonly port: number,
    private readonly random: Random,
  ) {
    super("VENUE", "GATEWAY");
  }

  listen(): void {
    this.listener = Bun.listen<undefined>({
      hostname: "127.0.0.1",
      port: this.port,
      socket: { ...this.handlers(), open: (socket: Socket<undefined>) => this.taken(socket) },
    });
  }

  stop(): void {
    this.listener?.stop(true);
    this.drop();
  }

  /** Some fills, some answers, now and then an end that nobody asked for. */
  act(): void {
    for (let count = this.random.int(0, 8); count > 0; count--) this.trade();
    for (let count = this.random.int(0, 12); count > 0; count--) this.later.shift()?.();
    if (this.random.chance(0.01)) this.endUnasked();
    if (this.random.chance(0.01)) this.bust();
  }

  /** Says all that it has still to say. */
  settle(): void {
    for (let say = this.later.shift(); say !== undefined; say = this.later.shift()) say();
  }

  private taken(socket: Socket<undefined>): void {
    this.socket?.terminate();
    this.attach(socket);
  }

  protected logonCame(message: Message): void {
    this.send("A", [
      [98, 0],
      [108, message.get(108) ?? "30"],
    ]);
  }

  protected application(message: Message): void {
    const clOrdId = message.get(11) ?? "";
    if (this.ids.has(clOrdId)) this.fault(`a request came twice: ${message}`);
    this.ids.add(clOrdId);
    const isPriced = message.type === "D" || message.type === "G";
    const groups = isPriced ? orderGroups(priceE8Of(message.get(44)!)) : [];
    const wrong = groupsFault(message, [453, 78], groups);
    if (wrong !== "") this.fault(wrong);
    if (message.type === "D") this.enter(message, clOrdId);
    else if (message.type === "F" || message.type === "G") this.change(message, clOrdId);
    else this.fault(`not expected: ${message}`);
  }

  private enter(message: Message, clOrdId: string): void {
    const priceE8 = priceE8Of(message.get(44)!);
    if (this.byPrice.has(priceE8)) this.fault(`an order came twice: ${message}`);
    const order: MarketOrder = {
      account: message.get(1)!,
      side: message.get(54)!,
      orderId: `V${this.orders.length + 1}`,
      clOrdId,
      priceE8,
      prices: [priceE8],
      quantity: Number(message.get(38)),
      filled: 0,
      state: "open",
    };
    this.orders.push(order);
    this.byId.set(clOrdId, order);
    this.byPrice.set(priceE8, order);
    this.soon(() => {
      if (this.random.chance(0.05)) this.refuse(order);
      else {
        this.report(order, clOrdId, "0");
        this.open.push(order);
      }
    });
  }

  private change(message: Message, clOrdId: string): void {
    const orig = message.get(41)!;
    const order = this.byId.get(orig);
    if (order === undefined) return this.refuseUnknown(message, clOrdId, orig);
    this.soon(() => {
      if (order.state !== "open" || order.clOrdId !== orig || this.random.chance(0.08)) {
        this.refuseChange(order, clOrdId, orig, message.type === "F" ? 1 : 2);
      } else if (message.type === "F") this.cancel(order, clOrdId, orig);
      else this.replace(order, clOrdId, orig, message);
    });
  }

  private cancel(order: MarketOrder, clOrdId: string, orig: string): void {
    this.end(order, "done");
    this.report(order, clOrdId, "4", [[41, orig]]);
  }

  private replace(order: MarketOrder, clOrdId: string, orig: string, message: Message): void {
    const quantity = Number(message.get(38));
    if (quantity <= order.filled) return this.refuseChange(order, clOrdId, orig, 2);
    order.quantity = quantity;
    order.priceE8 = priceE8Of(message.get(44)!);
    order.prices.push(order.priceE8);
    if (this.byPrice.has(order.priceE8)) this.fault(`a replace came twice: ${message}`);
    this.byPrice.set(order.priceE8, order);
    order.clOrdId = clOrdId;
    this.byId.set(clOrdId, order);
    this.report(order, clOrdId, "5", [[41, orig]]);
  }

  private refuse(order: MarketOrder): void {
    order.state = "refused";
    this.report(order, order.clOrdId, "8", [
      [58, "not today"],
      [103, 99],
    ]);
  }

  /**
   * About an order that never came: the gateway had no connection when its turn was, and a cancel was behind it, or it was
   * left out of a resend. That its client was told so the audit sees.
   */
  private refuseUnknown(message: Message, clOrdId: string, orig: string): void {
    this.send("9", [
      [37, "NONE"],
      [11, clOrdId],
      [41, orig],
      [39, 8],
      [434, message.type === "F" ? 1 : 2],
      [102, 1],
    ]);
  }

  private refuseChange(order: MarketOrder, clOrdId: string, orig: string, to: 1 | 2): void {
    this.send("9", [
      [37, order.orderId],
      [11, clOrdId],
      [41, orig],
      [39, this.status(order)],
      [434, to],
      [102, order.state === "open" ? 2 : 0],
    ]);
  }

  private trade(): void {
    const order = this.random.pick(this.open);
    if (order === undefined) return;
    const leaves = order.quantity - order.filled;
    const quantity = this.random.chance(0.3) ? leaves : this.random.int(1, leaves);
    const price = priceText(order.priceE8);
    order.filled += quantity;
    if (order.filled === order.quantity) this.end(order, "done");
    const execId = this.nextExecId();
    this.executions.set(execId, { order, quantity, price, busted: false });
    this.report(order, order.clOrdId, "F", tradeFields(execId, quantity, price), execId);
  }

  /** Takes a trade of an order back that still works. */
  private bust(): void {
    const of = [...this.executions.entries()].slice(-200).filter(([, { order, busted }]) => {
      return order.state === "open" && !busted;
    });
    const picked = this.random.pick(of);
    if (picked === undefined) return;
    const [ref, execution] = picked;
    const { order, quantity, price } = execution;
    execution.busted = true;
    order.filled -= quantity;
    const execId = this.nextExecId();
    this.busts.set(execId, execution);
    this.report(order, order.clOrdId, "H", [[19, ref], ...tradeFields(execId, quantity, price)], execId);
  }

  private endUnasked(): void {
    const order = this.random.pick(this.open);
    if (order === undefined) return;
    this.end(order, "done");
    this.report(order, order.clOrdId, this.random.chance(0.5) ? "4" : "C");
  }

  private end(order: MarketOrder, state: "done"): void {
    order.state = state;
    const at = this.open.indexOf(order);
    if (at >= 0) this.open.splice(at, 1);
  }

  /** At once or a little later; in the order in which it was asked either way. */
  private soon(say: () => void): void {
    this.later.push(say);
    if (this.random.chance(0.7)) this.settle();
  }

  private nextExecId(): string {
    return `E${++this.reports}`;
  }

  private status(order: MarketOrder): string {
    if (order.state === "refused") return "8";
    if (order.filled === order.quantity) return "2";
    if (order.state === "done") return "4";
    return order.filled > 0 ? "1" : "0";
  }

  private report(
    order: MarketOrder,
    clOrdId: string,
    execType: string,
    more: readonly Field[] = [],
    execId = this.nextExecId(),
  ): void {
    this.send("8", [
      [1, order.account],
      [6, order.filled > 0 ? priceText(order.priceE8) : 0],
      [11, clOrdId],
      [14, order.filled],
      [17, execId],
      [37, order.orderId],
      [38, order.quantity],
      [39, execType === "C" ? "C" : this.status(order)],
      [44, priceText(order.priceE8)],
      [54, order.side],
      [55, "AAPL"],
      [60, now()],
      [150, execType],
      [151, order.state === "open" ? order.quantity - order.filled : 0],
      ...more,
    ]);
  }
}

function tradeFields(execId: string, quantity: number, price: string): Field[] {
  return [[31, price], [32, quantity], [58, execId], ...reportGroups(execId)];
}
