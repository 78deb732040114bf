import { ClientPeer } from "../../src/counterparty/client.ts";
import type { Message } from "../../src/counterparty/message.ts";
import { connectTo } from "../../src/counterparty/tcp.ts";
import type { Transport } from "../../src/counterparty/transport.ts";
import { mixed } from "../mixed-ids.ts";
import { fieldsFault, groupsFault, orderFields, orderGroups, reportFields, reportGroups } from "./groups.ts";
import type { Random } from "./random.ts";

export type OrderState = "sent" | "open" | "done" | "refused";

/** An order as its client believes it to be. */
export interface TraderOrder {
  readonly account: string;
  readonly side: string;
  /** ClOrdID of the last request that was accepted. */
  clOrdId: string;
  /** In 1e-8; no two orders or replaces of a run have the same, so it names the order at the venue too. */
  priceE8: number;
  /** Every price it has had or asked for. */
  readonly prices: number[];
  quantity: number;
  filled: number;
  state: OrderState;
  acknowledged: boolean;
  pending: Change | null;
}

interface Change {
  readonly order: TraderOrder;
  readonly clOrdId: string;
  readonly isReplace: boolean;
  readonly quantity: number;
  readonly priceE8: number;
}

export interface Fill {
  readonly order: TraderOrder;
  readonly quantity: number;
  readonly price: string | null;
}

const MOST_OPEN = 1_000;
/** Sent into the void while the gateway is away, each outage. */
const MOST_QUEUED = 25;

/** A trading client: sends orders, cancels and replaces as chance has it, and holds every answer to what it asked. */
export class Trader extends ClientPeer {
  readonly orders: TraderOrder[] = [];
  /** By the venue's ExecID, which comes as Text: trades, trades taken back, and corrections. */
  readonly fills = new Map<string, Fill>();
  readonly busts = new Map<string, Fill>();
  readonly corrections = new Map<string, Fill>();
  /** All that went over the wire. */
  readonly written = new Set<string>();
  /** Quantity of each trade by each ExecID that told of it. */
  private readonly trades = new Map<string, { quantity: number }>();
  private readonly byId = new Map<string, TraderOrder>();
  private readonly changes = new Map<string, Change>();
  private readonly open: TraderOrder[] = [];
  private readonly execIds = new Set<string>();
  private queued = 0;
  private connecting = false;
  private stopped = false;

  constructor(
    compId: string,
    private readonly account: string,
    private readonly port: number,
    private readonly random: Random,
    /** Gives each price once. */
    private readonly nextPriceE8: () => number,
  ) {
    super(compId);
  }

  override nextId(): string {
    return mixed(super.nextId());
  }

  /** Requests that have no answer yet. */
  unanswered(): string[] {
    const orders = this.orders.filter((order) => order.state === "sent").map((order) => order.clOrdId);
    return [...orders, ...this.orders.flatMap((order) => (order.pending === null ? [] : [order.pending.clOrdId]))];
  }

  stop(): void {
    this.stopped = true;
    this.drop();
  }

  override write(text: string): void {
    if (this.connected) this.written.add(text);
    super.write(text);
  }

  /** Nothing goes before our Logon. */
  override attach(transport: Transport): void {
    super.attach(transport);
    this.sendLogon();
  }

  /** Connects while it is not; call it now and then. */
  async connect(): Promise<void> {
    if (this.connected || this.connecting || this.stopped) return;
    this.connecting = true;
    try {
      await connectTo(this, this.port);
      this.queued = 0;
    } catch {
      // Nobody listens just now.
    } finally {
      this.connecting = false;
    }
  }

  /** Some more requests, while there is somebody to take them, or a few while there is not. */
  act(): void {
    for (let count = this.random.chance(0.03) ? 100 : this.random.int(0, 8); count > 0; count--) {
      if (!this.loggedOn && ++this.queued > MOST_QUEUED) return;
      if (this.open.length < MOST_OPEN && this.random.chance(0.55)) this.enter();
      else this.change();
    }
    if (this.random.chance(0.001)) this.askAgain(this.random.int(1, this.nextIn));
  }

  /** Asks for what came already, as the standard allows at any time. */
  private askAgain(from: number): void {
    if (this.loggedOn && this.inSequence) this.askResend(from);
  }

  protected override rejected(message: Message): void {
    this.fault(`rejected: ${message}`);
  }

  private enter(): void {
    const priceE8 = this.nextPriceE8();
    const order: TraderOrder = {
      account: this.account,
      side: this.random.chance(0.5) ? "1" : "2",
      clOrdId: this.nextId(),
      priceE8,
      prices: [priceE8],
      quantity: this.random.int(1, 500),
      filled: 0,
      state: "sent",
      acknowledged: false,
      pending: null,
    };
    this.orders.push(order);
    this.open.push(order);
    this.byId.set(order.clOrdId, order);
    const { account, side, clOrdId, quantity } = order;
    const values = { 1: account, 11: clOrdId, 38: quantity, 44: priceText(priceE8), 54: side };
    this.order(values, [...orderFields(priceE8), ...orderGroups(priceE8)]);
  }

  private change(): void {
    const order = this.random.pick(this.open);
    // Now and then before the order is acknowledged.
    if (order === undefined || order.pending !== null || (order.state === "sent" && !this.random.chance(0.1))) return;
    const isReplace = this.random.chance(0.4);
    const priceE8 = isReplace ? this.nextPriceE8() : order.priceE8;
    const quantity = isReplace ? order.filled + this.random.int(1, 500) : order.quantity;
    const change = { order, clOrdId: this.nextId(), isReplace, quantity, priceE8 };
    order.pending = change;
    if (isReplace) order.prices.push(priceE8);
    this.changes.set(change.clOrdId, change);
    const values = { 1: order.account, 11: change.clOrdId, 38: quantity, 54: order.side };
    const more = [...orderFields(priceE8), ...orderGroups(priceE8)];
    if (isReplace) this.replace(order.clOrdId, { ...values, 44: priceText(priceE8) }, more);
    else this.cancel(order.clOrdId, values);
  }

  protected override application(message: Message): void {
    const clOrdId = message.get(11) ?? "";
    const change = this.changes.get(clOrdId);
    if (message.type === "9") return this.changeRefused(message, change);
    if (message.type !== "8") return this.fault(`not expected: ${message}`);
    const order = change?.order ?? this.byId.get(clOrdId);
    if (order === undefined) return this.fault(`of no order of mine: ${message}`);
    const execId = message.get(17)!;
    if (this.execIds.has(execId)) this.fault(`ExecID twice: ${message}`);
    this.execIds.add(execId);
    this.execution(order, change, message);
    this.hold(order, message);
  }

  private execution(order: TraderOrder, change: Change | undefined, message: Message): void {
    const type = message.get(150)!;
    if (type === "0") {
      if (order.acknowledged) this.fault(`acknowledged twice: ${message}`);
      order.acknowledged = true;
      if (order.state === "sent") order.state = "open";
    } else if (type === "8") {
      if (order.state !== "sent") this.fault(`refused after it was ${order.state}: ${message}`);
      this.end(order, "refused");
    } else if (type === "F") this.trade(order, message, this.fills);
    else if (type === "H") this.trade(order, message, this.busts);
    else if (type === "G") this.trade(order, message, this.corrections);
    else if (type === "5") this.replaced(order, change, message);
    else if (type === "4" || type === "C") {
      if (order.pending?.clOrdId === message.get(11)) order.pending = null;
      this.end(order, "done");
    } else if (type !== "6" && type !== "E") this.fault(`not expected: ${message}`);
  }

  private trade(order: TraderOrder, message: Message, into: Map<string, Fill>): void {
    const execId = message.get(58) ?? "";
    if (into.has(execId)) this.fault(`a trade twice: ${message}`);
    for (const wrong of [groupsFault(message, [382], reportGroups(execId)), fieldsFault(message, reportFields(execId))])
      if (wrong !== "") this.fault(wrong);
    const trade = into === this.fills ? { quantity: 0 } : this.trades.get(message.text(19));
    if (trade === undefined) return this.fault(`ExecRefID is no trade of mine: ${message}`);
    const quantity = Number(message.get(32));
    into.set(execId, { order, quantity, price: message.get(31) ?? null });
    order.filled -= trade.quantity;
    trade.quantity = into === this.busts ? 0 : quantity;
    order.filled += trade.quantity;
    this.trades.set(message.text(17), trade);
    if (order.state === "sent") order.state = "open";
    if (order.state === "done" && "016E".includes(message.text(39))) this.reopen(order);
    else if (order.state === "open" && order.filled === order.quantity) this.end(order, "done");
  }

  /** A filled order works again. */
  private reopen(order: TraderOrder): void {
    order.state = "open";
    this.open.push(order);
  }

  private replaced(order: TraderOrder, change: Change | undefined, message: Message): void {
    if (change === undefined || order.pending !== change || !change.isReplace) {
      return this.fault(`replaced without being asked: ${message}`);
    }
    order.pending = null;
    order.clOrdId = change.clOrdId;
    order.quantity = change.quantity;
    order.priceE8 = change.priceE8;
    this.byId.set(order.clOrdId, order);
    if (order.filled === order.quantity) this.end(order, "done");
  }

  private changeRefused(message: Message, change: Change | undefined): void {
    if (change === undefined || change.order.pending !== change) return this.fault(`refuses nothing: ${message}`);
    change.order.pending = null;
  }

  private end(order: TraderOrder, state: OrderState): void {
    order.state = state;
    const at = this.open.indexOf(order);
    if (at >= 0) this.open.splice(at, 1);
  }

  /** The quantities of every report must be what has been told so far. */
  private hold(order: TraderOrder, message: Message): void {
    if (message.get(150) === "8") return;
    const over = order.state === "done";
    const leaves = over ? 0 : order.quantity - order.filled;
    const expected = [String(order.quantity), String(order.filled), String(leaves)];
    const told = [message.get(38), message.get(14), message.get(151)];
    if (String(told) !== String(expected)) this.fault(`expected 38, 14, 151 of ${expected}: ${message}`);
  }
}

export function priceText(priceE8: number): string {
  const digits = String(priceE8).padStart(9, "0");
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

export function priceE8Of(text: string): number {
  const [whole = "0", rest = ""] = text.split(".");
  return Number(whole) * 100_000_000 + Number(rest.padEnd(8, "0"));
}
